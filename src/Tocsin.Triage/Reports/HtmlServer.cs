using Tocsin.Packs.Chain;
using Tocsin.Triage.Verdicts;

namespace Tocsin.Triage.Reports;

/// <summary>One server in HTML: the verdicts as cards, then the grounds for them.</summary>
internal static class HtmlServer
{
    /// <summary>Waves with one verdict and different things to say that are told in full; more would bury the one that matters.</summary>
    const int MaxUnfolded = 2;

    static readonly Stage[] _stages = [Stage.Targeted, Stage.Exploited, Stage.Implanted, Stage.Operated, Stage.Impact];

    public static void Write(Markup page, ServerReport server, int index, bool alone, bool folded)
    {
        string id = $"s{index + 1}";
        using (page.In("article", ("class", "server"), ("id", id), ("aria-labelledby", $"{id}-name")))
        {
            using (page.In("div", "server-name"))
            {
                using (page.In(alone ? "h1" : "h2", ("id", $"{id}-name"))) page.Leaf("bdi", null, Wording.Heading(server));
                using (page.In("span", "from")) page.Prose(server.NameFrom);
            }

            HtmlFindings.WriteLoose(page, server, id, signs: true);
            (WaveReport[] cards, WaveReport[][] others) = Wording.CardsAndOthers(server);
            foreach (WaveReport wave in cards) WriteCard(page, wave);
            foreach (WaveReport[] alike in others) WriteBrief(page, alike);
            if (folded)
            {
                using (page.In("details", "grounds"))
                {
                    page.Leaf("summary", null, $"The grounds: timeline, coverage, findings and files of {Wording.Heading(server)}");
                    HtmlGrounds.Write(page, server, id);
                }
            }
            else
            {
                HtmlGrounds.Write(page, server, id);
            }
        }
    }

    static void WriteCard(Markup page, WaveReport wave)
    {
        using (page.In("section", $"card v-{Words.Of(wave.Verdict)}"))
        {
            using (page.In("div", "verdict"))
            {
                Icon(page, wave.Verdict);
                page.Leaf("p", "word", Wording.Plain(wave.Verdict));
                page.Leaf("p", "wave", wave.Title);
                page.Leaf("p", "confidence", $"Confidence: {Words.Of(wave.Confidence)}");
            }

            using (page.In("p", "headline")) page.Prose(wave.Headline);
            using (page.In("div", "columns"))
            {
                using (page.In("div", "say"))
                {
                    page.Leaf("h3", null, "What does it mean? Must I rebuild?");
                    using (page.In("p", "meaning")) WriteMeaning(page, wave);
                    using (page.In("div", "next"))
                    {
                        page.Leaf("h3", null, "Do this next");
                        using (page.In("p")) page.Prose(wave.NextStep);
                    }

                    WriteChain(page, wave);
                    if (wave.Verdict == Verdict.CannotTell) HtmlGrounds.Bullets(page, "What is missing, and where to get it", wave.Missing, "missing");
                }

                WriteFacts(page, wave);
            }
        }
    }

    /// <summary>The meaning, with the answer to the question in bold: it is why people read at all.</summary>
    static void WriteMeaning(Markup page, WaveReport wave)
    {
        bool first = true;
        foreach ((string sentence, bool rebuild) in Wording.Sentences(wave.Meaning))
        {
            if (!first) page.Text(" ");
            first = false;
            if (rebuild) page.Leaf("strong", null, sentence);
            else page.Text(sentence);
        }
    }

    static void WriteChain(Markup page, WaveReport wave)
    {
        StepReport[] seen = [.. wave.Steps.Where(s => s.Seen)];
        if (seen.Length == 0) return;
        using (page.In("div", "short-chain"))
        {
            page.Leaf("h3", null, "How it went");
            using (page.In("ol"))
            {
                foreach (StepReport step in seen)
                {
                    using (page.In("li"))
                    {
                        page.Leaf("span", "when", step.FirstUtc is { } at ? Wording.Minute(at) : "no time");
                        using (page.In("svg", ("class", $"swatch mark run-0 {Words.Of(step.Outcome)}"), ("viewBox", "0 0 16 16"), ("aria-hidden", "true"))) TimelineChart.Shape(page, step.Outcome, 8, 8);
                        using (page.In("span", "step")) page.Prose(step.Title);
                        page.Leaf("span", "outcome", step.Count > 1 ? $"{Words.Of(step.Outcome)}, {Wording.Count(step.Count)} times" : Words.Of(step.Outcome));
                    }
                }
            }
        }
    }

