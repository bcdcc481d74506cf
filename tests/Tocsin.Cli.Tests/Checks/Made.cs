using Tocsin.Packs.Builds;
using Tocsin.Packs.Patches;
using Tocsin.Triage.Patches;
using Tocsin.Triage.Reports;

namespace Tocsin.Cli.Tests.Checks;

/// <summary>Small pieces that tests of <c>tocsin check</c> begin with.</summary>
static class Made
{
    public static CheckOptions Options { get; } = new() { Tables = PatchTables.Embedded, Today = new(2026, 11, 25) };

    /// <summary>What a scan tells of a server whose logs name these builds on these days: <c>15.1.2176.2 2021-02-26..2021-03-08</c>.</summary>
    public static ServerReport Server(string name, params string[] sightings) => new(
        name,
        "named in its logs",
        [],
        [.. sightings.Select(s => s.Split([" ", ".."], StringSplitOptions.None)).Select(s => new BuildSighting(s[0], BuildNames.NameOf(s[0]), Day(s[1]), Day(s[2])))],
        [],
        [],
        []);

    public static ScanReport Scan(params ServerReport[] servers) => new("0", [], ["evidence"], servers, new(0, 0, 0, 0, 0, 0), []);

    public static string Text(CheckReport report, bool all = false)
    {
        using var writer = new StringWriter();
        CheckText.Write(report, writer, 100, colour: false, all);
        return writer.ToString();
    }

    static DateTime Day(string day) => DateTime.ParseExact(day, "yyyy-MM-dd", System.Globalization.CultureInfo.InvariantCulture, System.Globalization.DateTimeStyles.AssumeUniversal | System.Globalization.DateTimeStyles.AdjustToUniversal);
}
