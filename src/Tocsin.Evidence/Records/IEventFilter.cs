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

/// <summary>Tells from an event's bytes, before it is rendered, whether words that somebody looks for anywhere may stand in it. Immutable; shared between threads.</summary>
public interface IWordFilter
{
    /// <summary>False only where none of the words stands in the bytes, be it as UTF-16 at an even or an odd place, or one byte a letter.</summary>
    /// <remarks>Values that are no text (numbers, identifiers, times) stand in the bytes in another form; no filter is given where a word may be of those.</remarks>
    bool MayHold(ReadOnlySpan<byte> bytes);
}

/// <summary>What is wanted of Windows events of one kind. Immutable; shared between threads.</summary>
/// <param name="fields">For each index of the field set whether the field is wanted; empty where the event need not be rendered at all.</param>
/// <param name="wantsText">Whether the whole event is wanted as text in <see cref="Record.Line"/>: for rules that look for words anywhere.</param>
/// <param name="words">Tells of an event's bytes whether that text is worth making; null where it always is.</param>
public sealed class EventInterest(bool[] fields, bool wantsText, IWordFilter? words = null)
{
    /// <summary>The event is only counted.</summary>
    public static EventInterest None { get; } = new([], false);

    /// <summary>Whether the event has to be rendered.</summary>
    public bool Any { get; } = wantsText || fields.AsSpan().Contains(true);

    /// <summary>Whether fields are wanted of the event.</summary>
    public bool AnyField { get; } = fields.AsSpan().Contains(true);

    /// <summary>Whether the whole event is wanted as text.</summary>
    public bool WantsText { get; } = wantsText;

    /// <summary>Tells of an event's bytes whether its text is worth making; null where it always is.</summary>
    public IWordFilter? Words { get; } = words;

    /// <summary>Whether a field of the field set is wanted.</summary>
    public bool Wants(int field) => (uint)field < (uint)fields.Length && fields[field];
}
