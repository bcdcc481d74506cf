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

    static string? Shared()
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
        string path = Path.Combine(Shared() ?? "", "corpus", "sigma-rules.tar.gz");
        if (!File.Exists(path)) return null;

        var rules = new List<SigmaRule>();
        var diagnostics = new List<Diagnostic>();
        int files = 0;
        using var tar = new TarReader(new GZipStream(File.OpenRead(path), CompressionMode.Decompress));
        while (tar.GetNextEntry() is { } entry)
        {
            if (entry.DataStream is null || !entry.Name.EndsWith(".yml", StringComparison.Ordinal)) continue;
            files++;
            using var text = new StreamReader(entry.DataStream, Encoding.UTF8);
            rules.AddRange(SigmaParser.Parse(text.ReadToEnd(), entry.Name, diagnostics));
        }

        return new(files, rules, diagnostics);
    }
}
