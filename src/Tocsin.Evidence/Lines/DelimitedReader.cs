using Tocsin.Evidence.Artifacts;
using Tocsin.Evidence.Records;

namespace Tocsin.Evidence.Lines;

/// <summary>The loop that W3C and Exchange text logs share: one buffer, one pass, every line accounted for.</summary>
/// <remarks>
/// An ordinary line is one that has the expected number of separators, no odd byte, a time in the same hour as the line
/// before, and nothing that a rule could match: it is counted and costs no more. Every other line goes to
/// <see cref="OnLine"/>. Nothing is allocated for an ordinary line.
/// </remarks>
public abstract class DelimitedReader : ArtifactReader
{
    readonly byte _separator;
    readonly bool _quotesAreOdd;
    readonly byte[] _hourPrefix = new byte[16];
    bool _hourKnown;
    int _hour;
    long _hourRecords;
    readonly byte[] _lastOrdinary = new byte[32];
    int _lastOrdinaryLength;

    private protected DelimitedReader(byte separator, bool quotesAreOdd)
    {
        _separator = separator;
        _quotesAreOdd = quotesAreOdd;
    }

    /// <summary>Separators in an ordinary line; -1 while no header is known.</summary>
    private protected int ExpectedSeparators { get; set; } = -1;

    /// <summary>Whether the first two columns are the date and the time, so that lines of one hour begin alike.</summary>
    private protected bool LeadsWithTime { get; set; }

    private protected ReadReport Report { get; private set; } = null!;

    private protected RecordTarget Target { get; private set; } = null!;

    private protected RecordBuffer Values { get; private set; } = null!;

    /// <inheritdoc />
    public sealed override void Read(Stream content, ReadContext context)
    {
        Report = context.Report;
        Target = context.TargetOf(Kind.LogSource);
        Values = new RecordBuffer(Target.Fields);
        Begin(context);

        using var blocks = new BlockReader(content);
        bool first = true;
        while (true)
        {
            switch (blocks.TryRead(out ReadOnlySpan<byte> block, out long offset))
            {
                case BlockReader.Read.Lines:
                    if (first && block.StartsWith("\uFEFF"u8))
                    {
                        block = block[3..];
                        offset += 3;
                    }

                    first = false;
                    ReadBlock(block, offset);
                    break;
                case BlockReader.Read.TooLong:
                    Report.Lines++;
                    Report.Add(DamageKind.TooLong, Report.Lines, offset);
                    break;
                default:
                    CloseHour();
                    End();
                    return;
            }

            context.Cancellation.ThrowIfCancellationRequested();
        }
    }

    void ReadBlock(ReadOnlySpan<byte> block, long blockOffset)
    {
        ILineFilter filter = Target.Filter;
        int candidate = filter.FindCandidate(block, 0);
        long line = Report.Lines;
        var cursor = new LineCursor(block, _separator);
        ReadOnlySpan<byte> ordinary = default;
        while (cursor.MoveNext())
        {
            line++;
            bool isCandidate = candidate >= 0 && candidate < cursor.End;
            if (!isCandidate && cursor.Separators == ExpectedSeparators && !cursor.HasControl && !(_quotesAreOdd && cursor.HasQuote)
                && _hourKnown && cursor.End - cursor.Start >= 16 && TextTime.SameHour(block[cursor.Start..], _hourPrefix))
            {
                _hourRecords++;
                ordinary = block[cursor.Start..cursor.End];
                continue;
            }

            ReadOnlySpan<byte> text = block[cursor.Start..cursor.End];
            if (text is [.. var body, (byte)'\r']) text = body;
            Remember(ordinary);
            ordinary = default;
            Report.Lines = line;
            bool terminated = cursor.End < block.Length;
            OnLine(text, new Position(line, blockOffset + cursor.Start), cursor.Separators, cursor.HasQuote, cursor.HasControl, isCandidate, terminated);
            if (isCandidate) candidate = cursor.End >= block.Length ? -1 : filter.FindCandidate(block, cursor.End);
        }

        Remember(ordinary);
        Report.Lines = line;
    }

    /// <summary>Called before the first line.</summary>
    private protected virtual void Begin(ReadContext context) { }

    /// <summary>Called behind the last line.</summary>
    private protected virtual void End() { }

    /// <summary>Takes a line that is not ordinary.</summary>
    private protected abstract void OnLine(ReadOnlySpan<byte> line, Position position, int separators, bool quote, bool control, bool candidate, bool terminated);

    /// <summary>Reads the time of an ordinary line by its beginning.</summary>
    private protected abstract bool TryReadLeadingTime(ReadOnlySpan<byte> line, out DateTime utc);

    /// <summary>Counts a row with its time; the rows behind it in the same hour are ordinary.</summary>
    private protected void CountRecord(ReadOnlySpan<byte> line, DateTime utc)
    {
        Report.AddTime(utc);
        if (_hourKnown && _hour == TextTime.HourOf(utc))
        {
            _hourRecords++;
            return;
        }

        CloseHour();
        _hour = TextTime.HourOf(utc);
        _hourRecords = 1;
        _hourKnown = LeadsWithTime && line.Length >= 16;
        if (_hourKnown) line[..16].CopyTo(_hourPrefix);
        else CloseHour();
    }

