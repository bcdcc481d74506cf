using System.Collections.Immutable;

namespace Tocsin.Detection.Sigma.Correlations;

/// <summary>Correlations whose rules were found. Immutable; safe to share between threads.</summary>
public sealed class CorrelationSet
{
    /// <summary>A correlation of correlations may be so deep: the deepest that people write is two.</summary>
    const int MaxDepth = 8;

    /// <summary>One rule or correlation that another refers to.</summary>
    /// <param name="Rule">Index of the rule in the rule set, or -1.</param>
    /// <param name="Correlation">Index of the correlation in <see cref="Items"/>, or -1; it stands before the one that refers to it.</param>
    /// <param name="GroupBy">For each field of <c>group-by</c> its place in what <see cref="Captures"/> has of the rule; for a correlation, in its own groups. -1 for none.</param>
    /// <param name="Fields">The same for the fields that are counted.</param>
    internal sealed record Source(int Rule, int Correlation, int[] GroupBy, int[] Fields);

    /// <summary>A correlation with its rules.</summary>
    internal sealed record Item(SigmaCorrelation Correlation, Source[] Sources, bool IsReferred);

    CorrelationSet(Item[] items, IReadOnlyDictionary<int, string[]> captures, IReadOnlySet<int> silent)
    {
        Items = items;
        Captures = captures;
        Silent = silent;
        Correlations = [.. items.Select(i => i.Correlation)];
    }

    /// <summary>No correlation.</summary>
    public static CorrelationSet Empty { get; } = new([], ImmutableDictionary<int, string[]>.Empty, ImmutableHashSet<int>.Empty);

    /// <summary>Each after all that it refers to.</summary>
    internal Item[] Items { get; }

    /// <summary>The correlations; matches are indexes into this list.</summary>
    public IReadOnlyList<SigmaCorrelation> Correlations { get; }

    /// <summary>For each rule that a correlation refers to: the fields that must be kept of the records that it matches.</summary>
    public IReadOnlyDictionary<int, string[]> Captures { get; }

    /// <summary>Rules that only serve correlations (<c>generate</c> is not set), and are not reported for themselves.</summary>
    public IReadOnlySet<int> Silent { get; }

    /// <summary>Finds the rules of correlations by id or name. What refers to nothing, or to itself, is refused.</summary>
    /// <param name="correlations">From any number of files.</param>
    /// <param name="rules">The rule set.</param>
    /// <param name="diagnostics">Takes errors.</param>
    public static CorrelationSet Resolve(IEnumerable<SigmaCorrelation> correlations, IReadOnlyList<SigmaRule> rules, ICollection<Diagnostic> diagnostics)
    {
        var resolver = new Resolver(rules, diagnostics);
        SigmaCorrelation[] all = [.. correlations.Where(resolver.Add)];
        foreach (SigmaCorrelation correlation in all) resolver.Visit(correlation, 0);
        return resolver.Finish();
    }

    sealed class Resolver(IReadOnlyList<SigmaRule> rules, ICollection<Diagnostic> diagnostics)
    {
        readonly Dictionary<string, SigmaCorrelation> _byName = new(StringComparer.OrdinalIgnoreCase);
        readonly Dictionary<string, int> _rules = Names(rules);
        readonly Dictionary<SigmaCorrelation, int> _done = new(ReferenceEqualityComparer.Instance);
        readonly HashSet<SigmaCorrelation> _open = new(ReferenceEqualityComparer.Instance);
        readonly HashSet<SigmaCorrelation> _refused = new(ReferenceEqualityComparer.Instance);
        readonly List<Item> _items = [];
        readonly SortedDictionary<int, List<string>> _captures = [];

        static Dictionary<string, int> Names(IReadOnlyList<SigmaRule> rules)
        {
            var names = new Dictionary<string, int>(StringComparer.OrdinalIgnoreCase);
            for (int i = 0; i < rules.Count; i++) names.TryAdd(rules[i].Id, i);
            for (int i = 0; i < rules.Count; i++)
            {
                if (rules[i].Name.Length > 0) names.TryAdd(rules[i].Name, i);
            }

            return names;
        }

        public bool Add(SigmaCorrelation correlation)
        {
            if (_rules.ContainsKey(correlation.Id) || !_byName.TryAdd(correlation.Id, correlation))
            {
                Refuse(correlation, SigmaCodes.DuplicateId, correlation.Line, $"The id {correlation.Id} is taken already.", "Give the correlation an id of its own, or take out the copy.");
                return false;
            }

            if (correlation.Name.Length > 0) _byName.TryAdd(correlation.Name, correlation);
            return true;
        }

        void Refuse(SigmaCorrelation correlation, string code, int line, string message, string hint)
        {
            _refused.Add(correlation);
            new DiagnosticBag(correlation.File, diagnostics).Error(code, line, 1, message, hint);
        }

