using System.Text;
using System.Text.RegularExpressions;
using Tocsin.Triage.Reports;
using Tocsin.Triage.Tests.Support;

namespace Tocsin.Triage.Tests.Reports;

/// <summary>
/// What reports look like, as files that people review: <c>cases/NAME.FORMAT</c>. <c>UPDATE_GOLDEN=1</c> rewrites those that are
/// there; a new case begins as an empty file.
/// </summary>
public sealed partial class ReportGoldenTests
{
    const int Cases = 22;

    static readonly string _folder = Path.Combine(Repository.Root, "tests", "Tocsin.Triage.Tests", "Reports", "cases");

    public static TheoryData<string> Files => [.. Directory.GetFiles(_folder).Select(f => Path.GetFileName(f)).Order(StringComparer.Ordinal)];

    [Theory, MemberData(nameof(Files))]
    public void Reports_look_as_they_did(string file)
    {
        string name = Path.GetFileNameWithoutExtension(file), format = Path.GetExtension(file)[1..];
        // How it is coloured is looked at, not compared.
        string text = StyleSheet().Replace(Rendered.Text(Some.Reports[name](), format), "<style></style>");

        string golden = Path.Combine(_folder, file);
        if (Environment.GetEnvironmentVariable("UPDATE_GOLDEN") == "1") File.WriteAllText(golden, text, new UTF8Encoding(false));
        Assert.Equal(File.ReadAllText(golden), text);
    }

    [Fact]
    public void All_cases_are_there() => Assert.Equal(Cases, Files.Count);

    [Fact]
    public void The_same_report_gives_the_same_bytes()
    {
        int compared = 0;
        foreach (Func<ScanReport> report in Some.Reports.Values)
        {
            foreach (string format in Rendered.Formats)
            {
                Assert.Equal(Rendered.Bytes(report(), format), Rendered.Bytes(report(), format));
                compared++;
            }
        }

        Assert.Equal(35, compared);
    }

    [GeneratedRegex("<style>.*?</style>", RegexOptions.Singleline)]
    private static partial Regex StyleSheet();
}
