using System.Collections.Immutable;

namespace Tocsin.Detection.Sigma.Correlations;

/// <summary>Sigma's <c>correlation.type</c>.</summary>
public enum CorrelationType
{
    /// <summary>How many records.</summary>
    EventCount,

    /// <summary>How many different values of a field.</summary>
    ValueCount,

    /// <summary>Several rules near each other in time.</summary>
    Temporal,

    /// <summary>The same in the order in which the rules are listed.</summary>
    TemporalOrdered,

    /// <summary>The sum of a field's numbers.</summary>
    ValueSum,

    /// <summary>Their mean.</summary>
    ValueAvg,

    /// <summary>The one below which a given share of them lies.</summary>
    ValuePercentile,

    /// <summary>The one in the middle.</summary>
    ValueMedian,
}

/// <summary>One comparison of a condition.</summary>
/// <param name="Operator"><c>gt</c>, <c>gte</c>, <c>lt</c>, <c>lte</c>, <c>eq</c> or <c>neq</c>.</param>
/// <param name="Bound">What the count is compared with.</param>
public readonly record struct CorrelationBound(string Operator, decimal Bound)
{
    /// <summary>Whether a count satisfies it.</summary>
    public bool Holds(decimal count) => Operator switch
    {
        "gt" => count > Bound,
        "gte" => count >= Bound,
        "lt" => count < Bound,
        "lte" => count <= Bound,
        "eq" => count == Bound,
        _ => count != Bound,
    };

    /// <summary>Whether a count that satisfies it does so however much larger it grows.</summary>
    public bool IsLower => Operator is "gt" or "gte";
}

/// <summary>A Sigma correlation as it was written, checked. Immutable; safe to share between threads.</summary>
/// <remarks>Source: Sigma Correlation Rules Specification 2.1; the types <c>value_sum</c> and after it are pySigma's.</remarks>
public sealed record SigmaCorrelation
{
    /// <summary>Its <c>id</c>; for one without, its file and the number of its document.</summary>
    public required string Id { get; init; }

    /// <summary>Its <c>name</c>, by which others refer to it; empty for none.</summary>
    public string Name { get; init; } = "";

    public required string Title { get; init; }

    public string Description { get; init; } = "";

    public RuleStatus Status { get; init; }

    public RuleLevel Level { get; init; }

    public ImmutableArray<string> Tags { get; init; } = [];

    public ImmutableArray<string> References { get; init; } = [];

    public string Author { get; init; } = "";

    public string License { get; init; } = "";

    public CorrelationType Type { get; init; }

    /// <summary>Ids or names of rules and correlations, each with its line.</summary>
    public ImmutableArray<(string Reference, int Line)> Rules { get; init; } = [];

    /// <summary>Fields or aliases; records that differ in one are counted apart.</summary>
    public ImmutableArray<string> GroupBy { get; init; } = [];

    /// <summary>For each alias the rule (id or name) and the field that it means there.</summary>
    public ImmutableArray<(string Alias, string Rule, string Field, int Line)> Aliases { get; init; } = [];

    public TimeSpan Timespan { get; init; }

    /// <summary>Of which all must hold; empty where <see cref="Expression"/> says it.</summary>
    public ImmutableArray<CorrelationBound> Bounds { get; init; } = [];

    /// <summary>The fields whose values are counted or added up; records without one of them are left out.</summary>
    public ImmutableArray<string> Fields { get; init; } = [];

    /// <summary>For <see cref="CorrelationType.ValuePercentile"/>: from 0 to 100.</summary>
    public decimal Percentile { get; init; }

    /// <summary>For temporal types: which rules must have matched, as a condition over them; null for all of them.</summary>
    internal ConditionNode? Expression { get; init; }

    /// <summary>Whether the rules that it refers to are reported for themselves too.</summary>
    public bool Generate { get; init; }

    /// <summary>The file as the caller named it.</summary>
    public required string File { get; init; }

    /// <summary>The line on which its document begins.</summary>
    public int Line { get; init; } = 1;
}

/// <summary>What one file of rules holds.</summary>
/// <param name="Rules">Rules over single records.</param>
/// <param name="Correlations">Correlations of them.</param>
public sealed record SigmaDocuments(IReadOnlyList<SigmaRule> Rules, IReadOnlyList<SigmaCorrelation> Correlations);
