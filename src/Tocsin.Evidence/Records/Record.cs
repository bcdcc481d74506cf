using System.Text;

namespace Tocsin.Evidence.Records;

/// <summary>Writes the record at hand as text, for formats that are not text.</summary>
public interface IRecordText
{
    /// <summary>UTF-8, valid until the reader moves on.</summary>
    ReadOnlySpan<byte> Render();
}

/// <summary>One parsed line or event: a view, valid only until the reader moves on.</summary>
/// <remarks>Fields are asked for by their index in the <see cref="FieldSet"/> that the reader was given. Nothing here allocates.</remarks>
public readonly ref struct Record
{
    readonly RecordBuffer _values;
    readonly IRecordText? _text;

    /// <summary>Joins a line to the values found in it.</summary>
    /// <param name="line">The original bytes, without the line end.</param>
    /// <param name="values">The buffer that the reader filled for this line.</param>
    /// <param name="position">Where the line stands in its artifact.</param>
    /// <param name="timeUtc">When the record says it happened; <see langword="default"/> where it does not say.</param>
    /// <param name="text">Writes the record as text on demand, for formats that are not text; null where <paramref name="line"/> is it.</param>
    public Record(ReadOnlySpan<byte> line, RecordBuffer values, Position position, DateTime timeUtc, IRecordText? text = null)
    {
        Line = line;
        _values = values;
        Position = position;
        TimeUtc = timeUtc;
        _text = text;
    }

    /// <summary>The original bytes, without the line end; empty for a binary record that nobody asked to see whole.</summary>
    public ReadOnlySpan<byte> Line { get; }

    /// <summary>The line, or for binary formats a rendering, made now; UTF-8, valid only until it is asked for again.</summary>
    public ReadOnlySpan<byte> Whole => Line.IsEmpty && _text is not null ? _text.Render() : Line;

    /// <summary>Whether the record is of a format that is no text, and nobody asked for it whole.</summary>
    public bool IsUnwritten => Line.IsEmpty && _text is not null;

    /// <summary>The record as a person is shown it: the line, or for binary formats a rendering, made now. For findings, not for scanning.</summary>
    public string Text(int maxBytes, out bool cut)
    {
        ReadOnlySpan<byte> text = Whole;
        cut = text.Length > maxBytes;
        return Encoding.UTF8.GetString(cut ? text[..maxBytes] : text);
    }

    /// <summary>Where the record stands in its artifact.</summary>
    public Position Position { get; }

    /// <summary>When it happened, UTC; <see langword="default"/> where the record does not say.</summary>
    public DateTime TimeUtc { get; }

    /// <summary>The fields that can be asked for.</summary>
    public FieldSet Fields => _values.Fields;

    /// <summary>The field's first value; empty where the record has none (see <see cref="Has"/>).</summary>
    public ReadOnlySpan<byte> this[int field] => _values.Head(field) is >= 0 and var slot ? _values.Text(Line, slot) : default;

    /// <summary>The first value of a field by name. Slower than by index: for findings, not for scanning.</summary>
    public ReadOnlySpan<byte> this[string field] => this[Fields.IndexOf(field)];

    /// <summary>Whether the record has the field, be it empty.</summary>
    public bool Has(int field) => _values.Head(field) >= 0;

    /// <summary>All values of the field, in the order in which the reader found them.</summary>
    public ValueEnumerator Values(int field) => new(this, _values.Head(field));

    /// <summary>Enumerates a field's values without allocating.</summary>
    public ref struct ValueEnumerator
    {
        readonly Record _record;
        int _next;

        internal ValueEnumerator(Record record, int head)
        {
            _record = record;
            _next = head;
        }

        /// <summary>The value stood at.</summary>
        public ReadOnlySpan<byte> Current { get; private set; }

        /// <summary>Steps to the next value.</summary>
        public bool MoveNext()
        {
            if (_next < 0) return false;
            Current = _record._values.Text(_record.Line, _next);
            _next = _record._values.At(_next).Next;
            return true;
        }

        /// <summary>Itself, for <c>foreach</c>.</summary>
        public readonly ValueEnumerator GetEnumerator() => this;
    }
}
