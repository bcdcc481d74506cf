namespace Tocsin.Triage.Reports;

/// <summary>Indicators that the user gave and the evidence shows, for a terminal.</summary>
static class TextIndicators
{
    const int MaxMatches = 40, MaxEvidence = 2;

    public static void Write(TextPage page, ScanReport report)
    {
        if (report.Indicators is not { } lists) return;
        page.Line($"INDICATORS THAT YOU GAVE: {Wording.Count(report.IndicatorMatches.Count, "is", "are")} in the evidence", Ink.Bold);
        page.Wrapped("  ", "They are their authors' word. No verdict stands on them.");
        foreach (IndicatorMatch match in report.IndicatorMatches.Take(MaxMatches))
        {
            page.Wrapped("  ", $"{match.Type} {match.Value}", Ink.Bold);
            page.Wrapped("     ", $"{Wording.Count(match.Count, "place", "places")}, {Times(match)}; from {match.Source}, {Period(match)}");
            foreach (EvidenceLine line in match.Evidence.Take(MaxEvidence))
            {
                page.Wrapped("     > ", $"{line.Artifact} line {line.Line}, byte {line.Offset}", Ink.Faint);
                page.Evidence("       ", line.Text, line.Cut);
            }
        }

        if (report.IndicatorMatches.Count > MaxMatches) page.Line($"  {Wording.Count(report.IndicatorMatches.Count - MaxMatches)} more in report.json");
        page.Wrapped("  ", Summary(lists));
        page.Line();
    }

    /// <summary>What became of the lists, in a sentence or two.</summary>
    public static string Summary(IndicatorsSummary lists)
    {
        string compared = $"{Wording.Count(lists.Compared, "indicator", "indicators")} out of {Wording.Count(lists.Lists, "list", "lists")} were compared; {Wording.Count(lists.Refused.Count, "entry was", "entries were")} refused.";
        return string.Join(' ', lists.NotCompared.Select(n => $"{Wording.Count(n.Count)} of the type {n.Type} were not: {n.Reason}").Prepend(compared));
    }

    public static string Period(IndicatorMatch match) => (match.ValidFromUtc, match.ValidUntilUtc) switch
    {
        ({ } from, { } until) => $"valid {Wording.Day(from)} to {Wording.Day(until)}",
        ({ } from, null) => $"valid from {Wording.Day(from)}",
        (null, { } until) => $"valid until {Wording.Day(until)}",
        _ => "valid at all times",
    };

    public static string Times(IndicatorMatch match) => match.FirstUtc is { } first && match.LastUtc is { } last ? $"{Wording.Time(first)} to {Wording.Time(last)}" : "no time";
}
