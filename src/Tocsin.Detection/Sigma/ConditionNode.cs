using System.Collections.Immutable;

namespace Tocsin.Detection.Sigma;

/// <summary>A part of a condition.</summary>
public abstract record ConditionNode;

/// <summary>Both sides, or more, must hold.</summary>
public sealed record ConditionAnd(ImmutableArray<ConditionNode> Operands) : ConditionNode;

/// <summary>One operand must hold.</summary>
public sealed record ConditionOr(ImmutableArray<ConditionNode> Operands) : ConditionNode;

/// <summary>The operand must not hold.</summary>
public sealed record ConditionNot(ConditionNode Operand) : ConditionNode;

/// <summary>A selection by its name.</summary>
public sealed record ConditionSelection(Selection Selection) : ConditionNode;

/// <summary><c>1 of x_*</c>, <c>all of them</c>, <c>2 of x_*</c>.</summary>
/// <param name="Needed">How many of them must hold; as many as there are for <c>all of</c>.</param>
/// <param name="Selections">What the pattern named; never empty.</param>
public sealed record ConditionCount(int Needed, ImmutableArray<Selection> Selections) : ConditionNode;
