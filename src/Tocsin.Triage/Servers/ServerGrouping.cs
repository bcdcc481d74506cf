using Tocsin.Triage.Reports;
using Tocsin.Triage.Scanning;

namespace Tocsin.Triage.Servers;

/// <summary>Tells the servers in a source apart and says which artifact belongs to which.</summary>
/// <remarks>
/// Two collections are two servers. Within one, logs that name their server belong to it; logs that name none (IIS does not)
/// belong to the server that the other logs of the nearest folder name, if these agree. Where they do not agree, the log
/// stays in a group of its own: a wrong server would give a wrong verdict.
/// </remarks>
internal static class ServerGrouping
{
    public static IReadOnlyList<ServerEvidence> Group(IEnumerable<ArtifactScan> artifacts)
    {
        var servers = new List<ServerEvidence>();
        foreach (var collection in artifacts.GroupBy(a => a.File.Collection, StringComparer.Ordinal).OrderBy(g => g.Key, StringComparer.Ordinal))
        {
            servers.AddRange(GroupCollection(collection.Key, [.. collection]));
        }

        return Distinguish(servers);
    }

    static IEnumerable<ServerEvidence> GroupCollection(string collection, ArtifactScan[] artifacts)
    {
        var hostOf = artifacts.ToDictionary(a => a, HostOf);
        string[] hosts = [.. hostOf.Values.OfType<string>().Distinct(StringComparer.OrdinalIgnoreCase).Order(StringComparer.OrdinalIgnoreCase)];
        if (hosts.Length <= 1)
        {
            (string name, string from) = hosts.Length == 1 ? (hosts[0], "named in its logs") : Unnamed(collection, artifacts);
            yield return new(name, from, artifacts);
            yield break;
        }

        var folders = new Dictionary<string, string?>(StringComparer.Ordinal);
        foreach ((ArtifactScan artifact, string? host) in hostOf)
        {
            if (host is null) continue;
            for (string? folder = Folder(artifact.File.Path); folder is not null; folder = Folder(folder))
            {
                if (!folders.TryAdd(folder, host) && !string.Equals(folders[folder], host, StringComparison.OrdinalIgnoreCase)) folders[folder] = null;
            }
        }

        var groups = new SortedDictionary<string, List<ArtifactScan>>(StringComparer.OrdinalIgnoreCase);
        foreach (ArtifactScan artifact in artifacts)
        {
            string name = hostOf[artifact] ?? NearestHost(artifact.File.Path, folders) ?? "";
            if (!groups.TryGetValue(name, out List<ArtifactScan>? group)) groups.Add(name, group = []);
            group.Add(artifact);
        }

        foreach ((string name, List<ArtifactScan> group) in groups)
        {
            yield return name.Length > 0
                ? new(name, "named in its logs", group)
                : new("(server not known)", "several servers' logs lie together and these do not say whose they are", group);
        }
    }

    // The name that most records give. A log that several servers wrote into names several; the writer's own wins.
    static string? HostOf(ArtifactScan artifact)
    {
        string? host = artifact.Report.Hosts.Where(h => IsHostName(h.Key)).OrderByDescending(h => h.Value).ThenBy(h => h.Key, StringComparer.OrdinalIgnoreCase).Select(h => h.Key).FirstOrDefault();
        if (host is null) return null;
        int dot = host.IndexOf('.', StringComparison.Ordinal);
        return (dot > 0 && !char.IsAsciiDigit(host[0]) ? host[..dot] : host).ToUpperInvariant();
    }

    // A log may bear anything in that column; a report's heading may not.
    static bool IsHostName(string name) => name.Length is > 0 and <= 255 && name.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.');

    static string? NearestHost(string path, Dictionary<string, string?> folders)
    {
        for (string? folder = Folder(path); folder is not null; folder = Folder(folder))
        {
            if (folders.TryGetValue(folder, out string? host)) return host;
        }

        return null;
    }

    static string? Folder(string path)
    {
        int slash = path.LastIndexOf('/');
        return slash < 0 ? null : path[..slash];
    }

    static (string Name, string From) Unnamed(string collection, ArtifactScan[] artifacts)
    {
        string? hint = artifacts.Select(a => a.File.HostHint).OfType<string>().Order(StringComparer.Ordinal).FirstOrDefault();
        if (hint is not null) return (hint, "named by its collection");
        string last = collection.TrimEnd('/', '!').Split('/')[^1];
        return last.Length > 0 ? (last, "name of its folder") : ("(server not known)", "its evidence does not name it");
    }

    // Two servers of one name (two customers' EX01) are shown with where they are from.
    static List<ServerEvidence> Distinguish(List<ServerEvidence> servers)
    {
        var twice = servers.GroupBy(s => s.Name, StringComparer.OrdinalIgnoreCase).Where(g => g.Count() > 1).Select(g => g.Key).ToHashSet(StringComparer.OrdinalIgnoreCase);
        return [.. servers.Select(s => twice.Contains(s.Name) && s.Artifacts[0].File.Collection is { Length: > 0 } c ? s with { Name = $"{s.Name} ({c})" } : s)];
    }

    /// <summary>Whether an artifact says anything of a server, so that a folder of pictures makes none.</summary>
    public static bool IsEvidence(ArtifactScan artifact) =>
        artifact.State is ArtifactState.Read or ArtifactState.Damaged or ArtifactState.NotRead or ArtifactState.Unreadable;
}
