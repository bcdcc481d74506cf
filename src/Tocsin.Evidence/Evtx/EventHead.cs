namespace Tocsin.Evidence.Evtx;

/// <summary>One value of an event's head: a literal of the template, a value to substitute, or nothing.</summary>
internal readonly record struct HeadValue(byte[]? Text, int Substitution)
{
    public static HeadValue None { get; } = new(null, -1);

    public bool IsNone => Text is null && Substitution < 0;

    public static HeadValue Of(Part[] parts) => parts is [{ Child: null } only] ? new(only.Text, only.Substitution) : None;
}

/// <summary>Where a fragment has the values of an event's head. Immutable.</summary>
internal sealed class EventHead
{
    static readonly EventHead _none = new();

    public HeadValue Channel { get; private set; } = HeadValue.None;

    public HeadValue Provider { get; private set; } = HeadValue.None;

    public HeadValue EventId { get; private set; } = HeadValue.None;

    public HeadValue Computer { get; private set; } = HeadValue.None;

    public HeadValue Time { get; private set; } = HeadValue.None;

    /// <summary>A value under the root that holds the event's data as a fragment of its own, or -1.</summary>
    public int Nested { get; private set; } = -1;

    public static EventHead Of(Element? root)
    {
        if (root is null || !root.Is("Event"u8)) return _none;
        var head = new EventHead();
        foreach (Part part in root.Content)
        {
            if (part.Substitution >= 0 && head.Nested < 0) head.Nested = part.Substitution;
            if (part.Child is not { } child || !child.Is("System"u8)) continue;
            foreach (Part inner in child.Content)
            {
                if (inner.Child is { } value) head.Take(value);
            }
        }

        return head;
    }

    void Take(Element element)
    {
        if (element.Is("Channel"u8)) Channel = HeadValue.Of(element.Content);
        else if (element.Is("EventID"u8)) EventId = HeadValue.Of(element.Content);
        else if (element.Is("Computer"u8)) Computer = HeadValue.Of(element.Content);
        else if (element.Is("Provider"u8) && element.Find("Name"u8) is { } name) Provider = HeadValue.Of(name.Value);
        else if (element.Is("TimeCreated"u8) && element.Find("SystemTime"u8) is { } time) Time = HeadValue.Of(time.Value);
    }

    /// <summary>What stands in <c>EventData/Data[@Name='UtcTime']</c>: Sysmon says there when it happened.</summary>
    public static HeadValue SysmonUtcOf(Element? root)
    {
        if (root is null) return HeadValue.None;
        if (!root.Is("Event"u8)) return root.Is("EventData"u8) ? InData(root) : HeadValue.None;
        foreach (Part part in root.Content)
        {
            if (part.Child is { } child && child.Is("EventData"u8)) return InData(child);
        }

        return HeadValue.None;
    }

    static HeadValue InData(Element data)
    {
        foreach (Part part in data.Content)
        {
            if (part.Child is { } child && child.Find("Name"u8) is { Value: [{ Text: { } name }] } && name.AsSpan().SequenceEqual("UtcTime"u8)) return HeadValue.Of(child.Content);
        }

        return HeadValue.None;
    }
}
