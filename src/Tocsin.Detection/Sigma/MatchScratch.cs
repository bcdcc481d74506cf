using System.Text;

namespace Tocsin.Detection.Sigma;

/// <summary>Room for matching, reused from record to record. One per thread; not safe for concurrent use.</summary>
/// <remarks>Its buffers grow to the largest value seen, so an ordinary record allocates nothing.</remarks>
public sealed class MatchScratch
{
    char[] _chars = new char[1024];
    byte[] _bytes = new byte[1024];
    byte[] _spaced = new byte[1024];

    internal ulong[] Literals = [];
    internal ulong[] Rules = [];

    /// <summary>How often a regular expression was given up on (time or length), so that the report can say so.</summary>
    public long RegexesAbandoned { get; internal set; }

    /// <summary>The value as characters; broken UTF-8 becomes U+FFFD. Valid until the next call.</summary>
    internal Span<char> Decode(ReadOnlySpan<byte> value)
    {
        if (_chars.Length < value.Length) _chars = new char[Math.Max(value.Length, _chars.Length * 2)];
        return _chars.AsSpan(0, Encoding.UTF8.GetChars(value, _chars));
    }

    /// <summary>The value in upper case, as ordinal comparison without case sees it. Valid until the next call.</summary>
    internal ReadOnlySpan<byte> Fold(ReadOnlySpan<byte> value)
    {
        Span<char> chars = Decode(value);
        for (int i = 0; i < chars.Length; i++) chars[i] = char.ToUpperInvariant(chars[i]);
        int most = Encoding.UTF8.GetMaxByteCount(chars.Length);
        if (_bytes.Length < most) _bytes = new byte[Math.Max(most, _bytes.Length * 2)];
        return _bytes.AsSpan(0, Encoding.UTF8.GetBytes(chars, _bytes));
    }

    /// <summary>The value with '+' read as a space, as IIS wrote it. Valid until the next call.</summary>
    internal ReadOnlySpan<byte> PlusAsSpace(ReadOnlySpan<byte> value)
    {
        if (_spaced.Length < value.Length) _spaced = new byte[Math.Max(value.Length, _spaced.Length * 2)];
        Span<byte> text = _spaced.AsSpan(0, value.Length);
        value.Replace(text, (byte)'+', (byte)' ');
        return text;
    }

    internal static Span<ulong> Zeroed(ref ulong[] words, int bits)
    {
        int count = (bits + 63) / 64;
        if (words.Length < count) words = new ulong[count];
        Span<ulong> span = words.AsSpan(0, count);
        span.Clear();
        return span;
    }
}
