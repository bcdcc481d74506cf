using Tocsin.Packs;
using Tocsin.Packs.Builds;
using Tocsin.Triage.Findings;
using Tocsin.Triage.Reports;
using Tocsin.Triage.Scanning;

namespace Tocsin.Triage.Verdicts;

/// <summary>The builds that a server's logs name, in order of time.</summary>
/// <remarks>A lower bound: a component that an update left alone goes on writing its old number. So a build counts from the
/// first time any log shows it, and the highest one seen up to a moment is the one installed at that moment.</remarks>
internal sealed class PatchHistory
{
    PatchHistory(IReadOnlyList<BuildSighting> builds) => Builds = builds;

    public IReadOnlyList<BuildSighting> Builds { get; }

    public static PatchHistory Of(IReadOnlyList<ArtifactScan> artifacts)
    {
        var spans = new Dictionary<string, (DateTime First, DateTime Last)>(StringComparer.Ordinal);
        foreach ((string build, (DateTime first, DateTime last)) in artifacts.SelectMany(a => a.Report.Versions))
        {
            spans[build] = spans.TryGetValue(build, out var span) ? (first < span.First ? first : span.First, last > span.Last ? last : span.Last) : (first, last);
        }

        return new([.. spans.Select(s => new BuildSighting(s.Key, BuildNames.NameOf(s.Key), s.Value.First, s.Value.Last))
            .OrderBy(b => b.FirstUtc).ThenBy(b => b.Build, StringComparer.Ordinal)]);
    }

    /// <summary>When the logs first show a build that has the wave's fix; null where they never do.</summary>
    public BuildSighting? FirstFixed(ThreatPack pack) => Builds.FirstOrDefault(b => pack.Builds.StateOf(b.Build) == BuildState.Fixed);

    /// <summary>The last sighting of a build without the fix; null where there is none.</summary>
    public BuildSighting? LastVulnerable(ThreatPack pack) =>
        Builds.Where(b => pack.Builds.StateOf(b.Build) == BuildState.Vulnerable).OrderBy(b => b.LastUtc).LastOrDefault();

    /// <summary>When the logs change from a build without the fix to one with it; null where they never do.</summary>
    public DateTime? FixedUtc(ThreatPack pack) =>
        FirstFixed(pack) is { } first && LastVulnerable(pack) is { } vulnerable && vulnerable.FirstUtc < first.FirstUtc ? first.FirstUtc : null;

    /// <summary>What to say of the fix; null where no log shows it.</summary>
    public string? Describe(ThreatPack pack)
    {
        BuildSighting? fixedBuild = FirstFixed(pack), vulnerable = LastVulnerable(pack);
        if (fixedBuild is null) return null;
        return vulnerable is not null && vulnerable.FirstUtc < fixedBuild.FirstUtc
            ? $"Patched by {WaveFindings.Day(fixedBuild.FirstUtc)}: the logs change from {Title(vulnerable)} to {Title(fixedBuild)}."
            : $"The update was in place when the logs begin ({Title(fixedBuild)}, seen from {WaveFindings.Day(fixedBuild.FirstUtc)}).";
    }

    static string Title(BuildSighting build) => build.Name is null ? $"build {build.Build}" : $"{build.Name} ({build.Build})";
}
