using Tocsin.Evidence.Records;

namespace Tocsin.Evidence.Artifacts;

/// <summary>Reads one artifact, once, from its first byte to its last. Made for one artifact and used on one thread.</summary>
/// <remarks>
/// Bad input is counted and located in the report; it never throws out of <see cref="Read"/>. Input errors of the stream
/// itself (<see cref="IOException"/>) may pass through: the source loop catches them in one place.
/// </remarks>
public abstract class ArtifactReader
{
    /// <summary>What the artifact was recognised as.</summary>
    public abstract ArtifactKind Kind { get; }

    /// <summary>Reads the whole stream, handing on the records that pass each target's filter.</summary>
    /// <param name="content">The artifact's bytes from the beginning. Need not seek.</param>
    /// <param name="context">Where records and remarks go.</param>
    public abstract void Read(Stream content, ReadContext context);
}

/// <summary>Where the records of one log source go.</summary>
/// <param name="Fields">The fields that will be asked for.</param>
/// <param name="Filter">Tells which lines are worth parsing.</param>
/// <param name="Sink">Takes the records.</param>
public sealed record RecordTarget(FieldSet Fields, ILineFilter Filter, IRecordSink Sink)
{
    /// <summary>Tells which Windows events are worth rendering, and which of their fields; null where all are.</summary>
    public IEventFilter? Events { get; init; }
}

/// <summary>Lets a reader have parts of a long artifact read by other threads.</summary>
/// <remarks>Parts are begun and joined by the reader's own thread, in the order in which they stand in the artifact; each is read by one thread.</remarks>
public interface IPartReading
{
    /// <summary>Begins the next part: what its records go to, and a report of its own.</summary>
    ReadContext Begin();

    /// <summary>Has a part read by another thread if one is free, and else reads it at once.</summary>
    Task Run(Action read);

    /// <summary>Takes what a part's records came to. The reports are joined by the reader.</summary>
    void Join(ReadContext part);
}

/// <summary>What a reader is given beside the bytes.</summary>
/// <param name="targetOf">Gives the target for a log source; the same one each time it is asked.</param>
/// <param name="report">Takes counts, times and damage.</param>
/// <param name="cancellation">Looked at now and then by every reader.</param>
public sealed class ReadContext(Func<LogSource, RecordTarget> targetOf, ReadReport report, CancellationToken cancellation = default)
{
    /// <summary>Takes counts, times and damage.</summary>
    public ReadReport Report { get; } = report;

    /// <summary>Looked at now and then by every reader.</summary>
    public CancellationToken Cancellation { get; } = cancellation;

    /// <summary>Opens a file that lies beside the artifact: its own name with another ending behind it (<c>.LOG1</c>); gives null where there
    /// is none. Null itself where nothing beside it can be reached. What it opens is the caller's to close.</summary>
    public Func<string, Stream?>? Siblings { get; init; }

    /// <summary>SHA-256 of the artifact's original bytes in lower-case hex, where they were held and read whole before the reader was called; else null.</summary>
    public string? Sha256 { get; init; }

    /// <summary>Reads parts on other threads; null where everything is read on one.</summary>
    public IPartReading? Parts { get; init; }

    /// <summary>The target for records of a log source.</summary>
    public RecordTarget TargetOf(LogSource source) => targetOf(source);
}
