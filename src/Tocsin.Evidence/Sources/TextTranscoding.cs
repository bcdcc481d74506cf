using System.Text;
using System.Text.Unicode;

namespace Tocsin.Evidence.Sources;

/// <summary>Delivers UTF-16 text as UTF-8 and everything else untouched. PowerShell's <c>&gt;</c> and <c>Out-File</c> write UTF-16.</summary>
/// <remarks>
/// UTF-16 is recognised by its byte order mark, or without one by a head in which nearly every second byte is zero and none
/// of the others is. The mark is dropped. Halves of surrogate pairs become U+FFFD. Memory is a few blocks whatever the length.
/// </remarks>
public sealed class TextTranscoding : ForwardStream
{
    const int HeadBytes = 512;
    const int BlockBytes = 32 * 1024;

    readonly Stream _inner;
    readonly Decoder? _decoder;
    readonly byte[] _block;
    int _start, _end;
    readonly char[] _chars = [];
    readonly byte[] _utf8 = [];
    int _utf8Start, _utf8End;
    bool _ended;

    /// <summary>Looks at the head of a stream.</summary>
    public TextTranscoding(Stream inner)
    {
        _inner = inner;
        byte[] head = new byte[HeadBytes];
        int length = inner.ReadAtLeast(head, HeadBytes, throwOnEndOfStream: false);
        _ended = length < HeadBytes;
        Encoding? encoding = Recognise(head.AsSpan(0, length), out int mark);
        _start = mark;
        _end = length;
        if (encoding is null)
        {
            _block = head;
            return;
        }

        _block = new byte[BlockBytes];
        head.CopyTo(_block, 0);
        _decoder = encoding.GetDecoder();
        _chars = new char[encoding.GetMaxCharCount(BlockBytes)];
        _utf8 = new byte[Encoding.UTF8.GetMaxByteCount(_chars.Length)];
    }

    /// <summary>True where the bytes delivered are not those of the file: offsets and positions are then of the UTF-8 text.</summary>
    public bool IsTranscoded => _decoder is not null;

    /// <summary>The encoding of a head of text if that is UTF-16, else null.</summary>
    /// <param name="head">The first bytes.</param>
    /// <param name="mark">Length of the byte order mark.</param>
    public static Encoding? Recognise(ReadOnlySpan<byte> head, out int mark)
    {
        mark = 2;
        if (head is [0xFF, 0xFE, ..]) return Encoding.Unicode;
        if (head is [0xFE, 0xFF, ..]) return Encoding.BigEndianUnicode;
        mark = 0;
        if (LooksLikeUtf16(head, zeroAt: 1)) return Encoding.Unicode;
        return LooksLikeUtf16(head, zeroAt: 0) ? Encoding.BigEndianUnicode : null;
    }

    /// <inheritdoc/>
    public override int Read(Span<byte> buffer)
    {
        if (buffer.IsEmpty) return 0;
        if (_decoder is null)
        {
            if (_start == _end) return _inner.Read(buffer);
            int count = Math.Min(buffer.Length, _end - _start);
            _block.AsSpan(_start, count).CopyTo(buffer);
            _start += count;
            return count;
        }

        while (_utf8Start == _utf8End)
        {
            if (!Convert(_decoder)) return 0;
        }

        int ready = Math.Min(buffer.Length, _utf8End - _utf8Start);
        _utf8.AsSpan(_utf8Start, ready).CopyTo(buffer);
        _utf8Start += ready;
        return ready;
    }

    bool Convert(Decoder decoder)
    {
        if (_start == _end)
        {
            if (_ended) return false;
            _start = 0;
            _end = _inner.Read(_block);
            _ended = _end == 0;
        }

        int chars = decoder.GetChars(_block.AsSpan(_start, _end - _start), _chars, flush: _ended);
        _start = _end;
        Utf8.FromUtf16(_chars.AsSpan(0, chars), _utf8, out _, out _utf8End);
        _utf8Start = 0;
        return true;
    }

    static bool LooksLikeUtf16(ReadOnlySpan<byte> head, int zeroAt)
    {
        int pairs = head.Length / 2, plain = 0;
        if (pairs < 4) return false;
        for (int at = 0; at + 1 < head.Length; at += 2)
        {
            byte high = head[at + zeroAt], low = head[at + 1 - zeroAt];
            if (high == 0 && low == 0) return false;
            if (high == 0 && low is (>= 0x20 and < 0x7F) or (byte)'\t' or (byte)'\r' or (byte)'\n') plain++;
        }

        return plain >= pairs - pairs / 4;
    }
}
