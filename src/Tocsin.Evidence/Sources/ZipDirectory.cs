using System.Buffers.Binary;

namespace Tocsin.Evidence.Sources;

/// <summary>Reads a zip archive's central directory from the bytes, keeping none of it.</summary>
/// <remarks>
/// The BCL's own reader keeps an object for each entry and hides where entries stand, so it can neither bound memory nor see
/// entries that overlap. Shape: entries, then one directory header for each (46 bytes, name, extra, comment), then the end record
/// (22 bytes and a comment), before which archives beyond 4 GB or 65,535 entries have a 64-bit end record and its locator.
/// </remarks>
internal sealed class ZipDirectory
{
    const int EndBytes = 22;
    const int LocatorBytes = 20;
    const int End64Bytes = 56;
    const int WindowBytes = 256 * 1024; // more than one header can take: 46 + 3 * 65,535

    readonly RandomBytes _bytes;
    readonly long _end;
    readonly long _shift;

    ZipDirectory(RandomBytes bytes, long start, long end, long shift, long count)
    {
        _bytes = bytes;
        Start = start;
        _end = end;
        _shift = shift;
        Count = count;
    }

    /// <summary>Where the first directory header stands.</summary>
    public long Start { get; }

    /// <summary>How many entries the archive says it has. Not to be relied on.</summary>
    public long Count { get; }

    /// <summary>Finds the directory; null if the archive has none, as when it was cut off.</summary>
    public static ZipDirectory? Find(RandomBytes bytes)
    {
        byte[] tail = new byte[(int)Math.Min(bytes.Length, EndBytes + ushort.MaxValue)];
        long tailStart = bytes.Length - tail.Length;
        if (bytes.Fill(tailStart, tail) < tail.Length) return null;
        for (int at = tail.Length - EndBytes; at >= 0; at--)
        {
            if (!tail.AsSpan(at).StartsWith("PK\x05\x06"u8)) continue;
            var end = tail.AsSpan(at);
            if (at + EndBytes + BinaryPrimitives.ReadUInt16LittleEndian(end[20..]) > tail.Length) continue;
            long count = BinaryPrimitives.ReadUInt16LittleEndian(end[10..]);
            long size = BinaryPrimitives.ReadUInt32LittleEndian(end[12..]);
            long offset = BinaryPrimitives.ReadUInt32LittleEndian(end[16..]);
            long directoryEnd = tailStart + at;
            if (count == ushort.MaxValue || size == uint.MaxValue || offset == uint.MaxValue) Read64(bytes, ref directoryEnd, ref count, ref size, ref offset);

            // Bytes put before an archive, as self-extractors do, move everything by the same distance.
            long start = directoryEnd - size;
            if (size < 0 || start < 0 || offset < 0 || start < offset) continue;
            return new ZipDirectory(bytes, start, directoryEnd, start - offset, count);
        }

        return null;
    }

    /// <summary>The same directory over the archive opened anew.</summary>
    public ZipDirectory Over(RandomBytes reopened) => new(reopened, Start, _end, _shift, Count);

    /// <summary>Reads entries one by one, ending at the first thing that is no directory header.</summary>
    /// <param name="from">Where a directory header stands.</param>
    /// <returns>Each entry with the length of its name in bytes and the place of the header after it.</returns>
    public IEnumerable<(ZipMember Member, int NameBytes, long Next)> Read(long from)
    {
        byte[] window = new byte[(int)Math.Min(WindowBytes, Math.Max(0, _end - from))];
        long windowStart = from;
        int filled = _bytes.Fill(from, window);
        long at = from;
        while (true)
        {
            int local = (int)(at - windowStart);
            if (!TryParse(window.AsSpan(local, filled - local), out ZipMember member, out int nameBytes, out int taken))
            {
                if (local == 0 || windowStart + filled >= _end) yield break;
                windowStart = at;
                filled = _bytes.Fill(at, window.AsSpan(0, (int)Math.Min(window.Length, _end - at)));
                continue;
            }

            at += taken;
            yield return (member with { HeaderOffset = member.HeaderOffset + _shift }, nameBytes, at);
        }
    }

    static bool TryParse(ReadOnlySpan<byte> header, out ZipMember member, out int nameBytes, out int taken)
    {
        member = default;
        nameBytes = taken = 0;
        if (header.Length < ZipFields.DirectoryHeaderBytes || BinaryPrimitives.ReadUInt32LittleEndian(header) != ZipFields.DirectorySignature) return false;
        nameBytes = BinaryPrimitives.ReadUInt16LittleEndian(header[28..]);
        int extraBytes = BinaryPrimitives.ReadUInt16LittleEndian(header[30..]);
        int commentBytes = BinaryPrimitives.ReadUInt16LittleEndian(header[32..]);
        taken = ZipFields.DirectoryHeaderBytes + nameBytes + extraBytes + commentBytes;
        if (taken > header.Length) return false;

        long packed = BinaryPrimitives.ReadUInt32LittleEndian(header[20..]);
        long length = BinaryPrimitives.ReadUInt32LittleEndian(header[24..]);
        long offset = BinaryPrimitives.ReadUInt32LittleEndian(header[42..]);
        DateTime? modified = ZipFields.ReadExtra(header.Slice(ZipFields.DirectoryHeaderBytes + nameBytes, extraBytes), ref length, ref packed, ref offset);
        const int MadeByUnix = 3, FileKind = 0xF000, Link = 0xA000;
        member = new ZipMember
        {
            Name = ZipFields.Name(header.Slice(ZipFields.DirectoryHeaderBytes, nameBytes)),
            Method = BinaryPrimitives.ReadUInt16LittleEndian(header[10..]),
            IsEncrypted = (header[8] & 1) != 0,
            IsLink = header[5] == MadeByUnix && (BinaryPrimitives.ReadUInt16LittleEndian(header[40..]) & FileKind) == Link,
            Crc = BinaryPrimitives.ReadUInt32LittleEndian(header[16..]),
            PackedLength = Math.Max(0, packed),
            Length = Math.Max(0, length),
            HeaderOffset = Math.Max(0, offset),
            ModifiedUtc = modified,
        };
        return true;
    }

    static void Read64(RandomBytes bytes, ref long directoryEnd, ref long count, ref long size, ref long offset)
    {
        Span<byte> record = stackalloc byte[End64Bytes];
        if (directoryEnd < LocatorBytes || bytes.Fill(directoryEnd - LocatorBytes, record[..LocatorBytes]) < LocatorBytes || !record.StartsWith("PK\x06\x07"u8)) return;
        long at = BinaryPrimitives.ReadInt64LittleEndian(record[8..]);
        if (at < 0 || at > bytes.Length - End64Bytes || bytes.Fill(at, record) < End64Bytes || !record.StartsWith("PK\x06\x06"u8)) return;
        directoryEnd = at;
        count = BinaryPrimitives.ReadInt64LittleEndian(record[32..]);
        size = BinaryPrimitives.ReadInt64LittleEndian(record[40..]);
        offset = BinaryPrimitives.ReadInt64LittleEndian(record[48..]);
    }
}
