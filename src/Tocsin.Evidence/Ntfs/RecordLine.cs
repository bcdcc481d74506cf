using System.Globalization;
using Tocsin.Evidence.Records;

namespace Tocsin.Evidence.Ntfs;

/// <summary>Writes a binary record as one readable line in which every value of every field stands, so that filters and rules see it as they see a log's line. Reused from record to record.</summary>
internal sealed class RecordLine(FieldSet fields)
{
    byte[] _text = new byte[4096];
    int _length;

    /// <summary>The values, as places in the line.</summary>
    public RecordBuffer Values { get; } = new(fields);

    /// <summary>The line so far.</summary>
    public ReadOnlySpan<byte> Text => _text.AsSpan(0, _length);

    /// <summary>How long the line is so far.</summary>
    public int Length => _length;

    public void Clear()
    {
        _length = 0;
        Values.Clear();
    }

    public void Add(ReadOnlySpan<byte> text)
    {
        Reserve(text.Length);
        text.CopyTo(_text.AsSpan(_length));
        _length += text.Length;
    }

    /// <summary>Adds a text that is a field's value.</summary>
    public void Add(int field, ReadOnlySpan<byte> value)
    {
        Values.Add(field, _length, value.Length);
        Add(value);
    }

    public void Add(int field, long value)
    {
        Reserve(20);
        value.TryFormat(_text.AsSpan(_length), out int written, default, CultureInfo.InvariantCulture);
        Values.Add(field, _length, written);
        _length += written;
    }

    /// <summary>Adds <c>NAME=VALUE</c> with a blank before it; nothing where there is no time.</summary>
    public void AddTime(ReadOnlySpan<byte> name, int field, long fileTime)
    {
        Span<byte> text = stackalloc byte[NtfsTime.TextBytes];
        int length = NtfsTime.Write(fileTime, text);
        if (length == 0) return;
        AddName(name);
        Add(field, text[..length]);
    }

    /// <summary>Adds a name and an equals sign with a blank before them.</summary>
    public void AddName(ReadOnlySpan<byte> name)
    {
        Add(" "u8);
        Add(name);
        Add("="u8);
    }

    void Reserve(int more)
    {
        if (_text.Length - _length < more) Array.Resize(ref _text, Math.Max(_text.Length * 2, _length + more));
    }
}
