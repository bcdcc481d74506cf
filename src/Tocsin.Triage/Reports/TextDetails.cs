using Tocsin.Triage.Verdicts;

namespace Tocsin.Triage.Reports;

/// <summary>The grounds of a server's verdicts: reasons, coverage, findings with their evidence, damage.</summary>
static class TextDetails
{
    // A terminal is no place for thousands of lines; everything is in report.json.
    const int MaxFindings = 25, MaxEvidence = 3, MaxArtifacts = 15, MaxNotes = 20;

    public static void Write(TextPage page, ServerReport server)
    {
        page.Line();
        page.Line($"DETAILS OF {Wording.Heading(server)} ({server.NameFrom})", Ink.Bold);
        page.Rule('-');
        foreach (WaveReport wave in server.Waves)
        {
            if (wave.Verdict != Verdict.NotApplicable) WriteReasons(page, wave);
        }

        WriteCoverage(page, server);
        WriteClocks(page, server);
        WriteBuilds(page, server);
        List(page, "Notes", server.Notes);
        foreach (WaveReport wave in server.Waves) WriteFindings(page, $"Findings of {wave.Title}", wave.Findings);
        foreach (var loose in Wording.Loose(server)) WriteFindings(page, loose.Heading, loose.Findings);
        TextOther.Write(page, server);
        WriteDamage(page, server);
    }

    static void WriteReasons(TextPage page, WaveReport wave)
    {
        page.Line($"{wave.Title}: {Words.Of(wave.Verdict)}, stage {Words.Of(wave.Stage)}, confidence {Words.Of(wave.Confidence)}", Ink.Bold);
        (int seen, int all) = Wording.ProvenDays(wave);
        string exposed = $"{Wording.Day(wave.WindowFromUtc)} to {Wording.Day(wave.WindowToUtc)}; " +
            $"a success would have been seen on {seen} of {Wording.Count(all, "day", "days")}";
        page.Labelled("Exposed", exposed);
        page.Labelled("Fix", wave.Patched ?? "No log shows a build with the fix.");
        foreach (string reason in wave.Because.Take(MaxNotes)) page.Labelled("Because", reason);
        foreach (string missing in wave.Missing.Take(MaxNotes)) page.Labelled("Missing", missing);
        if (wave.Verdict == Verdict.CannotTell) page.Labelled("Next", wave.NextStep);
        page.Line();
    }

    static void WriteCoverage(TextPage page, ServerReport server)
    {
        if (server.Coverage.Count == 0 || server.Waves.Count == 0) return;
                WaveReport wave = server.Waves[0];
        var window = new TimeSpanUtc(wave.WindowFromUtc, wave.WindowToUtc);
        int bar = page.Width - 28;
        page.Line($"What the logs cover of the time of {wave.Title}", Ink.Bold);
        page.Line($"{"",26}{Wording.Day(window.FromUtc)}{Wording.Day(window.ToUtc).PadLeft(bar - 8)}");
        foreach (LogCoverage log in server.Coverage)
        {
            page.Line($"  {TextPage.Cell(log.Title, 23)}[{Bar(log, window, bar)}]");
            string span = log.FirstUtc is { } first && log.LastUtc is { } last ? $"{Wording.Time(first)} to {Wording.Time(last)}" : "no time";
            page.Line($"    {span}", Ink.Faint);
            page.Line($"    {Wording.Count(log.Artifacts, "file", "files")}, {Wording.Count(log.Records, "record", "records")}, " +
                $"{Wording.Count(log.Gaps.Count, "gap", "gaps")}, {Wording.Count(log.Damaged)} damaged{(log.IsExtract ? "; an extract: excludes nothing" : "")}", Ink.Faint);
        }

        page.Line("  # covered   + in part   . no records   x extract", Ink.Faint);
        page.Line();
    }

    static string Bar(LogCoverage log, TimeSpanUtc window, int cells)
    {
        double length = (window.ToUtc - window.FromUtc).Ticks / (double)cells;
        return string.Create(cells, (log, window, length), static (bar, at) =>
        {
            var covered = new double[bar.Length];
            foreach (TimeSpanUtc span in at.log.Spans)
            {
                double from = (span.FromUtc - at.window.FromUtc).Ticks / at.length, to = (span.ToUtc - at.window.FromUtc).Ticks / at.length;
                if (!double.IsFinite(from) || !double.IsFinite(to)) continue;
                for (int cell = Math.Max((int)from, 0); cell < Math.Min(to, bar.Length); cell++)
                    covered[cell] += Math.Max(Math.Min(to, cell + 1) - Math.Max(from, cell), 0);
            }

            for (int cell = 0; cell < bar.Length; cell++)
                bar[cell] = covered[cell] <= 0 ? '.' : at.log.IsExtract ? 'x' : covered[cell] >= 0.95 ? '#' : '+';
        });
    }

