using Tocsin.Evidence.Records;

namespace Tocsin.Evidence.Evtx;

/// <summary>Events of one channel, provider and id, written with one template: what is wanted of them, and how it is got.</summary>
internal sealed class EventKind
{
    public required byte[] Channel { get; init; }

    public required byte[] Provider { get; init; }

    public required int EventId { get; init; }

    public required EventInterest Interest { get; init; }

    /// <summary>Cmdlets of Exchange: their values are joined into <c>Command</c>.</summary>
    public required bool IsManagement { get; init; }

    /// <summary>The template.</summary>
    public required Template Template { get; init; }

    /// <summary>What is taken from the template itself; null where nothing is wanted.</summary>
    public FieldPlan? Own { get; set; }

    /// <summary>What is taken from fragments nested in it.</summary>
    public Dictionary<(Template, EventPlace), FieldPlan> Nested { get; } = [];

    /// <summary>The next kind that was written with the same template.</summary>
    public EventKind? Next { get; set; }
}

/// <summary>Where in an event a value stands: it decides what a name means.</summary>
internal enum EventPlace : byte
{
    /// <summary>Directly in <c>Event</c>, or in something there that is neither of the others: <c>RenderingInfo</c>.</summary>
    Event,
    System,

    /// <summary><c>EventData</c>, <c>UserData</c>.</summary>
    Data,
}

/// <summary>One step of a plan.</summary>
/// <param name="Field">The field that takes the value; -1 where only a nested fragment is looked for, or a command joined.</param>
/// <param name="Parts">Text and substitutions that make up the value; mostly one.</param>
/// <param name="Substitution">The only part, where it is a value to substitute; else -1.</param>
/// <param name="Place">Where the value stands.</param>
/// <param name="Joins">Whether the value is part of a cmdlet's call.</param>
/// <param name="IsLevelName">Whether the value is a level's name, whose number is added.</param>
/// <param name="Name">Where the field's name is itself a value: its parts; else null.</param>
internal readonly record struct FieldStep(int Field, Part[] Parts, int Substitution, EventPlace Place, bool Joins, bool IsLevelName, Part[]? Name);

/// <summary>The steps that take from a fragment what is wanted of it. Immutable.</summary>
internal sealed class FieldPlan(FieldStep[] steps)
{
    public FieldStep[] Steps { get; } = steps;
}
