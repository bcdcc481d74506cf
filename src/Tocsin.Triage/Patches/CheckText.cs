using Tocsin.Packs.Patches;
using Tocsin.Triage.Reports;

namespace Tocsin.Triage.Patches;

/// <summary>What is open, for a terminal: known-exploited flaws first, the rest counted unless all are asked for.</summary>
public static class CheckText
{
    const int OthersShown = 10;
    const int SightingsShown = 12;
    const int NameColumns = 15;
    const int StatusColumns = 21;

    /// <summary>Writes <paramref name="report"/> in lines that end in LF.</summary>
    /// <param name="report">What to write.</param>
    /// <param name="writer">Where to.</param>
    /// <param name="width">Columns of the terminal.</param>
    /// <param name="colour">Whether to colour.</param>
    /// <param name="all">Whether to write each decision with its reason.</param>
    public static void Write(CheckReport report, TextWriter writer, int width, bool colour, bool all)
    {
        var page = new TextPage(writer, width, colour);
        foreach (string warning in report.Warnings) page.Wrapped("! ", warning, Ink.Yellow);
        if (report.Servers.Count == 0) page.Wrapped("", "No server was found in this evidence, so nothing can be said of its updates.", Ink.Violet);
        foreach (CheckedServer server in report.Servers) WriteServer(page, report, server, all || report.Cve is not null);
        foreach (Problem problem in report.Problems.Take(OthersShown)) page.Wrapped("! ", $"{problem.Path}: {problem.Reason}", Ink.Yellow);
        if (report.Problems.Count > OthersShown) page.Line($"! and {report.Problems.Count - OthersShown} more that could not be examined", Ink.Yellow);
        page.Wrapped("", $"Decided by the table {report.TableVersion} of {CheckWords.Day(report.TableDate)}. It knows updates, not attackers: 'fixed' does not mean 'was not hit'.", Ink.Faint);
    }

    static void WriteServer(TextPage page, CheckReport report, CheckedServer server, bool all)
    {
        string title = server.Name is { } name ? $"{name}: {CheckWords.Build(server)}" : CheckWords.Build(server);
        page.Line(server.Released is { } day ? $"{title}, released {CheckWords.Day(day)}" : title, Ink.Bold);
        page.Rule('=');
        (string summary, Ink ink) = Summary(server);
        page.Wrapped("", summary, ink);
        foreach (string remark in server.Remarks) page.Wrapped("- ", remark);
        page.Line();
        WriteHistory(page, server);
        PatchDecision[] exploited = [.. server.Decisions.Where(d => d is { IsOpen: true, Flaw.Kev: not null })];
        PatchDecision[] others = [.. server.Decisions.Where(d => d is { NeedsUpdate: true, Flaw.Kev: null })];
        PatchDecision[] steps = [.. server.Decisions.Where(d => d.Status == PatchStatus.FixedButNeedsStep && d.Flaw.Kev is null)];
        Section(page, "Open and known to be exploited (CISA's list), earliest deadline first", exploited, all, exploited.Length, Ink.Red);
        Section(page, "Open", others, all, OthersShown, Ink.Yellow);
        if (all) Section(page, "Open until a step is done", steps, all, steps.Length, Ink.Yellow);
        WriteSteps(page, server);
        if (all) Section(page, "Not open", [.. server.Decisions.Where(d => !d.IsOpen)], all, int.MaxValue, Ink.Plain);
        if (report.Cve is null || server.Decisions.Any(d => d.NeedsUpdate)) WriteWay(page, server);
        page.Line();
    }

    static (string, Ink) Summary(CheckedServer server)
    {
        if (server.Build is null) return ("CANNOT TELL: no build was found.", Ink.Violet);
        int exploited = server.Decisions.Count(d => d is { NeedsUpdate: true, Flaw.Kev: not null }), others = server.Decisions.Count(d => d is { NeedsUpdate: true, Flaw.Kev: null });
        int steps = server.Decisions.Count(d => d.Status == PatchStatus.FixedButNeedsStep), unknown = server.Decisions.Count(d => d.Status == PatchStatus.Unknown);
        int isFixed = server.Decisions.Count(d => d.Status == PatchStatus.Fixed), not = server.Decisions.Count(d => d.Status == PatchStatus.NotApplicable);
        string rest = $"{isFixed} fixed, {not} not applicable, {unknown} that cannot be told from the build.";
        if (exploited + others > 0) return ($"OPEN: an update is missing for {Wording.Count(exploited, "flaw", "flaws")} known to be exploited and for {Wording.Count(others, "other", "others")}; {steps} more wait for a step. {rest}", Ink.Red);
        if (steps > 0) return ($"OPEN UNTIL A STEP IS DONE: no update is missing, but {Wording.Count(steps, "fix", "fixes")} will not hold without a step that a build does not tell. {rest}", Ink.Yellow);
        return unknown > 0 ? ($"CANNOT TELL ALL: no update is missing. {rest}", Ink.Violet) : ($"NOTHING OPEN. {rest}", Ink.Green);
    }

