using System.Text;
using Tocsin.Evidence.Records;

namespace Tocsin.Evidence.WindowsEvents;

/// <summary>The values of an event's head, which every exporter calls differently.</summary>
internal enum Canonical
{
    None = -1,
    Channel,
    ProviderName,
    EventId,
    Computer,
    Message,
    Stamp,
    SysmonUtc,
}

/// <summary>Which of the exporters' names mean which value of an event's head, and how much each is to be trusted.</summary>
internal static class EventNames
{
    public const int Count = (int)Canonical.SysmonUtc + 1;

    static readonly string?[] _fieldNames = ["Channel", "Provider_Name", "EventID", "Computer", "Message", null, "UtcTime"];

    /// <summary>The indexes that a field set has for the head's values, in the order of <see cref="Canonical"/>.</summary>
    public static int[] IndexesIn(FieldSet fields) => [.. _fieldNames.Select(name => name is null ? -1 : fields.IndexOf(name))];

    /// <summary>What a name at the top of an event means; a lower rank wins over a higher.</summary>
    public static (Canonical Value, int Rank) OfHead(ReadOnlySpan<byte> name)
    {
        // Lengths first: most names are data, and are told apart from these without comparing a letter.
        switch (name.Length)
        {
            case 2 when Is(name, "Id"u8): return (Canonical.EventId, 3);
            case 4 when Is(name, "host"u8): return (Canonical.Computer, 3);
            case 7 when Is(name, "Channel"u8): return (Canonical.Channel, 0);
            case 7 when Is(name, "LogName"u8): return (Canonical.Channel, 1);
            case 7 when Is(name, "EventID"u8): return (Canonical.EventId, 0);
            case 7 when Is(name, "Message"u8): return (Canonical.Message, 0);
            case 7 when Is(name, "UtcTime"u8): return (Canonical.SysmonUtc, 0);
            case 8 when Is(name, "event_id"u8): return (Canonical.EventId, 0);
            case 8 when Is(name, "log_name"u8): return (Canonical.Channel, 1);
            case 8 when Is(name, "Computer"u8): return (Canonical.Computer, 0);
            case 8 when Is(name, "Hostname"u8): return (Canonical.Computer, 1);
            case 8 when Is(name, "Provider"u8): return (Canonical.ProviderName, 1);
            case 9 when Is(name, "EventCode"u8): return (Canonical.EventId, 1);
            case 9 when Is(name, "EventTime"u8): return (Canonical.Stamp, 3);
            case 10 when Is(name, "SourceName"u8): return (Canonical.ProviderName, 0);
            case 10 when Is(name, "SystemTime"u8): return (Canonical.Stamp, 0);
            case 10 when Is(name, "@timestamp"u8): return (Canonical.Stamp, 2);
            case 11 when Is(name, "MachineName"u8): return (Canonical.Computer, 1);
            case 11 when Is(name, "TimeCreated"u8): return (Canonical.Stamp, 1);
            case 11 when Is(name, "source_name"u8): return (Canonical.ProviderName, 1);
            case 12 when Is(name, "ComputerName"u8): return (Canonical.Computer, 1);
            case 12 when Is(name, "ProviderName"u8): return (Canonical.ProviderName, 0);
            case 13 when Is(name, "computer_name"u8): return (Canonical.Computer, 0);
            case 13 when Is(name, "provider_name"u8) || Is(name, "Provider_Name"u8): return (Canonical.ProviderName, 0);
            default: return (Canonical.None, 0);
        }
    }

    /// <summary>Names equal without regard to ASCII case.</summary>
    public static bool Is(ReadOnlySpan<byte> name, ReadOnlySpan<byte> other) => Ascii.EqualsIgnoreCase(name, other);

    /// <summary>The number of a level that is written as a word; empty for other words.</summary>
    public static ReadOnlySpan<byte> LevelNumber(ReadOnlySpan<byte> word) =>
        Is(word, "critical"u8) ? "1"u8
        : Is(word, "error"u8) ? "2"u8
        : Is(word, "warning"u8) ? "3"u8
        : Is(word, "information"u8) || Is(word, "info"u8) ? "4"u8
        : Is(word, "verbose"u8) ? "5"u8 : default;
}
