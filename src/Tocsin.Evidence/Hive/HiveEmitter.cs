using System.Buffers.Binary;
using Tocsin.Evidence.Artifacts;

namespace Tocsin.Evidence.Hive;

/// <summary>Hands keys and values on: joins paths, fetches data, counts what is damaged. Shared by the walk and the search for remains.</summary>
internal sealed class HiveEmitter(HiveImage hive, HiveRoot root, IHiveVisitor visitor, ReadReport report)
{
    /// <summary>Windows' own limit for names; a longer one is damage, and is cut.</summary>
    public const int MaxNameBytes = 2 * 255;

    /// <summary>Windows' own limit for value names is 16,383 characters; honest ones are shorter than this, and each is written out with its path.</summary>
    const int MaxValueNameBytes = 2 * 4096;

    /// <summary>Bounds what each value of a deep key costs: real paths stay below 1,000 characters.</summary>
    const int MaxPathBytes = 4096;

    /// <summary>How much of one value's data is looked at. Scripts and certificates are far smaller; caches in the registry are megabytes.</summary>
    public const int MaxDataBytes = 128 * 1024;

    /// <summary>Data longer than this stands in pieces of this length.</summary>
    const int PieceBytes = 16344;

    readonly HiveText _path = new();
    byte[] _pieces = [];

    // All values together may show little more data than there is: a thousand values that name one piece of data are made up.
    long _dataLeft = 2L * hive.Length + MaxDataBytes;

    public HiveClaims Claims { get; } = new(hive.Bins.Length);

    /// <summary>Keys handed on.</summary>
    public long Keys { get; private set; }

    /// <summary>Keys and values handed on that were found in free room.</summary>
    public long Deleted { get; private set; }

    public DateTime FirstUtc { get; private set; } = DateTime.MaxValue;

    public DateTime LastUtc { get; private set; }

    public void Damage(DamageKind kind, uint offset) => report.Add(kind, 0, Math.Min(HiveImage.FileOffset(offset), hive.Length));

    /// <summary>Begins a path at the root, or at a word in its stead.</summary>
    public int BeginPath(string? instead = null)
    {
        _path.Cut(0);
        _path.AddStored(System.Runtime.InteropServices.MemoryMarshal.AsBytes((instead ?? root.Mount).AsSpan()), narrow: false);
        return _path.Length;
    }

    /// <summary>Lengthens the path by a key's name.</summary>
    /// <param name="above">Length of the path of the key above.</param>
    /// <param name="key">The key.</param>
    /// <param name="level">1 for the keys below the root.</param>
    /// <returns>The length of the path.</returns>
    public int AddToPath(int above, in KeyCell key, int level)
    {
        _path.Cut(above);
        if (above >= MaxPathBytes) return above;
        _path.Add("\\"u8);
        int start = _path.Length;
        ReadOnlySpan<byte> name = key.Name;
        _path.AddStored(name[..Math.Min(name.Length, MaxNameBytes)], key.IsNarrow);
        if (level == 1 && root.CurrentSet is { } set && System.Text.Ascii.EqualsIgnoreCase(_path.Span[start..], set))
        {
            _path.Cut(start);
            _path.Add("CurrentControlSet"u8);
        }

        if (_path.Length >= MaxPathBytes) _path.Add("…"u8);
        return _path.Length;
    }

    /// <summary>Hands on a key that stands at the end of the path, with its values.</summary>
    public void Key(in KeyCell key, uint offset, bool deleted, Func<uint, uint, ReadOnlySpan<byte>> listOf)
    {
        Keys++;
        if (deleted) Deleted++;
        DateTime written = HiveTime.Of(key.LastWritten);
        if (written == default) Damage(DamageKind.NoTime, offset);
        else if (!deleted)
        {
            if (written < FirstUtc) FirstUtc = written;
            if (written > LastUtc) LastUtc = written;
        }

        ReadOnlySpan<byte> className = default;
        if (key.ClassBytes > 0 && key.ClassCell != HiveImage.NoCell && hive.TryUsed(key.ClassCell, out ReadOnlySpan<byte> cell)) className = cell[..Math.Min(Math.Min(cell.Length, key.ClassBytes), MaxNameBytes)];
        var shown = new HiveKey { Path = _path.Span, LastWriteUtc = written, Class = className, IsDeleted = deleted, Offset = HiveImage.FileOffset(offset) };

        // A predefined handle keeps a number where the count of values would stand.
        int values = 0;
        if ((key.Flags & 0x40) == 0 && key.ValueCount > 0)
        {
            ReadOnlySpan<byte> list = listOf(key.ValueList, key.ValueCount);
            for (int at = 0; at + 4 <= list.Length; at += 4)
            {
                uint value = BinaryPrimitives.ReadUInt32LittleEndian(list[at..]);
                bool there = hive.TryCell(value, out ReadOnlySpan<byte> valueCell, out bool inUse);
                if (there && (inUse || deleted) && ValueCell.TryRead(valueCell, out ValueCell of) && Claims.Take(value))
                {
                    Value(in shown, in of, value, deleted);
                    values++;
                }
                else if (!deleted) Damage(DamageKind.Malformed, there ? value : key.ValueList);
            }
        }

        if (values == 0) visitor.OnKey(in shown);
    }

