namespace Tocsin.Detection.Yara;

/// <summary>The codes of diagnostics about YARA rules. Each refuses the file it names, and no other.</summary>
public static class YaraCodes
{
    /// <summary>A rule that the engine refuses: syntax, an unknown name, an unused string.</summary>
    public const string Refused = "TY001";

    /// <summary>A file larger than any honest one, or that costs more work to compile.</summary>
    public const string TooLarge = "TY002";

    /// <summary>The engine that was asked for is not there or failed.</summary>
    public const string NoEngine = "TY003";
}
