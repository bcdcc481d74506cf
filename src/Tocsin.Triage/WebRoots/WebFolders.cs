namespace Tocsin.Triage.WebRoots;

/// <summary>The folders of a collection in which pages of a web site would lie, and what is in them.</summary>
internal sealed class WebFolders
{
    readonly Dictionary<string, HashSet<string>> _names = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>Takes the paths of all files of a collection.</summary>
    public WebFolders(IEnumerable<string> paths)
    {
        foreach (string path in paths)
        {
            string plain = path.Replace('/', '\\');
            int at = plain.LastIndexOf('\\');
            if (at < 0) continue;
            string folder = plain[..at];
            if (!_names.TryGetValue(folder, out HashSet<string>? names)) _names.Add(folder, names = new(StringComparer.OrdinalIgnoreCase));
            names.Add(plain[(at + 1)..]);
        }
    }

    /// <summary>
    /// Whether a page of this path on the web site is not in the collection, although every folder in which it could lie is. A folder
    /// that was emptied leaves no file: for it its parent speaks.
    /// </summary>
    public bool IsGone(string sitePath)
    {
        string[] parts = sitePath.Split('/', StringSplitOptions.RemoveEmptyEntries);
        if (parts.Length == 0 || parts[0] == "~") return false;
        string name = parts[^1], below = string.Join('\\', parts[..^1]);
        // Exchange has two web sites of the same paths: front end and back end. Both must have been collected.
        string[] roots = parts.Length > 1 && (Is(parts[0], "owa") || Is(parts[0], "ecp")) ? [@"\FrontEnd\HttpProxy", @"\ClientAccess"]
            : parts.Length > 1 && Is(parts[0], "oab") ? [@"\FrontEnd\HttpProxy"]
            : [@"\wwwroot"];
        foreach (string root in roots)
        {
            string wanted = below.Length == 0 ? root : root + "\\" + below;
            string parent = wanted[..wanted.LastIndexOf('\\')];
            bool collected = false;
            foreach ((string folder, HashSet<string> names) in _names)
            {
                if (folder.EndsWith(wanted, StringComparison.OrdinalIgnoreCase))
                {
                    if (names.Contains(name)) return false;
                    collected = true;
                }
                else if (parent.Length > 0 && folder.EndsWith(parent, StringComparison.OrdinalIgnoreCase))
                {
                    collected = true;
                }
            }

            if (!collected) return false;
        }

        return true;
    }

    static bool Is(string part, string name) => part.Equals(name, StringComparison.OrdinalIgnoreCase);
}
