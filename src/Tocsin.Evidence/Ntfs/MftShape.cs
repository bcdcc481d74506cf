using System.Buffers.Binary;
using System.Numerics;

namespace Tocsin.Evidence.Ntfs;

/// <summary>How a table is laid out.</summary>
/// <param name="EntryBytes">Size of its entries: 1,024 nearly everywhere, 4,096 on disks with such sectors.</param>
/// <param name="FirstNumber">Number of the first entry: zero but for a piece of a table.</param>
internal readonly record struct MftShape(int EntryBytes, uint FirstNumber)
{
    /// <summary>The sizes that Windows has ever made.</summary>
    const int MinEntryBytes = 512, MaxEntryBytes = 4096;

    /// <summary>From Windows XP on the header has the entry's number, and the fix-ups stand behind it.</summary>
    const int HeaderWithNumber = 48;

    /// <summary>Recognises a table by its first entry, or, where that is destroyed and the name says what it was, by the first that is there.</summary>
    public static bool TryRecognise(ReadOnlySpan<byte> head, string path, out MftShape shape)
    {
        shape = default;
        if (IsEntry(head, out int size))
        {
            shape = new MftShape(size, NumberOf(head));
            return true;
        }

        if (!IsNamed(path)) return false;
        for (int at = MinEntryBytes; at <= head.Length - MinEntryBytes; at += MinEntryBytes)
        {
            if (!IsEntry(head[at..], out size) || at % size != 0) continue;
            uint number = NumberOf(head[at..]), before = (uint)(at / size);
            shape = new MftShape(size, number >= before ? number - before : 0);
            return true;
        }

        return false;
    }

    /// <summary>Whether a path is called <c>$MFT</c>, as collectors spell it.</summary>
    static bool IsNamed(string path)
    {
        ReadOnlySpan<char> name = path.AsSpan(path.AsSpan().LastIndexOfAny('/', '\\') + 1);
        return name.StartsWith("$MFT", StringComparison.OrdinalIgnoreCase) || name.StartsWith("%24MFT", StringComparison.OrdinalIgnoreCase);
    }

    static uint NumberOf(ReadOnlySpan<byte> entry) =>
        BinaryPrimitives.ReadUInt16LittleEndian(entry[4..]) >= HeaderWithNumber ? BinaryPrimitives.ReadUInt32LittleEndian(entry[44..]) : 0;

    static bool IsEntry(ReadOnlySpan<byte> entry, out int size)
    {
        size = 0;
        if (entry.Length < MinEntryBytes || !entry.StartsWith("FILE"u8) && !entry.StartsWith("BAAD"u8)) return false;
        uint allocated = BinaryPrimitives.ReadUInt32LittleEndian(entry[28..]);
        int fixUps = BinaryPrimitives.ReadUInt16LittleEndian(entry[4..]), count = BinaryPrimitives.ReadUInt16LittleEndian(entry[6..]);
        if (allocated is < MinEntryBytes or > MaxEntryBytes || !BitOperations.IsPow2(allocated)) return false;
        size = (int)allocated;
        return fixUps is >= FileEntry.HeaderBytes - 2 and < MinEntryBytes / 2 && count == size / FileEntry.Stride + 1;
    }
}
