using Tocsin.Packs;
using Tocsin.Packs.Chain;
using Tocsin.Triage.Findings;
using Tocsin.Triage.Reports;

namespace Tocsin.Triage.Timeline;

/// <summary>What a row is a finding of.</summary>
/// <param name="Title">The rule's title.</param>
/// <param name="Stage">What it proves.</param>
/// <param name="Level">Sigma's level.</param>
/// <param name="Rule">The rule's id.</param>
/// <param name="Wave">The pack's id.</param>
internal sealed record FindingMark(string Title, Stage Stage, string Level, string Rule, string Wave);

/// <summary>Tells which matches of a server are findings: those that the judgement kept.</summary>
/// <remarks>
/// A rule whose every match counts marks every match in the time that the wave claims. Of a rule that another log can clear, or
/// that proves nothing by itself, only the places that the judgement kept are marked.
/// </remarks>
internal sealed class FindingMarks
{
    readonly record struct Rule(PackRule Of, ThreatPack Pack, FindingMark? Every);

    readonly Dictionary<int, Rule> _rules = [];
    readonly Dictionary<(string Artifact, int Rule, long Offset), FindingMark> _places = [];

    public FindingMarks(IReadOnlyList<(ThreatPack Pack, int FirstRule, WaveFindings Findings)> waves)
    {
        foreach ((ThreatPack pack, int first, WaveFindings findings) in waves)
        {
            foreach ((string artifact, int index, long offset, Stage proves) in findings.Places)
            {
                PackRule rule = pack.Rules[index - first];
                FindingMark mark = Mark(pack, rule, proves);
                if (rule.Innocent is null && rule.Proves > Stage.None) _rules[index] = new(rule, pack, mark);
                else _places[(artifact, index, offset)] = mark;
            }
        }
    }

    /// <summary>What a match is, if it is a finding; else null.</summary>
    public FindingMark? Of(string artifact, int rule, long offset, DateTime timeUtc)
    {
        if (_rules.TryGetValue(rule, out Rule found)) return found.Pack.Counts(found.Of, timeUtc) ? found.Every : null;
        return _places.GetValueOrDefault((artifact, rule, offset));
    }

    static FindingMark Mark(ThreatPack pack, PackRule rule, Stage proves) =>
        new(Wording.OneLine(rule.Rule.Title), proves, rule.Rule.Level.ToString().ToLowerInvariant(), rule.Rule.Id, pack.Id);
}
