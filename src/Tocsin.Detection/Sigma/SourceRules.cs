using System.Numerics;
using Tocsin.Detection.Matching;
using Tocsin.Evidence.Records;

namespace Tocsin.Detection.Sigma;

/// <summary>The rules that concern one log source, compiled. Immutable; shared between threads.</summary>
/// <remarks>
/// For each rule a set of texts is known of which one stands in the raw line whenever the rule matches. The texts of all
/// rules make one search over whole blocks, and only lines with one of them become records. Texts are chosen so that they
/// survive %-encoding, CSV, JSON and XML; where an address is %-encoded that needed no encoding, the line passes too.
/// </remarks>
public sealed class SourceRules : ILineFilter, IEventFilter
{
    /// <summary>The first window of a search and the largest. A window ends one search before another begins, or rare texts would be sought again over the whole block after each frequent one.</summary>
    const int SmallWindow = 512;
    const int LargeWindow = 1 << 16;

    sealed record Entry(int Index, RecordMatcher Matcher, int[] Guards);

    readonly Entry[] _entries;
    readonly EventGuards _guards;
    readonly LiteralSet? _lineLiterals;
    readonly LineConfirmation? _confirmation;
    readonly LiteralSet? _literals;
    readonly int _longestLiteral;
    readonly int[][] _entriesOfLiteral;
    readonly ulong[] _entriesWithoutLiteral;
    readonly bool _watchesEncoding;
    readonly bool _searchesValues;
    readonly bool _searchesLine;
    readonly int _decoded;
    readonly EventInterest _everything;

    internal SourceRules(LogSource artifact, IReadOnlyList<SigmaRule> all, IEnumerable<string> extraFields)
    {
        Artifact = artifact;
        var applying = new List<(int Index, EventGuard[] Guards)>();
        for (int i = 0; i < all.Count; i++)
        {
            if (Taxonomy.Applies(all[i].LogSource, artifact, out EventGuard[] guards)) applying.Add((i, guards));
        }

        Rules = [.. applying.Select(a => all[a.Index])];
        Fields = new(extraFields
            .Concat(Rules.SelectMany(r => RuleCompiler.FieldsOf(r, artifact)))
            .Concat(Taxonomy.IsWindows(artifact) && Rules.Count > 0 ? EventGuards.Fields : []));

        var compiler = new RuleCompiler(artifact, Fields);
        var guardTable = new EventGuards(Fields, applying.SelectMany(a => a.Guards));
        _guards = guardTable;
        _entries = [.. applying.Select(a => new Entry(a.Index, compiler.Matcher(all[a.Index].Detection.Condition), guardTable.IndexesOf(a.Guards)))];

        // An event's values are searched as the rules see them, which tells more than the line, where their signs are escaped.
        LiteralReach inLine = Taxonomy.HasDecodedAddress(artifact) ? LiteralReach.Address : LiteralReach.Line;
        LiteralChoice?[] lineChoices = [.. Rules.Select(r => compiler.Literals(r.Detection.Condition, inLine))];
        LiteralChoice?[] choices = Taxonomy.IsWindows(artifact) ? [.. Rules.Select(r => compiler.Literals(r.Detection.Condition, LiteralReach.Values))] : lineChoices;

        _confirmation = Taxonomy.IsWindows(artifact) ? null : LineConfirmation.Of(lineChoices);
        byte[][] lineTexts = LiteralChoice.ToBytes(TextsOfLines(lineChoices, _confirmation is not null));
        _lineLiterals = lineTexts.Length == 0 ? null : new(lineTexts);
        _longestLiteral = lineTexts.Length == 0 ? 0 : lineTexts.Max(l => l.Length);
        _literals = SetOf(choices, out byte[][] texts);
        LiteralCount = texts.Length;
        _entriesOfLiteral = EntriesOf(texts, choices);
        _entriesWithoutLiteral = new ulong[(_entries.Length + 63) / 64];
        for (int i = 0; i < choices.Length; i++)
        {
            if (choices[i] is null) _entriesWithoutLiteral[i >> 6] |= 1UL << i;
        }

        RulesWithoutLiteral = [.. Rules.Where((_, i) => lineChoices[i] is null)];
        _decoded = Fields.IndexOf(Taxonomy.Decoded);
        _watchesEncoding = _decoded >= 0 && _lineLiterals is not null;
        _searchesValues = Taxonomy.IsWindows(artifact);
        _everything = IsEmpty ? EventInterest.None : new([.. Enumerable.Repeat(true, Fields.Count)], Rules.Any(RuleCompiler.HasKeywords));
        _searchesLine = !_searchesValues || Rules.Any(RuleCompiler.HasKeywords);
    }

    /// <summary>The log source.</summary>
    public LogSource Artifact { get; }

    /// <summary>What readers must render: the rules' fields and the caller's.</summary>
    public FieldSet Fields { get; }

