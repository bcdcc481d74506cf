using System.Runtime.CompilerServices;

namespace Tocsin.Evidence.Tests.Support;

/// <summary>The folder of real evidence that is not part of the project: <c>TOCSIN_SHARED</c>, or <c>../shared</c> beside the repository.</summary>
static class SharedEvidence
{
    /// <summary>The bytes of a file below <c>evidence</c>; null, said on the test's output, where the folder is absent.</summary>
    public static byte[]? Read(string path, [CallerFilePath] string thisFile = "", [CallerMemberName] string test = "")
    {
        string? folder = Environment.GetEnvironmentVariable("TOCSIN_SHARED");
        for (DirectoryInfo? at = Directory.GetParent(thisFile); folder is null && at is not null; at = at.Parent)
        {
            if (!File.Exists(Path.Combine(at.FullName, "Tocsin.slnx"))) continue;
            folder = Path.Combine(at.Parent?.FullName ?? at.FullName, "shared");
        }

        string file = Path.Combine(folder ?? "", "evidence", path);
        if (File.Exists(file)) return File.ReadAllBytes(file);
        TestContext.Current.AddWarning($"{test}: nothing asserted, {path} of the shared evidence is not here");
        return null;
    }
}
