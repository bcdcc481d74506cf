using System.Text;
using Tocsin.Packs.Chain;
using Tocsin.Triage.Reports;

namespace Tocsin.Triage.Timeline;

/// <summary>The events of every chain of a report as JSON lines for Timesketch: what <see cref="TimelineCsv"/> is for spreadsheets. Events without a time are left out.</summary>
public static class FindingTimeline
{
    const int MaxTextBytes = 2000;

    /// <summary>Writes <paramref name="report"/> to <paramref name="stream"/>, which stays open.</summary>
    public static void Write(ScanReport report, Stream stream)
    {
        using var writer = new JsonTimeline(stream, zone: null, timesketch: true);
        var events =
            from server in report.Servers
            from wave in server.Waves
            from step in wave.Steps
            from happened in step.Events
            where happened.TimeUtc is not null
            select (Server: server, Wave: wave, Event: happened);
        var ofWaves = events.Select(e => (e.Server, e.Event.Evidence, e.Event.What, e.Event.Client, e.Event.Proves, Id: e.Event.FindingId, Level: e.Wave.Findings.FirstOrDefault(f => f.Id == e.Event.FindingId)?.Level ?? "", Wave: e.Wave.Pack));
        var loose =
            from server in report.Servers
            from finding in server.Loose
            from at in finding.Evidence
            where at.TimeUtc is not null
            select (Server: server, Evidence: at, What: finding.RuleTitle, Client: (string?)null, finding.Proves, finding.Id, finding.Level, Wave: TimelineCsv.NoWave);
        byte[] message = new byte[MaxTextBytes];
        foreach (var happened in ofWaves.Concat(loose).OrderBy(e => e.Evidence.TimeUtc))
        {
            EvidenceLine at = happened.Evidence;
            int length = Utf8Text.Copy(Encoding.UTF8.GetBytes($"{Wording.OneLine(happened.What)}: {at.Text}"), message);
            writer.Write(new TimelineRow
            {
                TimeUtc = at.TimeUtc!.Value,
                TimeIs = "Finding",
                Server = Wording.Name(happened.Server),
                Artifact = at.Artifact,
                Line = at.Line,
                Offset = at.Offset,
                Source = "finding",
                Clock = "on the report's clock",
                Client = happened.Client is { } client ? Encoding.UTF8.GetBytes(client) : default,
                User = default,
                Message = message.AsSpan(0, length),
                Findings = happened.Proves > Stage.None ? [new(Wording.OneLine(happened.What), happened.Proves, happened.Level, happened.Id, happened.Wave)] : [],
            });
        }

        writer.Flush();
    }
}
