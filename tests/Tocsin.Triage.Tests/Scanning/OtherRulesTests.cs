using System.Text;
using Tocsin.Detection.Sigma;
using Tocsin.Triage.Reports;
using Tocsin.Triage.Scanning;
using Tocsin.Triage.Tests.Reports;
using Tocsin.Triage.Tests.Support;

namespace Tocsin.Triage.Tests.Scanning;

/// <summary>Rules beside the packs, over made Windows events that lie in two files of one server.</summary>
public class OtherRulesTests
{
    const string Rules =
        """
        title: Guessed and got in
        id: 11111111-0000-4000-8000-000000000001
        author: Somebody
        level: high
        correlation:
          type: temporal_ordered
          rules: [failures, success]
          group-by: [TargetUserName]
          timespan: 10m
        ---
        title: Many failures
        name: failures
        correlation:
          type: event_count
          rules: [failure]
          group-by: [TargetUserName]
          timespan: 10m
          condition: {gte: 3}
        ---
        title: Failure
        name: failure
        logsource: {product: windows, service: security}
        detection: {selection: {EventID: 4625}, condition: selection}
        ---
        title: Success
        name: success
        logsource: {product: windows, service: security}
        detection: {selection: {EventID: 4624}, condition: selection}
        """;

    const string Plain =
        """
        title: A logon of bob
        id: 11111111-0000-4000-8000-000000000002
        author: Somebody Else
        license: DRL 1.1
        references: [https://rules.example/bob]
        level: LEVEL
        logsource: {product: windows, service: security}
        detection: {selection: {EventID: 4624, TargetUserName: bob}, condition: selection}
        """;

    static byte[] Events(params (string Time, int Id, string User)[] events) => Support.Evidence.Lines([.. events.Select(e =>
        $$$$"""{"Event":{"System":{"Provider":{"#attributes":{"Name":"Microsoft-Windows-Security-Auditing"}},"EventID":{{{{e.Id}}}},"TimeCreated":{"#attributes":{"SystemTime":"2021-03-03T{{{{e.Time}}}}Z"}},"Channel":"Security","Computer":"EX01"},"EventData":{"TargetUserName":"{{{{e.User}}}}"}}}""")]);

    static ScanReport Scan(int threads, params (string Name, string Text)[] rules)
    {
        using var folder = new TemporaryFolder();
        folder.Write("EX01/old.json", Events(("10:00:00", 4625, "bob"), ("10:01:00", 4625, "bob"), ("10:01:30", 4624, "alice")));
        folder.Write("EX01/new.json", Events(("10:02:00", 4625, "bob"), ("10:03:00", 4624, "bob")));
        return Scanner.Scan(new ScanOptions { Paths = [folder.Path], Packs = Support.Evidence.Packs, Threads = threads, OtherRules = OtherRules.Read(rules, SigmaPlaceholders.None) });
    }

    [Fact]
    public void A_correlation_joins_records_of_several_files_and_hides_the_rules_that_serve_it()
    {
        ScanReport report = Scan(2, ("guess.yml", Rules));
        OtherFinding finding = Assert.Single(Assert.Single(report.Servers).OtherFindings);

        Assert.Equal(("Guessed and got in", "correlation", "TargetUserName=bob", RuleLevel.High, 2L), (finding.Title, finding.Kind, finding.Group, finding.Level, finding.Count));
        Assert.Equal(["new.json", "new.json"], finding.Evidence.Select(e => e.Artifact.Split('/')[^1]));
        Assert.All(finding.Evidence, e => Assert.Contains("bob", e.Text, StringComparison.Ordinal));
        Assert.Equal(1, report.ExitCode);
        Assert.All(report.Servers[0].Waves, w => Assert.Empty(w.Findings));
    }

