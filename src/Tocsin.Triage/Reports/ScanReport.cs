using Tocsin.Packs.Chain;
using Tocsin.Triage.Verdicts;

namespace Tocsin.Triage.Reports;

/// <summary>Everything that a scan found, ready to be shown. Immutable; equal evidence gives an equal report.</summary>
/// <remarks>
/// Strings that come from evidence (names, paths, texts) are raw: whoever renders them makes them inert for the place
/// they go to. All times are UTC. Lists are in their final order.
/// </remarks>
/// <param name="Version">The version of Tocsin.</param>
/// <param name="Packs">The packs that were applied.</param>
/// <param name="Sources">What the user pointed at, as typed.</param>
/// <param name="Servers">One entry for each server told apart.</param>
/// <param name="Totals">Sums over all artifacts.</param>
/// <param name="Problems">What could not be examined and is not an artifact of a server: unreadable folders, refused archives.</param>
public sealed record ScanReport(
    string Version,
    IReadOnlyList<PackSummary> Packs,
    IReadOnlyList<string> Sources,
    IReadOnlyList<ServerReport> Servers,
    ScanTotals Totals,
    IReadOnlyList<Problem> Problems)
{
    /// <summary>0 all was examined and nothing found; 1 findings; 2 something could not be examined.</summary>
    public int ExitCode { get; init; }

    /// <summary>What YARA rules of other people, given by <c>--yara</c>, found; by artifact, then in the order of the rules.</summary>
    public IReadOnlyList<YaraHit> YaraHits { get; init; } = [];

    /// <summary>What was done with YARA.</summary>
    public YaraSummary Yara { get; init; } = YaraSummary.None;

    /// <summary>What became of the rules that were given beside the packs; null where none were.</summary>
    public OtherRulesSummary? OtherRules { get; init; }

    /// <summary>Indicators that the user gave and the evidence shows: by type, then by value.</summary>
    public IReadOnlyList<IndicatorMatch> IndicatorMatches { get; init; } = [];

    /// <summary>What became of the lists of indicators; null where none were given.</summary>
    public IndicatorsSummary? Indicators { get; init; }
}

/// <summary>What was done with YARA.</summary>
/// <param name="Rules">How many rules there were, those of packs included.</param>
/// <param name="Scanned">How many files were compared with them.</param>
/// <param name="Known">How many files were not, since a baseline knows them to be good.</param>
/// <param name="GivenUp">How many were given up, since they cost more work than any honest file.</param>
public sealed record YaraSummary(int Rules, int Scanned, int Known, int GivenUp)
{
    /// <summary>Nothing.</summary>
    public static YaraSummary None { get; } = new(0, 0, 0, 0);
}

/// <summary>A match of somebody's YARA rule. It proves no stage: its author says what it means.</summary>
/// <param name="Rule">The rule's name.</param>
/// <param name="File">The file that it stands in, as the user named it.</param>
/// <param name="Author">Its author; null where the rule does not say.</param>
/// <param name="Reference">Where to read more; null where the rule does not say.</param>
/// <param name="Description">What it finds; null where the rule does not say.</param>
/// <param name="Level">How much it matters, in Sigma's words.</param>
/// <param name="Artifact">Path of the file it matched.</param>
/// <param name="Offset">Where its first string stands; 0 where it has none.</param>
/// <param name="Text">What was found where.</param>
public sealed record YaraHit(
    string Rule,
    string File,
    string? Author,
    string? Reference,
    string? Description,
    string Level,
    string Artifact,
    long Offset,
    string Text);

/// <summary>A pack that was applied.</summary>
/// <param name="Id">Its id, such as <c>proxylogon</c>.</param>
/// <param name="Title">Its name for people.</param>
/// <param name="Version">The version of the pack's data.</param>
/// <param name="Rules">How many rules it has.</param>
public sealed record PackSummary(string Id, string Title, string Version, int Rules)
{
    /// <summary>The flaws that the wave used.</summary>
    public IReadOnlyList<string> Cves { get; init; } = [];
}

