using Tocsin.Detection.Indicators;

namespace Tocsin.Triage.Indicators;

/// <summary>The lists of indicators that a user gave, read. Immutable.</summary>
/// <param name="Set">The indicators.</param>
/// <param name="Lists">How many lists they are from.</param>
/// <param name="Refused">What in the lists is no indicator.</param>
public sealed record GivenIndicators(IndicatorSet Set, int Lists, IReadOnlyList<RefusedIndicator> Refused)
{
    /// <summary>Joins what was read of several lists.</summary>
    public static GivenIndicators Of(IReadOnlyList<IndicatorReading> lists) =>
        new(new IndicatorSet(lists.SelectMany(l => l.Indicators)), lists.Count, [.. lists.SelectMany(l => l.Refused)]);

    /// <summary>Why indicators of a type cannot be compared with evidence; null where they can.</summary>
    public static string? NotComparable(IndicatorType type) => type switch
    {
        IndicatorType.Sha1 or IndicatorType.Md5 => "Of files in the evidence only SHA-256 is at hand.",
        IndicatorType.Domain or IndicatorType.Url => "The logs of a mail server name who came, and not where it went.",
        _ => null,
    };
}
