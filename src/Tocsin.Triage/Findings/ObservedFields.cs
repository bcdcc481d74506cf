using System.Text;
using Tocsin.Evidence.Records;
using Tocsin.Triage.Reports;

namespace Tocsin.Triage.Findings;

/// <summary>Takes from a matching record what it names that others can look for.</summary>
internal static class ObservedFields
{
    /// <summary>Bounds what a finding costs in memory; a name or a command that is longer is cut.</summary>
    const int MaxBytes = 2048;

    static readonly string[] _ofRequests = ["cs-method", "cs-uri-stem", "cs-host", "cs(Host)", "cs(User-Agent)"], _ofProxiedRequests = ["Method", "UrlStem", "UrlHost", "UserAgent"];
    static readonly string[] _ofFiles = ["Path", "Directory", "Name"], _ofKeys = ["Key"];

    /// <summary>
    /// The fields that are asked of every record of a source. Of Windows events none, since each one asked for is rendered in events by the
    /// million: there only what rules look at can be told.
    /// </summary>
    public static IReadOnlyList<string> Of(LogSource source) => source switch
    {
        { Category: "webserver" } => _ofRequests,
        { Service: "httpproxy" } => _ofProxiedRequests,
        { Category: "file" or "webpage" } => _ofFiles,
        { Category: "registry" } => _ofKeys,
        _ => [],
    };

    /// <summary>Null where the record names nothing of the sort.</summary>
    public static Observed? Of(LogSource source, in Record record)
    {
        Observed observed = source switch
        {
            { Category: "webserver" } => new(
                Text(record, "cs(Host)") ?? Text(record, "cs-host"), Text(record, "cs-uri-stem"), Text(record, "cs-method"), Text(record, "cs(User-Agent)"), null, null, null, null),
            { Service: "httpproxy" } => new(Text(record, "UrlHost"), Text(record, "UrlStem"), Text(record, "Method"), Text(record, "UserAgent"), null, null, null, null),
            { Category: "file" or "webpage" } => Observed.Nothing with { File = FileOf(record) },
            { Category: "registry" } => Observed.Nothing with { RegistryKey = Text(record, "Key") },
            { Product: "windows" } => new(
                null, null, null, null, Text(record, "TargetFilename"), Text(record, "Image") ?? Text(record, "NewProcessName"), Text(record, "CommandLine"), Text(record, "TargetObject")),
            _ => Observed.Nothing,
        };
        return observed == Observed.Nothing ? null : observed;
    }

    static string? FileOf(in Record record) =>
        Text(record, "Path") ?? (Text(record, "Name") is not { } name ? null : Text(record, "Directory") is { } folder ? $"{folder.TrimEnd('\\')}\\{name}" : name);

    static string? Text(in Record record, string field)
    {
        if (record.Fields.IndexOf(field) is not (>= 0 and var index)) return null;
        ReadOnlySpan<byte> value = record[index];
        return value.IsEmpty || value is [(byte)'-'] ? null : Encoding.UTF8.GetString(value.Length > MaxBytes ? value[..MaxBytes] : value);
    }
}
