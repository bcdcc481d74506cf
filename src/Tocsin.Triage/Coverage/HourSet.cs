using Tocsin.Triage.Reports;

namespace Tocsin.Triage.Coverage;

/// <summary>A set of whole hours since 0001-01-01, and how it lies over a window.</summary>
internal sealed class HourSet
{
    /// <summary>
    /// Silence of up to this many hours between two hours with records is taken as covered: logs are flushed late and rows
    /// bear the time at which a request ended. Monitoring probes write into every log all day, so longer silence is a gap.
    /// </summary>
    public const int Tolerance = 2;

    readonly SortedSet<int> _hours = [];

    public HourSet() { }

    public HourSet(IEnumerable<int> hours) => _hours = [.. hours];

    public bool IsEmpty => _hours.Count == 0;

    public void Add(IEnumerable<int> hours) => _hours.UnionWith(hours);

    public bool Contains(DateTime utc) => _hours.Contains(Hour(utc));

    /// <summary>The same set with silences up to the tolerance filled.</summary>
    public HourSet Filled()
    {
        var filled = new SortedSet<int>(_hours);
        int before = int.MinValue;
        foreach (int hour in _hours)
        {
            if (before != int.MinValue && hour - before - 1 <= Tolerance)
            {
                for (int h = before + 1; h < hour; h++) filled.Add(h);
            }

            before = hour;
        }

        return new HourSet(filled);
    }

    public HourSet IntersectedWith(HourSet other) => new(_hours.Where(other._hours.Contains));

    public HourSet UnitedWith(HourSet other)
    {
        var all = new HourSet(_hours);
        all._hours.UnionWith(other._hours);
        return all;
    }

    /// <summary>The stretches of consecutive hours within a window.</summary>
    public IReadOnlyList<TimeSpanUtc> SpansWithin(DateTime from, DateTime to)
    {
        var spans = new List<TimeSpanUtc>();
        int first = Hour(from), last = Hour(to.AddTicks(-1));
        int start = -1, end = -1;
        foreach (int hour in _hours.GetViewBetween(first, Math.Max(first, last)))
        {
            if (start >= 0 && hour != end + 1)
            {
                spans.Add(Span(start, end, from, to));
                start = -1;
            }

            if (start < 0) start = hour;
            end = hour;
        }

        if (start >= 0) spans.Add(Span(start, end, from, to));
        return spans;
    }

    /// <summary>The stretches of a window that a list of spans leaves open.</summary>
    public static IReadOnlyList<TimeSpanUtc> Open(IReadOnlyList<TimeSpanUtc> spans, DateTime from, DateTime to)
    {
        var open = new List<TimeSpanUtc>();
        DateTime at = from;
        foreach (TimeSpanUtc span in spans)
        {
            if (span.FromUtc > at) open.Add(new(at, span.FromUtc));
            if (span.ToUtc > at) at = span.ToUtc;
        }

        if (at < to) open.Add(new(at, to));
        return open;
    }

    static int Hour(DateTime utc) => (int)(utc.Ticks / TimeSpan.TicksPerHour);

    static TimeSpanUtc Span(int start, int end, DateTime from, DateTime to)
    {
        var a = new DateTime(start * TimeSpan.TicksPerHour, DateTimeKind.Utc);
        var b = new DateTime((end + 1) * TimeSpan.TicksPerHour, DateTimeKind.Utc);
        return new(a < from ? from : a, b > to ? to : b);
    }
}
