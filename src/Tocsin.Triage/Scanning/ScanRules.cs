using Tocsin.Detection.Sigma;
using Tocsin.Evidence.Records;

namespace Tocsin.Triage.Scanning;

/// <summary>All rules of a scan: those of the packs first, then those given beside them. Shared between threads.</summary>
/// <param name="Set">The rules, compiled together, so that each record is put to them once.</param>
/// <param name="PackRules">How many, from the first, belong to packs.</param>
internal sealed record ScanRules(RuleSet Set, int PackRules)
{
    /// <summary>The rules that concern a log source.</summary>
    public SourceRules For(LogSource source) => Set.For(source);

    /// <summary>Whether a rule belongs to a pack.</summary>
    public bool IsOfPack(int rule) => rule < PackRules;

    /// <summary>Whether a rule only serves correlations; those of packs never do.</summary>
    public bool IsSilent(int rule) => !IsOfPack(rule) && Set.Correlations.Silent.Contains(rule);
}
