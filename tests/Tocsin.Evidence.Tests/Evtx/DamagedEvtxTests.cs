using System.Buffers.Binary;
using System.Diagnostics;
using Tocsin.Evidence.Artifacts;
using Tocsin.Evidence.Evtx;
using Tocsin.Evidence.Tests.Support;

namespace Tocsin.Evidence.Tests.Evtx;

public sealed class DamagedEvtxTests
{
    static long[] Ids(CollectingSink sink) => [.. sink.Records.Select(r => r.Position.Line)];

    static (DamageKind, long)[] Damage(CollectingSink sink) => [.. sink.Report.Located.Select(d => (d.Kind, d.Offset))];

    [Fact]
    public void The_checksum_is_that_of_zip() => Assert.Equal(0xCBF43926, Crc32.Of("12345"u8, "6789"u8));

    [Fact]
    public void A_chunk_whose_checksum_fails_is_counted_and_read()
    {
        byte[] chunk = Made.Processes(1, 5).Finish();
        chunk[chunk.AsSpan().IndexOf("w\0h\0o\0a\0m\0i\0"u8)] = (byte)'X';
        var sink = Made.Read(MadeChunk.File(chunk));
        Assert.Equal([1, 2, 3, 4, 5], Ids(sink));
        Assert.Equal([(DamageKind.Checksum, 4096 + 512)], Damage(sink));
        Assert.Equal("cmd /c Xhoami 1", sink.Records[0]["CommandLine"]);
    }

    [Fact]
    public void Events_behind_the_last_one_that_is_counted_are_recovered_but_not_copies_of_those_that_are()
    {
        MadeChunk chunk = Made.Processes(1, 3);
        int counted = chunk.At;
        for (int id = 3; id <= 6; id++) chunk.Add(id, Made.Time, Made.Process, Made.ProcessValues(id));
        byte[] file = MadeChunk.File(chunk.Finish(counted));
        var sink = Made.Read(file);
        Assert.Equal([1, 2, 3, 4, 5, 6], Ids(sink));
        Assert.Empty(sink.Report.Located);
        Assert.Equal(["3 events were recovered from places where the log no longer counts any"], sink.Report.Notes);
        sink = Made.Read(file, skipsSlack: true);
        Assert.Equal([1, 2, 3], Ids(sink));
        Assert.Equal(["3 events lie in places where the log no longer counts any, and were passed over"], sink.Report.Notes);
    }

    [Fact]
    public void A_log_copied_while_it_was_open_is_read_past_what_its_headers_count()
    {
        MadeChunk chunk = Made.Processes(1, 3);
        int counted = chunk.At;
        chunk.Add(4, Made.Time, Made.Process, Made.ProcessValues(4));
        var sink = Made.Read(MadeChunk.File(isDirty: true, 0, chunk.Finish(counted), Made.Processes(5, 2).Finish()), skipsSlack: true);
        Assert.Equal([1, 2, 3, 4, 5, 6], Ids(sink));
        Assert.Contains(sink.Report.Notes, n => n.StartsWith("the log was copied while it was open", StringComparison.Ordinal));
    }

    [Fact]
    public void A_chunk_without_its_magic_gives_its_events_and_is_counted()
    {
        byte[] broken = Made.Processes(3, 2).Finish();
        broken.AsSpan(0, 8).Clear();
        var sink = Made.Read(MadeChunk.File(Made.Processes(1, 2).Finish(), broken, Made.Processes(5, 2).Finish()));
        Assert.Equal([1, 2, 3, 4, 5, 6], Ids(sink));
        Assert.Equal([(DamageKind.Malformed, 4096 + 65536)], Damage(sink));
    }

    [Fact]
    public void A_damaged_event_is_skipped_and_the_next_one_found()
    {
        MadeChunk made = Made.Processes(1, 2);
        int at = made.At;
        for (int id = 3; id < 6; id++) made.Add(id, Made.Time, Made.Process, Made.ProcessValues(id));
        byte[] chunk = made.Finish();
        chunk.AsSpan(at, 100).Clear();
        var sink = Made.Read(MadeChunk.File(MadeChunk.Sign(chunk)));
        Assert.Equal([1, 2, 4, 5], Ids(sink));
        Assert.Equal([(DamageKind.Malformed, 4096L + at)], Damage(sink));
    }

