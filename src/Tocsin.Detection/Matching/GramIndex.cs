using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Tocsin.Detection.Matching;

/// <summary>Finds which of many texts stand in a short value, without regard to ASCII case. Immutable; safe to share between threads.</summary>
/// <remarks>
/// <see cref="LiteralSet"/> is made for long blocks and some dozens of texts; with hundreds of texts its sieves let every
/// position through. Here each text has one fingerprint of four bytes (its rarest), the fingerprints set bits in a map of
/// at most 8 KB, and a position whose four bytes have no bit in it costs one multiplication and one look into the map:
/// <code>
/// value:   … s v c h o s t . e x e …        four bytes, letters made small
///               └─────┘ × constant >> 16 → bit in the map → chain of texts with that fingerprint → compare in full
/// </code>
/// Texts of three bytes have a map of their own. Shorter ones are refused: they stand everywhere.
/// </remarks>
sealed class GramIndex
{
    /// <summary>Shorter texts tell nothing.</summary>
    public const int MinLength = 3;

    // Bits of the map's index: one bit in 64 is set, and hundreds of small indexes do not drive one another out of the cache.
    const int MinMapBits = 8, MaxMapBits = 16, SpareBits = 6;
    const uint Fold = 0x20202020;
    const uint Three = 0x00FFFFFF;

    readonly record struct Text(byte[] Lower, int Offset, int Payload);

    readonly int _shift;
    readonly ulong[] _map;
    readonly Dictionary<uint, Text[]> _byGram;
    readonly ulong[]? _map3;
    readonly Dictionary<uint, Text[]> _byGram3;

    /// <summary>Prepares the search.</summary>
    /// <param name="texts">Lower case ASCII of three bytes or more, each with what to report when it is found.</param>
    public GramIndex(IEnumerable<(byte[] Lower, int Payload)> texts)
    {
        var grams = new Dictionary<uint, List<Text>>();
        var grams3 = new Dictionary<uint, List<Text>>();
        foreach ((byte[] lower, int payload) in texts)
        {
            if (lower.Length == 3)
            {
                Add(grams3, (uint)(lower[0] | lower[1] << 8 | lower[2] << 16) | Fold & Three, new(lower, 0, payload));
                continue;
            }

            int offset = Rarest(lower);
            Add(grams, BinaryPrimitives.ReadUInt32LittleEndian(lower.AsSpan(offset)) | Fold, new(lower, offset, payload));
        }

        _byGram = grams.ToDictionary(g => g.Key, g => g.Value.ToArray());
        _byGram3 = grams3.ToDictionary(g => g.Key, g => g.Value.ToArray());
        int bits = Math.Clamp(BitOperations.Log2((uint)Math.Max(1, Math.Max(_byGram.Count, _byGram3.Count))) + 1 + SpareBits, MinMapBits, MaxMapBits);
        _shift = 32 - bits;
        _map = new ulong[(1 << bits) / 64];
        foreach (uint gram in _byGram.Keys) Set(_map, gram);
        if (_byGram3.Count == 0) return;
        _map3 = new ulong[_map.Length];
        foreach (uint gram in _byGram3.Keys) Set(_map3, gram);
    }

    static void Add(Dictionary<uint, List<Text>> grams, uint gram, Text text)
    {
        if (!grams.TryGetValue(gram, out List<Text>? list)) grams[gram] = list = [];
        list.Add(text);
    }

    void Set(ulong[] map, uint gram)
    {
        uint hash = Hash(gram, _shift);
        map[hash >> 6] |= 1UL << (int)(hash & 63);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static uint Hash(uint gram, int shift) => (gram * 0x9E3779B1u) >> shift;

    /// <summary>Hands the payload of every text that stands in the value to the candidates; a text found twice is handed on twice.</summary>
    public void Collect(ReadOnlySpan<byte> value, int[][] entriesOf, Span<ulong> candidates)
    {
        int last = value.Length - 4;
        ref byte origin = ref MemoryMarshal.GetReference(value);
        ref ulong map = ref MemoryMarshal.GetArrayDataReference(_map);
        ulong[]? map3 = _map3;
        int shift = _shift;
        for (int at = 0; at <= last; at++)
        {
            uint gram = Unsafe.ReadUnaligned<uint>(ref Unsafe.Add(ref origin, at)) | Fold;
            uint hash = Hash(gram, shift);
            if ((Unsafe.Add(ref map, hash >> 6) >> (int)(hash & 63) & 1) != 0) Verify(_byGram, gram, value, at, entriesOf, candidates);
            if (map3 is not null) Try3(map3, gram & Three, value, at, entriesOf, candidates);
        }

        if (map3 is null || value.Length < 3) return;
        ReadOnlySpan<byte> end = value[^3..];
        Try3(map3, (uint)(end[0] | end[1] << 8 | end[2] << 16) | Fold & Three, value, value.Length - 3, entriesOf, candidates);
    }

    void Try3(ulong[] map, uint gram, ReadOnlySpan<byte> value, int at, int[][] entriesOf, Span<ulong> candidates)
    {
        uint hash = Hash(gram, _shift);
        if ((map[hash >> 6] >> (int)(hash & 63) & 1) != 0) Verify(_byGram3, gram, value, at, entriesOf, candidates);
    }

    static void Verify(Dictionary<uint, Text[]> byGram, uint gram, ReadOnlySpan<byte> value, int at, int[][] entriesOf, Span<ulong> candidates)
    {
        if (!byGram.TryGetValue(gram, out Text[]? texts)) return;
        foreach (Text text in texts)
        {
            int start = at - text.Offset;
            if (start < 0 || start + text.Lower.Length > value.Length || !FoldedText.Equals(value.Slice(start, text.Lower.Length), text.Lower)) continue;
            foreach (int entry in entriesOf[text.Payload]) candidates[entry >> 6] |= 1UL << entry;
        }
    }

    // The place where four bytes side by side are least to be expected in paths and commands.
    static int Rarest(byte[] lower)
    {
        int best = 0, bestCost = int.MaxValue;
        for (int offset = 0; offset + 4 <= lower.Length; offset++)
        {
            int cost = 0;
            for (int i = 0; i < 4; i++) cost += Commonness(lower[offset + i]);
            if (cost < bestCost) (best, bestCost) = (offset, cost);
        }

        return best;
    }

    // Roughly in powers of two, in Windows paths and commands: an estimate only steers speed.
    static int Commonness(byte b) => (char)b switch
    {
        'e' or 's' or 'i' or 't' or 'o' or 'r' or 'n' or '\\' or 'a' => 9,
        'm' or 'c' or 'd' or 'l' or 'w' or 'p' or '3' or '2' or '.' or ' ' => 8,
        'x' or 'u' or 'f' or 'h' or 'g' or '0' or '1' or '-' => 7,
        'y' or 'v' or 'b' or 'k' or '4' or '5' or '6' or '7' or '8' or '9' or ':' or '"' or '/' => 6,
        _ => 3,
    };
}
