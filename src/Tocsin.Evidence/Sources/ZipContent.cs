using System.Buffers.Binary;
using System.IO.Compression;

namespace Tocsin.Evidence.Sources;

/// <summary>Opens the content of one zip entry.</summary>
internal static class ZipContent
{
    /// <summary>Why an entry cannot be read, or null if it can.</summary>
    public static string? WhyNot(in ZipMember member) => member switch
    {
        { IsEncrypted: true } or { Method: 99 } => "encrypted: unpack it with its password (Velociraptor's collections with `velociraptor unzip`), and scan the result",
        { Method: 0 or 8 } => null,
        { Method: 9, Length: >= 0 } => null,
        _ => $"packed with method {member.Method}, which is not read here: unpack it, and scan the result",
    };

    /// <summary>The entry's packed bytes; null if there is no entry where the directory says.</summary>
    public static RandomBytes? Locate(RandomBytes archive, in ZipMember member)
    {
        Span<byte> header = stackalloc byte[ZipFields.LocalHeaderBytes];
        if (archive.Fill(member.HeaderOffset, header) < header.Length) return null;
        if (BinaryPrimitives.ReadUInt32LittleEndian(header) != ZipFields.LocalSignature) return null;
        long data = member.HeaderOffset + header.Length +
            BinaryPrimitives.ReadUInt16LittleEndian(header[26..]) + BinaryPrimitives.ReadUInt16LittleEndian(header[28..]);
        return data <= archive.Length ? archive.Slice(data, member.PackedLength) : null;
    }

    /// <summary>Unpacks. The stream throws <see cref="InvalidDataException"/> on damage.</summary>
    public static Stream Open(RandomBytes packed, in ZipMember member) => member.Method switch
    {
        0 => packed.Open(),
        9 => OpenDeflate64(packed, member),
        // Cut off: whatever stood behind the packed bytes would be unpacked as if it were more of them.
        _ when member.Length < 0 || packed.Length < member.PackedLength => new DeflateStream(packed.Open(), CompressionMode.Decompress),
        _ => OpenChecked(packed, member),
    };

    // Deflate in a gzip's clothes: the same bytes, and zlib then compares checksum and length, which DeflateStream does not.
    static GZipStream OpenChecked(RandomBytes packed, in ZipMember member)
    {
        byte[] head = [0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 0xFF];
        byte[] tail = new byte[8];
        BinaryPrimitives.WriteUInt32LittleEndian(tail, member.Crc);
        BinaryPrimitives.WriteUInt32LittleEndian(tail.AsSpan(4), (uint)member.Length);
        return new GZipStream(new JoinedStream(new MemoryStream(head), packed.Open(), new MemoryStream(tail)), CompressionMode.Decompress);
    }

    // The BCL unpacks deflate64 only out of an archive, so the entry is given one of its own.
    static Stream OpenDeflate64(RandomBytes packed, in ZipMember member)
    {
        const int Zip64ExtraBytes = 20;
        byte[] local = new byte[ZipFields.LocalHeaderBytes + 1];
        BinaryPrimitives.WriteUInt32LittleEndian(local, ZipFields.LocalSignature);
        local[4] = 45;
        local[8] = 9;
        BinaryPrimitives.WriteUInt32LittleEndian(local.AsSpan(14), member.Crc);
        BinaryPrimitives.WriteUInt64LittleEndian(local.AsSpan(18), ulong.MaxValue);
        local[26] = 1;
        local[^1] = (byte)'x';

        byte[] rest = new byte[ZipFields.DirectoryHeaderBytes + 1 + Zip64ExtraBytes + 56 + 20 + 22];
        var directory = rest.AsSpan();
        BinaryPrimitives.WriteUInt32LittleEndian(directory, ZipFields.DirectorySignature);
        directory[6] = 45;
        directory[10] = 9;
        BinaryPrimitives.WriteUInt32LittleEndian(directory[16..], member.Crc);
        BinaryPrimitives.WriteUInt64LittleEndian(directory[20..], ulong.MaxValue);
        directory[28] = 1;
        directory[30] = Zip64ExtraBytes;
        directory[46] = (byte)'x';
        directory[47] = 1;
        directory[49] = Zip64ExtraBytes - 4;
        BinaryPrimitives.WriteInt64LittleEndian(directory[51..], member.Length);
        BinaryPrimitives.WriteInt64LittleEndian(directory[59..], packed.Length);

        long start = local.Length + packed.Length;
        int size = ZipFields.DirectoryHeaderBytes + 1 + Zip64ExtraBytes;
        var end64 = directory[size..];
        "PK\x06\x06"u8.CopyTo(end64);
        end64[4] = 44;
        end64[24] = end64[32] = 1;
        BinaryPrimitives.WriteInt64LittleEndian(end64[40..], size);
        BinaryPrimitives.WriteInt64LittleEndian(end64[48..], start);
        var locator = end64[56..];
        "PK\x06\x07"u8.CopyTo(locator);
        BinaryPrimitives.WriteInt64LittleEndian(locator[8..], start + size);
        locator[16] = 1;
        var end = locator[20..];
        "PK\x05\x06"u8.CopyTo(end);
        end[8..20].Fill(0xFF);

        var own = RandomBytes.Join(RandomBytes.Of(local, local.Length), packed, RandomBytes.Of(rest, rest.Length));
        var archive = new ZipArchive(own.Open(), ZipArchiveMode.Read);
        return archive.Entries[0].Open();
    }
}
