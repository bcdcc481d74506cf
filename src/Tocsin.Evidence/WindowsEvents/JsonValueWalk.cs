using Tocsin.Evidence.Artifacts;
using Tocsin.Evidence.Records;

namespace Tocsin.Evidence.WindowsEvents;

/// <summary>Walks the objects of a JSON array or of a sequence of objects, wherever line ends stand. Holds one object at a time.</summary>
/// <remarks>
/// After damage (a line end inside a string, an object that never closes) it goes on at the next line whose opening brace
/// stands in the column in which the first object's did: pretty printers indent all siblings alike.
/// </remarks>
internal sealed class JsonValueWalk(Stream content, int maxValueBytes, ReadContext context)
{
    const int ReadSize = 64 * 1024;

    byte[] _buffer = new byte[2 * ReadSize];
    long _bufferOffset;
    int _at;
    int _end;
    long _line = 1;
    int _column;
    bool _onlySpace = true;
    bool _reportedLine;
    int _baseColumn = -1;
    bool _resynchronising;

    int _start = -1;        // of the object in the buffer, or -1 outside or when it is too long to keep
    Position _position;
    int _depth;
    bool _inString;
    bool _escaped;
    int _valueEnd;

    /// <summary>The object stood at.</summary>
    public ReadOnlySpan<byte> Value => _buffer.AsSpan(_start, _valueEnd - _start);

    /// <summary>Where the object begins.</summary>
    public Position Position => _position;

    /// <summary>Steps to the next whole object; false at the end.</summary>
    public bool Next()
    {
        _start = -1;
        while (true)
        {
            if (_at == _end && !Read())
            {
                if (_depth > 0) context.Report.Add(DamageKind.CutOff, _position.Line, _position.Offset);
                if (_column > 0) context.Report.Lines++;
                _depth = 0;
                return false;
            }

            byte b = _buffer[_at++];
            if (_inString && b != '\n')
            {
                StepInString(b);
                continue;
            }

            switch (b)
            {
                case (byte)'\n':
                    if (_inString) Damage();
                    _line++;
                    context.Report.Lines++;
                    (_column, _onlySpace, _reportedLine) = (0, true, false);
                    continue;
                case (byte)' ' or (byte)'\t' or (byte)'\r':
                    _column++;
                    continue;
                case (byte)'{' when _depth == 0 || _onlySpace && _column == _baseColumn:
                    if (_depth > 0) Damage();
                    if (_resynchronising && _baseColumn >= 0 && !(_onlySpace && _column == _baseColumn)) break;
                    Begin();
                    break;
                case (byte)'{' or (byte)'[' when _depth > 0: _depth++; break;
                case (byte)'}' or (byte)']' when _depth > 0:
                    _depth--;
                    if (_depth > 0) break;
                    Leave();
                    if (_start < 0) continue;
                    _valueEnd = _at;
                    return true;
                case (byte)'"' when _depth > 0: _inString = true; break;
                case (byte)'[' or (byte)']' or (byte)',': break;
                case 0xEF or 0xBB or 0xBF when _bufferOffset + _at <= 3: continue;
                default:
                    if (_depth > 0 || _reportedLine || _resynchronising) break;
                    _reportedLine = true;
                    if (b == 'R' && _column == 0) break; // evtx_dump heads each event with "Record 1"
                    context.Report.Add(b < 9 ? DamageKind.Binary : DamageKind.Malformed, _line, _bufferOffset + _at - 1);
                    break;
            }

            Leave();
        }
    }

    void Leave()
    {
        _column++;
        _onlySpace = false;
    }

    void StepInString(byte b)
    {
        _column++;
        if (_escaped) _escaped = false;
        else if (b == '\\') _escaped = true;
        else if (b == '"') _inString = false;
        if (_inString && !_escaped && _at < _end)
        {
            int plain = _buffer.AsSpan(_at, _end - _at).IndexOfAny((byte)'"', (byte)'\\', (byte)'\n');
            int step = plain < 0 ? _end - _at : plain;
            _at += step;
            _column += step;
        }
    }

    void Begin()
    {
        if (_baseColumn < 0 && _onlySpace) _baseColumn = _column;
        _resynchronising = false;
        _depth = 1;
        _start = _at - 1;
        _position = new Position(_line, _bufferOffset + _start);
    }

    void Damage()
    {
        context.Report.Add(DamageKind.Malformed, _position.Line, _position.Offset);
        (_depth, _start, _inString, _escaped, _resynchronising) = (0, -1, false, false, true);
    }

    bool Read()
    {
        context.Cancellation.ThrowIfCancellationRequested();
        int keep = _start >= 0 ? _start : _at;
        _buffer.AsSpan(keep, _end - keep).CopyTo(_buffer);
        _bufferOffset += keep;
        _end -= keep;
        _at -= keep;
        if (_start >= 0) _start = 0;
        if (_start >= 0 && _end > maxValueBytes)
        {
            context.Report.Add(DamageKind.TooLong, _position.Line, _position.Offset);
            _bufferOffset += _end;
            (_start, _at, _end) = (-1, 0, 0);
        }

        if (_buffer.Length - _end < ReadSize) Array.Resize(ref _buffer, _buffer.Length * 2);
        int read = content.Read(_buffer, _end, _buffer.Length - _end);
        _end += read;
        context.Report.Bytes += read;
        return read > 0;
    }
}
