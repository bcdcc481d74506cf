using Tocsin.Evidence.Records;
using Tocsin.Packs;
using Tocsin.Triage.Findings;
using Tocsin.Triage.Servers;

namespace Tocsin.Triage.Scanning;

/// <summary>Is shown what a scan reads and concludes, beside the report: the timeline. Shared between threads.</summary>
internal interface IScanObserver
{
    /// <summary>The fields that it wants of records of a log source, beside those of the rules.</summary>
    IEnumerable<string> FieldsOf(LogSource source);

    /// <summary>Called when a file is begun, on the thread that reads it. Disposed of behind its last record.</summary>
    IArtifactObserver Begin(ArtifactScan artifact);

    /// <summary>Called once for each server, in the end and on one thread.</summary>
    void Judged(ServerEvidence server, IReadOnlyList<(ThreatPack Pack, int FirstRule, WaveFindings Findings)> waves);
}

/// <summary>Is shown one artifact's records. Used on one thread.</summary>
internal interface IArtifactObserver : IDisposable
{
    /// <summary>Chooses which records of a log source it is shown.</summary>
    IRecordObserver For(LogSource source, FieldSet fields);
}

/// <summary>Is shown one artifact's records of one log source. Used on one thread.</summary>
internal interface IRecordObserver
{
    /// <summary>What the reader is told to parse, given what the rules ask for.</summary>
    ILineFilter Filter(ILineFilter rules);

    /// <summary>What the reader is told to render of Windows events, given what the rules ask for.</summary>
    IEventFilter Events(IEventFilter rules);

    /// <summary>Takes a record.</summary>
    /// <param name="record">Valid only during the call.</param>
    /// <param name="matched">The rules that match it.</param>
    void Accept(in Record record, IReadOnlyList<int> matched);
}
