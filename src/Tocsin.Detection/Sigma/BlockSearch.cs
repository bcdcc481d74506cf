using Tocsin.Detection.Matching;

namespace Tocsin.Detection.Sigma;

/// <summary>Looks through blocks of lines for the texts without which no rule of a log source can match. Immutable.</summary>
sealed class BlockSearch
{
    /// <summary>The first window of a search and the largest. A window ends one search before another begins, or rare texts would be sought again over the whole block after each frequent one.</summary>
    const int SmallWindow = 512;
    const int LargeWindow = 1 << 16;

    /// <summary>How many names with one ending are worth one text: each costs every block a little, the ending some lines a second look.</summary>
    const int NamesOfOneEnding = 12;
    const int EndingLength = 5;

    readonly LiteralSet? _literals;
    readonly LineConfirmation? _confirmation;
    readonly int _longestLiteral;
    readonly bool _watchesEncoding;

    /// <summary>Prepares the search.</summary>
    /// <param name="rules">The rules of the log source.</param>
    /// <param name="choices">The texts of each rule that stand in the line; null for a rule without.</param>
    /// <param name="confirms">Whether a line in which a text was found is looked at once more for the others.</param>
    /// <param name="hasDecoded">Whether the reader derives a decoded address, so that encoding may hide a text.</param>
    public BlockSearch(IReadOnlyList<SigmaRule> rules, LiteralChoice?[] choices, bool confirms, bool hasDecoded)
    {
        _confirmation = confirms ? LineConfirmation.Of(choices) : null;
        byte[][] texts = LiteralChoice.ToBytes(TextsOfLines(choices, _confirmation is not null));
        _literals = texts.Length == 0 ? null : new(texts);
        _longestLiteral = texts.Length == 0 ? 0 : texts.Max(l => l.Length);
        _watchesEncoding = hasDecoded && _literals is not null;
        RulesWithoutLiteral = [.. rules.Where((_, i) => choices[i] is null)];
    }

    public IReadOnlyList<SigmaRule> RulesWithoutLiteral { get; }

    // Dozens of names of web shells end in ".aspx". Where lines are confirmed, looking for the ending alone finds them all.
    static IEnumerable<string> TextsOfLines(IEnumerable<LiteralChoice?> choices, bool confirmed)
    {
        string[] texts = [.. choices.OfType<LiteralChoice>().SelectMany(c => c.Texts).Distinct(StringComparer.Ordinal)];
        if (!confirmed) return texts;
        var endings = texts.Where(t => t.Length > EndingLength).GroupBy(t => t[^EndingLength..], StringComparer.Ordinal)
            .Where(g => g.Key[0] == '.' && g.Count() >= NamesOfOneEnding).Select(g => g.Key).ToHashSet(StringComparer.Ordinal);
        return texts.Select(t => t.Length > EndingLength && endings.Contains(t[^EndingLength..]) ? t[^EndingLength..] : t).Distinct(StringComparer.Ordinal);
    }

    /// <inheritdoc cref="Evidence.Records.ILineFilter.FindCandidate" />
    public int FindCandidate(ReadOnlySpan<byte> block, int from)
    {
        if (RulesWithoutLiteral.Count > 0 || _literals is null) return from;
        for (int at = from; at < block.Length;)
        {
            int hit = FindText(block, at, out bool encoded);
            if (hit < 0 || encoded || _confirmation is null) return hit;

            // A frequent text found this line; the others that its rules need are looked for in it alone.
            int start = block[at..hit].LastIndexOf((byte)'\n') + 1 + at;
            int length = block[hit..].IndexOf((byte)'\n');
            int end = length < 0 ? block.Length : hit + length;
            ReadOnlySpan<byte> line = block[start..end];
            if (_confirmation.Allows(line) || _watchesEncoding && EncodedText.Find(line) >= 0) return hit;
            at = end + 1;
        }

        return -1;
    }

    int FindText(ReadOnlySpan<byte> block, int from, out bool isEncoding)
    {
        isEncoding = false;
        if (!_watchesEncoding) return _literals!.Find(block, from);
        for (int start = from, window = SmallWindow; start < block.Length; start += window, window = Math.Min(window * 2, LargeWindow))
        {
            // Texts and escapes that begin in this window may end behind it.
            ReadOnlySpan<byte> text = block[start..Math.Min(block.Length, start + window + Math.Max(_longestLiteral, 3) - 1)];
            int literal = _literals!.Find(text, 0);
            int encoded = EncodedText.Find(literal < 0 ? text : text[..Math.Min(text.Length, literal + 3)]);
            isEncoding = encoded >= 0 && (literal < 0 || encoded < literal);
            if (isEncoding) return start + encoded;
            if (literal >= 0) return start + literal;
        }

        return -1;
    }
}
