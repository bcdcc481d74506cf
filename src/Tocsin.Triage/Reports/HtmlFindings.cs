using Tocsin.Evidence.WebPages;
using Tocsin.Triage.Verdicts;

namespace Tocsin.Triage.Reports;

/// <summary>The findings of a wave in HTML, each with the places where it can be checked by hand.</summary>
internal static class HtmlFindings
{
    const int MaxFindings = 150, MaxEvidence = 20;

    public static void Write(Markup page, WaveReport wave, string id)
    {
        if (wave.Findings.Count == 0) return;
        using (page.In("section", ("class", "panel-box"), ("aria-labelledby", $"{id}-findings")))
        {
            using (page.In("h3", ("id", $"{id}-findings"))) page.Text($"Findings: {Wording.OneLine(wave.Title)}");
            foreach (Finding finding in wave.Findings.Take(MaxFindings)) WriteFinding(page, wave, finding);
            HtmlServer.More(page, wave.Findings.Count - MaxFindings);
        }
    }

    /// <summary>What no wave took for its own.</summary>
    public static void WriteLoose(Markup page, ServerReport server, string id, bool signs)
    {
        foreach ((string heading, string meaning, Finding[] findings, bool isSign) in Wording.Loose(server).Where(l => l.IsSign == signs))
        {
            string name = $"{id}-{(isSign ? "signs" : "look")}";
            using (page.In("section", ("class", isSign ? "panel-box sign" : "panel-box"), ("aria-labelledby", name)))
            {
                using (page.In("h3", ("id", name))) page.Text(heading);
                page.Leaf("p", null, meaning);
                foreach (Finding finding in findings.Take(MaxFindings)) WriteFinding(page, null, finding);
                HtmlServer.More(page, findings.Length - MaxFindings);
            }
        }
    }

    static void WriteFinding(Markup page, WaveReport? wave, Finding finding)
    {
        using (page.In("article", $"finding p-{Words.Of(finding.Proves)}"))
        {
            using (page.In("div", "finding-head"))
            {
                using (page.In("h4")) page.Prose(finding.RuleTitle);
                using (page.In("p", "tags"))
                {
                    page.Leaf("span", "tag proves", Words.Of(finding.Proves));
                    page.Leaf("span", "tag", Words.Of(finding.Outcome));
                    page.Leaf("span", "tag", Wording.Count(finding.Count, "match", "matches"));
                }
            }

            using (page.In("p", "why")) page.Prose(finding.Why);
            if (finding.KnownNoise is { } noise)
            {
                using (page.In("p", "noise"))
                {
                    page.Leaf("b", null, "Innocent look-alike:");
                    page.Text(" ");
                    page.Prose(noise);
                }
            }

            string when = finding.FirstUtc is { } first && finding.LastUtc is { } last
                ? first == last ? Wording.Time(first) : $"{Wording.Time(first)} to {Wording.Time(last)}"
                : "no time";
            string step = wave?.Steps.FirstOrDefault(s => s.Id == finding.Step)?.Title ?? finding.Step;
            using (page.In("p", "dim"))
            {
                page.Text($"{when} · step: {Wording.OneLine(step)} · level {finding.Level} · rule ");
                page.Leaf("code", null, finding.Id);
                if (finding.Techniques.Count > 0) page.Text($" · ATT&CK {string.Join(", ", finding.Techniques)}");
            }

            if (finding.Evidence.Count > 0) WriteEvidence(page, finding.Evidence[0]);
            if (finding.Evidence.Count > 1)
            {
                int folded = Math.Min(finding.Evidence.Count, MaxEvidence) - 1;
                using (page.In("details", "fold"))
                {
                    page.Leaf("summary", null, Wording.Count(folded, "more place", "more places"));
                    foreach (EvidenceLine line in finding.Evidence.Skip(1).Take(folded)) WriteEvidence(page, line);
                    HtmlServer.More(page, Math.Max(finding.Evidence.Count - MaxEvidence, 0));
                }
            }

            if (finding.Count > finding.Evidence.Count)
                page.Leaf("p", "more", $"{Wording.Count(finding.Count - finding.Evidence.Count, "further match", "further matches")} of the same kind counted, not kept");
        }
    }

    /// <summary>One place, with its text where that was kept.</summary>
    public static void WriteEvidence(Markup page, EvidenceLine line)
    {
        using (page.In("figure", "evidence"))
        {
            using (page.In("figcaption"))
            {
                page.Leaf("span", "path", line.Artifact);
                page.Leaf("span", "at", $" line {line.Line}, byte {line.Offset}{(line.TimeUtc is { } time ? $", {Wording.Time(time)}" : "")}");
            }

            using (page.In("code", "text"))
            {
                string[] facts = line.Text.Split(WebPageRecord.Separator);
                page.Text(facts[0]);
                foreach (string fact in facts.AsSpan(1)) page.Leaf("span", "fact", fact);
                if (line.Cut) page.Leaf("span", "cut", " (longer in the file)");
            }
        }
    }
}
