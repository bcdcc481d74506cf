namespace Tocsin.Evidence.Sources;

/// <summary>One file of a source: where it stands, where it came from, and on which machine.</summary>
/// <remarks>Names come from evidence. They are made inert (no control or direction characters, no <c>..</c>), are only ever
/// shown and compared, and never lead to a file on the examiner's disk.</remarks>
public sealed record SourceFile
{
    readonly Reach _reach;

    /// <summary>The path in the source as shown to people: <c>/</c> between folders, archive members after <c>!/</c>.</summary>
    public required string Path { get; init; }

    /// <summary>Where the file lay on the server (<c>C:\inetpub\logs\…</c>), if the layout tells.</summary>
    public string? OriginalPath { get; init; }

    /// <summary>Which collected machine the file belongs to: usually the part of <see cref="Path"/> above the drive folder.
    /// Empty where nothing tells. Two different collections are two different servers.</summary>
    public string Collection { get; init; } = "";

    /// <summary>The host that the collection itself names. A hint only: collections get renamed.</summary>
    public string? HostHint { get; init; }

    /// <summary>Length in bytes as declared, or -1 where it is not known beforehand.</summary>
    public long Length { get; init; } = -1;

    /// <summary>Last modification, UTC. Null where the archive keeps local time only, for its zone is not known.</summary>
    public DateTime? ModifiedUtc { get; init; }

    /// <summary>Opens the file that lies beside this one under its name with an ending behind it (<c>SYSTEM</c>, <c>.LOG1</c>); gives null where
    /// there is none. Null itself where nothing beside the file can be reached: in tar and gzip archives. Good during the visit.</summary>
    public Func<string, Stream?>? OpenSibling
    {
        get => _reach.Open;
        init => _reach = new(value);
    }

    /// <summary>True for members of a tar: they come in the archive's order and cannot be opened again by themselves.</summary>
    public bool Sequential { get; init; }

    /// <summary>A way to other files is no part of what a file is: two descriptions of one file are equal.</summary>
    readonly struct Reach(Func<string, Stream?>? open) : IEquatable<Reach>
    {
        public Func<string, Stream?>? Open => open;

        public bool Equals(Reach other) => true;

        public override bool Equals(object? obj) => obj is Reach;

        public override int GetHashCode() => 0;
    }
}