/// <summary>Sums over the whole scan.</summary>
/// <param name="Artifacts">Artifacts recognised and read.</param>
/// <param name="Skipped">Files that are no artifact of this version.</param>
/// <param name="Unread">Files that could not be read or not wholly.</param>
/// <param name="Bytes">Bytes of the artifacts read.</param>
/// <param name="Records">Records read.</param>
/// <param name="Damaged">Records rejected or repaired.</param>
public sealed record ScanTotals(int Artifacts, int Skipped, int Unread, long Bytes, long Records, long Damaged);

/// <summary>Something that could not be examined.</summary>
/// <param name="Path">Which.</param>
/// <param name="Reason">Why, and what to do about it.</param>
public sealed record Problem(string Path, string Reason);

/// <summary>One server.</summary>
/// <param name="Name">The name to show.</param>
/// <param name="NameFrom">Where the name is from: "named in its logs", "name of the folder", "unknown".</param>
/// <param name="Waves">A verdict for each pack, worst first.</param>
/// <param name="Builds">Product builds in the order in which the logs show them: the patch history.</param>
/// <param name="Coverage">Each kind of log with its span, gaps and damage.</param>
/// <param name="Artifacts">Each artifact.</param>
/// <param name="Notes">Remarks that concern the whole server.</param>
public sealed record ServerReport(
    string Name,
    string NameFrom,
    IReadOnlyList<WaveReport> Waves,
    IReadOnlyList<BuildSighting> Builds,
    IReadOnlyList<LogCoverage> Coverage,
    IReadOnlyList<ArtifactReport> Artifacts,
    IReadOnlyList<string> Notes)
{
    /// <summary>What its clocks are worth: those that disagree first.</summary>
    public IReadOnlyList<ClockReport> Clocks { get; init; } = [];

    /// <summary>What rules of the packs matched that no wave took for its own: signs of a break-in of no known wave first, then what administrators do too.</summary>
    public IReadOnlyList<Finding> Loose { get; init; } = [];

    /// <summary>Names of mitigations that its current configuration of IIS has in force; see <c>docs/formats/configuration-facts.md</c>.</summary>
    public IReadOnlyList<string> Mitigations { get; init; } = [];

    /// <summary>What rules beside the packs found; no verdict stands on it.</summary>
    public IReadOnlyList<OtherFinding> OtherFindings { get; init; } = [];
}

/// <summary>A build of the product and when logs show it. A lower bound: a component that an update left alone keeps its old number.</summary>
/// <param name="Build">Such as <c>15.1.2176.9</c>.</param>
/// <param name="Name">Its name, such as "Exchange 2016 CU19 Mar21SU"; null where the tables do not have it.</param>
/// <param name="FirstUtc">First seen.</param>
/// <param name="LastUtc">Last seen.</param>
public sealed record BuildSighting(string Build, string? Name, DateTime FirstUtc, DateTime LastUtc);

/// <summary>The conclusion for one server and one wave.</summary>
/// <param name="Pack">The pack's id.</param>
/// <param name="Title">The wave's name.</param>
/// <param name="Verdict">The conclusion.</param>
/// <param name="Stage">How far the evidence shows the attack went.</param>
/// <param name="Confidence">How surely the verdict follows.</param>
/// <param name="Headline">One sentence for the first line: "Attackers got in on 3 March 2021 and left a web shell."</param>
/// <param name="Meaning">What it means, for a person without training; a few sentences, the answer to "must I rebuild?" among them.</param>
/// <param name="NextStep">The one next step.</param>
/// <param name="Because">The reasons for the verdict, most telling first.</param>
/// <param name="Missing">What was not seen, and where to get it.</param>
/// <param name="WindowFromUtc">Start of the time in which servers were exposed to this wave.</param>
/// <param name="WindowToUtc">Its end, or the day on which the logs show the fix.</param>
/// <param name="Patched">When the logs first show a build with the fix, as a sentence; null where they do not.</param>
/// <param name="Proven">Stretches of the window in which a success would have been seen.</param>
/// <param name="Steps">The chain: each step of the wave's attack, whether seen or not, in the wave's order.</param>
/// <param name="Findings">The findings, most advanced stage first, then by time.</param>
public sealed record WaveReport(
    string Pack,
    string Title,
    Verdict Verdict,
    Stage Stage,
    Confidence Confidence,
    string Headline,
    string Meaning,
    string NextStep,
    IReadOnlyList<string> Because,
    IReadOnlyList<string> Missing,
    DateTime WindowFromUtc,
    DateTime WindowToUtc,
    string? Patched,
    IReadOnlyList<TimeSpanUtc> Proven,
    IReadOnlyList<StepReport> Steps,
    IReadOnlyList<Finding> Findings)
{
    /// <summary>When the logs change to a build with the fix; null where they do not, or had it from their first day.</summary>
    public DateTime? FixedUtc { get; init; }
}

