using Tocsin.Cli.Exercises;
using Tocsin.Detection;
using Tocsin.Detection.Indicators;
using Tocsin.Packs;
using Tocsin.Triage.Indicators;
using Tocsin.Triage.Reports;
using Tocsin.Triage.Scanning;
using Tocsin.Triage.Sharing;

namespace Tocsin.Cli.Tests.Exports;

/// <summary>Exports of exercises, whose attackers are known.</summary>
public class ExportTests
{
    static readonly DateTime _now = new(2021, 12, 1, 0, 0, 0, DateTimeKind.Utc);

    [Fact]
    public void Indicators_name_the_attackers_who_got_in_and_nobody_who_only_looked()
    {
        IReadOnlyList<ThreatPack> packs = PackLoader.LoadEmbedded(new List<Diagnostic>());
        int scenarios = 0, attackers = 0;
        foreach (string scenario in Exercise.Scenarios.Select(s => s.Name))
        {
            foreach (ulong seed in (ulong[])[3])
            {
                string folder = Directory.CreateTempSubdirectory("tocsin-exercise").FullName;
                try
                {
                    string directory = Path.Combine(folder, "x");
                    ExerciseTruth truth = Exercise.Write(new ExerciseOptions(scenario, seed, 2_000_000, directory));
                    ScanReport report = Scanner.Scan(new ScanOptions { Paths = [directory], Packs = packs, Threads = 2 });

                    string[] named = [.. Read(report).Where(i => i.Type is IndicatorType.Ipv4 or IndicatorType.Ipv6).Select(i => i.Value).Order(StringComparer.Ordinal)];

                    Assert.Equal(Intruders(truth), named);
                    scenarios++;
                    attackers += named.Length;
                }
                finally
                {
                    Directory.Delete(folder, recursive: true);
                }
            }
        }

        Assert.Equal(10, scenarios);
        Assert.Equal(7, attackers);
    }

    [Fact]
    public void What_one_server_shows_is_found_on_another_that_the_same_attacker_came_to()
    {
        IReadOnlyList<ThreatPack> packs = PackLoader.LoadEmbedded(new List<Diagnostic>());
        string folder = Directory.CreateTempSubdirectory("tocsin-exercise").FullName;
        try
        {
            string directory = Path.Combine(folder, "x");
            Exercise.Write(new ExerciseOptions("used", 3, 2_000_000, directory));
            var options = new ScanOptions { Paths = [directory], Packs = packs, Threads = 2 };
            IReadOnlyList<Indicator> indicators = Read(Scanner.Scan(options));

            ScanReport second = Scanner.Scan(options with { Indicators = GivenIndicators.Of([new IndicatorReading(indicators, [])]) });

            Assert.NotEmpty(indicators);
            Assert.Equal(indicators.Select(i => i.Value).Order(StringComparer.Ordinal), second.IndicatorMatches.Select(m => m.Value).Order(StringComparer.Ordinal));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Theory]
    [InlineData("stix", "report.stix.json")]
    [InlineData("indicators, stix", "report.stix.json report.indicators.csv")]
    [InlineData("stix,navigator,misp,indicators", "report.stix.json report.navigator.json report.misp.json report.indicators.csv")]
    [InlineData("", "")]
    public void Exports_are_named_with_commas_between_them(string list, string files) => Assert.Equal(files, string.Join(' ', ReportExport.Named([list], TextWriter.Null)!.Select(e => e.File)));

    [Fact]
    public void An_export_that_is_not_known_is_told_with_those_that_are()
    {
        var errors = new StringWriter();

        Assert.Null(ReportExport.Named(["stix,\u001b[2Jcsaf"], errors));
        Assert.Contains("stix, navigator, misp, indicators", errors.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain('\u001b', errors.ToString());
    }

    static IReadOnlyList<Indicator> Read(ScanReport report)
    {
        using var stream = new MemoryStream();
        IndicatorsCsv.Write(report, _now, stream);
        IndicatorReading read = IndicatorFile.Read(System.Text.Encoding.UTF8.GetString(stream.ToArray()), "report.indicators.csv");
        Assert.Empty(read.Refused);
        return read.Indicators;
    }

    // Those of the truth whose requests are not all visits to the names of somebody else's shells, on servers that were broken into.
    static IEnumerable<string> Intruders(ExerciseTruth truth)
    {
        if (truth.Waves.All(w => w.Stage < Packs.Chain.Stage.Exploited)) return [];
        return truth.Waves.SelectMany(w => w.Clients).Where(client => truth.Planted.Any(p => p.Text.Contains(client, StringComparison.Ordinal) && p.Step is not ("shell-name-absent" or "shell-get"))).Distinct().Order(StringComparer.Ordinal);
    }
}
