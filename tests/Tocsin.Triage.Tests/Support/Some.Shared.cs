using Tocsin.Packs.Chain;
using Tocsin.Triage.Reports;
using Tocsin.Triage.Verdicts;

namespace Tocsin.Triage.Tests.Support;

static partial class Some
{
    public static DateTime ExportTime { get; } = new(2021, 3, 20, 10, 0, 0, DateTimeKind.Utc);

    const string Shell = @"C:\inetpub\wwwroot\aspnet_client\discover.aspx", ShellCopy = "C/inetpub/wwwroot/aspnet_client/discover.aspx";

    /// <summary>A report with one of everything that exports tell: requests, a page, a process, a key, a private address, the product's own pages, monitoring.</summary>
    public static ScanReport ReportToShare()
    {
        ScanReport report = ReportOfACompromisedServer();
        ServerReport server = report.Servers[0];
        WaveReport wave = server.Waves[0];
        ArtifactReport page = Artifact(ShellCopy, "web-page", "Web page", ArtifactState.Read) with { OriginalPath = Shell, Bytes = 2106 };
        var atPage = new EvidenceLine(ShellCopy, 1, 0, null, "discover.aspx (2106 bytes, jscript)", false);
        StepReport[] steps = [.. wave.Steps.Select(s => s with { Events = [.. s.Events.Select(Named)] })];
        StepReport operate = steps.First(s => s.Id == "operate"), implant = steps.First(s => s.Id == "implant");
        operate = operate with
        {
            Events =
            [
                .. operate.Events,
                Event("2021-03-05T17:10:00", "The same from inside", Outcome.Succeeded, Stage.Operated, 2, "10.0.0.99", "shell-used", Iis, 120009) with { Observed = Requested("/owa/auth/logon.aspx") },
                Event("2021-03-05T17:10:01", "Monitoring", Outcome.Succeeded, Stage.Operated, 2, "198.51.100.77", "shell-used", Iis, 120010) with
                {
                    Observed = Requested("/owa/auth/x.aspx") with { UserAgent = "AMProbe/Local/ClientAccess" },
                },
                Event("2021-03-05T17:10:02", "A scanner of Censys", Outcome.Succeeded, Stage.Operated, 2, "162.142.125.9", "shell-used", Iis, 120011),
            ],
        };
        implant = implant with
        {
            Events = [.. implant.Events, Event("2021-03-05T17:06:00", "A key that starts a program", Outcome.Succeeded, Stage.Implanted, 2, null, "oab-reset", Events, 99) with { Observed = Observed.Nothing with { RegistryKey = @"HKLM\SOFTWARE\Microsoft\Windows\CurrentVersion\Run" } }],
        };
        Finding shell = new(
            "proxylogon-page", "Page that gives orders to the server", "critical", "implant", Stage.Implanted, Outcome.Succeeded, "This page runs what it is sent.", null, ["T1505.003"], 1, null, null, [atPage]);
        wave = wave with
        {
            Steps = [.. steps.Select(s => s.Id == "operate" ? operate : s.Id == "implant" ? implant : s)],
            Findings = [.. wave.Findings, shell],
        };
        return report with
        {
            Packs = [.. report.Packs.Select(p => p with { Cves = p.Id == "proxylogon" ? ["CVE-2021-26855", "CVE-2021-27065"] : [] })],
            Servers = [server with { Waves = [wave, .. server.Waves.Skip(1)], Artifacts = [.. server.Artifacts, page] }],
        };
    }

    static ChainEvent Named(ChainEvent happened) => happened with
    {
        Observed = happened.Evidence.Artifact switch
        {
            Iis => Requested(happened.What.Contains("8Lw7", StringComparison.Ordinal) ? "/owa/auth/8Lw7tAhF9i1pJnRo.aspx" : "/aspnet_client/discover.aspx"),
            Events => Observed.Nothing with { Program = @"C:\Windows\System32\rundll32.exe", CommandLine = @"rundll32 comsvcs.dll MiniDump 612 c:\windows\temp\l.dmp full" },
            Ecp => Requested("/ecp/y.js") with { Host = "mail.contoso.example" },
            _ => null,
        },
    };

    static Observed Requested(string path) => Observed.Nothing with { Path = path, Method = "POST", UserAgent = "python-requests/2.25.1" };
}
