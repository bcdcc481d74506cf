using System.Globalization;

namespace Tocsin.Detection.Sigma.Correlations;

/// <summary>One correlation over the records of one group, in order of time.</summary>
sealed class GroupRun(SigmaCorrelation correlation, List<Point> points)
{
    // The windows that satisfy the condition: indexes of their first and last record.
    readonly List<(int First, int Last)> _windows = [];

    /// <summary>Where the condition holds, for correlations of this one.</summary>
    public IEnumerable<Point> Outputs => _windows.Select(w => points[w.Last]);

    bool IsOpenAbove => correlation.Type switch
    {
        CorrelationType.ValueAvg or CorrelationType.ValueMedian or CorrelationType.ValuePercentile => false,
        _ when correlation.Expression is { } expression => !HasNot(expression),
        _ => correlation.Bounds.All(b => b.IsLower),
    };

    static bool HasNot(ConditionNode node) => node switch
    {
        ConditionNot => true,
        ConditionAnd and => and.Operands.Any(HasNot),
        ConditionOr or => or.Operands.Any(HasNot),
        _ => false,
    };

    public void Evaluate()
    {
        if (correlation.Type == CorrelationType.TemporalOrdered) Ordered();
        else if (IsOpenAbove) Sliding();
        else Whole();
    }

    void Sliding()
    {
        var window = new WindowCounts(correlation);
        int first = 0;
        for (int last = 0; last < points.Count; last++)
        {
            window.Add(points[last]);
            while (points[last].TimeUtc - points[first].TimeUtc > correlation.Timespan) window.Remove(points[first++]);
            if (window.Holds()) _windows.Add((first, last));
        }
    }

    void Whole()
    {
        for (int first = 0; first < points.Count;)
        {
            var window = new WindowCounts(correlation);
            int next = first;
            while (next < points.Count && points[next].TimeUtc - points[first].TimeUtc <= correlation.Timespan) window.Add(points[next++]);
            if (window.Holds()) _windows.Add((first, next - 1));
            first = next;
        }
    }

    // For each rule the latest start of a chain that has come so far; records of one time follow each other in the rules' order.
    void Ordered()
    {
        int[] starts = new int[correlation.Rules.Length];
        Array.Fill(starts, -1);
        for (int i = 0; i < points.Count; i++)
        {
            int rule = points[i].Source;
            if (rule == 0) starts[0] = i;
            else if (starts[rule - 1] < 0) continue;
            else starts[rule] = starts[rule - 1];
            if (rule == starts.Length - 1 && points[i].TimeUtc - points[starts[rule]].TimeUtc <= correlation.Timespan) _windows.Add((starts[rule], i));
        }
    }

    /// <summary>Windows that share records, joined.</summary>
    public IEnumerable<CorrelationMatch> Matches(int index)
    {
        for (int i = 0; i < _windows.Count;)
        {
            (int first, int last) = _windows[i++];
            while (i < _windows.Count && _windows[i].First <= last) last = Math.Max(last, _windows[i++].Last);
            yield return new(
                index,
                [.. points[first].Values.Select(v => v ?? "")],
                points[first].TimeUtc,
                points[last].TimeUtc,
                last - first + 1,
                [.. points.Skip(first).Take(Math.Min(last - first + 1, Correlator.MaxTags)).Select(p => p.Tag)]);
        }
    }
}

/// <summary>What a condition asks of a window, kept while records enter and leave it.</summary>
sealed class WindowCounts(SigmaCorrelation correlation)
{
    readonly Dictionary<string, int> _values = new(StringComparer.Ordinal);
    readonly int[] _sources = new int[correlation.Rules.Length];
    readonly List<decimal> _numbers = [];
    int _events;
    int _seen;
    decimal _sum;

    bool IsSum => correlation.Type == CorrelationType.ValueSum;

    public void Add(Point point)
    {
        _events++;
        if (_sources[point.Source]++ == 0) _seen++;
        if (correlation.Type == CorrelationType.ValueCount) _values[point.Value] = _values.GetValueOrDefault(point.Value) + 1;
        if (correlation.Type < CorrelationType.ValueSum || NumberOf(point) is not { } number) return;
        _sum += number;
        if (!IsSum) _numbers.Add(number);
    }

    public void Remove(Point point)
    {
        _events--;
        if (--_sources[point.Source] == 0) _seen--;
        if (correlation.Type == CorrelationType.ValueCount && --_values[point.Value] == 0) _values.Remove(point.Value);
        if (IsSum && NumberOf(point) is { } number) _sum -= number;
    }

    // So large that a million of them can be added up, and no more.
    static decimal? NumberOf(Point point) =>
        decimal.TryParse(point.Value, NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out decimal number) && Math.Abs(number) < 1e21m ? number : null;

    public bool Holds()
    {
        if (correlation.Expression is { } expression) return Holds(expression);
        return Count() is { } count && correlation.Bounds.All(b => b.Holds(count));
    }

    bool Holds(ConditionNode node) => node switch
    {
        ConditionSelection one => Seen(one.Selection),
        ConditionNot not => !Holds(not.Operand),
        ConditionAnd and => and.Operands.All(Holds),
        ConditionOr or => or.Operands.Any(Holds),
        ConditionCount count => count.Selections.Count(Seen) >= count.Needed,
        _ => throw new InvalidOperationException($"A condition of an unknown kind: {node.GetType()}."),
    };

    bool Seen(Selection rule)
    {
        for (int i = 0; i < _sources.Length; i++)
        {
            if (correlation.Rules[i].Reference == rule.Name) return _sources[i] > 0;
        }

        return false;
    }

    decimal? Count()
    {
        switch (correlation.Type)
        {
            case CorrelationType.EventCount: return _events;
            case CorrelationType.ValueCount: return _values.Count;
            case CorrelationType.Temporal: return _seen;
            case CorrelationType.ValueSum: return _sum;
        }

        if (_numbers.Count == 0) return null;
        if (correlation.Type == CorrelationType.ValueAvg) return _sum / _numbers.Count;
        _numbers.Sort();
        if (correlation.Type == CorrelationType.ValueMedian)
        {
            int middle = _numbers.Count / 2;
            return _numbers.Count % 2 == 1 ? _numbers[middle] : (_numbers[middle - 1] + _numbers[middle]) / 2;
        }

        // The nearest rank: the smallest number that at least so many per cent are not above.
        int rank = (int)Math.Ceiling(correlation.Percentile / 100 * _numbers.Count);
        return _numbers[Math.Clamp(rank, 1, _numbers.Count) - 1];
    }
}
