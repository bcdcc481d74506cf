using System.Buffers.Binary;
using Tocsin.Evidence.Hive;

namespace Tocsin.Evidence.Tests.Hive;

/// <summary>Makes transaction logs that turn one made hive into another.</summary>
static class MadeLog
{
    /// <summary>A log of the form since Server 2012 R2: an entry for each state, from the first on.</summary>
    public static byte[] New(uint sequence, params byte[][] states)
    {
        var log = new List<byte>(Header(states[^1], type: 6, sequence));
        for (int i = 1; i < states.Length; i++) log.AddRange(Entry(sequence + (uint)i - 1, states[i - 1], states[i]));
        return [.. log];
    }

    public static byte[] Entry(uint sequence, byte[] before, byte[] after)
    {
        int bins = after.Length - 4096;
        List<int> pages = [.. Enumerable.Range(0, bins / 4096).Where(p => !Page(before, p).SequenceEqual(Page(after, p)))];
        int size = (40 + pages.Count * (8 + 4096) + 511) & ~511;
        byte[] entry = new byte[size];
        "HvLE"u8.CopyTo(entry);
        Put(entry, 4, (uint)size);
        Put(entry, 12, sequence);
        Put(entry, 16, (uint)bins);
        Put(entry, 20, (uint)pages.Count);
        for (int i = 0; i < pages.Count; i++)
        {
            Put(entry, 40 + 8 * i, (uint)pages[i] * 4096);
            Put(entry, 44 + 8 * i, 4096);
            Page(after, pages[i]).CopyTo(entry.AsSpan(40 + 8 * pages.Count + 4096 * i));
        }

        Sign(entry);
        return entry;
    }

    public static void Sign(Span<byte> entry)
    {
        BinaryPrimitives.WriteUInt64LittleEndian(entry[24..], Marvin32.Of(entry[40..]));
        BinaryPrimitives.WriteUInt64LittleEndian(entry[32..], Marvin32.Of(entry[..32]));
    }

    /// <summary>A log of the form up to Server 2012: a bitmap of 512-byte pages, and the pages.</summary>
    public static byte[] Old(byte[] before, byte[] after)
    {
        int bits = (after.Length - 4096) / 512;
        List<int> dirty = [.. Enumerable.Range(0, bits).Where(p => !Part(before, p).SequenceEqual(Part(after, p)))];
        byte[] map = new byte[(4 + (bits + 7) / 8 + 511) & ~511];
        "DIRT"u8.CopyTo(map);
        foreach (int page in dirty) map[4 + page / 8] |= (byte)(1 << page % 8);
        return [.. Header(after, type: 1, 9), .. map, .. dirty.SelectMany(p => Part(after, p).ToArray())];
    }

    static byte[] Header(byte[] hive, uint type, uint sequence)
    {
        byte[] header = hive[..512];
        Put(header, 28, type);
        Put(header, 4, sequence);
        Put(header, 8, sequence);
        MadeHive.Sign(header);
        return header;
    }

    static ReadOnlySpan<byte> Page(byte[] hive, int page) => 4096 + (page + 1) * 4096 <= hive.Length ? hive.AsSpan(4096 + page * 4096, 4096) : default;

    static ReadOnlySpan<byte> Part(byte[] hive, int page) => 4096 + (page + 1) * 512 <= hive.Length ? hive.AsSpan(4096 + page * 512, 512) : default;

    static void Put(Span<byte> bytes, int at, uint number) => BinaryPrimitives.WriteUInt32LittleEndian(bytes[at..], number);
}
