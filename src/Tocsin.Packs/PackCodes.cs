namespace Tocsin.Packs;

/// <summary>The codes of diagnostics about threat packs. Each refuses the pack. See <c>docs/formats/pack.md</c>.</summary>
public static class PackCodes
{
    /// <summary>The manifest is not YAML.</summary>
    public const string NotYaml = "TP001";

    /// <summary>A file larger, or nested deeper, than any honest pack.</summary>
    public const string TooLarge = "TP002";

    /// <summary>A required key is missing.</summary>
    public const string MissingKey = "TP003";

    /// <summary>A key that the format does not have.</summary>
    public const string UnknownKey = "TP004";

    /// <summary>A value has the wrong shape: a list where text belongs, text where a map belongs.</summary>
    public const string WrongShape = "TP005";

    /// <summary>A day that is not written as <c>2021-03-02</c>, or a period that ends before it begins.</summary>
    public const string BadDay = "TP006";

    /// <summary>A word of a fixed list, a number or a length of time that is none.</summary>
    public const string BadValue = "TP007";

    /// <summary>A rule names a step that the chain does not have.</summary>
    public const string UnknownStep = "TP008";

    /// <summary>A rule without a sample that fires or without one that stays quiet.</summary>
    public const string NoSample = "TP009";

    /// <summary>Two rules or two steps with one id.</summary>
    public const string DuplicateId = "TP010";

    /// <summary>A file or folder that the manifest names is not there.</summary>
    public const string MissingFile = "TP011";

    /// <summary>A row of the table of builds that cannot be read.</summary>
    public const string BadBuildRow = "TP012";

    /// <summary>Samples for a rule that the pack does not have.</summary>
    public const string OrphanSample = "TP013";

    /// <summary>The pack's id is not the name of its folder.</summary>
    public const string WrongId = "TP014";

    /// <summary>A pack without rules, or a step that no rule belongs to.</summary>
    public const string Unused = "TP015";
}
