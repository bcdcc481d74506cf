using Wasmtime;

namespace Tocsin.Detection.Yara.Portable;

/// <summary>Rules compiled by YARA-X, kept as the state of the instance that compiled them.</summary>
internal sealed class PortableRules : YaraRules
{
    readonly EngineModule _engine;
    readonly InnerModules _inner;
    readonly EngineSnapshot _snapshot;
    readonly int _rules;

    PortableRules(EngineModule engine, InnerModules inner, EngineSnapshot snapshot, int rules, IReadOnlyList<YaraSource> sources)
        : base(sources, YaraEngine.Portable)
    {
        _engine = engine;
        _inner = inner;
        _snapshot = snapshot;
        _rules = rules;
    }

    /// <summary>Work for compiling a file: 737 files with 8.5 MB take a hundredth of what their bytes allow.</summary>
    const ulong FuelToCompile = 50_000_000_000, FuelToCompileByte = 500_000;

    /// <summary>Compiles; files that are refused are reported and left out.</summary>
    public static PortableRules Compile(IReadOnlyList<YaraSource> sources, YaraOptions options, ICollection<Diagnostic> diagnostics)
    {
        EngineModule engine = EngineModule.Get(options.Cache);
        var inner = new InnerModules(engine.Engine);
        IReadOnlyList<YaraSource> good = sources;

        // A file with an error leaves what was good of it behind: once the bad files are known, the others are compiled without them.
        while (true)
        {
            var bad = new HashSet<YaraSource>(ReferenceEqualityComparer.Instance);
            using EngineInstance instance = EngineInstance.Fresh(engine, inner);
            int compiler = instance.NewCompiler();
            foreach (string name in YaraVariables.Names) instance.Define(compiler, name, "");
            YaraSource? at = null;
            try
            {
                int errors = 0;
                foreach (YaraSource source in good)
                {
                    at = source;
                    instance.Fuel = FuelToCompile + FuelToCompileByte * (ulong)source.Text.Length;
                    instance.Namespace(compiler, source.Namespace);
                    IReadOnlyList<string> all = instance.Add(compiler, source.Text);
                    if (all.Count <= errors) continue;
                    bad.Add(source);
                    foreach (string error in all.Skip(errors)) diagnostics.Add(PortableErrors.Read(error, source.File));
                    errors = all.Count;
                }

                at = null;
                if (bad.Count == 0)
                {
                    instance.Fuel = FuelToCompile + FuelToCompileByte * (ulong)good.Sum(s => (long)s.Text.Length);
                    int rules = instance.Build(compiler);
                    instance.FreeCompiler(compiler);
                    return new PortableRules(engine, inner, instance.Snapshot(), rules, good);
                }
            }
            catch (Exception e) when (e is WasmtimeException or HostException && at is not null)
            {
                bad.Add(at);
                diagnostics.Add(new(YaraCodes.TooLarge, at.File, 1, 1, $"Compiling these rules costs more than any honest rules do: {FirstLine(e.Message)}.", "Split the file, or leave it out."));
            }

            good = [.. good.Where(s => !bad.Contains(s))];
        }
    }

    static string FirstLine(string message) => message.Split('\n')[0].TrimEnd('.', '\r');

    /// <inheritdoc />
    public override YaraScanner NewScanner() => new PortableScanner(this);

    /// <summary>An instance with the rules in it, and its scanner.</summary>
    public EngineInstance Clone(out int scanner)
    {
        EngineInstance instance = EngineInstance.Of(_engine, _inner, _snapshot);
        scanner = instance.NewScanner(_rules);
        return instance;
    }

    /// <inheritdoc />
    public override void Dispose() => _inner.Dispose();
}
