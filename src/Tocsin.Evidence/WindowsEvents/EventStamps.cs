namespace Tocsin.Evidence.WindowsEvents;

/// <summary>Finds an event's time stamps and computer in its JSON by searching for the keys, without parsing the rest.</summary>
/// <remarks>
/// A key with its quotes cannot occur inside a JSON string, where every quote has a backslash before it: text that an
/// attacker wrote into a command line is not mistaken for a time stamp.
/// </remarks>
internal static class EventStamps
{
    /// <summary>The time that the log gave the event; the first of the known keys that holds a time.</summary>
    public static bool TryStamp(ReadOnlySpan<byte> json, out DateTime stamp) =>
        TryTime(json, "SystemTime\""u8, out stamp) || TryTime(json, "\"TimeCreated\""u8, out stamp)
        || TryTime(json, "\"@timestamp\""u8, out stamp) || TryTime(json, "\"EventTime\""u8, out stamp);

    /// <summary>The UTC that Sysmon states in its own data.</summary>
    public static bool TrySysmonUtc(ReadOnlySpan<byte> json, out DateTime utc) => TryTime(json, "\"UtcTime\""u8, out utc);

    /// <summary>The computer that logged the event; empty where no key is found or the name is escaped.</summary>
    public static ReadOnlySpan<byte> Computer(ReadOnlySpan<byte> json)
    {
        if (TryString(json, "\"Computer\""u8, out var name) || TryString(json, "\"computer_name\""u8, out name)
            || TryString(json, "\"Hostname\""u8, out name) || TryString(json, "\"MachineName\""u8, out name)
            || TryString(json, "\"ComputerName\""u8, out name))
        {
            return name.Contains((byte)'\\') ? default : name;
        }

        return default;
    }

    static bool TryTime(ReadOnlySpan<byte> json, ReadOnlySpan<byte> key, out DateTime time)
    {
        time = default;
        return TryString(json, key, out var text) && TimeText.TryRead(text, out time);
    }

    static bool TryString(ReadOnlySpan<byte> json, ReadOnlySpan<byte> key, out ReadOnlySpan<byte> text)
    {
        text = default;
        int at = json.IndexOf(key);
        if (at < 0) return false;
        ReadOnlySpan<byte> rest = json[(at + key.Length)..].TrimStart(" \t\r\n"u8);
        if (rest.IsEmpty || rest[0] != ':') return false;
        rest = rest[1..].TrimStart(" \t\r\n"u8);
        if (rest.IsEmpty || rest[0] != '"') return false;
        rest = rest[1..];
        int end = rest.IndexOf((byte)'"');
        if (end <= 0) return false;
        text = rest[..end];
        return true;
    }
}
