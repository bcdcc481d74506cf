using System.Collections.Concurrent;
using System.Text;
using Tocsin.Evidence.Records;

namespace Tocsin.Detection.Sigma;

/// <summary>A rule that concerns Windows events.</summary>
/// <param name="Index">Its index in the rule set.</param>
/// <param name="Rule">The rule.</param>
/// <param name="Guards">Of which one must hold; empty for none.</param>
sealed record EventRule(int Index, SigmaRule Rule, EventGuard[] Guards);

/// <summary>Sorts Windows events into kinds, each with the rules that can match it, and compiles a kind when its first event is met. Safe to share between threads.</summary>
/// <remarks>
/// A kind is what channel, provider and id decide. The guards of log sources and every test of a rule on one of these three
/// fields (<c>EventID: 4624</c>) are the questions; events for which all answers are equal are of one kind, so that evidence
/// with thousands of made-up channels and providers makes no more kinds than the rules can tell apart.
/// </remarks>
sealed class EventIndex
{
    /// <summary>What is kept of the ways from names to kinds. Evidence with more pays for the questions anew with each event: some microseconds.</summary>
    const int MaxRemembered = 4096;

    readonly RuleCompiler _compiler;
    readonly FieldSet _fields;
    readonly EventRule[] _rules;
    readonly IReadOnlyDictionary<int, FieldCapture> _captures;
    readonly bool[] _always;
    readonly int[] _known;
    readonly EventGuard[] _guards;
    readonly int[][] _guardsOfRule;
    readonly RecordMatcher[] _questions;
    readonly int[] _questionField;
    readonly Dictionary<FieldTest, int> _questionOf = new(ReferenceEqualityComparer.Instance);
    readonly ConcurrentDictionary<string, Lazy<EventKind>> _kinds = new(StringComparer.Ordinal);
    readonly ConcurrentDictionary<string, WordFilter?> _filters = new(StringComparer.Ordinal);
    readonly EventKindTable _remembered = new(MaxRemembered);

    public EventIndex(RuleCompiler compiler, FieldSet fields, EventRule[] rules, IEnumerable<string> extraFields, IReadOnlyDictionary<int, FieldCapture> captures)
    {
        _compiler = compiler;
        _fields = fields;
        _rules = rules;
        _captures = captures;
        _known = [.. KnownFields.Select(fields.IndexOf)];
        _always = new bool[fields.Count];
        foreach (string name in extraFields.Concat(rules.Length > 0 ? KnownFields : [])) _always[fields.IndexOf(name)] = true;

        var guards = new Dictionary<string, int>(StringComparer.Ordinal);
        var distinct = new List<EventGuard>();
        _guardsOfRule = [.. rules.Select(r => r.Guards.Select(g => NumberOf(guards, g.Key, () => distinct.Add(g))).ToArray())];
        _guards = [.. distinct];

        var questions = new Dictionary<string, int>(StringComparer.Ordinal);
        var matchers = new List<RecordMatcher>();
        var onField = new List<int>();
        foreach (FieldTest test in rules.SelectMany(r => r.Rule.Detection.Selections).SelectMany(s => RuleCompiler.TestsOf(s.Body)))
        {
            if (KnownFieldOf(test) is not (>= 0 and var field)) continue;
            _questionOf[test] = NumberOf(questions, $"{KnownFields[field]}|{string.Join('|', test.Modifiers)}|{test.All}|{string.Join('\0', test.Values)}", () =>
            {
                matchers.Add(compiler.Matcher(test));
                onField.Add(field);
            });
        }

        _questions = [.. matchers];
        _questionField = [.. onField];
    }

    /// <summary>The fields that decide an event's kind.</summary>
    public static string[] KnownFields { get; } = ["Channel", "Provider_Name", "EventID"];

    static int NumberOf(Dictionary<string, int> numbers, string key, Action add)
    {
        if (numbers.TryGetValue(key, out int number)) return number;
        numbers.Add(key, number = numbers.Count);
        add();
        return number;
    }

    static int KnownFieldOf(FieldTest test) =>
        test.Field is null || test.Tests.Any(t => t.Any(v => v is FieldReferenceTest)) ? -1 : Array.FindIndex(KnownFields, f => f.Equals(test.Field, StringComparison.OrdinalIgnoreCase));

