using System.Runtime.InteropServices;
using Tocsin.Evidence.Artifacts;
using Tocsin.Evidence.Records;

namespace Tocsin.Fuzz;

/// <summary>What a reader promises beside not throwing.</summary>
[Flags]
enum ReaderPromises
{
    None = 0,

    /// <summary>A record is at most one line each.</summary>
    RecordsAreLines = 1,

    /// <summary>The record's text stands in the input at the record's offset, but for blanks before it.</summary>
    TextStandsAtOffset = 2,

    /// <summary>The number of a record is the one that the log gave it, in whatever order and however large.</summary>
    NumberedByTheLog = 4,
}

/// <summary>One reading of an input, every record of it looked at.</summary>
sealed class Reading : IRecordSink
{
    // Fields of every log source, native and derived, and names that rules ask for.
    static readonly FieldSet Fields = new(
    [
        "cs-uri-stem", "cs-uri-query", "cs-method", "sc-status", "c-ip", "cs-username", "cs(User-Agent)", "url", "url-decoded", "AnchorMailbox", "UrlStem", "UrlQuery",
        "EventData", "CMD", "EX", "URL", "BLD", "Command", "Outcome", "Cmdlet", "Parameters", "Data", "Channel", "Provider_Name", "EventID", "Computer", "Message",
        "Level", "Image", "CommandLine", "UtcTime", "Payload", "Line", "Statement", "Type", "Path", "DateTime", "Protocol",
        "Fact", "Place", "Virtual", "Language", "Directory", "Name", "Extension", "Content", "Reason", "OldName",
    ]);

    readonly byte[] _input;
    readonly ReaderPromises _promises;
    readonly ReadReport _report = new();
    HashCode _digest;
    long _records;
    Position _last = new(0, -1);

    Reading(byte[] input, ReaderPromises promises)
    {
        _input = input;
        _promises = promises;
    }

    /// <summary>Reads an input three times: whole twice, in small pieces once. All must give the same, and keep the promises.</summary>
    public static void Check(byte[] input, Func<ArtifactReader> reader, ReaderPromises promises)
    {
        int first = 0;
        Promise.BoundsMemory(input.Length, () => first = new Reading(input, promises).Read(reader(), new MemoryStream(input)));
        Promise.That(new Reading(input, promises).Read(reader(), new MemoryStream(input)) == first, "reading twice gives the same");
        Promise.That(new Reading(input, promises).Read(reader(), new PiecewiseStream(input)) == first, "the size of what a stream gives at once is no matter");
    }

    int Read(ArtifactReader reader, Stream content)
    {
        reader.Read(content, new ReadContext(_ => new RecordTarget(Fields, EveryLine.Filter, this), _report));
        CheckReport();
        foreach (Damage damage in _report.Located)
        {
            Add((long)damage.Kind);
            Add(damage.Line);
            Add(damage.Offset);
        }

        foreach (long value in (ReadOnlySpan<long>)[_report.Records, _report.Lines, _report.FirstUtc?.Ticks ?? 0, _report.LastUtc?.Ticks ?? 0]) Add(value);
        foreach (string note in _report.Notes) _digest.AddBytes(MemoryMarshal.AsBytes(note.AsSpan()));
        return _digest.ToHashCode();
    }

    public void Accept(in Record record)
    {
        _records++;
        Position at = record.Position;
        bool isNumbered = !IsOfLines || _promises.HasFlag(ReaderPromises.NumberedByTheLog);
        Promise.That((isNumbered || at.Line >= _last.Line) && at.Offset > _last.Offset, $"records come in the order of the artifact: {at} behind {_last}");
        Promise.That(at.Line >= (isNumbered ? 0 : 1) && at.Offset < _input.Length, $"a record stands in the artifact: {at}");
        _last = at;
        if (_promises.HasFlag(ReaderPromises.TextStandsAtOffset))
        {
            Promise.That(_input.AsSpan((int)at.Offset).TrimStart(" \t"u8).StartsWith(record.Line.TrimStart(" \t"u8)), $"the text stands at its offset: {at}");
        }

        Add(at.Line);
        Add(at.Offset);
        Add(record.TimeUtc.Ticks);
        _digest.AddBytes(record.Whole);
        for (int field = 0; field < record.Fields.Count; field++)
        {
            foreach (ReadOnlySpan<byte> value in record.Values(field)) _digest.AddBytes(value);
        }
    }

    void CheckReport()
    {
        if (_promises.HasFlag(ReaderPromises.RecordsAreLines)) Promise.That(_report.Records <= _report.Lines, "a record is at least a line");
        // Rows that could not be put together are no records, but what a rule looks for in them is handed on.
        Promise.That(_records <= _report.Records + Enum.GetValues<DamageKind>().Sum(_report.Count), "every record handed on is counted, as a record or as damage");
        if (IsOfLines && !_promises.HasFlag(ReaderPromises.NumberedByTheLog)) Promise.That(_last.Line <= _report.Lines, "every line is counted");
        Promise.That(_report.Hours.Values.Sum() <= _report.Records, "an hour counts records");
        Promise.That(_report.FirstUtc <= _report.LastUtc || _report.FirstUtc is null, "times have an order");
        foreach (DamageKind kind in Enum.GetValues<DamageKind>())
        {
            Promise.That(_report.Located.Count(d => d.Kind == kind) == Math.Min(_report.Count(kind), ReadReport.MaxLocated), $"damage is located: {kind}");
        }

        foreach (Damage damage in _report.Located)
        {
            Promise.That(damage.Offset >= 0 && damage.Offset <= _input.Length && damage.Line >= 0 && (!IsOfLines || damage.Line <= _report.Lines + 1), $"damage stands in the artifact: {damage}");
        }
    }

    // Binary formats have no lines to count: their records are numbered.
    bool IsOfLines => _report.Lines > 0;

    // Numbers one by one: the bytes between the members of a struct are whatever the stack held before.
    void Add(long value) => _digest.AddBytes(MemoryMarshal.AsBytes(new ReadOnlySpan<long>(in value)));
}

/// <summary>Passes every line.</summary>
sealed class EveryLine : ILineFilter
{
    public static EveryLine Filter { get; } = new();

    public int FindCandidate(ReadOnlySpan<byte> block, int from) => from < block.Length ? from : -1;
}

/// <summary>Gives an input in pieces of changing size, as a decompressor does.</summary>
sealed class PiecewiseStream(byte[] input) : MemoryStream(input)
{
    int _piece;

    public override int Read(Span<byte> buffer) => base.Read(buffer[..Math.Min(buffer.Length, Next())]);

    public override int Read(byte[] buffer, int offset, int count) => base.Read(buffer, offset, Math.Min(count, Next()));

    int Next() => 1 + (_piece++ * 7 % 61);
}
