using Tocsin.Detection.Sigma;

namespace Tocsin.Triage.Reports;

/// <summary>What a rule that belongs to no pack, or a correlation, found on one server.</summary>
/// <param name="Id">The rule's id.</param>
/// <param name="Title">Its title.</param>
/// <param name="Level">Its level.</param>
/// <param name="Kind"><c>rule</c> or <c>correlation</c>.</param>
/// <param name="Group">For a correlation what its records have in common: <c>User=bob</c>; else empty.</param>
/// <param name="Author">Who wrote it. The Detection Rule License, under which most rules are, asks for author and link beside every match.</param>
/// <param name="License">Its licence as the rule names it; empty where it does not.</param>
/// <param name="Link">Its first reference; null for none.</param>
/// <param name="File">The file it came from.</param>
/// <param name="Techniques">ATT&amp;CK ids.</param>
/// <param name="Count">All matches; for a correlation the records of this one.</param>
/// <param name="FirstUtc">First time.</param>
/// <param name="LastUtc">Last time.</param>
/// <param name="Evidence">The first places in order of time.</param>
public sealed record OtherFinding(
    string Id,
    string Title,
    RuleLevel Level,
    string Kind,
    string Group,
    string Author,
    string License,
    string? Link,
    string File,
    IReadOnlyList<string> Techniques,
    long Count,
    DateTime? FirstUtc,
    DateTime? LastUtc,
    IReadOnlyList<EvidenceLine> Evidence)
{
    /// <summary>The level in lower case; "no level" where the rule does not say.</summary>
    public string LevelWord => Level == RuleLevel.Unspecified ? "no level" : Level.ToString().ToLowerInvariant();

    /// <summary>Who wrote the rule, and where more is said of it, on one line.</summary>
    public string Credit => $"by {(Author.Length > 0 ? Author : "an unnamed author")}{(License.Length > 0 ? $", licence {License}" : "")}{(Link is null ? "" : $", {Link}")}";
}

/// <summary>What became of the rules that were given beside the packs.</summary>
/// <param name="Files">Files read.</param>
/// <param name="Rules">Rules in use.</param>
/// <param name="Correlations">Correlations in use.</param>
/// <param name="WithoutReader">Rules for logs that this program does not read: in use, and cannot match.</param>
/// <param name="Refused">Everything that was refused, each at its place.</param>
public sealed record OtherRulesSummary(int Files, int Rules, int Correlations, int WithoutReader, IReadOnlyList<RuleProblem> Refused);

/// <summary>A rule that was refused.</summary>
/// <param name="Code">A stable code.</param>
/// <param name="File">Its file.</param>
/// <param name="Line">Line from 1.</param>
/// <param name="Column">Column from 1.</param>
/// <param name="Message">What is wrong.</param>
/// <param name="Hint">What to do about it.</param>
public sealed record RuleProblem(string Code, string File, int Line, int Column, string Message, string Hint);
