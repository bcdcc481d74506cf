// A Windows event log file (.evtx), all numbers little-endian:
//
//   0         4096              4096 + 64K        4096 + 128K
//   +---------+-----------------+-----------------+---
//   | ElfFile | ElfChnk  chunk  | ElfChnk  chunk  | …      chunks stand alone: names, templates and offsets are the chunk's own
//   +---------+-----------------+-----------------+---
//
//   file header   0 "ElfFile\0"  8 first chunk  16 last chunk  24 next record id  40 block size  42 chunk count  120 flags  124 CRC of 0-119
//   chunk header  0 "ElfChnk\0"  8 first, 16 last record number  24 first, 32 last record id  40 header size (128)
//                 44 last record  48 free space  52 CRC of 512-free  120 flags  124 CRC of 0-119 and 128-511
//                 128 64 x name bucket  384 32 x template bucket  512 records
//   record        0 "**\0\0"  4 size  8 record id  16 written (FILETIME)  24 binary XML …  size-4 size again
//
// Described in Microsoft's [MS-EVEN6] 2.2.12 to 2.2.17 (binary XML) and in the documentation of libevtx (file, chunk, record).
using System.Buffers.Binary;

namespace Tocsin.Evidence.Evtx;

/// <summary>Where things stand in an EVTX file.</summary>
internal static class EvtxLayout
{
    public const int FileHeaderBytes = 4096;
    public const int ChunkBytes = 65536;
    public const int FirstRecord = 512;
    public const int RecordHeaderBytes = 24;

    /// <summary>Header, the shortest binary XML and the second size.</summary>
    public const int MinRecordBytes = RecordHeaderBytes + 4;

    public static ReadOnlySpan<byte> FileMagic => "ElfFile\0"u8;

    public static ReadOnlySpan<byte> ChunkMagic => "ElfChnk\0"u8;

    public static ReadOnlySpan<byte> RecordMagic => [0x2A, 0x2A, 0, 0];

    public static uint UInt32(ReadOnlySpan<byte> bytes, int at) => BinaryPrimitives.ReadUInt32LittleEndian(bytes[at..]);

    public static ushort UInt16(ReadOnlySpan<byte> bytes, int at) => BinaryPrimitives.ReadUInt16LittleEndian(bytes[at..]);

    /// <summary>Whether the file's first bytes are those of an event log: its header, a chunk behind a header that was destroyed, or a chunk that was carved out.</summary>
    public static bool IsEvtx(ReadOnlySpan<byte> head) =>
        head.StartsWith(FileMagic) || head.StartsWith(ChunkMagic) || head.Length > FileHeaderBytes && head[FileHeaderBytes..].StartsWith(ChunkMagic);

    /// <summary>Whether a log's header says that it was open when it was copied.</summary>
    public static bool IsDirty(ReadOnlySpan<byte> head) => head.Length >= 124 && head.StartsWith(FileMagic) && (UInt32(head, 120) & 1) != 0;

    /// <summary>The time that a FILETIME says (100 ns since 1601), UTC; default where there is no such time.</summary>
    public static DateTime Time(long fileTime) =>
        fileTime is > 0 and < 2_650_467_743_999_999_999 ? new DateTime(fileTime + 504_911_232_000_000_000, DateTimeKind.Utc) : default;
}
