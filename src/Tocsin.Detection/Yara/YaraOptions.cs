namespace Tocsin.Detection.Yara;

/// <summary>Which program compares files with rules. Both give the same answers; tests hold them against each other.</summary>
public enum YaraEngine
{
    /// <summary>The system's libyara where it is installed and takes all rules that the portable engine takes; otherwise the portable engine.</summary>
    Auto,
    /// <summary>YARA-X as WebAssembly, which travels with the program: same bytes on every system, in a sandbox.</summary>
    Portable,
    /// <summary>The system's libyara 4.2 (<c>libyara.so.9</c>).</summary>
    Native,
}

/// <summary>How rules are compiled and run.</summary>
public sealed record YaraOptions
{
    /// <summary>Which engine.</summary>
    public YaraEngine Engine { get; init; }

    /// <summary>Where the portable engine's machine code is kept between runs; null for nowhere.</summary>
    public IYaraCache? Cache { get; init; }
}
