using System.Globalization;
using Tocsin.Packs.Chain;
using Tocsin.Triage.Reports;
using Tocsin.Triage.Verdicts;

namespace Tocsin.Triage.Tests.Support;

/// <summary>Made-up reports, each as a scan could give it. Addresses and names are those set aside for documentation.</summary>
static partial class Some
{
    static readonly TimeSpanUtc _proxyLogonWindow = new(Utc("2021-01-03"), Utc("2021-03-31"));

    public static DateTime Utc(string time) => DateTime.Parse(time, CultureInfo.InvariantCulture, DateTimeStyles.AdjustToUniversal | DateTimeStyles.AssumeUniversal);

    /// <summary>Every made-up report by its name; the golden files are named after them.</summary>
    public static IReadOnlyDictionary<string, Func<ScanReport>> Reports { get; } = new SortedDictionary<string, Func<ScanReport>>(StringComparer.Ordinal)
    {
        ["compromised"] = ReportOfACompromisedServer,
        ["nothing-found"] = ReportOfAWholeWindow,
        ["cannot-tell"] = ReportWithDeletedLogs,
        ["targeted"] = ReportOfATargetedServer,
        ["not-applicable"] = ReportOfAnOldServer,
        ["many-servers"] = ReportOfManyServers,
        ["empty"] = EmptyReport,
    };

    public static ScanReport EmptyReport() => Report([], 0) with
    {
        Sources = ["D:\\copy"],
        Totals = new ScanTotals(0, 12, 1, 0, 0, 0),
        Problems = [new Problem("D:\\copy\\logs.zip", "The archive is encrypted. Unpack it and scan the folder.")],
        ExitCode = 2,
    };

    /// <summary>Two gangs, nine steps, commands given: the worst night.</summary>
    public static ScanReport ReportOfACompromisedServer() => Report([CompromisedServer("EX01")], 1);

    public static ScanReport ReportOfAWholeWindow() => Report([QuietServer("MAIL")], 0);

    public static ScanReport ReportWithDeletedLogs() => Report([BlindServer("EXCH-2016")], 2) with
    {
        Problems = [new Problem("/evidence/exch/C/inetpub/logs", "The folder could not be opened: access denied. Run tocsin as an administrator, or copy it first.")],
    };

    public static ScanReport ReportOfATargetedServer() => Report([TargetedServer("EX-HQ")], 1);

    public static ScanReport ReportOfAnOldServer() => Report([OldServer("OLDMAIL")], 0);

    public static ScanReport ReportOfManyServers() => Report(
        [
            QuietServer("EX-AMS-01"), QuietServer("EX-AMS-02"), TargetedServer("EX-BRU-01"), CompromisedServer("EX-CPH-01"),
            BlindServer("EX-DUB-01"), QuietServer("EX-HEL-01"), TargetedServer("EX-LIS-01"), CompromisedServer("EX-OSL-01"),
            OldServer("EX-PRG-01"), QuietServer("EX-RIX-01"), BlindServer("EX-VIE-01"), QuietServer("EX-WAW-01"),
        ],
        1);

    static ScanReport Report(IReadOnlyList<ServerReport> servers, int exitCode)
    {
        ArtifactReport[] all = [.. servers.SelectMany(s => s.Artifacts)];
        return new ScanReport(
            "0.1.0",
            [
                new PackSummary("proxylogon", "ProxyLogon", "1.0.0", 41),
                new PackSummary("proxynotshell", "ProxyNotShell", "1.0.0", 12),
                new PackSummary("proxyshell", "ProxyShell", "1.0.0", 23),
            ],
            ["/evidence/ex"],
            servers,
            new ScanTotals(
                all.Count(a => a.State is ArtifactState.Read or ArtifactState.Damaged),
                all.Count(a => a.State == ArtifactState.Skipped),
                all.Count(a => a.State is ArtifactState.Unreadable or ArtifactState.NotRead),
                all.Sum(a => a.Bytes),
                all.Sum(a => a.Records),
                all.Sum(a => a.Damage.Sum(d => d.Count))),
            [])
        {
            ExitCode = exitCode,
        };
    }

