using Tocsin.Detection.Yara;

namespace Tocsin.Detection.Tests.Yara;

/// <summary>The engines that are here, and a place beside the tests for the portable one's machine code.</summary>
static class Engines
{
    public static YaraEngine[] Here { get; } = YaraCompiler.HasNative ? [YaraEngine.Portable, YaraEngine.Native] : [YaraEngine.Portable];

    public static YaraOptions Options(YaraEngine engine) => new() { Engine = engine, Cache = new Folder() };

    public static YaraRules Compile(YaraEngine engine, params YaraSource[] sources)
    {
        var diagnostics = new List<Diagnostic>();
        YaraRules rules = YaraCompiler.Compile(sources, Options(engine), diagnostics)!;
        Assert.Empty(diagnostics);
        return rules;
    }

    public static List<YaraMatch> Scan(YaraRules rules, ReadOnlyMemory<byte> content, YaraVariables variables = default)
    {
        using YaraScanner scanner = rules.NewScanner();
        var matches = new List<YaraMatch>();
        Assert.Equal(YaraOutcome.Done, scanner.Scan(content, variables, matches));
        return matches;
    }

    /// <summary>All that a match says, as one text.</summary>
    public static string Text(IEnumerable<YaraMatch> matches) => string.Join('\n', matches.Select(m =>
        $"{m.Namespace}/{m.Rule} [{string.Join(' ', m.Tags)}] {string.Join("; ", m.Meta.Select(v => $"{v.Key}={v.Value}"))} {string.Join(' ', m.Strings.Select(s => $"{s.Identifier}@{s.Offset}+{s.Length}"))}"));

    sealed class Folder : IYaraCache
    {
        static readonly string Path = System.IO.Path.Combine(AppContext.BaseDirectory, "yara-cache");

        public byte[] Load(string key) => File.Exists(System.IO.Path.Combine(Path, key)) ? File.ReadAllBytes(System.IO.Path.Combine(Path, key)) : [];

        public void Keep(string key, ReadOnlySpan<byte> code)
        {
            Directory.CreateDirectory(Path);
            File.WriteAllBytes(System.IO.Path.Combine(Path, key), code.ToArray());
        }
    }
}
