using System.Text;
using Tocsin.Triage.Reports;
using Tocsin.Triage.Tests.Support;

namespace Tocsin.Triage.Tests.Scanning;

/// <summary>What intruders leave in configurations and Windows events, from the file to the verdict. All made.</summary>
public class ConfigurationCaseTests
{
    static byte[] Host(string modules, string rewrite = "") => Encoding.UTF8.GetBytes($"""
        <?xml version="1.0" encoding="UTF-8"?>
        <configuration>
          <system.applicationHost><sites /></system.applicationHost>
          <system.webServer><globalModules><add name="HttpLoggingModule" image="%windir%\System32\inetsrv\loghttp.dll" />{modules}</globalModules></system.webServer>
          <location path="Default Web Site"><system.webServer>{rewrite}</system.webServer></location>
        </configuration>
        """);

    const string Rule = """
        <rewrite><rules><rule name="PowerShell - inbound"><match url=".*" />
          <conditions><add input="{UrlDecode:{REQUEST_URI}}" pattern="(?=.*autodiscover)(?=.*powershell)" /></conditions><action type="AbortRequest" /></rule></rules></rewrite>
        """;

    static string Event(string time, string channel, int id, string fields) => $$"""{"SourceName":"made","Channel":"{{channel}}","Hostname":"MAIL01.example.org","TimeCreated":"{{time}}","EventID":{{id}}{{fields}}}""";

    static readonly string Shell = Event("2021-03-03T08:00:00.000Z", "Microsoft-Windows-Sysmon/Operational", 1, ""","UtcTime":"2021-03-03 08:00:00.000","Image":"C:\\Windows\\System32\\cmd.exe","CommandLine":"cmd /c whoami","ParentImage":"C:\\Windows\\System32\\inetsrv\\w3wp.exe","ParentCommandLine":"w3wp.exe -ap \"MSExchangeOWAAppPool\"" """);

    static IEnumerable<string> Titles(ScanReport report, string pack = "proxylogon") =>
        report.Servers.SelectMany(s => s.Waves).Where(w => w.Pack == pack).SelectMany(w => w.Findings).Select(f => f.RuleTitle);

    static IEnumerable<string> Notes(ScanReport report) => report.Servers.SelectMany(s => s.Artifacts).SelectMany(a => a.Notes);

    [Fact]
    public void A_rogue_module_is_an_implant_of_one_wave_alone()
    {
        ScanReport report = Support.Evidence.Scan(("applicationHost.config", Host("<add name=\"Helper\" image=\"C:\\ProgramData\\helper.dll\" />")));
        Assert.Equal(("compromised", "implanted"), Support.Evidence.Of(report, "proxylogon"));
        Assert.Equal(("cannot-tell", "none"), Support.Evidence.Of(report, "proxyshell"));
        Assert.Equal(("cannot-tell", "none"), Support.Evidence.Of(report, "proxynotshell"));
    }

    [Fact]
    public void Another_makers_module_is_a_remark_on_a_server_without_a_sign_of_an_attack_and_a_finding_on_one_that_was_attacked()
    {
        byte[] config = Host("<add name=\"Vendor\" image=\"C:\\Program Files\\Vendor\\agent.dll\" />");
        ScanReport healthy = Support.Evidence.Scan(("applicationHost.config", config));
        Assert.Equal(("cannot-tell", "none"), Support.Evidence.Of(healthy, "proxylogon"));
        Assert.Empty(Titles(healthy));
        Assert.Contains(Notes(healthy), n => n.StartsWith("module-image-outside-system: Vendor", StringComparison.Ordinal));

        ScanReport attacked = Support.Evidence.Scan(("applicationHost.config", config), ("events.jsonl", Support.Evidence.Lines(Shell)));
        Assert.Equal(("compromised", "operated"), Support.Evidence.Of(attacked, "proxylogon"));
        Assert.Contains("Web server loads a module that does not come with Windows or Exchange", Titles(attacked));
    }

    [Fact]
    public void A_folder_with_a_devices_name_is_ProxyShells()
    {
        byte[] config = Encoding.UTF8.GetBytes("<configuration><system.applicationHost><sites><site name=\"Default Web Site\"><application path=\"/\"><virtualDirectory path=\"/x\" physicalPath=\"C:\\ProgramData\\COM1\\x\" /></application></site></sites></system.applicationHost></configuration>");
        ScanReport report = Support.Evidence.Scan(("applicationHost.config", config));
        Assert.Equal(("compromised", "implanted"), Support.Evidence.Of(report, "proxyshell"));
        Assert.Equal(("cannot-tell", "none"), Support.Evidence.Of(report, "proxylogon"));
    }

