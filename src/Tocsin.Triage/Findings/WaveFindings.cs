using System.Globalization;
using Tocsin.Detection.Sigma;
using Tocsin.Packs;
using Tocsin.Packs.Chain;
using Tocsin.Triage.Clocks;
using Tocsin.Triage.Coverage;
using Tocsin.Triage.Reports;
using Tocsin.Triage.Scanning;

namespace Tocsin.Triage.Findings;

/// <summary>What the rules of one pack found on one server: hits grouped into facts, facts into the steps of the chain.</summary>
internal sealed class WaveFindings
{
    const int MaxEvidence = 25;
    const int MaxEventsOfStep = 100;

    /// <summary>A match as it counts: a rule that one log alone cannot judge may prove less here than it does where all logs are.</summary>
    sealed record Hit(string Artifact, PackRule Rule, Match Match, Stage Proves, Outcome Outcome);

    /// <summary>Front end and back end write the same request within this time where an id does not join them.</summary>
    static readonly TimeSpan SameRequest = TimeSpan.FromSeconds(10);

    WaveFindings(IReadOnlyList<Finding> findings, IReadOnlyList<StepReport> steps, Stage stage, IReadOnlyList<(string, int, long, Stage)> places)
    {
        Places = places;
        Findings = findings;
        Steps = steps;
        Stage = stage;
    }

    public IReadOnlyList<Finding> Findings { get; }

    public IReadOnlyList<StepReport> Steps { get; }

    /// <summary>Where the matches stand that were kept and not cleared, each with the index of its rule and what it proves.</summary>
    public IReadOnlyList<(string Artifact, int Rule, long Offset, Stage Proves)> Places { get; }

    /// <summary>The highest stage that a finding proves.</summary>
    public Stage Stage { get; }

    public static WaveFindings Build(ThreatPack pack, IReadOnlyDictionary<int, PackRule> rules, IReadOnlyList<ArtifactScan> artifacts, CoverageLedger coverage)
    {
        var hits = new List<Hit>();
        var counts = new Dictionary<int, (long Count, DateTime? First, DateTime? Last)>();
        foreach (ArtifactScan artifact in artifacts)
        {
            foreach ((int index, RuleHits ruleHits) in artifact.Hits)
            {
                if (!rules.TryGetValue(index, out PackRule? rule)) continue;
                Match[] kept = [.. ruleHits.Kept.Select(m => OnOneClock(m, artifact.Report.ClockOffset))];
                Match[] claimed = [.. kept.Where(m => pack.Counts(rule, m.TimeUtc ?? default))];
                if (claimed.Length == 0) continue;
                hits.AddRange(claimed.Select(m => new Hit(artifact.File.Path, rule, m, rule.Proves, rule.Outcome)));

                // Hits that were counted but not kept stand within the first and the last; those outside the claim are not ours.
                bool all = claimed.Length == ruleHits.Kept.Count && artifact.Report.ClockOffset is null;
                var before = counts.GetValueOrDefault(index);
                counts[index] = (
                    before.Count + (claimed.Length == ruleHits.Kept.Count ? ruleHits.Count : claimed.Length),
                    Earlier(before.First, all ? ruleHits.FirstUtc : claimed.Min(m => m.TimeUtc)),
                    Later(before.Last, all ? ruleHits.LastUtc : claimed.Max(m => m.TimeUtc)));
            }
        }

        hits = Cleared(hits, coverage);
        hits.Sort((a, b) => Compare(a.Match.TimeUtc ?? DateTime.MaxValue, b.Match.TimeUtc ?? DateTime.MaxValue, a, b));
        hits = Joined(hits);
        int[] sessions = Sessions.Number([.. hits.Select(h => h.Match)]);

        Finding[] findings = [.. hits.GroupBy(h => (h.Match.Rule, h.Proves)).Select(g => Describe([.. g], counts[g.Key.Rule]))
            .OrderByDescending(f => f.Proves).ThenBy(f => f.FirstUtc ?? DateTime.MaxValue).ThenBy(f => f.Id, StringComparer.Ordinal)];
        StepReport[] steps = [.. pack.Manifest.Chain.Steps.Select(step => DescribeStep(step, hits, sessions, findings))];
        return new(findings, steps, findings.Select(f => f.Proves).DefaultIfEmpty(Stage.None).Max(), [.. hits.Select(h => (h.Artifact, h.Match.Rule, h.Match.Offset, h.Proves))]);
    }

