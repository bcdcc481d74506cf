using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Tocsin.Packs.Chain;
using Tocsin.Triage.Reports;
using Tocsin.Triage.Verdicts;

namespace Tocsin.Triage.Tests.Support;

static partial class Some
{
    const string Ecp = "C/Program Files/Microsoft/Exchange Server/V15/Logging/HttpProxy/Ecp/HttpProxy_2021030304-1.LOG";
    const string EcpServer = "C/Program Files/Microsoft/Exchange Server/V15/Logging/ECP/Server/ECPServer20210303-1.LOG";
    const string Iis = "logs.zip!/inetpub/logs/LogFiles/W3SVC1/u_ex210303.log";
    const string Events = "events/management.jsonl";

    static ServerReport TargetedServer(string name)
    {
        StepReport probe = Step("probe", "Looked whether the server can be attacked",
            [.. Enumerable.Range(0, 38).Select(i => Event(
                Utc("2021-03-03T01:12:00").AddMinutes(i * i * 23).ToString("O"), "Asked for the version of the control panel", Outcome.Attempted, Stage.Targeted, 0, $"198.51.100.{i + 3}", "ssrf-probe", Ecp, 100 + i))]) with { Count = 212 };
        StepReport discover = Step("discover", "Asked the server for a mailbox and its owner's identity",
            Event("2021-03-06T11:40:02", "Autodiscover for admin@contoso.example", Outcome.Failed, Stage.Targeted, 1, "203.0.113.77", "autodiscover", Ecp, 900),
            Event("2021-03-06T11:40:03", "Autodiscover for postmaster@contoso.example", Outcome.Failed, Stage.Targeted, 1, "203.0.113.77", "autodiscover", Ecp, 901),
            Event("2021-03-06T11:40:03", "Autodiscover for info@contoso.example", Outcome.Failed, Stage.Targeted, 1, "203.0.113.77", "autodiscover", Ecp, 902));
        StepReport[] steps =
        [
            probe, discover, Unseen("ssrf", "Made the server carry out forged requests"),
            Unseen("session", "Opened an administrator session in the control panel"), Unseen("write", "Put a script into the configuration"),
            Unseen("implant", "Wrote a web shell to disk"), Unseen("operate", "Ran commands on the server"),
        ];
        var wave = new WaveReport(
            "proxylogon", "ProxyLogon", Verdict.Targeted, Stage.Targeted, Confidence.High,
            "Attackers tried this on 3 March 2021 and after, and did not get in.",
            "Somebody tried this attack on your server. The logs cover the time and show that they did not get in. You do not need to rebuild.",
            "Check that the server has the newest update; the same hole is still being tried today.",
            ["215 probes by 39 addresses; no forged request was answered as a success is.", "The logs of the control panel are whole over the window."],
            [],
            _proxyLogonWindow.FromUtc, _proxyLogonWindow.ToUtc, null,
            [new TimeSpanUtc(_proxyLogonWindow.FromUtc, _proxyLogonWindow.ToUtc)],
            steps,
            [
                FindingOf("autodiscover", "Forged request for a mailbox's settings", "medium", discover, Stage.Targeted, Outcome.Failed,
                    "With this the attackers learn the identity of a mailbox that they can pretend to be.", "Scanners of CERTs ask the same and go no further.", ["T1087.003"], 3),
                FindingOf("ssrf-probe", "Probe for the ProxyLogon flaw", "low", probe, Stage.Targeted, Outcome.Attempted,
                    "Somebody tried whether the flaw is there.", "Scans by your own administrators or your national CERT look exactly like this.", ["T1595.002"], 212),
            ]);
        return new ServerReport(
            name, "named in its logs", [wave, QuietWave("proxyshell", "ProxyShell", "2021-04-13", "2021-07-31")],
            [new BuildSighting("15.2.792.3", "Exchange 2019 CU8", Utc("2021-01-01T00:00:00"), Utc("2021-08-01T00:00:00"))],
            [
                Log("httpproxy/ecp", "HttpProxy Ecp", 62, 48_113, "2021-01-01T00:00:00", "2021-08-01T00:00:00"),
                Log("iis", "IIS", 211, 18_402_551, "2021-01-01T00:00:00", "2021-08-01T00:00:00"),
            ],
            [Artifact(Ecp, "httpproxy/ecp", "HttpProxy Ecp", ArtifactState.Read)], []);
    }

