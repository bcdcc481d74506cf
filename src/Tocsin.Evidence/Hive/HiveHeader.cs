using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace Tocsin.Evidence.Hive;

/// <summary>What the first block of a hive, or of one of its transaction logs, says.</summary>
/// <remarks>
/// Shape (M. Suhanov, "Windows registry file format specification"; all numbers little-endian):
/// <code>
///   0 "regf" | 4 primary sequence | 8 secondary sequence | 12 last written (FILETIME) | 20 major, 24 minor version
///  28 type: 0 hive, 1 and 2 old log, 6 new log | 32 format | 36 root cell | 40 bytes of bins | 44 sectors per cluster
///  48 file name, 64 bytes of UTF-16 | 508 XOR of the 127 numbers before
/// </code>
/// A hive is dirty, and its logs have to be applied, when the sequence numbers differ or the sum is wrong.
/// </remarks>
internal readonly record struct HiveHeader
{
    /// <summary>Where the bins begin; a cell's offset counts from there.</summary>
    public const int Bytes = 4096;

    /// <summary>As much of it as logs keep.</summary>
    public const int LogBytes = 512;

    public uint Primary { get; init; }

    public uint Secondary { get; init; }

    public long LastWritten { get; init; }

    public uint Minor { get; init; }

    public uint Type { get; init; }

    public uint RootCell { get; init; }

    public uint BinsBytes { get; init; }

    public uint Cluster { get; init; }

    public bool SumIsRight { get; init; }

    public bool IsDirty => !SumIsRight || Primary != Secondary;

    public bool IsLog => Type is 1 or 2 or 6;

    public bool IsNewLog => Type == 6;

    /// <summary>Reads a header; false where the bytes are none.</summary>
    public static bool TryRead(ReadOnlySpan<byte> bytes, out HiveHeader header)
    {
        header = default;
        if (bytes.Length < LogBytes || !bytes.StartsWith("regf"u8)) return false;
        header = new HiveHeader
        {
            Primary = At(bytes, 4),
            Secondary = At(bytes, 8),
            LastWritten = BinaryPrimitives.ReadInt64LittleEndian(bytes[12..]),
            Minor = At(bytes, 24),
            Type = At(bytes, 28),
            RootCell = At(bytes, 36),
            BinsBytes = At(bytes, 40),
            Cluster = At(bytes, 44),
            SumIsRight = At(bytes, 508) == Sum(bytes),
        };
        return true;
    }

    /// <summary>The file name that the hive keeps of itself: the end of its path.</summary>
    public static string FileName(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length < 112) return "";
        ReadOnlySpan<char> name = MemoryMarshal.Cast<byte, char>(bytes.Slice(48, 64));
        int end = name.IndexOf('\0');
        return name[..(end < 0 ? name.Length : end)].ToString();
    }

    public static uint Sum(ReadOnlySpan<byte> bytes)
    {
        uint sum = 0;
        for (int at = 0; at < 508; at += 4) sum ^= At(bytes, at);

        // 0 and all ones mean "no sum", and are never written.
        return sum switch { 0 => 1, uint.MaxValue => uint.MaxValue - 1, _ => sum };
    }

    static uint At(ReadOnlySpan<byte> bytes, int at) => BinaryPrimitives.ReadUInt32LittleEndian(bytes[at..]);
}
