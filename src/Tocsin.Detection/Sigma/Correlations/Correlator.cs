namespace Tocsin.Detection.Sigma.Correlations;

/// <summary>A record that a rule matched, as correlations see it.</summary>
/// <param name="TimeUtc">When.</param>
/// <param name="Rule">The rule's index in the rule set.</param>
/// <param name="Captured">The values of the fields that <see cref="CorrelationSet.Captures"/> has for the rule; null where the record has none.</param>
/// <param name="Tag">The caller's, to find the record again.</param>
public sealed record CorrelationEvent(DateTime TimeUtc, int Rule, string?[] Captured, int Tag);

/// <summary>One match of a correlation: a stretch of records throughout which its condition held.</summary>
/// <param name="Correlation">Its index in <see cref="CorrelationSet.Correlations"/>.</param>
/// <param name="Group">The values of <c>group-by</c>.</param>
/// <param name="FirstUtc">The first record's time.</param>
/// <param name="LastUtc">The last one's.</param>
/// <param name="Count">How many records.</param>
/// <param name="Tags">The first of them, in order of time.</param>
public sealed record CorrelationMatch(int Correlation, IReadOnlyList<string> Group, DateTime FirstUtc, DateTime LastUtc, long Count, IReadOnlyList<int> Tags);

/// <summary>Finds the matches of correlations in records that are in order of time. Holds no state between calls; safe to share between threads.</summary>
/// <remarks>
/// <code>
/// records of a group:   · ··· ·  ·       ·····  ·     time →
/// sliding window:             [────────]              ends at each record in turn, as long as timespan
/// whole windows:        [────────]     [────────]     begin at the first record that no window before holds
/// </code>
/// Where a larger count satisfies the condition too (<c>gt</c>, <c>gte</c>, all rules seen), the condition is asked at
/// each record of the window that ends there. Where it may not (<c>lt</c>, <c>eq</c>, a range, a mean, a <c>not</c>), only
/// whole windows tell, and the condition is asked at their end. Neighbouring windows that satisfy it and share records are
/// one match. A record without one of the fields that are grouped by or counted is left out of that correlation.
/// </remarks>
public static class Correlator
{
    /// <summary>What is kept of a match's records: a brute force has thousands, the first ones show it.</summary>
    public const int MaxTags = 25;

    /// <summary>Bounds a chain of correlations, each of which may list dozens of others: of the records and inner matches that one looks at, so many of each rule count.</summary>
    const int MaxPoints = 250_000;

    /// <summary>All matches, those of correlations that only serve others left out; by correlation, then time, then group.</summary>
    /// <param name="set">The correlations.</param>
    /// <param name="events">Of one server, in order of time; those of one time in any order that is always the same.</param>
    public static IReadOnlyList<CorrelationMatch> Run(CorrelationSet set, IReadOnlyList<CorrelationEvent> events)
    {
        ILookup<int, int> byRule = Enumerable.Range(0, events.Count).ToLookup(i => events[i].Rule);
        var points = new List<Point>[set.Items.Length];
        var matches = new List<CorrelationMatch>();
        for (int index = 0; index < set.Items.Length; index++)
        {
            CorrelationSet.Item item = set.Items[index];
            points[index] = [];
            var runs = new List<CorrelationMatch>();
            foreach (IGrouping<string, Point> group in Inputs(item, events, byRule, points).GroupBy(p => p.Key, StringComparer.Ordinal))
            {
                var run = new GroupRun(item.Correlation, [.. group]);
                run.Evaluate();
                points[index].AddRange(run.Outputs);
                runs.AddRange(run.Matches(index));
            }

            points[index].Sort(Point.InOrder);
            if (!item.IsReferred) matches.AddRange(runs.OrderBy(m => m.FirstUtc).ThenBy(m => string.Join('\0', m.Group), StringComparer.Ordinal));
        }

        return matches;
    }

    // The records, or matches of other correlations, that one correlation looks at, in order of time.
    static List<Point> Inputs(CorrelationSet.Item item, IReadOnlyList<CorrelationEvent> events, ILookup<int, int> byRule, List<Point>[] points)
    {
        var inputs = new List<Point>();
        for (int source = 0; source < item.Sources.Length; source++)
        {
            (int rule, int inner, int[] groupBy, int[] fields) = (item.Sources[source].Rule, item.Sources[source].Correlation, item.Sources[source].GroupBy, item.Sources[source].Fields);
            IEnumerable<Point> from = rule >= 0
                ? byRule[rule].Select(i => new Point(events[i].TimeUtc, i, events[i].Captured, 0, "", "", events[i].Tag))
                : points[inner];
            foreach (Point point in from.Take(MaxPoints / item.Sources.Length))
            {
                if (Values(point.Values, groupBy) is not { } group || Values(point.Values, fields) is not { } value) continue;
                inputs.Add(point with { Source = source, Values = group, Key = Key(group), Value = Key(value) });
            }
        }

        inputs.Sort(Point.InOrder);
        return inputs;
    }

    static string?[]? Values(string?[] of, int[] places)
    {
        var values = new string?[places.Length];
        for (int i = 0; i < places.Length; i++)
        {
            if (places[i] < 0 || of[places[i]] is not { } value) return null;
            values[i] = value;
        }

        return values;
    }

    // Sigma compares without regard to case. The sign between stands in no value of a log line.
    static string Key(string?[] values) => string.Join('\0', values).ToUpperInvariant();
}

/// <summary>A record, or a point at which an inner correlation holds. Order decides between points of one time; Source says to which rule of the correlation it belongs.</summary>
readonly record struct Point(DateTime TimeUtc, int Order, string?[] Values, int Source, string Key, string Value, int Tag)
{
    public static int InOrder(Point a, Point b)
    {
        int order = a.TimeUtc.CompareTo(b.TimeUtc);
        if (order == 0) order = a.Source.CompareTo(b.Source);
        return order != 0 ? order : a.Order.CompareTo(b.Order);
    }
}