    static void WriteHistory(TextPage page, CheckedServer server)
    {
        if (server.History.Count == 0) return;
        page.Line("What its logs show, day by day (a lower bound)", Ink.Bold);
        foreach (BuildSighting seen in server.History.Take(SightingsShown))
        {
            page.Line($"  {Wording.Day(seen.FirstUtc)} to {Wording.Day(seen.LastUtc)}  {(seen.Name is { } name ? $"{name} ({seen.Build})" : seen.Build)}");
        }

        if (server.History.Count > SightingsShown) page.Line($"  and {server.History.Count - SightingsShown} more builds");
        page.Line();
    }

    static void Section(TextPage page, string heading, PatchDecision[] decisions, bool all, int shown, Ink ink)
    {
        if (decisions.Length == 0) return;
        page.Line($"{heading}: {decisions.Length}", Ink.Bold);
        foreach (PatchDecision decision in all ? decisions : decisions.Take(shown))
        {
            page.Line($"  {TextPage.Cell(decision.Flaw.Id, NameColumns)} {TextPage.Cell(CheckWords.Of(decision.Status), StatusColumns)} {CheckWords.Facts(decision)}{(decision.IsUnverified ? " [unverified]" : "")}", decision.IsOpen ? ink : Ink.Plain);
            if (all) page.Wrapped("    ", decision.IsUnverified ? $"[unverified] {decision.Reason}" : decision.Reason);
        }

        if (!all && decisions.Length > shown) page.Line($"  and {decisions.Length - shown} more; --all shows each with its reason", Ink.Faint);
        page.Line();
    }

    static void WriteSteps(TextPage page, CheckedServer server)
    {
        var steps = server.Decisions.SelectMany(d => d.Steps.Select(s => (Step: s, d.Flaw))).GroupBy(s => s.Step.Id).ToArray();
        if (steps.Length == 0) return;
        page.Line("Beside updates (say --done ID for what is done)", Ink.Bold);
        foreach (var step in steps)
        {
            PatchStep what = step.First().Step;
            page.Wrapped("  ", $"{what.Id}, once for each {what.Scope}{(what.Unverified ? ", [unverified]" : "")}: {what.Step} For {string.Join(", ", step.Select(s => s.Flaw.Id).Take(6))}{(step.Count() > 6 ? $" and {step.Count() - 6} more" : "")}. Shown by: {what.Verify}");
        }

        page.Line();
    }

    static void WriteWay(TextPage page, CheckedServer server)
    {
        if (server.Way is not { } way) return;
        page.Line("The way to the fix", Ink.Bold);
        if (way.Stages.Count == 0)
        {
            page.Wrapped("  ", "The table knows no newer build: nothing is to be installed.");
            return;
        }

        foreach (string text in way.Before) page.Wrapped("  before  ", text);
        int number = 0;
        foreach (FixStage stage in way.Stages)
        {
            KnownCve[] exploited = [.. stage.Closes.Where(c => c.Kev is not null)];
            string closes = stage.Closes.Count == 0 ? "Brings no further fix of this table." : $"Brings the fixes of {Wording.Count(stage.Closes.Count, "flaw", "flaws")}{(exploited.Length == 0 ? "" : $", of which known to be exploited: {string.Join(", ", exploited.Select(c => c.Kev!.Due is { } due ? $"{c.Id} (due {CheckWords.Day(due)})" : c.Id))}")}.";
            string kb = stage.Kb is { } article ? $", {article}" : "";
            page.Wrapped($"  {++number}.      ", $"{stage.Title} ({stage.Build}{kb}). {closes}{(stage.Note is { } note ? $" {note}" : "")}");
            if (stage.Reopens.Count == 0) continue;
            string again = string.Join(", ", stage.Reopens.Take(6).Select(c => c.Id)), more = stage.Reopens.Count > 6 ? $" and {stage.Reopens.Count - 6} more" : "";
            page.Wrapped("  !       ", $"It is older than some fixes that the server has: until the next update is in, {again}{more} are open again. Keep the server off the Internet meanwhile.", Ink.Yellow);
        }

        foreach (string text in way.Afterwards) page.Wrapped("  after   ", text);
    }
}
