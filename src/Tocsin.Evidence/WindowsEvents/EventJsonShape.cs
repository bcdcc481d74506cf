namespace Tocsin.Evidence.WindowsEvents;

/// <summary>How the events of a JSON file are laid out.</summary>
internal enum EventLayout
{
    /// <summary>No Windows events as JSON.</summary>
    None,
    /// <summary>One event a line; also an array whose elements stand on lines of their own.</summary>
    Lines,
    /// <summary>Events over several lines, or several on one line.</summary>
    Values,
}

/// <summary>Recognises Windows events written as JSON, and how they are laid out, from the beginning of a file.</summary>
internal static class EventJsonShape
{
    // A file that was cut out of a larger one begins with part of an event; so many lines are tried.
    const int MaxLines = 16;

    static readonly byte[][] _ids = [.. Quoted("EventID", "event_id", "EventId", "EventCode", "Id", "code", "System")];
    static readonly byte[][] _channels = [.. Quoted("Channel", "channel", "log_name", "LogName", "provider_name", "ProviderName", "SourceName", "Provider", "winlog")];

    /// <summary>Recognises the layout.</summary>
    public static EventLayout Recognise(ReadOnlySpan<byte> head)
    {
        if (head.StartsWith("\uFEFF"u8)) head = head[3..];
        if (!HasAny(head, _ids) || !HasAny(head, _channels)) return EventLayout.None;

        for (int line = 0; line < MaxLines && !head.IsEmpty; line++)
        {
            ReadOnlySpan<byte> text = head.TrimStart(" \t\r\n"u8);
            if (text.StartsWith("["u8)) text = text[1..].TrimStart(" \t\r\n"u8);
            if (text.StartsWith("{"u8) && LayoutOf(text) is not EventLayout.None and var layout) return layout;
            int end = text.IndexOf((byte)'\n');
            head = end < 0 ? default : text[(end + 1)..];
        }

        return EventLayout.None;
    }

    // Follows the first object to its end: what stands behind it, and whether a line ended before it, tells the layout.
    static EventLayout LayoutOf(ReadOnlySpan<byte> text)
    {
        int depth = 0;
        bool inString = false;
        for (int i = 0; i < text.Length; i++)
        {
            byte b = text[i];
            if (inString)
            {
                if (b == '\\') i++;
                else if (b == '"') inString = false;
                else if (b == '\n') return EventLayout.None;
                continue;
            }

            switch (b)
            {
                case (byte)'"': inString = true; break;
                case (byte)'{' or (byte)'[': depth++; break;
                case (byte)'\n': return EventLayout.Values;
                case < 9: return EventLayout.None;
                case (byte)'}' or (byte)']' when --depth == 0:
                    ReadOnlySpan<byte> rest = text[(i + 1)..].TrimStart(" \t\r"u8);
                    if (rest.StartsWith(","u8)) rest = rest[1..].TrimStart(" \t\r"u8);
                    return rest.IsEmpty || rest[0] is (byte)'\n' or (byte)']' ? EventLayout.Lines : EventLayout.Values;
            }
        }

        return EventLayout.Lines; // the first line is longer than what was looked at, or cut off
    }

    /// <summary>The length of the object that the text begins with, or -1 where it does not end.</summary>
    public static int LengthOfObject(ReadOnlySpan<byte> text)
    {
        int depth = 0;
        for (int i = 0; i < text.Length; i++)
        {
            if (text[i] == '"')
            {
                for (i++; i < text.Length && text[i] != '"'; i++)
                {
                    if (text[i] == '\\') i++;
                }
            }
            else if (text[i] == '{')
            {
                depth++;
            }
            else if (text[i] == '}' && --depth <= 0)
            {
                return i + 1;
            }
        }

        return -1;
    }

    static bool HasAny(ReadOnlySpan<byte> head, byte[][] keys)
    {
        foreach (byte[] key in keys)
        {
            if (head.IndexOf(key) >= 0) return true;
        }

        return false;
    }

    static IEnumerable<byte[]> Quoted(params string[] names) => names.Select(name => System.Text.Encoding.ASCII.GetBytes($"\"{name}\""));
}
