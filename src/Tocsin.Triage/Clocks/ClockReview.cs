using Tocsin.Evidence.Records;
using Tocsin.Triage.Reports;
using Tocsin.Triage.Scanning;
using Tocsin.Triage.Servers;

namespace Tocsin.Triage.Clocks;

/// <summary>Compares the clocks of one server's artifacts and says what is wrong with them. Nothing is guessed: an offset needs several events that agree on it.</summary>
internal static class ClockReview
{
    /// <summary>Two events may be the same by chance; this many that differ by the same amount are not.</summary>
    const int MinPairs = 3;

    const int MaxExamples = 3, MaxNamed = 5;

    /// <summary>Logs of one request are written when each is done with it; slow requests take a minute or two.</summary>
    static readonly TimeSpan _sameTime = TimeSpan.FromMinutes(2);

    /// <summary>Pairs that agree on an offset lie so near to it.</summary>
    static readonly TimeSpan _near = TimeSpan.FromSeconds(10);

    /// <summary>A file's own date may be from another clock, or rounded; a day is neither.</summary>
    static readonly TimeSpan _ahead = TimeSpan.FromDays(1);

    sealed record Pair(ArtifactScan One, DateTime OneUtc, Position OneAt, ArtifactScan Other, DateTime OtherUtc, Position OtherAt)
    {
        public TimeSpan Difference => OtherUtc - OneUtc;
    }

    /// <summary>What its clocks are worth; empty where nothing can be said.</summary>
    public static IReadOnlyList<ClockReport> Of(ServerEvidence server, ClockSamples samples)
    {
        int? bias = server.Artifacts.Select(a => a.Report.TimeZoneBias).FirstOrDefault(b => b is not null);
        return
        [
            .. LocalTimes(server, bias),
            .. Requests(server, samples, bias).Concat(Commands(server, bias)).OrderBy(c => c.Finding).ThenBy(c => c.Says, StringComparer.Ordinal),
            .. server.Artifacts.Where(a => a.Clock.SetBack is not null).OrderBy(a => a.File.Path, StringComparer.Ordinal).Select(SetBack),
            .. server.Artifacts.Where(IsAhead).OrderBy(a => a.File.Path, StringComparer.Ordinal).Select(Ahead),
        ];
    }

    static IEnumerable<ClockReport> LocalTimes(ServerEvidence server, int? bias) =>
        server.Artifacts.Where(a => a.Report.ClockOffset is { } o && o != default).GroupBy(a => a.Report.ClockOffset!.Value).OrderBy(g => g.Key).Select(group =>
        {
            ArtifactScan[] artifacts = [.. group.OrderBy(a => a.File.Path, StringComparer.Ordinal)];
            ClockPair[] pairs = [.. artifacts.SelectMany(a => a.Report.ClockPairs.Select(p => new ClockPair(
                new(a.File.Path, p.At.Line, p.At.Offset, p.Stamp, "as it is stamped, marked as UTC"),
                new(a.File.Path, p.At.Line, p.At.Offset, p.StatedUtc, "as Sysmon states in the same event (UtcTime)")))).Take(MaxExamples)];
            string hours = ClockWords.Hours(group.Key), direction = ClockWords.Later(group.Key);
            string says = $"The clocks disagree by {hours}. {ClockWords.Files(artifacts)} writes the server's local time and marks it as UTC (with a Z): " +
                $"where Sysmon states the true UTC inside an event, it is {hours} {direction} than the time stamped on the same event. {ClockWords.ZoneOf(group.Key, bias)}" +
                $"In this report and in the timeline its events are therefore shown {hours} {direction} than they are stamped, so that they stand on one clock with all other logs; " +
                "whoever opens the file itself sees the stamped times.";
            return new ClockReport(ClockFinding.LocalTime, says, group.Key, Corrected: true, [.. artifacts.Take(MaxNamed).Select(a => a.File.Path)], pairs);
        });