    static ServerReport QuietServer(string name) => new(
        name, "name of the folder",
        [QuietWave("proxylogon", "ProxyLogon", "2021-01-03", "2021-03-31"), QuietWave("proxyshell", "ProxyShell", "2021-04-13", "2021-07-31")],
        [new BuildSighting("15.2.792.10", "Exchange 2019 CU8 Mar21SU", Utc("2021-03-03T09:00:00"), Utc("2021-08-01T00:00:00"))],
        [
            Log("httpproxy/ecp", "HttpProxy Ecp", 62, 48_113, "2021-01-01T00:00:00", "2021-08-01T00:00:00"),
            Log("httpproxy/owa", "HttpProxy Owa", 62, 911_020, "2021-01-01T00:00:00", "2021-08-01T00:00:00"),
        ],
        [Artifact(Ecp, "httpproxy/ecp", "HttpProxy Ecp", ArtifactState.Read)], []);

    static ServerReport BlindServer(string name) => new(
        name, "named in its logs",
        [BlindWave("proxylogon", "ProxyLogon", "2021-01-03", "2021-03-31"), BlindWave("proxyshell", "ProxyShell", "2021-04-13", "2021-07-31")],
        [],
        [Log("iis", "IIS", 9, 402_551, "2021-03-23T00:00:00", "2021-03-31T23:59:58")],
        [Artifact("C/inetpub/logs/LogFiles/W3SVC1/u_ex210323.log", "iis", "IIS", ArtifactState.Read)],
        ["All logs of before 23 March 2021 are missing, from every folder at once. Rotation does not do that."]);

    static ServerReport OldServer(string name) => new(
        name, "named in its logs",
        [
            new WaveReport(
                "proxylogon", "ProxyLogon", Verdict.NotApplicable, Stage.None, Confidence.High,
                "Exchange 2010 cannot be hit by ProxyLogon.",
                "Exchange 2010 has no front-end proxy, so the hole by which this wave came in does not exist there.",
                "Replace Exchange 2010: it gets no updates any more.",
                ["The logs show build 14.3.513.0."], [],
                _proxyLogonWindow.FromUtc, _proxyLogonWindow.ToUtc, null, [], [Unseen("probe", "Looked whether the server can be attacked")], []),
        ],
        [new BuildSighting("14.3.513.0", null, Utc("2021-02-01T00:00:00"), Utc("2021-03-01T00:00:00"))],
        [Log("iis", "IIS", 9, 402_551, "2021-02-01T00:00:00", "2021-03-01T00:00:00")],
        [Artifact("C/inetpub/logs/LogFiles/W3SVC1/u_ex210201.log", "iis", "IIS", ArtifactState.Read)], []);

    static WaveReport QuietWave(string pack, string title, string from, string to) => new(
        pack, title, Verdict.NothingFound, Stage.None, Confidence.High,
        $"No trace of {title}, over the whole time in which it would have been seen.",
        "The logs are whole over the time in which this wave hit servers, and nothing of it is in them. You do not need to rebuild because of it.",
        "Keep the server up to date.",
        ["HttpProxy Ecp and Owa logs cover every hour of the window."], [], Utc(from), Utc(to), null,
        [new TimeSpanUtc(Utc(from), Utc(to))], [Unseen("probe", "Looked whether the server can be attacked")], []);

    static WaveReport BlindWave(string pack, string title, string from, string to) => new(
        pack, title, Verdict.CannotTell, Stage.None, Confidence.Low,
        $"The logs that would show {title} are not there.",
        "Nothing was found, but on most days nothing could have been found. Whether you must rebuild cannot be said from these logs: an attack may have left no trace in what is here.",
        "Get the logs named below from a backup, and scan them.",
        ["No log covers the days on which servers were hit."],
        [
            "HttpProxy Ecp of the window: %ExchangeInstallPath%Logging\\HttpProxy\\Ecp, or a backup of the server from those days.",
            "IIS of the window: %SystemDrive%\\inetpub\\logs\\LogFiles\\W3SVC1.",
        ],
        Utc(from), Utc(to), null, [], [Unseen("probe", "Looked whether the server can be attacked"), Unseen("implant", "Wrote a web shell to disk")], []);

    static StepReport Step(string id, string title, params ChainEvent[] events) => new(
        id, title, true,
        events.Any(e => e.Outcome == Outcome.Succeeded) ? Outcome.Succeeded : events[0].Outcome,
        events.Min(e => e.TimeUtc), events.Max(e => e.TimeUtc), events.Length, events);

