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
/// rarest in logs are its fingerprint; the fingerprints are dealt into buckets, eight to a sieve; for each of the four
/// places two sixteen-entry tables say which buckets a byte's low and high half allow, so that shuffles and ANDs test 32
/// positions at once. What remains is looked up by its fingerprint and compared in full. <c>SearchValues&lt;string&gt;</c> does the same but only for UTF-16; logs are bytes,
/// and widening them first costs more than the search. Its test is a plain search for each literal.
/// </remarks>
public sealed class LiteralSet
{
    const int Buckets = 8;

    /// <summary>A fuller bucket lets more strangers through, each of which costs as much as another sieve does for 32 bytes.</summary>
    const int TextsPerSieve = 20;
    const int MaxSieves = 4;

    /// <summary>One sieve's tables for one half of a byte: four places of sixteen entries, each twice for 256 bits.</summary>
    const int TableBytes = Width * 32;

    const int Width = 4;

    // One literal: the word at its fingerprint, with letters folded to lower case; Care is zero where it is too short.
    readonly record struct Entry(int Literal, int Offset, uint Word, uint Fold, uint Care);

    // Setting this bit makes capitals small, and confuses a few signs: good enough to look a fingerprint up.
    const uint Fold = 0x20202020;

    // The three bytes of a literal of that length.
    const uint Three = 0x00FFFFFF;

    readonly byte[][] _literals;

    // Literals by their folded fingerprint: the first of each chain by its hash, and the next of each literal's chain.
    readonly int[] _chains;
    readonly int[] _next;
    readonly int[] _offsets;
    readonly uint[] _words;
    readonly int _shift;
    readonly bool _has3;

    // The same for literals of three bytes, and those shorter still, which are few and tried one by one.
    readonly int[] _chains3;
    readonly Entry[] _short;
    readonly int _sieves;
    readonly byte[] _low;
    readonly byte[] _high;

    /// <summary>Prepares the search.</summary>
    /// <param name="literals">Non-empty texts in bytes; non-ASCII bytes match themselves.</param>
    public LiteralSet(IReadOnlyList<byte[]> literals)
    {
        if (literals.Any(l => l.Length == 0)) throw new ArgumentException("An empty literal occurs everywhere.", nameof(literals));
        _literals = [.. literals.Select(Lower)];
        var entries = _literals.Select(MakeEntry).OrderBy(e => BinaryPrimitives.ReverseEndianness(e.Word)).ToArray();

        _sieves = Math.Clamp((entries.Length + TextsPerSieve - 1) / TextsPerSieve, 1, MaxSieves);
        _low = new byte[_sieves * TableBytes];
        _high = new byte[_sieves * TableBytes];

        // Neighbours in order share their first bytes, so a bucket of neighbours lets the fewest strangers through.
        for (int i = 0; i < entries.Length; i++) Admit(entries[i], (int)((long)i * Buckets * _sieves / entries.Length));

        int size = (int)BitOperations.RoundUpToPowerOf2((uint)Math.Max(64, entries.Length * 8));
        _shift = 32 - BitOperations.Log2((uint)size);
        _chains = new int[size];
        _chains.AsSpan().Fill(-1);
        _next = new int[_literals.Length];
        _offsets = new int[_literals.Length];
        _words = new uint[_literals.Length];
        _chains3 = [.. _chains];
        foreach (Entry entry in entries.Where(e => e.Care >= Three))
        {
            _offsets[entry.Literal] = entry.Offset;
            _words[entry.Literal] = (entry.Word | Fold) & entry.Care;
            ref int chain = ref (entry.Care == Three ? _chains3 : _chains)[Hash(_words[entry.Literal])];
            (_next[entry.Literal], chain) = (chain, entry.Literal);
        }

        _has3 = entries.Any(e => e.Care == Three);
        _short = [.. entries.Where(e => e.Care < Three)];
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
        int step = Avx2.IsSupported ? 32 : Vector128.IsHardwareAccelerated ? 16 : int.MaxValue - Width;
        int hit = -1;
        if (i + step + Width <= text.Length) i = ScanVectors(text, i, from, found, out hit);

        // What is left of less than a vector is searched once more with the bytes before it: one by one would cost more than
        // all the rest of a short line.
        if (hit < 0 && i < text.Length - Width && text.Length >= step + Width) i = ScanVectors(text, text.Length - step - Width, from, found, out hit);
        if (hit >= 0) return hit;

        for (; i < text.Length; i++)
        {
            if (Verify(text, i, from, found) is >= 0 and var start) return start;
        }

        return -1;
    }

