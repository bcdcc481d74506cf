using Tocsin.Packs.Chain;

namespace Tocsin.Packs.Manifests;

/// <summary>The header of a threat pack: everything in <c>pack.yaml</c>. Immutable. See <c>docs/formats/pack.md</c>.</summary>
public sealed record PackManifest
{
    /// <summary>The name of the pack's folder.</summary>
    public required string Id { get; init; }

    /// <summary>The wave's name for people.</summary>
    public required string Title { get; init; }

    /// <summary>The version of the pack's content.</summary>
    public required string Version { get; init; }

    /// <summary>What the wave was, in two or three sentences.</summary>
    public required string Summary { get; init; }

    public required IReadOnlyList<string> Cves { get; init; }

    /// <summary>ATT&amp;CK ids of the wave as a whole.</summary>
    public required IReadOnlyList<string> Techniques { get; init; }

    /// <summary>The days in which servers were attacked by this wave.</summary>
    public required DayRange Window { get; init; }

    /// <summary>The days within it in which everybody was attacked; null where the pack does not say.</summary>
    public DayRange? MassWindow { get; init; }

    /// <summary>The time whose web shells count for this wave; null for a wave that leaves them to others.</summary>
    public required ClaimedTime? Claims { get; init; }

    /// <summary>Products that the wave can hit.</summary>
    public required IReadOnlyList<ProductLine> AppliesTo { get; init; }

    /// <summary>Products that it cannot hit, each with the reason.</summary>
    public required IReadOnlyList<ProductLine> NotApplicable { get; init; }

    /// <summary>The flaw whose fix shuts the wave out.</summary>
    public required string DecisiveCve { get; init; }

    /// <summary>Sets of kinds of logs; any one set, read whole, would have shown a success.</summary>
    public required IReadOnlyList<IReadOnlyList<string>> DecisiveCoverage { get; init; }

    /// <summary>The kinds of evidence that matter, most telling first.</summary>
    public required IReadOnlyList<EvidenceKind> Evidence { get; init; }

    public required AttackChain Chain { get; init; }

    /// <summary>What to tell the person, for each conclusion in <see cref="PackText.Conclusions"/>.</summary>
    public required IReadOnlyDictionary<string, PackText> Texts { get; init; }

    /// <summary>What innocent things look like this wave.</summary>
    public required IReadOnlyList<string> KnownNoise { get; init; }

    /// <summary>Names of the shared rule folders that the pack takes in.</summary>
    public required IReadOnlyList<string> Includes { get; init; }

    /// <summary>The text for a conclusion.</summary>
    /// <param name="verdict">As reports write it: <c>compromised</c>, <c>targeted</c>, <c>cannot-tell</c> …</param>
    /// <param name="stage">Only looked at for <c>compromised</c>.</param>
    public PackText TextFor(string verdict, Stage stage) =>
        Texts[verdict == "compromised" ? $"compromised@{stage.ToString().ToLowerInvariant()}" : verdict];

    /// <summary>Why the wave cannot hit a build; null where it can or the build is of no known product.</summary>
    public string? ReasonNotApplicable(string build) =>
        NotApplicable.FirstOrDefault(p => build.StartsWith(p.Builds, StringComparison.Ordinal))?.Reason;
}

/// <summary>Whole days, both included, UTC.</summary>
public readonly record struct DayRange(DateOnly From, DateOnly To)
{
    /// <summary>The first moment.</summary>
    public DateTime FromUtc => From.ToDateTime(TimeOnly.MinValue, DateTimeKind.Utc);

    /// <summary>The first moment that is no longer in it.</summary>
    public DateTime EndUtc => To.AddDays(1).ToDateTime(TimeOnly.MinValue, DateTimeKind.Utc);
}

/// <summary>The time whose web shells count for a wave. A shell does not tell which flaw brought it; the packs divide time between them.</summary>
/// <param name="From">First day.</param>
/// <param name="To">Last day; null for no end.</param>
/// <param name="Undated">Whether evidence without a time counts.</param>
public sealed record ClaimedTime(DateOnly From, DateOnly? To, bool Undated)
{
    /// <summary>Whether a moment counts; <see langword="default"/> stands for no time.</summary>
    public bool Holds(DateTime timeUtc)
    {
        if (timeUtc == default) return Undated;
        var day = DateOnly.FromDateTime(timeUtc);
        return day >= From && (To is not { } to || day <= to);
    }
}

/// <summary>A product.</summary>
/// <param name="Product">Its name.</param>
/// <param name="Builds">What its builds begin with: <c>15.1.</c></param>
/// <param name="Reason">Why the wave cannot hit it; null where it can.</param>
public sealed record ProductLine(string Product, string Builds, string? Reason);

/// <summary>A kind of evidence.</summary>
/// <param name="Kind">The artifact kind's id.</param>
/// <param name="Where">Where it lies on a server.</param>
/// <param name="Shows">What it shows of this wave.</param>
public sealed record EvidenceKind(string Kind, string Where, string Shows);

/// <summary>What to tell the person.</summary>
/// <param name="Meaning">What it means, for a person without training; answers "must I rebuild?".</param>
/// <param name="NextStep">The one next step.</param>
public sealed record PackText(string Meaning, string NextStep)
{
    /// <summary>The conclusions for which a pack has a text.</summary>
    public static IReadOnlyList<string> Conclusions { get; } =
    [
        "compromised@exploited", "compromised@implanted", "compromised@operated", "compromised@impact",
        "targeted", "nothing-found", "cannot-tell", "not-applicable",
    ];
}
