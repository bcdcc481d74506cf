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

    [Fact]
    public void Thousands_of_findings_and_files_are_cut_for_people_and_whole_for_programs()
    {
        ScanReport report = Some.ReportOfACompromisedServer();
        ServerReport server = report.Servers[0];
        WaveReport wave = server.Waves[0];
        report = report with
        {
            Servers =
            [
                server with
                {
                    Waves = [wave with { Findings = [.. Enumerable.Repeat(wave.Findings[0], 5_000)] }],
                    Artifacts = [.. Enumerable.Repeat(server.Artifacts[2], 20_000)],
                },
            ],
        };

        Assert.All((string[])["html", "txt"], format => Assert.InRange(Rendered.Bytes(report, format).Length, 1, 2_000_000));
        Assert.Contains("4,850 more in report.json", Rendered.Text(report, "html"), StringComparison.Ordinal);
        Assert.Contains("19,700 more in report.json", Rendered.Text(report, "html"), StringComparison.Ordinal);
        Assert.Equal(20_000, Rendered.Text(report, "json").Split("\"originalPath\"").Length - 1);
    }

    [GeneratedRegex("<style>.*?</style>", RegexOptions.Singleline)]
    private static partial Regex StyleSheet();
}
