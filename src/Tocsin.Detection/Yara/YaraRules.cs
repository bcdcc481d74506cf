namespace Tocsin.Detection.Yara;

/// <summary>Compiled YARA rules. Immutable and safe to share between threads; each thread takes a scanner of its own.</summary>
/// <remarks><see cref="YaraCompiler"/> → <see cref="YaraRules"/> → <see cref="YaraScanner"/>. Scanners are disposed before the rules are.</remarks>
public abstract class YaraRules : IDisposable
{
    private protected YaraRules(IReadOnlyList<YaraSource> sources, YaraEngine engine)
    {
        Sources = sources;
        Engine = engine;
        Count = sources.Sum(s => YaraOutline.Of(s.Text).Count);
    }

    /// <summary>The files that were compiled, without those that were refused.</summary>
    public IReadOnlyList<YaraSource> Sources { get; }

    /// <summary>How many rules there are in them, private ones included.</summary>
    public int Count { get; }

    /// <summary>The engine that compiled them: never <see cref="YaraEngine.Auto"/>.</summary>
    public YaraEngine Engine { get; }

    /// <summary>A scanner for one thread.</summary>
    public abstract YaraScanner NewScanner();

    /// <inheritdoc />
    public abstract void Dispose();
}

/// <summary>Compares files with rules, one after another. For one thread.</summary>
public abstract class YaraScanner : IDisposable
{
    private protected YaraScanner()
    {
    }

    /// <summary>Compares one file with all rules. A hostile file costs bounded work and memory.</summary>
    /// <param name="content">The file's bytes.</param>
    /// <param name="variables">What rules may know of it beside them.</param>
    /// <param name="matches">Takes the rules that match, in the order of files and rules; nothing is added where the outcome is not <see cref="YaraOutcome.Done"/>.</param>
    public abstract YaraOutcome Scan(ReadOnlyMemory<byte> content, in YaraVariables variables, ICollection<YaraMatch> matches);

    /// <inheritdoc />
    public abstract void Dispose();
}