    static void WriteBuilds(TextPage page, ServerReport server)
    {
        if (server.Builds.Count == 0) return;
        page.Line("Builds that the logs show", Ink.Bold);
        foreach (BuildSighting build in server.Builds)
            page.Line($"  {TextPage.Cell(build.Build, 16)} {Wording.Day(build.FirstUtc)} to {Wording.Day(build.LastUtc)}  {build.Name ?? "(not in the table of builds)"}");
        page.Line();
    }

    static void WriteClocks(TextPage page, ServerReport server)
    {
        if (server.Clocks.Count == 0) return;
        page.Line("Clocks", Ink.Bold);
        foreach (ClockReport clock in server.Clocks.Take(MaxNotes))
        {
            page.Wrapped("  - ", clock.Says);
            foreach (ClockPair pair in clock.Pairs.Take(MaxEvidence)) page.Wrapped("      ", Wording.Of(pair), Ink.Faint);
        }

        More(page, "  ", server.Clocks.Count - MaxNotes);
        page.Line();
    }

    static void List(TextPage page, string title, IReadOnlyList<string> texts)
    {
        if (texts.Count == 0) return;
        page.Line(title, Ink.Bold);
        foreach (string text in texts.Take(MaxNotes)) page.Wrapped("  - ", text);
        More(page, "  ", texts.Count - MaxNotes);
        page.Line();
    }

    static void WriteFindings(TextPage page, string title, IReadOnlyList<Finding> findings)
    {
        if (findings.Count == 0) return;
        page.Line(title, Ink.Bold);
        for (int i = 0; i < Math.Min(findings.Count, MaxFindings); i++)
        {
            Finding finding = findings[i];
            page.Wrapped($"{i + 1,3}. ", finding.RuleTitle, Ink.Bold);
            page.Wrapped("     ", $"{Wording.Count(finding.Count, "match", "matches")}, {Words.Of(finding.Outcome)}, " +
                $"proves {Words.Of(finding.Proves)}, level {finding.Level}, rule {finding.Id}");
            page.Wrapped("     ", finding.Why);
            if (finding.KnownNoise is { } noise) page.Wrapped("     ", $"Looks like it and is innocent: {noise}");
            foreach (EvidenceLine line in finding.Evidence.Take(MaxEvidence))
            {
                page.Wrapped("     > ", $"{line.Artifact} line {line.Line}, byte {line.Offset}{(line.TimeUtc is { } time ? $", {Wording.Time(time)}" : "")}", Ink.Faint);
                page.Evidence("       ", line.Text, line.Cut);
            }

            More(page, "     ", finding.Count - Math.Min(finding.Evidence.Count, MaxEvidence));
        }

        More(page, "  ", findings.Count - MaxFindings);
        page.Line();
    }

    static void WriteDamage(TextPage page, ServerReport server)
    {
        ArtifactReport[] damaged = [.. server.Artifacts.Where(a => a.State is ArtifactState.Damaged or ArtifactState.Unreadable or ArtifactState.NotRead)];
        if (damaged.Length == 0) return;
        page.Line("Not read, or not wholly", Ink.Bold);
        foreach (ArtifactReport artifact in damaged.Take(MaxArtifacts))
        {
            page.Wrapped("  ", $"{artifact.Path} ({Wording.Of(artifact.State)}; {artifact.KindTitle})");
            foreach (DamageReport damage in artifact.Damage)
            {
                string where = string.Join(", ", damage.Places.Take(3).Select(p => $"line {p.Line} byte {p.Offset}"));
                page.Wrapped("    - ", $"{damage.Kind}: {Wording.Count(damage.Count)}{(where.Length > 0 ? $" ({where}{(damage.Count > 3 ? ", ..." : "")})" : "")}");
            }

            foreach (string note in artifact.Notes.Take(3)) page.Wrapped("    - ", note);
        }

        More(page, "  ", damaged.Length - MaxArtifacts);
        page.Line();
    }

    static void More(TextPage page, string indent, long more)
    {
        if (more > 0) page.Line($"{indent}{Wording.Count(more)} more in report.json", Ink.Faint);
    }
}
