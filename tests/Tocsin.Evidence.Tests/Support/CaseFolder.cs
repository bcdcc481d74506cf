using System.Runtime.CompilerServices;

namespace Tocsin.Evidence.Tests.Support;

/// <summary>
/// Cases in a folder <c>cases</c> beside a test: <c>NAME.in</c> is read, <c>NAME.records.txt</c> is what must come of it,
/// <c>NAME.md</c> says where it is from. With UPDATE_GOLDEN=1 the expected text is written instead of compared.
/// </summary>
static class CaseFolder
{
    public static int Check(Func<string, byte[], string> listing, [CallerFilePath] string testFile = "")
    {
        string folder = Path.Combine(Path.GetDirectoryName(testFile)!, "cases");
        string[] cases = [.. Directory.GetFiles(folder, "*.in").Order(StringComparer.Ordinal)];
        foreach (string input in cases)
        {
            string name = Path.GetFileNameWithoutExtension(input);
            string origin = File.ReadAllText(Path.ChangeExtension(input, ".md"));
            Assert.True(origin.StartsWith("Made.", StringComparison.Ordinal), $"{name}.md does not say where the case is from");
            string actual = listing(name, File.ReadAllBytes(input));
            string expectedPath = Path.ChangeExtension(input, ".records.txt");
            if (Environment.GetEnvironmentVariable("UPDATE_GOLDEN") == "1") File.WriteAllText(expectedPath, actual);
            Assert.True(File.Exists(expectedPath), $"{name}.records.txt is missing");
            Assert.Equal(File.ReadAllText(expectedPath), actual, ignoreLineEndingDifferences: true);
        }

        return cases.Length;
    }
}
