using System.Text.Json;
using static Tocsin.Triage.Reports.JsonReport;

namespace Tocsin.Triage.Reports;

/// <summary>Indicators that the user gave and the evidence shows, as JSON.</summary>
static class JsonIndicators
{
    public static void Write(Utf8JsonWriter json, ScanReport report)
    {
        if (report.Indicators is not { } lists) return;
        json.WriteStartObject("indicators");
        json.WriteNumber("lists", lists.Lists);
        json.WriteNumber("compared", lists.Compared);
        List(json, "notCompared", lists.NotCompared, static (json, n) =>
        {
            Text(json, "type", n.Type);
            json.WriteNumber("count", n.Count);
            Text(json, "reason", n.Reason);
        });
        List(json, "refused", lists.Refused, static (json, entry) =>
        {
            Text(json, "file", entry.File);
            json.WriteNumber("line", entry.Line);
            Text(json, "value", entry.Value);
            Text(json, "reason", entry.Reason);
        });
        List(json, "matches", report.IndicatorMatches, static (json, match) =>
        {
            Text(json, "type", match.Type);
            Text(json, "value", match.Value);
            Time(json, "validFrom", match.ValidFromUtc);
            Time(json, "validUntil", match.ValidUntilUtc);
            if (match.Confidence is { } confidence) json.WriteNumber("confidence", confidence);
            else json.WriteNull("confidence");
            Text(json, "source", match.Source);
            json.WriteNumber("count", match.Count);
            Time(json, "first", match.FirstUtc);
            Time(json, "last", match.LastUtc);
            List(json, "evidence", match.Evidence, WriteEvidence);
        });
        json.WriteEndObject();
    }
}
