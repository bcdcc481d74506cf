using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace Tocsin.Evidence.Ntfs;

/// <summary>Sorts of attributes that are looked at.</summary>
internal enum AttributeType : uint
{
    StandardInformation = 0x10,
    AttributeList = 0x20,
    FileName = 0x30,
    Content = 0x80,
    End = 0xFFFF_FFFF,
}

/// <summary>Steps through the attributes of an entry.</summary>
/// <remarks>
/// <code>
///  0    4      8  9    10   12    14  16
///  +----+------+--+----+----+-----+---+------------------------------------------+
///  |type|length|nr|name|name|flags|id | resident: size (4), at (2), ...          |
///  |    |      |  |len |at  |     |   | else: first VCN (8), last (8), runs at (2), ..., 40: allocated (8), 48: size (8)
///  +----+------+--+----+----+-----+---+------------------------------------------+
/// </code>
/// <c>nr</c> is 1 where the content lies elsewhere on the disk. Every step moves forward by at least the 16 bytes of a header, so an entry has few.
/// </remarks>
internal ref struct AttributeCursor(ReadOnlySpan<byte> entry, int first)
{
    const int HeaderBytes = 16, ResidentBytes = 24, ElsewhereBytes = 56;

    readonly ReadOnlySpan<byte> _entry = entry;
    ReadOnlySpan<byte> _attribute;
    int _next = first;

    /// <summary>Whether the list broke off instead of ending.</summary>
    public bool IsBroken { get; private set; }

    public AttributeType Type { get; private set; }

    /// <summary>Whether the content stands in the entry.</summary>
    public readonly bool IsResident => _attribute[8] == 0;

    /// <summary>The content where it is resident; empty otherwise, and where its place is impossible.</summary>
    public readonly ReadOnlySpan<byte> Content
    {
        get
        {
            if (!IsResident || _attribute.Length < ResidentBytes) return default;
            uint size = BinaryPrimitives.ReadUInt32LittleEndian(_attribute[16..]);
            int at = BinaryPrimitives.ReadUInt16LittleEndian(_attribute[20..]);
            return at > _attribute.Length || size > _attribute.Length - at ? default : _attribute.Slice(at, (int)size);
        }
    }

    /// <summary>Size of the content, wherever it is; -1 where this piece of it does not say: a later piece of a file in pieces.</summary>
    public readonly long Size
    {
        get
        {
            if (IsResident) return Content.Length;
            if (_attribute.Length < ElsewhereBytes || BinaryPrimitives.ReadInt64LittleEndian(_attribute[16..]) != 0) return -1;
            long size = BinaryPrimitives.ReadInt64LittleEndian(_attribute[48..]);
            return size < 0 ? -1 : size;
        }
    }

    /// <summary>The attribute's name, which names a stream: UTF-16. Empty for a file's plain content.</summary>
    public readonly ReadOnlySpan<char> Name
    {
        get
        {
            int bytes = _attribute[9] * 2, at = BinaryPrimitives.ReadUInt16LittleEndian(_attribute[10..]);
            return at + bytes > _attribute.Length ? default : MemoryMarshal.Cast<byte, char>(_attribute.Slice(at, bytes));
        }
    }

    /// <summary>Steps to the next attribute.</summary>
    public bool Next()
    {
        if (_next > _entry.Length - 8)
        {
            // An end mark needs four bytes only.
            IsBroken = _next > _entry.Length - 4 || BinaryPrimitives.ReadUInt32LittleEndian(_entry[_next..]) != (uint)AttributeType.End;
            return false;
        }

        Type = (AttributeType)BinaryPrimitives.ReadUInt32LittleEndian(_entry[_next..]);
        if (Type == AttributeType.End) return false;
        uint length = BinaryPrimitives.ReadUInt32LittleEndian(_entry[(_next + 4)..]);
        if (length < HeaderBytes || length > _entry.Length - _next)
        {
            IsBroken = true;
            return false;
        }

        _attribute = _entry.Slice(_next, (int)length);
        _next += (int)length;
        return true;
    }
}
