using System.Text;
using Tocsin.Triage.Findings;
using Tocsin.Triage.Verdicts;

namespace Tocsin.Triage.Reports;

/// <summary>The report as one HTML file: no script, no network, light and dark, made to be printed too.</summary>
/// <remarks>
/// Also well-formed XML, so that any XML reader can check what is in it. What is cut short says how much there is in report.json.
/// </remarks>
public static class HtmlReport
{
    /// <summary>More waves than this are not given a column each in the table of servers: only those that somebody was hit by, or tried.</summary>
    const int MaxColumns = 4;

    const int MaxProblems = 100;

    /// <summary>With more servers than this, the grounds of each are folded up.</summary>
    const int MaxUnfolded = 3;

    /// <summary>Writes <paramref name="report"/> to <paramref name="stream"/>, which stays open.</summary>
    public static void Write(ScanReport report, Stream stream)
    {
        using var writer = new StreamWriter(stream, new UTF8Encoding(false), leaveOpen: true);
        writer.Write("<!DOCTYPE html>");
        var page = new Markup(writer);
        using (page.In("html", ("xmlns", "http://www.w3.org/1999/xhtml"), ("lang", "en")))
        {
            WriteHead(page, report);
            using (page.In("body")) WriteBody(page, report);
        }

        writer.Write('\n');
    }

    static void WriteHead(Markup page, ScanReport report)
    {
        using (page.In("head"))
        {
            page.Empty("meta", ("charset", "utf-8"));
            // Should a hostile text ever get out of its place, the browser still loads and runs nothing.
            page.Empty("meta", ("http-equiv", "Content-Security-Policy"), ("content", "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'"));
            page.Empty("meta", ("name", "viewport"), ("content", "width=device-width, initial-scale=1"));
            page.Empty("meta", ("name", "color-scheme"), ("content", "light dark"));
            page.Empty("meta", ("name", "referrer"), ("content", "no-referrer"));
            page.Leaf("title", null, $"Tocsin: {Summary(report)}");
            page.Style(HtmlStyle.Css);
        }
    }

    static void WriteBody(Markup page, ScanReport report)
    {
        IReadOnlyList<ServerReport> servers = Wording.WorstFirst(report.Servers);
        using (page.In("a", ("class", "skip"), ("href", "#main"))) page.Text("Skip to the verdict");
        using (page.In("svg", ("class", "defs"), ("width", "0"), ("height", "0"), ("aria-hidden", "true")))
        using (page.In("defs"))
        using (page.In("pattern", ("id", "hatch"), ("width", "6"), ("height", "6"), ("patternUnits", "userSpaceOnUse"), ("patternTransform", "rotate(45)")))
            page.Path("hatch", "M0 0V6");

        using (page.In("header", "top"))
        {
            using (page.In("p", "brand"))
            {
                page.Leaf("b", null, "Tocsin");
                page.Text(" triage report");
            }

            if (report.Problems.Count > 0)
            {
                using (page.In("a", ("href", "#problems"))) page.Text($"{Wording.Count(report.Problems.Count, "place", "places")} could not be examined");
            }

            page.Leaf("p", "sources", report.Sources.Count == 0 ? "No source" : $"Evidence: {string.Join(", ", report.Sources)}");
        }

        using (page.In("main", ("id", "main")))
        {
            if (servers.Count == 0) WriteNoServer(page);
            if (servers.Count > 1) WriteOverview(page, report, servers);
            for (int i = 0; i < servers.Count; i++) HtmlServer.Write(page, servers[i], i, alone: servers.Count == 1, folded: servers.Count > MaxUnfolded);
            WriteProblems(page, report);
            HtmlOther.WriteRefused(page, report.OtherRules);
            HtmlIndicators.Write(page, report);
            HtmlWords.Write(page);
        }

        WriteFooter(page, report);
    }

    /// <summary>The report in one line, for the title of the window.</summary>
    static string Summary(ScanReport report)
    {
        if (report.Servers is [var only]) return only.Waves.Count == 0 ? Wording.Heading(only) : $"{Wording.Heading(only)} {Words.Of(only.Waves[0].Verdict)}";
        return report.Servers.Count == 0 ? "no evidence" : $"{report.Servers.Count} servers";
    }

    static void WriteNoServer(Markup page)
    {
        using (page.In("section", "card v-cannot-tell"))
        {
            using (page.In("div", "verdict"))
            {
                HtmlServer.Icon(page, Verdict.CannotTell);
                page.Leaf("h1", "word", "No evidence");
            }

            page.Leaf("p", "headline", "Nothing that you pointed at is a log or a file that this version reads. That says nothing about the server.");
            using (page.In("div", "next"))
            {
                page.Leaf("h2", null, "Do this next");
                page.Leaf("p", null, @"Point tocsin at a copy of C:\inetpub\logs and of the folder Logging of Exchange.");
            }
        }
    }

