using Tocsin.Evidence.Sources;
using Tocsin.Packs;
using Tocsin.Triage.Baselines;
using Tocsin.Triage.Indicators;
using Tocsin.Triage.Yara;

namespace Tocsin.Triage.Scanning;

/// <summary>What to scan and with what.</summary>
public sealed record ScanOptions
{
    /// <summary>Folders, archives and files.</summary>
    public required IReadOnlyList<string> Paths { get; init; }

    /// <summary>The packs to apply.</summary>
    public required IReadOnlyList<ThreatPack> Packs { get; init; }

    /// <summary>Rules to apply beside the packs; null for none.</summary>
    public OtherRules? OtherRules { get; init; }

    /// <summary>Indicators to look for; null for none.</summary>
    public GivenIndicators? Indicators { get; init; }

    /// <summary>How many threads read at once. The report does not depend on it.</summary>
    public int Threads { get; init; } = Environment.ProcessorCount;

    /// <summary>What archives may cost.</summary>
    public SourceLimits Limits { get; init; } = SourceLimits.Default;

    /// <summary>YARA rules, those of the packs included; null for those of the packs alone, compiled when a file is met for them.</summary>
    public YaraSet? Yara { get; init; }

    /// <summary>Files known to be good: they are marked in the report, and neither YARA nor the judgement of pages looks at them.</summary>
    public KnownFiles Known { get; init; } = KnownFiles.None;

    /// <summary>Told of bytes read, as the files have them on disk; called from several threads.</summary>
    public IProgress<ScanProgress>? Progress { get; init; }

    /// <summary>Is shown what is read and concluded.</summary>
    internal IScanObserver? Observer { get; init; }
}

/// <summary>How far a scan has come.</summary>
/// <param name="BytesDone">Bytes read, as they are on disk.</param>
/// <param name="BytesTotal">Bytes to read; 0 while the source is still being listed.</param>
/// <param name="Files">Files begun.</param>
public readonly record struct ScanProgress(long BytesDone, long BytesTotal, int Files);
