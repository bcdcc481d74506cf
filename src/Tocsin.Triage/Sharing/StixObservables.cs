using System.Net.Sockets;
using Tocsin.Detection.Indicators;
using Tocsin.Triage.Reports;

namespace Tocsin.Triage.Sharing;

/// <summary>What findings show, as observables of STIX 2.1. One thing is one object, however often it was seen.</summary>
internal sealed class StixObservables(StixObjects objects)
{
    /// <summary>The ids of what an event shows, those that others refer to first.</summary>
    public IEnumerable<string> Of(ChainEvent happened)
    {
        string? source = happened.Client is { } client ? Address(client) : null;
        Observed seen = happened.Observed ?? Observed.Nothing;
        if (seen.Path is { } path)
        {
            if (source is not null) yield return source;
            if (Url(seen.Host, path) is { } url) yield return url;
            // Traffic without either end is none to STIX.
            if (source is not null) yield return Request(source, seen.Method ?? "GET", path, seen.UserAgent);
        }
        else if (source is not null)
        {
            yield return source;
        }

        if (seen.File is { } file) foreach (string id in File(file, null, null)) yield return id;
        if (seen.Program is not null || seen.CommandLine is not null) foreach (string id in Process(seen.Program, seen.CommandLine)) yield return id;
        if (seen.RegistryKey is { } key) yield return RegistryKey(key);
    }

    /// <summary>A file that was read: the last id is its own, those before it are what it refers to.</summary>
    public IEnumerable<string> Of(ArtifactReport artifact) => File(artifact.OriginalPath ?? artifact.Path, artifact.Sha256, artifact.Sha256 is null ? null : artifact.Bytes);

    string? Address(string text)
    {
        if (Indicator.AddressOf(text) is not { } address) return null;
        string type = address.AddressFamily == AddressFamily.InterNetwork ? "ipv4-addr" : "ipv6-addr", value = address.ToString();
        return objects.Observable(type, $"{{\"value\":{CanonicalJson.Text(value)}}}", json => json.WriteString("value", value));
    }

    string? Url(string? host, string path) => host is not null && UrlOf(host, path) is { } value
        ? objects.Observable("url", $"{{\"value\":{CanonicalJson.Text(value)}}}", json => json.WriteString("value", value)) : null;

    /// <summary>The whole address of a request, where its parts, which stand apart in logs, make one.</summary>
    public static string? UrlOf(string host, string path)
    {
        if (!path.StartsWith('/') || Uri.CheckHostName(host.Split(':')[0]) is not (UriHostNameType.Dns or UriHostNameType.IPv4)) return null;
        return Uri.TryCreate($"https://{host}{path}", UriKind.Absolute, out Uri? url) ? Inert.Json(url.AbsoluteUri) : null;
    }

    string Request(string source, string method, string path, string? userAgent)
    {
        string verb = Inert.Json(method).ToLowerInvariant(), value = Inert.Json(path), agent = Inert.Json(userAgent ?? "");
        string header = agent.Length == 0 ? "" : $"\"request_header\":{{\"User-Agent\":[{CanonicalJson.Text(agent)}]}},";
        string extensions = $"{{\"http-request-ext\":{{{header}\"request_method\":{CanonicalJson.Text(verb)},\"request_value\":{CanonicalJson.Text(value)}}}}}";
        return objects.Observable("network-traffic", $"{{\"extensions\":{extensions},\"protocols\":[\"tcp\",\"http\"],\"src_ref\":{CanonicalJson.Text(source)}}}", json =>
        {
            json.WriteStartArray("protocols");
            json.WriteStringValue("tcp");
            json.WriteStringValue("http");
            json.WriteEndArray();
            json.WriteString("src_ref", source);
            json.WriteStartObject("extensions");
            json.WriteStartObject("http-request-ext");
            json.WriteString("request_method", verb);
            json.WriteString("request_value", value);
            if (agent.Length > 0)
            {
                json.WriteStartObject("request_header");
                json.WriteStartArray("User-Agent");
                json.WriteStringValue(agent);
                json.WriteEndArray();
                json.WriteEndObject();
            }

            json.WriteEndObject();
            json.WriteEndObject();
        });
    }

    IEnumerable<string> File(string path, string? sha256, long? bytes)
    {
        string whole = Inert.Json(path);
        int slash = whole.AsSpan().LastIndexOfAny('/', '\\');
        string name = whole[(slash + 1)..], folder = slash > 0 ? whole[..slash] : "";
        if (name.Length == 0 && sha256 is null) yield break;

        string? parent = folder.Length == 0 ? null : objects.Observable("directory", $"{{\"path\":{CanonicalJson.Text(folder)}}}", json => json.WriteString("path", folder));
        if (parent is not null) yield return parent;
        string[] contributing =
        [
            .. sha256 is null ? Array.Empty<string>() : [$"\"hashes\":{{\"SHA-256\":{CanonicalJson.Text(sha256)}}}"],
            .. name.Length == 0 ? Array.Empty<string>() : [$"\"name\":{CanonicalJson.Text(name)}"],
            .. parent is null ? Array.Empty<string>() : [$"\"parent_directory_ref\":{CanonicalJson.Text(parent)}"],
        ];
        yield return objects.Observable("file", $"{{{string.Join(',', contributing)}}}", json =>
        {
            if (sha256 is not null)
            {
                json.WriteStartObject("hashes");
                json.WriteString("SHA-256", sha256);
                json.WriteEndObject();
            }

            if (bytes is { } size) json.WriteNumber("size", size);
            if (name.Length > 0) json.WriteString("name", name);
            if (parent is not null) json.WriteString("parent_directory_ref", parent);
        });
    }

    IEnumerable<string> Process(string? program, string? commandLine)
    {
        string? image = null;
        foreach (string id in program is null ? [] : File(program, null, null))
        {
            yield return id;
            image = id;
        }

        string command = Inert.Json(commandLine ?? "");
        if (image is null && command.Length == 0) yield break;
        // A process has no properties that make it this one; two of the same program and command are one object here.
        yield return objects.Add($"process--{NameUuid.InFormOfRandom("process", image ?? "", command)}", json =>
        {
            if (command.Length > 0) json.WriteString("command_line", command);
            if (image is not null) json.WriteString("image_ref", image);
        });
    }

    string RegistryKey(string key)
    {
        string value = Whole(Inert.Json(key));
        return objects.Observable("windows-registry-key", $"{{\"key\":{CanonicalJson.Text(value)}}}", json => json.WriteString("key", value));
    }

    // STIX wants the names of hives written out.
    static string Whole(string key)
    {
        foreach ((string brief, string whole) in _hives)
        {
            if (key.StartsWith(brief, StringComparison.OrdinalIgnoreCase) && (key.Length == brief.Length || key[brief.Length] == '\\')) return whole + key[brief.Length..];
        }

        return key;
    }

    static readonly (string Brief, string Whole)[] _hives =
        [("HKLM", "HKEY_LOCAL_MACHINE"), ("HKCU", "HKEY_CURRENT_USER"), ("HKU", "HKEY_USERS"), ("HKCR", "HKEY_CLASSES_ROOT"), ("HKCC", "HKEY_CURRENT_CONFIG")];
}
