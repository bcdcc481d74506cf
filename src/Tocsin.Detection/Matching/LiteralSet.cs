using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using System.Text;

namespace Tocsin.Detection.Matching;

/// <summary>Finds any of many literals in a text, without regard to ASCII case. Immutable; safe to share between threads.</summary>
/// <remarks>
/// Method: Teddy (from Hyperscan, as described in the notes of Rust's aho-corasick). Of each literal the four bytes that are
/// rarest in logs are its fingerprint; the fingerprints are dealt into eight buckets; for each of the four places two
/// sixteen-entry tables say which buckets a byte's low and high half allow, so that shuffles and ANDs test 32 positions at
/// once. What remains is compared in full. <c>SearchValues&lt;string&gt;</c> does the same but only for UTF-16; logs are bytes,
/// and widening them first costs more than the search. Its test is a plain search for each literal.
/// </remarks>
public sealed class LiteralSet
{
    const int Buckets = 8;
    const int Width = 4;

    // One literal as the verifier sees it: the word at its fingerprint, with letters folded to lower case.
    readonly record struct Entry(int Literal, int Offset, uint Word, uint Fold, uint Care);

    readonly byte[][] _literals;
    readonly Entry[][] _buckets = new Entry[Buckets][];
    readonly byte[] _low = new byte[Width * 16];
    readonly byte[] _high = new byte[Width * 16];

    /// <summary>Prepares the search.</summary>
    /// <param name="literals">Non-empty texts in bytes; non-ASCII bytes match themselves.</param>
    public LiteralSet(IReadOnlyList<byte[]> literals)
    {
        if (literals.Any(l => l.Length == 0)) throw new ArgumentException("An empty literal occurs everywhere.", nameof(literals));
        _literals = [.. literals.Select(Lower)];
        var entries = _literals.Select(MakeEntry).OrderBy(e => BinaryPrimitives.ReverseEndianness(e.Word)).ToArray();

        // Neighbours in order share their first bytes, so a bucket of neighbours lets the fewest strangers through.
        for (int b = 0; b < Buckets; b++)
        {
            _buckets[b] = entries[(entries.Length * b / Buckets)..(entries.Length * (b + 1) / Buckets)];
            foreach (Entry entry in _buckets[b]) Admit(entry, (byte)(1 << b));
        }
    }

    /// <summary>How many literals there are.</summary>
    public int Count => _literals.Length;

    /// <summary>Start of the next occurrence of any literal that begins at or after <paramref name="from"/>; or -1.</summary>
    public int Find(ReadOnlySpan<byte> text, int from) => _literals.Length == 0 ? -1 : Scan(text, from, default);

    /// <summary>Sets the bit of every literal that occurs in the text.</summary>
    /// <param name="text">Usually one line.</param>
    /// <param name="found">At least <see cref="Count"/> bits, 64 in each element. Bits are only set, never cleared.</param>
    public void Collect(ReadOnlySpan<byte> text, Span<ulong> found)
    {
        if (_literals.Length > 0) Scan(text, 0, found);
    }

    // Without a place for findings, stops at the first.
    int Scan(ReadOnlySpan<byte> text, int from, Span<ulong> found)
    {
        int i = from;
        int hit = -1;
        if (Avx2.IsSupported) i = Scan256(text, i, from, found, out hit);
        else if (Vector128.IsHardwareAccelerated) i = Scan128(text, i, from, found, out hit);
        if (hit >= 0) return hit;

        for (; i < text.Length; i++)
        {
            int buckets = 0xFF;
            for (int place = 0; place < Width; place++)
            {
                int b = i + place < text.Length ? text[i + place] : 0;
                buckets &= _low[place * 16 + (b & 15)] & _high[place * 16 + (b >> 4)];
            }

            if (buckets != 0 && Verify(text, i, from, buckets, found) is >= 0 and var start) return start;
        }

        return -1;
    }

