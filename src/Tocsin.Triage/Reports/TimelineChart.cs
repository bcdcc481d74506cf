using System.Text;
using Tocsin.Packs.Chain;
using Tocsin.Triage.Verdicts;

namespace Tocsin.Triage.Reports;

/// <summary>Draws the attack: a lane for each step in the wave's order, a mark for each event, its shape by outcome, a line for each run.</summary>
internal static class TimelineChart
{
    const double Width = 960, Left = 8, Header = 46, LabelHeight = 24, RowHeight = 18, UnseenHeight = 26, Radius = 5.5;

    /// <summary>More runs than this are marks without a line: lines on lines say nothing.</summary>
    public const int MaxSessions = 6;

    const int MaxRows = 3;

    /// <summary>Marks of one lane that cannot be told apart at this scale.</summary>
    sealed record Mark(double X, ChainEvent First, int Count, int Row)
    {
        public double Right => X + Radius + 3 + (Count > 1 ? 6 + (7.5 * Count.ToString().Length) : 0);
    }

    /// <summary>Runs with the most advanced first; those without a line are left out.</summary>
    public static IReadOnlyList<(int Session, ChainEvent[] Events)> Sessions(WaveReport wave) =>
    [
        .. wave.Steps.SelectMany(s => s.Events).Where(e => e.Session > 0 && e.TimeUtc is not null)
            .GroupBy(e => e.Session)
            .OrderByDescending(g => g.Max(e => e.Proves)).ThenByDescending(g => g.Count()).ThenBy(g => g.Key)
            .Take(MaxSessions).OrderBy(g => g.Key)
            .Select(g => (g.Key, g.OrderBy(e => e.TimeUtc).ToArray())),
    ];

    /// <summary>Draws it; nothing where no event has a time.</summary>
    public static void Write(Markup page, WaveReport wave)
    {
        DateTime[] times = [.. wave.Steps.SelectMany(s => s.Events).Select(e => e.TimeUtc).OfType<DateTime>().Order()];
        if (times.Length == 0) return;

        TimeAxis axis = TimeAxis.Over(times, Left, Width - (2 * Left));
        Mark[][] lanes = [.. wave.Steps.Select(s => Marks(s, axis))];
        double[] heights = [.. lanes.Select(l => l.Length == 0 ? UnseenHeight : LabelHeight + (RowHeight * (l.Max(m => m.Row) + 1)) + 8)];
        double height = Header + heights.Sum() + 4;

        string summary = $"Timeline of the attack from {Wording.Time(times[0])} to {Wording.Time(times[^1])}: " +
            $"{wave.Steps.Count(s => s.Seen)} of {wave.Steps.Count} steps seen. The table below says the same in words.";
        using (page.In("div", "scroll"))
        using (page.In("svg", ("class", "chart timeline"), ("viewBox", $"0 0 {Markup.N(Width)} {Markup.N(height)}"), ("role", "img"), ("aria-label", summary)))
        {
            WriteAxis(page, axis, height);
            double top = Header;
            var tops = new double[lanes.Length];
            for (int i = 0; i < lanes.Length; i++)
            {
                tops[i] = top;
                // A clean strip for the names, over the grid.
                page.Empty("rect", ("class", "strip"), ("x", "0"), ("y", Markup.N(top)), ("width", Markup.N(Width)), ("height", Markup.N(lanes[i].Length == 0 ? UnseenHeight : LabelHeight)));
                top += heights[i];
            }

            WriteSessions(page, wave, lanes, tops);
            for (int i = 0; i < lanes.Length; i++) WriteLane(page, wave, i, lanes[i], tops[i]);
        }
    }

    static void WriteAxis(Markup page, TimeAxis axis, double height)
    {
        foreach (AxisPanel panel in axis.Panels)
        {
            page.Empty("rect", ("class", "panel"), ("x", Markup.N(panel.X)), ("y", "2"), ("width", Markup.N(panel.Width)), ("height", Markup.N(height - 2)), ("rx", "6"));
            Text(page, "axis-title", panel.X + (panel.Width / 2), 18, "middle", panel.Title);
            int most = Math.Max((int)((panel.Width - panel.Padding) / 58), 1);
            foreach ((DateTime at, string label) in Ticks.Between(panel.FromUtc, panel.ToUtc, most))
            {
                double x = panel.At(at);
                page.Path("grid", $"M{Markup.N(x)} 42V{Markup.N(height)}");
                Text(page, "axis-label", x, 36, "middle", label);
            }
        }
    }

