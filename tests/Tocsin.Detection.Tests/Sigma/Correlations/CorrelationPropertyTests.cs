using CsCheck;
using Tocsin.Detection.Sigma;
using Tocsin.Detection.Sigma.Correlations;

namespace Tocsin.Detection.Tests.Sigma.Correlations;

/// <summary>The correlator against a slow one that looks at every window from its words.</summary>
public sealed class CorrelationPropertyTests
{
    static readonly DateTime Start = new(2021, 3, 3, 0, 0, 0, DateTimeKind.Utc);

    static readonly string[] Correlations =
    [
        "type: event_count\n  rules: [r0, r1]\n  group-by: [User]\n  timespan: 10s\n  condition:\n    gte: 3",
        "type: event_count\n  rules: [r0]\n  timespan: 5s\n  condition:\n    gt: 1",
        "type: event_count\n  rules: [r0, r1]\n  group-by: [User]\n  timespan: 10s\n  condition:\n    gt: 1\n    lte: 3",
        "type: value_count\n  rules: [r0]\n  group-by: [User]\n  timespan: 8s\n  condition:\n    field: Host\n    gte: 2",
        "type: value_count\n  rules: [r0]\n  timespan: 8s\n  condition:\n    field: Host\n    eq: 2",
        "type: temporal\n  rules: [r0, r1, r2]\n  group-by: [User]\n  timespan: 10s",
        "type: temporal\n  rules: [r0, r1, r2]\n  timespan: 6s\n  condition:\n    gte: 2",
        "type: temporal\n  rules: [r0, r1, r2]\n  timespan: 6s\n  condition: r0 and (r1 or r2)",
        "type: temporal\n  rules: [r0, r1, r2]\n  timespan: 6s\n  condition: r0 and r1 and not r2",
        "type: temporal_ordered\n  rules: [r0, r1, r2]\n  group-by: [User]\n  timespan: 12s",
        "type: temporal_ordered\n  rules: [r1, r0]\n  timespan: 4s",
    ];

    [Fact]
    public void The_correlator_finds_what_a_slow_one_finds()
    {
        int matches = 0, samples = 0;
        Gen<(int Second, int Rule, int User, int Host)> one = Gen.Select(Gen.Int[0, 40], Gen.Int[0, 2], Gen.Int[0, 3], Gen.Int[0, 2]);
        Gen.Select(Gen.Int[0, Correlations.Length - 1], one.List[0, 24]).Sample((which, records) =>
        {
            CorrelationSet set = Made.Set(Correlations[which]);
            CorrelationEvent[] events = [.. records.OrderBy(r => r.Second).Select((r, i) => Event(set, r.Second, r.Rule, r.User == 3 ? null : $"u{r.User}", $"h{r.Host}", i))];
            string[] found = [.. Correlator.Run(set, events).Select(m => $"{string.Join(',', m.Group)} {m.FirstUtc:ss} {m.LastUtc:ss} {m.Count}").Order(StringComparer.Ordinal)];
            string[] expected = [.. SlowCorrelator.Run(set.Correlations[0], events, set.Captures).Order(StringComparer.Ordinal)];
            Interlocked.Add(ref matches, found.Length);
            Interlocked.Increment(ref samples);
            Assert.Equal(expected, found);
        }, iter: 4000, threads: 1);
        Console.WriteLine($"Correlations: {matches} matches in {samples} samples.");
        Assert.True(matches > samples / 4);
    }

    static CorrelationEvent Event(CorrelationSet set, int second, int rule, string? user, string? host, int tag)
    {
        string?[] captured = [.. set.Captures.GetValueOrDefault(rule, []).Select(f => f switch { "User" => user, "Host" => host, _ => null })];
        return new(Start.AddSeconds(second), rule, captured, tag);
    }
}

