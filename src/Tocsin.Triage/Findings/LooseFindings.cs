using Tocsin.Packs;
using Tocsin.Packs.Chain;
using Tocsin.Triage.Reports;
using Tocsin.Triage.Scanning;
using Tocsin.Triage.Servers;

namespace Tocsin.Triage.Findings;

/// <summary>What the packs' rules on the aftermath of any break-in matched on one server, and no wave took for its own.</summary>
/// <remarks>
/// Two sorts: signs of a break-in that nothing ties to a wave that is known (from before the first, or what anybody does who got in
/// anyhow), and what administrators do too (a log emptied, a module added) with nothing beside it that proves an attack. Neither belongs
/// to a wave's verdict; both would be lost on a person who is not told.
/// </remarks>
internal static class LooseFindings
{
    const int MaxEvidence = 25;

    /// <summary>The findings: what proves most first, then by time.</summary>
    public static IReadOnlyList<Finding> Of(ServerEvidence server, PackRule[] packRules, IEnumerable<WaveFindings> waves)
    {
        var placed = waves.SelectMany(w => w.Places).Select(p => (KeyOf(packRules[p.Rule]), p.Artifact, p.Offset)).ToHashSet();
        var loose =
            from artifact in server.Artifacts
            from hits in artifact.Hits
            where hits.Key < packRules.Length && packRules[hits.Key] is { OnlyInClaimedTime: true, Innocent: null }
            let rule = packRules[hits.Key]
            let matches = hits.Value.Kept.Where(m => !placed.Contains((KeyOf(rule), artifact.File.Path, m.Offset))).Select(m => WaveFindings.OnOneClock(m, artifact.Report.ClockOffset)).ToArray()
            where matches.Length > 0
            // Every pack that takes in the rule has matched the same; one of them tells it.
            group (Rule: rule, Artifact: artifact, Hits: hits.Value, Matches: matches) by KeyOf(rule) into ofRule
            select Describe([.. ofRule.GroupBy(h => h.Artifact).Select(g => g.First())]);
        return [.. loose.OrderByDescending(f => f.Proves).ThenBy(f => f.FirstUtc ?? DateTime.MaxValue).ThenBy(f => f.Id, StringComparer.Ordinal)];
    }

    /// <summary>Whether a finding is a sign of a break-in, and not only what administrators do too.</summary>
    public static bool IsSign(Finding finding) => finding.Proves >= Stage.Exploited;

    static string KeyOf(PackRule rule) => rule.Rule.Id[(rule.Rule.Id.LastIndexOf('/') + 1)..];

    static Finding Describe((PackRule Rule, ArtifactScan Artifact, RuleHits Hits, Match[] Matches)[] found)
    {
        PackRule rule = found[0].Rule;
        EvidenceLine[] places =
        [
            .. found.SelectMany(f => f.Matches.Select(m => new EvidenceLine(f.Artifact.File.Path, m.Line, m.Offset, m.TimeUtc, m.Text, m.Cut)))
                .OrderBy(e => e.TimeUtc ?? DateTime.MaxValue).ThenBy(e => e.Artifact, StringComparer.Ordinal).ThenBy(e => e.Offset),
        ];
        return new Finding(
            KeyOf(rule),
            rule.Rule.Title,
            rule.Rule.Level.ToString().ToLowerInvariant(),
            rule.Step.Id,
            rule.Proves,
            rule.Outcome,
            // Why it matters is said of a server that was attacked; here only what was seen can be said.
            Wording.OneLine(rule.Proves >= Stage.Exploited ? rule.Why : rule.Rule.Description),
            rule.Noise,
            rule.Techniques,
            found.Sum(f => f.Matches.Length == f.Hits.Kept.Count ? f.Hits.Count : f.Matches.Length),
            places.Min(p => p.TimeUtc),
            places.Max(p => p.TimeUtc),
            [.. places.Take(MaxEvidence)]);
    }
}