    [Fact]
    public void An_event_whose_end_was_wiped_still_tells_its_beginning()
    {
        MadeChunk made = Made.Processes(1, 3);
        int end = made.At;
        byte[] chunk = made.Finish();
        chunk.AsSpan(end - 20, 20).Clear();
        var sink = Made.Read(MadeChunk.File(MadeChunk.Sign(chunk)));
        Assert.Equal([1, 2, 3], Ids(sink));
        Assert.Equal(@"C:\Windows\System32\cmd.exe", sink.Records[2]["Image"]);
        Assert.Equal(DamageKind.Malformed, Assert.Single(sink.Report.Located).Kind);
    }

    [Fact]
    public void A_file_that_ends_in_mid_chunk_is_read_to_its_end_and_the_cut_is_located()
    {
        byte[] file = MadeChunk.File(Made.Processes(1, 2).Finish(), Made.Processes(3, 20).Finish());
        var sink = Made.Read(file[..(4096 + 65536 + 6000)]);
        Assert.InRange(Ids(sink).Length, 6, 21);
        Assert.Equal(Enumerable.Range(1, Ids(sink).Length).Select(i => (long)i), Ids(sink));
        Assert.Contains((DamageKind.CutOff, 4096L + 65536 + 6000), Damage(sink));
    }

    [Fact]
    public void Chunks_that_were_promised_and_are_not_there_are_said()
    {
        byte[] file = MadeChunk.File(isDirty: false, 3, Made.Processes(1, 2).Finish());
        Assert.Equal([(DamageKind.CutOff, file.Length)], Damage(Made.Read(file)));
        byte[] zeros = [.. MadeChunk.File(isDirty: false, 2, Made.Processes(1, 2).Finish()), .. new byte[65536]];
        Assert.Equal([(DamageKind.CutOff, file.Length)], Damage(Made.Read(zeros)));
        byte[] preallocated = [.. MadeChunk.File(isDirty: false, 1, Made.Processes(1, 2).Finish()), .. new byte[65536 * 3]];
        Assert.Empty(Made.Read(preallocated).Report.Located);
    }

    [Fact]
    public void A_zeroed_chunk_between_others_is_counted_as_lost()
    {
        var sink = Made.Read(MadeChunk.File(Made.Processes(1, 2).Finish(), new byte[65536], Made.Processes(5, 2).Finish()));
        Assert.Equal([1, 2, 5, 6], Ids(sink));
        Assert.Contains((DamageKind.Malformed, 4096L + 65536), Damage(sink));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(777)]
    [InlineData(40_000)]
    public void Bytes_lost_from_or_put_between_chunks_do_not_hide_those_behind(int bytes)
    {
        byte[] one = Made.Processes(1, 20).Finish(), two = Made.Processes(21, 20).Finish(), three = Made.Processes(41, 20).Finish();
        var lost = Made.Read([.. MadeChunk.File(isDirty: true, 0, one, two[..^bytes]), .. three]);
        Assert.Equal(20, lost.Records.Count(r => r.Position.Line > 40));
        Assert.Equal(20, lost.Records.Count(r => r.Position.Line <= 20));
        var more = Made.Read([.. MadeChunk.File(isDirty: true, 0, one), .. Enumerable.Repeat((byte)0xEE, bytes), .. two, .. three]);
        Assert.Equal(Enumerable.Range(1, 60).Select(i => (long)i), Ids(more));
        Assert.Equal([(DamageKind.Malformed, 4096 + 65536)], Damage(more));
    }

    [Fact]
    public void Chunks_without_the_files_header_are_known_and_read()
    {
        byte[] file = MadeChunk.File(Made.Processes(1, 2).Finish(), Made.Processes(3, 2).Finish());
        Assert.Equal([1, 2, 3, 4], Ids(Made.Read(file[4096..])));
        file.AsSpan(0, 4096).Fill(0xEE);
        var sink = Made.Read(file);
        Assert.Equal([1, 2, 3, 4], Ids(sink));
        Assert.Equal([(DamageKind.Malformed, 0)], Damage(sink));
    }

