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
        byte[] message = new byte[MaxTextBytes];
        foreach ((ServerReport server, WaveReport wave, ChainEvent happened) in events.OrderBy(e => e.Event.TimeUtc))
        {
            EvidenceLine at = happened.Evidence;
            string level = wave.Findings.FirstOrDefault(f => f.Id == happened.FindingId)?.Level ?? "";
            int length = Utf8Text.Copy(Encoding.UTF8.GetBytes($"{Wording.OneLine(happened.What)}: {at.Text}"), message);
            writer.Write(new TimelineRow
            {
                TimeUtc = happened.TimeUtc!.Value,
                TimeIs = "Finding",
                Server = Wording.Name(server),
                Artifact = at.Artifact,
                Line = at.Line,
                Offset = at.Offset,
                Source = "finding",
                Clock = "on the report's clock",
                Client = happened.Client is { } client ? Encoding.UTF8.GetBytes(client) : default,
                User = default,
                Message = message.AsSpan(0, length),
                Findings = happened.Proves > Stage.None ? [new(Wording.OneLine(happened.What), happened.Proves, level, happened.FindingId, wave.Pack)] : [],
            });
        }

        writer.Flush();
    }
}
