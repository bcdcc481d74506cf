using System.Collections.Immutable;

namespace Tocsin.Detection.Sigma;

/// <summary>A named part of <c>detection</c>.</summary>
/// <param name="Name">As the condition calls it.</param>
/// <param name="Body">What must hold for a record.</param>
/// <param name="Line">Where it stands.</param>
public sealed record Selection(string Name, SelectionItem Body, int Line);

/// <summary>A test of a selection, or several joined.</summary>
public abstract record SelectionItem;

/// <summary>A map: every item must hold.</summary>
public sealed record AllOf(ImmutableArray<SelectionItem> Items) : SelectionItem;

/// <summary>A list of maps: one item must hold.</summary>
public sealed record AnyOf(ImmutableArray<SelectionItem> Items) : SelectionItem;

/// <summary>One line of a selection: a field (or, for keywords, the whole record) and the values it is tested for.</summary>
/// <param name="Field">The field as the rule calls it; null for keywords.</param>
/// <param name="Modifiers">As written, lower case, without <c>all</c>.</param>
/// <param name="Values">As written.</param>
/// <param name="All">Whether every value must be found, instead of one.</param>
/// <param name="Line">Where it stands.</param>
public sealed record FieldTest(string? Field, ImmutableArray<string> Modifiers, ImmutableArray<SigmaValue> Values, bool All, int Line) : SelectionItem
{
    /// <summary>What the modifiers make of each value: one of its tests must hold.</summary>
    internal ImmutableArray<ImmutableArray<ValueTest>> Tests { get; init; } = [];

    /// <summary>Whether the outcome is turned round (<c>neq</c>).</summary>
    internal bool Negated { get; init; }
}

/// <summary>How YAML reads a value.</summary>
public enum SigmaValueKind
{
    Text,
    Number,
    Boolean,
    Null,
}

/// <summary>A value as the rule has it; <paramref name="Text"/> is empty for null.</summary>
public readonly record struct SigmaValue(SigmaValueKind Kind, string Text);
