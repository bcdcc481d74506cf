using System.Globalization;

namespace Tocsin.Triage.Reports;

/// <summary>A stretch of a time axis with one scale.</summary>
internal sealed record AxisPanel(DateTime FromUtc, DateTime ToUtc, double X, double Width)
{
    /// <summary>Room at both ends, so that marks at the ends stay inside.</summary>
    public double Padding { get; init; }

    public double At(DateTime utc)
    {
        double length = (ToUtc - FromUtc).Ticks, inner = Width - (2 * Padding);
        return length <= 0 ? X + (Width / 2) : X + Padding + (inner * (utc - FromUtc).Ticks / length);
    }

    /// <summary>The days that it shows: "3 Mar 2021", "27 Feb – 1 Mar 2021".</summary>
    public string Title
    {
        get
        {
            if (FromUtc.Date == ToUtc.Date) return Wording.LongDay(FromUtc);
            string from = FromUtc.Year == ToUtc.Year ? FromUtc.ToString("d MMM", CultureInfo.InvariantCulture) : Wording.LongDay(FromUtc);
            return $"{from} – {Wording.LongDay(ToUtc)}";
        }
    }
}

/// <summary>
/// A time axis that leaves out the times in which nothing happened: an attack is a few minutes here and there over weeks, and on
/// one scale those minutes would be one point.
/// </summary>
internal sealed class TimeAxis
{
    const int MaxPanels = 6;

    /// <summary>Between two panels.</summary>
    public const double Break = 14;

    /// <summary>Width of a letter of the panels' titles, on the wide side.</summary>
    const double Letter = 7.4;

    public required IReadOnlyList<AxisPanel> Panels { get; init; }

    /// <param name="times">The times to show, ascending; at least one.</param>
    /// <param name="left">Where it begins.</param>
    /// <param name="width">How wide it is.</param>
    public static TimeAxis Over(IReadOnlyList<DateTime> times, double left, double width)
    {
        var parts = new List<(int From, int To)> { (0, times.Count - 1) };
        while (parts.Count < MaxPanels && WidestGap(times, parts) is { } gap)
        {
            (int from, int to) = parts[gap.Part];
            parts[gap.Part] = (from, gap.After);
            parts.Insert(gap.Part + 1, (gap.After + 1, to));
        }

        return new TimeAxis { Panels = Place(times, parts, left, width) };
    }

    public double At(DateTime utc)
    {
        AxisPanel panel = Panels.LastOrDefault(p => p.FromUtc <= utc) ?? Panels[0];
        return panel.At(utc);
    }

    /// <summary>The longest time without an event, if it is long beside the part that it lies in.</summary>
    static (int Part, int After)? WidestGap(IReadOnlyList<DateTime> times, List<(int From, int To)> parts)
    {
        (int Part, int After)? widest = null;
        TimeSpan length = TimeSpan.FromMinutes(30);
        for (int part = 0; part < parts.Count; part++)
        {
            TimeSpan whole = times[parts[part].To] - times[parts[part].From];
            for (int i = parts[part].From; i < parts[part].To; i++)
            {
                TimeSpan gap = times[i + 1] - times[i];
                if (gap <= length || gap < whole / 4) continue;
                length = gap;
                widest = (part, i);
            }
        }

        return widest;
    }

    static List<AxisPanel> Place(IReadOnlyList<DateTime> times, List<(int From, int To)> parts, double left, double width)
    {
        AxisPanel[] bare = [.. parts.Select(p => new AxisPanel(times[p.From], times[p.To], 0, 0))];
        double[] least = [.. bare.Select(p => Math.Max(p.Title.Length * Letter, 84) + 8)];
        // The more events, the more room; a hundred do not need a hundred times as much.
        double[] weights = [.. parts.Select(p => Math.Sqrt(p.To - p.From))];
        double spare = Math.Max(width - least.Sum() - (Break * (parts.Count - 1)), 0), all = weights.Sum();
        var panels = new List<AxisPanel>();
        double x = left;
        for (int i = 0; i < parts.Count; i++)
        {
            double own = least[i] + (all > 0 ? spare * weights[i] / all : spare / parts.Count);
            panels.Add(bare[i] with { X = x, Width = own, Padding = 20 });
            x += own + Break;
        }

        return panels;
    }
}

/// <summary>Round times to write on an axis.</summary>
internal static class Ticks
{
    static readonly TimeSpan[] _steps =
    [
        TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(15), TimeSpan.FromSeconds(30),
        TimeSpan.FromMinutes(1), TimeSpan.FromMinutes(2), TimeSpan.FromMinutes(5), TimeSpan.FromMinutes(10), TimeSpan.FromMinutes(15), TimeSpan.FromMinutes(30),
        TimeSpan.FromHours(1), TimeSpan.FromHours(3), TimeSpan.FromHours(6), TimeSpan.FromHours(12),
        TimeSpan.FromDays(1), TimeSpan.FromDays(2), TimeSpan.FromDays(7), TimeSpan.FromDays(14),
    ];

    /// <summary>At most so many round times of the stretch, each with its label. Beyond weeks, they are first days of months.</summary>
    public static IEnumerable<(DateTime Utc, string Label)> Between(DateTime fromUtc, DateTime toUtc, int most)
    {
        if (toUtc <= fromUtc)
        {
            yield return (fromUtc, fromUtc.ToString("HH:mm:ss", CultureInfo.InvariantCulture));
            yield break;
        }

        TimeSpan length = toUtc - fromUtc;
        TimeSpan step = _steps.FirstOrDefault(s => length.Ticks / s.Ticks < most);
        if (step == default)
        {
            int months = Math.Max((int)Math.Ceiling(length.TotalDays / 30.4 / most), 1);
            for (var at = new DateTime(fromUtc.Year, fromUtc.Month, 1, 0, 0, 0, DateTimeKind.Utc); at <= toUtc && at.Year < 9990; at = at.AddMonths(months))
                if (at >= fromUtc) yield return (at, at.ToString("MMM yyyy", CultureInfo.InvariantCulture));
            yield break;
        }

        string format = step >= TimeSpan.FromDays(1) ? "d MMM" : step >= TimeSpan.FromMinutes(1) ? "HH:mm" : "HH:mm:ss";
        for (long at = (fromUtc.Ticks + step.Ticks - 1) / step.Ticks * step.Ticks; at <= toUtc.Ticks; at += step.Ticks)
        {
            var time = new DateTime(at, DateTimeKind.Utc);
            bool dayBegins = step < TimeSpan.FromDays(1) && time.TimeOfDay == default && fromUtc.Date != toUtc.Date;
            yield return (time, time.ToString(dayBegins ? "d MMM" : format, CultureInfo.InvariantCulture));
        }
    }
}
