using Tocsin.Triage.Findings;
using Tocsin.Triage.Scanning;

namespace Tocsin.Triage.Yara;

/// <summary>Files that findings name: a command that ran <c>C:\ProgramData\x.dll</c>, a request to <c>/owa/auth/y.aspx</c>.</summary>
internal static class NamedFiles
{
    /// <summary>Names taken; findings of one server name a few dozen. Bounds a log made of file names.</summary>
    const int MaxNames = 2_000;

    /// <summary>Endings of files that attackers drop and run.</summary>
    static readonly string[] Endings =
    [
        ".aspx", ".ashx", ".asmx", ".asp", ".js", ".dll", ".exe", ".ps1", ".bat", ".cmd", ".vbs", ".hta", ".txt", ".zip", ".rar", ".7z", ".cab", ".dmp", ".png", ".jpg", ".gif",
    ];

    /// <summary>The paths of those files of the source that findings name and that nothing has read yet.</summary>
    public static HashSet<string> In(IReadOnlyList<ArtifactScan> artifacts)
    {
        var names = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        foreach (ArtifactScan artifact in artifacts)
        {
            foreach (RuleHits hits in artifact.Hits.Values)
            {
                foreach (Match match in hits.Kept) Take(match.Text, names);
            }
        }

        var found = new HashSet<string>(StringComparer.Ordinal);
        foreach (ArtifactScan artifact in artifacts.Where(a => a.Kind is null))
        {
            if (names.Contains(NameAndFolder(artifact.File.Path)) || names.Contains(Name(artifact.File.Path))) found.Add(artifact.File.Path);
        }

        return found;
    }

    // Takes "folder\name" where the text has a folder, else the name alone: a path in the source ends alike wherever it was copied to.
    internal static void Take(string text, HashSet<string> names)
    {
        for (int dot = text.IndexOf('.'); dot >= 0 && names.Count < MaxNames; dot = text.IndexOf('.', dot + 1))
        {
            string? ending = Array.Find(Endings, e => text.AsSpan(dot).StartsWith(e, StringComparison.OrdinalIgnoreCase));
            if (ending is null || dot + ending.Length < text.Length && (char.IsLetterOrDigit(text[dot + ending.Length]) || text[dot + ending.Length] == '_')) continue;
            int name = dot;
            while (name > 0 && IsOfName(text[name - 1])) name--;
            if (name == dot) continue;
            int folder = name - 1;
            while (folder > 0 && IsOfName(text[folder - 1])) folder--;
            bool hasFolder = name > 0 && text[name - 1] is '\\' or '/' && folder < name - 1;
            names.Add(text[(hasFolder ? folder : name)..(dot + ending.Length)].Replace('\\', '/'));
        }
    }

    // Not the space: a command line has several words, and a folder with one is told by its last word.
    static bool IsOfName(char c) => char.IsLetterOrDigit(c) || c is '_' or '-' or '.' or '$' or '~' or '{' or '}' or '(' or ')';

    static string Name(string path) => path[(path.LastIndexOf('/') + 1)..];

    static string NameAndFolder(string path)
    {
        int name = path.LastIndexOf('/');
        int folder = name > 0 ? path.LastIndexOf('/', name - 1) : -1;
        return path[(folder + 1)..];
    }
}
