using Tocsin.Packs.Patches;
using Tocsin.Triage.Reports;

namespace Tocsin.Triage.Patches;

/// <summary>What was found open, ready to be shown. Text from evidence is raw: whoever renders it makes it inert.</summary>
/// <param name="Version">The version of Tocsin.</param>
/// <param name="TableVersion">The version of the data package that decided.</param>
/// <param name="TableDate">The day whose knowledge it has.</param>
/// <param name="Cve">The one flaw that was asked for; null for all.</param>
/// <param name="Servers">One entry for each server or build.</param>
/// <param name="Warnings">What concerns the whole answer, such as a table that is old.</param>
/// <param name="Problems">What could not be examined.</param>
public sealed record CheckReport(
    string Version,
    string TableVersion,
    DateOnly TableDate,
    string? Cve,
    IReadOnlyList<CheckedServer> Servers,
    IReadOnlyList<string> Warnings,
    IReadOnlyList<Problem> Problems)
{
    /// <summary>0 nothing open; 1 something open; 2 it cannot be told.</summary>
    public int ExitCode =>
        Servers.SelectMany(s => s.Decisions).Any(d => d.IsOpen) ? 1
        : Servers.Count == 0 || Servers.Any(s => s.Build is null || s.Decisions.Any(d => d.Status == PatchStatus.Unknown)) ? 2 : 0;
}

/// <summary>One server, or one build that somebody typed.</summary>
/// <param name="Name">The server's name; null for a build that was typed.</param>
/// <param name="Build">The build that was decided for; null where none was found.</param>
/// <param name="BuildName">Such as "Exchange 2019 CU8"; null where the table does not have it.</param>
/// <param name="Released">When that build came out; null where it is not known.</param>
/// <param name="History">The builds that logs show, in order of time.</param>
/// <param name="Decisions">A decision for each flaw asked for, worst first.</param>
/// <param name="Way">How to get to the newest state; null where there is no build.</param>
/// <param name="Remarks">What to know before believing the decisions.</param>
public sealed record CheckedServer(
    string? Name,
    BuildNumber? Build,
    string? BuildName,
    DateOnly? Released,
    IReadOnlyList<BuildSighting> History,
    IReadOnlyList<PatchDecision> Decisions,
    WayToFix? Way,
    IReadOnlyList<string> Remarks);

/// <summary>What to check with.</summary>
public sealed record CheckOptions
{
    /// <summary>Builds, flaws and fixes.</summary>
    public required PatchTables Tables { get; init; }

    /// <summary>The day on which the question is asked; the table is old or not by it.</summary>
    public required DateOnly Today { get; init; }

    /// <summary>Ids of steps that are said to be done.</summary>
    public IReadOnlySet<string> Done { get; init; } = new HashSet<string>();

    /// <summary>What is said to hold attackers off, by flaw.</summary>
    public IReadOnlyDictionary<string, string> Mitigations { get; init; } = new Dictionary<string, string>();

    /// <summary>The one flaw to ask for; null for all.</summary>
    public KnownCve? Only { get; init; }

    /// <summary>From when each flaw was exploited, where a pack of its wave knows better than CISA's list.</summary>
    public IReadOnlyDictionary<string, DateOnly> ExploitedFrom { get; init; } = new Dictionary<string, DateOnly>();
}
