using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace Tocsin.Evidence.Ntfs;

/// <summary>What stands at a place of a journal.</summary>
internal enum UsnState
{
    Record,
    /// <summary>A record whose end is not there.</summary>
    Incomplete,
    None,
}

/// <summary>One record of a USN change journal: a view of its bytes.</summary>
/// <remarks>
/// <code>
///  version 2
///  0      4     6     8       16      24    32    40     44     48       52    56  58  60
///  +------+-----+-----+-------+-------+-----+-----+------+------+--------+-----+---+---+------
///  |length|major|minor| file  |folder | USN |time |reason|source|security|attrs|len|at | name, UTF-16
///  +------+-----+-----+-------+-------+-----+-----+------+------+--------+-----+---+---+------
///  version 3: file and folder have 16 bytes each, everything behind them stands 16 further on
///  version 4: as 3 up to USN, then reason, source, extents; neither time nor name
/// </code>
/// Little endian; lengths are multiples of 8. Source: Microsoft's USN_RECORD_V2, _V3 and _V4.
/// There is no signature, so a record is one only where all its lengths agree and its time is of this age.
/// </remarks>
internal readonly ref struct UsnRecord
{
    /// <summary>Longest record: a name of 255 characters, or the extents of version 4.</summary>
    public const int MaxBytes = 4096;

    const int MinBytes = 64, NameAt2 = 60, NameAt3 = 76, MaxNameBytes = 510;

    // 1993-01-01, before the first NTFS, and 2100-01-01.
    static readonly long FirstTime = NtfsTime.FromUtc(new DateTime(1993, 1, 1, 0, 0, 0, DateTimeKind.Utc));
    static readonly long LastTime = NtfsTime.FromUtc(new DateTime(2100, 1, 1, 0, 0, 0, DateTimeKind.Utc));

    readonly ReadOnlySpan<byte> _bytes;

    UsnRecord(ReadOnlySpan<byte> bytes) => _bytes = bytes;

    public int Length => _bytes.Length;

    /// <summary>2, 3 or 4.</summary>
    public int Version => BinaryPrimitives.ReadUInt16LittleEndian(_bytes[4..]);

    /// <summary>How far the fields stand behind their places in version 2.</summary>
    int Shift => Version == 2 ? 0 : 16;

    /// <summary>The file. In version 3 the lower half of its 128 bits, which on NTFS is all.</summary>
    public FileReference File => new(BinaryPrimitives.ReadUInt64LittleEndian(_bytes[8..]));

    public FileReference Folder => new(BinaryPrimitives.ReadUInt64LittleEndian(_bytes[(Version == 2 ? 16 : 24)..]));

    public long Usn => BinaryPrimitives.ReadInt64LittleEndian(_bytes[(24 + Shift)..]);

    /// <summary>When, in units of 100 ns; 0 in version 4.</summary>
    public long Time => Version == 4 ? 0 : BinaryPrimitives.ReadInt64LittleEndian(_bytes[(32 + Shift)..]);

    public uint Reasons => BinaryPrimitives.ReadUInt32LittleEndian(_bytes[(Version == 4 ? 48 : 40 + Shift)..]);

    public uint Sources => BinaryPrimitives.ReadUInt32LittleEndian(_bytes[(Version == 4 ? 52 : 44 + Shift)..]);

    public uint Attributes => Version == 4 ? 0 : BinaryPrimitives.ReadUInt32LittleEndian(_bytes[(52 + Shift)..]);

    /// <summary>The file's name without its folder; empty in version 4.</summary>
    public ReadOnlySpan<char> Name => Version == 4 ? default
        : MemoryMarshal.Cast<byte, char>(_bytes.Slice(NameAt2 + Shift, BinaryPrimitives.ReadUInt16LittleEndian(_bytes[(56 + Shift)..])));

    /// <summary>Reads the record at the beginning of some bytes.</summary>
    public static UsnState TryRead(ReadOnlySpan<byte> bytes, out UsnRecord record)
    {
        record = default;
        if (bytes.Length < 8) return UsnState.Incomplete;
        uint length = BinaryPrimitives.ReadUInt32LittleEndian(bytes);
        int major = BinaryPrimitives.ReadUInt16LittleEndian(bytes[4..]), minor = BinaryPrimitives.ReadUInt16LittleEndian(bytes[6..]);
        if (length is < MinBytes or > MaxBytes || length % 8 != 0 || major is < 2 or > 4 || minor != 0) return UsnState.None;
        if (major == 4)
        {
            if (bytes.Length < MinBytes) return UsnState.Incomplete;
            int extents = BinaryPrimitives.ReadUInt16LittleEndian(bytes[60..]), extentBytes = BinaryPrimitives.ReadUInt16LittleEndian(bytes[62..]);
            if (extentBytes != 16 || MinBytes + extents * extentBytes != length) return UsnState.None;
        }
        else
        {
            int at = major == 2 ? NameAt2 : NameAt3;
            if (length < at) return UsnState.None;
            if (bytes.Length < at) return UsnState.Incomplete;
            int nameBytes = BinaryPrimitives.ReadUInt16LittleEndian(bytes[(at - 4)..]);
            long time = BinaryPrimitives.ReadInt64LittleEndian(bytes[(at - 28)..]);
            if (BinaryPrimitives.ReadUInt16LittleEndian(bytes[(at - 2)..]) != at || nameBytes is 0 or > MaxNameBytes || nameBytes % 2 != 0) return UsnState.None;
            if ((at + nameBytes + 7 & ~7) != length || time < FirstTime || time > LastTime) return UsnState.None;
        }

        if (bytes.Length < length) return UsnState.Incomplete;
        record = new UsnRecord(bytes[..(int)length]);
        return UsnState.Record;
    }
}
