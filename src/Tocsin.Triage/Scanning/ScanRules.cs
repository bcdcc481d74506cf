using Tocsin.Detection.Sigma;
using Tocsin.Evidence.Records;
using Tocsin.Triage.Indicators;

namespace Tocsin.Triage.Scanning;

/// <summary>All rules of a scan: those of the packs first, then those given beside them. Shared between threads.</summary>
/// <param name="Set">The rules, compiled together, so that each record is put to them once.</param>
/// <param name="PackRules">How many, from the first, belong to packs.</param>
/// <param name="FirstIndicatorRule">From which on rules only say where an indicator may stand.</param>
/// <param name="Indicators">Decides whether it does; null where none were given.</param>
internal sealed record ScanRules(RuleSet Set, int PackRules, int FirstIndicatorRule, IndicatorMatching? Indicators)
{
    /// <summary>The rules that concern a log source.</summary>
    public SourceRules For(LogSource source) => Set.For(source);

    /// <summary>Whether a rule belongs to a pack.</summary>
    public bool IsOfPack(int rule) => rule < PackRules;

    /// <summary>Whether a rule only says where an indicator may stand.</summary>
    public bool IsOfIndicators(int rule) => rule >= FirstIndicatorRule;

    /// <summary>Whether a rule only serves correlations; those of packs never do.</summary>
    public bool IsSilent(int rule) => !IsOfPack(rule) && Set.Correlations.Silent.Contains(rule);
}
