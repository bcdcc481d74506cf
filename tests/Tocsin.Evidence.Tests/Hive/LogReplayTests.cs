using System.Buffers.Binary;
using Tocsin.Evidence.Tests.Support;

namespace Tocsin.Evidence.Tests.Hive;

/// <summary>Hives that were being written when they were copied, and the logs beside them. All made.</summary>
public sealed class LogReplayTests
{
    static MadeHive Software(string run, uint primary = 8, uint secondary = 7) =>
        new MadeHive { Primary = primary, Secondary = secondary }.Key("Classes").Text(@"Microsoft\Windows\CurrentVersion\Run", "Value", run);

    static Func<string, Stream?> Beside(byte[]? log1, byte[]? log2 = null) =>
        ending => (ending == ".LOG1" ? log1 : ending == ".LOG2" ? log2 : null) is { } log ? new MemoryStream(log) : null;

    static string Run(CollectingSink read) => read.Records.Single(r => r["Name"] == "Value")["Value"];

    static readonly byte[] Before = Software("before").Build(), After = Software("after!").Build(), Later = Software("later!").Build();

    [Fact]
    public void A_dirty_hive_shows_what_only_its_log_has()
    {
        CollectingSink read = HiveReaderTests.Read(Before, Beside(MadeLog.New(7, Before, After)));
        Assert.Equal("after!", Run(read));
        Assert.Contains(read.Report.Notes, n => n.Contains("transaction logs were applied (1 entry, sequence 7)", StringComparison.Ordinal));
        Assert.Empty(read.Report.Located);
    }

    [Fact]
    public void The_log_with_the_earlier_entries_is_applied_first_whatever_it_is_called()
    {
        byte[] first = MadeLog.New(7, Before, After), second = MadeLog.New(8, After, Later);
        Assert.Equal("later!", Run(HiveReaderTests.Read(Before, Beside(first, second))));
        Assert.Equal("later!", Run(HiveReaderTests.Read(Before, Beside(second, first))));
    }

    [Fact]
    public void A_log_that_does_not_run_on_from_the_other_is_left_out()
    {
        CollectingSink read = HiveReaderTests.Read(Before, Beside(MadeLog.New(7, Before, After), MadeLog.New(9, After, Later)));
        Assert.Equal("after!", Run(read));
    }

    [Fact]
    public void A_log_of_an_earlier_state_is_not_applied_and_the_report_says_what_may_be_missing()
    {
        CollectingSink read = HiveReaderTests.Read(Before, Beside(MadeLog.New(5, Later, After)));
        Assert.Equal("before", Run(read));
        Assert.Contains(read.Report.Notes, n => n.Contains("changes of the last minutes may be missing", StringComparison.Ordinal));
    }

    [Fact]
    public void Entries_behind_a_damaged_one_are_not_applied()
    {
        byte[] log = MadeLog.New(7, Before, After, Later);
        int second = 512 + (int)BinaryPrimitives.ReadUInt32LittleEndian(log.AsSpan(516));
        log[second + 100] ^= 1;
        Assert.Equal("after!", Run(HiveReaderTests.Read(Before, Beside(log))));
        log[512 + 100] ^= 1;
        Assert.Equal("before", Run(HiveReaderTests.Read(Before, Beside(log))));
    }

    [Fact]
    public void A_log_may_make_the_hive_longer()
    {
        MadeHive longer = Software("after!");
        for (int i = 0; i < 60; i++) longer.Text(@"Microsoft\More", $"Value {i}", "some text that needs room");
        byte[] after = longer.Build();
        Assert.True(after.Length > Before.Length);
        CollectingSink read = HiveReaderTests.Read(Before, Beside(MadeLog.New(7, Before, after)));
        Assert.Equal(60, read.Records.Count(r => r["Key"].EndsWith(@"\More", StringComparison.Ordinal)));
        Assert.Empty(read.Report.Located);
    }

    [Fact]
    public void A_hive_with_a_damaged_header_takes_that_of_its_log()
    {
        byte[] hive = [.. Before];
        hive[36] ^= 0x08;
        CollectingSink read = HiveReaderTests.Read(hive, Beside(MadeLog.New(7, Before, After)));
        Assert.Equal("after!", Run(read));
    }

    [Fact]
    public void A_log_of_the_old_form_is_applied_where_its_time_is_the_hives()
    {
        byte[] log = MadeLog.Old(Before, After);
        Assert.Equal("after!", Run(HiveReaderTests.Read(Before, Beside(log))));
        log[12] ^= 1;
        MadeHive.Sign(log);
        Assert.Equal("before", Run(HiveReaderTests.Read(Before, Beside(log))));
    }

    [Fact]
    public void A_clean_hive_is_not_changed_by_a_log_that_would_fit()
    {
        byte[] clean = Software("before", primary: 7).Build();
        CollectingSink read = HiveReaderTests.Read(clean, Beside(MadeLog.New(7, clean, Software("after!", primary: 7).Build())));
        Assert.Equal("before", Run(read));
        Assert.DoesNotContain(read.Report.Notes, n => n.Contains("log", StringComparison.Ordinal));
    }

    [Fact]
    public void Without_a_way_to_its_logs_a_dirty_hive_is_read_and_the_report_says_what_may_be_missing()
    {
        CollectingSink none = HiveReaderTests.Read(Before, Beside(null)), unreachable = HiveReaderTests.Read(Before);
        Assert.Equal("before", Run(none));
        Assert.Contains(none.Report.Notes, n => n.Contains("no transaction log (.LOG1, .LOG2) lies beside it: changes of the last minutes may be missing", StringComparison.Ordinal));
        Assert.Contains(unreachable.Report.Notes, n => n.Contains("cannot be reached here", StringComparison.Ordinal));
    }

    [Fact]
    public void A_log_that_cannot_be_read_is_named_and_the_hive_read_without_it()
    {
        CollectingSink read = HiveReaderTests.Read(Before, ending => ending == ".LOG1" ? throw new InvalidDataException("bad checksum") : null);
        Assert.Equal("before", Run(read));
        Assert.Contains(read.Report.Notes, n => n.Contains("bad checksum", StringComparison.Ordinal));
    }
}
