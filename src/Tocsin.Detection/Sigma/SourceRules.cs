using Tocsin.Evidence.Records;

namespace Tocsin.Detection.Sigma;

/// <summary>The rules that concern one log source, compiled. Immutable; shared between threads.</summary>
/// <remarks>
/// For each rule a set of texts is known of which one stands in the record whenever the rule matches. Over lines of text the
/// texts of all rules make one search through whole blocks (<see cref="FindCandidate"/>), and only lines with one of them
/// become records; they survive %-encoding, CSV, JSON and XML, and where an address is %-encoded that needed no encoding, the
/// line passes too. Windows events are sorted by channel, provider and id first (<see cref="InterestIn"/>): each kind of event
/// has rules, fields and texts of its own.
/// </remarks>
public sealed class SourceRules : ILineFilter, IEventFilter
{
    readonly Lazy<BlockSearch> _blocks;
    readonly LineIndex? _lines;
    readonly EventIndex? _events;
    readonly Dictionary<int, FieldCapture> _captures;

    internal SourceRules(LogSource artifact, IReadOnlyList<SigmaRule> all, IReadOnlyList<string> extraFields, IReadOnlyDictionary<int, string[]> captured)
    {
        Artifact = artifact;
        var applying = new List<(int Index, EventGuard[] Guards)>();
        for (int i = 0; i < all.Count; i++)
        {
            if (Taxonomy.Applies(all[i].LogSource, artifact, out EventGuard[] guards)) applying.Add((i, guards));
        }

        Rules = [.. applying.Select(a => all[a.Index])];
        bool isWindows = Taxonomy.IsWindows(artifact);
        (int Index, string[] Names)[] toCapture = [.. applying.Where(a => captured.ContainsKey(a.Index)).Select(a => (a.Index, captured[a.Index]))];
        Fields = new(extraFields
            .Concat(Rules.SelectMany(r => RuleCompiler.FieldsOf(r, artifact)))
            .Concat(toCapture.SelectMany(c => c.Names).SelectMany(n => FieldCapture.FieldsOf(artifact, n)))
            .Concat(isWindows && Rules.Count > 0 ? EventIndex.KnownFields : []));
        _captures = toCapture.ToDictionary(c => c.Index, c => new FieldCapture(artifact, Fields, c.Names));

        var compiler = new RuleCompiler(artifact, Fields);
        bool hasDecoded = Fields.IndexOf(Taxonomy.Decoded) >= 0;
        var lineChoices = new Lazy<LiteralChoice?[]>(() =>
        {
            LiteralReach reach = Taxonomy.HasDecodedAddress(artifact) ? LiteralReach.Address : LiteralReach.Line;
            return [.. Rules.Select(r => compiler.Literals(r.Detection.Condition, reach))];
        });
        _blocks = new(() => new BlockSearch(Rules, lineChoices.Value, confirms: !isWindows, hasDecoded));
        if (isWindows)
        {
            _events = new(compiler, Fields, [.. applying.Select(a => new EventRule(a.Index, all[a.Index], a.Guards))], extraFields, _captures);
            return;
        }

        _lines = new([.. applying.Select(a => (a.Index, compiler.Matcher(all[a.Index].Detection.Condition)))], lineChoices.Value, Fields);
    }

    /// <summary>The log source.</summary>
    public LogSource Artifact { get; }

    /// <summary>What readers must render: the rules' fields and the caller's.</summary>
    public FieldSet Fields { get; }

    /// <summary>The rules that concern the log source, in the order of the rule set.</summary>
    public IReadOnlyList<SigmaRule> Rules { get; }

    /// <summary>Rules for which no text is known that stands in a line. If there is one, every line passes the filter.</summary>
    public IReadOnlyList<SigmaRule> RulesWithoutLiteral => _blocks.Value.RulesWithoutLiteral;

    /// <summary>Whether no rule concerns the log source; no line is then a candidate.</summary>
    public bool IsEmpty => Rules.Count == 0;

    /// <inheritdoc />
    public int FindCandidate(ReadOnlySpan<byte> block, int from) => IsEmpty || from >= block.Length ? -1 : _blocks.Value.FindCandidate(block, from);

    /// <inheritdoc />
    public EventInterest InterestIn(ReadOnlySpan<byte> channel, ReadOnlySpan<byte> provider, int eventId) =>
        IsEmpty || _events is null ? EventInterest.None : _events.KindOf(channel, provider, eventId).Interest;

    /// <summary>Adds the indexes, in the rule set and in rising order, of the rules that match.</summary>
    /// <param name="record">A record read with <see cref="Fields"/>.</param>
    /// <param name="scratch">The calling thread's.</param>
    /// <param name="hits">Takes the indexes.</param>
    public void Match(in Record record, MatchScratch scratch, List<int> hits)
    {
        if (IsEmpty) return;
        if (_events is not null) _events.KindOf(record).Match(record, scratch, hits);
        else _lines!.Match(record, scratch, hits);
    }

    /// <summary>What correlations need of a record that a rule matched, or null where none of them looks at the rule.</summary>
    /// <param name="rule">The rule's index in the rule set.</param>
    /// <param name="record">The record.</param>
    /// <returns>For each field that was asked for its first value, or null where the record has none.</returns>
    public string?[]? Captured(int rule, in Record record) => _captures.TryGetValue(rule, out FieldCapture? capture) ? capture.Of(record) : null;
}