/// <summary>A stretch of time.</summary>
/// <param name="FromUtc">Its beginning.</param>
/// <param name="ToUtc">Its end.</param>
public readonly record struct TimeSpanUtc(DateTime FromUtc, DateTime ToUtc);

/// <summary>One step of a wave's attack.</summary>
/// <param name="Id">The step's id in the pack.</param>
/// <param name="Title">What the attackers do in it.</param>
/// <param name="Seen">Whether anything of it was found.</param>
/// <param name="Outcome">What became of it; meaningless where not seen.</param>
/// <param name="FirstUtc">First time.</param>
/// <param name="LastUtc">Last time.</param>
/// <param name="Count">How many matches.</param>
/// <param name="Events">The single events on the timeline, in order of time; the first hundred.</param>
public sealed record StepReport(
    string Id,
    string Title,
    bool Seen,
    Outcome Outcome,
    DateTime? FirstUtc,
    DateTime? LastUtc,
    long Count,
    IReadOnlyList<ChainEvent> Events);

/// <summary>One event of the chain.</summary>
/// <param name="TimeUtc">When; null where the evidence does not say.</param>
/// <param name="What">What happened, in a few words.</param>
/// <param name="Outcome">What became of it.</param>
/// <param name="Proves">The stage that it proves.</param>
/// <param name="Session">Number of the run that it belongs to (joined by request id, canary, client address and time); 0 for none.</param>
/// <param name="Client">The client's address as logged; null where the log has none.</param>
/// <param name="FindingId">The finding that holds it.</param>
/// <param name="Evidence">Where it stands.</param>
public sealed record ChainEvent(
    DateTime? TimeUtc,
    string What,
    Outcome Outcome,
    Stage Proves,
    int Session,
    string? Client,
    string FindingId,
    EvidenceLine Evidence)
{
    /// <summary>What it names that others can look for; null where it names nothing.</summary>
    public Observed? Observed { get; init; }
}

/// <summary>Matches of one rule on one server, as one reportable fact.</summary>
/// <param name="Id">Stable within the report: <c>proxylogon-ssrf-241</c>.</param>
/// <param name="RuleTitle">The rule's title.</param>
/// <param name="Level">Sigma's level.</param>
/// <param name="Step">The step of the chain.</param>
/// <param name="Proves">The stage that it proves.</param>
/// <param name="Outcome">What became of the step.</param>
/// <param name="Why">Why it matters, in plain words.</param>
/// <param name="KnownNoise">What innocent thing looks like this, if any.</param>
/// <param name="Techniques">ATT&amp;CK ids.</param>
/// <param name="Count">All matches, also those not kept below.</param>
/// <param name="FirstUtc">First time.</param>
/// <param name="LastUtc">Last time.</param>
/// <param name="Evidence">The places, the first ones in order of time.</param>
public sealed record Finding(
    string Id,
    string RuleTitle,
    string Level,
    string Step,
    Stage Proves,
    Outcome Outcome,
    string Why,
    string? KnownNoise,
    IReadOnlyList<string> Techniques,
    long Count,
    DateTime? FirstUtc,
    DateTime? LastUtc,
    IReadOnlyList<EvidenceLine> Evidence);

