using System.Globalization;
using System.Text;
using Tocsin.Detection.Indicators;
using Tocsin.Triage.Reports;

namespace Tocsin.Triage.Sharing;

/// <summary>A report's indicators as a table (RFC 4180). Cells that a spreadsheet would calculate are made text, as <see cref="Inert.Csv(string)"/> says.</summary>
public static class IndicatorsCsv
{
    /// <summary>Writes the indicators of <paramref name="report"/> to <paramref name="stream"/>, which stays open.</summary>
    public static void Write(ScanReport report, DateTime nowUtc, Stream stream)
    {
        using var writer = new StreamWriter(stream, new UTF8Encoding(false), leaveOpen: true);
        writer.Write("type,value,valid_from,valid_until,confidence,finding,source\r\n");
        foreach (SharedIndicator shared in IndicatorChoice.Of(SharedFinding.Of(report), nowUtc))
        {
            Indicator indicator = shared.Indicator;
            string[] cells =
            [
                Indicator.WordOf(indicator.Type),
                indicator.Value,
                indicator.ValidFromUtc is { } from ? Wording.Iso(from) : "",
                indicator.ValidUntilUtc is { } until ? Wording.Iso(until) : "",
                indicator.Confidence?.ToString(CultureInfo.InvariantCulture) ?? "",
                shared.Sightings[0].Of.Finding.Id,
                indicator.Source,
            ];
            writer.Write(string.Join(',', cells.Select(c => Inert.Csv(c))));
            writer.Write("\r\n");
        }
    }
}