    static StepReport Unseen(string id, string title) => new(id, title, false, Outcome.Unknown, null, null, 0, []);

    static ChainEvent Event(string time, string what, Outcome outcome, Stage proves, int session, string? client, string rule, string artifact, long line) => new(
        Utc(time), what, outcome, proves, session, client, "proxylogon-" + rule,
        new EvidenceLine(artifact, line, line * 413, Utc(time), EvidenceText(artifact, time, client), artifact == EcpServer));

    static string EvidenceText(string artifact, string time, string? client) => artifact switch
    {
        Iis => $"{Utc(time):yyyy-MM-dd HH:mm:ss} 10.0.0.5 POST /aspnet_client/discover.aspx - 443 - {client} python-requests/2.25.1 - 200 0 0 312",
        EcpServer => $"{Utc(time):yyyy-MM-dd'T'HH:mm:ss.fff'Z'},EX01,ECP.Request,\"S:TIME=63;S:SID=1b8b5c0e;'S:CMD=Set-OabVirtualDirectory.ExternalUrl=''http://f/<script language=\"\"JScript\"\" runat=\"\"server\"\">function Page_Load(){{/* ... */}}</script>''.Identity=''7f3c''';S:REQID=4f0c;S:EX=;\"",
        Events => "{\"TimeCreated\":\"2021-03-05T17:15:02Z\",\"Channel\":\"Security\",\"EventID\":4688,\"CommandLine\":\"rundll32 comsvcs.dll MiniDump 612 c:\\\\windows\\\\temp\\\\l.dmp full\"}",
        _ => $"{Utc(time):yyyy-MM-dd'T'HH:mm:ss.fff'Z'},15,1,2106,2,Ecp,contoso.example,/ecp/y.js,,FBA,false,,,ServerInfo~a]@ex01.contoso.local:444/ecp/proxyLogon.ecp?a=~1942062522,python-requests/2.25.1,{client},EX01,241,,POST,Proxy",
    };

    static Finding FindingOf(string id, string title, string level, StepReport step, Stage proves, Outcome outcome, string why, string? noise, string[] techniques, long count)
    {
        ChainEvent[] events = [.. step.Events.Where(e => e.FindingId == "proxylogon-" + id)];
        return new Finding(
            "proxylogon-" + id, title, level, step.Id, proves, outcome, why, noise, techniques, count,
            events.Min(e => e.TimeUtc), events.Max(e => e.TimeUtc), [.. events.Take(20).Select(e => e.Evidence)]);
    }

    static LogCoverage Log(string kind, string title, int files, long records, string from, string to, (string From, string To)? gap = null, long damaged = 0)
    {
        DateTime first = Utc(from), last = Utc(to);
        TimeSpanUtc[] gaps = gap is { } g ? [new TimeSpanUtc(Utc(g.From), Utc(g.To))] : [];
        TimeSpanUtc[] spans = gaps is [var only] ? [new TimeSpanUtc(first, only.FromUtc), new TimeSpanUtc(only.ToUtc, last)] : [new TimeSpanUtc(first, last)];
        var days = new List<DayCount>();
        for (DateTime day = first.Date; day <= last; day = day.AddDays(1))
        {
            // Fewer people write mail on Saturdays and Sundays.
            long busy = day.DayOfWeek is DayOfWeek.Saturday or DayOfWeek.Sunday ? 3 : 10 + (day.DayOfYear * 7 % 5);
            if (!gaps.Any(x => x.FromUtc < day && day.AddDays(1) < x.ToUtc)) days.Add(new DayCount(DateOnly.FromDateTime(day), busy * records / 2000 + 1, 24));
        }

        return new LogCoverage(kind, title, files, records, records * 412, damaged, first, last, false, spans, gaps, days);
    }

    static ArtifactReport Artifact(string path, string? kind, string title, ArtifactState state)
    {
        bool read = state is ArtifactState.Read or ArtifactState.Damaged;
        string hash = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(path)));
        return new ArtifactReport(
            path, path.StartsWith("C/", StringComparison.Ordinal) ? @"C:\" + path[2..].Replace('/', '\\') : null, kind, title, state, 33_118_512, read ? hash : null,
            read ? 151_204 : 0, read ? Utc("2021-03-03T00:00:02") : null, read ? Utc("2021-03-03T23:59:57") : null, [], []);
    }
}
