using System.Collections.Concurrent;
using Tocsin.Detection;
using Tocsin.Detection.Yara;
using Tocsin.Packs;

namespace Tocsin.Triage.Yara;

/// <summary>The YARA rules of a scan: those of its packs and those that the user gave. Safe to share between threads.</summary>
/// <remarks>
/// Nothing is compiled before the first file is met for them, unless the user's own rules were given: their errors are to be
/// told before the scan. Scanners are made as threads need them and used again.
/// </remarks>
public sealed class YaraSet : IDisposable
{
    /// <summary>What the namespaces of users' rules begin with. Rules of packs have their file's path, which cannot begin so.</summary>
    public const string UserNamespace = "user:";

    readonly YaraSource[] _sources;
    readonly YaraOptions _options;
    readonly Lock _lock = new();
    readonly ConcurrentBag<YaraScanner> _scanners = [];
    YaraRules? _rules;
    bool _failed;

    YaraSet(IEnumerable<YaraSource> sources, YaraOptions options)
    {
        _sources = [.. sources];
        _options = options;
    }

    /// <summary>Whether there are any rules.</summary>
    public bool Any => _sources.Length > 0;

    /// <summary>How many rules were compiled; 0 where no file was met for them.</summary>
    public int Rules => _rules?.Count ?? 0;

    /// <summary>The engine in use; null before the first file.</summary>
    public YaraEngine? Engine => _rules?.Engine;

    /// <summary>The rules of packs. Files that several packs take in are one.</summary>
    public static YaraSet OfPacks(IEnumerable<ThreatPack> packs, YaraOptions options) => new(SourcesOf(packs), options);

    /// <summary>The rules of packs and a user's, compiled now.</summary>
    /// <param name="packs">The packs.</param>
    /// <param name="user">The user's files; their namespaces are given here.</param>
    /// <param name="options">Which engine.</param>
    /// <param name="diagnostics">Takes what was refused of the user's files.</param>
    /// <param name="counts">How many of the user's files and rules are in use.</param>
    public static YaraSet Of(IEnumerable<ThreatPack> packs, IReadOnlyList<YaraSource> user, YaraOptions options, ICollection<Diagnostic> diagnostics, out (int Files, int Rules) counts)
    {
        var set = new YaraSet([.. SourcesOf(packs), .. user.Select((s, i) => s with { Namespace = $"{UserNamespace}{i}" })], options);
        set._rules = YaraCompiler.Compile(set._sources, options, diagnostics);
        set._failed = set._rules is null;
        YaraSource[] taken = [.. (set._rules?.Sources ?? []).Where(s => s.Namespace.StartsWith(UserNamespace, StringComparison.Ordinal))];
        counts = (taken.Length, taken.Sum(s => YaraOutline.Of(s.Text).Count));
        return set;
    }

    static IEnumerable<YaraSource> SourcesOf(IEnumerable<ThreatPack> packs) =>
        packs.SelectMany(p => p.Yara).DistinctBy(y => y.Path).Select(y => new YaraSource(y.Path, y.Path, y.Text));

    /// <summary>The file that a match's rule stands in; null where it is one of a pack's.</summary>
    internal string? UserFile(YaraMatch match) => match.Namespace.StartsWith(UserNamespace, StringComparison.Ordinal)
        ? _sources.First(s => s.Namespace == match.Namespace).File
        : null;

    /// <summary>Compares a file with all rules; null where there is no engine to do it.</summary>
    internal YaraOutcome? Scan(ReadOnlyMemory<byte> content, in YaraVariables variables, ICollection<YaraMatch> matches)
    {
        if (Compiled() is not { } rules) return null;
        if (!_scanners.TryTake(out YaraScanner? scanner)) scanner = rules.NewScanner();
        try
        {
            return scanner.Scan(content, variables, matches);
        }
        finally
        {
            _scanners.Add(scanner);
        }
    }

    YaraRules? Compiled()
    {
        lock (_lock)
        {
            if (_rules is not null || _failed) return _rules;
            var diagnostics = new List<Diagnostic>();
            _rules = YaraCompiler.Compile(_sources, _options, diagnostics);
            _failed = _rules is null;
            if (_rules is not null && diagnostics.Count > 0) throw new InvalidOperationException($"A pack has YARA rules that cannot be compiled: {string.Join(Environment.NewLine, diagnostics)}");
            return _rules;
        }
    }

    /// <inheritdoc />
    public void Dispose()
    {
        while (_scanners.TryTake(out YaraScanner? scanner)) scanner.Dispose();
        _rules?.Dispose();
        _rules = null;
        _failed = true;
    }
}
