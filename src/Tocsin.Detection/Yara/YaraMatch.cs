namespace Tocsin.Detection.Yara;

/// <summary>A rule that a file matched.</summary>
/// <param name="Rule">The rule's name.</param>
/// <param name="Namespace">That of its file.</param>
/// <param name="Tags">Its tags, in its order.</param>
/// <param name="Meta">What its author says of it, in its order; numbers and truth values as text.</param>
/// <param name="Strings">Where its strings were found: by order in the rule, then by offset; the first <see cref="YaraLimits.MaxPlaces"/> of each.</param>
public sealed record YaraMatch(
    string Rule,
    string Namespace,
    IReadOnlyList<string> Tags,
    IReadOnlyList<YaraMeta> Meta,
    IReadOnlyList<YaraString> Strings)
{
    /// <summary>The first value of a key of the meta section; null where it has none.</summary>
    public string? MetaOf(string key)
    {
        foreach (YaraMeta meta in Meta)
        {
            if (string.Equals(meta.Key, key, StringComparison.OrdinalIgnoreCase)) return meta.Value;
        }

        return null;
    }
}

/// <summary>One line of a rule's meta section.</summary>
/// <param name="Key">Its key.</param>
/// <param name="Value">Its value.</param>
public readonly record struct YaraMeta(string Key, string Value);

/// <summary>A place where a string of a rule was found.</summary>
/// <param name="Identifier">The string's name, with its dollar sign.</param>
/// <param name="Offset">Offset from 0.</param>
/// <param name="Length">How many bytes of the file the string took.</param>
public readonly record struct YaraString(string Identifier, long Offset, int Length);

/// <summary>How comparing a file with rules ended.</summary>
public enum YaraOutcome
{
    /// <summary>All rules were compared.</summary>
    Done,
    /// <summary>The file cost more work than any honest one and was given up; what it would have matched is not known.</summary>
    TooMuchWork,
    /// <summary>The engine failed on it; what it would have matched is not known.</summary>
    Failed,
}

/// <summary>What bounds the work of YARA.</summary>
public static class YaraLimits
{
    /// <summary>Places kept of each string: a finding is checked at one, and a hostile file repeats a string a million times.</summary>
    public const int MaxPlaces = 3;

    /// <summary>Strings kept of each rule: some rules list hundreds of words and match most of them.</summary>
    public const int MaxStrings = 32;

    /// <summary>The largest file of rules; signature-base's largest has 0.4 MB.</summary>
    public const int MaxSourceBytes = 8 * 1024 * 1024;
}
