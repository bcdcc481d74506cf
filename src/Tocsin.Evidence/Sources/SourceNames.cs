namespace Tocsin.Evidence.Sources;

/// <summary>Decides what the paths that a user names are called in the report.</summary>
/// <remarks>
/// Normally by their last part. A path that leads into a drive folder (<c>/cases/EX01/C/inetpub</c>) is called from the folder
/// above the drive on (<c>EX01/C/inetpub</c>), for that tells where its files lay and on which machine. Different places of one name
/// are told apart by <c>#2</c>; where a place lies on the examiner's disk does not appear.
/// </remarks>
internal static class SourceNames
{
    /// <summary>Names the paths, leaving out those that are given twice or lie inside another.</summary>
    public static IReadOnlyList<(string FullPath, string Shown)> Name(IEnumerable<string> paths, ProblemLog problems)
    {
        var named = new List<(string, string)>();
        var taken = new List<string>();
        var anchors = new Dictionary<string, string>(StringComparer.Ordinal);
        var uses = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (string path in paths.Select(FullPath).Where(path => path.Length > 0).Order(StringComparer.Ordinal))
        {
            if (taken.Any(outer => path == outer || path.StartsWith(outer.EndsWith(Path.DirectorySeparatorChar) ? outer : outer + Path.DirectorySeparatorChar, StringComparison.Ordinal)))
            {
                problems.Add(InertName.OfSegment(Path.GetFileName(path)), SourceProblemKind.Note, "named twice, or lies in a folder that was named too; read once");
                continue;
            }

            taken.Add(path);
            string[] parts = path.Split([Path.DirectorySeparatorChar, Path.AltDirectorySeparatorChar], StringSplitOptions.RemoveEmptyEntries);
            if (parts.Length == 0)
            {
                named.Add((path, ""));
                continue;
            }

            int anchor = Anchor(path, parts);
            string place = string.Join('/', parts[..(anchor + 1)]);
            if (!anchors.TryGetValue(place, out string? name))
            {
                name = InertName.OfSegment(parts[anchor]);
                int use = uses[name] = uses.GetValueOrDefault(name) + 1;
                anchors[place] = name = use == 1 ? name : $"{name}#{use}";
            }

            named.Add((path, string.Join('/', [name, .. parts[(anchor + 1)..].Select(part => InertName.OfSegment(part))])));
        }

        return named;
    }

    // Outwards, so that a collection's own drive comes before the examiner's.
    static int Anchor(string path, string[] parts)
    {
        for (int at = parts.Length - 1; at >= 0; at--)
        {
            if (!DriveFolder.TryRead(parts[at], out _, out bool certain)) continue;
            bool leadsInto = at == parts.Length - 1 ? certain || HoldsDriveRoot(path) : DriveFolder.IsAtRoot(parts[at + 1]) && !DriveFolder.IsPersonal(parts[at + 1]);
            if (leadsInto) return Math.Max(0, at - 1);
        }

        return parts.Length - 1;
    }

    static bool HoldsDriveRoot(string folder)
    {
        try
        {
            return Directory.Exists(folder) && Directory.EnumerateDirectories(folder).Any(inner => DriveFolder.IsAtRoot(Path.GetFileName(inner)));
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    static string FullPath(string path)
    {
        string full = path.Length == 0 ? "" : Path.GetFullPath(path);
        return Path.GetPathRoot(full) == full ? full : Path.TrimEndingDirectorySeparator(full);
    }
}
