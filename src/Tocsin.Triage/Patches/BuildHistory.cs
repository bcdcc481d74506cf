using Tocsin.Packs.Patches;
using Tocsin.Triage.Reports;

namespace Tocsin.Triage.Patches;

/// <summary>The builds that a server's logs show, as numbers.</summary>
internal sealed class BuildHistory
{
    /// <summary>Logs are written by processes that run on while setup works, and clocks of servers differ.</summary>
    static readonly TimeSpan Changeover = TimeSpan.FromDays(1);

    BuildHistory(IReadOnlyList<(BuildNumber Build, BuildSighting Seen)> builds) => Builds = builds;

    /// <summary>In order of first sighting.</summary>
    public IReadOnlyList<(BuildNumber Build, BuildSighting Seen)> Builds { get; }

    /// <summary>The highest; null where no log names a build.</summary>
    public BuildNumber? Installed => Builds.Count == 0 ? null : Builds.Max(b => b.Build);

    public static BuildHistory Of(IReadOnlyList<BuildSighting> sightings, PatchTables tables)
    {
        var builds = new List<(BuildNumber, BuildSighting)>();
        foreach (BuildSighting seen in sightings)
        {
            if (BuildNumber.TryParse(seen.Build, out BuildNumber build) && tables.ProductOf(build) is not null) builds.Add((build, seen));
        }

        return new(builds);
    }

    /// <summary>The newest build of an older cumulative update that went on after the installed one had come; null where there is none.</summary>
    /// <remarks>A security update leaves parts alone, which then keep their number; a cumulative update replaces all of them.</remarks>
    public BuildNumber? StillRunning
    {
        get
        {
            if (Installed is not { } installed) return null;
            DateTime came = Builds.Where(b => b.Build.IsSameFamily(installed)).Min(b => b.Seen.FirstUtc);
            BuildNumber[] left = [.. Builds.Where(b => b.Build.Family < installed.Family && b.Seen.LastUtc > came + Changeover).Select(b => b.Build)];
            return left.Length == 0 ? null : left.Max();
        }
    }

    /// <summary>When the logs first show a build that a test holds for, and whether one came before for which it did not.</summary>
    public (DateTime? First, bool WasWithout) FirstWith(Func<BuildNumber, bool> has)
    {
        BuildSighting? first = Builds.Where(b => has(b.Build)).Select(b => b.Seen).MinBy(s => s.FirstUtc);
        return (first?.FirstUtc, Builds.Any(b => !has(b.Build) && (first is null || b.Seen.FirstUtc < first.FirstUtc)));
    }

    public IEnumerable<string> Remarks()
    {
        if (Installed is not { } installed) yield break;
        if (StillRunning is { } older) yield return $"Parts of {older} went on for more than a day after {installed} had come. A cumulative update replaces everything: it was not finished, was taken back, or logs of two servers are mixed.";
        DateTime last = Builds.Max(b => b.Seen.LastUtc), lastInstalled = Builds.Where(b => b.Build == installed).Max(b => b.Seen.LastUtc);
        if (last - lastInstalled > Changeover) yield return $"{installed} was last seen on {Wording.Day(lastInstalled)}, and only older builds until {Wording.Day(last)}. Was the update taken out again?";
    }
}
