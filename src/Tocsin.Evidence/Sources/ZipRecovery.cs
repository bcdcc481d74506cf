using System.Buffers.Binary;

namespace Tocsin.Evidence.Sources;

/// <summary>Finds the entries of a zip archive that lost its directory, as an interrupted copy does, by their local headers.</summary>
/// <remarks>An entry that was written as a stream has its lengths only behind its content, in a descriptor; that is found by its
/// signature and believed only if the packed length in it is the distance to it.</remarks>
internal static class ZipRecovery
{
    const int BlockBytes = 256 * 1024;
    const int DescriptorBytes = 24;

    /// <summary>Reads entries from the front, each once asked for.</summary>
    public static IEnumerable<ZipMember> Read(RandomBytes bytes)
    {
        byte[] header = new byte[ZipFields.LocalHeaderBytes];
        byte[] names = new byte[2 * ushort.MaxValue];
        byte[] block = new byte[BlockBytes];
        long at = 0;
        while ((at = FindSignature(bytes, at, block)) >= 0)
        {
            if (bytes.Fill(at, header) < header.Length) yield break;
            int nameBytes = BinaryPrimitives.ReadUInt16LittleEndian(header.AsSpan(26));
            int extraBytes = BinaryPrimitives.ReadUInt16LittleEndian(header.AsSpan(28));
            long data = at + header.Length + nameBytes + extraBytes;
            if (data > bytes.Length || bytes.Fill(at + header.Length, names.AsSpan(0, nameBytes + extraBytes)) < nameBytes + extraBytes) yield break;

            int flags = BinaryPrimitives.ReadUInt16LittleEndian(header.AsSpan(6));
            uint crc = BinaryPrimitives.ReadUInt32LittleEndian(header.AsSpan(14));
            long packed = BinaryPrimitives.ReadUInt32LittleEndian(header.AsSpan(18));
            long length = BinaryPrimitives.ReadUInt32LittleEndian(header.AsSpan(22));
            long offset = 0;
            DateTime? modified = ZipFields.ReadExtra(names.AsSpan(nameBytes, extraBytes), ref length, ref packed, ref offset);
            bool streamed = (flags & 8) != 0 && packed == 0;
            if (streamed && !FindDescriptor(bytes, data, block, out crc, out packed, out length))
            {
                packed = bytes.Length - data;
                length = -1;
            }

            yield return new ZipMember
            {
                Name = ZipFields.Name(names.AsSpan(0, nameBytes)),
                Method = BinaryPrimitives.ReadUInt16LittleEndian(header.AsSpan(8)),
                IsEncrypted = (flags & 1) != 0,
                Crc = crc,
                PackedLength = Math.Max(0, packed),
                Length = length,
                HeaderOffset = at,
                ModifiedUtc = modified,
            };
            at = data + Math.Max(0, packed);
        }
    }

    static bool FindDescriptor(RandomBytes bytes, long data, byte[] block, out uint crc, out long packed, out long length)
    {
        crc = 0;
        packed = length = 0;
        for (long from = data; ;)
        {
            int filled = bytes.Fill(from, block);
            var rest = block.AsSpan(0, filled);
            while (rest.IndexOf("PK\x07\x08"u8) is >= 0 and var at)
            {
                rest = rest[at..];
                if (rest.Length < DescriptorBytes && filled == block.Length) break;
                if (IsDescriptor(rest, from + filled - rest.Length - data, ref crc, ref packed, ref length)) return true;
                rest = rest[1..];
            }

            if (filled < block.Length) return false;
            from += filled - DescriptorBytes + 1;
        }
    }

    static bool IsDescriptor(ReadOnlySpan<byte> found, long distance, ref uint crc, ref long packed, ref long length)
    {
        if (found.Length < 16) return false;
        bool narrow = BinaryPrimitives.ReadUInt32LittleEndian(found[8..]) == distance;
        bool wide = found.Length >= DescriptorBytes && BinaryPrimitives.ReadInt64LittleEndian(found[8..]) == distance;
        if (!narrow && !wide) return false;
        crc = BinaryPrimitives.ReadUInt32LittleEndian(found[4..]);
        packed = distance;

        // Below 4 GB the wide form also looks narrow, with an unpacked length of 0.
        length = wide ? BinaryPrimitives.ReadInt64LittleEndian(found[16..]) : BinaryPrimitives.ReadUInt32LittleEndian(found[12..]);
        return length >= 0;
    }

    // Begins with a small stretch: entries mostly follow each other at once, and reading a whole block for each would be quadratic.
    static long FindSignature(RandomBytes bytes, long from, byte[] block)
    {
        for (int stretch = 256; ; stretch = Math.Min(stretch * 2, block.Length))
        {
            int filled = bytes.Fill(from, block.AsSpan(0, stretch));
            int at = block.AsSpan(0, filled).IndexOf("PK\x03\x04"u8);
            if (at >= 0) return from + at;
            if (filled < stretch) return -1;
            from += filled - 3;
        }
    }
}
