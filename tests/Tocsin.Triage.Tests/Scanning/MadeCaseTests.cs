using System.Text;
using Tocsin.Triage.Reports;
using Tocsin.Triage.Tests.Support;

namespace Tocsin.Triage.Tests.Scanning;

/// <summary>What people post, in the shapes in which they post it. All made.</summary>
public class MadeCaseTests
{
    [Fact]
    public void Exchange_2010_is_not_applicable_and_never_clean()
    {
        ScanReport report = Support.Evidence.Scan(("out.txt", Support.Evidence.Lines(
            "  Exchange 2013 or later not found. Skipping CVE-2021-26855 test.",
            "  Exchange 2013 or later not found. Skipping CVE-2021-27065 test.",
            "ProxyLogon Status: Exchange Server SERVER06",
            "  Nothing suspicious detected")));
        Assert.Equal(("not-applicable", "none"), Support.Evidence.Of(report, "proxylogon"));
        Assert.Equal("SERVER06", Assert.Single(report.Servers).Name);
    }

    [Fact]
    public void A_console_that_names_only_suspicious_archives_cannot_tell()
    {
        ScanReport report = Support.Evidence.Scan(("out.txt", Support.Evidence.Lines(
            "ProxyLogon Status: Exchange Server EX01",
            "  Log age days: Oabgen 30,3 Ecp 29,8 Autod 30,0 Eas 30,0 EcpProxy 30,0 Ews 30,0 Mapi 21,5 Oab 30,0 Owa 30,0 OwaCal 30,0 Powershell 30,0 RpcHttp 30,0",
            "  Other suspicious files found: 198")));
        Assert.Equal(("cannot-tell", "none"), Support.Evidence.Of(report, "proxylogon"));
    }

    [Fact]
    public void A_table_cut_by_the_console_still_proves_the_session()
    {
        ScanReport report = Support.Evidence.Scan(("out.txt", Support.Evidence.Lines(
            "DateTime                 AnchorMailbox",
            "--------                 -------------",
            "2021-02-27T19:53:38.288Z ServerInfo~a]@ex.example.org:444/ecp/proxyLogon.ecp?#",
            "2021-02-27T19:53:46.310Z ServerInfo~a]@ex.example.org:444/ecp/DDI/DDIService.svc/GetObject?msExchEcpCanary=Oq94rnXI5Uy0C...")));
        Assert.Equal(("compromised", "exploited"), Support.Evidence.Of(report, "proxylogon"));
    }

    [Fact]
    public void A_csv_in_utf16_with_semicolons_is_read_like_any_other()
    {
        byte[] csv = [.. Encoding.Unicode.GetPreamble(), .. Encoding.Unicode.GetBytes(
            "#TYPE Selected.System.Management.Automation.PSCustomObject\r\n\"DateTime\";\"ClientIpAddress\";\"AnchorMailbox\";\"HttpStatus\"\r\n"
            + "\"2021-03-03T05:05:05.000Z\";\"203.0.113.4\";\"ServerInfo~a]@ex:444/ecp/proxyLogon.ecp?#\";\"241\"\r\n"
            + "\"2021-03-03T05:05:09.000Z\";\"203.0.113.4\";\"ServerInfo~a]@ex:444/ecp/DDI/DDIService.svc/SetObject?schema=ResetOABVirtualDirectory&msExchEcpCanary=abcdefghijk.#\";\"200\"\r\n")];
        Assert.Equal(("compromised", "implanted"), Support.Evidence.Of(Support.Evidence.Scan(("x.csv", csv)), "proxylogon"));
    }

    [Fact]
    public void A_dump_of_a_virtual_directory_with_a_script_in_it_is_an_implant()
    {
        ScanReport report = Support.Evidence.Scan(("inetpub/wwwroot/aspnet_client/supp0rt.aspx", Support.Evidence.Lines(
            "Name                            : OAB (Default Web Site)",
            "ExternalUrl                     : http://f/<script language=\"JScript\" runat=\"server\">function Page_Load(){/*made*/}</script>")));
        Assert.Equal(("compromised", "implanted"), Support.Evidence.Of(report, "proxylogon"));
    }

