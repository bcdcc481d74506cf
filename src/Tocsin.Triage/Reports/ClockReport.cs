namespace Tocsin.Triage.Reports;

/// <summary>What is wrong, or right, with a clock.</summary>
public enum ClockFinding
{
    /// <summary>An artifact writes local time as if it were UTC, and says so itself.</summary>
    LocalTime,
    /// <summary>Two artifacts have different times for the same events.</summary>
    Disagree,
    /// <summary>Within one log, the time goes back.</summary>
    SetBack,
    /// <summary>An artifact names times later than the moment at which it was last written.</summary>
    Ahead,
    /// <summary>Two artifacts have the same times for the same events.</summary>
    Agree,
}

/// <summary>What a server's clocks are worth.</summary>
/// <param name="Finding">What was found.</param>
/// <param name="Says">The same in words for a person, with the reason.</param>
/// <param name="Offset">What must be added to the times of <paramref name="Artifacts"/> to get those they were compared with; null where it is no question of that.</param>
/// <param name="Corrected">Whether times in this report were moved by it: only where the evidence itself states UTC.</param>
/// <param name="Artifacts">The artifacts that it concerns, the first ones.</param>
/// <param name="Pairs">Examples to check by hand.</param>
public sealed record ClockReport(ClockFinding Finding, string Says, TimeSpan? Offset, bool Corrected, IReadOnlyList<string> Artifacts, IReadOnlyList<ClockPair> Pairs);

/// <summary>One event on two clocks.</summary>
/// <param name="One">As the artifact has it that is spoken of.</param>
/// <param name="Other">As it was compared with.</param>
public sealed record ClockPair(ClockPlace One, ClockPlace Other);

/// <summary>A time in the evidence.</summary>
/// <param name="Artifact">Path of the artifact.</param>
/// <param name="Line">Line number from 1, or record id.</param>
/// <param name="Offset">Byte offset from 0.</param>
/// <param name="TimeUtc">The time as it stands there.</param>
/// <param name="Says">What it is the time of: "as the log stamps it".</param>
public sealed record ClockPlace(string Artifact, long Line, long Offset, DateTime TimeUtc, string Says);
