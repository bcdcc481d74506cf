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
        var ofWaves =
            from server in report.Servers
            from wave in server.Waves
            from step in wave.Steps
            from happened in step.Events
            select Row(server, wave.Pack, step.Id, Words.Of(happened.Outcome), Words.Of(happened.Proves), happened.What, happened.Evidence, happened.FindingId, happened.Client, happened.Session);
        var loose =
            from server in report.Servers
            from finding in server.Loose
            from at in finding.Evidence
            select Row(server, NoWave, finding.Step, Words.Of(finding.Outcome), Words.Of(finding.Proves), finding.RuleTitle, at, finding.Id);
        var others =
            from server in report.Servers
            from finding in server.OtherFindings
            from at in finding.Evidence
            select Row(server, OtherWave, finding.Kind, "", finding.LevelWord, finding.Group.Length > 0 ? $"{finding.Title} ({finding.Group})" : finding.Title, at, finding.Id);
        foreach (var row in ofWaves.Concat(loose).Concat(others).OrderBy(r => r.TimeUtc ?? DateTime.MaxValue)) WriteRow(writer, row.Cells);
    }

    static (DateTime? TimeUtc, string[] Cells) Row(ServerReport server, string wave, string step, string outcome, string stage, string what, EvidenceLine at, string rule, string? client = null, int session = 0) =>
        (at.TimeUtc,
        [
            at.TimeUtc is { } time ? Wording.Iso(time) : "",
            Wording.Name(server),
            wave,
            step,
            outcome,
            stage,
            Wording.OneLine(what),
            client ?? "",
            session == 0 ? "" : session.ToString(CultureInfo.InvariantCulture),
            at.Artifact,
            at.Line.ToString(CultureInfo.InvariantCulture),
            at.Offset.ToString(CultureInfo.InvariantCulture),
            rule,
            at.Text,
        ]);

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
