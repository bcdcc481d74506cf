using System.Text.Encodings.Web;
using System.Text.Json;
using Tocsin.Triage.Reports;
using Tocsin.Triage.Verdicts;

namespace Tocsin.Triage.Timeline;

/// <summary>One JSON object a line, ASCII; what a row does not have is left out.</summary>
/// <remarks>
/// For Timesketch: <c>message</c>, <c>datetime</c> (ISO 8601) and <c>timestamp_desc</c> are mandatory, <c>timestamp</c> is microseconds since
/// 1970, <c>tag</c> is a list of texts (its guide "Create timeline from JSONL or CSV file", and <c>read_and_validate_jsonl</c> of its
/// <c>lib/utils.py</c>). A field has one type in every line, since its index refuses lines in which it changes.
/// </remarks>
internal sealed class JsonTimeline : TimelineWriter
{
    readonly Utf8JsonWriter _json;
    readonly TimeSpan? _zone;
    readonly bool _timesketch;

    public JsonTimeline(Stream to, TimeSpan? zone, bool timesketch)
        : base(to)
    {
        _json = new Utf8JsonWriter(Buffer, new JsonWriterOptions { SkipValidation = true, Encoder = JavaScriptEncoder.Default });
        _zone = zone;
        _timesketch = timesketch;
    }

    protected override void WriteRow(in TimelineRow row)
    {
        _json.Reset(Buffer);
        _json.WriteStartObject();
        _json.WriteString("data_type"u8, $"tocsin:{Inert.Json(row.Source)}");
        // As it stands in its quotes: the encoder would write the plus sign as an escape, which is as valid and harder to read.
        Span<byte> time = stackalloc byte[TimelineTime.Length + 2];
        time[0] = time[^1] = (byte)'"';
        TimelineTime.Utc(row.TimeUtc, time[1..]);
        _json.WritePropertyName("datetime"u8);
        _json.WriteRawValue(time, skipInputValidation: true);
        if (_timesketch) _json.WriteNumber("timestamp"u8, (row.TimeUtc - DateTime.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond);
        _json.WriteString("timestamp_desc"u8, row.TimeIs);
        if (row.Message.IsEmpty) _json.WriteString("message"u8, row.Source);
        else _json.WriteString("message"u8, row.Message);
        Text("server"u8, row.Server);
        Text("artifact"u8, row.Artifact);
        _json.WriteNumber("line"u8, row.Line);
        _json.WriteNumber("offset"u8, row.Offset);
        Text("source"u8, row.Source);
        if (!row.Client.IsEmpty) _json.WriteString("client"u8, row.Client);
        if (!row.User.IsEmpty) _json.WriteString("user"u8, row.User);
        _json.WriteString("clock"u8, row.Clock);
        if (_zone is { } zone) _json.WriteString("local"u8, TimelineTime.In(row.TimeUtc, zone));
        if (row.Findings.Count > 0) WriteFinding(row.Findings);
        _json.WriteEndObject();
        _json.Flush();
        Buffer.GetSpan(1)[0] = (byte)'\n';
        Buffer.Advance(1);
    }

    void WriteFinding(IReadOnlyList<FindingMark> findings)
    {
        Text("finding"u8, Joined(findings, f => f.Title, "; "));
        _json.WriteString("stage"u8, Words.Of(findings[0].Stage));
        Text("level"u8, findings[0].Level);
        Text("rule"u8, Joined(findings, f => f.Rule, "; "));
        Text("wave"u8, Joined(findings, f => f.Wave, "; "));
        if (!_timesketch) return;
        _json.WriteStartArray("tag"u8);
        _json.WriteStringValue("tocsin-finding"u8);
        _json.WriteStringValue($"stage-{Words.Of(findings[0].Stage)}");
        foreach (string wave in findings.Select(f => f.Wave).Distinct(StringComparer.Ordinal)) _json.WriteStringValue(Inert.Json(wave));
        _json.WriteEndArray();
    }

    void Text(ReadOnlySpan<byte> name, string text) => _json.WriteString(name, Inert.Json(text));

    protected override void Close() => _json.Dispose();
}
