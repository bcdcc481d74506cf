using System.Collections.Frozen;
using System.Text.RegularExpressions;

namespace Tocsin.Evidence.Sources;

/// <summary>Finds the host in what collectors and people call a collection.</summary>
internal static partial class HostNames
{
    // What people call the folder between the host and the drive.
    static readonly FrozenSet<string> Generic = new[]
    {
        "auto", "uploads", "ntfs", "lazy_ntfs", "ntfs_vss", "mft", "file", "data", "files", "evidence", "beweise", "collection", "collections", "kape",
        "tout", "tdest", "target", "targets", "triage", "output", "out", "mnt", "media", "mount", "disk", "image", "tmp", "temp", "case", "cases",
        "logs", "artifacts", "velociraptor", "cylr", "home", "root", "downloads", "desktop", "documents", "zip", "tar", "fs", "export", "copy",
    }.ToFrozenSet(StringComparer.OrdinalIgnoreCase);

    /// <summary>The host that a path to a collection names in its last part that says anything.</summary>
    public static string? FromPath(string path)
    {
        string[] parts = path.Split('/');
        for (int at = parts.Length - 1; at >= 0; at--)
        {
            string name = WithoutExtension(parts[at].TrimEnd('!'));
            if (name.Length < 2 || IsGeneric(name) || StartsWithDate().IsMatch(name) && !KapeName().IsMatch(name)) continue;
            return FromName(name);
        }

        return null;
    }

    /// <summary>Whether a folder name says nothing about the host.</summary>
    public static bool IsGeneric(string name) => Generic.Contains(name);

    /// <summary>The host in one name without extension; null if the name cannot be one.</summary>
    public static string? FromName(string name)
    {
        foreach (Regex pattern in (ReadOnlySpan<Regex>)[VelociraptorOffline(), VelociraptorExport(), KapeName()])
        {
            if (pattern.Match(name) is { Success: true } match) name = match.Groups[1].Value;
        }

        return Host().IsMatch(name) ? name : null;
    }

    static string WithoutExtension(string name)
    {
        foreach (string extension in (ReadOnlySpan<string>)[".zip", ".tar.gz", ".tgz", ".tar", ".gz"])
        {
            if (name.EndsWith(extension, StringComparison.OrdinalIgnoreCase)) return name[..^extension.Length];
        }

        return name;
    }

    [GeneratedRegex(@"^Collection-(.+?)-\d{4}-\d\d-\d\dT", RegexOptions.CultureInvariant)]
    private static partial Regex VelociraptorOffline();

    [GeneratedRegex(@"^(.+?)-(?:C\.[0-9a-f]+-)?[FH]\.[0-9A-Z]+", RegexOptions.CultureInvariant)]
    private static partial Regex VelociraptorExport();

    [GeneratedRegex(@"^\d{4}-\d\d-\d\dT\d{6}_(.+)$", RegexOptions.CultureInvariant)]
    private static partial Regex KapeName();

    [GeneratedRegex(@"^\d{4}-?\d\d-?\d\d", RegexOptions.CultureInvariant)]
    private static partial Regex StartsWithDate();

    [GeneratedRegex(@"^(?=.*[A-Za-z])[A-Za-z0-9](?:[A-Za-z0-9._-]{0,253}[A-Za-z0-9])?$", RegexOptions.CultureInvariant)]
    private static partial Regex Host();
}
