namespace Tocsin.Triage.Verdicts;

/// <summary>The conclusion for one server and one wave. There is no bare "clean".</summary>
public enum Verdict
{
    /// <summary><c>not-applicable</c>: this product cannot be hit by this wave.</summary>
    NotApplicable,
    /// <summary><c>nothing-found</c>: nothing, over a window in which it would have been seen.</summary>
    NothingFound,
    /// <summary><c>cannot-tell</c>: nothing that proves a success, and evidence is missing that would exclude it.</summary>
    CannotTell,
    /// <summary><c>targeted</c>: attempts, and coverage shows that a success would have been seen.</summary>
    Targeted,
    /// <summary><c>compromised</c>: stage exploited or higher.</summary>
    Compromised,
}

/// <summary>How surely the verdict follows from the evidence.</summary>
public enum Confidence
{
    /// <summary><c>low</c>: one indirect sign, or damaged evidence.</summary>
    Low,
    /// <summary><c>medium</c>: a strong sign in one place, or coverage with small gaps.</summary>
    Medium,
    /// <summary><c>high</c>: decisive signs, or whole coverage.</summary>
    High,
}

/// <summary>The words of the product as they stand in reports.</summary>
public static class Words
{
    /// <summary>The verdict as reports write it.</summary>
    public static string Of(Verdict verdict) => verdict switch
    {
        Verdict.Compromised => "compromised",
        Verdict.Targeted => "targeted",
        Verdict.NothingFound => "nothing-found",
        Verdict.CannotTell => "cannot-tell",
        Verdict.NotApplicable => "not-applicable",
        _ => throw new ArgumentOutOfRangeException(nameof(verdict)),
    };

    /// <summary>Any other enumeration of the report: its name in lower case.</summary>
    public static string Of<T>(T word) where T : struct, Enum => word.ToString().ToLowerInvariant();
}
