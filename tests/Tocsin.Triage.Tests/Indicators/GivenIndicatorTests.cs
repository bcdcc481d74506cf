using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using NJsonSchema;
using Tocsin.Detection.Indicators;
using Tocsin.Triage.Indicators;
using Tocsin.Triage.Reports;
using Tocsin.Triage.Scanning;
using Tocsin.Triage.Tests.Reports;
using Tocsin.Triage.Tests.Sharing;
using Tocsin.Triage.Tests.Support;
using Tocsin.Triage.Verdicts;

namespace Tocsin.Triage.Tests.Indicators;

/// <summary>Indicators that a user gives are found where they stand, within their time, and change no verdict.</summary>
public sealed class GivenIndicatorTests
{
    static readonly byte[] _iis = Support.Evidence.Lines(
        "#Software: Microsoft Internet Information Services 10.0",
        "#Fields: date time s-ip cs-method cs-uri-stem cs-uri-query s-port cs-username c-ip cs(User-Agent) sc-status",
        "2021-03-04 10:00:00 10.0.0.5 GET /owa/ - 443 - 192.0.2.7 Mozilla/5.0 200",
        "2021-03-04 10:00:01 10.0.0.5 GET /owa/ - 443 - 192.0.2.8 Mozilla/5.0 200",
        "2021-03-04 10:00:02 10.0.0.5 GET /images/It's+here.gif - 443 - 192.0.2.9 Mozilla/5.0 404",
        "2021-03-04 10:00:03 10.0.0.5 GET /owa/Logo1.aspx - 443 - 192.0.2.9 Mozilla/5.0 404",
        "2021-03-04 10:00:04 10.0.0.5 GET /owa/ - 443 - 198.51.100.44 Mozilla/5.0 200",
        "2021-06-01 10:00:00 10.0.0.5 GET /owa/ - 443 - 192.0.2.7 Mozilla/5.0 200");

    static readonly byte[] _httpProxy = Support.Evidence.Lines(
        "DateTime,RequestId,MajorVersion,MinorVersion,BuildVersion,RevisionVersion,ClientRequestId,Protocol,UrlHost,UrlStem,ProtocolAction,AuthenticationType,IsAuthenticated,AuthenticatedUser,Organization,AnchorMailbox,UserAgent,ClientIpAddress,ServerHostName,HttpStatus",
        "#Software: Microsoft Exchange Server",
        "#Version: 15.01.2176.002",
        "#Log-type: HttpProxy Logs",
        "#Date: 2021-03-04T09:00:00.000Z",
        "#Fields: DateTime,RequestId,MajorVersion,MinorVersion,BuildVersion,RevisionVersion,ClientRequestId,Protocol,UrlHost,UrlStem,ProtocolAction,AuthenticationType,IsAuthenticated,AuthenticatedUser,Organization,AnchorMailbox,UserAgent,ClientIpAddress,ServerHostName,HttpStatus",
        "2021-03-04T10:00:09.000Z,4f0c1a5e-0000-4000-8000-000000000001,15,1,2176,2,,Owa,mail.example.com,/owa/,,FBA,false,,,,Mozilla/5.0,192.0.2.8,EX01,200");

    static readonly byte[] _page = Encoding.UTF8.GetBytes("<html><body>Holiday pictures</body></html>");

    static ScanReport Scan(string list, string file = "list.csv") => Scan([IndicatorFile.Read(list, file)]);

    static ScanReport Scan(IReadOnlyList<IndicatorReading>? lists)
    {
        using var folder = new TemporaryFolder();
        folder.Write("EX01/inetpub/logs/LogFiles/W3SVC1/u_ex210304.log", _iis);
        folder.Write("EX01/Logging/HttpProxy/Owa/HttpProxy_2021030410-1.LOG", _httpProxy);
        folder.Write("EX01/pictures/holiday.txt", _page);
        return Scanner.Scan(new ScanOptions { Paths = [folder.Path], Packs = Support.Evidence.Packs, Threads = 2, Indicators = lists is null ? null : GivenIndicators.Of(lists) });
    }

