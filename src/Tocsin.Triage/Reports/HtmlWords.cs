using Tocsin.Packs.Chain;
using Tocsin.Triage.Verdicts;

namespace Tocsin.Triage.Reports;

/// <summary>The end of the HTML report: how to check it by hand, and what its words mean.</summary>
internal static class HtmlWords
{
    static readonly (Verdict Verdict, string Means)[] _verdicts =
    [
        (Verdict.Compromised, "The evidence proves that the attack worked, at least as far as the stage says."),
        (Verdict.Targeted, "There were attempts, and the logs would show it if one had worked."),
        (Verdict.NothingFound, "Nothing was found, over a time in which it would have been seen."),
        (Verdict.CannotTell, "Nothing proves a success, but evidence is missing that could exclude one."),
        (Verdict.NotApplicable, "This product cannot be hit by this attack."),
    ];

    static readonly (Stage Stage, string Means)[] _stages =
    [
        (Stage.Targeted, "Probes and attempts without a sign of success."),
        (Stage.Exploited, "The flaw worked: the attackers got in."),
        (Stage.Implanted, "Something of theirs stayed, such as a web shell."),
        (Stage.Operated, "They used it: commands, stolen passwords, new accounts."),
        (Stage.Impact, "Data is known to have left, or was encrypted."),
    ];

    static readonly (Outcome Outcome, string Means)[] _outcomes =
    [
        (Outcome.Succeeded, "The step worked."),
        (Outcome.Attempted, "It was tried; this kind of log never says what came of it."),
        (Outcome.Failed, "It was refused, or went wrong."),
        (Outcome.Unknown, "The log could say what came of it, but this copy does not."),
    ];

    public static void Write(Markup page)
    {
        using (page.In("section", ("class", "panel-box check"), ("aria-labelledby", "check")))
        {
            using (page.In("h2", ("id", "check"))) page.Text("Check it yourself");
            page.Leaf("p", null, "Every finding names its file, the number of the line (or of the record, in event logs) and the byte at which it begins. For line 221 that begins at byte 91273:");
            using (page.In("dl", "commands"))
            {
                page.Leaf("dt", null, "PowerShell");
                using (page.In("dd")) page.Leaf("code", null, "Get-Content FILE -TotalCount 221 | Select-Object -Last 1");
                page.Leaf("dt", null, "Linux");
                using (page.In("dd")) page.Leaf("code", null, "tail -c +91274 FILE | head -n 1");
            }

            page.Leaf("p", null, "What cannot be seen in a log line is written out: \\x1b is the byte that begins a command to the terminal, \\u202e a mark that turns the direction of writing. The exact text is in report.json.");
        }

        using (page.In("section", ("class", "panel-box"), ("aria-labelledby", "words")))
        {
            using (page.In("h2", ("id", "words"))) page.Text("The words of this report");
            using (page.In("div", "glossary"))
            {
                List(page, "Verdicts", _verdicts.Select(v => (Words.Of(v.Verdict), v.Means)));
                List(page, "Stages: what the evidence proves", _stages.Select(s => (Words.Of(s.Stage), s.Means)));
                List(page, "Outcomes of a step", _outcomes.Select(o => (Words.Of(o.Outcome), o.Means)));
            }
        }
    }

    static void List(Markup page, string title, IEnumerable<(string Word, string Means)> words)
    {
        using (page.In("div"))
        {
            page.Leaf("h3", null, title);
            using (page.In("dl"))
            {
                foreach ((string word, string means) in words)
                {
                    page.Leaf("dt", null, word);
                    page.Leaf("dd", null, means);
                }
            }
        }
    }
}