    /// <summary>The kind of an event that has not been rendered yet.</summary>
    public EventKind KindOf(ReadOnlySpan<byte> channel, ReadOnlySpan<byte> provider, int eventId) =>
        KindOf(new EventNames(channel, provider, eventId, !channel.IsEmpty, !provider.IsEmpty, eventId >= 0));

    /// <summary>The kind of an event.</summary>
    public EventKind KindOf(in Record record)
    {
        ReadOnlySpan<byte> channel = Only(record, _known[0], out bool hasChannel);
        ReadOnlySpan<byte> provider = Only(record, _known[1], out bool hasProvider);
        int eventId = EventNames.IdOf(Only(record, _known[2], out bool hasId), ref hasId);
        return KindOf(new EventNames(channel, provider, eventId, hasChannel, hasProvider, hasId));
    }

    // The first value; only an event with one value can be known by it.
    static ReadOnlySpan<byte> Only(in Record record, int field, out bool only)
    {
        Record.ValueEnumerator values = record.Values(field);
        ReadOnlySpan<byte> first = values.MoveNext() ? values.Current : default;
        only = !first.IsEmpty && !values.MoveNext();
        return first;
    }

    EventKind KindOf(in EventNames names)
    {
        if (_remembered.Find(names) is { } kind) return kind;

        bool[] answers = Answers(names);
        string signature = string.Create(answers.Length, answers, static (text, bits) =>
        {
            for (int i = 0; i < bits.Length; i++) text[i] = bits[i] ? '1' : '0';
        });
        kind = _kinds.GetOrAdd(signature, _ => new(() => Compile(answers))).Value;
        _remembered.Remember(names, kind);
        return kind;
    }

    // Guards, then questions, then which of the fields are known at all.
    bool[] Answers(in EventNames names)
    {
        bool[] answers = new bool[_guards.Length + _questions.Length + KnownFields.Length];
        for (int i = 0; i < _guards.Length; i++) answers[i] = _guards[i].Admits(names.Channel, names.Provider, names.EventId);

        var values = new RecordBuffer(_fields);
        values.Add(_known[0], names.Channel);
        values.Add(_known[1], names.Provider);
        values.Add(_known[2], Encoding.ASCII.GetBytes(names.EventId.ToString(System.Globalization.CultureInfo.InvariantCulture)));
        var record = new Record(default, values, default, default);
        var scratch = new MatchScratch();
        ReadOnlySpan<bool> known = [names.HasChannel, names.HasProvider, names.HasId];
        for (int i = 0; i < _questions.Length; i++) answers[_guards.Length + i] = known[_questionField[i]] && _questions[i].Matches(record, scratch);
        known.CopyTo(answers.AsSpan(answers.Length - known.Length));
        return answers;
    }

    EventKind Compile(bool[] answers)
    {
        int questions = _guards.Length, known = questions + _questions.Length;
        bool? Answer(FieldTest test) => _questionOf.TryGetValue(test, out int question) && answers[known + _questionField[question]] ? answers[questions + question] : null;

        var entries = new List<(int Index, Term Term)>();
        for (int i = 0; i < _rules.Length; i++)
        {
            int[] guards = _guardsOfRule[i];
            if (guards.Length > 0 && !Array.Exists(guards, g => answers[g])) continue;
            Term term = Term.Of(_rules[i].Rule.Detection.Condition, Answer);
            if (term is not TermConstant { Value: false }) entries.Add((_rules[i].Index, term));
        }

        bool[] wanted = entries.Count == 0 ? [] : [.. _always];
        foreach ((int index, Term term) in entries)
        {
            foreach (int field in term.Tests.SelectMany(_compiler.IndexesOf)) wanted[field] = true;
            if (!_captures.TryGetValue(index, out FieldCapture? capture)) continue;
            foreach (int field in capture.Fields) wanted[field] = true;
        }

        return new(_compiler, _fields, entries, wanted, FilterOf);
    }

    // Readers remember of a template what a filter said: kinds that seek the same words share one.
    WordFilter? FilterOf(string[] words) => _filters.GetOrAdd(string.Join('\0', words), _ => WordFilter.Of(words));
}
