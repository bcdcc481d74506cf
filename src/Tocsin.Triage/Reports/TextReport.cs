using Tocsin.Packs.Chain;
using Tocsin.Triage.Findings;
using Tocsin.Triage.Verdicts;

namespace Tocsin.Triage.Reports;

/// <summary>How the text report is written.</summary>
/// <param name="Colour">Whether verdicts are coloured; they are in words in any case.</param>
/// <param name="Width">Columns of the terminal, from 60 to 200.</param>
/// <param name="Quiet">
/// One line for each server and wave and nothing else: server, pack, verdict, stage, confidence, first and last time of what was
/// found as <c>2021-03-03T04:00:00.000Z..2021-03-05T04:00:00.000Z</c> or <c>-</c>. Separated by tabs, without a heading; no cell
/// holds a tab or a line break, so <c>cut</c> and <c>awk</c> can take them apart.
/// </param>
public sealed record TextReportOptions(bool Colour, int Width, bool Quiet);

/// <summary>The report for a terminal: what happened and what to do on the first screen, the grounds for it below.</summary>
public static class TextReport
{
    /// <summary>Writes <paramref name="report"/> in lines that end in LF.</summary>
    public static void Write(ScanReport report, TextWriter writer, TextReportOptions options)
    {
        if (options.Quiet)
        {
            WriteQuiet(report, writer);
            return;
        }

        var page = new TextPage(writer, options.Width, options.Colour);
        IReadOnlyList<ServerReport> servers = Wording.WorstFirst(report.Servers);
        if (servers.Count == 0) WriteNoServer(page, report);
        if (servers.Count > 1) WriteOverview(page, servers);
        foreach (ServerReport server in servers) WriteServer(page, server);
        WriteProblems(page, report);
        if (servers.Count > 0) page.Line("Details follow. `--report DIR` writes them as a web page, JSON and a spreadsheet.", Ink.Faint);
        foreach (ServerReport server in servers) TextDetails.Write(page, server);
        WriteYara(page, report);
        TextIndicators.Write(page, report);
        WriteTotals(page, report);
        WriteInShort(page, servers);
    }

    /// <summary>The verdict once more: after pages of details it is what stays on the screen.</summary>
    static void WriteInShort(TextPage page, IReadOnlyList<ServerReport> servers)
    {
        foreach (ServerReport server in servers.Where(s => s.Waves.Count > 0).Take(5))
        {
            WaveReport worst = server.Waves[0];
            page.Line();
            page.Wrapped("", $"{Wording.Heading(server)}: {Wording.Heading(worst.Verdict)} - {worst.Title}. {worst.Headline}");
            page.Labelled("Do this next", worst.NextStep, Ink.Bold);
        }
    }

    const int MaxLoose = 5;

    static void WriteQuiet(ScanReport report, TextWriter writer)
    {
        foreach (ServerReport server in report.Servers)
        {
            foreach (WaveReport wave in server.Waves)
            {
                string seen = Wording.Seen(wave) is { } span ? $"{Wording.Iso(span.FromUtc)}..{Wording.Iso(span.ToUtc)}" : "-";
                string[] cells =
                    [Wording.Name(server), wave.Pack, Words.Of(wave.Verdict), Words.Of(wave.Stage), Words.Of(wave.Confidence), seen];
                writer.Write(string.Join('\t', cells.Select(Inert.Terminal)));
                writer.Write('\n');
            }
        }
    }

    static void WriteNoServer(TextPage page, ScanReport report)
    {
        page.Line("NO EVIDENCE", Ink.Violet);
        page.Rule('=');
        page.Wrapped("", $"Nothing in {string.Join(", ", report.Sources)} is a log or a file that this version reads. That says nothing about the server.");
        page.Line();
        page.Labelled("Do this next", @"Point tocsin at a copy of C:\inetpub\logs and of the folder Logging of Exchange.", Ink.Bold);
        page.Line();
    }

