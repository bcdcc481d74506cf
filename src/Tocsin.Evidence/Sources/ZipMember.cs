namespace Tocsin.Evidence.Sources;

/// <summary>One entry of a zip archive as its directory (or, in recovery, its local header) describes it.</summary>
internal readonly record struct ZipMember
{
    public required string Name { get; init; }

    /// <summary>0 stored, 8 deflate, 9 deflate64 (Windows Explorer from 2 GB on).</summary>
    public required int Method { get; init; }

    public required bool IsEncrypted { get; init; }

    public bool IsLink { get; init; }

    public required uint Crc { get; init; }

    public required long PackedLength { get; init; }

    /// <summary>Unpacked length, or -1 where recovery does not know it.</summary>
    public required long Length { get; init; }

    public required long HeaderOffset { get; init; }

    /// <summary>Null unless the entry has a time in UTC: zip's own time is local, of a zone it does not tell.</summary>
    public DateTime? ModifiedUtc { get; init; }

    public bool IsFolder => Name.EndsWith('/') || Name.EndsWith('\\');

    /// <summary>The least that the entry occupies in the archive; two entries that share bytes are a bomb.</summary>
    public long EndOffset(int nameBytes) => HeaderOffset + ZipFields.LocalHeaderBytes + nameBytes + PackedLength;
}