    static IEnumerable<(string, string, long)> Of(ScanReport report) => report.IndicatorMatches.Select(m => (m.Type, m.Value, m.Count));

    [Fact]
    public void Addresses_paths_names_and_hashes_are_found_where_they_stand()
    {
        string hash = Convert.ToHexString(SHA256.HashData(_page));

        ScanReport report = Scan(
            "type,value,valid_from,valid_until\n" +
            "ip,192.0.2.7,2021-03-01,2021-04-01\nip,192.0.2.8,2021-03-01,2021-04-01\nip,192.0.2.200,2021-03-01,2021-04-01\nnetwork,198.51.100.0/24,2021-03-01,2021-04-01\n" +
            "url-path,/images/It's+here.gif,,\nfile-name,LOGO1.aspx,,\nfile-name,holiday.txt,,\nsha256," + hash + ",,\n");

        Assert.Equal(
            [
                ("sha256", hash.ToLowerInvariant(), 1), ("ipv4", "192.0.2.7", 1), ("ipv4", "192.0.2.8", 2), ("network", "198.51.100.0/24", 1),
                ("url-path", "/images/It's+here.gif", 1), ("file-name", "LOGO1.aspx", 1), ("file-name", "holiday.txt", 1),
            ],
            Of(report));
        EvidenceLine at = report.IndicatorMatches[1].Evidence.Single();
        Assert.EndsWith("u_ex210304.log", at.Artifact, StringComparison.Ordinal);
        Assert.Equal((3, 166L), (at.Line, at.Offset));
        Assert.Equal(1, report.ExitCode);
    }

    [Fact]
    public void An_address_counts_within_its_period_alone()
    {
        Assert.Equal([("ipv4", "192.0.2.7", 1)], Of(Scan("type,value,valid_from,valid_until\nip,192.0.2.7,2021-05-25,2021-06-10\n")));
        Assert.Equal([("ipv4", "192.0.2.7", 2)], Of(Scan("type,value,valid_from,valid_until\nip,192.0.2.7,2021-01-01,2022-01-01\n")));
        Assert.Empty(Of(Scan("type,value,valid_from,valid_until\nip,192.0.2.7,2025-01-01,2026-01-01\n")));
    }

    [Fact]
    public void A_match_changes_no_verdict()
    {
        ScanReport without = Scan((IReadOnlyList<IndicatorReading>?)null), with = Scan("type,value,valid_from,valid_until\nip,192.0.2.7,2021-01-01,2022-01-01\n");

        Assert.NotEmpty(with.IndicatorMatches);
        Assert.Equal(Waves(without), Waves(with));
        Assert.Empty(with.Servers.SelectMany(s => s.OtherFindings));

        static IEnumerable<(string, Verdict, Packs.Chain.Stage, string)> Waves(ScanReport report) => report.Servers.SelectMany(s => s.Waves).Select(w => (w.Pack, w.Verdict, w.Stage, w.Headline));
    }

    [Fact]
    public void What_cannot_be_compared_is_counted_with_the_reason()
    {
        IndicatorsSummary summary = Scan("type,value,note\nmd5,7a6c605af4b85954f62f35d648d532bf,\nsha1,02886f9daa13f7d9855855048c54f1d6b1231b0a,\ndomain,evil.example,\nfile-name,default.aspx,\nfile-name,x1.aspx,\n").Indicators!;

        Assert.Equal((1, 1), (summary.Lists, summary.Compared));
        Assert.Equal([("sha1", 1), ("md5", 1), ("domain", 1)], summary.NotCompared.Select(n => (n.Type, n.Count)));
        Assert.Contains("SHA-256", summary.NotCompared[0].Reason, StringComparison.Ordinal);
        Assert.Equal(5, Assert.Single(summary.Refused).Line);
    }