    /// <summary>The rules that concern the log source, in the order of the rule set.</summary>
    public IReadOnlyList<SigmaRule> Rules { get; }

    /// <summary>Rules for which no text is known. If there is one, every line passes the filter.</summary>
    public IReadOnlyList<SigmaRule> RulesWithoutLiteral { get; }

    /// <summary>Whether no rule concerns the log source; no line is then a candidate.</summary>
    public bool IsEmpty => _entries.Length == 0;

    /// <summary>How many different texts are searched for.</summary>
    public int LiteralCount { get; }

    /// <summary>How many names with one ending are worth one text: each costs every block a little, the ending some lines a second look.</summary>
    const int NamesOfOneEnding = 12;
    const int EndingLength = 5;

    // Dozens of names of web shells end in ".aspx". Where lines are confirmed, looking for the ending alone finds them all.
    static IEnumerable<string> TextsOfLines(IEnumerable<LiteralChoice?> choices, bool confirmed)
    {
        string[] texts = [.. choices.OfType<LiteralChoice>().SelectMany(c => c.Texts).Distinct(StringComparer.Ordinal)];
        if (!confirmed) return texts;
        var endings = texts.Where(t => t.Length > EndingLength).GroupBy(t => t[^EndingLength..], StringComparer.Ordinal)
            .Where(g => g.Key[0] == '.' && g.Count() >= NamesOfOneEnding).Select(g => g.Key).ToHashSet(StringComparer.Ordinal);
        return texts.Select(t => t.Length > EndingLength && endings.Contains(t[^EndingLength..]) ? t[^EndingLength..] : t).Distinct(StringComparer.Ordinal);
    }

    static LiteralSet? SetOf(LiteralChoice?[] choices, out byte[][] texts)
    {
        texts = LiteralChoice.ToBytes(choices.OfType<LiteralChoice>().SelectMany(c => c.Texts).Distinct());
        return texts.Length == 0 ? null : new(texts);
    }

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

    /// <inheritdoc />
    public int FindCandidate(ReadOnlySpan<byte> block, int from)
    {
        if (IsEmpty || from >= block.Length) return -1;
        if (RulesWithoutLiteral.Count > 0 || _lineLiterals is null) return from;
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
        if (!_watchesEncoding) return _lineLiterals!.Find(block, from);
        for (int start = from, window = SmallWindow; start < block.Length; start += window, window = Math.Min(window * 2, LargeWindow))
        {
            // Texts and escapes that begin in this window may end behind it.
            ReadOnlySpan<byte> text = block[start..Math.Min(block.Length, start + window + Math.Max(_longestLiteral, 3) - 1)];
            int literal = _lineLiterals!.Find(text, 0);
            int encoded = EncodedText.Find(literal < 0 ? text : text[..Math.Min(text.Length, literal + 3)]);
            isEncoding = encoded >= 0 && (literal < 0 || encoded < literal);
            if (isEncoding) return start + encoded;
            if (literal >= 0) return start + literal;
        }

        return -1;
    }

    /// <inheritdoc />
    public EventInterest InterestIn(ReadOnlySpan<byte> channel, ReadOnlySpan<byte> provider, int eventId) => _everything;

    /// <summary>Adds the indexes, in the rule set and in rising order, of the rules that match.</summary>
    /// <param name="record">A record read with <see cref="Fields"/>.</param>
    /// <param name="scratch">The calling thread's.</param>
    /// <param name="hits">Takes the indexes.</param>
    public void Match(in Record record, MatchScratch scratch, List<int> hits)
    {
        if (IsEmpty) return;

        Span<ulong> candidates = MatchScratch.Zeroed(ref scratch.Rules, _entries.Length);
        _entriesWithoutLiteral.CopyTo(candidates);
        if (_literals is not null) AddCandidates(record, scratch, candidates);

        var guard = new EventGuards.Cursor(_guards, record);
        for (int word = 0; word < candidates.Length; word++)
        {
            for (ulong bits = candidates[word]; bits != 0; bits &= bits - 1)
            {
                Entry entry = _entries[word * 64 + BitOperations.TrailingZeroCount(bits)];
                if (guard.Allows(entry.Guards) && entry.Matcher.Matches(record, scratch)) hits.Add(entry.Index);
            }
        }
    }

    void AddCandidates(in Record record, MatchScratch scratch, Span<ulong> candidates)
    {
        Span<ulong> found = MatchScratch.Zeroed(ref scratch.Literals, LiteralCount);
        if (_searchesLine) _literals!.Collect(record.Line, found);
        if (_searchesValues || record.Line.IsEmpty)
        {
            for (int field = 0; field < Fields.Count; field++)
            {
                foreach (ReadOnlySpan<byte> value in record.Values(field)) _literals!.Collect(value, found);
            }
        }
        else if (_decoded >= 0)
        {
            foreach (ReadOnlySpan<byte> value in record.Values(_decoded)) _literals!.Collect(value, found);
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