    // The same request, known by its id, in the logs of two kinds.
    static IEnumerable<ClockReport> Requests(ServerEvidence server, ClockSamples samples, int? bias)
    {
        var pairs = new Dictionary<(string, string), List<Pair>>();
        foreach (var request in samples.Of([.. server.Artifacts]))
        {
            var seen = request.OrderBy(s => s.Artifact.Kind?.Id, StringComparer.Ordinal).ThenBy(s => s.Artifact.File.Path, StringComparer.Ordinal).Take(4).ToArray();
            for (int i = 0; i < seen.Length; i++)
            {
                for (int j = i + 1; j < seen.Length; j++)
                {
                    if (seen[i].Artifact.Kind is not { } one || seen[j].Artifact.Kind is not { } other || one.Id == other.Id) continue;
                    if (!pairs.TryGetValue((one.Title, other.Title), out List<Pair>? list)) pairs.Add((one.Title, other.Title), list = []);
                    list.Add(new(seen[i].Artifact, OnOwnClock(seen[i].Artifact, seen[i].TimeUtc), seen[i].At, seen[j].Artifact, OnOwnClock(seen[j].Artifact, seen[j].TimeUtc), seen[j].At));
                }
            }
        }

        return pairs.OrderBy(p => p.Key).Select(p => Judged(p.Key, "requests", p.Value, bias)).OfType<ClockReport>();
    }

    // A command of the administration in the event log and in a text log. A name may stand in each many times, so every difference is
    // counted: the true one is that on which most agree.
    static IEnumerable<ClockReport> Commands(ServerEvidence server, int? bias)
    {
        const int MaxSide = 1000;
        var events = Side(server.Artifacts.Where(a => a.Kind?.LogSource.Product == "windows"));
        foreach (var kind in server.Artifacts.Where(a => a.Kind?.LogSource.Product == "exchange" && a.Clock.Commands.Count > 0).GroupBy(a => a.Kind!.Title, StringComparer.Ordinal).OrderBy(g => g.Key, StringComparer.Ordinal))
        {
            var logged = Side(kind).ToLookup(c => c.Command.Name);
            var votes = new Dictionary<long, List<Pair>>();
            foreach ((ArtifactScan artifact, CommandAt command) in events)
            {
                foreach ((ArtifactScan other, CommandAt same) in logged[command.Name])
                {
                    var pair = new Pair(artifact, OnOwnClock(artifact, command.TimeUtc), command.At, other, OnOwnClock(other, same.TimeUtc), same.At);
                    long quarter = (long)Math.Round(pair.Difference / TimeSpan.FromMinutes(15));
                    if (Math.Abs(quarter) > 14 * 4 || (pair.Difference - (quarter * TimeSpan.FromMinutes(15))).Duration() > _near) continue;
                    if (!votes.TryGetValue(quarter, out List<Pair>? list)) votes.Add(quarter, list = []);
                    // One event speaks once for an offset.
                    if (list.Count == 0 || list[^1].OneAt != command.At) list.Add(pair);
                }
            }

            List<Pair>[] order = [.. votes.OrderByDescending(v => v.Value.Count).ThenBy(v => Math.Abs(v.Key)).Select(v => v.Value)];
            if (order.Length == 0 || order.Length > 1 && order[0].Count < 2 * order[1].Count) continue;
            if (Judged((order[0][0].One.Kind!.Title, kind.Key), "commands", order[0], bias) is { } clock) yield return clock;
        }

        static (ArtifactScan Artifact, CommandAt Command)[] Side(IEnumerable<ArtifactScan> artifacts) =>
            [.. artifacts.OrderBy(a => a.File.Path, StringComparer.Ordinal).SelectMany(a => a.Clock.Commands.Select(c => (a, c))).Take(MaxSide)];
    }

