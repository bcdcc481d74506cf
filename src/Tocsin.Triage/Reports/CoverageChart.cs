using System.Text;

namespace Tocsin.Triage.Reports;

/// <summary>Draws which log has records when, over the time in which servers were exposed to a wave.</summary>
internal static class CoverageChart
{
    const double Width = 960, Left = 8, Right = 952, Header = 58, Label = 20, Track = 24, Between = 10, Footer = 6;

    /// <summary>More kinds than this are in the table only.</summary>
    public const int MaxRows = 30;

    public static void Write(Markup page, ServerReport server, WaveReport wave)
    {
        TimeSpanUtc? attack = Wording.Seen(wave);
        DateTime from = wave.WindowFromUtc, to = wave.WindowToUtc;
        if (attack is { } seen)
        {
            from = Wording.Earlier(from, seen.FromUtc);
            to = Wording.Later(to, seen.ToUtc);
        }

        if (to <= from) return;
        // Logs that go on after the window show that they did not end with it.
        var margin = TimeSpan.FromTicks(Math.Min((to - from).Ticks / 25, (DateTime.MaxValue - to).Ticks));
        from = from.Ticks > margin.Ticks ? from - margin : from;
        to += margin;
        var axis = new AxisPanel(from, to, Left, Right - Left);
        LogCoverage[] logs = [.. server.Coverage.Take(MaxRows)];
        double height = Top(logs.Length + 1) - Between + Footer;

        (int proven, int all) = Wording.ProvenDays(wave);
        string summary = $"Coverage from {Wording.Day(wave.WindowFromUtc)} to {Wording.Day(wave.WindowToUtc)}: " +
            $"a success would have been seen on {proven} of {all} days. The table below says the same in words.";
        // The room for the names of markers is not needed where there are none.
        double hidden = attack is null && wave.Patched is null ? 30 : 0;
        using (page.In("div", "scroll"))
        using (page.In("svg", ("class", "chart coverage"), ("viewBox", $"0 {Markup.N(hidden)} {Markup.N(Width)} {Markup.N(height - hidden)}"), ("role", "img"), ("aria-label", summary)))
        {
            foreach ((DateTime at, string label) in Ticks.Between(from, to, 12))
            {
                double x = axis.At(at);
                page.Path("grid", $"M{Markup.N(x)} {Markup.N(Header - 8)}V{Markup.N(height - Footer)}");
                if (x is > Left + 20 and < Right - 24) Text(page, "axis-label", x, Header - 14, "middle", label);
            }

            double windowFrom = axis.At(wave.WindowFromUtc), windowTo = axis.At(wave.WindowToUtc);
            page.Path("window", $"M{Markup.N(windowFrom)} {Markup.N(Header - 1)}V{Markup.N(Header - 6)}H{Markup.N(windowTo)}V{Markup.N(Header - 1)}");
            WriteTrack(page, axis, 0, wave.Proven, null, "proven");
            for (int i = 0; i < logs.Length; i++) WriteTrack(page, axis, i + 1, logs[i].Spans, logs[i], logs[i].IsExtract ? "extract" : "covered");
            for (int i = 0; i <= logs.Length; i++) Shade(page, Top(i) + Label, windowFrom, windowTo);
            if (attack is { } hit) WriteMarker(page, axis, hit.FromUtc, hit.ToUtc, "attack", "attack", 14, height);
            if (wave.Patched is not null) WriteMarker(page, axis, wave.WindowToUtc, wave.WindowToUtc, "fix", "fix first seen", 30, height);
            WriteName(page, 0, "A success would have been seen", $"on {proven} of {Wording.Count(all, "day", "days")}");
            for (int i = 0; i < logs.Length; i++)
            {
                LogCoverage log = logs[i];
                string note = log.IsExtract ? "extract: excludes nothing" : $"{Wording.Count(log.Gaps.Count, "gap", "gaps")}, {Wording.Count(log.Damaged)} damaged";
                WriteName(page, i + 1, log.Title, $"{Wording.Count(log.Records, "record", "records")}, {note}");
            }
        }
    }

    static double Top(int row) => Header + (row * (Label + Track + Between));

    static void WriteName(Markup page, int row, string name, string note)
    {
        // Over the lines, so that they do not run through the words.
        page.Empty("rect", ("class", "strip"), ("x", "0"), ("y", Markup.N(Top(row))), ("width", Markup.N(Width)), ("height", Markup.N(Label - 1)));
        Text(page, "lane-name", Left, Top(row) + 14, "start", Wording.OneLine(name));
        Text(page, "lane-outcome", Right, Top(row) + 14, "end", note);
    }