    static void WriteOverview(Markup page, ScanReport report, IReadOnlyList<ServerReport> servers)
    {
        using (page.In("section", ("class", "overview"), ("aria-labelledby", "overview")))
        {
            using (page.In("h1", ("id", "overview"))) page.Text($"{servers.Count} servers");
            using (page.In("ul", "counts"))
            {
                foreach (var group in servers.Where(s => s.Waves.Count > 0).GroupBy(s => s.Waves.Max(w => w.Verdict)).OrderByDescending(g => g.Key))
                {
                    using (page.In("li", $"count v-{Words.Of(group.Key)}"))
                    {
                        page.Leaf("b", null, Wording.Count(group.Count()));
                        page.Leaf("span", null, Wording.Plain(group.Key));
                    }
                }
            }

            string[] packs = [.. report.Packs.Select(p => p.Id).Where(id => servers.Any(s => s.Waves.Any(w => w.Pack == id)))];
            bool isWide = packs.Length > MaxColumns;
            if (isWide) packs = [.. packs.Where(id => servers.Any(s => s.Waves.Any(w => w.Pack == id && w.Verdict >= Verdict.Targeted))).Take(MaxColumns)];
            using (page.In("div", "scroll"))
            using (page.In("table", "matrix"))
            {
                using (page.In("thead"))
                using (page.In("tr"))
                {
                    page.Leaf("th", null, "Server");
                    foreach (string pack in packs) page.Leaf("th", null, report.Packs.First(p => p.Id == pack).Title);
                    if (isWide) page.Leaf("th", null, packs.Length == 0 ? "Waves" : "Other waves");
                    page.Leaf("th", null, "Next step");
                }

                using (page.In("tbody"))
                {
                    for (int i = 0; i < servers.Count; i++) WriteOverviewRow(page, servers[i], i, packs, isWide);
                }
            }
        }
    }

    static void WriteOverviewRow(Markup page, ServerReport server, int index, string[] packs, bool withOthers)
    {
        using (page.In("tr"))
        {
            using (page.In("th", ("scope", "row")))
            using (page.In("a", ("href", $"#s{index + 1}")))
                page.Leaf("bdi", null, Wording.Heading(server));

            foreach (string pack in packs)
            {
                using (page.In("td"))
                {
                    WaveReport? wave = server.Waves.FirstOrDefault(w => w.Pack == pack);
                    if (wave is null)
                    {
                        page.Text("–");
                        continue;
                    }

                    HtmlServer.Chip(page, wave.Verdict);
                    if (wave.Verdict == Verdict.Compromised) page.Leaf("small", null, $"stage {Words.Of(wave.Stage)}");
                }
            }

            if (withOthers)
            {
                var others = server.Waves.Where(w => !packs.Contains(w.Pack)).GroupBy(w => w.Verdict).OrderByDescending(g => g.Key);
                page.Leaf("td", "next-cell", string.Join(", ", others.Select(g => $"{Wording.Count(g.Count())} {Words.Of(g.Key)}")));
            }

            using (page.In("td", "next-cell"))
            {
                if (server.Loose.Any(LooseFindings.IsSign)) page.Leaf("p", "sign", $"{Wording.SignsHeading}: have an incident response team look.");
                if (server.Waves.Count > 0) page.Prose(server.Waves[0].NextStep);
            }
        }
    }

    static void WriteProblems(Markup page, ScanReport report)
    {
        if (report.Problems.Count == 0) return;
        using (page.In("section", ("class", "problems"), ("aria-labelledby", "problems")))
        {
            using (page.In("h2", ("id", "problems"))) page.Text("What could not be examined");
            using (page.In("ul"))
            {
                foreach (Problem problem in report.Problems.Take(MaxProblems))
                {
                    using (page.In("li"))
                    {
                        page.Leaf("code", "path", problem.Path);
                        page.Text(" ");
                        page.Prose(problem.Reason);
                    }
                }
            }

            HtmlServer.More(page, report.Problems.Count - MaxProblems);
        }
    }

    static void WriteFooter(Markup page, ScanReport report)
    {
        ScanTotals totals = report.Totals;
        using (page.In("footer"))
        {
            page.Leaf("p", null, $"{Wording.Count(totals.Artifacts, "artifact", "artifacts")} read ({Wording.Bytes(totals.Bytes)}, {Wording.Count(totals.Records, "record", "records")}, " +
                $"{Wording.Count(totals.Damaged)} damaged); {Wording.Count(totals.Skipped, "file", "files")} passed over as no evidence; {Wording.Count(totals.Unread)} not read, or not wholly.");
            page.Leaf("p", null, $"Tocsin {report.Version} with {string.Join(", ", report.Packs.Select(p => $"{p.Title} {p.Version} ({Wording.Count(p.Rules, "rule", "rules")})"))}. All times are UTC.");
        }
    }
}
