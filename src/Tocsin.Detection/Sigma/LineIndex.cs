using System.Numerics;
using Tocsin.Detection.Matching;
using Tocsin.Evidence.Records;

namespace Tocsin.Detection.Sigma;

/// <summary>Matches the records of a log source whose records are lines of one kind: candidates by the texts in the line, then the rules. Immutable.</summary>
sealed class LineIndex
{
    readonly (int Index, RecordMatcher Matcher)[] _entries;
    readonly LiteralSet? _literals;
    readonly int[][] _entriesOfLiteral;
    readonly ulong[] _entriesWithoutLiteral;
    readonly int _fields;
    readonly int _decoded;

    /// <summary>Prepares matching.</summary>
    /// <param name="entries">Each rule's index in the rule set and what to ask of a record.</param>
    /// <param name="choices">For each rule the texts of which one stands in the line, or null.</param>
    /// <param name="fields">The log source's fields.</param>
    public LineIndex((int Index, RecordMatcher Matcher)[] entries, LiteralChoice?[] choices, FieldSet fields)
    {
        _entries = entries;
        byte[][] texts = LiteralChoice.ToBytes(choices.OfType<LiteralChoice>().SelectMany(c => c.Texts).Distinct());
        _literals = texts.Length == 0 ? null : new(texts);
        LiteralCount = texts.Length;
        _entriesOfLiteral = EntriesOf(texts, choices);
        _entriesWithoutLiteral = new ulong[(_entries.Length + 63) / 64];
        for (int i = 0; i < choices.Length; i++)
        {
            if (choices[i] is null) _entriesWithoutLiteral[i >> 6] |= 1UL << i;
        }

        _fields = fields.Count;
        _decoded = fields.IndexOf(Taxonomy.Decoded);
    }

    /// <summary>How many different texts are searched for.</summary>
    public int LiteralCount { get; }

    static int[][] EntriesOf(byte[][] literals, LiteralChoice?[] choices)
    {
        var entries = new Dictionary<string, List<int>>(StringComparer.Ordinal);
        for (int i = 0; i < choices.Length; i++)
        {
            foreach (string text in choices[i]?.Texts ?? [])
            {
                if (!entries.TryGetValue(text, out List<int>? list)) entries[text] = list = [];
                list.Add(i);
            }
        }

        return [.. literals.Select(l => entries[System.Text.Encoding.ASCII.GetString(l)].ToArray())];
    }

    public void Match(in Record record, MatchScratch scratch, List<int> hits)
    {
        Span<ulong> candidates = MatchScratch.Zeroed(ref scratch.Rules, _entries.Length);
        _entriesWithoutLiteral.CopyTo(candidates);
        if (_literals is not null) AddCandidates(record, scratch, candidates);
        for (int word = 0; word < candidates.Length; word++)
        {
            for (ulong bits = candidates[word]; bits != 0; bits &= bits - 1)
            {
                (int index, RecordMatcher matcher) = _entries[word * 64 + BitOperations.TrailingZeroCount(bits)];
                if (matcher.Matches(record, scratch)) hits.Add(index);
            }
        }
    }

    void AddCandidates(in Record record, MatchScratch scratch, Span<ulong> candidates)
    {
        Span<ulong> found = MatchScratch.Zeroed(ref scratch.Literals, LiteralCount);
        _literals!.Collect(record.Line, found);
        if (record.Line.IsEmpty)
        {
            for (int field = 0; field < _fields; field++)
            {
                foreach (ReadOnlySpan<byte> value in record.Values(field)) _literals.Collect(value, found);
            }
        }
        else if (_decoded >= 0)
        {
            foreach (ReadOnlySpan<byte> value in record.Values(_decoded)) _literals.Collect(value, found);
        }

        for (int word = 0; word < found.Length; word++)
        {
            for (ulong bits = found[word]; bits != 0; bits &= bits - 1)
            {
                foreach (int entry in _entriesOfLiteral[word * 64 + BitOperations.TrailingZeroCount(bits)]) candidates[entry >> 6] |= 1UL << entry;
            }
        }
    }
}
