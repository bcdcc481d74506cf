using SharpCompress.Compressors.Xz;
using Tocsin.Evidence.Artifacts;
using Tocsin.Evidence.Tests.Support;

namespace Tocsin.Evidence.Tests.Hive;

/// <summary>Real hives of another project's corpus (regipy), which are not part of this one.</summary>
public sealed class RealHiveTests
{
    static byte[]? Unpack(string name)
    {
        if (SharedEvidence.Read($"32-mft-registry/{name}.xz") is not { } packed) return null;
        using var xz = new XZStream(new MemoryStream(packed));
        using var plain = new MemoryStream();
        xz.CopyTo(plain);
        return plain.ToArray();
    }

    // As libhivex counts them; .ci/differential-hive compares each key and value.
    [Theory]
    [InlineData("regipy_NTUSER.DAT", "NTUSER.DAT", 1812, 0)]
    [InlineData("regipy_SYSTEM", "SYSTEM", 30756, 0)]
    [InlineData("regipy_amcache.hve", "Amcache", 2105, 0)]
    public void A_whole_hive_is_read_without_damage(string file, string hive, int keys, int damage)
    {
        if (Unpack(file) is not { } bytes) return;
        CollectingSink read = HiveReaderTests.Read(bytes);
        Assert.Contains(read.Report.Notes, n => n.StartsWith($"Registry hive {hive},", StringComparison.Ordinal) && n.EndsWith($": {keys} keys.", StringComparison.Ordinal));
        Assert.Equal(damage, Enum.GetValues<DamageKind>().Sum(read.Report.Count));
        Assert.Equal(read.Records.Count, read.Report.Records);
    }

    [Fact]
    public void The_system_hive_names_its_computer_and_clock()
    {
        if (Unpack("regipy_SYSTEM") is not { } bytes) return;
        ReadReport report = HiveReaderTests.Read(bytes).Report;
        Assert.Equal(["WKS-WIN732BITA"], report.Hosts.Keys);
        Assert.Equal(300, report.TimeZoneBias);
    }

    [Fact]
    public void Values_that_only_the_transaction_logs_have_are_there_when_these_lie_beside_the_hive()
    {
        if (Unpack("regipy_transactions_NTUSER.DAT") is not { } hive) return;
        byte[] log1 = Unpack("regipy_transactions_ntuser.dat.log1")!, log2 = Unpack("regipy_transactions_ntuser.dat.log2")!;
        CollectingSink without = HiveReaderTests.Read(hive);
        CollectingSink with = HiveReaderTests.Read(hive, ending => ending == ".LOG1" ? new MemoryStream(log1) : ending == ".LOG2" ? new MemoryStream(log2) : null);
        Assert.Contains(with.Report.Notes, n => n.Contains("(23 entries, sequence 566 to 588)", StringComparison.Ordinal));
        Assert.Equal(0, Enum.GetValues<DamageKind>().Sum(with.Report.Count));
        HashSet<string> before = [.. without.Records.Select(r => $"{r["Key"]}|{r["Name"]}|{r["Value"]}")];
        int added = with.Records.Count(r => r["Deleted"] == "false" && !before.Contains($"{r["Key"]}|{r["Name"]}|{r["Value"]}"));
        Assert.True(added > 700, $"{added} values came from the logs");
        Assert.Contains(with.Report.Notes, n => n.StartsWith("Keys were last written from 2017-03-18 21:05:34 to 2019-02-13 21:01:31", StringComparison.Ordinal));
    }

    [Fact]
    public void A_corrupt_hive_gives_more_than_can_be_reached_from_its_root()
    {
        if (Unpack("regipy_corrupted_system_hive") is not { } bytes) return;
        CollectingSink read = HiveReaderTests.Read(bytes);
        Assert.Contains(read.Report.Notes, n => n.StartsWith("The hive is damaged: 278 keys in use cannot be reached", StringComparison.Ordinal));
        Assert.True(read.Records.Count > 7000);
        Assert.True(read.Report.Count(DamageKind.Malformed) > 0);
        Assert.Equal(["GINEVRA"], read.Report.Hosts.Keys);
    }
}