    /// <summary>Counts a row that has no time of its own.</summary>
    private protected void CountRecord() => Report.Records++;

    /// <summary>Whether the row opens another hour than the one before, the moment at which versions and names are looked at.</summary>
    private protected bool OpensHour(DateTime utc) => !_hourKnown || _hour != TextTime.HourOf(utc);

    void CloseHour()
    {
        if (_lastOrdinaryLength > 0)
        {
            if (TryReadLeadingTime(_lastOrdinary.AsSpan(0, _lastOrdinaryLength), out DateTime utc)) Report.AddTime(utc);
            _lastOrdinaryLength = 0;
        }

        if (_hourRecords > 0)
        {
            Report.AddHour(_hour, _hourRecords);
            Report.Records += _hourRecords;
        }

        _hourKnown = false;
        _hourRecords = 0;
    }

    // The time of the last ordinary line of an hour is read only when the hour closes.
    void Remember(ReadOnlySpan<byte> ordinary)
    {
        if (ordinary.IsEmpty) return;
        _lastOrdinaryLength = Math.Min(ordinary.Length, _lastOrdinary.Length);
        ordinary[.._lastOrdinaryLength].CopyTo(_lastOrdinary);
    }

    /// <summary>
    /// Where a row begins in a line whose beginning is binary: text behind the last control byte that starts with a date.
    /// A torn write or a bad disk block ends in the middle of a line, and the next row is glued to it.
    /// </summary>
    private protected static int FindRowBehindBinary(ReadOnlySpan<byte> line)
    {
        int from = line.LastIndexOfAnyInRange((byte)0, (byte)8) + 1;
        from = Math.Max(from, line.LastIndexOfAnyInRange((byte)14, (byte)31) + 1);
        for (int i = from; i + 10 <= line.Length; i++)
        {
            int dash = line[i..].IndexOf((byte)'-');
            if (dash < 0) return -1;
            i += dash - 4;
            if (i >= from && i + 10 <= line.Length && TextTime.TryReadDate(line[i..], out _)) return i;
            i += 4;
        }

        return -1;
    }
}

/// <summary>The cells of one row; reused from row to row.</summary>
internal sealed class Cells
{
    /// <summary>Bounds memory: no log has so many columns, a hostile line may.</summary>
    const int MaxCells = 4096;

    int[] _starts = new int[128];
    int[] _lengths = new int[128];

    public int Count { get; private set; }

    public ReadOnlySpan<byte> Of(ReadOnlySpan<byte> line, int cell) => line.Slice(_starts[cell], _lengths[cell]);

    public int Start(int cell) => _starts[cell];

    public int Length(int cell) => _lengths[cell];

    public void Clear() => Count = 0;

    public bool Add(int start, int length)
    {
        if (Count == MaxCells) return false;
        if (Count == _starts.Length)
        {
            Array.Resize(ref _starts, Count * 2);
            Array.Resize(ref _lengths, Count * 2);
        }

        _starts[Count] = start;
        _lengths[Count++] = length;
        return true;
    }

    /// <summary>Makes one cell of several that stand side by side, with what is between them.</summary>
    public void Join(int first, int count)
    {
        if (count < 2) return;
        int last = first + count - 1;
        _lengths[first] = _starts[last] + _lengths[last] - _starts[first];
        for (int i = last + 1; i < Count; i++)
        {
            _starts[i - count + 1] = _starts[i];
            _lengths[i - count + 1] = _lengths[i];
        }

        Count -= count - 1;
    }

    /// <summary>Splits at every separator.</summary>
    public void Split(ReadOnlySpan<byte> line, byte separator)
    {
        Clear();
        int start = 0;
        while (true)
        {
            int length = line[start..].IndexOf(separator);
            if (length < 0 || Count == MaxCells - 1)
            {
                Add(start, line.Length - start);
                return;
            }

            Add(start, length);
            start += length + 1;
        }
    }

    /// <summary>Splits at separators outside quotation marks; a quoted cell keeps its marks. False if a mark is never closed.</summary>
    public bool SplitQuoted(ReadOnlySpan<byte> line, byte separator)
    {
        Clear();
        int start = 0;
        while (true)
        {
            int end = start;
            if (start < line.Length && line[start] == '"')
            {
                end = start + 1;
                while (true)
                {
                    int mark = line[end..].IndexOf((byte)'"');
                    if (mark < 0) return false;
                    end += mark + 1;
                    if (end >= line.Length || line[end] != '"') break;
                    end++;
                }
            }

            int length = line[end..].IndexOf(separator);
            if (length < 0 || Count == MaxCells - 1)
            {
                Add(start, line.Length - start);
                return true;
            }

            end += length;
            Add(start, end - start);
            start = end + 1;
        }
    }
}