    // Takes out what another log of the same request shows to be innocent, and lowers what no log here can decide.
    static List<Hit> Cleared(List<Hit> hits, CoverageLedger coverage)
    {
        var clearing = hits.ToLookup(h => h.Rule.Name, StringComparer.Ordinal);
        var kept = new List<Hit>(hits.Count);
        foreach (Hit hit in hits)
        {
            if (hit.Rule.Innocent is not { } innocent) kept.Add(hit);
            else if (innocent.Rules.SelectMany(name => clearing[name]).Any(other => IsSameRequest(hit.Match, other.Match))) continue;
            else if (hit.Match.TimeUtc is { } time && innocent.SeenIn.Any(kind => coverage.Covers(kind, time))) kept.Add(hit);
            else kept.Add(hit with { Proves = Stage.Targeted, Outcome = Outcome.Unknown });
        }

        return kept;
    }

    /// <summary>How long after a proven break-in what administrators do too is taken for a part of it.</summary>
    static readonly TimeSpan Aftermath = TimeSpan.FromHours(24);

    // What anybody who got in anyhow may do (passwords copied out of memory, a service that is a command) says nothing of how: it belongs to
    // this wave only beside a proof that it came in, and not before.
    static List<Hit> Anchored(List<Hit> hits)
    {
        Hit[] anchors = [.. hits.Where(h => h.Rule.CountsAlone && h.Proves >= Stage.Exploited)];
        if (anchors.Length == 0) return [.. hits.Where(h => h.Rule.CountsAlone)];
        DateTime from = anchors.Any(a => a.Match.TimeUtc is null) ? DateTime.MinValue : anchors.Min(a => a.Match.TimeUtc)!.Value;
        return [.. hits.Where(h => h.Rule.CountsAlone || h.Match.TimeUtc is not { } time || from - time <= Aftermath)];
    }

    // What proves nothing by itself (an address book folder made anew, an address cleared) belongs to a chain only beside a
    // match that proves something; on a healthy server it is an administrator's day. Rules on what follows any break-in
    // (window: true) also count within a day after a proven one, and what has no time, a setting, on any server that had one.
    static List<Hit> Joined(List<Hit> hits)
    {
        hits = Anchored(hits);
        DateTime[] breakIns = [.. hits.Where(h => h.Proves >= Stage.Exploited).Select(h => h.Match.TimeUtc).OfType<DateTime>().Order()];
        bool isBrokenInto = hits.Any(h => h.Proves >= Stage.Exploited);
        int[] sessions = Sessions.Number([.. hits.Select(h => h.Match)]);
        var hostile = new HashSet<int>();
        for (int i = 0; i < hits.Count; i++)
        {
            if (hits[i].Proves > Stage.None && sessions[i] > 0) hostile.Add(sessions[i]);
        }

        return [.. hits.Where((h, i) => h.Proves > Stage.None || hostile.Contains(sessions[i]) || h.Rule.OnlyInClaimedTime && IsAftermath(h.Match.TimeUtc))];

        bool IsAftermath(DateTime? time)
        {
            if (time is not { } at) return isBrokenInto;
            int before = Array.BinarySearch(breakIns, at);
            if (before < 0) before = ~before - 1;
            return before >= 0 && at - breakIns[before] <= Aftermath;
        }
    }

    static bool IsSameRequest(Match a, Match b) => a.RequestId is { } id && b.RequestId is { } otherId
        ? id == otherId
        : a.TimeUtc is { } time && b.TimeUtc is { } otherTime && (time - otherTime).Duration() <= SameRequest;

