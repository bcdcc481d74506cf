using Tocsin.Triage.Reports;
using Tocsin.Triage.Tests.Reports;
using Tocsin.Triage.Tests.Support;
using Tocsin.Triage.Verdicts;

namespace Tocsin.Triage.Tests.Scanning;

/// <summary>What no wave takes for its own is told all the same. All events are made.</summary>
public sealed class LooseFindingsTests
{
    const string Security = "Microsoft-Windows-Security-Auditing";

    static string Event(string time, int id, string provider = Security, string data = "") =>
        $$$$"""{"Event":{"System":{"Provider":{"#attributes":{"Name":"{{{{provider}}}}"}},"EventID":{{{{id}}}},"TimeCreated":{"#attributes":{"SystemTime":"{{{{time}}}}Z"}},"Channel":"Security","Computer":"EX01"},"EventData":{{{{{data}}}}}}}""";

    static string Emptied(string time) => Event(time, 1102, "Microsoft-Windows-Eventlog");

    static string ShellUnderWebServer(string time) =>
        Event(time, 4688, data: """ "NewProcessName":"C:\\Windows\\System32\\whoami.exe","ParentProcessName":"C:\\Windows\\System32\\inetsrv\\w3wp.exe","SubjectUserName":"EX01$" """);

    static ScanReport Scan(params string[] events) => Support.Evidence.Scan(("EX01/Security.json", Support.Evidence.Lines(events)));

    [Fact]
    public void An_emptied_log_alone_is_worth_a_look_and_proves_nothing()
    {
        ScanReport report = Scan(Emptied("2021-03-09T10:00:00"));
        ServerReport server = Assert.Single(report.Servers);
        Finding look = Assert.Single(server.Loose);

        Assert.Equal(("Event log emptied", 1L, Packs.Chain.Stage.None), (look.RuleTitle, look.Count, look.Proves));
        Assert.DoesNotContain("attacked", look.Why, StringComparison.Ordinal);
        Assert.All(server.Waves, w => Assert.Empty(w.Findings));
        Assert.Equal(0, report.ExitCode);
        Assert.Contains("WORTH A LOOK", Rendered.Text(report, "txt"), StringComparison.Ordinal);
        Assert.Contains("Worth a look", Rendered.Text(report, "html"), StringComparison.Ordinal);
        Assert.All((string[])["json", "csv"], format => Assert.Contains("Event log emptied", Rendered.Text(report, format), StringComparison.Ordinal));
    }

    [Fact]
    public void An_emptied_log_beside_a_break_in_belongs_to_it_and_is_not_told_twice()
    {
        ScanReport report = Scan(ShellUnderWebServer("2021-03-09T10:00:00"), Emptied("2021-03-09T11:00:00"));
        ServerReport server = Assert.Single(report.Servers);

        Assert.Empty(server.Loose);
        Assert.Contains(server.Waves.Single(w => w.Verdict == Verdict.Compromised).Findings, f => f.RuleTitle == "Event log emptied");
    }

    [Fact]
    public void A_break_in_from_before_the_first_known_wave_is_a_sign_of_one_and_no_verdict_of_theirs()
    {
        ScanReport report = Scan(ShellUnderWebServer("2019-05-27T01:28:42"), ShellUnderWebServer("2019-05-27T01:28:50"));
        ServerReport server = Assert.Single(report.Servers);
        Finding sign = Assert.Single(server.Loose);

        Assert.Equal((2L, Packs.Chain.Stage.Operated), (sign.Count, sign.Proves));
        Assert.All(server.Waves, w => Assert.Equal(Verdict.CannotTell, w.Verdict));
        Assert.Equal(1, report.ExitCode);
        string text = Rendered.Text(report, "txt");
        Assert.InRange(text.IndexOf("SIGNS OF A BREAK-IN THAT BELONGS TO NO KNOWN WAVE", StringComparison.Ordinal), 1, text.IndexOf("DETAILS OF", StringComparison.Ordinal));
    }

    [Fact]
    public void The_real_logs_of_web_shells_from_before_the_waves_are_signs()
    {
        if (Support.Evidence.Shared is not { } shared) return;
        ScanReport report = Support.Evidence.Scan(Path.Combine(shared, "evidence", "30-evtx-webshell"));

        Assert.Equal(1, report.ExitCode);
        Assert.Equal(["IEWIN7", "MSEDGEWIN10"], report.Servers.Where(s => s.Loose.Any(f => f.Proves == Packs.Chain.Stage.Operated)).Select(s => s.Name).Order());
        Assert.Contains(report.Servers.Single(s => s.Name == "EXCHANGE01").Loose, f => f.RuleTitle == "Transport agent could not be installed");
    }
}
