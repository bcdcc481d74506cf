namespace Tocsin.Triage.Reports;

/// <summary>What rules beside the packs found, in HTML.</summary>
internal static class HtmlOther
{
    const int MaxFindings = 200, MaxEvidence = 10, MaxRefused = 100;

    public static void Write(Markup page, ServerReport server, string id)
    {
        if (server.OtherFindings.Count == 0) return;
        using (page.In("section", ("class", "panel-box"), ("aria-labelledby", $"{id}-other")))
        {
            using (page.In("h3", ("id", $"{id}-other"))) page.Text("Other rules");
            page.Leaf("p", "dim", "Found by rules that were given beside the threat packs. No verdict stands on them.");
            foreach (OtherFinding finding in server.OtherFindings.Take(MaxFindings)) WriteFinding(page, finding);
            HtmlServer.More(page, server.OtherFindings.Count - MaxFindings);
        }
    }

    static void WriteFinding(Markup page, OtherFinding finding)
    {
        using (page.In("article", "finding"))
        {
            using (page.In("div", "finding-head"))
            {
                using (page.In("h4")) page.Prose(finding.Title);
                using (page.In("p", "tags"))
                {
                    page.Leaf("span", "tag", finding.LevelWord);
                    page.Leaf("span", "tag", finding.Kind == "rule" ? Wording.Count(finding.Count, "match", "matches") : Wording.Count(finding.Count, "record", "records"));
                }
            }

            string when = finding.FirstUtc is { } first && finding.LastUtc is { } last
                ? first == last ? Wording.Time(first) : $"{Wording.Time(first)} to {Wording.Time(last)}"
                : "no time";
            using (page.In("p", "dim"))
            {
                page.Text(finding.Group.Length > 0 ? $"{when} · {finding.Group} · {finding.Kind} " : $"{when} · {finding.Kind} ");
                page.Leaf("code", null, finding.Id);
                page.Text($" · {finding.Credit}");
                if (finding.Techniques.Count > 0) page.Text($" · ATT&CK {string.Join(", ", finding.Techniques)}");
            }

            if (finding.Evidence.Count == 0) return;
            HtmlFindings.WriteEvidence(page, finding.Evidence[0]);
            if (finding.Evidence.Count == 1) return;
            using (page.In("details", "fold"))
            {
                int folded = Math.Min(finding.Evidence.Count, MaxEvidence) - 1;
                page.Leaf("summary", null, Wording.Count(folded, "more place", "more places"));
                foreach (EvidenceLine line in finding.Evidence.Skip(1).Take(folded)) HtmlFindings.WriteEvidence(page, line);
                HtmlServer.More(page, finding.Evidence.Count - MaxEvidence);
            }
        }
    }

    /// <summary>The rules that were refused, each at its place.</summary>
    public static void WriteRefused(Markup page, OtherRulesSummary? rules)
    {
        if (rules is null) return;
        using (page.In("section", ("class", "problems"), ("aria-labelledby", "other-rules")))
        {
            using (page.In("h2", ("id", "other-rules"))) page.Text("Other rules");
            page.Leaf("p", null, $"{Wording.Count(rules.Rules, "rule", "rules")} and {Wording.Count(rules.Correlations, "correlation", "correlations")} out of {Wording.Count(rules.Files, "file", "files")} were applied; " +
                $"{Wording.Count(rules.WithoutReader)} of them are for logs that this program does not read. {Wording.Count(rules.Refused.Count, "refusal", "refusals")}.");
            if (rules.Refused.Count == 0) return;
            using (page.In("ul"))
            {
                foreach (RuleProblem problem in rules.Refused.Take(MaxRefused))
                {
                    using (page.In("li"))
                    {
                        page.Leaf("code", "path", $"{problem.File}({problem.Line},{problem.Column})");
                        page.Text($" {problem.Code} ");
                        page.Prose($"{problem.Message} {problem.Hint}");
                    }
                }
            }

            HtmlServer.More(page, rules.Refused.Count - MaxRefused);
        }
    }
}
