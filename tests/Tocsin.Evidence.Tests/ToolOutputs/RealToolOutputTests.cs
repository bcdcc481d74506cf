using Tocsin.Evidence.Artifacts;
using Tocsin.Evidence.Records;
using Tocsin.Evidence.Tests.Support;
using Tocsin.Evidence.ToolOutputs;

namespace Tocsin.Evidence.Tests.ToolOutputs;

public sealed class RealToolOutputTests
{
    [Fact]
    public void The_early_scripts_table_gives_the_six_requests_of_a_session()
    {
        if (SharedEvidence.Read("05-session-no-write/exchange-Cve-2021-26855.csv") is not { } file) return;
        CollectingSink sink = Read(file, "test-proxylogon");

        Assert.Equal(6, sink.Records.Count);
        Assert.All(sink.Records, r => Assert.Equal(new LogSource(null, "exchange", "httpproxy"), r.Source));
        Assert.Empty(sink.Report.Located);
        Assert.True(sink.Report.IsExtract);
        Assert.Equal("ServerInfo~a]@exchange.customerdomain.de/ecp/proxyLogon.ecp?#", sink.Records[4]["AnchorMailbox"]);
        Assert.Equal(new DateTime(2021, 3, 3, 13, 39, 42, 650, DateTimeKind.Utc), sink.Records[5].TimeUtc);
        Assert.Contains("GetObject?msExchEcpCanary=", sink.Records[5]["AnchorMailbox"], StringComparison.Ordinal);
    }

    [Fact]
    public void One_row_copied_from_a_console_is_one_request()
    {
        if (SharedEvidence.Read("06-one-hit/hit.txt") is not { } file) return;
        CollectingSink sink = Read(file, "test-proxylogon");

        CollectedRecord hit = Assert.Single(sink.Records);
        Assert.Equal("ServerInfo~a]@servername.domain.local:444/autodiscover/autodiscover.xml?#", hit["AnchorMailbox"]);
        Assert.Equal("2021-03-03T07:10:58.123Z", hit["DateTime"]);
        Assert.Equal(new LogSource(null, "exchange", "httpproxy"), hit.Source);
        Assert.Empty(sink.Report.Located);
    }

    [Fact]
    public void Rows_damaged_by_an_anonymiser_keep_their_address_and_status_and_commands_are_read_beside_them()
    {
        if (SharedEvidence.Read("13-proxyshell-mangled/iis-and-cmdlet-lines.txt") is not { } file) return;
        CollectingSink sink = Read(file, "pasted-text");

        CollectedRecord[] rows = [.. sink.Records.Where(r => r.Source.Product == "iis")];
        Assert.Equal(5, rows.Length);
        Assert.Equal(2, sink.Records.Count(r => r.Source.Service == "pasted"));
        Assert.Equal(5, sink.Report.Count(DamageKind.Repaired));
        Assert.Equal(["200", "200", "200", "200", ""], rows.Select(r => r["sc-status"]));
        Assert.Equal(["64", "", "16", "32", ""], rows.Select(r => r["time-taken"]));
        Assert.All(rows, r => Assert.Equal("", r["cs(User-Agent)"]));
        Assert.StartsWith("/autodiscover/autodiscover.json?@evil.corp/powershell/?X-Rps-CAT=", rows[4]["url-decoded"], StringComparison.Ordinal);
        Assert.Contains("autodiscover.json?@fucky0u.edu", rows[0]["url-decoded"], StringComparison.Ordinal);
        Assert.StartsWith("New-MailboxExportRequest", sink.Records[^1]["Command"], StringComparison.Ordinal);
    }

    [Fact]
    public void A_value_that_somebody_copied_is_a_line_of_pasted_text()
    {
        if (SharedEvidence.Read("08-oab-script-url/oab-externalurl.txt") is not { } file) return;
        CollectedRecord line = Assert.Single(Read(file, "pasted-text").Records);
        Assert.StartsWith("http://g/<script language=\"JScript\" runat=\"server\">", line["Command"], StringComparison.Ordinal);
    }

    static CollectingSink Read(byte[] file, string kind)
    {
        ArtifactReader? reader = ToolOutputCaseTests.Recognise(file);
        Assert.NotNull(reader);
        Assert.Equal(kind, reader.Kind.Id);
        return new CollectingSink(ToolOutputCaseTests.Fields).Read(reader, file);
    }
}
