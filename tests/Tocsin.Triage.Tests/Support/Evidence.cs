using System.Text;
using Tocsin.Detection;
using Tocsin.Packs;
using Tocsin.Triage.Reports;
using Tocsin.Triage.Scanning;
using Tocsin.Triage.Verdicts;

namespace Tocsin.Triage.Tests.Support;

/// <summary>Scans evidence, real or made by the test, with the packs of the program.</summary>
static class Evidence
{
    static readonly Lazy<IReadOnlyList<ThreatPack>> Loaded = new(() =>
    {
        var diagnostics = new List<Diagnostic>();
        IReadOnlyList<ThreatPack> packs = PackLoader.LoadEmbedded(diagnostics);
        Assert.Empty(diagnostics);
        return packs;
    });

    public static IReadOnlyList<ThreatPack> Packs => Loaded.Value;

    /// <summary>The folder of real evidence beside the repository, or null.</summary>
    public static string? Shared { get; } = FindShared();

    public static ScanReport Scan(string path, int threads = 2) => Scanner.Scan(new ScanOptions { Paths = [path], Packs = Packs, Threads = threads });

    /// <summary>Scans files made by the test; names may have folders.</summary>
    public static ScanReport Scan(params (string Name, byte[] Content)[] files)
    {
        using var folder = new TemporaryFolder();
        foreach ((string name, byte[] content) in files) folder.Write(name, content);
        return Scan(folder.Path);
    }

    public static (string Verdict, string Stage) Of(ScanReport report, string wave)
    {
        WaveReport found = report.Servers.SelectMany(s => s.Waves).Where(w => w.Pack == wave).MaxBy(w => w.Stage) ?? throw new InvalidOperationException("No server was found.");
        return (Words.Of(found.Verdict), Words.Of(found.Stage));
    }

    public static byte[] Lines(params string[] lines) => Encoding.UTF8.GetBytes(string.Concat(lines.Select(l => l + "\r\n")));

    static string? FindShared()
    {
        string? set = Environment.GetEnvironmentVariable("TOCSIN_SHARED");
        if (!string.IsNullOrEmpty(set)) return Directory.Exists(set) ? set : null;
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (!File.Exists(Path.Combine(folder.FullName, "Tocsin.slnx"))) continue;
            string shared = Path.Combine(folder.Parent?.FullName ?? "", "shared");
            return Directory.Exists(Path.Combine(shared, "evidence")) ? shared : null;
        }

        return null;
    }
}

sealed class TemporaryFolder : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("tocsin").FullName;

    public void Write(string name, byte[] content)
    {
        string file = System.IO.Path.Combine(Path, name);
        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(file)!);
        File.WriteAllBytes(file, content);
    }

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
