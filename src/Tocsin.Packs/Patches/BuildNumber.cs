using System.Globalization;

namespace Tocsin.Packs.Patches;

/// <summary>What a text that named a build can tell.</summary>
public enum BuildForm
{
    /// <summary>The version of a file, such as exsetup.exe: security updates included.</summary>
    FileVersion,
    /// <summary>As AdminDisplayVersion has it, <c>Version 15.2 (Build 792.3)</c>: the cumulative update only, since a security update leaves it as it is.</summary>
    DisplayVersion,
}

/// <summary>A build of Exchange: four numbers, compared as numbers in every culture, so that 15.1.1913.10 is newer than 15.1.1913.1.</summary>
public readonly record struct BuildNumber(int Major, int Minor, int Build, int Revision) : IComparable<BuildNumber>
{
    /// <summary>File versions have 16 bits for each number.</summary>
    const int MaxNumber = ushort.MaxValue;

    /// <summary>Reads <c>15.2.792.3</c>, <c>15.02.0792.003</c>, <c>Version 15.2 (Build 792.3)</c> and <c>15.2 (Build 792.3)</c>.</summary>
    public static bool TryParse(string text, out BuildNumber build, out BuildForm form)
    {
        ReadOnlySpan<char> rest = text.AsSpan().Trim();
        form = BuildForm.FileVersion;
        build = default;
        if (rest.StartsWith("Version ", StringComparison.OrdinalIgnoreCase)) rest = rest["Version ".Length..].TrimStart();
        int open = rest.IndexOf('(');
        if (open < 0) return TryNumbers(rest, 4, out build);
        form = BuildForm.DisplayVersion;
        ReadOnlySpan<char> inside = rest[(open + 1)..];
        if (inside.IsEmpty || inside[^1] != ')' || !inside.StartsWith("Build ", StringComparison.OrdinalIgnoreCase)) return false;
        if (!TryNumbers(rest[..open].TrimEnd(), 2, out BuildNumber front) || !TryNumbers(inside["Build ".Length..^1].Trim(), 2, out BuildNumber back)) return false;
        build = new(front.Major, front.Minor, back.Major, back.Minor);
        return true;
    }

    /// <inheritdoc cref="TryParse(string, out BuildNumber, out BuildForm)"/>
    public static bool TryParse(string text, out BuildNumber build) => TryParse(text, out build, out _);

    /// <summary>What one fix covers: a cumulative update of Exchange 2013 and newer, a service pack before.</summary>
    /// <remarks>Rollups of Exchange 2010 change the third number too: 14.3.442.0 and 14.3.513.0 are both SP3.</remarks>
    public BuildNumber Family => Major >= 15 ? this with { Revision = 0 } : this with { Build = 0, Revision = 0 };

    /// <summary>Whether both belong to one cumulative update, or to one service pack of Exchange 2010 and older.</summary>
    public bool IsSameFamily(BuildNumber other) => Family == other.Family;

    /// <inheritdoc />
    public int CompareTo(BuildNumber other) => (Major, Minor, Build, Revision).CompareTo((other.Major, other.Minor, other.Build, other.Revision));

    public static bool operator <(BuildNumber left, BuildNumber right) => left.CompareTo(right) < 0;

    public static bool operator >(BuildNumber left, BuildNumber right) => left.CompareTo(right) > 0;

    public static bool operator <=(BuildNumber left, BuildNumber right) => left.CompareTo(right) <= 0;

    public static bool operator >=(BuildNumber left, BuildNumber right) => left.CompareTo(right) >= 0;

    /// <summary>The short form: <c>15.2.792.3</c>.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Major}.{Minor}.{Build}.{Revision}");

    static bool TryNumbers(ReadOnlySpan<char> text, int count, out BuildNumber build)
    {
        build = default;
        Span<int> numbers = stackalloc int[4];
        numbers.Clear();
        int read = 0;
        foreach (Range part in text.Split('.'))
        {
            if (read == count || !int.TryParse(text[part], NumberStyles.None, CultureInfo.InvariantCulture, out int number) || number > MaxNumber) return false;
            numbers[read++] = number;
        }

        if (read != count) return false;
        build = new(numbers[0], numbers[1], numbers[2], numbers[3]);
        return true;
    }
}
