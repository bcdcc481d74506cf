using System.Globalization;
using System.Text;
using Tocsin.Triage.Verdicts;

namespace Tocsin.Triage.Reports;

/// <summary>The events of every chain as one table in order of time, for spreadsheets and timeline tools (RFC 4180).</summary>
/// <remarks>
/// UTF-8 without a byte order mark: scripts find columns by name, and a mark would become part of the first name. Events without
/// a time come last. Cells that a spreadsheet would calculate are made text, as <see cref="Inert.Csv(string)"/> says.
/// </remarks>
public static class TimelineCsv
{
    static readonly string[] _columns =
        ["time_utc", "server", "wave", "step", "outcome", "stage", "what", "client", "session", "artifact", "line", "offset", "rule", "text"];

    /// <summary>Writes <paramref name="report"/> to <paramref name="stream"/>, which stays open.</summary>
    public static void Write(ScanReport report, Stream stream)
    {
        using var writer = new StreamWriter(stream, new UTF8Encoding(false), leaveOpen: true);
        WriteRow(writer, _columns);
        var events =
            from server in report.Servers
            from wave in server.Waves
            from step in wave.Steps
            from happened in step.Events
            select (Server: server, Wave: wave, Step: step, Event: happened);
        foreach (var row in events.OrderBy(e => e.Event.TimeUtc ?? DateTime.MaxValue))
        {
            EvidenceLine at = row.Event.Evidence;
            WriteRow(
                writer,
                row.Event.TimeUtc is { } time ? Wording.Iso(time) : "",
                Wording.Name(row.Server),
                row.Wave.Pack,
                row.Step.Id,
                Words.Of(row.Event.Outcome),
                Words.Of(row.Event.Proves),
                Wording.OneLine(row.Event.What),
                row.Event.Client ?? "",
                row.Event.Session == 0 ? "" : row.Event.Session.ToString(CultureInfo.InvariantCulture),
                at.Artifact,
                at.Line.ToString(CultureInfo.InvariantCulture),
                at.Offset.ToString(CultureInfo.InvariantCulture),
                row.Event.FindingId,
                at.Text);
        }
    }

    static void WriteRow(StreamWriter writer, params ReadOnlySpan<string> cells)
    {
        for (int i = 0; i < cells.Length; i++)
        {
            if (i > 0) writer.Write(',');
            writer.Write(Inert.Csv(cells[i]));
        }

        writer.Write("\r\n");
    }
}
