using System.Globalization;
using Tocsin.Triage.Reports;
using Tocsin.Triage.Tests.Support;
using Tocsin.Triage.Tests.Timeline;

namespace Tocsin.Triage.Tests.Clocks;

public sealed class ClockTests
{
    static readonly DateTime _start = Made.Utc("2021-03-03T04:00:00Z");

    static string Id(int i) => string.Create(CultureInfo.InvariantCulture, $"{i * 7919:x8}-1111-4000-8000-00000000{i:x4}");

    // The front end logs a request with its id; IIS logs the same request with the id in the query.
    static (string, byte[])[] BothLogs(TimeSpan iisBehind, int requests) =>
    [
        ("HttpProxy.LOG", Made.Proxy([.. Enumerable.Range(0, requests).Select(i => Made.ProxyRow(_start.AddSeconds(i), Id(i)).Replace("/owa/,,", "/ecp/y.js,ServerInfo~a]@b:444/ecp/proxyLogon.ecp?a=1#,", StringComparison.Ordinal))])),
        ("u_ex210303.log", Made.Iis([.. Enumerable.Range(0, requests).Select(i => Made.IisRow(_start.AddSeconds(i) - iisBehind, $"&cafeReqId={Id(i)};").Replace("/owa/", "/ecp/y.js", StringComparison.Ordinal))])),
    ];

    static ServerReport Server(params (string, byte[])[] files) => Assert.Single(Support.Evidence.Scan(files).Servers);

    [Fact]
    public void A_log_in_local_time_is_noticed_by_the_requests_that_stand_in_another()
    {
        ClockReport clock = Assert.Single(Server(BothLogs(TimeSpan.FromHours(5), 12)).Clocks);
        Assert.Equal((ClockFinding.Disagree, TimeSpan.FromHours(-5), false), (clock.Finding, clock.Offset, clock.Corrected));
        Assert.Contains("disagree by 5:00 hours: 12 requests stand in both", clock.Says, StringComparison.Ordinal);
        Assert.Contains("time zone", clock.Says, StringComparison.Ordinal);
        Assert.All(clock.Pairs, p => Assert.Equal(TimeSpan.FromHours(-5), p.Other.TimeUtc - p.One.TimeUtc));
        Assert.Equal(3, clock.Pairs.Count);
    }

    [Fact]
    public void A_clock_that_is_wrong_by_no_time_zone_is_said_to_be_wrong()
    {
        ClockReport clock = Assert.Single(Server(BothLogs(TimeSpan.FromMinutes(7), 12)).Clocks);
        Assert.Equal((ClockFinding.Disagree, TimeSpan.FromMinutes(-7)), (clock.Finding, clock.Offset));
        Assert.Contains("7 minutes", clock.Says, StringComparison.Ordinal);
        Assert.Contains("No time zone has that difference", clock.Says, StringComparison.Ordinal);
    }

    [Fact]
    public void Clocks_that_agree_are_said_to_agree()
    {
        ClockReport clock = Assert.Single(Server(BothLogs(TimeSpan.FromSeconds(1), 12)).Clocks);
        Assert.Equal(ClockFinding.Agree, clock.Finding);
        Assert.Contains("12 requests", clock.Says, StringComparison.Ordinal);
    }

    [Fact]
    public void Two_requests_prove_nothing() => Assert.Empty(Server(BothLogs(TimeSpan.FromHours(5), 2)).Clocks);

    [Fact]
    public void Requests_that_disagree_each_by_another_time_prove_nothing()
    {
        (string, byte[])[] files = BothLogs(default, 12);
        files[1] = ("u_ex210303.log", Made.Iis([.. Enumerable.Range(0, 12).Select(i => Made.IisRow(_start.AddMinutes(i * i * 11), $"&cafeReqId={Id(i)};").Replace("/owa/", "/ecp/y.js", StringComparison.Ordinal))]));
        Assert.DoesNotContain(Server(files).Clocks, c => c.Finding is ClockFinding.Disagree or ClockFinding.Agree);
    }

    [Fact]
    public void A_command_in_the_event_log_and_in_the_text_log_compares_their_clocks()
    {
        string[] commands = ["Set-OabVirtualDirectory", "Remove-OabVirtualDirectory", "New-OabVirtualDirectory", "Set-OabVirtualDirectory", "New-MailboxExportRequest"];
        string[] events = [.. commands.Select((c, i) => $$"""{"Channel":"MSExchange Management","EventID":1,"SourceName":"MSExchange CmdletLogs","Computer":"EX01","TimeCreated":"{{_start.AddMinutes(i * i * 3):yyyy-MM-dd'T'HH:mm:ss}}Z","Message":"Cmdlet suceeded. Cmdlet {{c}}, parameters -Identity x."}""")];
        string[] rows = [.. commands.Select((c, i) => $"{_start.AddMinutes(i * i * 3).AddHours(5):yyyy-MM-dd'T'HH:mm:ss.fff}Z,EX01,ECP.Request,\"S:TIME=1;S:CMD={c}.Identity='x'\"")];
        ServerReport server = Assert.Single(Made.Timeline([
            ("events.jsonl", Support.Evidence.Lines(events)),
            ("ECPServer.LOG", Support.Evidence.Lines(["#Software: Microsoft Exchange Server", "#Log-type: ECP Server Log", "#Fields: TimeStamp,ServerName,EventId,EventData", .. rows]))]).Summary.Report.Servers);
        ClockReport clock = Assert.Single(server.Clocks, c => c.Finding == ClockFinding.Disagree);
        Assert.Equal(TimeSpan.FromHours(5), clock.Offset);
        Assert.Contains("commands stand in both", clock.Says, StringComparison.Ordinal);
    }

    [Fact]
    public void A_clock_that_is_set_back_is_noticed_and_a_log_without_order_is_not()
    {
        string[] rows = [.. Enumerable.Range(0, 40).Select(i => Made.IisRow(_start.AddMinutes(i < 30 ? i : i - 45)))];
        // Only what rules look at is read closely in a scan; the timeline reads every row.
        ServerReport server = Assert.Single(Made.Timeline([("u_ex210303.log", Made.Iis(rows))]).Summary.Report.Servers);
        ClockReport clock = Assert.Single(server.Clocks);
        Assert.Equal((ClockFinding.SetBack, TimeSpan.FromMinutes(44)), (clock.Finding, clock.Offset));
        Assert.Equal(33, clock.Pairs[0].Other.Line);

        string[] backwards = [.. Enumerable.Range(0, 40).Select(i => Made.IisRow(_start.AddHours(-i)))];
        Assert.Empty(Assert.Single(Made.Timeline([("u_ex210303.log", Made.Iis(backwards))]).Summary.Report.Servers).Clocks);
    }

    [Fact]
    public void A_log_that_is_ahead_of_its_own_file_is_noticed()
    {
        using var folder = new TemporaryFolder();
        folder.Write("src/u_ex210303.log", Made.Iis(Made.IisRow(_start), Made.Attack));
        File.SetLastWriteTimeUtc(Path.Combine(folder.Path, "src/u_ex210303.log"), Made.Utc("2021-02-20T00:00:00Z"));
        ClockReport clock = Assert.Single(Assert.Single(Support.Evidence.Scan(Path.Combine(folder.Path, "src")).Servers).Clocks);
        Assert.Equal(ClockFinding.Ahead, clock.Finding);
        Assert.Contains("last written on 2021-02-20", clock.Says, StringComparison.Ordinal);
    }
}
