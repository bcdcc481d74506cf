using System.Formats.Tar;
using System.IO.Compression;
using System.Text;
using Tocsin.Detection.Sigma;

namespace Tocsin.Detection.Tests.Sigma;

/// <summary>SigmaHQ's rules in the folder of shared evidence, where that is at hand.</summary>
static class Corpus
{
    public sealed record Loaded(int Files, IReadOnlyList<SigmaRule> Rules, IReadOnlyList<Diagnostic> Diagnostics);

    static readonly Lazy<Loaded?> Rules = new(Load);

    /// <summary>The corpus, or null (said aloud) where the shared folder is missing.</summary>
    public static Loaded? Find()
    {
        if (Rules.Value is null) Console.WriteLine("NOT RUN: neither TOCSIN_SHARED nor ../shared holds corpus/sigma-rules.tar.gz.");
        return Rules.Value;
    }

    public static string? Shared()
    {
        if (Environment.GetEnvironmentVariable("TOCSIN_SHARED") is { Length: > 0 } named) return named;
        for (DirectoryInfo? folder = new(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "Tocsin.slnx"))) return Path.Combine(folder.FullName, "..", "shared");
        }

        return null;
    }

    static Loaded? Load()
    {
        var rules = new List<SigmaRule>();
        var diagnostics = new List<Diagnostic>();
        int files = 0;
        foreach ((string path, string text) in Entries("sigma-rules.tar.gz", ".yml"))
        {
            files++;
            rules.AddRange(SigmaParser.Parse(text, path, diagnostics));
        }

        return files == 0 ? null : new(files, rules, diagnostics);
    }

    /// <summary>The recorded events, as JSON, each named after the rule that it must hit.</summary>
    public static IEnumerable<(string Path, string Text)> RegressionEvents() => Entries("sigma-regression.tar.gz", ".json");

    /// <summary>How many of a folder's events must hit at least; 0 where SigmaHQ does not say.</summary>
    public static Dictionary<string, int> RegressionCounts() =>
        Entries("sigma-regression.tar.gz", "info.yml").ToDictionary(
            e => e.Path[..e.Path.LastIndexOf('/')],
            e => e.Text.Split("match_count:") is [_, var rest, ..] ? int.Parse(rest.TrimStart().Split('\n')[0]) : 0);

    /// <summary>The recorded events as logs; none where the shared folder is missing.</summary>
    public static IEnumerable<byte[]> RegressionLogs() => Files("sigma-regression.tar.gz", ".evtx").Select(f => f.Content);

    static IEnumerable<(string Path, string Text)> Entries(string archive, string extension)
    {
        foreach ((string path, byte[] content) in Files(archive, extension))
        {
            using var text = new StreamReader(new MemoryStream(content), Encoding.UTF8);
            yield return (path, text.ReadToEnd());
        }
    }

    static IEnumerable<(string Path, byte[] Content)> Files(string archive, string extension)
    {
        string path = Path.Combine(Shared() ?? "", "corpus", archive);
        if (!File.Exists(path)) yield break;

        using var tar = new TarReader(new GZipStream(File.OpenRead(path), CompressionMode.Decompress));
        while (tar.GetNextEntry() is { } entry)
        {
            if (entry.DataStream is null || !entry.Name.EndsWith(extension, StringComparison.Ordinal)) continue;
            var content = new MemoryStream();
            entry.DataStream.CopyTo(content);
            yield return (entry.Name, content.ToArray());
        }
    }
}