    int Scan256(ReadOnlySpan<byte> text, int i, int from, Span<ulong> found, out int hit)
    {
        hit = -1;
        Vector256<byte> low0 = Table256(_low, 0), low1 = Table256(_low, 1), low2 = Table256(_low, 2), low3 = Table256(_low, 3);
        Vector256<byte> high0 = Table256(_high, 0), high1 = Table256(_high, 1), high2 = Table256(_high, 2), high3 = Table256(_high, 3);
        Vector256<byte> half = Vector256.Create((byte)0x0F);
        ref byte origin = ref MemoryMarshal.GetReference(text);
        for (; i + 32 + Width <= text.Length; i += 32)
        {
            Vector256<byte> v = Vector256.LoadUnsafe(ref origin, (nuint)i);
            Vector256<byte> r = Avx2.Shuffle(low0, v & half) & Avx2.Shuffle(high0, (v.AsUInt16() >>> 4).AsByte() & half);
            v = Vector256.LoadUnsafe(ref origin, (nuint)i + 1);
            r &= Avx2.Shuffle(low1, v & half) & Avx2.Shuffle(high1, (v.AsUInt16() >>> 4).AsByte() & half);
            v = Vector256.LoadUnsafe(ref origin, (nuint)i + 2);
            r &= Avx2.Shuffle(low2, v & half) & Avx2.Shuffle(high2, (v.AsUInt16() >>> 4).AsByte() & half);
            v = Vector256.LoadUnsafe(ref origin, (nuint)i + 3);
            r &= Avx2.Shuffle(low3, v & half) & Avx2.Shuffle(high3, (v.AsUInt16() >>> 4).AsByte() & half);
            if (r == Vector256<byte>.Zero) continue;

            for (uint bits = ~Vector256.Equals(r, Vector256<byte>.Zero).ExtractMostSignificantBits(); bits != 0; bits &= bits - 1)
            {
                int at = BitOperations.TrailingZeroCount(bits);
                hit = Verify(text, i + at, from, r[at], found);
                if (hit >= 0) return i;
            }
        }

        return i;
    }

    int Scan128(ReadOnlySpan<byte> text, int i, int from, Span<ulong> found, out int hit)
    {
        hit = -1;
        Vector128<byte> low0 = Table128(_low, 0), low1 = Table128(_low, 1), low2 = Table128(_low, 2), low3 = Table128(_low, 3);
        Vector128<byte> high0 = Table128(_high, 0), high1 = Table128(_high, 1), high2 = Table128(_high, 2), high3 = Table128(_high, 3);
        Vector128<byte> half = Vector128.Create((byte)0x0F);
        ref byte origin = ref MemoryMarshal.GetReference(text);
        for (; i + 16 + Width <= text.Length; i += 16)
        {
            Vector128<byte> v = Vector128.LoadUnsafe(ref origin, (nuint)i);
            Vector128<byte> r = Vector128.ShuffleNative(low0, v & half) & Vector128.ShuffleNative(high0, (v.AsUInt16() >>> 4).AsByte() & half);
            v = Vector128.LoadUnsafe(ref origin, (nuint)i + 1);
            r &= Vector128.ShuffleNative(low1, v & half) & Vector128.ShuffleNative(high1, (v.AsUInt16() >>> 4).AsByte() & half);
            v = Vector128.LoadUnsafe(ref origin, (nuint)i + 2);
            r &= Vector128.ShuffleNative(low2, v & half) & Vector128.ShuffleNative(high2, (v.AsUInt16() >>> 4).AsByte() & half);
            v = Vector128.LoadUnsafe(ref origin, (nuint)i + 3);
            r &= Vector128.ShuffleNative(low3, v & half) & Vector128.ShuffleNative(high3, (v.AsUInt16() >>> 4).AsByte() & half);
            if (r == Vector128<byte>.Zero) continue;

            for (uint bits = ~Vector128.Equals(r, Vector128<byte>.Zero).ExtractMostSignificantBits() & 0xFFFF; bits != 0; bits &= bits - 1)
            {
                int at = BitOperations.TrailingZeroCount(bits);
                hit = Verify(text, i + at, from, r[at], found);
                if (hit >= 0) return i;
            }
        }

        return i;
    }

