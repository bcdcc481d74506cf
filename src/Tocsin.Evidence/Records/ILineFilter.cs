namespace Tocsin.Evidence.Records;

/// <summary>Tells a reader which lines of a block are worth parsing. Implementations are immutable and shared between threads.</summary>
/// <remarks>A filter may pass lines in which nothing matches; it may never withhold one in which something could.</remarks>
public interface ILineFilter
{
    /// <summary>The offset of some byte, at or after <paramref name="from"/>, of the next line worth parsing; or -1.</summary>
    int FindCandidate(ReadOnlySpan<byte> block, int from);
}

/// <summary>Receives the records that passed the filter, in the order of the artifact.</summary>
public interface IRecordSink
{
    /// <summary>Takes one record, which is valid only during the call.</summary>
    void Accept(in Record record);
}
