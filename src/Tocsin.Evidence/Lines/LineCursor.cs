using System.Numerics;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Tocsin.Evidence.Lines;

/// <summary>Walks the lines of a block, counting separators and seeing odd bytes on the way, 64 bytes at a time.</summary>
/// <remarks>
/// This is the only thing that is done to each of millions of ordinary lines, so it does all that must be known of every
/// line in one pass: where it ends, how many separators it has, whether it has a quotation mark, and whether it has a
/// byte that cannot stand in text. Its test is a plain loop over the bytes.
/// </remarks>
internal ref struct LineCursor
{
    const int Chunk = 64;

    readonly ReadOnlySpan<byte> _block;
    readonly byte _separator;
    int _chunk = -Chunk;
    ulong _lineFeeds, _separators, _quotes, _controls;

    public LineCursor(ReadOnlySpan<byte> block, byte separator)
    {
        _block = block;
        _separator = separator;
        End = -1;
    }

    /// <summary>First byte of the line.</summary>
    public int Start { get; private set; }

    /// <summary>Behind the line's last byte; the line feed, if any, stands there.</summary>
    public int End { get; private set; }

    /// <summary>How many separators the line has, those within quotation marks included.</summary>
    public int Separators { get; private set; }

    /// <summary>Whether the line has a quotation mark.</summary>
    public bool HasQuote { get; private set; }

    /// <summary>Whether the line has a control byte other than TAB, VT, FF and CR.</summary>
    public bool HasControl { get; private set; }

    /// <summary>Steps to the next line; false behind the last one.</summary>
    public bool MoveNext()
    {
        int start = End + 1;
        if (start >= _block.Length) return false;
        Start = start;

        int separators = 0;
        ulong quotes = 0, controls = 0;
        ulong lineFeeds = _lineFeeds;
        while (lineFeeds == 0)
        {
            separators += BitOperations.PopCount(_separators);
            quotes |= _quotes;
            controls |= _controls;
            _chunk += Chunk;
            if (_chunk >= _block.Length)
            {
                _separators = _quotes = _controls = 0;
                Finish(_block.Length, separators, quotes, controls);
                return true;
            }

            Load();
            lineFeeds = _lineFeeds;
        }

        ulong through = lineFeeds ^ (lineFeeds - 1);
        separators += BitOperations.PopCount(_separators & through);
        quotes |= _quotes & through;
        controls |= _controls & through;
        int end = _chunk + BitOperations.TrailingZeroCount(lineFeeds);
        _lineFeeds = lineFeeds & (lineFeeds - 1);
        _separators &= ~through;
        _quotes &= ~through;
        _controls &= ~through;
        Finish(end, separators, quotes, controls);
        return true;
    }

    void Finish(int end, int separators, ulong quotes, ulong controls)
    {
        End = end;
        Separators = separators;
        HasQuote = quotes != 0;
        HasControl = controls != 0;
    }

    void Load()
    {
        if (_block.Length - _chunk >= Chunk)
        {
            ReadOnlySpan<byte> chunk = _block.Slice(_chunk, Chunk);
            if (Vector512.IsHardwareAccelerated) Load512(chunk);
            else Load256(chunk);
            return;
        }

        Span<byte> padded = stackalloc byte[Chunk];
        padded.Fill((byte)' ' == _separator ? (byte)'x' : (byte)' ');
        _block[_chunk..].CopyTo(padded);
        Load256(padded);
    }

    void Load512(scoped ReadOnlySpan<byte> chunk)
    {
        Vector512<byte> v = MemoryMarshal.Read<Vector512<byte>>(chunk);
        _lineFeeds = Vector512.Equals(v, Vector512.Create((byte)'\n')).ExtractMostSignificantBits();
        _separators = Vector512.Equals(v, Vector512.Create(_separator)).ExtractMostSignificantBits();
        _quotes = Vector512.Equals(v, Vector512.Create((byte)'"')).ExtractMostSignificantBits();
        _controls = (Vector512.LessThan(v, Vector512.Create((byte)9))
            | Vector512.LessThan(v - Vector512.Create((byte)14), Vector512.Create((byte)18))).ExtractMostSignificantBits();
    }

    void Load256(scoped ReadOnlySpan<byte> chunk)
    {
        Vector256<byte> a = MemoryMarshal.Read<Vector256<byte>>(chunk);
        Vector256<byte> b = MemoryMarshal.Read<Vector256<byte>>(chunk[32..]);
        _lineFeeds = Bits(Vector256.Equals(a, Vector256.Create((byte)'\n')), Vector256.Equals(b, Vector256.Create((byte)'\n')));
        _separators = Bits(Vector256.Equals(a, Vector256.Create(_separator)), Vector256.Equals(b, Vector256.Create(_separator)));
        _quotes = Bits(Vector256.Equals(a, Vector256.Create((byte)'"')), Vector256.Equals(b, Vector256.Create((byte)'"')));
        _controls = Bits(Controls(a), Controls(b));
    }

    static Vector256<byte> Controls(Vector256<byte> v) =>
        Vector256.LessThan(v, Vector256.Create((byte)9)) | Vector256.LessThan(v - Vector256.Create((byte)14), Vector256.Create((byte)18));

    static ulong Bits(Vector256<byte> low, Vector256<byte> high) =>
        low.ExtractMostSignificantBits() | (ulong)high.ExtractMostSignificantBits() << 32;
}
