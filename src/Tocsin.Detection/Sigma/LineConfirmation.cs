using System.Text;
using Tocsin.Detection.Matching;

namespace Tocsin.Detection.Sigma;

/// <summary>Tells of a line in which a text was found whether any rule has all the texts that it needs there. Immutable.</summary>
/// <remarks>
/// The block search can only look for one group of texts for each rule. Where all of a rule's words are everyday words
/// (<c>autodiscover</c> with <c>powershell</c>, <c>POST</c> with <c>/owa/auth/</c> with <c>.aspx</c>), one of them is in
/// many lines and all of them in nearly none.
/// </remarks>
sealed class LineConfirmation
{
    /// <summary>Bounds the space on the stack for a line's findings: 4,096 texts. A larger rule set goes without.</summary>
    const int MaxWords = 64;

    readonly LiteralSet _texts;
    readonly int _words;
    readonly Part[][][] _alternatives;

    /// <summary>A group is one or a few of these: bits of one word of the line's findings.</summary>
    readonly record struct Part(int Word, ulong Bits);

    LineConfirmation(LiteralSet texts, int words, Part[][][] alternatives)
    {
        _texts = texts;
        _words = words;
        _alternatives = alternatives;
    }

    /// <summary>The confirmation for rules; null where it would be too large, or could never refuse a line.</summary>
    public static LineConfirmation? Of(IReadOnlyList<LiteralChoice?> rules)
    {
        if (rules.Count == 0 || rules.Any(r => r is null)) return null;
        byte[][] texts = LiteralChoice.ToBytes(rules.SelectMany(r => r!.Alternatives).SelectMany(a => a).SelectMany(g => g.Texts).Distinct());
        int words = (texts.Length + 63) / 64;
        if (words > MaxWords) return null;

        var bitOf = texts.Select((t, i) => (Text: Encoding.ASCII.GetString(t), i)).ToDictionary(t => t.Text, t => t.i, StringComparer.Ordinal);
        Part[][][] alternatives = [.. Fewest(rules.SelectMany(r => r!.Alternatives)).Select(groups => groups.Select(g => Parts(g.Texts.Select(t => bitOf[t]))).ToArray())];
        return new(new LiteralSet(texts), words, alternatives);
    }

    /// <summary>Whether some rule may match the line.</summary>
    public bool Allows(ReadOnlySpan<byte> line)
    {
        Span<ulong> found = stackalloc ulong[MaxWords];
        found = found[.._words];
        found.Clear();
        _texts.Collect(line, found);
        foreach (Part[][] groups in _alternatives)
        {
            if (HasAll(groups, found)) return true;
        }

        return false;
    }

    static bool HasAll(Part[][] groups, ReadOnlySpan<ulong> found)
    {
        foreach (Part[] group in groups)
        {
            ulong any = 0;
            foreach (Part part in group) any |= part.Bits & found[part.Word];
            if (any == 0) return false;
        }

        return true;
    }

    static Part[] Parts(IEnumerable<int> bits) => [.. bits.GroupBy(b => b >> 6).Select(w => new Part(w.Key, w.Aggregate(0UL, (mask, b) => mask | 1UL << (b & 63))))];

    // Packs take in the same shared rules: what another alternative asks for already, and no more, is asked once.
    static List<LiteralChoice.Group[]> Fewest(IEnumerable<LiteralChoice.Group[]> alternatives)
    {
        var kept = new List<LiteralChoice.Group[]>();
        foreach (LiteralChoice.Group[] groups in alternatives.OrderBy(a => a.Length))
        {
            if (!kept.Exists(weaker => weaker.All(w => groups.Any(g => g.Texts.IsSubsetOf(w.Texts))))) kept.Add(groups);
        }

        return kept;
    }
}