    [Theory]
    [InlineData("low", 1)]
    [InlineData("informational", 0)]
    public void A_match_is_credited_to_its_author_and_news_unless_it_is_informational(string level, int exitCode)
    {
        ScanReport report = Scan(1, ("bob.yml", Plain.Replace("LEVEL", level, StringComparison.Ordinal)));
        OtherFinding finding = Assert.Single(report.Servers[0].OtherFindings);

        Assert.Equal(("Somebody Else", "DRL 1.1", "https://rules.example/bob", 1L), (finding.Author, finding.License, finding.Link, finding.Count));
        Assert.Equal(exitCode, report.ExitCode);
        Assert.All((string[])["txt", "html", "json"], format => Assert.Contains("https://rules.example/bob", Rendered.Text(report, format), StringComparison.Ordinal));
        Assert.Contains("other-rules", Rendered.Text(report, "csv"), StringComparison.Ordinal);
    }

    [Fact]
    public void Refused_rules_are_counted_and_the_others_work()
    {
        ScanReport report = Scan(1, ("bad.yml", "title: x\n"), ("bob.yml", Plain.Replace("LEVEL", "high", StringComparison.Ordinal)), ("linux.yml", "title: L\nlogsource: {product: linux}\ndetection: {s: {a: b}, condition: s}\n"), ("copy.yml", Plain.Replace("LEVEL", "high", StringComparison.Ordinal)));

        Assert.Equal((4, 2, 0, 1), (report.OtherRules!.Files, report.OtherRules.Rules, report.OtherRules.Correlations, report.OtherRules.WithoutReader));
        Assert.Equal(["bad.yml", "bad.yml", "copy.yml"], report.OtherRules.Refused.Select(r => r.File));
        Assert.Single(report.Servers[0].OtherFindings);
    }

    [Fact]
    public void A_long_event_log_is_read_by_several_threads_and_the_report_is_the_same()
    {
        const int Chunks = 300;
        byte[] file = File.ReadAllBytes(Path.Combine(Repository.Root, "fuzz", "corpus", "evtx", "file"));
        byte[] chunk = new byte[65536], log = new byte[4096 + Chunks * chunk.Length];
        file.AsSpan(4096).CopyTo(chunk);
        file.AsSpan(0, 4096).CopyTo(log);
        for (int i = 0; i < Chunks; i++) chunk.CopyTo(log, 4096 + i * chunk.Length);
        const string rules =
            """
            title: Many
            correlation: {type: event_count, rules: [one], timespan: 1d, condition: {gte: 3}}
            level: high
            ---
            title: One
            name: one
            level: high
            logsource: {product: windows}
            detection: {selection: {Channel: '*'}, condition: selection}
            """;
        using var folder = new TemporaryFolder();
        folder.Write("EX01/Security.evtx", log);
        string[] reports = [.. ((int[])[1, 2, 5]).Select(threads => Rendered.Text(Scanner.Scan(new ScanOptions { Paths = [folder.Path], Packs = Support.Evidence.Packs, Threads = threads, OtherRules = OtherRules.Read([("many.yml", rules)], SigmaPlaceholders.None) }), "json"))];

        Assert.Equal(reports[0], reports[1]);
        Assert.Equal(reports[0], reports[2]);
        using var json = System.Text.Json.JsonDocument.Parse(reports[0]);
        System.Text.Json.JsonElement artifact = json.RootElement.GetProperty("servers")[0].GetProperty("artifacts")[0];
        Assert.Equal(0, artifact.GetProperty("records").GetInt64() % Chunks);
        Assert.Equal("Many", json.RootElement.GetProperty("servers")[0].GetProperty("otherFindings")[0].GetProperty("title").GetString());
    }

    [Fact]
    public void The_report_does_not_depend_on_threads()
    {
        byte[] Bytes(int threads) => Encoding.UTF8.GetBytes(System.Text.RegularExpressions.Regex.Replace(Rendered.Text(Scan(threads, ("guess.yml", Rules), ("bob.yml", Plain.Replace("LEVEL", "low", StringComparison.Ordinal))), "json"), "tocsin[A-Za-z0-9]+", ""));

        Assert.Equal(Bytes(1), Bytes(4));
    }
}
