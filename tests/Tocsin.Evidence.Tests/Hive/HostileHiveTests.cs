using System.Buffers.Binary;
using CsCheck;
using Tocsin.Evidence.Artifacts;
using Tocsin.Evidence.Tests.Support;

namespace Tocsin.Evidence.Tests.Hive;

/// <summary>Damaged and hostile hives: made, then broken. Nothing throws, nothing hangs, and what is left is read.</summary>
public sealed class HostileHiveTests
{
    const string Run = @"Microsoft\Windows\CurrentVersion\Run";

    static MadeHive Made()
    {
        MadeHive made = new MadeHive().Key("Classes").Text(Run, "Updater", @"C:\x.exe").Text("Microsoft", "Big", new string('x', 20_000)).Texts("Microsoft", "Many", "a", "b");
        for (int i = 0; i < 30; i++) made.Text($@"Microsoft\Key{i:00}", "Value", "some text");
        return made.Text(@"Microsoft\Gone", "Value", "deleted").Delete(@"Microsoft\Gone");
    }

    static void Put(byte[] hive, uint cell, int at, uint number) => BinaryPrimitives.WriteUInt32LittleEndian(hive.AsSpan(4096 + (int)cell + 4 + at), number);

    [Fact]
    public void A_corrupt_hive_gives_the_keys_behind_a_broken_list_too()
    {
        MadeHive made = Made();
        byte[] hive = made.Build();
        int whole = HiveReaderTests.Read(hive).Records.Count(r => r["Value"] == "some text");
        Put(hive, made.CellOf("Microsoft:*"), 0, 0x5A5A5A5A);
        CollectingSink read = HiveReaderTests.Read(hive);
        Assert.Equal(30, whole);
        Assert.Equal(30, read.Records.Count(r => r["Value"] == "some text"));
        Assert.Equal(@"HKLM\SOFTWARE\Microsoft\Windows\CurrentVersion\Run", read.Records.Single(r => r["Name"] == "Updater")["Key"]);
        Assert.True(read.Report.Count(DamageKind.Malformed) > 0);
        Assert.Contains(read.Report.Notes, n => n.StartsWith("The hive is damaged: ", StringComparison.Ordinal));
    }

    [Fact]
    public void A_hive_whose_header_points_nowhere_is_read_from_the_root_that_calls_itself_one()
    {
        byte[] hive = Made().Build();
        BinaryPrimitives.WriteUInt32LittleEndian(hive.AsSpan(36), 0x00FFFFF8);
        MadeHive.Sign(hive);
        Assert.Contains(HiveReaderTests.Read(hive).Records, r => r["Name"] == "Updater" && r["Key"].StartsWith(@"HKLM\SOFTWARE", StringComparison.Ordinal));
    }

    [Fact]
    public void A_hive_cut_off_in_the_middle_gives_what_is_there()
    {
        byte[] hive = Made().Build();
        CollectingSink read = HiveReaderTests.Read(hive[..(hive.Length / 2)]);
        Assert.NotEmpty(read.Records);
        Assert.True(read.Report.Count(DamageKind.CutOff) > 0);
        foreach (int length in (int[])[512, 4095, 4096, 4100, 4128, 4136, 4200]) HiveReaderTests.Read(hive[..length]);
    }

    [Fact]
    public void A_key_that_lists_its_own_parent_ends()
    {
        MadeHive made = Made();
        byte[] hive = made.Build();
        Put(hive, made.CellOf(@"Microsoft:*"), 4, made.CellOf("Microsoft"));
        Put(hive, made.CellOf(@"Microsoft\Windows\CurrentVersion:*"), 4, made.CellOf(""));
        CollectingSink read = HiveReaderTests.Read(hive);
        Assert.True(read.Report.Count(DamageKind.Malformed) > 0);
        Assert.Equal(1, read.Records.Count(r => r["Name"] == "Big"));
    }

    [Fact]
    public void A_list_that_lists_itself_ends()
    {
        MadeHive made = new MadeHive { Lists = "ri" }.Key("Classes").Key(@"Microsoft\A").Key(@"Microsoft\B");
        byte[] hive = made.Build();
        Put(hive, made.CellOf("Microsoft:*"), 4, made.CellOf("Microsoft:*"));
        Assert.True(HiveReaderTests.Read(hive).Report.Count(DamageKind.Malformed) > 0);
    }

