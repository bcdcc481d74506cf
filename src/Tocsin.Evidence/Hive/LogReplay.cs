using System.Buffers.Binary;

namespace Tocsin.Evidence.Hive;

/// <summary>What applying transaction logs to a hive came to.</summary>
/// <param name="Entries">Entries of new logs that were applied; 1 for an old log.</param>
/// <param name="First">Sequence number of the first.</param>
/// <param name="Last">Sequence number of the last.</param>
/// <param name="Pages">Stretches of bytes that were replaced.</param>
internal readonly record struct ReplayResult(int Entries, uint First, uint Last, int Pages);

/// <summary>Brings a dirty hive up to date from its transaction logs, as Windows does when it next loads the hive.</summary>
/// <remarks>
/// New logs (Windows 8.1 / Server 2012 R2 on), after a header of one sector:
/// <code>
///   0 "HvLE" | 4 bytes of the entry | 8 flags | 12 sequence | 16 bytes of bins | 20 pages | 24 hash of all from 40 on
///  32 hash of the 32 bytes before | 40 (offset, bytes) of each page | the pages, without gaps | padding to 512
/// </code>
/// Entries run on by one; the first has the log's own number, which is not below the hive's. Of two logs the one with the earlier entries
/// is applied first, and the other must run on from it. Old logs: a sector of header, "DIRT" and a bit for each 512 bytes of the bins,
/// and from the next sector on the bytes of each set bit; valid where the last-written time is the hive's.
/// Work and memory are those of the logs' bytes: a page lies within its entry, an entry within its log.
/// </remarks>
internal static class LogReplay
{
    const int EntryBytes = 40;

    /// <summary>The bins grow by an entry's word, but hardly past what its log could fill: an entry may promise gigabytes.</summary>
    const int MaxGrowth = 1 << 20;

    /// <summary>Applies what applies.</summary>
    /// <param name="hive">The hive's bytes, replaced by longer ones where it grows.</param>
    /// <param name="length">How many of them are the hive's.</param>
    /// <param name="logs">The logs' bytes; those that are none are passed over.</param>
    /// <param name="maxHiveBytes">How far the hive may grow.</param>
    public static ReplayResult? Apply(ref byte[] hive, ref int length, IReadOnlyList<byte[]> logs, int maxHiveBytes)
    {
        bool hasHeader = HiveHeader.TryRead(hive.AsSpan(0, length), out HiveHeader header) && header.SumIsRight;
        var usable = new List<(byte[] Bytes, HiveHeader Header)>();
        foreach (byte[] log in logs)
        {
            if (HiveHeader.TryRead(log, out HiveHeader of) && of.IsLog && of.SumIsRight && of.Primary == of.Secondary) usable.Add((log, of));
        }

        // Entry numbers wrap around as the counter does.
        var fresh = usable.Where(l => l.Header.IsNewLog && (!hasHeader || (int)(l.Header.Primary - header.Secondary) >= 0)).ToList();
        fresh.Sort((a, b) => ((int)(a.Header.Primary - b.Header.Primary)).CompareTo(0));
        if (fresh.Count > 0)
        {
            if (!hasHeader)
            {
                fresh = [fresh[^1]];
                TakeHeader(ref hive, ref length, fresh[0].Bytes);
            }

            ReplayResult? done = null;
            foreach ((byte[] log, HiveHeader of) in fresh) done = ApplyNew(ref hive, ref length, log, of.Primary, done, maxHiveBytes);
            return done;
        }

        foreach ((byte[] log, HiveHeader of) in usable.Where(l => !l.Header.IsNewLog))
        {
            if (hasHeader ? of.LastWritten != header.LastWritten : of.LastWritten != TimeOfFirstBin(hive.AsSpan(0, length))) continue;
            if (!hasHeader) TakeHeader(ref hive, ref length, log);
            if (ApplyOld(hive.AsSpan(0, length), log, of) is { } old) return old;
        }

        return null;
    }

    static void TakeHeader(ref byte[] hive, ref int length, byte[] log)
    {
        if (length < HiveHeader.Bytes)
        {
            if (hive.Length < HiveHeader.Bytes) Array.Resize(ref hive, HiveHeader.Bytes);
            length = HiveHeader.Bytes;
        }

        log.AsSpan(0, HiveHeader.LogBytes).CopyTo(hive);
        BinaryPrimitives.WriteUInt32LittleEndian(hive.AsSpan(28), 0);
    }

