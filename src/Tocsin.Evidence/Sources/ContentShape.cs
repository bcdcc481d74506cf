namespace Tocsin.Evidence.Sources;

/// <summary>What a file is to the walker: something to open, or something to deliver.</summary>
internal enum ContentShape
{
    File,
    Zip,
    Gzip,
    Tar,
    /// <summary>A container that is not opened here; delivered as a file, and reported.</summary>
    Foreign,
}

/// <summary>Recognises archives by their first bytes, never by their names.</summary>
internal static class ContentShapes
{
    /// <summary>Bytes of the head that are looked at: the tar signature stands at 257.</summary>
    public const int HeadBytes = 512;

    static readonly (byte[] Signature, string What)[] Foreign =
    [
        ([.. "vhdxfile"u8], "a virtual disk (VHDX, as KAPE writes them): mount it or convert it, and scan the result"),
        ([.. "conectix"u8], "a virtual disk (VHD): mount it or convert it, and scan the result"),
        ([.. "KDMV"u8], "a virtual disk (VMDK): mount it or convert it, and scan the result"),
        ([.. "EVF\t\r\n"u8, 0xFF, 0], "a disk image (E01): mount it, and scan the result"),
        ([.. "7z"u8, 0xBC, 0xAF, 0x27, 0x1C], "a 7z archive: extract it, and scan the result"),
        ([.. "Rar!"u8, 0x1A, 0x07], "a RAR archive: extract it, and scan the result"),
        ([0xFD, .. "7zXZ"u8, 0], "packed with xz: unpack it, and scan the result"),
        ([0x28, 0xB5, 0x2F, 0xFD], "packed with zstd: unpack it, and scan the result"),
        ([.. "PK"u8, 7, 8, .. "PK"u8, 3, 4], "the first part of a split zip archive: join the parts, and scan the result"),
    ];

    // Documents and programs that are zip files inside. Their first entry gives them away, so a nested one need not be unpacked to know.
    static readonly byte[][] DocumentStarts =
    [
        [.. "[Content_Types].xml"u8], [.. "_rels/"u8], [.. "docProps/"u8], [.. "word/"u8], [.. "xl/"u8], [.. "ppt/"u8],
        [.. "META-INF/"u8], [.. "mimetype"u8], [.. "AndroidManifest.xml"u8],
    ];

    /// <summary>Recognises a head.</summary>
    /// <param name="head">The first <see cref="HeadBytes"/>, or all there are.</param>
    /// <param name="foreign">For <see cref="ContentShape.Foreign"/>, what it is and what to do.</param>
    public static ContentShape Of(ReadOnlySpan<byte> head, out string foreign)
    {
        foreign = "";
        if (head.StartsWith("PK\x03\x04"u8)) return IsDocument(head) ? ContentShape.File : ContentShape.Zip;
        if (head.StartsWith("PK\x05\x06"u8)) return ContentShape.Zip;
        if (head is [0x1F, 0x8B, 8, ..]) return ContentShape.Gzip;
        if (head.Length >= 262 && head[257..262].SequenceEqual("ustar"u8)) return ContentShape.Tar;
        if (head is [(byte)'B', (byte)'Z', (byte)'h', >= (byte)'1' and <= (byte)'9', 0x31, 0x41, 0x59, 0x26, ..])
        {
            foreign = "packed with bzip2: unpack it, and scan the result";
            return ContentShape.Foreign;
        }

        foreach (var (signature, what) in Foreign)
        {
            if (!head.StartsWith(signature)) continue;
            foreign = what;
            return ContentShape.Foreign;
        }

        return ContentShape.File;
    }

    static bool IsDocument(ReadOnlySpan<byte> head)
    {
        if (head.Length < 30) return false;
        var name = head[30..];
        int length = head[26] | head[27] << 8;
        if (length < name.Length) name = name[..length];
        foreach (byte[] start in DocumentStarts)
        {
            if (name.StartsWith(start)) return true;
        }

        return name.EndsWith(".nuspec"u8);
    }
}
