namespace Tocsin.Triage.Reports;

/// <summary>What rules beside the packs found, for a terminal.</summary>
static class TextOther
{
    const int MaxFindings = 40, MaxEvidence = 2;

    public static void Write(TextPage page, ServerReport server)
    {
        if (server.OtherFindings.Count == 0) return;
        page.Line("Other rules (given with --rules; no verdict stands on them)", Ink.Bold);
        for (int i = 0; i < Math.Min(server.OtherFindings.Count, MaxFindings); i++)
        {
            OtherFinding finding = server.OtherFindings[i];
            page.Wrapped($"{i + 1,3}. ", $"[{finding.LevelWord}] {finding.Title}{(finding.Group.Length > 0 ? $" ({finding.Group})" : "")}", Ink.Bold);
            string when = finding.FirstUtc is { } first && finding.LastUtc is { } last ? $"{Wording.Time(first)} to {Wording.Time(last)}" : "no time";
            page.Wrapped("     ", $"{Wording.Count(finding.Count, finding.Kind == "rule" ? "match" : "record", finding.Kind == "rule" ? "matches" : "records")}, {when}, {finding.Kind} {finding.Id}");
            page.Wrapped("     ", finding.Credit, Ink.Faint);
            foreach (EvidenceLine line in finding.Evidence.Take(MaxEvidence))
            {
                page.Wrapped("     > ", $"{line.Artifact} line {line.Line}, byte {line.Offset}{(line.TimeUtc is { } time ? $", {Wording.Time(time)}" : "")}", Ink.Faint);
                if (line.Text.Length > 0) page.Evidence("       ", line.Text, line.Cut);
            }

            More(page, "     ", finding.Count - Math.Min(finding.Evidence.Count, MaxEvidence));
        }

        More(page, "  ", server.OtherFindings.Count - MaxFindings);
        page.Line();
    }

    public static void WriteSummary(TextPage page, OtherRulesSummary? rules)
    {
        if (rules is null) return;
        page.Wrapped("", $"Other rules: {Wording.Count(rules.Rules, "rule", "rules")} and {Wording.Count(rules.Correlations, "correlation", "correlations")} out of {Wording.Count(rules.Files, "file", "files")}; " +
            $"{Wording.Count(rules.WithoutReader)} of them for logs that this program does not read; {Wording.Count(rules.Refused.Select(r => r.File).Distinct().Count(), "file", "files")} with something refused.");
    }

    static void More(TextPage page, string indent, long more)
    {
        if (more > 0) page.Line($"{indent}{Wording.Count(more)} more in report.json", Ink.Faint);
    }
}
