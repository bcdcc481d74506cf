using System.Text;
using Tocsin.Evidence.Records;

namespace Tocsin.Triage.Findings;

/// <summary>Takes from a record what joins it to the records of other logs.</summary>
internal static class JoinKeys
{
    /// <summary>Both logs write the whole canary, but either may be cut; the beginning tells sessions apart well enough.</summary>
    const int CanaryLength = 20;

    /// <summary>The fields that are asked of every record beside those that rules ask for.</summary>
    public static IReadOnlyList<string> Fields { get; } =
        ["c-ip", "ClientIpAddress", "RequestId", "url", "AnchorMailbox", "URL", "X-Forwarded-For", "Computer", "UtcTime"];

    /// <summary>The client's address: the forwarded one where a proxy stands in front.</summary>
    public static string? Client(in Record record)
    {
        string? client = Text(record["X-Forwarded-For"]) ?? Text(record["c-ip"]) ?? Text(record["ClientIpAddress"]);
        // A chain of proxies is written with blanks or commas between them; the first is where the request came from.
        return client?.Split([' ', ',', '+'], StringSplitOptions.RemoveEmptyEntries).FirstOrDefault();
    }

    /// <summary>The request's id, in lower case.</summary>
    public static string? RequestId(in Record record)
    {
        if (Text(record["RequestId"]) is { } id) return id.ToLowerInvariant();
        return After(record["url"], "cafeReqId="u8, 36, (byte)';', (byte)'&')?.ToLowerInvariant();
    }

    /// <summary>The beginning of the ECP session's canary.</summary>
    public static string? Canary(in Record record)
    {
        string? canary = After(record["AnchorMailbox"], "msExchEcpCanary="u8, CanaryLength, (byte)'&', (byte)'#')
            ?? After(record["URL"], "msExchEcpCanary="u8, CanaryLength, (byte)'&', (byte)';')
            ?? After(record["url"], "msExchEcpCanary="u8, CanaryLength, (byte)'&', (byte)';');
        return canary is { Length: >= 8 } ? canary : null;
    }

    static string? After(ReadOnlySpan<byte> text, ReadOnlySpan<byte> key, int maxLength, byte end, byte otherEnd)
    {
        int at = text.IndexOf(key);
        if (at < 0) return null;
        text = text[(at + key.Length)..];
        int length = text.IndexOfAny(end, otherEnd);
        if (length >= 0) text = text[..length];
        return Text(text.Length > maxLength ? text[..maxLength] : text);
    }

    static string? Text(ReadOnlySpan<byte> value) => value.IsEmpty || value is [(byte)'-'] ? null : Encoding.UTF8.GetString(value.Length > 256 ? value[..256] : value);
}