    /// <summary>One line for each server: its worst wave, and what else hit it.</summary>
    static void WriteOverview(TextPage page, IReadOnlyList<ServerReport> servers)
    {
        var counts = servers.Where(s => s.Waves.Count > 0).GroupBy(s => s.Waves.Max(w => w.Verdict)).OrderByDescending(g => g.Key);
        page.Line($"{servers.Count} SERVERS: {string.Join(", ", counts.Select(g => $"{g.Count()} {Wording.Heading(g.Key)}"))}", Ink.Bold);
        page.Rule('=');
        foreach (ServerReport server in servers)
        {
            if (server.Waves.Count == 0)
            {
                page.Line($"{TextPage.Cell(Wording.Heading(server), 16)} no wave was looked for");
                continue;
            }

            WaveReport worst = server.Waves[0];
            string seen = Wording.Seen(worst) is { } span ? $"{Wording.Day(span.FromUtc)}..{Wording.Day(span.ToUtc)}" : "";
            string also = string.Join(", ", server.Waves.Skip(1).Where(w => w.Verdict >= Verdict.Targeted).Select(w => $"also {Words.Of(w.Verdict)} by {w.Title}"));
            string line = $"{TextPage.Cell(Wording.Heading(server), 16)} {TextPage.Cell(Wording.Heading(worst.Verdict), 15)}" +
                $"{TextPage.Cell(worst.Verdict >= Verdict.Targeted ? worst.Title : "", 16)} {TextPage.Cell(StageIfAny(worst), 11)}{TextPage.Cell(seen, 24)}";
            page.Line(line.TrimEnd(), InkOf(worst.Verdict));
            if (also.Length > 0) page.Line(new string(' ', 17) + also);
            if (server.Loose.Any(LooseFindings.IsSign)) page.Line(new string(' ', 17) + "signs of a break-in that belongs to no known wave", Ink.Red);
        }

        page.Line();
    }

    static void WriteServer(TextPage page, ServerReport server)
    {
        WriteLoose(page, server, signs: true);
        (WaveReport[] cards, WaveReport[][] others) = Wording.CardsAndOthers(server);
        foreach (WaveReport wave in cards) WriteCard(page, server, wave);
        foreach (WaveReport[] alike in others) WriteBrief(page, alike);
        WriteLoose(page, server, signs: false);
        page.Line();
    }

    static void WriteLoose(TextPage page, ServerReport server, bool signs)
    {
        foreach ((string heading, string meaning, Finding[] findings, bool isSign) in Wording.Loose(server).Where(l => l.IsSign == signs))
        {
            if (!isSign) page.Line();
            page.Line(isSign ? $"{TextPage.Cell(Wording.Heading(server), 30).TrimEnd()}: {heading.ToUpperInvariant()}" : heading.ToUpperInvariant(), isSign ? Ink.Red : Ink.Bold);
            page.Wrapped("  ", meaning);
            foreach (Finding finding in findings.Take(MaxLoose))
            {
                string time = finding.FirstUtc is { } at ? Wording.Minute(at) : "no time";
                page.Wrapped($"    {time,-17}  ", Wording.OneLine(finding.RuleTitle) + Times(finding.Count));
            }

            if (findings.Length > MaxLoose) page.Line($"    {findings.Length - MaxLoose} more below");
            if (isSign) page.Line();
        }
    }

    static void WriteCard(TextPage page, ServerReport server, WaveReport wave)
    {
        string stage = StageIfAny(wave) is { Length: > 0 } some ? $"stage {some}, " : "";
        // Letters may be two columns wide: the verdict keeps its room.
        string name = TextPage.Cell(Wording.Heading(server), page.Width - 20).TrimEnd();
        page.Line($"{name}: {Wording.Heading(wave.Verdict)} - {wave.Title} ({stage}confidence {Words.Of(wave.Confidence)})", InkOf(wave.Verdict));
        page.Rule('=');
        page.Wrapped("", wave.Headline, Ink.Bold);
        page.Line();
        page.Labelled("What it means", wave.Meaning);
        page.Line();
        page.Labelled("Do this next", wave.NextStep, Ink.Bold);
        if (wave.Verdict == Verdict.CannotTell && wave.Missing.Count > 0)
        {
            page.Line();
            string label = "Missing";
            foreach (string missing in wave.Missing.Take(3))
            {
                page.Labelled(label, missing);
                label = "";
            }
        }

        StepReport[] seen = [.. wave.Steps.Where(s => s.Seen)];
        if (seen.Length > 0)
        {
            page.Line();
            page.Line("  How it went (first time of each step)");
        }

        foreach (StepReport step in seen)
        {
            string time = step.FirstUtc is { } at ? Wording.Minute(at) : "no time";
            page.Wrapped($"    {time,-17}  {Words.Of(step.Outcome),-9}  ", Wording.OneLine(step.Title) + Times(step.Count));
        }

        page.Line();
    }

