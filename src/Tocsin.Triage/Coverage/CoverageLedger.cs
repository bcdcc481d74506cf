using Tocsin.Evidence.Artifacts;
using Tocsin.Triage.Reports;
using Tocsin.Triage.Scanning;

namespace Tocsin.Triage.Coverage;

/// <summary>What was read of one server, by kind of log: the ground on which a verdict stands.</summary>
internal sealed class CoverageLedger
{
    readonly Dictionary<string, HourSet> _hours = new(StringComparer.Ordinal);

    public CoverageLedger(IReadOnlyList<ArtifactScan> artifacts)
    {
        var logs = new List<LogCoverage>();
        var read = artifacts.Where(a => a.Kind is not null && a.State is ArtifactState.Read or ArtifactState.Damaged);
        foreach (var kind in read.GroupBy(a => (a.Kind!.Id, a.Report.IsExtract)).OrderBy(g => g.Key.Id, StringComparer.Ordinal).ThenBy(g => g.Key.IsExtract))
        {
            logs.Add(Sum(kind.Key.Id, kind.First().Kind!.Title, kind.Key.IsExtract, [.. kind]));
        }

        Logs = logs;
        LastUtc = artifacts.Where(a => !a.Report.IsExtract).Max(a => a.Report.LastUtc);
        FirstUtc = artifacts.Where(a => !a.Report.IsExtract).Min(a => a.Report.FirstUtc);
    }

    public IReadOnlyList<LogCoverage> Logs { get; }

    /// <summary>Earliest record of any log that is not an extract.</summary>
    public DateTime? FirstUtc { get; }

    /// <summary>Latest record of any log that is not an extract.</summary>
    public DateTime? LastUtc { get; }

    /// <summary>Whether there is any log but extracts. Pages, settings, hives and file tables show a state, and no hour in which something would have been seen.</summary>
    public bool HasWholeLogs => Logs.Any(l => !l.IsExtract && l.Days.Count > 0);

    /// <summary>The hours in which at least one of the sets of logs is whole.</summary>
    /// <param name="decisive">Sets of kinds; each set is enough, but only with all its kinds.</param>
    public HourSet Seen(IEnumerable<IReadOnlyList<string>> decisive)
    {
        var seen = new HourSet();
        foreach (IReadOnlyList<string> kinds in decisive)
        {
            HourSet? all = null;
            foreach (string kind in kinds)
            {
                HourSet hours = _hours.GetValueOrDefault(kind) ?? new HourSet();
                all = all is null ? hours : all.IntersectedWith(hours);
            }

            if (all is not null) seen = seen.UnitedWith(all);
        }

        return seen;
    }

    /// <summary>Whether a kind of log has records around a moment.</summary>
    public bool Covers(string kind, DateTime time) => _hours.TryGetValue(kind, out HourSet? hours) && hours.Contains(time);

    LogCoverage Sum(string id, string title, bool isExtract, ArtifactScan[] artifacts)
    {
        var hours = new SortedDictionary<int, long>();
        foreach (ArtifactScan artifact in artifacts)
        {
            foreach ((int hour, long records) in artifact.Report.Hours) hours[hour] = hours.GetValueOrDefault(hour) + records;
        }

        HourSet filled = new HourSet(hours.Keys).Filled();
        if (!isExtract) _hours[id] = filled;

        DateTime? first = artifacts.Select(a => a.Report.FirstUtc).Min(), last = artifacts.Select(a => a.Report.LastUtc).Max();
        IReadOnlyList<TimeSpanUtc> spans = [], gaps = [];
        if (first is { } from && last is { } to)
        {
            spans = filled.SpansWithin(from, to.AddTicks(1));
            gaps = HourSet.Open(spans, from, to);
        }

        var days = hours.GroupBy(h => DateOnly.FromDateTime(new DateTime(h.Key * TimeSpan.TicksPerHour, DateTimeKind.Utc)))
            .Select(d => new DayCount(d.Key, d.Sum(h => h.Value), d.Count()));
        return new LogCoverage(
            id,
            title,
            artifacts.Length,
            artifacts.Sum(a => a.Report.Records),
            artifacts.Sum(a => a.Bytes),
            artifacts.Sum(a => Damaged(a.Report)),
            first,
            last,
            isExtract,
            spans,
            gaps,
            [.. days]);
    }

    /// <summary>Records rejected or repaired.</summary>
    public static long Damaged(ReadReport report) => Enum.GetValues<DamageKind>().Sum(report.Count);
}