        /// <summary>The correlation's index, or -1 for one that is refused.</summary>
        public int Visit(SigmaCorrelation correlation, int depth)
        {
            if (_done.TryGetValue(correlation, out int index)) return index;
            if (_refused.Contains(correlation)) return -1;
            if (depth > MaxDepth || !_open.Add(correlation))
            {
                Refuse(correlation, SigmaCodes.BadCorrelation, correlation.Line, depth > MaxDepth ? $"A chain of more than {MaxDepth} correlations." : "The correlation refers to itself, at the end of its chain.", "Break the chain.");
                return -1;
            }

            var sources = new List<(int Rule, int Correlation, string Reference)>();
            foreach ((string reference, int line) in correlation.Rules)
            {
                if (_byName.TryGetValue(reference, out SigmaCorrelation? other))
                {
                    int inner = Visit(other, depth + 1);
                    if (inner >= 0) sources.Add((-1, inner, reference));
                    else if (!_refused.Contains(correlation)) Refuse(correlation, SigmaCodes.UndefinedRule, line, $"The correlation '{reference}' was refused.", "Mend that one first.");
                }
                else if (_rules.TryGetValue(reference, out int rule)) sources.Add((rule, -1, reference));
                else Refuse(correlation, SigmaCodes.UndefinedRule, line, $"There is no rule with the id or name '{reference}'.", "Give the rule's file too; names must be spelled alike.");
            }

            _open.Remove(correlation);
            CheckAliases(correlation);
            if (_refused.Contains(correlation)) return -1;
            Source[] bound = [.. sources.Select(s => Bind(correlation, s.Rule, s.Correlation, s.Reference))];
            _items.Add(new(correlation, bound, false));
            _done.Add(correlation, _items.Count - 1);
            return _items.Count - 1;
        }

        void CheckAliases(SigmaCorrelation correlation)
        {
            foreach ((string alias, string rule, string _, int line) in correlation.Aliases)
            {
                if (!correlation.Rules.Any(r => IsSame(r.Reference, rule))) Refuse(correlation, SigmaCodes.UndefinedRule, line, $"The alias '{alias}' is defined for '{rule}', which the correlation does not list.", "Name a rule of the list as the list does.");
            }
        }

        // A rule may be listed by its id and be called by its name elsewhere.
        bool IsSame(string a, string b) => a.Equals(b, StringComparison.OrdinalIgnoreCase)
            || _rules.TryGetValue(a, out int x) && _rules.TryGetValue(b, out int y) && x == y
            || _byName.TryGetValue(a, out SigmaCorrelation? c) && _byName.TryGetValue(b, out SigmaCorrelation? d) && ReferenceEquals(c, d);

        Source Bind(SigmaCorrelation correlation, int rule, int inner, string reference)
        {
            int Place(string name)
            {
                string field = correlation.Aliases.FirstOrDefault(a => a.Alias.Equals(name, StringComparison.OrdinalIgnoreCase) && IsSame(a.Rule, reference)).Field ?? name;
                if (inner >= 0)
                {
                    // Of a correlation's match only its groups are known.
                    ImmutableArray<string> groups = _items[inner].Correlation.GroupBy;
                    int at = IndexOf(groups, field);
                    return at >= 0 ? at : IndexOf(groups, name);
                }

                if (!_captures.TryGetValue(rule, out List<string>? captured)) _captures[rule] = captured = [];
                int known = captured.FindIndex(c => c.Equals(field, StringComparison.OrdinalIgnoreCase));
                if (known >= 0) return known;
                captured.Add(field);
                return captured.Count - 1;
            }

            if (rule >= 0 && !_captures.ContainsKey(rule)) _captures[rule] = [];
            return new(rule, inner, [.. correlation.GroupBy.Select(Place)], [.. correlation.Fields.Select(Place)]);
        }

        static int IndexOf(ImmutableArray<string> names, string name)
        {
            for (int i = 0; i < names.Length; i++)
            {
                if (names[i].Equals(name, StringComparison.OrdinalIgnoreCase)) return i;
            }

            return -1;
        }

        public CorrelationSet Finish()
        {
            // Referred to, and never with `generate`.
            var referred = _items.SelectMany(i => i.Sources.Select(s => (Source: s, i.Correlation.Generate))).ToArray();
            HashSet<int> silent = [.. referred.Where(r => r.Source.Rule >= 0).GroupBy(r => r.Source.Rule).Where(g => !g.Any(r => r.Generate)).Select(g => g.Key)];
            HashSet<int> inner = [.. referred.Where(r => r.Source.Correlation >= 0).GroupBy(r => r.Source.Correlation).Where(g => !g.Any(r => r.Generate)).Select(g => g.Key)];
            return new([.. _items.Select((item, i) => item with { IsReferred = inner.Contains(i) })], _captures.ToDictionary(c => c.Key, c => c.Value.ToArray()), silent);
        }
    }
}
