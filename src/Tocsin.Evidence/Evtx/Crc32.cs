using System.Buffers.Binary;

namespace Tocsin.Evidence.Evtx;

/// <summary>The CRC-32 of zip and EVTX (polynomial 0xEDB88320), eight bytes at a time by tables.</summary>
internal static class Crc32
{
    static readonly uint[] _tables = MakeTables();

    /// <summary>The checksum of two stretches behind one another.</summary>
    public static uint Of(ReadOnlySpan<byte> first, ReadOnlySpan<byte> second = default) => ~Add(Add(~0u, first), second);

    static uint Add(uint crc, ReadOnlySpan<byte> bytes)
    {
        ReadOnlySpan<uint> t = _tables;
        while (bytes.Length >= 8)
        {
            uint low = BinaryPrimitives.ReadUInt32LittleEndian(bytes) ^ crc;
            uint high = BinaryPrimitives.ReadUInt32LittleEndian(bytes[4..]);
            crc = t[(int)(7 * 256 + (low & 0xFF))] ^ t[(int)(6 * 256 + (low >> 8 & 0xFF))] ^ t[(int)(5 * 256 + (low >> 16 & 0xFF))] ^ t[(int)(4 * 256 + (low >> 24))]
                ^ t[(int)(3 * 256 + (high & 0xFF))] ^ t[(int)(2 * 256 + (high >> 8 & 0xFF))] ^ t[(int)(256 + (high >> 16 & 0xFF))] ^ t[(int)(high >> 24)];
            bytes = bytes[8..];
        }

        foreach (byte b in bytes) crc = t[(int)((crc ^ b) & 0xFF)] ^ crc >> 8;
        return crc;
    }

    static uint[] MakeTables()
    {
        uint[] tables = new uint[8 * 256];
        for (uint i = 0; i < 256; i++)
        {
            uint crc = i;
            for (int bit = 0; bit < 8; bit++) crc = (crc & 1) == 0 ? crc >> 1 : crc >> 1 ^ 0xEDB88320;
            tables[i] = crc;
        }

        for (int table = 1; table < 8; table++)
        {
            for (int i = 0; i < 256; i++)
            {
                uint before = tables[(table - 1) * 256 + i];
                tables[table * 256 + i] = tables[before & 0xFF] ^ before >> 8;
            }
        }

        return tables;
    }
}