    /// <summary>Hands on a value whose key is not known.</summary>
    public void Value(in ValueCell value, uint offset)
    {
        Deleted++;
        BeginPath("(deleted value)");
        Value(new HiveKey { Path = _path.Span, IsDeleted = true, Offset = HiveImage.FileOffset(offset) }, in value, offset, deleted: true);
    }

    void Value(in HiveKey key, in ValueCell value, uint offset, bool deleted)
    {
        if (deleted) Deleted++;
        ReadOnlySpan<byte> data = value.ResidentData;
        if (!value.IsResident)
        {
            data = default;
            if (value.DataBytes > 0 && !TryData(in value, deleted, out data) && !deleted) Damage(DamageKind.CutOff, offset);
        }
        else if (value.DataBytes > 4) Damage(DamageKind.Malformed, offset);

        if (value.NameBytes > value.Name.Length) Damage(DamageKind.CutOff, offset);
        ReadOnlySpan<byte> name = value.Name;
        visitor.OnValue(in key, new HiveValue
        {
            Name = name[..Math.Min(name.Length, MaxValueNameBytes)],
            IsNarrow = value.IsNarrow,
            Type = value.Type,
            Data = data,
            IsDeleted = deleted,
            Offset = HiveImage.FileOffset(offset),
        });
    }

    bool TryData(scoped in ValueCell value, bool deleted, out ReadOnlySpan<byte> data)
    {
        data = default;
        uint offset = value.DataCell;
        if (deleted && Claims.IsTaken(offset)) return false; // the room was used for something else since
        if (!hive.TryCell(offset, out ReadOnlySpan<byte> cell, out bool inUse) || !inUse && !deleted) return false;
        int wanted = (int)Math.Min(value.DataBytes, MaxDataBytes);
        if (wanted > _dataLeft) return false;
        if (!deleted) Claims.Take(offset);
        if (value.DataBytes > PieceBytes && cell.StartsWith("db"u8) && cell.Length >= 8)
        {
            data = Join(cell, wanted, deleted);
            _dataLeft -= wanted;
            return data.Length == wanted;
        }

        data = cell[..Math.Min(wanted, cell.Length)];
        _dataLeft -= data.Length;
        return data.Length == wanted;
    }

    // Big data: 0 "db" | 2 pieces | 4 cell of the list of their cells.
    ReadOnlySpan<byte> Join(ReadOnlySpan<byte> big, int wanted, bool deleted)
    {
        int count = BinaryPrimitives.ReadUInt16LittleEndian(big[2..]);
        if (!hive.TryCell(BinaryPrimitives.ReadUInt32LittleEndian(big[4..]), out ReadOnlySpan<byte> list, out bool inUse) || !inUse && !deleted) return default;
        count = Math.Min(count, list.Length / 4);
        if (_pieces.Length < wanted) _pieces = new byte[wanted];
        int filled = 0;
        for (int i = 0; i < count && filled < wanted; i++)
        {
            if (!hive.TryCell(BinaryPrimitives.ReadUInt32LittleEndian(list[(4 * i)..]), out ReadOnlySpan<byte> piece, out inUse) || !inUse && !deleted) break;
            piece = piece[..Math.Min(Math.Min(piece.Length, PieceBytes), wanted - filled)];
            piece.CopyTo(_pieces.AsSpan(filled));
            filled += piece.Length;
        }

        return _pieces.AsSpan(0, filled);
    }
}
