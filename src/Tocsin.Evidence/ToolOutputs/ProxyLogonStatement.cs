namespace Tocsin.Evidence.ToolOutputs;

/// <summary>What a line of the tool's console text says.</summary>
internal enum ProxyLogonStatementKind
{
    None,
    /// <summary>The server that was examined; its name follows.</summary>
    Status,
    LogAges,
    Suspicious,
    NothingFound,
    /// <summary>No Exchange 2013 or later: a test was left out.</summary>
    Skipped,
    /// <summary>The list of files begins.</summary>
    Files,
    /// <summary>One file: <c>SuspiciousArchive : C:\…</c>.</summary>
    File,
    Other,
}

/// <summary>Recognises the sentences that Test-ProxyLogon and its predecessor Test-Hafnium print. They are English whatever the server's language is.</summary>
internal static class ProxyLogonStatement
{
    static ReadOnlySpan<byte> FileSeparator => " : "u8;

    /// <summary>Recognises a line.</summary>
    /// <param name="line">The line, trimmed.</param>
    /// <param name="value">What follows the sentence: a name, a list of numbers, a path.</param>
    public static ProxyLogonStatementKind Recognise(ReadOnlySpan<byte> line, out ReadOnlySpan<byte> value)
    {
        value = default;
        int status = line.IndexOf(" Status: Exchange Server "u8);
        if (status is > 0 and < 16)
        {
            value = line[(status + " Status: Exchange Server "u8.Length)..].Trim((byte)' ');
            return ProxyLogonStatementKind.Status;
        }

        if (line.StartsWith("Log age days:"u8))
        {
            value = line["Log age days:"u8.Length..];
            return ProxyLogonStatementKind.LogAges;
        }

        if (line.StartsWith("[CVE-2021-"u8) && line.IndexOf("] Suspicious activity"u8) > 0) return ProxyLogonStatementKind.Suspicious;
        if (line.StartsWith("Nothing suspicious detected"u8)) return ProxyLogonStatementKind.NothingFound;
        if (line.StartsWith("Exchange 2013 or later not found"u8)) return ProxyLogonStatementKind.Skipped;
        if (line.StartsWith("Other suspicious files found"u8)) return ProxyLogonStatementKind.Files;
        if (line.StartsWith("Report exported to:"u8) || line.StartsWith("MSExchange Unified Messaging provider is not present"u8)
            || line.StartsWith("Please review the following files for '"u8) || IsEventCount(line))
        {
            return ProxyLogonStatementKind.Other;
        }

        if ((line.StartsWith("SuspiciousArchive"u8) || line.StartsWith("LsassDump"u8)) && line.IndexOf(FileSeparator) is > 0 and var at)
        {
            value = line[(at + FileSeparator.Length)..].Trim((byte)' ');
            return ProxyLogonStatementKind.File;
        }

        return ProxyLogonStatementKind.None;
    }

    /// <summary>Whether the sentence alone tells the tool: it is printed by no other.</summary>
    public static bool IsTelling(ProxyLogonStatementKind kind) =>
        kind is ProxyLogonStatementKind.Status or ProxyLogonStatementKind.LogAges or ProxyLogonStatementKind.Suspicious or ProxyLogonStatementKind.Skipped
            or ProxyLogonStatementKind.Files or ProxyLogonStatementKind.File;

    static bool IsEventCount(ReadOnlySpan<byte> line)
    {
        int space = line.IndexOf((byte)' ');
        return space > 0 && !line[..space].ContainsAnyExceptInRange((byte)'0', (byte)'9') && line[space..].SequenceEqual(" events found"u8);
    }
}
