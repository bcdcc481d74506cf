using System.Collections.Frozen;
using System.Globalization;

namespace Tocsin.Packs.Builds;

/// <summary>What builds of Exchange are called: <c>15.1.2176.9</c> is "Exchange 2016 CU19 Mar21SU". Safe to share between threads.</summary>
public static class BuildNames
{
    static readonly Lazy<FrozenDictionary<string, (string Name, DateOnly? Released)>> Table = new(Read);

    /// <summary>How many builds have a name.</summary>
    public static int Count => Table.Value.Count;

    /// <summary>The name of a build; null where the table does not have it.</summary>
    public static string? NameOf(string build) => Table.Value.TryGetValue(build, out var entry) ? entry.Name : null;

    /// <summary>The day on which a build was released; null where it is not known.</summary>
    public static DateOnly? ReleasedOf(string build) => Table.Value.TryGetValue(build, out var entry) ? entry.Released : null;

    // Shape: build,product,cumulative-update,update,released,…; docs/formats/exchange-data.md. None of these five holds a comma.
    static FrozenDictionary<string, (string, DateOnly?)> Read()
    {
        using Stream stream = typeof(BuildNames).Assembly.GetManifestResourceStream("exchange/builds.csv")!;
        using var reader = new StreamReader(stream);
        var table = new Dictionary<string, (string, DateOnly?)>(StringComparer.Ordinal);
        reader.ReadLine();
        while (reader.ReadLine() is { } line)
        {
            string[] cells = line.Split(',');
            string name = string.Join(' ', cells[1..4].Where(c => c.Length > 0));
            bool dated = DateOnly.TryParseExact(cells[4], "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out DateOnly released);
            table[cells[0]] = (name, dated ? released : null);
        }

        return table.ToFrozenDictionary(StringComparer.Ordinal);
    }
}
