using Tocsin.Evidence.Artifacts;
using Tocsin.Evidence.Records;

namespace Tocsin.Evidence.WindowsEvents;

/// <summary>Walks the lines of a stream, knowing of each whether a filter wants it. Filters see whole blocks of lines, not single ones.</summary>
/// <remarks>
/// A line over the limit is passed over whole and counted. Line ends (CR LF or LF) and a UTF-8 byte order mark are not part
/// of the line. A line is valid until the next call of <see cref="Next"/>. Counts lines and bytes in the report.
/// </remarks>
internal sealed class LineWalk(Stream content, int maxLineBytes, ReadContext context, params ILineFilter[] filters)
{
    const int ReadSize = 128 * 1024;

    readonly int[] _candidates = new int[filters.Length];
    byte[] _buffer = new byte[2 * ReadSize];
    long _bufferOffset;
    int _next;
    int _blockEnd;
    int _end;
    bool _ended;
    long _line;
    int _start;
    int _length;

    /// <summary>The line stood at.</summary>
    public ReadOnlySpan<byte> Line => _buffer.AsSpan(_start, _length);

    /// <summary>Where the line stands.</summary>
    public Position Position => new(_line, _bufferOffset + _start);

    /// <summary>False for a last line without a line end: it may have been cut off.</summary>
    public bool IsTerminated { get; private set; }

    /// <summary>All whole lines that were read together with this one.</summary>
    public ReadOnlySpan<byte> Block => _buffer.AsSpan(0, _blockEnd);

    /// <summary>Changes whenever <see cref="Block"/> does.</summary>
    public long BlockNumber { get; private set; }

    /// <summary>Where in <see cref="Block"/> the line begins.</summary>
    public int LineStart => _start;

    /// <summary>Whether the filter at an index may match the line.</summary>
    public bool IsCandidate(int filter)
    {
        ref int candidate = ref _candidates[filter];
        if (candidate < _start)
        {
            int found = filters[filter].FindCandidate(Block, _start);
            candidate = found < 0 ? int.MaxValue : found;
        }

        return candidate < _next;
    }

    /// <summary>Steps to the next line; false at the end.</summary>
    public bool Next()
    {
        while (_next < _blockEnd || Fill())
        {
            _start = _next;
            int length = _buffer.AsSpan(_start, _blockEnd - _start).IndexOf((byte)'\n');
            IsTerminated = length >= 0;
            int end = IsTerminated ? _start + length : _blockEnd;
            _next = IsTerminated ? end + 1 : end;
            _line++;
            context.Report.Lines++;
            if (end > _start && _buffer[end - 1] == '\r') end--;
            if (_bufferOffset + _start == 0 && _buffer.AsSpan(0, end).StartsWith("\uFEFF"u8)) _start += 3;
            _length = end - _start;
            if (_length <= maxLineBytes) return true;
            context.Report.Add(DamageKind.TooLong, _line, _bufferOffset + _start);
        }

        _length = 0;
        return false;
    }

    // Leaves a block of whole lines from 0 to _blockEnd, the unfinished line behind it. Only at the end of the stream is the last line taken as it is.
    bool Fill()
    {
        context.Cancellation.ThrowIfCancellationRequested();
        Drop(_blockEnd);
        _candidates.AsSpan().Fill(-1);
        BlockNumber++;
        bool skipping = false;
        for (int searched = 0; ;)
        {
            Span<byte> unsearched = _buffer.AsSpan(searched, _end - searched);
            if (skipping && unsearched.IndexOf((byte)'\n') is >= 0 and var first)
            {
                SkipLine(first + 1);
                skipping = false;
                continue;
            }

            if (!skipping && unsearched.LastIndexOf((byte)'\n') is >= 0 and var last)
            {
                _blockEnd = searched + last + 1;
                return true;
            }

            if (_ended)
            {
                if (skipping) SkipLine(_end);
                _blockEnd = _end;
                return _end > 0;
            }

            if (skipping || _end > maxLineBytes + 1)
            {
                if (!skipping) context.Report.Add(DamageKind.TooLong, _line + 1, _bufferOffset);
                skipping = true;
                Drop(_end);
            }

            searched = _end;
            Read();
        }
    }

    void SkipLine(int bytes)
    {
        _line++;
        context.Report.Lines++;
        Drop(bytes);
    }

    void Drop(int bytes)
    {
        _buffer.AsSpan(bytes, _end - bytes).CopyTo(_buffer);
        _bufferOffset += bytes;
        _end -= bytes;
        _next = _start = _blockEnd = 0;
    }

    void Read()
    {
        if (_buffer.Length - _end < ReadSize) Array.Resize(ref _buffer, _buffer.Length * 2);
        int read = content.Read(_buffer, _end, _buffer.Length - _end);
        _ended = read == 0;
        _end += read;
        context.Report.Bytes += read;
    }
}