/// <summary>Every window of every group, judged from the words of the specification.</summary>
static class SlowCorrelator
{
    public static IEnumerable<string> Run(SigmaCorrelation correlation, CorrelationEvent[] events, IReadOnlyDictionary<int, string[]> captures)
    {
        int[] rules = [.. correlation.Rules.Select(r => r.Reference[1] - '0')];
        string? Value(CorrelationEvent e, string field) => Array.IndexOf(captures[e.Rule], field) is >= 0 and var at ? e.Captured[at] : null;
        var usable = events.Where(e => rules.Contains(e.Rule) && correlation.GroupBy.Concat(correlation.Fields).All(f => Value(e, f) is not null));
        foreach (var group in usable.GroupBy(e => string.Join(',', correlation.GroupBy.Select(f => Value(e, f)))))
        {
            CorrelationEvent[] all = [.. group.OrderBy(e => e.TimeUtc).ThenBy(e => Array.IndexOf(rules, e.Rule)).ThenBy(e => e.Tag)];
            var windows = new List<(int First, int Last)>();
            if (correlation.Type == CorrelationType.TemporalOrdered)
            {
                for (int last = 0; last < all.Length; last++)
                {
                    if (all[last].Rule == rules[^1] && LatestStart(all, rules, last, rules.Length - 1) is >= 0 and var first && all[last].TimeUtc - all[first].TimeUtc <= correlation.Timespan) windows.Add((first, last));
                }
            }
            else if (correlation.Bounds.All(b => b.Operator is "gt" or "gte") && !(correlation.Rules.Length == 3 && IsNegated(correlation)))
            {
                for (int last = 0; last < all.Length; last++)
                {
                    int first = Array.FindIndex(all, e => all[last].TimeUtc - e.TimeUtc <= correlation.Timespan);
                    if (Holds(correlation, rules, all[first..(last + 1)], e => Value(e, correlation.Fields[0]))) windows.Add((first, last));
                }
            }
            else
            {
                for (int first = 0; first < all.Length;)
                {
                    int end = first + all[first..].Count(e => e.TimeUtc - all[first].TimeUtc <= correlation.Timespan);
                    if (Holds(correlation, rules, all[first..end], e => Value(e, correlation.Fields[0]))) windows.Add((first, end - 1));
                    first = end;
                }
            }

            // Windows that share a record are one match.
            while (windows.Count > 0)
            {
                var joined = windows[0];
                windows.RemoveAt(0);
                while (windows.FindIndex(w => w.First <= joined.Last && w.Last >= joined.First) is >= 0 and var next)
                {
                    joined = (Math.Min(joined.First, windows[next].First), Math.Max(joined.Last, windows[next].Last));
                    windows.RemoveAt(next);
                }

                yield return $"{group.Key} {all[joined.First].TimeUtc:ss} {all[joined.Last].TimeUtc:ss} {joined.Last - joined.First + 1}";
            }
        }
    }

    // Only one of the correlations here has a 'not', and it is no list of bounds.
    static bool IsNegated(SigmaCorrelation correlation) => correlation.Title.Contains("not", StringComparison.Ordinal);

    // By trying: the record of the last rule, the latest of the rule before it that has a start, and so on.
    static int LatestStart(CorrelationEvent[] all, int[] rules, int at, int rule)
    {
        if (rule == 0) return at;
        int best = -1;
        for (int before = 0; before < at; before++)
        {
            if (all[before].Rule == rules[rule - 1]) best = Math.Max(best, LatestStart(all, rules, before, rule - 1));
        }

        return best;
    }

    static bool Holds(SigmaCorrelation correlation, int[] rules, CorrelationEvent[] window, Func<CorrelationEvent, string?> value)
    {
        bool Seen(int rule) => window.Any(e => e.Rule == rule);
        if (correlation.Title.Contains("not", StringComparison.Ordinal)) return Seen(0) && Seen(1) && !Seen(2);
        if (correlation.Title.Contains("or", StringComparison.Ordinal)) return Seen(0) && (Seen(1) || Seen(2));
        decimal count = correlation.Type switch
        {
            CorrelationType.EventCount => window.Length,
            CorrelationType.ValueCount => window.Select(value).Distinct().Count(),
            _ => rules.Count(Seen),
        };
        return correlation.Bounds.All(b => b.Operator switch
        {
            "gt" => count > b.Bound,
            "gte" => count >= b.Bound,
            "lte" => count <= b.Bound,
            "eq" => count == b.Bound,
            _ => throw new InvalidOperationException(),
        });
    }
}
