using System.Globalization;
using Tocsin.Triage.Findings;
using Tocsin.Triage.Verdicts;

namespace Tocsin.Triage.Reports;

/// <summary>How reports write times, sizes and words, the same in every format and every culture.</summary>
internal static class Wording
{
    /// <summary>ISO 8601 with milliseconds, always: of one width, so that it sorts as text.</summary>
    public static string Iso(DateTime utc) => utc.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);

    public static string Time(DateTime utc) => utc.ToString("yyyy-MM-dd HH:mm:ss'Z'", CultureInfo.InvariantCulture);

    public static string Time(DateTime? utc) => utc is { } time ? Time(time) : "no time";

    public static string Minute(DateTime utc) => utc.ToString("yyyy-MM-dd HH:mm'Z'", CultureInfo.InvariantCulture);

    public static string Day(DateTime utc) => utc.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);

    /// <summary>A day as people say it: 3 Mar 2021.</summary>
    public static string LongDay(DateTime utc) => utc.ToString("d MMM yyyy", CultureInfo.InvariantCulture);

    public static string Count(long count) => count.ToString("#,0", CultureInfo.InvariantCulture);

    /// <summary>A count with its noun: "1 file", "2 files".</summary>
    public static string Count(long count, string one, string many) => $"{Count(count)} {(count == 1 ? one : many)}";

    public static string Bytes(long bytes)
    {
        string[] units = ["bytes", "KB", "MB", "GB", "TB"];
        double size = bytes;
        int unit = 0;
        for (; size >= 1000 && unit < units.Length - 1; unit++) size /= 1000;
        return unit == 0 ? Count(bytes, "byte", "bytes") : string.Create(CultureInfo.InvariantCulture, $"{size:0.#} {units[unit]}");
    }

    /// <summary>The text on one line: authors of packs break theirs. Prose is short; what is not is cut before it is taken apart.</summary>
    public static string OneLine(string text) =>
        string.Join(' ', Inert.Capped(text, Inert.MaxCharacters / 2).Split([' ', '\t', '\r', '\n'], StringSplitOptions.RemoveEmptyEntries));

    /// <summary>The verdict as a heading: "CANNOT TELL".</summary>
    public static string Heading(Verdict verdict) => Words.Of(verdict).Replace('-', ' ').ToUpperInvariant();

    /// <summary>The verdict as prose: "Cannot tell".</summary>
    public static string Plain(Verdict verdict)
    {
        string word = Words.Of(verdict).Replace('-', ' ');
        return char.ToUpperInvariant(word[0]) + word[1..];
    }

    public static string Of(ClockFinding finding) => finding switch
    {
        ClockFinding.LocalTime => "local-time",
        ClockFinding.SetBack => "set-back",
        _ => Words.Of(finding),
    };

    /// <summary>Two places that show one moment on two clocks, for people to look up.</summary>
    public static string Of(ClockPair pair)
    {
        string At(ClockPlace place) => $"{place.Artifact} line {place.Line}, byte {place.Offset}: {Time(place.TimeUtc)} {place.Says}";
        return pair.One.Artifact == pair.Other.Artifact && pair.One.Offset == pair.Other.Offset
            ? $"{At(pair.One)}, {Time(pair.Other.TimeUtc)} {pair.Other.Says}" : $"{At(pair.One)}; {At(pair.Other)}";
    }

    public static string Of(ArtifactState state) => state == ArtifactState.NotRead ? "not-read" : Words.Of(state);

    public static string Name(ServerReport server) => string.IsNullOrWhiteSpace(server.Name) ? "(unnamed server)" : server.Name;

    /// <summary>The name for a heading. Event logs name servers too, and a name of a thousand letters must not push the verdict off the screen.</summary>
    public static string Heading(ServerReport server)
    {
        const int MaxLetters = 60;
        string name = Inert.Terminal(OneLine(Name(server)));
        if (name.Length <= MaxLetters) return name;
        int kept = MaxLetters - 3;
        return name[..(char.IsHighSurrogate(name[kept - 1]) ? kept - 1 : kept)] + "...";
    }

    /// <summary>First and last time of what was found of a wave; null where nothing with a time was.</summary>
    public static TimeSpanUtc? Seen(WaveReport wave)
    {
        DateTime? first = wave.Steps.Where(s => s.Seen).Min(s => s.FirstUtc), last = wave.Steps.Where(s => s.Seen).Max(s => s.LastUtc);
        return first is { } from && last is { } to ? new TimeSpanUtc(from, to) : null;
    }

    /// <summary>Servers with the worst verdict first; those alike stay in the report's order.</summary>
    public static IReadOnlyList<ServerReport> WorstFirst(IReadOnlyList<ServerReport> servers) =>
        [.. servers.OrderByDescending(s => s.Waves.Count == 0 ? -1 : s.Waves.Max(w => ((int)w.Verdict * 10) + (int)w.Stage)).ThenByDescending(s => s.Loose.Any(LooseFindings.IsSign))];

    /// <summary>The waves that are told at length (the worst, and whatever was tried), and the others, those with one verdict side by side.</summary>
    public static (WaveReport[] Cards, WaveReport[][] Others) CardsAndOthers(ServerReport server)
    {
        WaveReport[] cards = [.. server.Waves.Where((w, i) => i == 0 || w.Verdict >= Verdict.Targeted)];
        return (cards, [.. server.Waves.Except(cards).GroupBy(w => (w.Verdict, w.Confidence)).Select(g => g.ToArray())]);
    }

    public const string SignsHeading = "Signs of a break-in that belongs to no known wave";

    /// <summary>What no wave took for its own, in its two sorts; a sort of which there is nothing is left out.</summary>
    public static IEnumerable<(string Heading, string Meaning, Finding[] Findings, bool IsSign)> Loose(ServerReport server)
    {
        Finding[] signs = [.. server.Loose.Where(LooseFindings.IsSign)], looks = [.. server.Loose.Where(f => !LooseFindings.IsSign(f))];
        if (signs.Length > 0)
        {
            yield return (
                SignsHeading,
                "Nothing ties them to one of the waves that this program knows, so the verdicts on those say nothing of them. Somebody may have come in another way: have an incident response team look at them.",
                signs,
                true);
        }

        if (looks.Length > 0)
        {
            yield return (
                "Worth a look",
                "Attackers do these things and administrators do them too; nothing that proves an attack stands beside them. Ask whoever ran the server then.",
                looks,
                false);
        }
    }

    /// <summary>On how many days of the window, and of how many, a success would have been seen.</summary>
    public static (int Seen, int All) ProvenDays(WaveReport wave)
    {
        double all = (wave.WindowToUtc - wave.WindowFromUtc).TotalDays;
        double seen = wave.Proven.Sum(p => (Earlier(p.ToUtc, wave.WindowToUtc) - Later(p.FromUtc, wave.WindowFromUtc)).TotalDays is > 0 and var d ? d : 0);
        return ((int)Math.Floor(seen + 0.01), (int)Math.Max(Math.Ceiling(all - 0.01), 0));
    }

    /// <summary>The text in sentences, each with whether it answers the question "must I rebuild?".</summary>
    public static IEnumerable<(string Sentence, bool Rebuild)> Sentences(string text)
    {
        text = OneLine(text);
        for (int from = 0; from < text.Length;)
        {
            int end = text.AsSpan(from).IndexOfAny(".?!") is >= 0 and var at ? from + at + 1 : text.Length;
            // A full stop inside a number, a build or a file name ends no sentence.
            while (end < text.Length && text[end] != ' ') end = text.AsSpan(end).IndexOfAny(".?!") is >= 0 and var next ? end + next + 1 : text.Length;
            string sentence = text[from..end];
            yield return (sentence, sentence.Contains("rebuild", StringComparison.OrdinalIgnoreCase));
            from = Math.Min(end + 1, text.Length);
        }
    }

    public static DateTime Earlier(DateTime a, DateTime b) => a < b ? a : b;

    public static DateTime Later(DateTime a, DateTime b) => a > b ? a : b;
}
