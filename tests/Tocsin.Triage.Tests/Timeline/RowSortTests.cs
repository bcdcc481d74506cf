using System.Buffers.Binary;
using CsCheck;
using Tocsin.Evidence.Records;
using Tocsin.Evidence.Sources;
using Tocsin.Triage.Scanning;
using Tocsin.Triage.Timeline;

namespace Tocsin.Triage.Tests.Timeline;

public sealed class RowSortTests
{
    const int Artifacts = 5;
    static readonly long[] _shifts = [0, TimeSpan.FromHours(5).Ticks, 0, -TimeSpan.FromMinutes(330).Ticks, TimeSpan.FromHours(5).Ticks];

    sealed record Plain(long Ticks, int Artifact, long Offset, bool StatesUtc, byte[] Text);

    static readonly Gen<Plain> _row = Gen.Select(Gen.Long[0, 40], Gen.Int[0, Artifacts - 1], Gen.Long[0, 20], Gen.Bool, Gen.Byte.Array[0, 60])
        .Select((hour, artifact, offset, utc, text) => new Plain(DateTime.UnixEpoch.Ticks + (hour * TimeSpan.TicksPerHour / 4), artifact, offset, utc, text));

    static TimelineNames Names()
    {
        var names = new TimelineNames();
        // Two have one path, as members of a zip may; the numbers are not in the order of the paths.
        foreach (string path in (string[])["e", "b", "d", "b", "a"]) names.Add(new ArtifactScan(new SourceFile { Path = path }));
        names.NumberOf(new LogSource("x", null, null), "time");
        return names;
    }

    static byte[] Bytes(Plain row)
    {
        byte[] bytes = new byte[Row.HeaderBytes + 6 + row.Text.Length];
        BinaryPrimitives.WriteInt64LittleEndian(bytes, row.Ticks);
        BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(8), row.Offset);
        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(24), row.Artifact);
        bytes[30] = row.StatesUtc ? Row.StatesUtc : (byte)0;
        BinaryPrimitives.WriteUInt16LittleEndian(bytes.AsSpan(36), (ushort)row.Text.Length);
        row.Text.CopyTo(bytes, 38);
        return bytes;
    }

    static void Fill(RowBuffer buffer, IEnumerable<Plain> rows)
    {
        foreach (Plain row in rows)
        {
            byte[] bytes = Bytes(row);
            bytes.CopyTo(buffer.Reserve(200));
            buffer.Commit(bytes.Length);
        }

        buffer.Spill();
    }

    [Fact]
    public void Rows_come_out_of_many_small_runs_in_the_order_of_a_plain_sort()
    {
        long mostRuns = 0;
        Gen.Select(_row.Array[0, 400], Gen.Int[2, 5], Gen.Int[1, 3]).Sample((rows, fanIn, threads) =>
        {
            TimelineNames names = Names();
            var files = new List<MemoryStream>();
            using var store = new RunStore(() => { var file = new MemoryStream(); lock (files) files.Add(file); return file; }, names.Order, fanIn);
            Parallel.For(0, threads, i => Fill(new RowBuffer(256, names.Order, store), rows.Where((_, at) => at % threads == i)));
            mostRuns = Math.Max(mostRuns, files.Count);

            var filter = new RowFilter([.. _shifts.Distinct()], (in Row row) => (row.Flags & Row.StatesUtc) != 0 ? 0 : _shifts[row.Artifact]);
            using var merge = new RunMerge(store.Runs, names.Order, filter);
            var merged = new List<(long, string, string)>();
            while (merge.MoveNext()) merged.Add((merge.Ticks, names.Artifact(merge.Current.Artifact).File.Path, Convert.ToHexString(merge.Current.Bytes[8..16]) + Convert.ToHexString(merge.Current.Bytes[30..])));

            var plain = rows.Select(r => (Ticks: r.Ticks + (r.StatesUtc ? 0 : _shifts[r.Artifact]), Row: r, Path: names.Artifact(r.Artifact).File.Path, Bytes: Bytes(r)))
                .OrderBy(r => r.Ticks).ThenBy(r => r.Path, StringComparer.Ordinal).ThenBy(r => r.Row.Offset).ThenBy(r => r.Bytes[30..], Comparer<byte[]>.Create((a, b) => a.AsSpan().SequenceCompareTo(b)))
                .Select(r => (r.Ticks, r.Path, Convert.ToHexString(r.Bytes.AsSpan(8, 8)) + Convert.ToHexString(r.Bytes.AsSpan(30))));
            Assert.Equal(plain, merged);
            Assert.Equal(rows.Length, store.Rows);
        }, iter: 300, threads: 2);
        Assert.True(mostRuns > 60, $"There were never more than {mostRuns} runs.");
    }

    [Fact]
    public void Every_temporary_file_is_closed_and_never_more_are_open_than_a_few_levels_need()
    {
        TimelineNames names = Names();
        var open = new HashSet<Tracked>();
        int most = 0, made = 0;
        using (var store = new RunStore(New, names.Order, fanIn: 4))
        {
            Fill(new RowBuffer(256, names.Order, store), Enumerable.Range(0, 3000).Select(i => new Plain(i * 7919 % 3000, i % Artifacts, i, false, [1, 2, 3])));
            Assert.InRange(store.Runs.Count, 1, 4 * 6);
        }

        Assert.True(made > 700, $"{made} files");
        Assert.InRange(most, 1, (4 * 6) + 2);
        Assert.Empty(open);

        Stream New()
        {
            made++;
            var file = new Tracked(open);
            open.Add(file);
            most = Math.Max(most, open.Count);
            return file;
        }
    }

    [Fact]
    public void A_run_that_was_cut_is_an_input_error_and_no_row()
    {
        TimelineNames names = Names();
        var file = new MemoryStream();
        using var store = new RunStore(() => file, names.Order);
        Fill(new RowBuffer(4096, names.Order, store), [new(1, 0, 1, false, [1, 2, 3]), new(2, 0, 2, false, [1, 2, 3])]);
        file.SetLength(file.Length - 5);
        using var merge = new RunMerge([file], names.Order, RowFilter.All);
        Assert.True(merge.MoveNext());
        Assert.Throws<IOException>(() => merge.MoveNext());
    }

    internal sealed class Tracked(HashSet<Tracked> open) : MemoryStream
    {
        protected override void Dispose(bool disposing)
        {
            open.Remove(this);
            base.Dispose(disposing);
        }
    }
}
