using Tocsin.Packs.Chain;
using Tocsin.Triage.Verdicts;

namespace Tocsin.Triage.Reports;

/// <summary>What the verdicts of a server stand on: reasons, the chain, coverage, findings, builds, files.</summary>
internal static class HtmlGrounds
{
    const int MaxEvents = 200, MaxArtifacts = 300, MaxBullets = 60;

    public static void Write(Markup page, ServerReport server, string id)
    {
        WaveReport[] waves = [.. server.Waves.Where(w => w.Verdict != Verdict.NotApplicable)];
        for (int i = 0; i < waves.Length; i++)
        {
            WaveReport wave = waves[i];
            if (i == 0 || wave.Verdict >= Verdict.Targeted)
            {
                WriteWave(page, server, wave, $"{id}w{i + 1}");
                continue;
            }

            using (page.In("details", "fold"))
            {
                page.Leaf("summary", null, $"{wave.Title}: why {Words.Of(wave.Verdict)}, and what the logs cover");
                WriteWave(page, server, wave, $"{id}w{i + 1}");
            }
        }

        if (server.Coverage.Count > 0 || server.Notes.Count > 0 || server.Builds.Count > 0 || server.Clocks.Count > 0) WriteLogs(page, server, id);
        HtmlFindings.WriteLoose(page, server, id, signs: false);
        HtmlOther.Write(page, server, id);
        WriteFiles(page, server, id);
    }

    static void WriteWave(Markup page, ServerReport server, WaveReport wave, string id)
    {
        if (wave.Because.Count > 0 || wave.Missing.Count > 0)
        {
            using (page.In("section", ("class", "panel-box"), ("aria-labelledby", $"{id}-why")))
            {
                using (page.In("h3", ("id", $"{id}-why"))) page.Text($"Why “{Words.Of(wave.Verdict)}”: {Wording.OneLine(wave.Title)}");
                using (page.In("div", "pair"))
                {
                    Bullets(page, "Because", wave.Because, "because");
                    if (wave.Verdict != Verdict.CannotTell) Bullets(page, "Not seen, and where to get it", wave.Missing, "missing");
                }
            }
        }

        if (wave.Steps.Any(s => s.Seen)) WriteChain(page, wave, id);
        using (page.In("section", ("class", "panel-box"), ("aria-labelledby", $"{id}-coverage")))
        {
            using (page.In("h3", ("id", $"{id}-coverage"))) page.Text($"What the logs cover of the time of {Wording.OneLine(wave.Title)}");
            CoverageChart.Write(page, server, wave);
            WriteCoverageKey(page, wave);
        }

        HtmlFindings.Write(page, wave, id);
    }

    static void WriteChain(Markup page, WaveReport wave, string id)
    {
        using (page.In("section", ("class", "panel-box"), ("aria-labelledby", $"{id}-chain")))
        {
            using (page.In("h3", ("id", $"{id}-chain"))) page.Text($"How the attack went: {Wording.OneLine(wave.Title)}");
            TimelineChart.Write(page, wave);
            WriteChainKey(page, wave);
            (ChainEvent Event, StepReport Step)[] events = [.. wave.Steps.SelectMany(s => s.Events.Select(e => (e, s))).OrderBy(e => e.e.TimeUtc ?? DateTime.MaxValue)];
            if (events.Length == 0) return;
            using (page.In("details", "fold"))
            {
                page.Leaf("summary", null, $"The {Wording.Count(events.Length, "event", "events")} in words");
                using (page.In("div", "scroll"))
                using (page.In("table"))
                {
                    Head(page, "Time (UTC)", "Step", "What", "Outcome", "Run", "From", "Where");
                    using (page.In("tbody"))
                    {
                        foreach ((ChainEvent happened, StepReport step) in events.Take(MaxEvents))
                        {
                            using (page.In("tr"))
                            {
                                page.Leaf("td", "time", Wording.Time(happened.TimeUtc));
                                page.Leaf("td", "word", step.Id);
                                using (page.In("td")) page.Prose(happened.What);
                                page.Leaf("td", "word", Words.Of(happened.Outcome));
                                page.Leaf("td", "number", happened.Session == 0 ? "–" : Wording.Count(happened.Session));
                                page.Leaf("td", "mono", happened.Client ?? "–");
                                page.Leaf("td", "mono", $"{FileName(happened.Evidence.Artifact)} line {happened.Evidence.Line}");
                            }
                        }
                    }
                }

                HtmlServer.More(page, events.Length - MaxEvents);
            }
        }
    }