/// <summary>A place in the evidence, so that the finding can be checked by hand.</summary>
/// <param name="Artifact">Path of the artifact in its source; members of archives after <c>!/</c>.</param>
/// <param name="Line">Line number from 1, or record id.</param>
/// <param name="Offset">Byte offset from 0.</param>
/// <param name="TimeUtc">When; null where it does not say.</param>
/// <param name="Text">The original text, at most 4,096 characters of it; bytes that are no UTF-8 are shown as U+FFFD.</param>
/// <param name="Cut">Whether the text was longer.</param>
public sealed record EvidenceLine(string Artifact, long Line, long Offset, DateTime? TimeUtc, string Text, bool Cut);

/// <summary>One kind of log on one server.</summary>
/// <param name="Kind">The kind's id.</param>
/// <param name="Title">Its name for people.</param>
/// <param name="Artifacts">How many files.</param>
/// <param name="Records">Records read.</param>
/// <param name="Bytes">Bytes read.</param>
/// <param name="Damaged">Records rejected or repaired.</param>
/// <param name="FirstUtc">Earliest record.</param>
/// <param name="LastUtc">Latest record.</param>
/// <param name="IsExtract">Pasted rows or another tool's output: excludes nothing.</param>
/// <param name="Spans">Stretches with records, each without a gap of over two hours.</param>
/// <param name="Gaps">Stretches of over two hours between them.</param>
/// <param name="Days">Records of each day, for the chart.</param>
public sealed record LogCoverage(
    string Kind,
    string Title,
    int Artifacts,
    long Records,
    long Bytes,
    long Damaged,
    DateTime? FirstUtc,
    DateTime? LastUtc,
    bool IsExtract,
    IReadOnlyList<TimeSpanUtc> Spans,
    IReadOnlyList<TimeSpanUtc> Gaps,
    IReadOnlyList<DayCount> Days);

/// <summary>Records of one day.</summary>
/// <param name="Day">The day, UTC.</param>
/// <param name="Records">How many records.</param>
/// <param name="Hours">In how many different hours there was one: 24 is a whole day.</param>
public readonly record struct DayCount(DateOnly Day, long Records, int Hours);

/// <summary>One artifact.</summary>
/// <param name="Path">Path in its source.</param>
/// <param name="OriginalPath">Where it lay on the server, if the collection tells: <c>C:\inetpub\logs\…</c>.</param>
/// <param name="Kind">The kind's id, or null for a file that was not recognised.</param>
/// <param name="KindTitle">The kind's name, or why it was skipped.</param>
/// <param name="State">What was done with it.</param>
/// <param name="Bytes">Size.</param>
/// <param name="Sha256">Hash of the bytes in lower-case hex; null where it was not read.</param>
/// <param name="Records">Records read.</param>
/// <param name="FirstUtc">Earliest record.</param>
/// <param name="LastUtc">Latest record.</param>
/// <param name="Damage">What was wrong with it, counted by kind.</param>
/// <param name="Notes">Remarks.</param>
public sealed record ArtifactReport(
    string Path,
    string? OriginalPath,
    string? Kind,
    string KindTitle,
    ArtifactState State,
    long Bytes,
    string? Sha256,
    long Records,
    DateTime? FirstUtc,
    DateTime? LastUtc,
    IReadOnlyList<DamageReport> Damage,
    IReadOnlyList<string> Notes);

/// <summary>What was done with a file.</summary>
public enum ArtifactState
{
    /// <summary>Read whole.</summary>
    Read,
    /// <summary>Read, with damage.</summary>
    Damaged,
    /// <summary>Known by its content, but this version does not read it.</summary>
    NotRead,
    /// <summary>Not recognised as evidence.</summary>
    Skipped,
    /// <summary>Could not be read.</summary>
    Unreadable,
}

/// <summary>One kind of damage in one artifact.</summary>
/// <param name="Kind">What is wrong, in words.</param>
/// <param name="Count">How often.</param>
/// <param name="Places">The first places: line and byte offset.</param>
public sealed record DamageReport(string Kind, long Count, IReadOnlyList<(long Line, long Offset)> Places);
