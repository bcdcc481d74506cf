using System.Buffers.Binary;

namespace Tocsin.Evidence.Hive;

/// <summary>A hive in memory, and its cells. Whatever an offset says, what is given lies within the bytes.</summary>
/// <remarks>
/// Bins of a multiple of 4,096 bytes follow the header: <c>0 "hbin" | 4 offset | 8 bytes | … | 32 cells</c>. A cell is its length in 4
/// bytes, negative while it is in use, and data. Cells begin at multiples of 8.
/// </remarks>
internal sealed class HiveImage
{
    /// <summary>Stands where there is no cell.</summary>
    public const uint NoCell = uint.MaxValue;

    readonly byte[] _bytes;
    readonly int _binsLength;

    public HiveImage(byte[] bytes, int length)
    {
        _bytes = bytes;
        Length = length;
        HiveHeader.TryRead(bytes.AsSpan(0, length), out HiveHeader header);
        Header = header;
        int there = Math.Max(0, length - HiveHeader.Bytes);

        // A header that names no bins although there are some is damaged, and not believed.
        _binsLength = header.BinsBytes is >= 4096 && header.BinsBytes < there ? (int)header.BinsBytes : there;
    }

    public HiveHeader Header { get; }

    public int Length { get; }

    /// <summary>The whole file, header included.</summary>
    public ReadOnlySpan<byte> File => _bytes.AsSpan(0, Length);

    /// <summary>The bins; a cell's offset is one in here.</summary>
    public ReadOnlySpan<byte> Bins => _bytes.AsSpan(Math.Min(HiveHeader.Bytes, Length), _binsLength);

    /// <summary>Where something in the bins stands in the file.</summary>
    public static long FileOffset(uint offset) => HiveHeader.Bytes + (long)offset;

    /// <summary>A cell's data without its length.</summary>
    /// <param name="offset">Of the cell in the bins.</param>
    /// <param name="data">Its data.</param>
    /// <param name="inUse">Whether it is in use; free cells keep their data until the room is needed.</param>
    public bool TryCell(uint offset, out ReadOnlySpan<byte> data, out bool inUse)
    {
        data = default;
        inUse = false;
        ReadOnlySpan<byte> bins = Bins;
        if ((offset & 7) != 0 || bins.Length < 8 || offset > (uint)bins.Length - 8) return false;
        long size = BinaryPrimitives.ReadInt32LittleEndian(bins[(int)offset..]);
        inUse = size < 0;
        size = Math.Abs(size);
        if (size < 8 || size > bins.Length - offset) return false;
        data = bins.Slice((int)offset + 4, (int)size - 4);
        return true;
    }

    /// <summary>The data of a cell that must be in use.</summary>
    public bool TryUsed(uint offset, out ReadOnlySpan<byte> data) => TryCell(offset, out data, out bool inUse) && inUse;
}

/// <summary>A key's cell: <c>0 "nk" | 2 flags | 4 last written | 16 parent | 20 subkeys | 28 their list | 36 values | 40 their list | 48 class | 72 name bytes | 74 class bytes | 76 name</c>.</summary>
internal readonly ref struct KeyCell
{
    const int NameAt = 76;

    readonly ReadOnlySpan<byte> _cell;

    KeyCell(ReadOnlySpan<byte> cell) => _cell = cell;

    public static bool TryRead(ReadOnlySpan<byte> cell, out KeyCell key)
    {
        key = new(cell);
        return cell.Length >= NameAt && cell.StartsWith("nk"u8);
    }

    public int Flags => BinaryPrimitives.ReadUInt16LittleEndian(_cell[2..]);

    public bool IsRoot => (Flags & 4) != 0;

    public long LastWritten => BinaryPrimitives.ReadInt64LittleEndian(_cell[4..]);

    public uint Parent => Number(16);

    public uint SubkeyCount => Number(20);

    public uint SubkeyList => Number(28);

    public uint ValueCount => Number(36);

    public uint ValueList => Number(40);

    public uint ClassCell => Number(48);

    public int ClassBytes => BinaryPrimitives.ReadUInt16LittleEndian(_cell[74..]);

    /// <summary>Whether the name is one byte a character.</summary>
    public bool IsNarrow => (Flags & 0x20) != 0;

    public int NameBytes => BinaryPrimitives.ReadUInt16LittleEndian(_cell[72..]);

    /// <summary>The name's bytes, as many as there are.</summary>
    public ReadOnlySpan<byte> Name => _cell.Slice(NameAt, Math.Min(NameBytes, _cell.Length - NameAt));

    uint Number(int at) => BinaryPrimitives.ReadUInt32LittleEndian(_cell[at..]);
}

/// <summary>A value's cell: <c>0 "vk" | 2 name bytes | 4 data bytes, top bit: in the next field itself | 8 data cell | 12 type | 16 flags | 20 name</c>.</summary>
internal readonly ref struct ValueCell
{
    const int NameAt = 20;
    const uint Resident = 0x8000_0000;

    readonly ReadOnlySpan<byte> _cell;

    ValueCell(ReadOnlySpan<byte> cell) => _cell = cell;

    public static bool TryRead(ReadOnlySpan<byte> cell, out ValueCell value)
    {
        value = new(cell);
        return cell.Length >= NameAt && cell.StartsWith("vk"u8);
    }

    public int NameBytes => BinaryPrimitives.ReadUInt16LittleEndian(_cell[2..]);

    public bool IsResident => (Number(4) & Resident) != 0;

    public uint DataBytes => Number(4) & ~Resident;

    public uint DataCell => Number(8);

    /// <summary>The up to four bytes that stand in the cell itself.</summary>
    public ReadOnlySpan<byte> ResidentData => _cell.Slice(8, (int)Math.Min(DataBytes, 4));

    public uint Type => Number(12);

    public int Flags => BinaryPrimitives.ReadUInt16LittleEndian(_cell[16..]);

    public bool IsNarrow => (Flags & 1) != 0;

    public ReadOnlySpan<byte> Name => _cell.Slice(NameAt, Math.Min(NameBytes, _cell.Length - NameAt));

    uint Number(int at) => BinaryPrimitives.ReadUInt32LittleEndian(_cell[at..]);
}
