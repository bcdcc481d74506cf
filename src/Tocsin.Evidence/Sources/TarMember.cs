namespace Tocsin.Evidence.Sources;

/// <summary>What an entry of a tar is.</summary>
internal enum TarKind
{
    File,
    Folder,
    Link,
    Device,
    /// <summary>A file with holes, or a kind that is not known.</summary>
    Unreadable,
}

/// <summary>One entry of a tar archive.</summary>
internal readonly record struct TarMember(string Name, TarKind Kind, long Length, DateTime? ModifiedUtc, long DataOffset);
