using System.Buffers;

namespace Tocsin.Evidence.Evtx;

/// <summary>A text that grows and is used again. One thread.</summary>
internal sealed class Utf8Buffer
{
    // Beside what JSON demands: everything that a terminal may take for an order (C1 is C2 80 to C2 9F), and marks that turn the direction of text (E2 80, E2 81).
    static readonly SearchValues<byte> _special = SearchValues.Create([.. Enumerable.Range(0, 32).Select(i => (byte)i), (byte)'"', (byte)'\\', 0x7F, 0xC2, 0xE2]);
    static readonly SearchValues<byte> _markup = SearchValues.Create([.. Enumerable.Range(0, 32).Select(i => (byte)i), (byte)'"', (byte)'&', (byte)'<', (byte)'>', 0x7F, 0xC2, 0xE2]);

    byte[] _bytes = new byte[4096];

    public int Length { get; private set; }

    public ReadOnlySpan<byte> Text => _bytes.AsSpan(0, Length);

    public void Clear() => Length = 0;

    /// <summary>Drops what was written behind a place.</summary>
    public void CutTo(int length) => Length = length;

    /// <summary>Takes out one byte.</summary>
    public void RemoveAt(int at)
    {
        _bytes.AsSpan(at + 1, Length - at - 1).CopyTo(_bytes.AsSpan(at));
        Length--;
    }

    public Span<byte> Reserve(int most)
    {
        if (_bytes.Length - Length < most) Array.Resize(ref _bytes, Math.Max(_bytes.Length * 2, Length + most));
        return _bytes.AsSpan(Length, most);
    }

    public void Commit(int length) => Length += length;

    public void Add(byte character)
    {
        if (Length == _bytes.Length) Reserve(1);
        _bytes[Length++] = character;
    }

    public void Add(ReadOnlySpan<byte> text)
    {
        text.CopyTo(Reserve(text.Length));
        Length += text.Length;
    }

    /// <summary>A JSON string.</summary>
    public void AddQuoted(ReadOnlySpan<byte> text)
    {
        Add((byte)'"');
        AddJson(text);
        Add((byte)'"');
    }

    /// <summary>The inside of a JSON string.</summary>
    public void AddJson(ReadOnlySpan<byte> text) => AddEscaped(text, _special, isXml: false);

    /// <summary>Text or an attribute's value in XML. Characters that XML cannot hold are written as <c>\uXXXX</c>.</summary>
    public void AddXml(ReadOnlySpan<byte> text) => AddEscaped(text, _markup, isXml: true);

    void AddEscaped(ReadOnlySpan<byte> text, SearchValues<byte> special, bool isXml)
    {
        while (true)
        {
            int at = text.IndexOfAny(special);
            if (at < 0) break;
            Add(text[..at]);
            text = text[at..];
            int taken = 1, code = -1;
            ReadOnlySpan<byte> written = isXml ? Reference(text[0]) : Escape(text[0]);
            if (written.IsEmpty) code = CodeOf(text, out taken);
            if (code >= 0) AddCode("\\u"u8, code);
            else Add(written.IsEmpty ? text[..taken] : written);
            text = text[taken..];
        }

        Add(text);
    }

    static ReadOnlySpan<byte> Escape(byte sign) => sign switch
    {
        (byte)'"' => "\\\""u8,
        (byte)'\\' => "\\\\"u8,
        (byte)'\n' => "\\n"u8,
        (byte)'\r' => "\\r"u8,
        (byte)'\t' => "\\t"u8,
        _ => default,
    };

    static ReadOnlySpan<byte> Reference(byte sign) => sign switch
    {
        (byte)'"' => "&quot;"u8,
        (byte)'&' => "&amp;"u8,
        (byte)'<' => "&lt;"u8,
        (byte)'>' => "&gt;"u8,
        (byte)'\n' => "&#10;"u8,
        (byte)'\r' => "&#13;"u8,
        (byte)'\t' => "&#9;"u8,
        _ => default,
    };

    // The character that must not stand as it is; -1 where it may.
    static int CodeOf(ReadOnlySpan<byte> text, out int taken)
    {
        taken = 1;
        if (text[0] < 0x80) return text[0];
        if (text[0] == 0xC2)
        {
            taken = Math.Min(2, text.Length);
            return taken == 2 && text[1] < 0xA0 ? text[1] : -1;
        }

        taken = Math.Min(3, text.Length);
        if (taken < 3) return -1;
        int code = (text[0] & 15) << 12 | (text[1] & 63) << 6 | text[2] & 63;
        return code is >= 0x200B and <= 0x200F or >= 0x2028 and <= 0x202E or >= 0x2060 and <= 0x206F ? code : -1;
    }

    void AddCode(ReadOnlySpan<byte> mark, int code)
    {
        Add(mark);
        for (int shift = 12; shift >= 0; shift -= 4) Add("0123456789abcdef"u8[code >> shift & 15]);
    }
}