    // A file whose stamps are local time marked UTC is set right by the offset that its own records state, so that all events
    // of the chain stand on one clock.
    public static Match OnOneClock(Match match, TimeSpan? offset) =>
        offset is { } o && match.TimeUtc is { } time && !match.StatesUtc ? match with { TimeUtc = ClockWords.Moved(time, o) } : match;

    static Finding Describe(Hit[] hits, (long Count, DateTime? First, DateTime? Last) counted)
    {
        PackRule rule = hits[0].Rule;
        SigmaRule sigma = rule.Rule;

        // Hits that were counted but not kept are counted here only where no hit of the rule can be taken out.
        bool whole = rule.Innocent is null && rule.Proves > Stage.None;
        return new Finding(
            hits[0].Proves == rule.Proves ? sigma.Id : $"{sigma.Id}/undecided",
            sigma.Title,
            sigma.Level.ToString().ToLowerInvariant(),
            rule.Step.Id,
            hits[0].Proves,
            hits[0].Outcome,
            hits[0].Proves == rule.Proves ? rule.Why : "This log alone cannot tell a person's change from a forged one, and the front end's log of that hour is not here.",
            rule.Noise,
            rule.Techniques,
            whole ? counted.Count : hits.Length,
            whole ? counted.First : hits.Min(h => h.Match.TimeUtc),
            whole ? counted.Last : hits.Max(h => h.Match.TimeUtc),
            [.. hits.Take(MaxEvidence).Select(Line)]);
    }

    static StepReport DescribeStep(ChainStep step, List<Hit> hits, int[] sessions, Finding[] findings)
    {
        var events = new List<ChainEvent>();
        for (int i = 0; i < hits.Count && events.Count < MaxEventsOfStep; i++)
        {
            (string _, PackRule rule, Match match, Stage proves, Outcome outcome) = hits[i];
            if (rule.Step.Id != step.Id) continue;
            events.Add(new ChainEvent(match.TimeUtc, rule.Rule.Title, outcome, proves, sessions[i], match.Client, rule.Rule.Id, Line(hits[i])) { Observed = match.Observed });
        }

        Finding[] ofStep = [.. findings.Where(f => f.Step == step.Id)];
        return new StepReport(
            step.Id,
            step.Title,
            ofStep.Length > 0,
            OutcomeOf(ofStep),
            ofStep.Min(f => f.FirstUtc),
            ofStep.Max(f => f.LastUtc),
            ofStep.Sum(f => f.Count),
            events);
    }

    // One success outweighs any number of failures; a failure says more than an attempt of unknown end.
    static Outcome OutcomeOf(Finding[] findings)
    {
        foreach (Outcome outcome in (ReadOnlySpan<Outcome>)[Outcome.Succeeded, Outcome.Unknown, Outcome.Attempted, Outcome.Failed])
        {
            if (findings.Any(f => f.Outcome == outcome)) return outcome;
        }

        return Outcome.Unknown;
    }

    static EvidenceLine Line(Hit hit) => new(hit.Artifact, hit.Match.Line, hit.Match.Offset, hit.Match.TimeUtc, hit.Match.Text, hit.Match.Cut);

    static int Compare(DateTime a, DateTime b, Hit x, Hit y)
    {
        int order = a.CompareTo(b);
        if (order == 0) order = string.CompareOrdinal(x.Artifact, y.Artifact);
        if (order == 0) order = x.Match.Offset.CompareTo(y.Match.Offset);
        return order != 0 ? order : x.Match.Rule.CompareTo(y.Match.Rule);
    }

    static DateTime? Earlier(DateTime? a, DateTime? b) => a is null || b < a ? b : a;

    static DateTime? Later(DateTime? a, DateTime? b) => a is null || b > a ? b : a;

    /// <summary>A day as a person writes it: 3 March 2021.</summary>
    public static string Day(DateTime utc) => utc.ToString("d MMMM yyyy", CultureInfo.InvariantCulture);
}