    static void WriteFacts(Markup page, WaveReport wave)
    {
        using (page.In("dl", "facts"))
        {
            if (wave.Stage != Stage.None)
            {
                page.Leaf("dt", null, "How far it went");
                using (page.In("dd"))
                using (page.In("ol", ("class", "ladder"), ("aria-label", $"Stage {Words.Of(wave.Stage)}, {(int)wave.Stage} of {_stages.Length}")))
                {
                    foreach (Stage stage in _stages)
                    {
                        string state = stage == wave.Stage ? "reached now" : stage < wave.Stage ? "reached" : "";
                        using (page.In("li", ("class", state.Length > 0 ? state : null), ("aria-current", stage == wave.Stage ? "step" : null))) page.Text(Words.Of(stage));
                    }
                }
            }

            if (Wording.Seen(wave) is { } seen)
            {
                Fact(page, "First sign", Wording.Time(seen.FromUtc));
                Fact(page, "Last sign", Wording.Time(seen.ToUtc));
            }

            Fact(page, "Servers were exposed", $"{Wording.LongDay(wave.WindowFromUtc)} to {Wording.LongDay(wave.WindowToUtc)}");
            if (wave.Verdict != Verdict.NotApplicable)
            {
                (int days, int all) = Wording.ProvenDays(wave);
                page.Leaf("dt", null, "A success would have been seen");
                using (page.In("dd"))
                {
                    page.Text($"on {Wording.Count(days)} of {Wording.Count(all, "day", "days")}");
                    using (page.In("svg", ("class", "share"), ("viewBox", "0 0 100 4"), ("preserveAspectRatio", "none"), ("aria-hidden", "true")))
                    {
                        page.Empty("rect", ("class", "rest"), ("width", "100"), ("height", "4"));
                        page.Empty("rect", ("class", "proven"), ("width", Markup.N(all == 0 ? 0 : Math.Min(100.0 * days / all, 100))), ("height", "4"));
                    }
                }

                Fact(page, "Fix", wave.Patched ?? "No log shows a build with the fix.");
            }
        }
    }

    static void WriteBrief(Markup page, WaveReport[] alike)
    {
        WaveReport first = alike[0];
        using (page.In("section", $"brief v-{Words.Of(first.Verdict)}"))
        {
            Chip(page, first.Verdict);
            using (page.In("div"))
            {
                foreach (WaveReport wave in alike)
                {
                    using (page.In("p", "brief-line"))
                    {
                        page.Leaf("b", null, wave.Title);
                        page.Text(" ");
                        page.Prose(wave.Headline);
                    }

                    // What is to be said of several is said behind the last of them.
                    bool isAlike = alike.All(w => (w.Meaning, w.NextStep) == (first.Meaning, first.NextStep));
                    if (!isAlike && alike.Length > MaxUnfolded)
                    {
                        using (page.In("details", "fold"))
                        {
                            page.Leaf("summary", null, "What that means, and what to do next");
                            WriteMeaningAndNext(page, wave);
                        }
                    }
                    else if (!isAlike || wave == alike[^1])
                    {
                        WriteMeaningAndNext(page, wave);
                    }
                }
            }
        }
    }

    static void WriteMeaningAndNext(Markup page, WaveReport wave)
    {
        using (page.In("p", "brief-next"))
        {
            page.Prose(wave.Meaning);
            page.Text(" ");
            page.Leaf("b", null, "Next:");
            page.Text(" ");
            page.Prose(wave.NextStep);
        }
    }

    static void Fact(Markup page, string term, string text)
    {
        page.Leaf("dt", null, term);
        using (page.In("dd")) page.Prose(text);
    }

    /// <summary>The verdict as a small label.</summary>
    public static void Chip(Markup page, Verdict verdict)
    {
        using (page.In("span", $"chip v-{Words.Of(verdict)}"))
        {
            Icon(page, verdict);
            page.Text(Words.Of(verdict));
        }
    }

    /// <summary>A sign of its own shape for each verdict; it only repeats the word beside it.</summary>
    public static void Icon(Markup page, Verdict verdict)
    {
        using (page.In("svg", ("class", "icon"), ("viewBox", "0 0 24 24"), ("aria-hidden", "true")))
        {
            (string outline, string sign) = verdict switch
            {
                Verdict.Compromised => ("M8 2h8l6 6v8l-6 6h-8l-6 -6v-8z", "M12 6.5v7M12 16.2v1.6"),
                Verdict.Targeted => ("M12 2.5L22.5 21H1.5z", "M12 9v6M12 17.2v1.4"),
                Verdict.CannotTell => ("M12 1.5L22.5 12L12 22.5L1.5 12z", "M9.3 9.7a2.75 2.75 0 1 1 4.1 2.4c-.95 .55 -1.4 1.1 -1.4 2.1M12 17.2v.5"),
                Verdict.NothingFound => ("M4 2h16v12l-8 8l-8 -8z", "M8 10.5l3 3l5.2 -6"),
                _ => ("M2 6h20v12h-20z", "M7 12h10"),
            };
            page.Path("icon-shape", outline);
            page.Path("icon-sign", sign);
        }
    }

    public static void More(Markup page, long more)
    {
        if (more > 0) page.Leaf("p", "more", $"{Wording.Count(more)} more in report.json");
    }
}
