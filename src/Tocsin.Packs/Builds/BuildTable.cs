using System.Globalization;

namespace Tocsin.Packs.Builds;

/// <summary>Whether a build has a fix.</summary>
public enum BuildState
{
    /// <summary>The table does not know the build's family, and it is not newer than all it knows.</summary>
    Unknown,
    /// <summary>The build is older than its family's fix, or its family never got one.</summary>
    Vulnerable,
    /// <summary>The build has the fix.</summary>
    Fixed,
}

/// <summary>The first fixed build of each family (cumulative update) of the product. Immutable; safe to share between threads.</summary>
/// <remarks>
/// A build has four numbers; the first three name its family, the fourth counts the updates within. Builds seen in logs
/// are a lower bound: a component that an update left alone keeps its old number, so "vulnerable" may be out of date
/// and "fixed" is sure.
/// </remarks>
public sealed class BuildTable
{
    readonly Dictionary<BuildFamily, int?> _firstFixed;
    readonly bool _newerFamiliesFixed;

    /// <summary>Takes families with the fourth number of their first fixed build; null for a family without a fix.</summary>
    public BuildTable(IReadOnlyDictionary<BuildFamily, int?> firstFixed, bool newerFamiliesFixed)
    {
        _firstFixed = new(firstFixed);
        _newerFamiliesFixed = newerFamiliesFixed;
    }

    /// <summary>How many families the table has.</summary>
    public int Count => _firstFixed.Count;

    /// <summary>Whether a build such as <c>15.1.2176.9</c> has the fix.</summary>
    public BuildState StateOf(string build)
    {
        if (!BuildFamily.TryParse(build, out BuildFamily family, out int revision)) return BuildState.Unknown;
        if (_firstFixed.TryGetValue(family, out int? first)) return first is { } fix && revision >= fix ? BuildState.Fixed : BuildState.Vulnerable;
        return _newerFamiliesFixed && IsNewerThanAll(family) ? BuildState.Fixed : BuildState.Unknown;
    }

    /// <summary>The first fixed build of the family that a build belongs to; null where there is none or the family is not known.</summary>
    public string? FirstFixedFor(string build) =>
        BuildFamily.TryParse(build, out BuildFamily family, out _) && _firstFixed.GetValueOrDefault(family) is { } revision
            ? string.Create(CultureInfo.InvariantCulture, $"{family}.{revision}")
            : null;

    // Product lines (15.0, 15.1, 15.2) live side by side: newer means newer within its own line, or a line newer than all.
    bool IsNewerThanAll(BuildFamily family)
    {
        bool sameLine = false;
        foreach (BuildFamily known in _firstFixed.Keys)
        {
            if (known.IsSameLine(family))
            {
                sameLine = true;
                if (known.Number >= family.Number) return false;
            }
        }

        return sameLine || _firstFixed.Count > 0 && _firstFixed.Keys.All(k => (k.Major, k.Minor).CompareTo((family.Major, family.Minor)) < 0);
    }
}

/// <summary>The first three numbers of a build.</summary>
public readonly record struct BuildFamily(int Major, int Minor, int Number)
{
    /// <summary>Whether both belong to one product line, such as 15.1.</summary>
    public bool IsSameLine(BuildFamily other) => Major == other.Major && Minor == other.Minor;

    /// <summary>Splits a build into its family and its fourth number.</summary>
    public static bool TryParse(string build, out BuildFamily family, out int revision)
    {
        revision = 0;
        family = default;
        int last = build.LastIndexOf('.');
        return last > 0 && TryParse(build[..last], out family) && TryNumber(build[(last + 1)..], out revision);
    }

    /// <summary>Reads a family such as <c>15.1.2176</c>.</summary>
    public static bool TryParse(string text, out BuildFamily family)
    {
        family = default;
        string[] parts = text.Split('.');
        if (parts.Length != 3 || !TryNumber(parts[0], out int major) || !TryNumber(parts[1], out int minor) || !TryNumber(parts[2], out int number)) return false;
        family = new(major, minor, number);
        return true;
    }

    static bool TryNumber(string text, out int number) => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number);

    /// <inheritdoc />
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Major}.{Minor}.{Number}");
}