    int ScanVectors(ReadOnlySpan<byte> text, int i, int from, Span<ulong> found, out int hit) =>
        Avx2.IsSupported ? Scan256(text, i, from, found, out hit) : Scan128(text, i, from, found, out hit);

    int Scan256(ReadOnlySpan<byte> text, int i, int from, Span<ulong> found, out int hit)
    {
        hit = -1;
        Vector256<byte> half = Vector256.Create((byte)0x0F);
        ref byte origin = ref MemoryMarshal.GetReference(text);
        ref byte low = ref MemoryMarshal.GetArrayDataReference(_low);
        ref byte high = ref MemoryMarshal.GetArrayDataReference(_high);
        for (; i + 32 + Width <= text.Length; i += 32)
        {
            Vector256<byte> v0 = Vector256.LoadUnsafe(ref origin, (nuint)i);
            Vector256<byte> low0 = v0 & half, high0 = (v0.AsUInt16() >>> 4).AsByte() & half;
            Vector256<byte> v1 = Vector256.LoadUnsafe(ref origin, (nuint)i + 1);
            Vector256<byte> low1 = v1 & half, high1 = (v1.AsUInt16() >>> 4).AsByte() & half;
            Vector256<byte> v2 = Vector256.LoadUnsafe(ref origin, (nuint)i + 2);
            Vector256<byte> low2 = v2 & half, high2 = (v2.AsUInt16() >>> 4).AsByte() & half;
            Vector256<byte> v3 = Vector256.LoadUnsafe(ref origin, (nuint)i + 3);
            Vector256<byte> low3 = v3 & half, high3 = (v3.AsUInt16() >>> 4).AsByte() & half;
            Vector256<byte> admitted = Vector256<byte>.Zero;
            for (int sieve = 0; sieve < _low.Length; sieve += TableBytes)
            {
                admitted |= Avx2.Shuffle(Vector256.LoadUnsafe(ref low, (nuint)sieve), low0) & Avx2.Shuffle(Vector256.LoadUnsafe(ref high, (nuint)sieve), high0)
                    & Avx2.Shuffle(Vector256.LoadUnsafe(ref low, (nuint)(sieve + 32)), low1) & Avx2.Shuffle(Vector256.LoadUnsafe(ref high, (nuint)(sieve + 32)), high1)
                    & Avx2.Shuffle(Vector256.LoadUnsafe(ref low, (nuint)(sieve + 64)), low2) & Avx2.Shuffle(Vector256.LoadUnsafe(ref high, (nuint)(sieve + 64)), high2)
                    & Avx2.Shuffle(Vector256.LoadUnsafe(ref low, (nuint)(sieve + 96)), low3) & Avx2.Shuffle(Vector256.LoadUnsafe(ref high, (nuint)(sieve + 96)), high3);
            }

            if (admitted == Vector256<byte>.Zero) continue;
            for (uint bits = ~Vector256.Equals(admitted, Vector256<byte>.Zero).ExtractMostSignificantBits(); bits != 0; bits &= bits - 1)
            {
                hit = Verify(text, i + BitOperations.TrailingZeroCount(bits), from, found);
                if (hit >= 0) return i;
            }
        }

        return i;
    }

