using System.Buffers;

namespace Tocsin.Evidence.Lines;

/// <summary>Cuts a stream into blocks of whole lines. Owns one pooled buffer; used on one thread.</summary>
/// <remarks>
/// A block is valid until the next call. It ends behind a line feed, except the last one of a stream whose last line has
/// none. A line over the limit is passed over whole and told of (<see cref="Read.TooLong"/>): the input is hostile, and one
/// endless line may neither fill memory nor hide the lines behind it.
/// </remarks>
internal sealed class BlockReader(Stream content, int blockBytes = BlockReader.DefaultBlockBytes, int maxLineBytes = BlockReader.DefaultMaxLineBytes) : IDisposable
{
    /// <summary>Small enough that hashing, the structure pass and the literal search find the block in the second-level cache.</summary>
    public const int DefaultBlockBytes = 256 * 1024;

    /// <summary>Bounds memory against a "line" of gigabytes. IIS and Exchange write lines of at most some tens of kilobytes.</summary>
    public const int DefaultMaxLineBytes = 1024 * 1024;

    byte[] _buffer = ArrayPool<byte>.Shared.Rent(blockBytes);
    int _start, _end;
    long _bufferOffset;
    bool _ended;

    public enum Read
    {
        Lines,
        TooLong,
        End,
    }

    /// <summary>Reads on.</summary>
    /// <param name="block">For <see cref="Read.Lines"/>: the lines.</param>
    /// <param name="offset">Where the block, or the line passed over, begins.</param>
    public Read TryRead(out ReadOnlySpan<byte> block, out long offset)
    {
        block = default;
        while (true)
        {
            int lastEnd = _buffer.AsSpan(_start, _end - _start).LastIndexOf((byte)'\n');
            if (lastEnd >= 0 || _ended && _end > _start)
            {
                int length = lastEnd >= 0 ? lastEnd + 1 : _end - _start;
                offset = _bufferOffset + _start;
                block = _buffer.AsSpan(_start, length);
                _start += length;
                return Read.Lines;
            }

            if (_ended)
            {
                offset = _bufferOffset + _start;
                return Read.End;
            }

            if (_end - _start > maxLineBytes)
            {
                offset = _bufferOffset + _start;
                PassOver();
                return Read.TooLong;
            }

            Fill();
        }
    }

    void Fill()
    {
        if (_start > 0)
        {
            _buffer.AsSpan(_start, _end - _start).CopyTo(_buffer);
            _bufferOffset += _start;
            _end -= _start;
            _start = 0;
        }

        if (_end == _buffer.Length)
        {
            byte[] larger = ArrayPool<byte>.Shared.Rent(_buffer.Length * 2);
            _buffer.AsSpan(0, _end).CopyTo(larger);
            ArrayPool<byte>.Shared.Return(_buffer);
            _buffer = larger;
        }

        int read = content.Read(_buffer.AsSpan(_end));
        if (read == 0) _ended = true;
        _end += read;
    }

    void PassOver()
    {
        while (true)
        {
            int lineEnd = _buffer.AsSpan(_start, _end - _start).IndexOf((byte)'\n');
            if (lineEnd >= 0)
            {
                _start += lineEnd + 1;
                return;
            }

            _start = _end;
            if (_ended) return;
            Fill();
        }
    }

    public void Dispose()
    {
        ArrayPool<byte>.Shared.Return(_buffer);
        _buffer = [];
    }
}
