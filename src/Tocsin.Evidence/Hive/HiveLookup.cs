using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text;

namespace Tocsin.Evidence.Hive;

/// <summary>Finds single keys and values by name, for what a reader wants to know of a hive before it walks through it.</summary>
internal sealed class HiveLookup(HiveImage hive)
{
    /// <summary>Keys looked at on one level and values of one key: bounds a few look-ups, not the walk.</summary>
    const int MaxLooked = 200_000;

    /// <summary>The root key's cell, as the header says, or the first key that calls itself one; <see cref="HiveImage.NoCell"/> where there is none.</summary>
    public uint Root { get; } = RootOf(hive);

    static uint RootOf(HiveImage hive)
    {
        uint stated = hive.Header.RootCell;
        if (hive.TryUsed(stated, out ReadOnlySpan<byte> cell) && KeyCell.TryRead(cell, out _)) return stated;
        ReadOnlySpan<byte> bins = hive.Bins;
        for (int from = 4; from < bins.Length && bins[from..].IndexOf("nk"u8) is >= 0 and var found; from += found + 2)
        {
            uint offset = (uint)(from + found - 4);
            if ((offset & 7) == 0 && hive.TryUsed(offset, out cell) && KeyCell.TryRead(cell, out KeyCell key) && key.IsRoot) return offset;
        }

        return HiveImage.NoCell;
    }

    /// <summary>The cells of a key's subkeys, at most so many.</summary>
    public List<uint> Subkeys(uint key, int max = MaxLooked)
    {
        var found = new List<uint>();
        if (hive.TryUsed(key, out ReadOnlySpan<byte> cell) && KeyCell.TryRead(cell, out KeyCell of) && of.SubkeyCount > 0) AddList(of.SubkeyList, found, max, nested: false);
        return found;
    }

    void AddList(uint list, List<uint> found, int max, bool nested)
    {
        if (!hive.TryUsed(list, out ReadOnlySpan<byte> cell) || !SubkeyList.TryRead(cell, out SubkeyList of)) return;
        for (int i = 0; i < of.Count && found.Count < max; i++)
        {
            if (!of.IsRoot) found.Add(of[i]);
            else if (!nested) AddList(of[i], found, max, nested: true);
        }
    }

    public string NameOf(uint key) =>
        hive.TryUsed(key, out ReadOnlySpan<byte> cell) && KeyCell.TryRead(cell, out KeyCell of) ? Text(of.Name, of.IsNarrow) : "";

    /// <summary>A key by its path below another; <see cref="HiveImage.NoCell"/> where there is none.</summary>
    public uint Find(uint from, string path)
    {
        foreach (string name in path.Split('\\'))
        {
            uint next = HiveImage.NoCell;
            foreach (uint key in Subkeys(from))
            {
                if (!NameOf(key).Equals(name, StringComparison.OrdinalIgnoreCase)) continue;
                next = key;
                break;
            }

            from = next;
            if (from == HiveImage.NoCell) break;
        }

        return from;
    }

    /// <summary>A key's last write; default where it cannot be read.</summary>
    public DateTime LastWriteOf(uint key) =>
        hive.TryUsed(key, out ReadOnlySpan<byte> cell) && KeyCell.TryRead(cell, out KeyCell of) ? HiveTime.Of(of.LastWritten) : default;

    /// <summary>A value that is a number.</summary>
    public uint? Number(uint key, string name) =>
        TryValue(key, name, out uint type, out ReadOnlySpan<byte> data) && type == 4 && data.Length >= 4 ? BinaryPrimitives.ReadUInt32LittleEndian(data) : null;

    /// <summary>A value that is text.</summary>
    public string? Text(uint key, string name)
    {
        if (!TryValue(key, name, out uint type, out ReadOnlySpan<byte> data) || type is not (1 or 2) || data.Length > 4096) return null;
        string text = Text(data, narrow: false);
        int end = text.IndexOf('\0', StringComparison.Ordinal);
        return end < 0 ? text : text[..end];
    }

    bool TryValue(uint key, string name, out uint type, out ReadOnlySpan<byte> data)
    {
        type = 0;
        data = default;
        if (!hive.TryUsed(key, out ReadOnlySpan<byte> cell) || !KeyCell.TryRead(cell, out KeyCell of)) return false;
        if (!hive.TryUsed(of.ValueList, out ReadOnlySpan<byte> list)) return false;
        int count = (int)Math.Min(Math.Min(of.ValueCount, (uint)list.Length / 4), MaxLooked);
        for (int i = 0; i < count; i++)
        {
            uint offset = BinaryPrimitives.ReadUInt32LittleEndian(list[(4 * i)..]);
            if (!hive.TryUsed(offset, out cell) || !ValueCell.TryRead(cell, out ValueCell value)) continue;
            if (!Text(value.Name, value.IsNarrow).Equals(name, StringComparison.OrdinalIgnoreCase)) continue;
            type = value.Type;
            data = value.ResidentData;
            if (value.IsResident) return true;
            if (!hive.TryUsed(value.DataCell, out data)) return false;
            data = data[..(int)Math.Min(value.DataBytes, (uint)data.Length)];
            return true;
        }

        return false;
    }

    static string Text(ReadOnlySpan<byte> stored, bool narrow) =>
        narrow ? Encoding.Latin1.GetString(stored) : MemoryMarshal.Cast<byte, char>(stored).ToString();
}

/// <summary>A list of subkeys: <c>0 "lf", "lh", "li" or "ri" | 2 count | 4 cells, behind each of lf and lh a hint of four bytes</c>. An ri lists lists.</summary>
internal readonly ref struct SubkeyList
{
    readonly ReadOnlySpan<byte> _cell;
    readonly int _step;

    SubkeyList(ReadOnlySpan<byte> cell, int step)
    {
        _cell = cell;
        _step = step;
        Stated = BinaryPrimitives.ReadUInt16LittleEndian(cell[2..]);
        Count = Math.Min(Stated, (cell.Length - 4) / step);
    }

    public static bool TryRead(ReadOnlySpan<byte> cell, out SubkeyList list)
    {
        list = default;
        if (cell.Length < 4 || cell[0] is not ((byte)'l' or (byte)'r')) return false;
        int step = cell.StartsWith("lf"u8) || cell.StartsWith("lh"u8) ? 8 : cell.StartsWith("li"u8) || cell.StartsWith("ri"u8) ? 4 : 0;
        if (step == 0) return false;
        list = new(cell, step);
        return true;
    }

    /// <summary>Whether it lists lists.</summary>
    public bool IsRoot => _cell[0] == (byte)'r';

    /// <summary>How many there are by its own word.</summary>
    public int Stated { get; }

    /// <summary>How many there is room for in the cell.</summary>
    public int Count { get; }

    public uint this[int index] => BinaryPrimitives.ReadUInt32LittleEndian(_cell[(4 + index * _step)..]);
}

/// <summary>Times of keys: 100 ns since 1601.</summary>
internal static class HiveTime
{
    static readonly long Last = DateTime.MaxValue.ToFileTimeUtc();

    /// <summary>The time; default where the number is none.</summary>
    public static DateTime Of(long fileTime) => fileTime > 0 && fileTime <= Last ? DateTime.FromFileTimeUtc(fileTime) : default;
}