    int Scan128(ReadOnlySpan<byte> text, int i, int from, Span<ulong> found, out int hit)
    {
        hit = -1;
        Vector128<byte> half = Vector128.Create((byte)0x0F);
        ref byte origin = ref MemoryMarshal.GetReference(text);
        ref byte low = ref MemoryMarshal.GetArrayDataReference(_low);
        ref byte high = ref MemoryMarshal.GetArrayDataReference(_high);
        for (; i + 16 + Width <= text.Length; i += 16)
        {
            Vector128<byte> v0 = Vector128.LoadUnsafe(ref origin, (nuint)i);
            Vector128<byte> low0 = v0 & half, high0 = (v0.AsUInt16() >>> 4).AsByte() & half;
            Vector128<byte> v1 = Vector128.LoadUnsafe(ref origin, (nuint)i + 1);
            Vector128<byte> low1 = v1 & half, high1 = (v1.AsUInt16() >>> 4).AsByte() & half;
            Vector128<byte> v2 = Vector128.LoadUnsafe(ref origin, (nuint)i + 2);
            Vector128<byte> low2 = v2 & half, high2 = (v2.AsUInt16() >>> 4).AsByte() & half;
            Vector128<byte> v3 = Vector128.LoadUnsafe(ref origin, (nuint)i + 3);
            Vector128<byte> low3 = v3 & half, high3 = (v3.AsUInt16() >>> 4).AsByte() & half;
            Vector128<byte> admitted = Vector128<byte>.Zero;
            for (int sieve = 0; sieve < _low.Length; sieve += TableBytes)
            {
                admitted |= Vector128.ShuffleNative(Vector128.LoadUnsafe(ref low, (nuint)sieve), low0) & Vector128.ShuffleNative(Vector128.LoadUnsafe(ref high, (nuint)sieve), high0)
                    & Vector128.ShuffleNative(Vector128.LoadUnsafe(ref low, (nuint)(sieve + 32)), low1) & Vector128.ShuffleNative(Vector128.LoadUnsafe(ref high, (nuint)(sieve + 32)), high1)
                    & Vector128.ShuffleNative(Vector128.LoadUnsafe(ref low, (nuint)(sieve + 64)), low2) & Vector128.ShuffleNative(Vector128.LoadUnsafe(ref high, (nuint)(sieve + 64)), high2)
                    & Vector128.ShuffleNative(Vector128.LoadUnsafe(ref low, (nuint)(sieve + 96)), low3) & Vector128.ShuffleNative(Vector128.LoadUnsafe(ref high, (nuint)(sieve + 96)), high3);
            }

            if (admitted == Vector128<byte>.Zero) continue;
            for (uint bits = ~Vector128.Equals(admitted, Vector128<byte>.Zero).ExtractMostSignificantBits() & 0xFFFF; bits != 0; bits &= bits - 1)
            {
                hit = Verify(text, i + BitOperations.TrailingZeroCount(bits), from, found);
                if (hit >= 0) return i;
            }
        }

        return i;
    }

    int Hash(uint word) => (int)((word * 0x9E3779B1u) >> _shift);

    int Verify(ReadOnlySpan<byte> text, int at, int from, Span<ulong> found)
    {
        uint word = at + 4 <= text.Length ? BinaryPrimitives.ReadUInt32LittleEndian(text[at..]) : ShortWord(text[at..]);
        int first = -1;
        uint folded = word | Fold;
        for (int literal = _chains[Hash(folded)]; literal >= 0; literal = _next[literal])
        {
            if (_words[literal] == folded) Confirm(text, literal, at - _offsets[literal], from, found, ref first);
        }

        if (_has3)
        {
            folded &= Three;
            for (int literal = _chains3[Hash(folded)]; literal >= 0; literal = _next[literal])
            {
                if (_words[literal] == folded) Confirm(text, literal, at, from, found, ref first);
            }
        }

        foreach (Entry entry in _short)
        {
            if (((word | entry.Fold) & entry.Care) == entry.Word) Confirm(text, entry.Literal, at, from, found, ref first);
        }

        return first;
    }

    void Confirm(ReadOnlySpan<byte> text, int index, int start, int from, Span<ulong> found, ref int first)
    {
        byte[] literal = _literals[index];
        if (start < from || start + literal.Length > text.Length || !EqualsFolded(text.Slice(start, literal.Length), literal)) return;
        if (found.IsEmpty) first = first < 0 ? start : Math.Min(first, start);
        else found[index >> 6] |= 1UL << (index & 63);
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

    void Admit(Entry entry, int bucket)
    {
        int sieve = bucket / Buckets * TableBytes;
        byte bit = (byte)(1 << (bucket % Buckets));
        for (int place = 0; place < Width; place++)
        {
            bool any = (entry.Care >> (8 * place) & 0xFF) == 0;
            byte b = (byte)(entry.Word >> (8 * place));
            for (int v = 0; v < 256; v++)
            {
                bool admitted = any || (byte)(v | (byte)(entry.Fold >> (8 * place))) == b;
                if (!admitted) continue;
                foreach (int copy in (ReadOnlySpan<int>)[0, 16])
                {
                    _low[sieve + place * 32 + copy + (v & 15)] |= bit;
                    _high[sieve + place * 32 + copy + (v >> 4)] |= bit;
                }
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

    /// <inheritdoc />
    public override string ToString() => string.Join(' ', _literals.Select(l => Encoding.UTF8.GetString(l)));
}
