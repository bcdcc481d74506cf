using System.CommandLine;
using Tocsin.Detection;
using Tocsin.Detection.Yara;
using Tocsin.Packs;
using Tocsin.Triage.Reports;
using Tocsin.Triage.Yara;

namespace Tocsin.Cli;

/// <summary>The YARA options of commands: rules from disk, the engine, where its machine code is kept.</summary>
internal static class YaraFiles
{
    /// <summary>signature-base has 737 files; a home directory given by mistake has a million.</summary>
    const int MaxFiles = 20_000;

    public static Option<YaraEngine> EngineOption() => new("--yara-engine")
    {
        HelpName = "auto|portable|native",
        Description = "What compares files with YARA rules: the system's libyara 4.2 (native), the engine that came with this program (portable), or libyara where it is installed (auto). The answers are the same.",
        DefaultValueFactory = _ => YaraEngine.Auto,
    };

    public static Option<string?> CacheOption() => new("--yara-cache")
    {
        HelpName = "DIR|off",
        Description = $"Where the portable engine's machine code (24 MB) is kept between runs: making it takes seconds. Default: {YaraCacheFolder.Default}.",
    };

    public static YaraOptions Options(YaraEngine engine, string? cache) =>
        new() { Engine = engine, Cache = cache == "off" ? null : new YaraCacheFolder(cache ?? YaraCacheFolder.Default) };

    /// <summary>The rules of the packs and the user's; null, with the reason printed, where there is nothing to scan with.</summary>
    public static YaraSet? Set(IReadOnlyList<ThreatPack> packs, IReadOnlyList<string> paths, YaraOptions options, TextWriter errors)
    {
        if (paths.Count == 0) return YaraSet.OfPacks(packs, options);
        if (Read(paths, errors) is not { } sources) return null;
        var diagnostics = new List<Diagnostic>();
        YaraSet set = YaraSet.Of(packs, sources, options, diagnostics, out (int Files, int Rules) counts);
        foreach (Diagnostic d in diagnostics) errors.WriteLine(Inert.Terminal($"{d.File}({d.Line},{d.Column}): {d.Code} {d.Message} {d.Hint}"));
        errors.WriteLine($"YARA: {counts.Rules} rules from {counts.Files} of {sources.Count} files ({set.Engine?.ToString().ToLowerInvariant()} engine).");
        if (counts.Files > 0) return set;
        errors.WriteLine("tocsin: none of the YARA files can be used. Correct them, or leave --yara out.");
        set.Dispose();
        return null;
    }

    static List<YaraSource>? Read(IReadOnlyList<string> paths, TextWriter errors)
    {
        var sources = new List<YaraSource>();
        foreach (string path in paths)
        {
            try
            {
                string[] files = Directory.Exists(path) ? [.. InFolder(path)] : [path];
                if (files.Length == 0) errors.WriteLine($"tocsin: there is no .yar or .yara file in '{Inert.Terminal(path)}'.");
                foreach (string file in files) sources.Add(new(file, "", File.ReadAllText(file)));
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                errors.WriteLine($"tocsin: the YARA rules in '{Inert.Terminal(path)}' cannot be read: {e.Message} Name a file, or a folder of .yar files.");
                return null;
            }
        }

        return sources;
    }

    static IEnumerable<string> InFolder(string folder) =>
        Directory.EnumerateFiles(folder, "*", new EnumerationOptions { RecurseSubdirectories = true, MaxRecursionDepth = 16, AttributesToSkip = FileAttributes.ReparsePoint })
            .Take(MaxFiles).Where(f => Path.GetExtension(f).ToLowerInvariant() is ".yar" or ".yara").Order(StringComparer.Ordinal);
}

/// <summary>Keeps the engine's machine code in a folder that the user alone can write.</summary>
internal sealed class YaraCacheFolder(string folder) : IYaraCache
{
    /// <summary>The user's own folder for such things: <c>~/.cache/tocsin</c>, or <c>AppData\Local\tocsin</c>.</summary>
    public static string Default { get; } = OperatingSystem.IsWindows()
        ? Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData), "tocsin")
        : Path.Combine(Environment.GetEnvironmentVariable("XDG_CACHE_HOME") is { Length: > 0 } xdg ? xdg : Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".cache"), "tocsin");

    public byte[] Load(string key)
    {
        try
        {
            // What is loaded is executed: a file or folder that others can write might be somebody else's code.
            string path = Path.Combine(folder, key);
            return File.Exists(path) && IsOurs(path) && IsOurs(folder) ? File.ReadAllBytes(path) : [];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }

    public void Keep(string key, ReadOnlySpan<byte> code)
    {
        try
        {
            if (OperatingSystem.IsWindows()) Directory.CreateDirectory(folder);
            else Directory.CreateDirectory(folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
            string path = Path.Combine(folder, key), making = $"{path}.{Environment.ProcessId}";
            using (FileStream file = File.Create(making)) file.Write(code);
            File.Move(making, path, overwrite: true);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // The next run makes it again.
        }
    }

    static bool IsOurs(string path) => OperatingSystem.IsWindows() || (File.GetUnixFileMode(path) & (UnixFileMode.GroupWrite | UnixFileMode.OtherWrite)) == 0;
}
