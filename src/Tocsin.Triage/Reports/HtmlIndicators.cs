namespace Tocsin.Triage.Reports;

/// <summary>Indicators that the user gave and the evidence shows, in HTML.</summary>
internal static class HtmlIndicators
{
    const int MaxMatches = 200, MaxEvidence = 5, MaxRefused = 100;

    public static void Write(Markup page, ScanReport report)
    {
        if (report.Indicators is not { } lists) return;
        using (page.In("section", ("class", "problems"), ("aria-labelledby", "indicators")))
        {
            using (page.In("h2", ("id", "indicators"))) page.Text("Indicators that you gave");
            page.Leaf("p", null, $"{Wording.Count(report.IndicatorMatches.Count, "is", "are")} in the evidence. They are their authors' word, and no verdict stands on them. {TextIndicators.Summary(lists)}");
            foreach (IndicatorMatch match in report.IndicatorMatches.Take(MaxMatches)) WriteMatch(page, match);
            HtmlServer.More(page, report.IndicatorMatches.Count - MaxMatches);
            if (lists.Refused.Count > 0) WriteRefused(page, lists);
        }
    }

    static void WriteMatch(Markup page, IndicatorMatch match)
    {
        using (page.In("article", "finding"))
        {
            using (page.In("h4"))
            {
                page.Text($"{match.Type} ");
                page.Leaf("code", null, match.Value);
            }

            page.Leaf("p", "dim", $"{Wording.Count(match.Count, "place", "places")} · {TextIndicators.Times(match)} · {TextIndicators.Period(match)} · from {match.Source}");
            foreach (EvidenceLine line in match.Evidence.Take(MaxEvidence)) HtmlFindings.WriteEvidence(page, line);
            HtmlServer.More(page, match.Evidence.Count - MaxEvidence);
        }
    }

    static void WriteRefused(Markup page, IndicatorsSummary lists)
    {
        using (page.In("details", "fold"))
        {
            page.Leaf("summary", null, Wording.Count(lists.Refused.Count, "entry was refused", "entries were refused"));
            using (page.In("ul"))
            {
                foreach (RefusedEntry entry in lists.Refused.Take(MaxRefused))
                {
                    using (page.In("li"))
                    {
                        page.Leaf("code", "path", $"{entry.File}({entry.Line})");
                        page.Text($" {entry.Value}: {entry.Reason}");
                    }
                }
            }

            HtmlServer.More(page, lists.Refused.Count - MaxRefused);
        }
    }
}