    static void WriteTrack(Markup page, AxisPanel axis, int row, IReadOnlyList<TimeSpanUtc> spans, LogCoverage? log, string cssClass)
    {
        double y = Top(row) + Label;
        page.Empty("rect", ("class", "none"), ("x", Markup.N(Left)), ("y", Markup.N(y)), ("width", Markup.N(Right - Left)), ("height", Markup.N(Track)));
        page.Path(cssClass, Bars(axis, spans.Select(s => (s.FromUtc, s.ToUtc)), y, _ => Track));
        if (log is { IsExtract: false } && Days(axis, log) is { Length: > 0 } days)
        {
            double most = Math.Sqrt(days.Max(d => d.Records));
            var density = days.ToDictionary(d => d.Day, d => most > 0 ? Math.Max(Math.Sqrt(d.Records) / most * (Track - 4), 1) : 0);
            page.Path("density", Bars(axis, days.Select(d => (Start(d.Day), Start(d.Day).AddDays(1))), y, at => density[DateOnly.FromDateTime(at)]));
        }

        page.Empty("rect", ("class", "frame"), ("x", Markup.N(Left)), ("y", Markup.N(y)), ("width", Markup.N(Right - Left)), ("height", Markup.N(Track)));
    }

    /// <summary>What lies outside of the window is there to compare, and stands back.</summary>
    static void Shade(Markup page, double y, double windowFrom, double windowTo)
    {
        page.Empty("rect", ("class", "outside"), ("x", Markup.N(Left)), ("y", Markup.N(y)), ("width", Markup.N(windowFrom - Left)), ("height", Markup.N(Track)));
        page.Empty("rect", ("class", "outside"), ("x", Markup.N(windowTo)), ("y", Markup.N(y)), ("width", Markup.N(Right - windowTo)), ("height", Markup.N(Track)));
    }

    static DayCount[] Days(AxisPanel axis, LogCoverage log) =>
        [.. log.Days.Where(d => d.Records > 0 && d.Day < DateOnly.MaxValue && Start(d.Day).AddDays(1) > axis.FromUtc && Start(d.Day) < axis.ToUtc).DistinctBy(d => d.Day)];

    static DateTime Start(DayCount day) => Start(day.Day);

    static DateTime Start(DateOnly day) => day.ToDateTime(TimeOnly.MinValue, DateTimeKind.Utc);

    /// <summary>Bars that stand on the track's floor. Those closer than can be seen are drawn as one, so that the drawing stays small.</summary>
    static string Bars(AxisPanel axis, IEnumerable<(DateTime From, DateTime To)> stretches, double y, Func<DateTime, double> height)
    {
        var path = new StringBuilder();
        (double From, double To, double Height)? open = null;
        foreach ((DateTime from, DateTime to) in stretches)
        {
            double x = Math.Max(axis.At(Wording.Later(from, axis.FromUtc)), Left), end = Math.Min(axis.At(Wording.Earlier(to, axis.ToUtc)), Right);
            if (to < axis.FromUtc || from > axis.ToUtc) continue;
            // An extract of one minute must still be seen.
            if (end - x < 2.5) end = Math.Min(x + 2.5, Right);
            double high = height(from);
            if (open is { } bar && x - bar.To < 0.6 && Math.Abs(high - bar.Height) < 0.5)
            {
                open = bar with { To = Math.Max(end, bar.To) };
                continue;
            }

            Close(path, open, y);
            open = (x, end, high);
        }

        Close(path, open, y);
        return path.ToString();
    }

    static void Close(StringBuilder path, (double From, double To, double Height)? bar, double y)
    {
        if (bar is not { } b) return;
        path.Append($"M{Markup.N(b.From)} {Markup.N(y + Track)}V{Markup.N(y + Track - b.Height)}H{Markup.N(b.To)}V{Markup.N(y + Track)}z");
    }

    static void WriteMarker(Markup page, AxisPanel axis, DateTime from, DateTime to, string cssClass, string name, double labelY, double height)
    {
        double x = axis.At(from), end = axis.At(to);
        if (end - x > 2)
            page.Empty("rect", ("class", $"marker-band {cssClass}"), ("x", Markup.N(x)), ("y", Markup.N(labelY + 4)), ("width", Markup.N(end - x)), ("height", Markup.N(height - labelY - 4 - Footer)));
        page.Path($"marker {cssClass}", $"M{Markup.N(x)} {Markup.N(labelY + 4)}V{Markup.N(height - Footer)}{(end - x > 2 ? $"M{Markup.N(end)} {Markup.N(labelY + 4)}V{Markup.N(height - Footer)}" : "")}");
        double middle = (x + end) / 2;
        (double at, string anchor) = middle < 80 ? (Math.Max(x, Left), "start") : middle > Width - 80 ? (Math.Min(end, Right), "end") : (middle, "middle");
        Text(page, $"marker-label {cssClass}", at, labelY, anchor, name);
    }

    static void Text(Markup page, string cssClass, double x, double y, string anchor, string text)
    {
        using (page.In("text", ("class", cssClass), ("x", Markup.N(x)), ("y", Markup.N(y)), ("text-anchor", anchor))) page.Text(text);
    }
}