    static ServerReport CompromisedServer(string name)
    {
        StepReport[] steps =
        [
            Step("probe", "Looked whether the server can be attacked",
                Event("2021-02-27T21:14:08", "Asked for the version of the control panel", Outcome.Attempted, Stage.Targeted, 0, "198.51.100.23", "ssrf-probe", Ecp, 88),
                Event("2021-03-01T02:40:51", "Asked for the version of the control panel", Outcome.Attempted, Stage.Targeted, 0, "198.51.100.77", "ssrf-probe", Ecp, 412),
                Event("2021-03-03T04:21:37.412", "Asked for the version of the control panel", Outcome.Attempted, Stage.Targeted, 1, "203.0.113.9", "ssrf-probe", Ecp, 1904)),
            Step("discover", "Asked the server for a mailbox and its owner's identity",
                Event("2021-03-03T04:22:02", "Autodiscover for administrator@contoso.example", Outcome.Attempted, Stage.Targeted, 1, "203.0.113.9", "autodiscover", Ecp, 1911),
                Event("2021-03-03T04:22:05", "Autodiscover for it@contoso.example", Outcome.Succeeded, Stage.Exploited, 1, "203.0.113.9", "autodiscover", Ecp, 1912),
                Event("2021-03-05T17:03:10", "Autodiscover for administrator@contoso.example", Outcome.Unknown, Stage.Targeted, 2, "192.0.2.144", "autodiscover", Ecp, 5540)),
            Step("ssrf", "Made the server carry out forged requests",
                Event("2021-03-03T04:22:31", "Forged request to MAPI answered 200", Outcome.Succeeded, Stage.Exploited, 1, "203.0.113.9", "ssrf", Ecp, 1920),
                Event("2021-03-03T04:22:34", "Forged request to the control panel answered 241", Outcome.Succeeded, Stage.Exploited, 1, "203.0.113.9", "ssrf-241", Ecp, 1922),
                Event("2021-03-05T17:03:58", "Forged request to the control panel answered 241", Outcome.Succeeded, Stage.Exploited, 2, "192.0.2.144", "ssrf-241", Ecp, 5544)),
            Step("session", "Opened an administrator session in the control panel",
                Event("2021-03-03T04:22:35", "Session with a canary of the control panel", Outcome.Succeeded, Stage.Exploited, 1, "203.0.113.9", "session", Ecp, 1923),
                Event("2021-03-05T17:04:00", "Session with a canary of the control panel", Outcome.Succeeded, Stage.Exploited, 2, "192.0.2.144", "session", Ecp, 5546)),
            Step("write", "Put a script into the configuration",
                Event("2021-03-03T04:22:52", "Set-OabVirtualDirectory with a script in ExternalUrl", Outcome.Succeeded, Stage.Implanted, 1, "203.0.113.9", "oab-url", EcpServer, 221),
                Event("2021-03-05T17:04:31", "Set-OabVirtualDirectory with a script in ExternalUrl", Outcome.Failed, Stage.Exploited, 2, "192.0.2.144", "oab-url", EcpServer, 407),
                Event("2021-03-05T17:05:12", "Set-OabVirtualDirectory with a script in ExternalUrl", Outcome.Succeeded, Stage.Implanted, 2, "192.0.2.144", "oab-url", EcpServer, 409)),
            Step("implant", "Wrote a web shell to disk",
                Event("2021-03-03T04:23:05", "Reset-OabVirtualDirectory wrote aspnet_client\\discover.aspx", Outcome.Succeeded, Stage.Implanted, 1, "203.0.113.9", "oab-reset", EcpServer, 223),
                Event("2021-03-05T17:05:44", "Reset-OabVirtualDirectory wrote owa\\auth\\8Lw7tAhF9i1pJnRo.aspx", Outcome.Succeeded, Stage.Implanted, 2, "192.0.2.144", "oab-reset", EcpServer, 410)),
            Step("cleanup", "Removed traces from the configuration",
                Event("2021-03-03T04:23:26", "Set-OabVirtualDirectory put the old ExternalUrl back", Outcome.Succeeded, Stage.Implanted, 1, "203.0.113.9", "oab-restore", EcpServer, 224)),
            Step("operate", "Ran commands on the server",
                [
                    .. Enumerable.Range(0, 14).Select(i => Event(
                        Utc("2021-03-03T04:25:10").AddSeconds(i * 41).ToString("O"), "Web shell discover.aspx answered 200", Outcome.Succeeded, Stage.Operated, 1, "203.0.113.9", "shell-used", Iis, 90211 + i)),
                    Event("2021-03-05T17:09:20", "Web shell 8Lw7tAhF9i1pJnRo.aspx answered 200", Outcome.Succeeded, Stage.Operated, 2, "192.0.2.144", "shell-used", Iis, 120004),
                    Event("2021-03-05T17:15:02", "Memory of lsass written by way of comsvcs.dll", Outcome.Unknown, Stage.Operated, 2, null, "lsass-dump", Events, 44871),
                    Event("2021-03-12T08:55:00", "Somebody else asked for the web shell, and was refused", Outcome.Failed, Stage.Targeted, 3, "198.51.100.200", "shell-used", Iis, 200551),
                ]) with { Count = 131 },
            Unseen("impact", "Did damage"),
        ];
        Finding[] findings =
        [
            FindingOf("lsass-dump", "Memory of the logon process written to a file", "critical", steps[7], Stage.Operated, Outcome.Unknown,
                "The passwords of everybody who is logged on are in that memory. Treat them as known to the attackers.", null, ["T1003.001"], 1),
            FindingOf("shell-used", "A web shell was called and answered", "critical", steps[7], Stage.Operated, Outcome.Succeeded,
                "A page that Exchange does not come with was asked for from outside and answered. Each of these requests can be an order to the server.", null, ["T1505.003", "T1059.003"], 130),
            FindingOf("oab-reset", "Address book folder reset into a web folder", "critical", steps[5], Stage.Implanted, Outcome.Succeeded,
                "This command writes the settings of the address book folder to a file. Told to write into a web folder, it makes a page of what the attacker put into the settings before.", null, ["T1505.003"], 2),
            FindingOf("oab-url", "Script in the address of the address book", "critical", steps[4], Stage.Implanted, Outcome.Succeeded,
                "An address never contains script. This is the text of a web shell.", null, ["T1505.003"], 3),
            FindingOf("oab-restore", "Address of the address book put back", "high", steps[6], Stage.Implanted, Outcome.Succeeded,
                "Done right after the web shell was written, so that the configuration looks untouched.", "An administrator who changes the address by hand.", ["T1070"], 1),
            FindingOf("ssrf-241", "Forged request to the control panel answered with 241", "critical", steps[2], Stage.Exploited, Outcome.Succeeded,
                "Only the control panel's logon for other servers answers with this number. It means that the attacker now has a session with the rights of the server itself.", null, ["T1190"], 2),
            FindingOf("session", "Administrator session from a forged request", "critical", steps[3], Stage.Exploited, Outcome.Succeeded,
                "The session belongs to no person who logged on.", null, ["T1190", "T1068"], 2),
            FindingOf("ssrf", "Forged request to MAPI", "high", steps[2], Stage.Exploited, Outcome.Succeeded,
                "The routing cookie names a path, which no mail program ever does.", null, ["T1190"], 1),
            FindingOf("autodiscover", "Forged request for a mailbox's settings", "medium", steps[1], Stage.Targeted, Outcome.Attempted,
                "With this the attackers learn the identity of a mailbox that they can pretend to be.", "Scanners of CERTs ask the same and go no further.", ["T1087.003"], 3),
            FindingOf("ssrf-probe", "Probe for the ProxyLogon flaw", "low", steps[0], Stage.Targeted, Outcome.Attempted,
                "Somebody tried whether the flaw is there.", "Scans by your own administrators or your national CERT look exactly like this.", ["T1595.002"], 3),
        ];
        var proxyLogon = new WaveReport(
            "proxylogon", "ProxyLogon", Verdict.Compromised, Stage.Operated, Confidence.High,
            "Attackers got in on 3 March 2021, left web shells and gave the server orders.",
            "Attackers got into this server and gave it orders with the highest rights. They may have copied mail and passwords and moved on to other machines. Yes, you must rebuild this server, and you must treat the passwords of everybody who logged on to it, administrators first, as known to the attackers.",
            "Take the server off the network now without switching it off, and call an incident response team.",
            [
                "A web shell, aspnet_client\\discover.aspx, answered 14 requests on 3 March 2021.",
                "Two runs of the whole chain, by two addresses with two days between them: at least two groups had the server.",
                "The configuration was changed and changed back within 34 seconds.",
            ],
            ["Security events of the days after 3 March 2021: they would show accounts that were made. They are in %SystemRoot%\\System32\\winevt\\Logs\\Security.evtx."],
            _proxyLogonWindow.FromUtc, Utc("2021-03-09T13:10:00"),
            "The logs first show a build with the fix on 9 March 2021 (15.1.2176.9, Exchange 2016 CU19 Mar21SU).",
            [new TimeSpanUtc(Utc("2021-02-05"), Utc("2021-02-20T06:00:00")), new TimeSpanUtc(Utc("2021-02-21T11:00:00"), Utc("2021-03-09T13:10:00"))],
            steps, findings)
        {
            FixedUtc = Utc("2021-03-09T13:10:00"),
        };
        return new ServerReport(
            name, "named in its logs",
            [proxyLogon, QuietWave("proxyshell", "ProxyShell", "2021-04-13", "2021-07-31"), BlindWave("proxynotshell", "ProxyNotShell", "2022-08-01", "2022-11-08")],
            [
                new BuildSighting("15.1.2106.2", "Exchange 2016 CU18", Utc("2021-01-03T00:00:11"), Utc("2021-03-07T22:10:00")),
                new BuildSighting("15.1.2176.9", "Exchange 2016 CU19 Mar21SU", Utc("2021-03-09T13:10:00"), Utc("2021-08-02T23:59:40")),
            ],
            [
                Log("ecp-server", "ECP Server", 14, 2_204, "2021-02-21T11:00:00", "2021-03-31T22:00:00"),
                Log("httpproxy/ecp", "HttpProxy Ecp", 62, 48_113, "2021-02-05T00:00:00", "2021-08-02T23:59:40", gap: ("2021-02-20T06:00:00", "2021-02-21T11:00:00")),
                Log("iis", "IIS", 211, 18_402_551, "2021-01-03T00:00:11", "2021-08-02T23:59:58", damaged: 17),
                Log("windows-events", "Windows events", 3, 91_204, "2021-03-04T10:00:00", "2021-03-20T08:12:00"),
                Log("pasted", "Pasted rows", 1, 4, "2021-03-03T04:22:31", "2021-03-03T04:23:05") with { IsExtract = true },
            ],
            [
                Artifact(Ecp, "httpproxy/ecp", "HttpProxy Ecp", ArtifactState.Read),
                Artifact(EcpServer, "ecp-server", "ECP Server", ArtifactState.Read),
                Artifact(Iis, "iis", "IIS", ArtifactState.Damaged) with
                {
                    Damage =
                    [
                        new DamageReport("the row has more or fewer columns than the header names", 16, [(4011, 880_223), (4012, 880_391), (4013, 880_560)]),
                        new DamageReport("the file ends in the middle of a record", 1, [(151_204, 33_118_440)]),
                    ],
                    Notes = ["Its columns change on line 4,010."],
                },
                Artifact(Events, "windows-events", "Windows events", ArtifactState.Read),
                Artifact("C/Windows/System32/winevt/Logs/Security.evtx", null, "Windows event log (EVTX), which this version does not read", ArtifactState.NotRead),
                Artifact("C/pagefile.sys", null, "no evidence of this version", ArtifactState.Skipped),
            ],
            ["The events were exported by hand."])
        {
            Clocks =
            [
                new(ClockFinding.Disagree, "The clocks of Windows events and IIS log disagree by 12 minutes.", TimeSpan.FromMinutes(12), false, [Events],
                    [new(new(Events, 3, 812, Utc("2021-03-03T04:10:00"), "in Windows events"), new(Iis, 7, 1900, Utc("2021-03-03T04:22:00"), "in IIS log"))]),
            ],
        };
    }
}
