namespace Tocsin.Evidence.Sources;

/// <summary>What a problem of a source means for coverage.</summary>
public enum SourceProblemKind
{
    /// <summary>Everything was read; there is something to know about it.</summary>
    Note,
    /// <summary>Left out on purpose: a link, a device.</summary>
    Skipped,
    /// <summary>Could not be read: no permission, encrypted, a format that is not read here.</summary>
    Unreadable,
    /// <summary>Cut off or damaged; what could be read was delivered.</summary>
    Damaged,
    /// <summary>Refused because it would exhaust the examiner's machine.</summary>
    Refused,
}

/// <summary>Something in a source that was not read as it should be.</summary>
/// <param name="Path">Where, as in <see cref="SourceFile.Path"/>.</param>
/// <param name="Reason">What is wrong and what to do about it, for people.</param>
/// <param name="Kind">What it means for coverage.</param>
public sealed record SourceProblem(string Path, string Reason, SourceProblemKind Kind = SourceProblemKind.Unreadable);
