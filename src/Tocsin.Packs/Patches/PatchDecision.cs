namespace Tocsin.Packs.Patches;

/// <summary>What is to be said of one flaw on one server. Never a bare colour: a <see cref="PatchDecision"/> has the reason.</summary>
public enum PatchStatus
{
    /// <summary>What decides it is not in the table or not in a build's numbers; the decision says what is missing.</summary>
    Unknown,
    /// <summary>The product does not have the flaw, as far as its publisher says.</summary>
    NotApplicable,
    /// <summary>The build has the fix, and whatever else it needs was done.</summary>
    Fixed,
    /// <summary>The build has the fix, which holds only once something else is done too.</summary>
    FixedButNeedsStep,
    /// <summary>Not fixed; somebody says, or the configuration shows, what holds attackers off meanwhile.</summary>
    Mitigated,
    /// <summary>Two cumulative updates are at work on the server at once, and one of them does not have the fix.</summary>
    PartialInstall,
    /// <summary>The product was out of support when the flaw was published: nobody said whether it has it, and there is no fix.</summary>
    Unsupported,
    /// <summary>The build does not have the fix. For an update that never got one this is not proof that it has the flaw.</summary>
    Vulnerable,
}

/// <summary>What to decide for.</summary>
/// <param name="Build">The server's build, as a file version.</param>
public sealed record PatchQuestion(BuildNumber Build)
{
    /// <summary>Ids of steps that somebody says are done; packages by their number, <c>KB4340731</c>.</summary>
    public IReadOnlySet<string> Done { get; init; } = new HashSet<string>();

    /// <summary>What somebody says holds attackers off, by flaw.</summary>
    public IReadOnlyDictionary<string, string> Mitigations { get; init; } = new Dictionary<string, string>();

    /// <summary>Names of mitigations that the server's configuration shows in force.</summary>
    public IReadOnlySet<string> InForce { get; init; } = new HashSet<string>();

    /// <summary>An older build, of another cumulative update, that is still at work beside it; null where none was seen.</summary>
    public BuildNumber? StillRunning { get; init; }
}

/// <summary>What is to be said of one flaw on one server, and why.</summary>
/// <param name="Flaw">The flaw as the table has it, with impact, wave, score and CISA's dates.</param>
/// <param name="Status">The conclusion.</param>
/// <param name="Reason">Why, for a person; a sentence or a few.</param>
/// <param name="Scope">For what it must be mended: <c>server</c>, <c>domain</c> or <c>forest</c>.</param>
/// <param name="FixedIn">The first build with the fix in the server's own cumulative update; null where there is none.</param>
/// <param name="TableDate">The day whose knowledge decided.</param>
public sealed record PatchDecision(KnownCve Flaw, PatchStatus Status, string Reason, string Scope, BuildNumber? FixedIn, DateOnly TableDate)
{
    /// <summary>What is to be done beside installing updates.</summary>
    public IReadOnlyList<PatchStep> Steps { get; init; } = [];

    /// <summary>True where the reason rests on something that is not from a primary source; the reason says so too.</summary>
    public bool IsUnverified { get; init; }

    /// <summary>Whether somebody must still do something about it.</summary>
    public bool IsOpen => Status is PatchStatus.Vulnerable or PatchStatus.Unsupported or PatchStatus.PartialInstall or PatchStatus.Mitigated or PatchStatus.FixedButNeedsStep;

    /// <summary>Whether an update, or a newer product, is missing; false where only a step is.</summary>
    public bool NeedsUpdate => IsOpen && Status != PatchStatus.FixedButNeedsStep;
}
