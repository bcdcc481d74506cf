namespace Tocsin.Evidence.Artifacts;

/// <summary>Evidence that is known by its first bytes but not read by this version. Coverage names it, so that nobody takes silence for an answer.</summary>
public static class KnownFormats
{
    static readonly (byte[] Magic, int At, string Title)[] Signatures =
    [
        ("ElfFile\0"u8.ToArray(), 0, "Windows event log (EVTX)"),
        ("regf"u8.ToArray(), 0, "registry hive"),
        ("FILE0"u8.ToArray(), 0, "$MFT"),
        ([0x89, 0x50, 0x4E, 0x47], 0, "picture"),
        ("MZ"u8.ToArray(), 0, "Windows program"),
        ("SQLite format 3\0"u8.ToArray(), 0, "SQLite database"),
        ("%PDF-"u8.ToArray(), 0, "PDF document"),
        ("!BDN"u8.ToArray(), 0, "Outlook PST file"),
        ([0xEF, 0xCD, 0xAB, 0x89], 4, "ESE database"),
        ([0xD0, 0xCF, 0x11, 0xE0], 0, "OLE document"),
    ];

    /// <summary>What the file is, if it is known; else null.</summary>
    public static string? TitleOf(ReadOnlySpan<byte> head)
    {
        foreach ((byte[] magic, int at, string title) in Signatures)
        {
            if (head.Length >= at + magic.Length && head.Slice(at, magic.Length).SequenceEqual(magic)) return title;
        }

        return null;
    }
}
