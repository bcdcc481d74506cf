using Tocsin.Evidence.Ntfs;
using Tocsin.Evidence.Sources;
using Tocsin.Triage.Scanning;

namespace Tocsin.Triage.WebRoots;

/// <summary>When pages came to be on their volumes, as the file tables collected beside them say.</summary>
internal sealed class FileBirths
{
    readonly Dictionary<(string Collection, string Path), DateTime> _births = [];

    public FileBirths(IEnumerable<ArtifactScan> artifacts)
    {
        foreach (ArtifactScan table in artifacts)
        {
            foreach (WebFileBirth birth in table.WebFiles)
            {
                // Two volumes may have the same path: which of them the page lay on nobody says, and the younger one is what a judge must know.
                if (birth.IsDeleted || birth.BornUtc == default) continue;
                var key = (table.File.Collection, Key(birth.Path));
                if (!_births.TryGetValue(key, out DateTime known) || birth.BornUtc > known) _births[key] = birth.BornUtc;
            }
        }
    }

    /// <summary>When the page appeared; null where no table says.</summary>
    public DateTime? Of(SourceFile file) =>
        file.OriginalPath is { } path && _births.TryGetValue((file.Collection, Key(path)), out DateTime born) ? born : null;

    // From the volume's root, as the table has it: C:\inetpub\x.aspx and /inetpub/x.aspx are the same.
    static string Key(string path) => (path.Length >= 2 && path[1] == ':' ? path[2..] : path).Replace('/', '\\').ToLowerInvariant();
}