    static void WriteChainKey(Markup page, WaveReport wave)
    {
        using (page.In("ul", ("class", "key"), ("aria-label", "Marks")))
        {
            foreach (Outcome outcome in (Outcome[])[Outcome.Succeeded, Outcome.Attempted, Outcome.Failed, Outcome.Unknown])
            {
                using (page.In("li"))
                {
                    using (page.In("svg", ("class", $"swatch mark run-0 {Words.Of(outcome)}"), ("viewBox", "0 0 16 16"), ("aria-hidden", "true"))) TimelineChart.Shape(page, outcome, 8, 8);
                    page.Text(Words.Of(outcome));
                }
            }
        }

        var sessions = TimelineChart.Sessions(wave);
        if (sessions.Count == 0) return;
        using (page.In("ul", ("class", "key runs"), ("aria-label", "Runs")))
        {
            for (int i = 0; i < sessions.Count; i++)
            {
                (int session, ChainEvent[] events) = sessions[i];
                string[] clients = [.. events.Select(e => e.Client).OfType<string>().Distinct()];
                string from = clients.Length == 0 ? "" : clients.Length == 1 ? $" from {clients[0]}" : $" from {clients[0]} and {Wording.Count(clients.Length - 1)} more";
                using (page.In("li"))
                {
                    using (page.In("svg", ("class", "swatch line"), ("viewBox", "0 0 24 16"), ("aria-hidden", "true"))) page.Path($"run run-{i + 1}", "M1 8H23");
                    page.Leaf("b", null, $"Run {session}");
                    page.Text($"{from}, {Wording.Time(events[0].TimeUtc)}, {Wording.Count(events.Length, "event", "events")}, up to {Words.Of(events.Max(e => e.Proves))}");
                }
            }
        }
    }

    static void WriteCoverageKey(Markup page, WaveReport wave)
    {
        using (page.In("ul", ("class", "key"), ("aria-label", "Marks")))
        {
            Key(page, "proven", "a success would have been seen");
            Key(page, "covered", "records; darker: how many a day");
            Key(page, "none", "no records");
            Key(page, "extract", "extract: proves what it shows, excludes nothing");
            if (Wording.Seen(wave) is not null) Key(page, "marker-band attack", "first to last sign of the attack");
            Key(page, "covered outside", "outside of the time in which servers were exposed");
        }
    }

    static void Key(Markup page, string cssClass, string text)
    {
        using (page.In("li"))
        {
            using (page.In("svg", ("class", "swatch"), ("viewBox", "0 0 16 16"), ("aria-hidden", "true")))
            {
                foreach (string part in cssClass == "covered outside" ? ["covered", "outside"] : (string[])[cssClass])
                    page.Empty("rect", ("class", part), ("x", "1"), ("y", "2"), ("width", "14"), ("height", "12"), ("rx", "2"));
            }
            page.Text(text);
        }
    }

    static void WriteLogs(Markup page, ServerReport server, string id)
    {
        using (page.In("section", ("class", "panel-box"), ("aria-labelledby", $"{id}-logs")))
        {
            using (page.In("h3", ("id", $"{id}-logs"))) page.Text("What was read");
            if (server.Coverage.Count > 0)
            {
                using (page.In("div", "scroll"))
                using (page.In("table"))
                {
                    Head(page, "Log", "First record", "Last record", "Files", "Records", "Size", "Gaps over 2 h", "Damaged");
                    using (page.In("tbody"))
                    {
                        foreach (LogCoverage log in server.Coverage) WriteLog(page, log);
                    }
                }
            }

            if (server.Builds.Count > 0)
            {
                page.Leaf("h4", null, "Builds that the logs show");
                using (page.In("div", "scroll"))
                using (page.In("table"))
                {
                    Head(page, "Build", "Name", "First seen", "Last seen");
                    using (page.In("tbody"))
                    {
                        foreach (BuildSighting build in server.Builds)
                        {
                            using (page.In("tr"))
                            {
                                page.Leaf("td", "mono", build.Build);
                                page.Leaf("td", null, build.Name ?? "not in the table of builds");
                                page.Leaf("td", "time", Wording.Time(build.FirstUtc));
                                page.Leaf("td", "time", Wording.Time(build.LastUtc));
                            }
                        }
                    }
                }
            }

            WriteClocks(page, server);
            Bullets(page, "Notes", server.Notes, "notes");
        }
    }