    [Fact]
    public void Counts_beyond_what_there_is_are_not_believed()
    {
        MadeHive made = Made();
        byte[] hive = made.Build();
        Put(hive, made.CellOf(Run), 36, uint.MaxValue);
        Put(hive, made.CellOf("Microsoft"), 20, uint.MaxValue);
        Put(hive, made.CellOf("Microsoft:*"), 0, 0xFFFF_0000 | 'l' | 'h' << 8);
        Put(hive, made.CellOf("Microsoft:Big"), 4, 0x7FFF_FFFF);
        CollectingSink read = HiveReaderTests.Read(hive);
        Assert.Contains(read.Records, r => r["Value"] == @"C:\x.exe");
        Assert.True(read.Report.Count(DamageKind.CutOff) >= 3);
    }

    [Fact]
    public void A_thousand_values_that_share_one_piece_of_data_cost_little_more_than_it()
    {
        var made = new MadeHive().Key("Classes").Text("Microsoft", "Data", new string('x', 60_000));
        for (int i = 0; i < 1000; i++) made.Value("Microsoft", $"V{i}", 1, [1, 2, 3, 4, 5]);
        byte[] hive = made.Build();
        uint data = BinaryPrimitives.ReadUInt32LittleEndian(hive.AsSpan(4096 + (int)made.CellOf("Microsoft:Data") + 12));
        for (int i = 0; i < 1000; i++)
        {
            Put(hive, made.CellOf($"Microsoft:V{i}"), 4, 120_000);
            Put(hive, made.CellOf($"Microsoft:V{i}"), 8, data);
        }

        CollectingSink read = HiveReaderTests.Read(hive);
        Assert.True(read.Records.Sum(r => (long)r["Value"].Length) < 3L * hive.Length);
        Assert.True(read.Report.Count(DamageKind.CutOff) > 900);
        Assert.Equal(1001, read.Records.Count(r => r["Key"] == @"HKLM\SOFTWARE\Microsoft"));
    }

    [Fact]
    public void Keys_deeper_than_Windows_allows_are_not_followed_and_paths_stay_short()
    {
        string path = string.Join('\\', Enumerable.Repeat("a-long-name-for-a-key", 700));
        CollectingSink read = HiveReaderTests.Read(new MadeHive().Key("Classes").Key("Microsoft\\" + path).Build());
        Assert.True(read.Report.Count(DamageKind.Malformed) > 0);
        Assert.All(read.Records, r => Assert.True(r["Key"].Length < 4700));
    }

    [Fact]
    public void Whatever_is_changed_in_a_hive_or_its_log_nothing_throws_and_all_records_are_counted()
    {
        byte[] hive = Made().Build(), dirty = Made().Build();
        BinaryPrimitives.WriteUInt32LittleEndian(dirty.AsSpan(4), 9);
        MadeHive.Sign(dirty);
        byte[] log = MadeLog.New(7, hive, Made().Text("Microsoft", "New", "value").Build());
        int cases = 0;
        Gen.Select(Gen.Int[0, 1], Gen.Select(Gen.Int[0, hive.Length - 1], Gen.Byte).Array[1, 12], Gen.Select(Gen.Int[0, log.Length - 1], Gen.Byte).Array[0, 4], Gen.Int[0, 3])
            .Sample(
                (which, changes, logChanges, cut) =>
                {
                    byte[] broken = [.. which == 0 ? hive : dirty], brokenLog = [.. log];
                    foreach ((int at, byte to) in changes)
                    {
                        // Most of a hive is data; structure stands near where it begins.
                        broken[at % 2 == 0 ? at : 4096 + at % 2048] = to;
                    }

                    foreach ((int at, byte to) in logChanges) brokenLog[at] = to;
                    if (cut == 0) broken = broken[..(512 + changes[0].Item1 % (broken.Length - 512))];
                    "regf"u8.CopyTo(broken);
                    broken[28] = 0;
                    CollectingSink read = HiveReaderTests.Read(broken, ending => ending == ".LOG1" ? new MemoryStream(brokenLog) : null);
                    Assert.Equal(read.Records.Count, read.Report.Records);
                    Assert.All(read.Report.Located, d => Assert.InRange(d.Offset, 0, broken.Length + brokenLog.Length + (2 << 20)));
                    Interlocked.Increment(ref cases);
                },
                iter: 600, threads: 1);
        Assert.Equal(600, cases);
    }
}
