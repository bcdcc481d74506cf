using System.Collections.Immutable;
using Tocsin.Evidence.Records;

namespace Tocsin.Detection.Sigma;

/// <summary>Sigma's <c>level</c>, in rising order.</summary>
public enum RuleLevel
{
    /// <summary>The rule does not say.</summary>
    Unspecified,
    Informational,
    Low,
    Medium,
    High,
    Critical,
}

/// <summary>Sigma's <c>status</c>.</summary>
public enum RuleStatus
{
    /// <summary>The rule does not say.</summary>
    Unspecified,
    Unsupported,
    Deprecated,
    Experimental,
    Test,
    Stable,
}

/// <summary>One Sigma rule as it was written, checked. Immutable; safe to share between threads.</summary>
public sealed record SigmaRule
{
    /// <summary>The rule's <c>id</c>; for a rule without one, its file and the number of its document.</summary>
    public required string Id { get; init; }

    /// <summary>Its <c>name</c>, by which correlations refer to it; empty for none.</summary>
    public string Name { get; init; } = "";

    public required string Title { get; init; }

    public string Description { get; init; } = "";

    public RuleStatus Status { get; init; }

    public RuleLevel Level { get; init; }

    public ImmutableArray<string> Tags { get; init; } = [];

    public ImmutableArray<string> References { get; init; } = [];

    public ImmutableArray<string> FalsePositives { get; init; } = [];

    public string Author { get; init; } = "";

    /// <summary>Its <c>license</c>; empty where it does not say.</summary>
    public string License { get; init; } = "";

    public required LogSource LogSource { get; init; }

    public required RuleDetection Detection { get; init; }

    /// <summary>The custom <c>tocsin:</c> map of rules in threat packs; empty for other rules.</summary>
    public IReadOnlyDictionary<string, string> Tocsin { get; init; } = ImmutableDictionary<string, string>.Empty;

    /// <summary>The file as the caller named it.</summary>
    public required string File { get; init; }

    /// <summary>The line on which the rule's document begins.</summary>
    public int Line { get; init; } = 1;

    /// <summary>The line of <c>logsource</c>.</summary>
    public int LogSourceLine { get; init; } = 1;
}

/// <summary>A rule's <c>detection</c>.</summary>
/// <param name="Selections">In the order of the file.</param>
/// <param name="Condition">What must hold over them; a list of conditions has become an OR.</param>
public sealed record RuleDetection(ImmutableArray<Selection> Selections, ConditionNode Condition);