    [Fact]
    public void A_mitigation_that_an_older_copy_has_and_the_current_one_lacks_is_remarked()
    {
        ScanReport report = Support.Evidence.Scan(
            ("Windows/System32/inetsrv/config/applicationHost.config", Host("")),
            ("inetpub/history/CFGHISTORY_0000000007/applicationHost.config", Host("", Rule)));
        string note = Assert.Single(Notes(report), n => n.StartsWith("mitigation-wiped:proxynotshell", StringComparison.Ordinal));
        Assert.Contains("CFGHISTORY_0000000007", note, StringComparison.Ordinal);

        ScanReport there = Support.Evidence.Scan(
            ("Windows/System32/inetsrv/config/applicationHost.config", Host("<add name=\"RewriteModule\" image=\"%SystemRoot%\\system32\\inetsrv\\rewrite.dll\" />", Rule)),
            ("inetpub/history/CFGHISTORY_0000000007/applicationHost.config", Host("", Rule)));
        Assert.DoesNotContain(Notes(there), n => n.StartsWith("mitigation-wiped", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("2021-03-03T20:00:00.000Z", true)]
    [InlineData("2021-03-03T07:00:00.000Z", false)]
    [InlineData("2021-03-05T08:00:00.000Z", false)]
    public void An_emptied_log_belongs_to_the_attack_within_a_day_after_it(string time, bool isFound)
    {
        ScanReport report = Support.Evidence.Scan(("events.jsonl", Support.Evidence.Lines(Shell, Event(time, "Security", 1102, ",\"SubjectUserName\":\"admin\""))));
        Assert.Equal(isFound, Titles(report).Contains("Event log emptied"));
        WaveReport wave = report.Servers.SelectMany(s => s.Waves).Single(w => w.Pack == "proxylogon");
        Assert.Equal(isFound, wave.Steps.Single(s => s.Id == "cover").Seen);
    }

    [Fact]
    public void An_emptied_log_alone_is_an_administrators_day()
    {
        ScanReport report = Support.Evidence.Scan(("events.jsonl", Support.Evidence.Lines(Event("2021-03-03T08:00:00.000Z", "Security", 1102, ",\"SubjectUserName\":\"admin\""))));
        Assert.Empty(Titles(report));
        Assert.Equal("none", Support.Evidence.Of(report, "proxylogon").Stage);
    }

    [Fact]
    public void A_transport_agent_from_a_writable_folder_is_an_implant()
    {
        byte[] agents = Encoding.UTF8.GetBytes("<configuration><mexRuntime><agentList><agent name=\"Interop\" baseType=\"B\" classFactory=\"F\" assemblyPath=\"C:\\Windows\\Temp\\interop.dll\" enabled=\"true\" /></agentList></mexRuntime></configuration>");
        Assert.Equal(("compromised", "implanted"), Support.Evidence.Of(Support.Evidence.Scan(("agents.config", agents)), "proxylogon"));
    }

    [Fact]
    public void Healthy_configurations_each_by_itself_give_no_finding()
    {
        if (Support.Evidence.Shared is not { } shared) return;
        int files = 0;
        foreach (string file in Directory.GetFiles(Path.Combine(shared, "evidence", "22-benign-config")).Order(StringComparer.Ordinal))
        {
            ScanReport report = Support.Evidence.Scan(file);

            // An exported server object names the build of Exchange, which the wave against SharePoint cannot hit.
            bool namesBuild = file.EndsWith("_GetExchangeServer.clixml", StringComparison.Ordinal);
            Assert.All(Support.Evidence.Packs, pack => Assert.Equal(
                (file, pack.Id == "toolshell" && namesBuild ? "not-applicable" : "cannot-tell", "none"),
                (file, Support.Evidence.Of(report, pack.Id).Verdict, Support.Evidence.Of(report, pack.Id).Stage)));
            Assert.All(Support.Evidence.Packs, pack => Assert.Empty(Titles(report, pack.Id)));
            Assert.Equal(0, report.Totals.Damaged);
            files++;
        }

        Assert.Equal(7, files);
    }
}
