namespace Tocsin.Evidence.Records;

/// <summary>Tells a reader of Windows events, before it renders one, whether anybody will look at it and at which fields. Immutable; shared between threads.</summary>
public interface IEventFilter
{
    /// <summary>What is wanted of events of one kind. Readers ask once for each kind and keep the answer.</summary>
    /// <param name="channel">As the event names it, UTF-8; empty where it names none.</param>
    /// <param name="provider">As the event names it, UTF-8.</param>
    /// <param name="eventId">The event's id, without qualifiers.</param>
    EventInterest InterestIn(ReadOnlySpan<byte> channel, ReadOnlySpan<byte> provider, int eventId);
}

/// <summary>What is wanted of Windows events of one kind. Immutable; shared between threads.</summary>
/// <param name="fields">For each index of the field set whether the field is wanted; empty where the event need not be rendered at all.</param>
/// <param name="wantsText">Whether the whole event is wanted as text in <see cref="Record.Line"/>: for rules that look for words anywhere.</param>
public sealed class EventInterest(bool[] fields, bool wantsText)
{
    /// <summary>The event is only counted.</summary>
    public static EventInterest None { get; } = new([], false);

    /// <summary>Whether the event has to be rendered.</summary>
    public bool Any { get; } = wantsText || fields.AsSpan().Contains(true);

    /// <summary>Whether the whole event is wanted as text.</summary>
    public bool WantsText { get; } = wantsText;

    /// <summary>Whether a field of the field set is wanted.</summary>
    public bool Wants(int field) => (uint)field < (uint)fields.Length && fields[field];
}
