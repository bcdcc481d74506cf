namespace Tocsin.Packs.Patches;

/// <summary>A build with what the table says of it, looked up once for all flaws.</summary>
sealed class CheckedBuild(PatchTables tables, BuildNumber build)
{
    public BuildNumber Build { get; } = build;

    public SupportRow? Product { get; } = tables.ProductOf(build);

    public KnownBuild? Known { get; } = tables.BuildOf(build);

    /// <summary>The cumulative update; null where the table does not have it.</summary>
    public KnownBuild? Update { get; } = tables.CumulativeUpdateOf(build);

    public string Name => Known?.Name ?? $"build {Build}";

    public string UpdateName => Update is { } update ? $"{update.Product} {update.CumulativeUpdate}" : $"The cumulative update of {Build}";

    public bool HasSpecialPackage { get; } = tables.CumulativeUpdateOf(build) is { } update
        && tables.Builds.Where(b => b.Update == "Mar21SU" && b.Number.IsSameFamily(build)).Select(b => (BuildNumber?)b.Number).Min() is { } first && build >= first
        && tables.Specials.Any(s => s.Product == update.Product && s.CumulativeUpdate == update.CumulativeUpdate);
}
