using Tocsin.Detection.Indicators;
using Tocsin.Evidence.Artifacts;
using Tocsin.Evidence.Ntfs;
using Tocsin.Evidence.Sources;
using Tocsin.Triage.Clocks;
using Tocsin.Triage.Findings;
using Tocsin.Triage.Reports;

namespace Tocsin.Triage.Scanning;

/// <summary>What scanning one file gave.</summary>
internal sealed class ArtifactScan(SourceFile file)
{
    public SourceFile File { get; } = file;

    /// <summary>The unit that it was read from, so that it can be read again.</summary>
    public SourceUnit? Unit { get; set; }

    /// <summary>Null for a file that no reader took.</summary>
    public ArtifactKind? Kind { get; set; }

    /// <summary>Why no reader took it: what it is, or that it is not known.</summary>
    public string? NotReadBecause { get; set; }

    public ArtifactState State { get; set; }

    public string? Sha256 { get; set; }

    public long Bytes { get; set; }

    public ReadReport Report { get; } = new();

    /// <summary>Pages that a file table names, for the judgement of the pages themselves.</summary>
    public IReadOnlyList<WebFileBirth> WebFiles { get; set; } = [];

    /// <summary>What its records' times showed while they were read.</summary>
    public ClockTrack Clock { get; } = new();

    /// <summary>Hits by rule index, in order.</summary>
    public SortedDictionary<int, RuleHits> Hits { get; } = [];

    /// <summary>Where indicators stand that the user gave.</summary>
    public Dictionary<Indicator, RuleHits> Indicators { get; } = [];

    /// <summary>Records that correlations look at.</summary>
    public CorrelationRecords Correlated { get; } = new();

    /// <summary>Takes what the part of the artifact that follows came to. The reports are joined by the reader.</summary>
    public void Join(ArtifactScan next)
    {
        foreach ((int rule, RuleHits hits) in next.Hits)
        {
            if (!Hits.TryAdd(rule, hits)) Hits[rule].Join(hits);
        }

        foreach ((Indicator indicator, RuleHits hits) in next.Indicators)
        {
            if (!Indicators.TryAdd(indicator, hits)) Indicators[indicator].Join(hits);
        }

        Correlated.Join(next.Correlated);
        Clock.Join(next.Clock);
    }
}