    int Verify(ReadOnlySpan<byte> text, int at, int from, int buckets, Span<ulong> found)
    {
        uint word = at + 4 <= text.Length ? BinaryPrimitives.ReadUInt32LittleEndian(text[at..]) : ShortWord(text[at..]);
        int first = -1;
        for (; buckets != 0; buckets &= buckets - 1)
        {
            foreach (Entry entry in _buckets[BitOperations.TrailingZeroCount(buckets)])
            {
                if (((word | entry.Fold) & entry.Care) != entry.Word) continue;
                byte[] literal = _literals[entry.Literal];
                int start = at - entry.Offset;
                if (start < from || start + literal.Length > text.Length || !EqualsFolded(text.Slice(start, literal.Length), literal)) continue;
                if (found.IsEmpty) first = first < 0 ? start : Math.Min(first, start);
                else found[entry.Literal >> 6] |= 1UL << (entry.Literal & 63);
            }
        }

        return first;
    }

    static bool EqualsFolded(ReadOnlySpan<byte> text, ReadOnlySpan<byte> lower)
    {
        for (int i = 0; i < lower.Length; i++)
        {
            byte b = text[i];
            if (b is >= (byte)'A' and <= (byte)'Z') b |= 0x20;
            if (b != lower[i]) return false;
        }

        return true;
    }

    static uint ShortWord(ReadOnlySpan<byte> text)
    {
        uint word = 0;
        for (int i = 0; i < text.Length; i++) word |= (uint)text[i] << (8 * i);
        return word;
    }

    void Admit(Entry entry, byte bucket)
    {
        for (int place = 0; place < Width; place++)
        {
            bool any = (entry.Care >> (8 * place) & 0xFF) == 0;
            byte b = (byte)(entry.Word >> (8 * place));
            for (int v = 0; v < 256; v++)
            {
                bool admitted = any || (byte)(v | (byte)(entry.Fold >> (8 * place))) == b;
                if (!admitted) continue;
                _low[place * 16 + (v & 15)] |= bucket;
                _high[place * 16 + (v >> 4)] |= bucket;
            }
        }
    }

    Entry MakeEntry(byte[] literal, int index)
    {
        int best = 0;
        if (literal.Length > Width)
        {
            int bestCost = int.MaxValue;
            for (int offset = 0; offset + Width <= literal.Length; offset++)
            {
                int cost = 0;
                for (int i = 0; i < Width; i++) cost += Commonness(literal[offset + i]);
                if (cost < bestCost) (best, bestCost) = (offset, cost);
            }
        }

        uint word = 0, fold = 0, care = 0;
        for (int place = 0; place < Width && best + place < literal.Length; place++)
        {
            byte b = literal[best + place];
            word |= (uint)b << (8 * place);
            care |= 0xFFu << (8 * place);
            if (char.IsAsciiLetter((char)b)) fold |= 0x20u << (8 * place);
        }

        return new(index, best, word, fold, care);
    }

    // How common a byte is in web logs, roughly in powers of two: an estimate only steers speed.
    static int Commonness(byte b) => (char)b switch
    {
        >= '0' and <= '9' or '-' or ' ' or '.' or ',' or '=' or ';' => 9,
        'e' or 'a' or 'o' or 'i' or 't' or 'c' or 'd' or 's' or 'r' or 'n' => 8,
        'l' or 'm' or 'p' or 'u' or 'f' or 'b' or '/' or ':' or '+' or '&' => 7,
        'h' or 'g' or 'w' or 'x' or 'v' or 'k' or 'y' or '%' or '(' or ')' => 5,
        _ => 2,
    };

    static byte[] Lower(byte[] literal)
    {
        byte[] lower = new byte[literal.Length];
        for (int i = 0; i < lower.Length; i++) lower[i] = literal[i] is >= (byte)'A' and <= (byte)'Z' ? (byte)(literal[i] | 0x20) : literal[i];
        return lower;
    }

    static Vector256<byte> Table256(byte[] table, int place) => Vector256.Create(Table128(table, place), Table128(table, place));

    static Vector128<byte> Table128(byte[] table, int place) => Vector128.Create<byte>(table.AsSpan(place * 16, 16));

    /// <inheritdoc />
    public override string ToString() => string.Join(' ', _literals.Select(l => Encoding.UTF8.GetString(l)));
}
