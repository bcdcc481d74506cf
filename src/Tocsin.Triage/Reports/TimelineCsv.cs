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

    /// <summary>What stands for the wave of a match of a rule beside the packs, which has a level instead of a stage.</summary>
    const string OtherWave = "other-rules";

    /// <summary>What stands for the wave of a match that no wave took for its own.</summary>
    internal const string NoWave = "no-wave";

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
        var rows = events.Select(row => (row.Event.TimeUtc, Cells: (string[])
        [
            row.Event.TimeUtc is { } time ? Wording.Iso(time) : "",
            Wording.Name(row.Server),
            row.Wave.Pack,
            row.Step.Id,
            Words.Of(row.Event.Outcome),
            Words.Of(row.Event.Proves),
            Wording.OneLine(row.Event.What),
            row.Event.Client ?? "",
            row.Event.Session == 0 ? "" : row.Event.Session.ToString(CultureInfo.InvariantCulture),
            .. Place(row.Event.Evidence, row.Event.FindingId),
        ]));
        var others =
            from server in report.Servers
            from finding in server.OtherFindings
            from at in finding.Evidence
            select (at.TimeUtc, Cells: (string[])
            [
                at.TimeUtc is { } time ? Wording.Iso(time) : "",
                Wording.Name(server),
                OtherWave,
                finding.Kind,
                "",
                finding.LevelWord,
                Wording.OneLine(finding.Group.Length > 0 ? $"{finding.Title} ({finding.Group})" : finding.Title),
                "",
                "",
                .. Place(at, finding.Id),
            ]);
        var loose =
            from server in report.Servers
            from finding in server.Loose
            from at in finding.Evidence
            select (at.TimeUtc, Cells: (string[])
            [
                at.TimeUtc is { } time ? Wording.Iso(time) : "",
                Wording.Name(server),
                NoWave,
                finding.Step,
                Words.Of(finding.Outcome),
                Words.Of(finding.Proves),
                Wording.OneLine(finding.RuleTitle),
                "",
                "",
                .. Place(at, finding.Id),
            ]);
        foreach (var row in rows.Concat(loose).Concat(others).OrderBy(r => r.TimeUtc ?? DateTime.MaxValue)) WriteRow(writer, row.Cells);
    }

    static string[] Place(EvidenceLine at, string rule) =>
        [at.Artifact, at.Line.ToString(CultureInfo.InvariantCulture), at.Offset.ToString(CultureInfo.InvariantCulture), rule, at.Text];

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