    static ReplayResult? ApplyNew(ref byte[] hive, ref int length, byte[] log, uint expected, ReplayResult? before, int maxHiveBytes)
    {
        if (before is { } earlier)
        {
            // The other log must run on; what it repeats was applied.
            if ((int)(expected - earlier.Last) > 1) return before;
        }

        int at = HiveHeader.LogBytes;
        while (TryEntry(log, at, out int size, out uint sequence, out int pages, out uint binsBytes) && sequence == expected)
        {
            if (before is not { } done || sequence == done.Last + 1)
            {
                if (!Grow(ref hive, ref length, binsBytes, log.Length, maxHiveBytes)) break;
                int written = WritePages(hive.AsSpan(0, length), log.AsSpan(at, size), pages);
                before = before is { } sum ? new(sum.Entries + 1, sum.First, sequence, sum.Pages + written) : new(1, sequence, sequence, written);
            }

            at += size;
            expected++;
        }

        return before;
    }

    /// <summary>An entry whose lengths and hashes are right.</summary>
    static bool TryEntry(ReadOnlySpan<byte> log, int at, out int size, out uint sequence, out int pages, out uint binsBytes)
    {
        size = pages = 0;
        sequence = binsBytes = 0;
        if (at > log.Length - EntryBytes || !log[at..].StartsWith("HvLE"u8)) return false;
        ReadOnlySpan<byte> entry = log[at..];
        uint stated = Number(entry, 4), count = Number(entry, 20);
        sequence = Number(entry, 12);
        binsBytes = Number(entry, 16);
        if (stated < EntryBytes || stated > entry.Length || stated % 512 != 0 || binsBytes % 4096 != 0 || count > (stated - EntryBytes) / 8) return false;
        size = (int)stated;
        pages = (int)count;
        return Marvin32.Of(entry[..32]) == BinaryPrimitives.ReadUInt64LittleEndian(entry[32..])
            && Marvin32.Of(entry[EntryBytes..size]) == BinaryPrimitives.ReadUInt64LittleEndian(entry[24..]);
    }

    static bool Grow(ref byte[] hive, ref int length, uint binsBytes, int logBytes, int maxHiveBytes)
    {
        long wanted = HiveHeader.Bytes + (long)binsBytes;
        if (wanted > maxHiveBytes || wanted > length + (long)logBytes + MaxGrowth) return false;
        if (wanted > hive.Length) Array.Resize(ref hive, (int)wanted);
        if (wanted > length)
        {
            hive.AsSpan(length, (int)wanted - length).Clear();
            length = (int)wanted;
        }

        BinaryPrimitives.WriteUInt32LittleEndian(hive.AsSpan(40), binsBytes);
        return true;
    }

    static int WritePages(Span<byte> hive, ReadOnlySpan<byte> entry, int pages)
    {
        int from = EntryBytes + 8 * pages, written = 0;
        for (int i = 0; i < pages; i++)
        {
            uint to = Number(entry, EntryBytes + 8 * i), bytes = Number(entry, EntryBytes + 8 * i + 4);
            if (bytes > entry.Length - from) break;
            long end = HiveHeader.Bytes + (long)to + bytes;
            if (end <= hive.Length)
            {
                entry.Slice(from, (int)bytes).CopyTo(hive[(HiveHeader.Bytes + (int)to)..]);
                written++;
            }

            from += (int)bytes;
        }

        return written;
    }

    static ReplayResult? ApplyOld(Span<byte> hive, ReadOnlySpan<byte> log, in HiveHeader header)
    {
        int sector = 512 * (int)Math.Clamp(header.Cluster, 1, 8);
        if (log.Length < sector + 4 || !log[sector..].StartsWith("DIRT"u8)) return null;
        long bits = Math.Min(header.BinsBytes, (uint)Math.Max(0, hive.Length - HiveHeader.Bytes)) / 512;
        ReadOnlySpan<byte> map = log[(sector + 4)..];
        bits = Math.Min(bits, map.Length * 8L);
        long mapEnd = sector + 4 + (header.BinsBytes / 512 + 7) / 8;
        long from = (mapEnd + sector - 1) / sector * sector;
        int written = 0;
        for (int bit = 0; bit < bits; bit++)
        {
            if ((map[bit >> 3] & 1 << (bit & 7)) == 0) continue;
            if (from + 512 > log.Length) break;
            log.Slice((int)from, 512).CopyTo(hive[(HiveHeader.Bytes + 512 * bit)..]);
            from += 512;
            written++;
        }

        return new(1, header.Primary, header.Primary, written);
    }

    static long TimeOfFirstBin(ReadOnlySpan<byte> hive) =>
        hive.Length >= HiveHeader.Bytes + 32 && hive[HiveHeader.Bytes..].StartsWith("hbin"u8) ? BinaryPrimitives.ReadInt64LittleEndian(hive[(HiveHeader.Bytes + 20)..]) : -1;

    static uint Number(ReadOnlySpan<byte> bytes, int at) => BinaryPrimitives.ReadUInt32LittleEndian(bytes[at..]);
}
