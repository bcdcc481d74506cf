using Tocsin.Triage.Reports;
using Tocsin.Triage.Sharing;

namespace Tocsin.Cli;

/// <summary>What <c>--export</c> adds to a report for the tools of others.</summary>
/// <param name="Name">As the user names it.</param>
/// <param name="File">The file that it writes into the report's folder.</param>
/// <param name="Write">Writes it: the report, the time of the export, where to.</param>
public sealed record ReportExport(string Name, string File, Action<ScanReport, DateTime, Stream> Write)
{
    /// <summary>All there are, in the order in which they are written.</summary>
    public static IReadOnlyList<ReportExport> All { get; } =
    [
        new("stix", "report.stix.json", StixBundle.Write),
        new("navigator", "report.navigator.json", (report, _, stream) => NavigatorLayer.Write(report, stream)),
        new("misp", "report.misp.json", MispEvent.Write),
        new("indicators", "report.indicators.csv", IndicatorsCsv.Write),
    ];

    /// <summary>Those that the user named, separated by commas; null where one is not known, which is told.</summary>
    public static IReadOnlyList<ReportExport>? Named(IEnumerable<string> lists, TextWriter errors)
    {
        string[] names = [.. lists.SelectMany(l => l.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))];
        if (names.FirstOrDefault(n => All.All(e => e.Name != n)) is not { } unknown) return [.. All.Where(e => names.Contains(e.Name))];
        errors.WriteLine($"tocsin: there is no export '{Inert.Terminal(unknown)}'. Name one or more of {string.Join(", ", All.Select(e => e.Name))}, with commas between them.");
        return null;
    }
}