    static void WriteClocks(Markup page, ServerReport server)
    {
        if (server.Clocks.Count == 0) return;
        using (page.In("div", "clocks"))
        {
            page.Leaf("h4", null, "Clocks");
            using (page.In("ul"))
            {
                foreach (ClockReport clock in server.Clocks.Take(MaxBullets))
                {
                    using (page.In("li"))
                    {
                        page.Prose(clock.Says);
                        foreach (ClockPair pair in clock.Pairs) page.Leaf("p", "dim", Wording.Of(pair));
                    }
                }
            }

            HtmlServer.More(page, server.Clocks.Count - MaxBullets);
        }
    }

    static void WriteLog(Markup page, LogCoverage log)
    {
        using (page.In("tr"))
        {
            using (page.In("td"))
            {
                page.Prose(log.Title);
                if (log.IsExtract) page.Leaf("small", null, " extract");
            }

            page.Leaf("td", "time", Wording.Time(log.FirstUtc));
            page.Leaf("td", "time", Wording.Time(log.LastUtc));
            page.Leaf("td", "number", Wording.Count(log.Artifacts));
            page.Leaf("td", "number", Wording.Count(log.Records));
            page.Leaf("td", "number", Wording.Bytes(log.Bytes));
            page.Leaf("td", "number", Wording.Count(log.Gaps.Count));
            page.Leaf("td", "number", Wording.Count(log.Damaged));
        }
    }

    static void WriteFiles(Markup page, ServerReport server, string id)
    {
        if (server.Artifacts.Count == 0) return;
        // What could not be read decides how far the rest can be trusted, so it comes first.
        ArtifactReport[] files = [.. server.Artifacts.OrderByDescending(a => a.State is ArtifactState.Unreadable or ArtifactState.NotRead or ArtifactState.Damaged)];
        int bad = files.Count(a => a.State is ArtifactState.Unreadable or ArtifactState.NotRead or ArtifactState.Damaged);
        using (page.In("section", ("class", "panel-box"), ("aria-labelledby", $"{id}-files")))
        {
            using (page.In("h3", ("id", $"{id}-files"))) page.Text("Files");
            using (page.In("details", "fold"))
            {
                page.Leaf("summary", null, $"{Wording.Count(files.Length, "file", "files")}, {(bad == 0 ? "none" : Wording.Count(bad))} of them damaged or not read; each with its hash");
                using (page.In("ul", "files"))
                {
                    foreach (ArtifactReport file in files.Take(MaxArtifacts)) WriteFile(page, file);
                }

                HtmlServer.More(page, files.Length - MaxArtifacts);
            }
        }
    }

    static void WriteFile(Markup page, ArtifactReport file)
    {
        using (page.In("li"))
        {
            using (page.In("p"))
            {
                page.Leaf("code", "path", file.Path);
                page.Text(" ");
                page.Leaf("span", $"state {Wording.Of(file.State)}", Wording.Of(file.State));
            }

            string span = file.FirstUtc is { } first && file.LastUtc is { } last ? $", {Wording.Time(first)} to {Wording.Time(last)}" : "";
            page.Leaf("p", "dim", $"{Wording.OneLine(file.KindTitle)}, {Wording.Bytes(file.Bytes)}, {Wording.Count(file.Records, "record", "records")}{span}");
            if (file.OriginalPath is { } original) page.Leaf("p", "dim", $"on the server: {original}");
            if (file.Sha256 is { } hash) page.Leaf("p", "dim mono", $"sha256 {hash}");
            foreach (DamageReport damage in file.Damage)
            {
                string where = string.Join("; ", damage.Places.Take(5).Select(p => $"line {p.Line}, byte {p.Offset}"));
                page.Leaf("p", "damage", $"{Wording.OneLine(damage.Kind)}: {Wording.Count(damage.Count)}{(where.Length > 0 ? $" ({where}{(damage.Count > 5 ? "; …" : "")})" : "")}");
            }

            foreach (string note in file.Notes.Take(MaxBullets)) page.Leaf("p", "dim", Wording.OneLine(note));
        }
    }

    public static void Bullets(Markup page, string title, IReadOnlyList<string> texts, string cssClass)
    {
        if (texts.Count == 0) return;
        using (page.In("div", cssClass))
        {
            page.Leaf("h4", null, title);
            using (page.In("ul"))
            {
                foreach (string text in texts.Take(MaxBullets))
                {
                    using (page.In("li")) page.Prose(text);
                }
            }

            HtmlServer.More(page, texts.Count - MaxBullets);
        }
    }

    public static void Head(Markup page, params ReadOnlySpan<string> columns)
    {
        using (page.In("thead"))
        using (page.In("tr"))
        {
            foreach (string column in columns)
            {
                using (page.In("th", ("scope", "col"))) page.Text(column);
            }
        }
    }

    static string FileName(string path) => path[(path.LastIndexOfAny(['/', '\\']) + 1)..];
}