    static void WriteBrief(TextPage page, WaveReport[] alike)
    {
        WaveReport first = alike[0];
        string who = alike.Length == 1 ? first.Title : Wording.Count(alike.Length, "other wave", "other waves");
        page.Line($"{Wording.Heading(first.Verdict)} - {who} (confidence {Words.Of(first.Confidence)})", InkOf(first.Verdict));
        foreach (WaveReport wave in alike) page.Wrapped("  ", alike.Length == 1 ? wave.Headline : $"{wave.Title}: {wave.Headline}");
        if (first.Verdict == Verdict.NotApplicable) return;
        bool isOne = alike.All(w => w.NextStep == first.NextStep);
        page.Wrapped("  ", isOne ? $"Next: {first.NextStep}" : "Next: what each of them lacks stands in the details below.");
    }

    static void WriteProblems(TextPage page, ScanReport report)
    {
        const int MaxProblems = 8;
        if (report.Problems.Count == 0) return;
        page.Line($"NOT EXAMINED: {Wording.Count(report.Problems.Count, "place", "places")}", Ink.Yellow);
        foreach (Problem problem in report.Problems.Take(MaxProblems))
        {
            page.Line($"  {problem.Path}");
            page.Wrapped("    ", problem.Reason);
        }

        if (report.Problems.Count > MaxProblems) page.Line($"  {report.Problems.Count - MaxProblems} more in report.json");
        page.Line();
    }

    /// <summary>What other people's YARA rules matched: facts for whoever knows the rules, never a verdict of ours.</summary>
    static void WriteYara(TextPage page, ScanReport report)
    {
        const int MaxHits = 50;
        if (report.YaraHits.Count == 0) return;
        page.Line($"YARA RULES THAT YOU GAVE: {Wording.Count(report.YaraHits.Count, "match", "matches")}", Ink.Bold);
        page.Rule('-');
        foreach (YaraHit hit in report.YaraHits.Take(MaxHits))
        {
            string[] about = [.. new[] { hit.Author is null ? null : $"by {hit.Author}", hit.Reference, hit.Description }.OfType<string>()];
            page.Line($"{hit.Rule} ({hit.Level}) in {hit.Artifact}");
            page.Wrapped("  ", $"{string.Join("; ", about.Append($"rule file {hit.File}"))}.");
            page.Wrapped("  ", hit.Text);
        }

        if (report.YaraHits.Count > MaxHits) page.Line($"  {report.YaraHits.Count - MaxHits} more in report.json");
        page.Line();
    }

    static void WriteTotals(TextPage page, ScanReport report)
    {
        ScanTotals totals = report.Totals;
        page.Rule('-');
        page.Wrapped("", $"Read {Wording.Count(totals.Artifacts, "artifact", "artifacts")} ({Wording.Bytes(totals.Bytes)}, " +
            $"{Wording.Count(totals.Records, "record", "records")}, {Wording.Count(totals.Damaged)} of them damaged); " +
            $"{Wording.Count(totals.Skipped, "file is", "files are")} no evidence; {Wording.Count(totals.Unread)} could not be read, or not wholly.");
        if (report.Yara != YaraSummary.None)
        {
            page.Wrapped("", $"Compared {Wording.Count(report.Yara.Scanned, "file", "files")} with {Wording.Count(report.Yara.Rules, "YARA rule", "YARA rules")}; " +
                $"{Wording.Count(report.Yara.Known)} known good were passed over, {Wording.Count(report.Yara.GivenUp)} given up.");
        }

        page.Wrapped("", $"Tocsin {report.Version} with {string.Join(", ", report.Packs.Select(p => $"{p.Id} {p.Version} ({Wording.Count(p.Rules, "rule", "rules")})"))}.");
        TextOther.WriteSummary(page, report.OtherRules);
    }

    static string StageIfAny(WaveReport wave) => wave.Stage == Stage.None ? "" : Words.Of(wave.Stage);

    static string Times(long count) => count > 1 ? $" ({Wording.Count(count)}x)" : "";

    static Ink InkOf(Verdict verdict) => verdict switch
    {
        Verdict.Compromised => Ink.Red,
        Verdict.Targeted => Ink.Yellow,
        Verdict.CannotTell => Ink.Violet,
        Verdict.NothingFound => Ink.Green,
        _ => Ink.Faint,
    };
}