    static ClockReport? Judged((string One, string Other) titles, string what, List<Pair> pairs, int? bias)
    {
        if (pairs.Count < MinPairs) return null;
        TimeSpan[] sorted = [.. pairs.Select(p => p.Difference).Order()];
        TimeSpan median = sorted[sorted.Length / 2];
        bool isZone = ClockWords.IsQuarter(median, _near);
        TimeSpan offset = isZone ? ClockWords.Quarter(median) : median;
        Pair[] agreeing = [.. pairs.Where(p => (p.Difference - median).Duration() <= (median.Duration() <= _sameTime ? _sameTime : _near))];
        if (agreeing.Length < MinPairs || agreeing.Length * 10 < pairs.Count * 6) return null;

        string[] artifacts = [.. agreeing.Select(p => p.One.File.Path).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal).Take(MaxNamed)];
        if (median.Duration() <= _sameTime)
        {
            return new(ClockFinding.Agree, $"The clocks of {titles.One} and {titles.Other} agree: {Wording.Count(agreeing.Length)} {what} stand in both, at the same time within {_sameTime.TotalMinutes:0} minutes.", TimeSpan.Zero, false, artifacts, []);
        }

        string says = $"The clocks of {titles.One} and {titles.Other} disagree by {ClockWords.Hours(offset)}: {Wording.Count(agreeing.Length)} {what} stand in both, and {titles.Other} has them {ClockWords.Hours(offset)} {ClockWords.Later(offset)}. " +
            (isZone ? $"So round a difference comes from a time zone: one of the two was written or exported in local time. {ClockWords.ZoneOf(offset, bias)}" : "No time zone has that difference: one of the two clocks was wrong. ") +
            "Neither says which is right, so both are shown as they are written: keep the difference in mind when you compare their times.";
        ClockPair[] examples = [.. agreeing.OrderBy(p => p.OneUtc).ThenBy(p => p.OneAt.Offset).Take(MaxExamples).Select(p => new ClockPair(
            new(p.One.File.Path, p.OneAt.Line, p.OneAt.Offset, p.OneUtc, $"in {titles.One}"),
            new(p.Other.File.Path, p.OtherAt.Line, p.OtherAt.Offset, p.OtherUtc, $"in {titles.Other}")))];
        return new(ClockFinding.Disagree, says, offset, false, artifacts, examples);
    }

    static ClockReport SetBack(ArtifactScan artifact)
    {
        var at = artifact.Clock.SetBack!.Value;
        string says = $"In {artifact.File.Path} the time goes back by {ClockWords.Hours(at.Before - at.After)} at line {at.At.Line}: the server's clock was set back there, or lines were put in or moved. The order of what happened around it is not certain.";
        return new(ClockFinding.SetBack, says, at.Before - at.After, false, [artifact.File.Path],
            [new(new(artifact.File.Path, at.BeforeAt.Line, at.BeforeAt.Offset, at.Before, "before"), new(artifact.File.Path, at.At.Line, at.At.Offset, at.After, "right after it"))]);
    }

    static bool IsAhead(ArtifactScan artifact) =>
        artifact is { Report: { LastUtc: { } last, IsExtract: false }, File.ModifiedUtc: { } modified } && last > modified + _ahead
        && artifact.Kind?.LogSource is { Product: "exchange" or "windows" } or { Category: "webserver" };

    static ClockReport Ahead(ArtifactScan artifact)
    {
        DateTime last = artifact.Report.LastUtc!.Value, modified = artifact.File.ModifiedUtc!.Value;
        string says = $"{artifact.File.Path} holds times up to {Wording.Time(last)}, but the file itself was last written on {Wording.Time(modified)}: the clock ran ahead when the log was written, or the date of the file was changed.";
        return new(ClockFinding.Ahead, says, null, false, [artifact.File.Path], []);
    }

    static DateTime OnOwnClock(ArtifactScan artifact, DateTime time) => artifact.Report.ClockOffset is { } offset ? ClockWords.Moved(time, offset) : time;
}
