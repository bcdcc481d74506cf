using System.Text;
using Tocsin.Evidence.Artifacts;

namespace Tocsin.Evidence.ExchangeText;

/// <summary>The kinds of Exchange text logs, told apart by their log-type line or else by their columns.</summary>
internal static class ExchangeLogKinds
{
    static readonly Dictionary<string, ArtifactKind> ByLogType = new(StringComparer.OrdinalIgnoreCase)
    {
        ["ECP Server Log"] = new("ecp-server", "ECP Server log", new("command", "exchange", "ecp-server")),
        ["ECP Activity Context Log"] = new("ecp-activity", "ECP Activity log", new(null, "exchange", "ecp-activity")),
        ["OAB Generator Log"] = new("oabgenerator", "OAB generator log", new(null, "exchange", "oabgenerator")),
        ["OAB Generator Simple Log"] = new("oabgenerator", "OAB generator log", new(null, "exchange", "oabgenerator")),
        ["Rps Http Logs"] = new("rps-http", "Remote PowerShell log (Http)", new(null, "exchange", "rps-http")),
        ["Rps Cmdlet Logs"] = RpsCmdlet,
        ["Cmdlet Logs"] = RpsCmdlet,
        ["audit"] = new("audit", "Admin audit log", new("command", "exchange", "audit")),
        ["EWS Logs"] = new("ews", "EWS log", new(null, "exchange", "ews")),
        ["MapiHttp Logs"] = new("mapihttp", "MapiHttp log", new(null, "exchange", "mapihttp")),
        ["Message Tracking Log"] = new("message-tracking", "Message tracking log", new(null, "exchange", "message-tracking")),
        ["SMTP Receive Protocol Log"] = new("smtp-receive", "SMTP receive log", new(null, "exchange", "smtp-receive")),
        ["SMTP Send Protocol Log"] = new("smtp-send", "SMTP send log", new(null, "exchange", "smtp-send")),
    };

    static ArtifactKind RpsCmdlet => new("rps-cmdlet", "Remote PowerShell log (Cmdlet)", new("command", "exchange", "rps-cmdlet"));

    /// <summary>The kind of an HttpProxy log; each protocol is a kind of its own, since coverage differs between them.</summary>
    public static ArtifactKind HttpProxy(string? protocol) => protocol is null
        ? new("httpproxy", "HttpProxy log", new(null, "exchange", "httpproxy"))
        : new($"httpproxy/{protocol.ToLowerInvariant()}", $"HttpProxy log ({protocol})", new(null, "exchange", "httpproxy"));

    /// <summary>The kind by log type and columns; never null, since any log with <c>#Fields</c> can be read.</summary>
    public static ArtifactKind Of(string? logType, IReadOnlyList<string> columns, string? protocol, bool ecpRequest)
    {
        if (logType is "HttpProxy Logs" || Has("AnchorMailbox") && Has("UrlStem")) return HttpProxy(protocol);
        if (logType is not null && ByLogType.TryGetValue(logType, out ArtifactKind? kind)) return kind;
        if (Has("ShellId") && Has("ClientInfo")) return ByLogType["Rps Http Logs"];
        if (Has("Cmdlet") && Has("Parameters")) return RpsCmdlet;
        if (Has("EventData") && Has("EventId")) return ByLogType[ecpRequest ? "ECP Server Log" : "ECP Activity Context Log"];
        if (Has("SoapAction")) return ByLogType["EWS Logs"];
        if (Has("network-message-id") && Has("event-id")) return ByLogType["Message Tracking Log"];
        string slug = Slug(logType ?? "other");
        return new($"exchange-{slug}", logType is null ? "Exchange text log" : $"Exchange log ({logType})", new(null, "exchange", slug));

        bool Has(string name) => columns.Contains(name, StringComparer.OrdinalIgnoreCase);
    }

    // The log type is written by whoever wrote the file: only letters and digits of it become part of an id.
    static string Slug(string text)
    {
        var slug = new StringBuilder();
        foreach (char c in text.ToLowerInvariant())
        {
            if (char.IsAsciiLetterOrDigit(c)) slug.Append(c);
            else if (slug.Length > 0 && slug[^1] != '-') slug.Append('-');
            if (slug.Length == 40) break;
        }

        return slug.ToString().Trim('-') is { Length: > 0 } s ? s : "other";
    }
}
