namespace Tocsin.Detection.Matching;

/// <summary>Finds a value among many texts by one look, without regard to ASCII case. Immutable; safe to share between threads.</summary>
sealed class WholeTextIndex
{
    readonly Dictionary<uint, (byte[] Lower, int Payload)[]> _byHash;
    readonly int _longest;

    /// <summary>Prepares the search.</summary>
    /// <param name="texts">Lower case ASCII, each with what to report when the value is it.</param>
    public WholeTextIndex(IEnumerable<(byte[] Lower, int Payload)> texts)
    {
        var all = texts.ToArray();
        _byHash = all.GroupBy(t => FoldedText.Hash(t.Lower)).ToDictionary(g => g.Key, g => g.ToArray());
        _longest = all.Max(t => t.Lower.Length);
    }

    /// <summary>Hands on the payloads of the texts that are the value.</summary>
    public void Collect(ReadOnlySpan<byte> value, int[][] entriesOf, Span<ulong> candidates)
    {
        if (value.IsEmpty || value.Length > _longest || !_byHash.TryGetValue(FoldedText.Hash(value), out var texts)) return;
        foreach ((byte[] lower, int payload) in texts)
        {
            if (!FoldedText.Equals(value, lower)) continue;
            foreach (int entry in entriesOf[payload]) candidates[entry >> 6] |= 1UL << entry;
        }
    }
}
