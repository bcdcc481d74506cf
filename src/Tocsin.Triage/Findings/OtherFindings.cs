using Tocsin.Detection.Sigma;
using Tocsin.Detection.Sigma.Correlations;
using Tocsin.Triage.Reports;
using Tocsin.Triage.Scanning;

namespace Tocsin.Triage.Findings;

/// <summary>What rules that belong to no pack found on one server. It tells of no wave, and no verdict stands on it.</summary>
internal sealed class OtherFindings(RuleSet rules, int packRules)
{
    /// <summary>What is kept of one rule in one artifact: there are thousands of rules, and the report shows few places of each.</summary>
    public const int MaxKept = 5;

    const int MaxEvidence = 25;

    /// <summary>Matches of one correlation on one server that are told one by one: a group for every user name that somebody guessed says no more.</summary>
    const int MaxMatches = 50;

    /// <summary>The findings, the highest level first, then by time.</summary>
    public IReadOnlyList<OtherFinding> Of(IReadOnlyList<ArtifactScan> artifacts) =>
    [
        .. OfRules(artifacts).Concat(OfCorrelations(artifacts))
            .OrderByDescending(f => f.Level).ThenBy(f => f.FirstUtc ?? DateTime.MaxValue).ThenBy(f => f.Id, StringComparer.Ordinal).ThenBy(f => f.Group, StringComparer.Ordinal),
    ];

    IEnumerable<OtherFinding> OfRules(IReadOnlyList<ArtifactScan> artifacts)
    {
        var hits = artifacts.SelectMany(a => a.Hits.Where(h => h.Key >= packRules).Select(h => (Artifact: a, h.Key, Hits: h.Value))).GroupBy(h => h.Key);
        foreach (var ofRule in hits)
        {
            SigmaRule rule = rules.Rules[ofRule.Key];
            EvidenceLine[] places =
            [
                .. ofRule.SelectMany(h => h.Hits.Kept.Select(m => WaveFindings.OnOneClock(m, h.Artifact.Report.ClockOffset)).Select(m => new EvidenceLine(h.Artifact.File.Path, m.Line, m.Offset, m.TimeUtc, m.Text, m.Cut)))
                    .OrderBy(e => e.TimeUtc ?? DateTime.MaxValue).ThenBy(e => e.Artifact, StringComparer.Ordinal).ThenBy(e => e.Offset),
            ];
            DateTime?[] times = [.. ofRule.SelectMany(h => h.Artifact.Report.ClockOffset is null ? [h.Hits.FirstUtc, h.Hits.LastUtc] : Array.Empty<DateTime?>()), .. places.Select(p => p.TimeUtc)];
            yield return new OtherFinding(rule.Id, rule.Title, rule.Level, "rule", "", rule.Author, rule.License, rule.References.FirstOrDefault(), rule.File, Techniques(rule.Tags), ofRule.Sum(h => h.Hits.Count), times.Min(), times.Max(), [.. places.Take(MaxEvidence)]);
        }
    }

    IEnumerable<OtherFinding> OfCorrelations(IReadOnlyList<ArtifactScan> artifacts)
    {
        if (rules.Correlations.Correlations.Count == 0) return [];
        var records = artifacts.SelectMany(a => a.Correlated.Kept.Select(r => (Artifact: a, Record: r, Time: r.StatesUtc ? r.TimeUtc : r.TimeUtc + (a.Report.ClockOffset ?? TimeSpan.Zero))))
            .OrderBy(r => r.Time).ThenBy(r => r.Artifact.File.Path, StringComparer.Ordinal).ThenBy(r => r.Record.Position.Offset).ThenBy(r => r.Record.Rule).ToArray();
        CorrelationEvent[] events = [.. records.Select((r, i) => new CorrelationEvent(r.Time, r.Record.Rule, r.Record.Captured, i))];
        return Correlator.Run(rules.Correlations, events).GroupBy(m => m.Correlation).SelectMany(g => g.Take(MaxMatches)).Select(match =>
        {
            SigmaCorrelation correlation = rules.Correlations.Correlations[match.Correlation];
            string group = string.Join(", ", correlation.GroupBy.Zip(match.Group, (name, value) => $"{name}={value}"));
            return new OtherFinding(
                correlation.Id, correlation.Title, correlation.Level, "correlation", group, correlation.Author, correlation.License, correlation.References.FirstOrDefault(), correlation.File, Techniques(correlation.Tags), match.Count, match.FirstUtc, match.LastUtc,
                [.. match.Tags.Select(t => records[t]).Select(r => new EvidenceLine(r.Artifact.File.Path, r.Record.Position.Line, r.Record.Position.Offset, r.Time, r.Record.Text, r.Record.Cut))]);
        });
    }

    static string[] Techniques(IEnumerable<string> tags) =>
        [.. tags.Where(t => t.StartsWith("attack.t", StringComparison.OrdinalIgnoreCase) && t.Length >= 12 && char.IsAsciiDigit(t[8])).Select(t => t["attack.".Length..].ToUpperInvariant())];

    /// <summary>What became of the rules, for the report.</summary>
    public static OtherRulesSummary Summary(OtherRules other, ScanRules rules, IReadOnlyList<Detection.Diagnostic> compiled)
    {
        Detection.Diagnostic[] all = [.. other.Diagnostics, .. compiled];
        Detection.Diagnostic[] errors = [.. all.Where(d => !d.IsWarning)];
        return new OtherRulesSummary(
            other.Files,
            rules.FirstIndicatorRule - rules.PackRules,
            rules.Set.Correlations.Correlations.Count,
            all.Count(d => d.Code == SigmaCodes.NoReader),
            [.. errors.Select(d => new RuleProblem(d.Code, d.File, d.Line, d.Column, d.Message, d.Hint))]);
    }

    /// <summary>Whether a finding is news: Sigma's informational rules only describe.</summary>
    public static bool IsNews(OtherFinding finding) => finding.Level != RuleLevel.Informational;
}