    [Fact]
    public void An_event_that_says_what_a_chunks_header_says_hides_nothing()
    {
        byte[] header = Made.Processes(1, 1).Finish()[..512];
        MadeChunk chunk = new MadeChunk().Add(1, Made.Time, Made.WithNested, [.. Made.Head(1), MadeValue.Nested("<EventData><Data Name='Image'>{0:0e}</Data></EventData>", MadeValue.Bytes(EvtxType.Binary, header))]);
        for (int id = 2; id < 20; id++) chunk.Add(id, Made.Time, Made.Process, Made.ProcessValues(id));
        var sink = Made.Read(MadeChunk.File(chunk.Finish()));
        Assert.Equal(Enumerable.Range(1, 19).Select(i => (long)i), Ids(sink));
        Assert.Empty(sink.Report.Located);
    }

    [Fact]
    public void Offsets_and_sizes_near_what_numbers_can_hold_are_refused()
    {
        byte[] whole = Made.Processes(1, 3).Finish();
        int tried = 0;
        foreach (uint value in (uint[])[0x7FFFFFFF, 0x7FFFFFE8, 0x80000000, 0xFFFFFFFF, 0xFFFFFFE8, 0x0000FFFF, 0x00010000])
        {
            for (int at = 40; at < 52; at += 4) tried += Survives(whole, at, value);
            for (int at = 512; at < 700; at++) tried += Survives(whole, at, value);
        }

        Assert.Equal(7 * (3 + 188), tried);

        static int Survives(byte[] whole, int at, uint value)
        {
            byte[] chunk = (byte[])whole.Clone();
            BinaryPrimitives.WriteUInt32LittleEndian(chunk.AsSpan(at), value);
            var sink = Made.Read(MadeChunk.File(chunk));
            // Where the value stood there already, nothing is damaged.
            Assert.Equal(chunk.AsSpan().SequenceEqual(whole), sink.Report.Located.Count == 0);
            Assert.InRange(sink.Records.Count, 0, 4);
            return 1;
        }
    }

    [Fact]
    public void A_template_that_contains_itself_many_times_ends_soon()
    {
        // Each level writes the level below sixty times: 60 to the power of 8 without a limit.
        string many = "<EventData>" + string.Concat(Enumerable.Repeat("<Data Name='Image'>{0:21}</Data>", 60)) + "</EventData>";
        MadeValue value = MadeValue.Text("x");
        for (int depth = 0; depth < 12; depth++) value = MadeValue.Nested(many, value);
        byte[] file = MadeChunk.File([.. Enumerable.Repeat(new MadeChunk().Add(1, Made.Time, Made.WithNested, [.. Made.Head(1), value]).Add(2, Made.Time, Made.Process, Made.ProcessValues(2)).Finish(), 16)]);
        long started = Stopwatch.GetTimestamp();
        var sink = Made.Read(file);
        Made.Texts(file);
        Assert.True(Stopwatch.GetElapsedTime(started) < TimeSpan.FromSeconds(20), "a megabyte took more than a second, even on a slow machine");
        Assert.True(sink.Report.Records + sink.Report.Located.Count > 0);
    }

    [Fact]
    public void No_damage_throws_or_grows_beyond_its_file()
    {
        byte[] whole = MadeChunk.File(Made.Processes(1, 20).Finish());
        var random = new Random(20210303);
        int read = 0;
        for (int i = 0; i < 1500; i++)
        {
            byte[] file = (byte[])whole.Clone();
            for (int hits = random.Next(1, 12); hits > 0; hits--)
            {
                int at = random.Next(4096, 4096 + 8000);
                if (random.Next(3) == 0) file.AsSpan(at, random.Next(1, 64)).Clear();
                else file[at] = (byte)random.Next(256);
            }

            var sink = Made.Read(file);
            read += sink.Records.Count;
            Assert.InRange(sink.Records.Count, 0, 21);
            Assert.Equal(sink.Report.Records, sink.Records.Count);
            Made.Texts(file, i % 2 == 0 ? EventTextForm.Json : EventTextForm.Xml);
        }

        Assert.InRange(read, 15_000, 30_000);
    }
}