    [Fact]
    public void Servers_in_one_source_are_kept_apart()
    {
        byte[] Log(string host, string anchor) => Support.Evidence.Lines(
            "#Software: Microsoft Exchange Server", "#Log-type: HttpProxy Logs",
            "#Fields: DateTime,Protocol,UrlStem,AnchorMailbox,ServerHostName,HttpStatus,RoutingHint",
            $"2021-03-03T05:05:05.000Z,Ecp,/ecp/y.js,{anchor},{host},241,X-BEResource-Cookie");
        byte[] iis = Support.Evidence.Lines("#Fields: date time cs-method cs-uri-stem cs-uri-query c-ip sc-status", "2021-03-03 05:00:00 GET /owa/ - 10.0.0.1 200");
        ScanReport report = Support.Evidence.Scan(
            ("EX01/C/Logging/HttpProxy/Ecp/HttpProxy_1.LOG", Log("EX01", "ServerInfo~a]@ex:444/ecp/proxyLogon.ecp?#")),
            ("EX01/C/inetpub/logs/u_ex210303.log", iis),
            ("EX02/C/Logging/HttpProxy/Ecp/HttpProxy_1.LOG", Log("EX02", "Sid~S-1-5-21")),
            ("EX02/C/inetpub/logs/u_ex210303.log", [.. iis, (byte)'\n']));
        Assert.Equal(["EX01", "EX02"], report.Servers.Select(s => s.Name));
        Assert.Equal(["compromised", "cannot-tell"], report.Servers.Select(s => Verdicts.Words.Of(s.Waves.Single(w => w.Pack == "proxylogon").Verdict)));
        Assert.All(report.Servers, s => Assert.Equal(2, s.Artifacts.Count));
    }

    [Fact]
    public void The_same_file_found_twice_counts_once()
    {
        byte[] log = Support.Evidence.Lines("#Fields: date time cs-method cs-uri-stem cs-uri-query c-ip sc-status", "2021-03-03 05:00:00 POST /ecp/y.js - 203.0.113.4 241");
        ScanReport report = Support.Evidence.Scan(("a/u_ex1.log", log), ("b/u_ex1.log", log));
        Assert.All(report.Servers.SelectMany(s => s.Waves).SelectMany(w => w.Findings), f => Assert.Equal(1, f.Count));
        Assert.Contains(report.Servers.SelectMany(s => s.Artifacts).SelectMany(a => a.Notes), n => n.Contains("counted once", StringComparison.Ordinal));
    }

    // A forged page state ends in an error page whether its code ran or not: whole logs do not make that a failure.
    [Theory]
    [InlineData("2020-03-04 10:30:00 GET /ecp/default.aspx p=AccountSettings EXAMPLE\\b.jones 203.0.113.50 500", "nothing-found", "none")]
    [InlineData("2020-03-04 10:30:00 GET /ecp/default.aspx __VIEWSTATE=MADE - 203.0.113.50 302", "targeted", "targeted")]
    [InlineData("2020-03-04 10:30:00 GET /ecp/default.aspx __VIEWSTATE=MADE EXAMPLE\\b.jones 203.0.113.50 500", "cannot-tell", "targeted")]
    public void An_attempt_whose_end_no_log_shows_is_never_called_a_failure(string row, string verdict, string stage)
    {
        var lines = new List<string> { "#Fields: date time cs-method cs-uri-stem cs-uri-query cs-username c-ip sc-status" };
        for (DateTime hour = new(2020, 2, 25); hour < new DateTime(2020, 12, 1); hour = hour.AddHours(1))
        {
            lines.Add(hour.ToString("yyyy-MM-dd HH:mm:ss", System.Globalization.CultureInfo.InvariantCulture) + " GET /owa/ - - 192.0.2.7 200");
            if (row.StartsWith(lines[^1][..14], StringComparison.Ordinal)) lines.Add(row);
        }

        ScanReport report = Support.Evidence.Scan(("u_ex20.log", Support.Evidence.Lines([.. lines])));
        Assert.Equal((verdict, stage), Support.Evidence.Of(report, "cve-2020-0688"));
    }
}
