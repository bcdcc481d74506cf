using System.Buffers.Binary;
using System.Text;

namespace Tocsin.Evidence.Tests.Sources;

/// <summary>Writes zip archives as no honest tool does.</summary>
static class HostileZip
{
    public sealed record Entry(string Name, byte[] Packed, long Length)
    {
        public ushort Method { get; init; } = 8;
        public ushort Flags { get; init; } = 0x800;
        public uint Crc { get; init; }
        public byte MadeBy { get; init; }
        public uint Attributes { get; init; }

        /// <summary>Ordinal of the entry whose bytes this one claims; -1 for its own.</summary>
        public int SharesBytesOf { get; init; } = -1;
    }

    public static byte[] Of(params Entry[] entries)
    {
        var bytes = new MemoryStream();
        var offsets = new List<uint>();
        foreach (Entry entry in entries)
        {
            if (entry.SharesBytesOf >= 0)
            {
                offsets.Add(offsets[entry.SharesBytesOf]);
                continue;
            }

            offsets.Add((uint)bytes.Position);
            byte[] name = Encoding.UTF8.GetBytes(entry.Name);
            byte[] local = new byte[30];
            BinaryPrimitives.WriteUInt32LittleEndian(local, 0x04034B50);
            WriteShared(local.AsSpan(4), entry, name.Length);
            bytes.Write(local);
            bytes.Write(name);
            bytes.Write(entry.Packed);
        }

        uint start = (uint)bytes.Position;
        for (int at = 0; at < entries.Length; at++)
        {
            Entry entry = entries[at];
            byte[] name = Encoding.UTF8.GetBytes(entry.Name);
            byte[] header = new byte[46];
            BinaryPrimitives.WriteUInt32LittleEndian(header, 0x02014B50);
            header[5] = entry.MadeBy;
            WriteShared(header.AsSpan(6), entry, name.Length);
            BinaryPrimitives.WriteUInt32LittleEndian(header.AsSpan(38), entry.Attributes);
            BinaryPrimitives.WriteUInt32LittleEndian(header.AsSpan(42), offsets[at]);
            bytes.Write(header);
            bytes.Write(name);
        }

        byte[] end = new byte[22];
        "PK\x05\x06"u8.CopyTo(end);
        BinaryPrimitives.WriteUInt16LittleEndian(end.AsSpan(8), (ushort)entries.Length);
        BinaryPrimitives.WriteUInt16LittleEndian(end.AsSpan(10), (ushort)entries.Length);
        BinaryPrimitives.WriteUInt32LittleEndian(end.AsSpan(12), (uint)bytes.Position - start);
        BinaryPrimitives.WriteUInt32LittleEndian(end.AsSpan(16), start);
        bytes.Write(end);
        return bytes.ToArray();
    }

    public static uint Crc(ReadOnlySpan<byte> bytes)
    {
        uint crc = uint.MaxValue;
        foreach (byte value in bytes)
        {
            crc ^= value;
            for (int bit = 0; bit < 8; bit++) crc = (crc & 1) != 0 ? crc >> 1 ^ 0xEDB88320 : crc >> 1;
        }

        return ~crc;
    }

    // Version needed, flags, method, time, date, checksum, packed length, length, name length: the same in both headers.
    static void WriteShared(Span<byte> header, Entry entry, int nameLength)
    {
        BinaryPrimitives.WriteUInt16LittleEndian(header, 20);
        BinaryPrimitives.WriteUInt16LittleEndian(header[2..], entry.Flags);
        BinaryPrimitives.WriteUInt16LittleEndian(header[4..], entry.Method);
        BinaryPrimitives.WriteUInt32LittleEndian(header[10..], entry.Crc);
        BinaryPrimitives.WriteUInt32LittleEndian(header[14..], (uint)entry.Packed.Length);
        BinaryPrimitives.WriteUInt32LittleEndian(header[18..], (uint)entry.Length);
        BinaryPrimitives.WriteUInt16LittleEndian(header[22..], (ushort)nameLength);
    }
}
