namespace Tocsin.Packs.Patches;

/// <summary>A build of the table.</summary>
/// <param name="Number">Its numbers.</param>
/// <param name="Product">Such as "Exchange 2016".</param>
/// <param name="CumulativeUpdate">Such as "CU19", "RTM", "SP3".</param>
/// <param name="Update">The security update, hotfix or rollup on it, such as "Mar21SU"; null for the cumulative update itself.</param>
/// <param name="Released">When; null where only the month is known or nothing.</param>
/// <param name="Kb">The vendor's article; several are separated by a slash; null where not known.</param>
/// <param name="Note">What is odd about it, such as sources that disagree; null for nothing.</param>
public sealed record KnownBuild(BuildNumber Number, string Product, string CumulativeUpdate, string? Update, DateOnly? Released, string? Kb, string? Note)
{
    /// <summary>Whether the day is no source's but follows from the month of the update.</summary>
    public bool IsDayInferred { get; init; }

    /// <summary>Whether it came out before the product did, to be tried; it never got an update.</summary>
    public bool IsPreview => CumulativeUpdate == "Preview";

    /// <summary>Such as "Exchange 2016 CU19 Mar21SU".</summary>
    public string Name => Update is null ? $"{Product} {CumulativeUpdate}" : $"{Product} {CumulativeUpdate} {Update}";
}

/// <summary>A flaw of the table.</summary>
public sealed record KnownCve
{
    /// <summary>Such as <c>CVE-2021-26855</c> or <c>ADV190018</c>.</summary>
    public required string Id { get; init; }

    /// <summary>Where it is: <c>exchange</c>, <c>advisory</c>, <c>engine-component</c>, <c>os-component</c>, <c>client-neighbour</c>, <c>server-neighbour</c>.</summary>
    public required string Category { get; init; }

    /// <summary>What it lets an attacker do, such as "RCE"; null where not known.</summary>
    public string? Impact { get; init; }

    /// <summary>The wave that used it; null where none did.</summary>
    public string? Wave { get; init; }

    /// <summary>The update that brought the fix, such as "Mar21SU"; null where there is none or it is not known.</summary>
    public string? Update { get; init; }

    /// <summary>When it was published.</summary>
    public DateOnly? Published { get; init; }

    /// <summary>The products that its publisher names; empty where not known.</summary>
    public required IReadOnlyList<string> Products { get; init; }

    /// <summary>Products that are known not to have it.</summary>
    public required IReadOnlyList<string> NotAffected { get; init; }

    /// <summary>The id of what is needed beside the update; null for nothing.</summary>
    public string? Condition { get; init; }

    /// <summary>What in particular, such as the name of a setting.</summary>
    public string? Detail { get; init; }

    /// <summary>Names of mitigations, as <c>docs/formats/configuration-facts.md</c> has them, that together hold attackers off; empty for none.</summary>
    public required IReadOnlyList<string> MitigatedBy { get; init; }

    /// <summary>The families in which its publisher says it was fixed, with zero as their fourth number.</summary>
    public required IReadOnlyList<BuildNumber> Families { get; init; }

    /// <summary>CVSS score from 0 to 10, version 3 unless the note says otherwise; null where not known.</summary>
    public decimal? Cvss { get; init; }

    public string? CvssNote { get; init; }

    /// <summary>What CISA's list of exploited flaws says; null where it is not in it.</summary>
    public KevEntry? Kev { get; init; }

    /// <summary>What of this row is not from a primary source: <c>fix</c> or <c>cvss</c>; null for nothing.</summary>
    public string? Unverified { get; init; }

    /// <summary>What must be said of it; null for nothing.</summary>
    public string? Note { get; init; }
}

/// <summary>An entry of CISA's list of flaws that are known to be exploited.</summary>
/// <param name="Added">When it was put on the list.</param>
/// <param name="Due">By when agencies had to act.</param>
/// <param name="Ransomware">Whether ransomware is known to use it: <c>Known</c> or <c>Unknown</c>.</param>
public sealed record KevEntry(DateOnly Added, DateOnly? Due, string Ransomware);

/// <summary>Something to do beside installing an update, for one or more flaws.</summary>
/// <param name="Id">Such as <c>extended-protection</c>; a missing package is called by its number, <c>KB4340731</c>.</param>
/// <param name="Scope">For what it is done once: <c>server</c>, <c>domain</c> or <c>forest</c>.</param>
/// <param name="Step">What to do.</param>
/// <param name="Verify">What shows that it was done.</param>
/// <param name="BroughtBy">The flaw whose fix brings the means to do it, where it can be done on some builds only.</param>
/// <param name="Unverified">Whether it is not from a primary source.</param>
/// <param name="Note">What else to know.</param>
public sealed record PatchStep(string Id, string Scope, string Step, string Verify, string? BroughtBy, bool Unverified, string? Note);

/// <summary>The first builds with the fix for one flaw in one product.</summary>
/// <param name="Cve">The flaw.</param>
/// <param name="Product">The product.</param>
/// <param name="Update">The update's name.</param>
/// <param name="FirstFixed">One build for each cumulative update that got the fix, oldest first. Older ones never got it; newer ones have it from the start.</param>
public sealed record FixRow(string Cve, string Product, string Update, IReadOnlyList<BuildNumber> FirstFixed);

/// <summary>A package that the special update of March 2021 for an old cumulative update does not hold.</summary>
public sealed record SpecialRow(string Product, string CumulativeUpdate, string Kb, IReadOnlyList<string> Cves);

/// <summary>A product and its support.</summary>
/// <param name="Product">Such as "Exchange 2016".</param>
/// <param name="Numbers">What its builds begin with, such as <c>15.1</c>.</param>
/// <param name="End">Last day of support; null where there is none yet.</param>
/// <param name="AssessedUntil">The last day on which its vendor said of a new flaw whether this product has it; null where it still does.</param>
/// <param name="Serviced">The cumulative updates that got the newest updates.</param>
/// <param name="LastPublic">The last update that anybody may download.</param>
/// <param name="Paid">Updates for those who paid for more.</param>
/// <param name="Unverified">Whether the dates are not from a primary source.</param>
/// <param name="Note">What else to know.</param>
public sealed record SupportRow(string Product, string Numbers, DateOnly? End, DateOnly? AssessedUntil, IReadOnlyList<string> Serviced, string? LastPublic, IReadOnlyList<string> Paid, bool Unverified, string? Note);
