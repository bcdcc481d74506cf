namespace Tocsin.Evidence.Artifacts;

/// <summary>Evidence that is known by its first bytes but not read by this version. Coverage names it, so that nobody takes silence for an answer.</summary>
public static class KnownFormats
{
    static readonly (byte[] Magic, int At, string Title)[] Signatures =
    [
        ("regf"u8.ToArray(), 0, "registry hive"),
        ("MZ"u8.ToArray(), 0, "Windows program"),
        ("SQLite format 3\0"u8.ToArray(), 0, "SQLite database"),
        ("!BDN"u8.ToArray(), 0, "Outlook PST file"),
        ([0xEF, 0xCD, 0xAB, 0x89], 4, "ESE database"),
    ];

    /// <summary>What evidence the file is, if it is one that is known and not read; else null.</summary>
    public static string? UnreadEvidence(ReadOnlySpan<byte> head)
    {
        foreach ((byte[] magic, int at, string title) in Signatures)
        {
            if (head.Length >= at + magic.Length && head.Slice(at, magic.Length).SequenceEqual(magic)) return title;
        }

        return null;
    }

    // Reports of our own and detection rules hold the very words that rules look for: reading them as pasted evidence would
    // find the finder (as CHIRP and others did).
    /// <summary>What the file is, if it is no evidence although it might look like some; else null.</summary>
    /// <param name="head">The first bytes.</param>
    /// <param name="path">Its path: a web page is never taken for something harmless by what it says of itself.</param>
    public static string? NoEvidence(ReadOnlySpan<byte> head, string path)
    {
        if (head.StartsWith((ReadOnlySpan<byte>)[0x89, 0x50, 0x4E, 0x47])) return "picture";
        if (head.StartsWith("%PDF-"u8)) return "PDF document";
        if (IsWebPage(path)) return null;
        ReadOnlySpan<byte> text = head.StartsWith("\uFEFF"u8) ? head[3..] : head;
        if (text.StartsWith("time_utc,server,wave,"u8) || text.StartsWith("datetime,timestamp_desc,message,server,artifact,"u8) || text.StartsWith("{\"data_type\":\"tocsin:"u8)) return "timeline written by Tocsin";
        if (text is [(byte)'{', ..] && text[..Math.Min(text.Length, 64)].IndexOf("\"schema\": \"tocsin."u8) >= 0) return "report or exercise truth written by Tocsin";
        if (text.StartsWith("<!DOCTYPE html>"u8) && text[..Math.Min(text.Length, 2048)].IndexOf("content=\"Tocsin"u8) >= 0) return "report written by Tocsin";
        if (text.IndexOf("\nlogsource:"u8) >= 0 && text.IndexOf("\ndetection:"u8) >= 0) return "detection rule (Sigma)";
        if (IsYara(text)) return "detection rules (YARA)";
        return null;
    }

    static bool IsYara(ReadOnlySpan<byte> text)
    {
        int rule = text.StartsWith("rule "u8) ? 0 : text.IndexOf("\nrule "u8);
        if (rule < 0) return false;
        text = text[rule..];
        int strings = text.IndexOf("strings:"u8), condition = text.IndexOf("condition:"u8);
        return condition > 0 && text.IndexOf((byte)'{') is > 0 and var brace && brace < condition && (strings < 0 || strings > brace);
    }

    static bool IsWebPage(string path) =>
        path.EndsWith(".aspx", StringComparison.OrdinalIgnoreCase) || path.EndsWith(".ashx", StringComparison.OrdinalIgnoreCase)
        || path.EndsWith(".asp", StringComparison.OrdinalIgnoreCase) || path.EndsWith(".asmx", StringComparison.OrdinalIgnoreCase);
}