    /// <summary>STIX, MISP and CSV say the same, and our own reader takes each for what the exporter meant.</summary>
    [Theory, InlineData("stix.json"), InlineData("misp.json"), InlineData("indicators.csv")]
    public void What_was_exported_is_read_back_as_the_same_set(string format)
    {
        int compared = 0;
        foreach (Func<ScanReport> make in Some.Reports.Values.Append(Some.ReportToShare).Append(() => Rewritten.Strings(Some.ReportToShare(), s => s.Replace("discover", "di's=c[o]v,er;=1", StringComparison.Ordinal))))
        {
            ScanReport report = make();
            var meant = Triage.Sharing.IndicatorChoice.Of(Triage.Sharing.SharedFinding.Of(report), Some.ExportTime)
                .Select(s => (s.Indicator.Type, s.Indicator.Value, s.Indicator.ValidFromUtc, s.Indicator.ValidUntilUtc, s.Indicator.Confidence)).ToArray();

            IndicatorReading read = IndicatorFile.Read(Exported.Text(report, format), "report." + format);

            Assert.Empty(read.Refused);
            Assert.Equal(meant.Order(), read.Indicators.Select(i => (i.Type, i.Value, i.ValidFromUtc, i.ValidUntilUtc, i.Confidence)).Order());
            compared += meant.Length;
        }

        Assert.InRange(compared, 14, int.MaxValue);
    }

    [Fact]
    public async Task Reports_tell_of_matches_and_of_refusals_and_keep_to_the_schema()
    {
        ScanReport report = Scan("type,value,valid_from,valid_until\nip,192.0.2.7,2021-03-01,2021-04-01\nmd5,7a6c605af4b85954f62f35d648d532bf,,\nip,999.1.1.1,2021-03-01,2021-04-01\n");
        JsonSchema schema = await JsonSchema.FromFileAsync(Path.Combine(Repository.Root, "docs", "formats", "report.schema.json"), TestContext.Current.CancellationToken);

        Assert.Empty(schema.Validate(Rendered.Text(report, "json")));
        Assert.Empty(schema.Validate(Rendered.Text(Some.ReportToShare(), "json")));
        Assert.Contains("INDICATORS THAT YOU GAVE: 1 is in the evidence", Rendered.Text(report, "txt"), StringComparison.Ordinal);
        Assert.Contains("<code>192.0.2.7</code>", Rendered.Text(report, "html"), StringComparison.Ordinal);
        Assert.Contains("1 entry was refused", Rendered.Text(report, "html"), StringComparison.Ordinal);
    }

    [Theory, MemberData(nameof(HostileReportTests.Hostile), MemberType = typeof(HostileReportTests))]
    public void Hostile_lists_break_no_report(string name)
    {
        string hostile = HostileText.All[name];
        var line = new EvidenceLine(hostile, 1, 0, null, hostile, false);
        ScanReport report = Some.ReportOfACompromisedServer() with
        {
            IndicatorMatches = [new IndicatorMatch("file-name", hostile, null, null, null, hostile, 1, null, null, [line])],
            Indicators = new IndicatorsSummary(1, 1, [new NotCompared(hostile, 1, hostile)], [new RefusedEntry(hostile, 1, hostile, hostile)]),
        };

        Assert.DoesNotContain(Rendered.Text(report, "txt").Replace("\n", "", StringComparison.Ordinal), char.IsControl);
        Assert.DoesNotContain("<script", Rendered.Text(report, "html"), StringComparison.OrdinalIgnoreCase);
        using JsonDocument json = JsonDocument.Parse(Rendered.Bytes(report, "json"));
        Assert.Equal(string.Concat(hostile.EnumerateRunes()), json.RootElement.GetProperty("indicators").GetProperty("matches")[0].GetProperty("value").GetString());
    }

    [Fact]
    public void Values_that_rules_would_take_for_patterns_stand_for_themselves()
    {
        Assert.Empty(Of(Scan("type,value\nfile-name,Logo1.as'x\nurl-path,/ima'*\nurl-path,/owa/?\n")));
        Assert.Equal([("url-path", "/images/It's+here.gif", 1)], Of(Scan("type,value\nurl-path,/images/It's+here.gif\n")));
    }
}
