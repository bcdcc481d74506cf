using System.Numerics;
using System.Text;
using Tocsin.Detection.Matching;
using Tocsin.Evidence.Records;

namespace Tocsin.Detection.Sigma;

/// <summary>The rules that can match one kind of Windows event, with the texts of which each needs one. Immutable; safe to share between threads.</summary>
sealed class EventKind
{
    sealed record Search(int Field, WholeTextIndex? Wholes, WholeTextIndex? Names, GramIndex? Anywhere);

    readonly (int Index, RecordMatcher Matcher)[] _entries;
    readonly ulong[] _withoutNeedle;
    readonly Search[] _searches;
    readonly GramIndex? _everywhere;
    readonly int[][] _entriesOf;
    readonly int _fields;

    /// <summary>Compiles the rules.</summary>
    /// <param name="compiler">Binds them to the fields.</param>
    /// <param name="fields">All fields.</param>
    /// <param name="entries">The rules, each with what is left to ask of an event of this kind.</param>
    /// <param name="wanted">The fields that they look at.</param>
    /// <param name="filterOf">Makes the filter for words, or gives the one that was made for the same words before.</param>
    public EventKind(RuleCompiler compiler, FieldSet fields, IReadOnlyList<(int Index, Term Term)> entries, bool[] wanted, Func<string[], IWordFilter?> filterOf)
    {
        _fields = fields.Count;
        _entries = [.. entries.Select(e => (e.Index, compiler.Matcher(e.Term)))];
        _withoutNeedle = new ulong[(_entries.Length + 63) / 64];

        var payloads = new Dictionary<(int Field, Needle Needle), List<int>>();
        for (int i = 0; i < entries.Count; i++)
        {
            if (compiler.Needles(entries[i].Term) is not { } choice)
            {
                _withoutNeedle[i >> 6] |= 1UL << i;
                continue;
            }

            foreach ((int, Needle) place in choice.Places)
            {
                if (!payloads.TryGetValue(place, out List<int>? of)) payloads.Add(place, of = []);
                of.Add(i);
            }
        }

        var places = payloads.Keys.ToArray();
        _entriesOf = [.. places.Select(p => payloads[p].ToArray())];
        var byField = places.Select((p, payload) => (p.Field, p.Needle.Anchor, Text: (Encoding.Latin1.GetBytes(p.Needle.Text), payload))).GroupBy(p => p.Field).ToArray();
        _searches = [.. byField.Where(g => g.Key != NeedleChoice.Line).Select(g => new Search(
            g.Key,
            Texts(g, NeedleAnchor.Whole) is { Length: > 0 } wholes ? new(wholes) : null,
            Texts(g, NeedleAnchor.Name) is { Length: > 0 } names ? new(names) : null,
            Texts(g, NeedleAnchor.Anywhere) is { Length: > 0 } texts ? new(texts) : null))];

        static (byte[], int)[] Texts(IEnumerable<(int, NeedleAnchor Anchor, (byte[], int) Text)> places, NeedleAnchor anchor) => [.. places.Where(p => p.Anchor == anchor).Select(p => p.Text)];

        _everywhere = byField.FirstOrDefault(g => g.Key == NeedleChoice.Line) is { } line ? new(line.Select(l => l.Text)) : null;
        EntriesWithoutNeedle = _withoutNeedle.Sum(BitOperations.PopCount);

        // The text of an event is made only where one of the words that need it stands in its bytes.
        Term[] seeking = [.. entries.Select(e => e.Term).Where(t => t.Tests.Any(test => test.Field is null))];
        bool everyWordIsSought = seeking.Length > 0 && Array.TrueForAll(seeking, t => compiler.Needles(t) is { } choice && choice.Places.All(p => p.Field == NeedleChoice.Line));
        IWordFilter? words = everyWordIsSought ? filterOf([.. places.Where(p => p.Field == NeedleChoice.Line).Select(p => p.Needle.Text).Order(StringComparer.Ordinal)]) : null;
        Interest = entries.Count == 0 ? EventInterest.None : new(wanted, seeking.Length > 0, words);
    }

    /// <summary>What readers must render of such an event.</summary>
    public EventInterest Interest { get; }

    public int Entries => _entries.Length;

    /// <summary>Rules that are tried on every event of the kind.</summary>
    public int EntriesWithoutNeedle { get; }

    /// <summary>Adds the indexes of the rules that match, in rising order.</summary>
    public void Match(in Record record, MatchScratch scratch, List<int> hits)
    {
        if (_entries.Length == 0) return;

        Span<ulong> candidates = MatchScratch.Zeroed(ref scratch.Rules, _entries.Length);
        _withoutNeedle.CopyTo(candidates);
        foreach (Search search in _searches)
        {
            foreach (ReadOnlySpan<byte> value in record.Values(search.Field))
            {
                search.Wholes?.Collect(value, _entriesOf, candidates);
                search.Names?.Collect(value[(value.LastIndexOf((byte)'\\') + 1)..], _entriesOf, candidates);
                search.Anywhere?.Collect(value, _entriesOf, candidates);
            }
        }

        if (_everywhere is not null && !(record.IsUnwritten && Interest.Words is not null)) SearchEverywhere(record, candidates);
        for (int word = 0; word < candidates.Length; word++)
        {
            for (ulong bits = candidates[word]; bits != 0; bits &= bits - 1)
            {
                (int index, RecordMatcher matcher) = _entries[word * 64 + BitOperations.TrailingZeroCount(bits)];
                if (matcher.Matches(record, scratch)) hits.Add(index);
            }
        }
    }

    void SearchEverywhere(in Record record, Span<ulong> candidates)
    {
        _everywhere!.Collect(record.Line, _entriesOf, candidates);
        for (int field = 0; field < _fields; field++)
        {
            foreach (ReadOnlySpan<byte> value in record.Values(field)) _everywhere.Collect(value, _entriesOf, candidates);
        }
    }
}
