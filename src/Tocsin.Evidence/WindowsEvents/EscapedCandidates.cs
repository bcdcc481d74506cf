using Tocsin.Evidence.Records;

namespace Tocsin.Evidence.WindowsEvents;

/// <summary>Asks a filter about lines of JSON as they read without escapes, beside how they are written.</summary>
/// <remarks>
/// <c>C:\\Windows</c> and <c>\u003cscript</c> hide from a search for plain text. Blocks with a backslash are therefore
/// unescaped once, whole, and searched a second time; the lines keep their order, so both are walked side by side.
/// </remarks>
internal sealed class EscapedCandidates(ILineFilter filter)
{
    byte[] _text = [];
    int _length;
    long _block = -1;
    bool _isEscaped;
    int _rawAt;
    int _at;
    int _candidate;

    /// <summary>Whether the filter may match the line stood at when its escapes are taken out. Lines must be asked for in order.</summary>
    public bool IsCandidate(LineWalk lines)
    {
        if (_block != lines.BlockNumber) Load(lines);
        if (!_isEscaped) return false;

        // Lines that the walk passed over are passed over here too.
        _at += SkipLines(_text.AsSpan(_at, _length - _at), lines.Block[_rawAt..lines.LineStart].Count((byte)'\n'));
        _rawAt = lines.LineStart;
        if (_candidate < _at)
        {
            int found = filter.FindCandidate(_text.AsSpan(0, _length), _at);
            _candidate = found < 0 ? int.MaxValue : found;
        }

        if (_candidate == int.MaxValue) return false;
        int end = _text.AsSpan(_at, _length - _at).IndexOf((byte)'\n');
        return end < 0 || _candidate < _at + end;
    }

    /// <summary>Whether the filter may match one event, however many lines it takes.</summary>
    public bool IsCandidate(ReadOnlySpan<byte> json)
    {
        Reserve(json.Length);
        _length = JsonText.UnescapeLines(json, _text);
        Span<byte> text = _text.AsSpan(0, _length);
        text.Replace((byte)'\n', (byte)' ');
        return filter.FindCandidate(text, 0) >= 0;
    }

    void Load(LineWalk lines)
    {
        _block = lines.BlockNumber;
        ReadOnlySpan<byte> block = lines.Block;
        _isEscaped = block.Contains((byte)'\\');
        if (!_isEscaped) return;
        Reserve(block.Length);
        _length = JsonText.UnescapeLines(block, _text);
        (_rawAt, _at, _candidate) = (0, 0, -1);
    }

    void Reserve(int length)
    {
        if (_text.Length < length) _text = new byte[length + length / 4];
    }

    static int SkipLines(ReadOnlySpan<byte> text, int lines)
    {
        int at = 0;
        for (; lines > 0; lines--)
        {
            int end = text[at..].IndexOf((byte)'\n');
            if (end < 0) return text.Length;
            at += end + 1;
        }

        return at;
    }
}
