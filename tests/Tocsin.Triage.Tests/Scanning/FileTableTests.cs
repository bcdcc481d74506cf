using Tocsin.Packs.Loading;
using Tocsin.Triage.Reports;
using Tocsin.Triage.Tests.Support;

namespace Tocsin.Triage.Tests.Scanning;

/// <summary>File tables and journals through the whole program. The inputs are the made samples of the rules in <c>packs/shared/file-table</c>.</summary>
public class FileTableTests
{
    static byte[] Sample(string path) => PackFiles.Embedded.Read($"shared/file-table/tests/{path}").ToArray();

    [Theory]
    [InlineData("fires/mft-page-deleted/mft.bin", "compromised", "implanted")]
    [InlineData("fires/mft-page-timestomped/mft.bin", "compromised", "implanted")]
    [InlineData("fires/mft-loot-in-web-folder/mft.bin", "compromised", "operated")]
    [InlineData("quiet/mft-page-not-of-product/mft.bin", "cannot-tell", "none")]
    [InlineData("quiet/mft-compiled-page/mft.bin", "cannot-tell", "none")]
    [InlineData("fires/usn-known-shell/usn.bin", "compromised", "implanted")]
    [InlineData("fires/usn-page-come-and-gone/usn.bin", "cannot-tell", "none")]
    public void A_table_or_journal_alone_proves_what_it_shows_and_excludes_nothing(string sample, string verdict, string stage)
    {
        ScanReport report = Support.Evidence.Scan((sample.EndsWith("usn.bin", StringComparison.Ordinal) ? "C/$Extend/$J" : "C/$MFT", Sample(sample)));
        Assert.Equal((verdict, stage), Support.Evidence.Of(report, "proxylogon"));
        Assert.Equal(("cannot-tell", "none"), Support.Evidence.Of(report, "proxyshell"));
    }

    [Fact]
    public void Births_of_files_cover_no_hour_of_any_log()
    {
        ScanReport report = Support.Evidence.Scan(("C/$MFT", Sample("fires/mft-page-deleted/mft.bin")));
        LogCoverage log = Assert.Single(Assert.Single(report.Servers).Coverage);
        Assert.Equal("mft", log.Kind);
        Assert.Empty(log.Days);
        Assert.Empty(log.Spans);
        Assert.All(report.Servers[0].Waves, w => Assert.Empty(w.Proven));
    }
}
