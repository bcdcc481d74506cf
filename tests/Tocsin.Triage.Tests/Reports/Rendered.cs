using System.Text;
using Tocsin.Triage.Reports;

namespace Tocsin.Triage.Tests.Reports;

/// <summary>Reports as they are written, by the ending of the file that they would be.</summary>
static class Rendered
{
    public static IReadOnlyList<string> Formats { get; } = ["txt", "quiet", "html", "json", "csv"];

    public static byte[] Bytes(ScanReport report, string format)
    {
        using var stream = new MemoryStream();
        switch (format)
        {
            case "html": HtmlReport.Write(report, stream); break;
            case "json": JsonReport.Write(report, stream); break;
            case "csv": TimelineCsv.Write(report, stream); break;
            default:
                using (var writer = new StreamWriter(stream, new UTF8Encoding(false, throwOnInvalidBytes: true), leaveOpen: true))
                    TextReport.Write(report, writer, new TextReportOptions(Colour: false, Width: 80, Quiet: format == "quiet"));
                break;
        }

        return stream.ToArray();
    }

    /// <summary>Strict: bytes that are no UTF-8 fail the test.</summary>
    public static string Text(ScanReport report, string format) => new UTF8Encoding(false, throwOnInvalidBytes: true).GetString(Bytes(report, format));
}
