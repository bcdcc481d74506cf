using Tocsin.Detection.Sigma;
using Tocsin.Packs.Builds;
using Tocsin.Packs.Chain;
using Tocsin.Packs.Manifests;

namespace Tocsin.Packs;

/// <summary>Everything known of one wave, as data. Immutable; safe to share between threads.</summary>
/// <param name="Manifest">The header.</param>
/// <param name="Rules">The pack's own rules and those it takes in, in the order of their files.</param>
/// <param name="Builds">Which builds have the fix.</param>
/// <param name="Samples">What the self-test runs.</param>
public sealed record ThreatPack(PackManifest Manifest, IReadOnlyList<PackRule> Rules, BuildTable Builds, IReadOnlyList<PackSample> Samples)
{
    /// <summary>The pack's id.</summary>
    public string Id => Manifest.Id;

    /// <summary>Files of YARA rules, its own and those it takes in. A match of one is a record, and a Sigma rule says what it means.</summary>
    public IReadOnlyList<PackYara> Yara { get; init; } = [];

    /// <summary>Whether a match of one of the pack's rules counts for this wave.</summary>
    /// <param name="rule">The rule.</param>
    /// <param name="timeUtc">When; <see langword="default"/> where the record does not say.</param>
    public bool Counts(PackRule rule, DateTime timeUtc) => !rule.OnlyInClaimedTime || Manifest.Claims is { } claims && claims.Holds(timeUtc);
}

/// <summary>A rule and what a match of it means for the wave.</summary>
/// <param name="Rule">The Sigma rule. The id of a rule that was taken in has the pack's id and a slash before it.</param>
/// <param name="Name">The name of its file, without extension; unique in the pack.</param>
/// <param name="Step">The step of the chain.</param>
/// <param name="Proves">The stage that a match proves.</param>
/// <param name="Outcome">What became of the step.</param>
/// <param name="Why">Why it matters, in plain words.</param>
/// <param name="Noise">What innocent thing looks like this; null for nothing known.</param>
/// <param name="OnlyInClaimedTime">Whether a match counts only within <see cref="PackManifest.Claims"/>: <c>window: true</c>.</param>
/// <param name="Techniques">ATT&amp;CK ids from its tags: <c>T1505.003</c>.</param>
/// <param name="Innocent">What another log shows of the same request when a match is innocent; null where nothing does.</param>
public sealed record PackRule(
    SigmaRule Rule,
    string Name,
    ChainStep Step,
    Stage Proves,
    Outcome Outcome,
    string Why,
    string? Noise,
    bool OnlyInClaimedTime,
    IReadOnlyList<string> Techniques,
    InnocentRequest? Innocent = null)
{
    /// <summary>Whether a match shows by itself that this wave came in. Where not (<c>alone: false</c>: passwords copied out of memory, a command
    /// that starts by itself), it counts beside a match that does, and else for no wave.</summary>
    public bool CountsAlone { get; init; } = true;
}

/// <summary>
/// A match that one log alone cannot judge: a request that reaches the back end under the machine's own account was made by
/// a person if the front end saw that person make it, and was forged if it did not.
/// </summary>
/// <param name="Rules">Names of the rules whose match, for the same request, makes it innocent: <c>unless</c>.</param>
/// <param name="SeenIn">Kinds of logs of which one must cover the hour for the question to be decided: <c>unless-seen-in</c>.
/// Where none does, a match proves no more than an attempt.</param>
public sealed record InnocentRequest(IReadOnlyList<string> Rules, IReadOnlyList<string> SeenIn);

/// <summary>A file of YARA rules in a pack.</summary>
/// <param name="Path">Its path below the folder of packs; also the namespace of its rules.</param>
/// <param name="Text">The rules.</param>
/// <param name="Rules">The names of those of its rules that are reported.</param>
public sealed record PackYara(string Path, string Text, IReadOnlyList<string> Rules);

/// <summary>A sample of a rule.</summary>
/// <param name="Rule">The rule's <see cref="PackRule.Name"/>, or the name of a YARA rule.</param>
/// <param name="MustFire">Whether the rule must match in it; otherwise it may match nowhere.</param>
/// <param name="Path">Its path below the folder of packs.</param>
/// <param name="Content">Its bytes.</param>
public sealed record PackSample(string Rule, bool MustFire, string Path, ReadOnlyMemory<byte> Content);
