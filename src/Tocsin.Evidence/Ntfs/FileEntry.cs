using System.Buffers.Binary;

namespace Tocsin.Evidence.Ntfs;

/// <summary>What the bytes of one place in the table are.</summary>
internal enum EntryState
{
    /// <summary>Never used: zeros.</summary>
    Empty,
    /// <summary>An entry, whole.</summary>
    Whole,
    /// <summary>An entry whose sectors are of different writes, or whose header contradicts itself; readable as far as it goes.</summary>
    Torn,
    /// <summary>An entry that Windows itself gave up (<c>BAAD</c>).</summary>
    Bad,
    /// <summary>Something else.</summary>
    Foreign,
}

/// <summary>One entry (FILE record) of an <c>$MFT</c>: a view of its bytes, valid until the next is read.</summary>
/// <remarks>
/// <code>
///  0    4    6    8         16   18   20   22    24     28     32            40   42   44
///  +----+----+----+---------+----+----+----+-----+------+------+-------------+----+----+------+
///  |FILE|at  |cnt |  LSN    |seq |link|attr|flags|used  |alloc |  base file  |next|    |number|  then the array of fix-ups,
///  +----+----+----+---------+----+----+----+-----+------+------+-------------+----+----+------+  then attributes, then FFFFFFFF
/// </code>
/// Little endian. <c>flags</c>: 1 in use, 2 folder. The last two bytes of each 512 bytes were replaced by a counter when the entry was
/// written; the array at <c>at</c> holds the counter and, behind it, the <c>cnt - 1</c> pairs of bytes that belong there. A sector that
/// does not end with the counter is of another write. An entry with a base file continues that file's entry.
/// Sources: the Linux NTFS documentation, and "File System Forensic Analysis" (Carrier).
/// </remarks>
internal readonly ref struct FileEntry
{
    /// <summary>Fix-ups stand at the end of each stretch of this length, whatever the disk's sectors.</summary>
    public const int Stride = 512;

    /// <summary>The header up to and with the base file.</summary>
    public const int HeaderBytes = 42;

    const ushort InUseFlag = 1, FolderFlag = 2;

    readonly ReadOnlySpan<byte> _bytes;

    FileEntry(ReadOnlySpan<byte> bytes) => _bytes = bytes;

    public ushort Sequence => BinaryPrimitives.ReadUInt16LittleEndian(_bytes[16..]);

    public bool InUse => (Flags & InUseFlag) != 0;

    public bool IsFolder => (Flags & FolderFlag) != 0;

    /// <summary>The file that this entry continues; zero for a file's own entry.</summary>
    public FileReference Base => new(BinaryPrimitives.ReadUInt64LittleEndian(_bytes[32..]));

    /// <summary>The attributes in order.</summary>
    public AttributeCursor Attributes => new(_bytes, BinaryPrimitives.ReadUInt16LittleEndian(_bytes[20..]));

    ushort Flags => BinaryPrimitives.ReadUInt16LittleEndian(_bytes[22..]);

    /// <summary>Puts back the bytes that the fix-ups replaced, in place, and gives the entry.</summary>
    /// <param name="bytes">As long as an entry of this table.</param>
    /// <param name="entry">Readable where the state is <see cref="EntryState.Whole"/> or <see cref="EntryState.Torn"/>.</param>
    public static EntryState Open(Span<byte> bytes, out FileEntry entry)
    {
        entry = default;
        if (bytes.StartsWith("BAAD"u8)) return EntryState.Bad;
        if (!bytes.StartsWith("FILE"u8)) return bytes.ContainsAnyExcept((byte)0) ? EntryState.Foreign : EntryState.Empty;
        bool whole = FixUp(bytes);
        uint used = BinaryPrimitives.ReadUInt32LittleEndian(bytes[24..]);
        if (used < HeaderBytes || used > bytes.Length)
        {
            whole = false;
            used = (uint)bytes.Length;
        }

        entry = new FileEntry(bytes[..(int)used]);
        return whole ? EntryState.Whole : EntryState.Torn;
    }

    static bool FixUp(Span<byte> bytes)
    {
        int at = BinaryPrimitives.ReadUInt16LittleEndian(bytes[4..]), count = BinaryPrimitives.ReadUInt16LittleEndian(bytes[6..]);
        int sectors = bytes.Length / Stride;
        if (at < HeaderBytes - 2 || count != sectors + 1 || at + 2 * count > Stride - 2) return false;
        bool whole = true;
        ReadOnlySpan<byte> counter = bytes.Slice(at, 2);
        for (int sector = 1; sector <= sectors; sector++)
        {
            Span<byte> end = bytes.Slice(sector * Stride - 2, 2);
            ReadOnlySpan<byte> own = bytes.Slice(at + 2 * sector, 2);
            if (end.SequenceEqual(counter)) own.CopyTo(end);
            else if (!end.SequenceEqual(own)) whole = false; // equal: a tool has put it back already
        }

        return whole;
    }
}