    static void WriteSessions(Markup page, WaveReport wave, Mark[][] lanes, double[] tops)
    {
        var drawn = Sessions(wave);
        for (int index = 0; index < drawn.Count; index++)
        {
            (int session, _) = drawn[index];
            var points = lanes.SelectMany((marks, lane) => marks.Where(m => m.First.Session == session).Select(m => (m.X, Y: tops[lane] + CentreOf(m), m.First.TimeUtc)))
                .OrderBy(p => p.TimeUtc).ToArray();
            if (points.Length == 0) continue;
            var path = new StringBuilder();
            foreach ((double x, double y, _) in points) path.Append(path.Length == 0 ? 'M' : 'L').Append($"{Markup.N(x)} {Markup.N(y)}");
            page.Path($"run run-{index + 1}", path.ToString());
        }
    }

    static void WriteLane(Markup page, WaveReport wave, int index, Mark[] marks, double top)
    {
        StepReport step = wave.Steps[index];
        string seen = step.Seen ? "" : " unseen";
        Text(page, "lane-name" + seen, Left, top + 17, "start", $"{index + 1}. {Wording.OneLine(step.Title)}");
        string outcome = step.Seen ? $"{Words.Of(step.Outcome)}{(step.Count > 1 ? $", {Wording.Count(step.Count)} times" : "")}" : "not seen";
        Text(page, "lane-outcome" + seen, Width - Left, top + 17, "end", outcome);
        var drawn = Sessions(wave);
        foreach (Mark mark in marks)
        {
            int run = 0;
            for (int i = 0; i < drawn.Count; i++) if (drawn[i].Session == mark.First.Session) run = i + 1;
            double y = top + CentreOf(mark);
            using (page.In("g", $"mark run-{run} {Words.Of(mark.First.Outcome)}"))
            {
                page.Leaf("title", null, $"{Wording.Time(mark.First.TimeUtc)}  {Wording.OneLine(mark.First.What)} ({Words.Of(mark.First.Outcome)})" +
                    $"{(mark.First.Client is { } client ? $", from {client}" : "")}{(mark.Count > 1 ? $", and {mark.Count - 1} more" : "")}");
                Shape(page, mark.First.Outcome, mark.X, y);
                if (mark.Count > 1) Text(page, "mark-count", mark.X + Radius + 4, y + 4, "start", $"×{mark.Count}");
            }
        }
    }

    /// <summary>The mark of an outcome: full circle, open circle, cross, open diamond.</summary>
    public static void Shape(Markup page, Outcome outcome, double x, double y)
    {
        string cx = Markup.N(x), cy = Markup.N(y), r = Markup.N(Radius);
        switch (outcome)
        {
            case Outcome.Succeeded or Outcome.Attempted:
                page.Empty("circle", ("class", "shape"), ("cx", cx), ("cy", cy), ("r", r));
                break;
            case Outcome.Failed:
                page.Path("shape cross", $"M{Markup.N(x - 4.5)} {Markup.N(y - 4.5)}l9 9m0 -9l-9 9");
                break;
            default:
                page.Path("shape", $"M{cx} {Markup.N(y - 6.5)}l6.5 6.5l-6.5 6.5l-6.5 -6.5z");
                break;
        }
    }

    static Mark[] Marks(StepReport step, TimeAxis axis)
    {
        var marks = new List<Mark>();
        foreach (ChainEvent happened in step.Events.Where(e => e.TimeUtc is not null).OrderBy(e => e.TimeUtc))
        {
            double x = axis.At(happened.TimeUtc!.Value);
            int same = marks.FindLastIndex(m => m.First.Outcome == happened.Outcome && m.First.Session == happened.Session && x - m.X < (2 * Radius));
            if (same >= 0)
            {
                marks[same] = marks[same] with { Count = marks[same].Count + 1 };
                continue;
            }

            int row = 0;
            while (row < MaxRows - 1 && marks.Any(m => m.Row == row && m.Right > x - Radius)) row++;
            marks.Add(new Mark(x, happened, 1, row));
        }

        return [.. marks];
    }

    static double CentreOf(Mark mark) => LabelHeight + (RowHeight * mark.Row) + (RowHeight / 2) + 1;

    static void Text(Markup page, string cssClass, double x, double y, string anchor, string text)
    {
        using (page.In("text", ("class", cssClass), ("x", Markup.N(x)), ("y", Markup.N(y)), ("text-anchor", anchor))) page.Text(text);
    }
}
