using System.Text;
using System.Text.Json;
using Tocsin.Triage.Reports;
using Tocsin.Triage.Sharing;
using Tocsin.Triage.Tests.Support;

namespace Tocsin.Triage.Tests.Sharing;

/// <summary>Exports as they are written, by the ending of the file that they would be.</summary>
static class Exported
{
    public static IReadOnlyList<string> Formats { get; } = ["stix.json", "navigator.json", "misp.json", "indicators.csv"];

    public static byte[] Bytes(ScanReport report, string format)
    {
        using var stream = new MemoryStream();
        switch (format)
        {
            case "stix.json": StixBundle.Write(report, Some.ExportTime, stream); break;
            case "navigator.json": NavigatorLayer.Write(report, stream); break;
            case "misp.json": MispEvent.Write(report, Some.ExportTime, stream); break;
            default: IndicatorsCsv.Write(report, Some.ExportTime, stream); break;
        }

        return stream.ToArray();
    }

    /// <summary>Strict: bytes that are no UTF-8 fail the test.</summary>
    public static string Text(ScanReport report, string format) => new UTF8Encoding(false, throwOnInvalidBytes: true).GetString(Bytes(report, format));

    public static JsonElement Json(ScanReport report, string format) => JsonDocument.Parse(Bytes(report, format)).RootElement;
}
