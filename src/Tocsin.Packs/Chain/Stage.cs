namespace Tocsin.Packs.Chain;

/// <summary>How far the evidence shows an attack went: what it proves, never what is likely. Ordered.</summary>
public enum Stage
{
    /// <summary>Nothing.</summary>
    None,
    /// <summary>Probes and attempts with no sign of success.</summary>
    Targeted,
    /// <summary>The flaw worked.</summary>
    Exploited,
    /// <summary>Something of theirs stays.</summary>
    Implanted,
    /// <summary>The implant or the access was used.</summary>
    Operated,
    /// <summary>Data known to have left, or ransomware.</summary>
    Impact,
}

/// <summary>What became of one step of an attack.</summary>
public enum Outcome
{
    /// <summary>Tried; the log does not say what came of it, by its nature.</summary>
    Attempted,
    /// <summary>It worked.</summary>
    Succeeded,
    /// <summary>It was refused or failed.</summary>
    Failed,
    /// <summary>The log would say, but this copy of it does not.</summary>
    Unknown,
}
