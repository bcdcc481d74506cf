namespace Tocsin.Evidence.Sources;

/// <summary>How much a source may cost. The defaults let every real log through: text logs shrink 20 to 60 times.</summary>
public sealed record SourceLimits
{
    /// <summary>The limits unless told otherwise.</summary>
    public static SourceLimits Default { get; } = new();

    /// <summary>Archives inside archives: 1 is an archive that holds files only. Stops archives that contain themselves.</summary>
    public int MaxDepth { get; init; } = 3;

    /// <summary>Entries of one archive, or files of one folder tree. Stops archives of millions of empty files.</summary>
    public int MaxEntries { get; init; } = 2_000_000;

    /// <summary>How many times its packed size a stream may grow once it is larger than <see cref="RatioFloorBytes"/>.
    /// Deflate reaches 1,032 on zeros; logs stay below 100.</summary>
    public int MaxRatio { get; init; } = 200;

    /// <summary>Size below which one entry may have any ratio: new event logs are megabytes of zeros.</summary>
    public long RatioFloorBytes { get; init; } = 64L << 20;

    /// <summary>The same for all entries of one archive together: a bomb may be cut into many small entries.</summary>
    public long ArchiveRatioFloorBytes { get; init; } = 4L << 30;

    /// <summary>Bytes that one archive, with all that is inside it, may expand to.</summary>
    public long MaxExpandedBytes { get; init; } = 4L << 40;

    /// <summary>Size to which a packed archive inside an archive is held in memory, because zip can only be read with seeking.</summary>
    public int MaxNestedBytes { get; init; } = 64 << 20;

    /// <summary>Zip files from this size on are cut into units that can be read side by side.</summary>
    public long SplitBytes { get; init; } = 8L << 20;

    /// <summary>Problems listed for one unit; the rest is counted. Stops a report of two million skipped links.</summary>
    public int MaxProblems { get; init; } = 200;
}
