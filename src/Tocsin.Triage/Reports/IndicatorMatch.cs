namespace Tocsin.Triage.Reports;

/// <summary>An indicator that the user gave, and where it stands in the evidence. A fact of the list's author; no verdict stands on it.</summary>
/// <param name="Type">Its sort: <c>sha256</c>, <c>ipv4</c>, <c>file-name</c> …</param>
/// <param name="Value">What was looked for.</param>
/// <param name="ValidFromUtc">From when it means the attacker; null for always.</param>
/// <param name="ValidUntilUtc">Until when; null for always.</param>
/// <param name="Confidence">How sure its author is, from 0 to 100; null where the list does not say.</param>
/// <param name="Source">The list and the line that it is from.</param>
/// <param name="Count">All places.</param>
/// <param name="FirstUtc">First time.</param>
/// <param name="LastUtc">Last time.</param>
/// <param name="Evidence">The first places in order of time.</param>
public sealed record IndicatorMatch(
    string Type,
    string Value,
    DateTime? ValidFromUtc,
    DateTime? ValidUntilUtc,
    int? Confidence,
    string Source,
    long Count,
    DateTime? FirstUtc,
    DateTime? LastUtc,
    IReadOnlyList<EvidenceLine> Evidence);

/// <summary>What became of the lists of indicators that were given.</summary>
/// <param name="Lists">How many lists.</param>
/// <param name="Compared">How many indicators the evidence was compared with.</param>
/// <param name="NotCompared">Those that were read and cannot be compared, by type.</param>
/// <param name="Refused">What in the lists is no indicator, each at its place.</param>
public sealed record IndicatorsSummary(int Lists, int Compared, IReadOnlyList<NotCompared> NotCompared, IReadOnlyList<RefusedEntry> Refused);

/// <summary>Indicators that nothing in the evidence can be compared with.</summary>
/// <param name="Type">Their sort.</param>
/// <param name="Count">How many.</param>
/// <param name="Reason">Why not.</param>
public sealed record NotCompared(string Type, int Count, string Reason);

/// <summary>An entry of a list that was refused.</summary>
/// <param name="File">The list.</param>
/// <param name="Line">Its line from 1; in JSON the number of the object.</param>
/// <param name="Value">What stands there.</param>
/// <param name="Reason">Why it is refused.</param>
public sealed record RefusedEntry(string File, int Line, string Value, string Reason);
