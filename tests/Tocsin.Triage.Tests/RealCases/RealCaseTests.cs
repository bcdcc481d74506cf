using Tocsin.Packs.Chain;
using Tocsin.Triage.Reports;
using Tocsin.Triage.Tests.Support;

namespace Tocsin.Triage.Tests.RealCases;

/// <summary>The real cases, with the verdict and stage that their own notes give, and the reasons.</summary>
public partial class RealCaseTests
{
    // Case, wave, verdict, stage, and a rule that must be among the reasons.
    static readonly (string Case, string Wave, string Verdict, string Stage, string Because)[] Expected =
    [
        ("02-lab-windows-events", "proxylogon", "compromised", "operated", "Command started by the web server of Exchange"),
        ("05-session-no-write", "proxylogon", "compromised", "exploited", "session canary"),
        ("06-one-hit", "proxylogon", "cannot-tell", "targeted", "aimed at Autodiscover"),
        ("08-oab-script-url", "proxylogon", "compromised", "implanted", "server-side script"),
        ("09-scanner-full-row", "proxylogon", "cannot-tell", "targeted", "aimed at localhost"),
        ("12-proxyshell-lab", "proxyshell", "compromised", "exploited", "forged token"),
        ("13-proxyshell-mangled", "proxyshell", "compromised", "implanted", "active page"),
        ("15-synthetic/aptsimulator_hafnium-dummy.log", "proxyshell", "compromised", "exploited", "Forged PowerShell token"),
        ("15-synthetic", "proxynotshell", "compromised", "operated", "Web shell used"),
        ("20-benign-exchange2016", "proxylogon", "cannot-tell", "none", ""),
        ("20-benign-exchange2016", "proxyshell", "cannot-tell", "none", ""),
        ("20-benign-exchange2016", "proxynotshell", "cannot-tell", "none", ""),
        ("22-benign-config", "proxylogon", "cannot-tell", "none", ""),
        ("22-benign-config", "proxyshell", "cannot-tell", "none", ""),
        ("22-benign-config", "proxynotshell", "cannot-tell", "none", ""),
        ("23-benign-lines", "proxylogon", "cannot-tell", "none", ""),
        ("23-benign-lines", "proxyshell", "cannot-tell", "none", ""),
        ("23-benign-lines", "proxynotshell", "cannot-tell", "none", ""),
    ];

    [Fact]
    public void Every_real_case_gets_its_verdict_and_stage_for_its_reason()
    {
        if (Support.Evidence.Shared is not { } shared) return;
        int run = 0;
        foreach ((string name, string wave, string verdict, string stage, string because) in Expected)
        {
            ScanReport report = Support.Evidence.Scan(Path.Combine(shared, "evidence", name));
            Assert.Equal((name, wave, verdict, stage), (name, wave, Support.Evidence.Of(report, wave).Verdict, Support.Evidence.Of(report, wave).Stage));
            if (because.Length > 0)
            {
                Assert.Contains(report.Servers.SelectMany(s => s.Waves).Where(w => w.Pack == wave).SelectMany(w => w.Findings), f => f.RuleTitle.Contains(because, StringComparison.OrdinalIgnoreCase));
            }

            run++;
        }

        Assert.Equal(18, run);
    }

    /// <summary>
    /// Every file of the healthy logs of other projects by itself. One of them is no healthy log: line 7 of velociraptor_iis.log
    /// is a ProxyShell request (<c>/autodiscover/autodiscover.json?@evil.corp/ews/exchange.asmx</c>, python-requests) answered
    /// with 200. The notes of the case expect no finding there; the line is an attack that worked, and is reported as one.
    /// </summary>
    [Fact]
    public void Healthy_logs_of_other_projects_show_nothing_but_the_one_attack_that_is_in_them()
    {
        if (Support.Evidence.Shared is not { } shared) return;
        string[] files = Directory.GetFiles(Path.Combine(shared, "evidence", "21-benign-iis"));
        foreach (string file in files)
        {
            ScanReport report = Support.Evidence.Scan(file);
            Stage worst = report.Servers.SelectMany(s => s.Waves).Select(w => w.Stage).DefaultIfEmpty(Stage.None).Max();
            Assert.Equal((Path.GetFileName(file), Path.GetFileName(file) == "velociraptor_iis.log" ? Stage.Exploited : Stage.None), (Path.GetFileName(file), worst));
        }

        Assert.Equal(16, files.Length);
    }

    [Fact]
    public void Clocks_that_disagree_are_said_and_the_chain_stands_on_one()
    {
        if (Support.Evidence.Shared is not { } shared) return;
        ServerReport server = Assert.Single(Support.Evidence.Scan(Path.Combine(shared, "evidence", "02-lab-windows-events")).Servers);
        ClockReport clock = server.Clocks[0];
        Assert.Equal((ClockFinding.LocalTime, TimeSpan.FromHours(5), true), (clock.Finding, clock.Offset!.Value, clock.Corrected));
        Assert.Equal(3, clock.Pairs.Count);
        Assert.All(clock.Pairs, p => Assert.Equal(5, Math.Round((p.Other.TimeUtc - p.One.TimeUtc).TotalHours)));
        LogCoverage events = server.Coverage.Single(c => c.Kind == "windows-events");
        Assert.Empty(events.Gaps);
        Assert.Equal(new DateTime(2021, 3, 14, 6, 39, 39, DateTimeKind.Utc), events.FirstUtc!.Value.AddMilliseconds(-events.FirstUtc.Value.Millisecond));
        WaveReport wave = server.Waves.Single(w => w.Pack == "proxylogon");
        DateTime[] times = [.. wave.Steps.SelectMany(s => s.Events).Select(e => e.TimeUtc).OfType<DateTime>()];
        Assert.True(times.Length > 8);
        Assert.All(times, t => Assert.Equal((2021, 3, 14, 6), (t.Year, t.Month, t.Day, t.Hour)));
    }

    [Fact]
    public void Every_form_of_the_report_says_by_how_much_the_clocks_disagree_and_why()
    {
        if (Support.Evidence.Shared is not { } shared) return;
        ScanReport report = Support.Evidence.Scan(Path.Combine(shared, "evidence", "02-lab-windows-events"));
        Assert.Equal(("compromised", "operated"), Support.Evidence.Of(report, "proxylogon"));
        int forms = 0;
        foreach (string format in (string[])["txt", "html", "json"])
        {
            string text = Whitespace().Replace(System.Net.WebUtility.HtmlDecode(Reports.Rendered.Text(report, format)), " ");
            Assert.Contains("The clocks disagree by 5:00 hours.", text, StringComparison.Ordinal);
            Assert.Contains("writes the server's local time and marks it as UTC", text.Replace("\\u0027", "'", StringComparison.Ordinal), StringComparison.Ordinal);
            Assert.Contains("Sysmon states", text, StringComparison.Ordinal);
            forms++;
        }

        Assert.Equal(3, forms);
    }

    [System.Text.RegularExpressions.GeneratedRegex(@"\s+")]
    private static partial System.Text.RegularExpressions.Regex Whitespace();

    [Fact]
    public void Yara_rules_and_our_own_outputs_are_not_taken_for_evidence()
    {
        if (Support.Evidence.Shared is not { } shared) return;
        foreach (string file in Directory.GetFiles(Path.Combine(shared, "evidence", "40-indicators"), "*.yar"))
        {
            Assert.Empty(Support.Evidence.Scan(file).Servers);
        }
    }
}
