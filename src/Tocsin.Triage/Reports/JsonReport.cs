using System.Text.Json;
using Tocsin.Triage.Verdicts;

namespace Tocsin.Triage.Reports;

/// <summary>The report as JSON, as <c>docs/formats/report.schema.json</c> describes it: everything in the model, in its order.</summary>
/// <remarks>
/// ASCII only: whatever is not, direction marks and control characters included, is written as <c>\uXXXX</c>. Times are ISO 8601,
/// UTC, with milliseconds. Evidence text is as logged, not made visible as for people.
/// </remarks>
public static class JsonReport
{
    /// <summary>Name and version of the format. The number changes when a reader of the old one would go wrong.</summary>
    public const string Schema = "tocsin.report/1";

    /// <summary>Writes <paramref name="report"/> to <paramref name="stream"/>, which stays open.</summary>
    public static void Write(ScanReport report, Stream stream)
    {
        using (var json = new Utf8JsonWriter(stream, new JsonWriterOptions { Indented = true, NewLine = "\n" }))
        {
            json.WriteStartObject();
            json.WriteString("schema", Schema);
            Text(json, "version", report.Version);
            List(json, "packs", report.Packs, WritePack);
            Texts(json, "sources", report.Sources);
            json.WriteNumber("exitCode", report.ExitCode);
            List(json, "servers", report.Servers, WriteServer);
            WriteTotals(json, report.Totals);
            List(json, "problems", report.Problems, static (json, p) =>
            {
                Text(json, "path", p.Path);
                Text(json, "reason", p.Reason);
            });
            if (report.YaraHits.Count > 0) List(json, "yaraHits", report.YaraHits, WriteYaraHit);
            if (report.Yara != YaraSummary.None) WriteYara(json, report.Yara);
            JsonOther.WriteSummary(json, report.OtherRules);
            JsonIndicators.Write(json, report);
            json.WriteEndObject();
        }

        stream.WriteByte((byte)'\n');
    }

    static void WriteYaraHit(Utf8JsonWriter json, YaraHit hit)
    {
        Text(json, "rule", hit.Rule);
        Text(json, "file", hit.File);
        Text(json, "author", hit.Author);
        Text(json, "reference", hit.Reference);
        Text(json, "description", hit.Description);
        Text(json, "level", hit.Level);
        Text(json, "artifact", hit.Artifact);
        json.WriteNumber("offset", hit.Offset);
        Text(json, "text", hit.Text);
    }

    static void WriteYara(Utf8JsonWriter json, YaraSummary yara)
    {
        json.WriteStartObject("yara");
        json.WriteNumber("rules", yara.Rules);
        json.WriteNumber("scanned", yara.Scanned);
        json.WriteNumber("known", yara.Known);
        json.WriteNumber("givenUp", yara.GivenUp);
        json.WriteEndObject();
    }

    static void WritePack(Utf8JsonWriter json, PackSummary pack)
    {
        Text(json, "id", pack.Id);
        Text(json, "title", pack.Title);
        Text(json, "version", pack.Version);
        json.WriteNumber("rules", pack.Rules);
        if (pack.Cves.Count > 0) Texts(json, "cves", pack.Cves);
    }

    static void WriteTotals(Utf8JsonWriter json, ScanTotals totals)
    {
        json.WriteStartObject("totals");
        json.WriteNumber("artifacts", totals.Artifacts);
        json.WriteNumber("skipped", totals.Skipped);
        json.WriteNumber("unread", totals.Unread);
        json.WriteNumber("bytes", totals.Bytes);
        json.WriteNumber("records", totals.Records);
        json.WriteNumber("damaged", totals.Damaged);
        json.WriteEndObject();
    }

    static void WriteServer(Utf8JsonWriter json, ServerReport server)
    {
        Text(json, "name", server.Name);
        Text(json, "nameFrom", server.NameFrom);
        List(json, "waves", server.Waves, WriteWave);
        List(json, "builds", server.Builds, static (json, b) =>
        {
            Text(json, "build", b.Build);
            Text(json, "name", b.Name);
            Time(json, "first", b.FirstUtc);
            Time(json, "last", b.LastUtc);
        });
        List(json, "coverage", server.Coverage, WriteCoverage);
        List(json, "artifacts", server.Artifacts, WriteArtifact);
        Texts(json, "notes", server.Notes);
        List(json, "clocks", server.Clocks, static (json, clock) =>
        {
            json.WriteString("finding", Wording.Of(clock.Finding));
            Text(json, "says", clock.Says);
            if (clock.Offset is { } offset) json.WriteNumber("offsetSeconds", (long)offset.TotalSeconds);
            else json.WriteNull("offsetSeconds");
            json.WriteBoolean("corrected", clock.Corrected);
            Texts(json, "artifacts", clock.Artifacts);
            List(json, "pairs", clock.Pairs, static (json, pair) =>
            {
                Place(json, "one", pair.One);
                Place(json, "other", pair.Other);
            });
        });

        static void Place(Utf8JsonWriter json, string name, ClockPlace place)
        {
            json.WriteStartObject(name);
            Text(json, "artifact", place.Artifact);
            json.WriteNumber("line", place.Line);
            json.WriteNumber("offset", place.Offset);
            Time(json, "time", place.TimeUtc);
            Text(json, "says", place.Says);
            json.WriteEndObject();
        }

        List(json, "loose", server.Loose, WriteFinding);
        List(json, "otherFindings", server.OtherFindings, JsonOther.WriteFinding);
    }

    static void WriteWave(Utf8JsonWriter json, WaveReport wave)
    {
        Text(json, "pack", wave.Pack);
        Text(json, "title", wave.Title);
        json.WriteString("verdict", Words.Of(wave.Verdict));
        json.WriteString("stage", Words.Of(wave.Stage));
        json.WriteString("confidence", Words.Of(wave.Confidence));
        Text(json, "headline", wave.Headline);
        Text(json, "meaning", wave.Meaning);
        Text(json, "nextStep", wave.NextStep);
        Texts(json, "because", wave.Because);
        Texts(json, "missing", wave.Missing);
        json.WriteStartObject("window");
        Span(json, new TimeSpanUtc(wave.WindowFromUtc, wave.WindowToUtc));
        json.WriteEndObject();
        Text(json, "patched", wave.Patched);
        List(json, "proven", wave.Proven, Span);
        List(json, "steps", wave.Steps, WriteStep);
        List(json, "findings", wave.Findings, WriteFinding);
    }

    static void WriteStep(Utf8JsonWriter json, StepReport step)
    {
        Text(json, "id", step.Id);
        Text(json, "title", step.Title);
        json.WriteBoolean("seen", step.Seen);
        Text(json, "outcome", step.Seen ? Words.Of(step.Outcome) : null);
        Time(json, "first", step.FirstUtc);
        Time(json, "last", step.LastUtc);
        json.WriteNumber("count", step.Count);
        List(json, "events", step.Events, static (json, e) =>
        {
            Time(json, "time", e.TimeUtc);
            Text(json, "what", e.What);
            json.WriteString("outcome", Words.Of(e.Outcome));
            json.WriteString("proves", Words.Of(e.Proves));
            json.WriteNumber("session", e.Session);
            Text(json, "client", e.Client);
            Text(json, "findingId", e.FindingId);
            json.WriteStartObject("evidence");
            WriteEvidence(json, e.Evidence);
            json.WriteEndObject();
            if (e.Observed is { } observed) WriteObserved(json, observed);
        });
    }

    static void WriteObserved(Utf8JsonWriter json, Observed observed)
    {
        json.WriteStartObject("observed");
        Given("host", observed.Host);
        Given("path", observed.Path);
        Given("method", observed.Method);
        Given("userAgent", observed.UserAgent);
        Given("file", observed.File);
        Given("program", observed.Program);
        Given("commandLine", observed.CommandLine);
        Given("registryKey", observed.RegistryKey);
        json.WriteEndObject();

        void Given(string name, string? text)
        {
            if (text is not null) Text(json, name, text);
        }
    }

    static void WriteFinding(Utf8JsonWriter json, Finding finding)
    {
        Text(json, "id", finding.Id);
        Text(json, "ruleTitle", finding.RuleTitle);
        Text(json, "level", finding.Level);
        Text(json, "step", finding.Step);
        json.WriteString("proves", Words.Of(finding.Proves));
        json.WriteString("outcome", Words.Of(finding.Outcome));
        Text(json, "why", finding.Why);
        Text(json, "knownNoise", finding.KnownNoise);
        Texts(json, "techniques", finding.Techniques);
        json.WriteNumber("count", finding.Count);
        Time(json, "first", finding.FirstUtc);
        Time(json, "last", finding.LastUtc);
        List(json, "evidence", finding.Evidence, WriteEvidence);
    }

    internal static void WriteEvidence(Utf8JsonWriter json, EvidenceLine line)
    {
        Text(json, "artifact", line.Artifact);
        json.WriteNumber("line", line.Line);
        json.WriteNumber("offset", line.Offset);
        Time(json, "time", line.TimeUtc);
        Text(json, "text", line.Text);
        json.WriteBoolean("cut", line.Cut);
    }

    static void WriteCoverage(Utf8JsonWriter json, LogCoverage log)
    {
        Text(json, "kind", log.Kind);
        Text(json, "title", log.Title);
        json.WriteNumber("artifacts", log.Artifacts);
        json.WriteNumber("records", log.Records);
        json.WriteNumber("bytes", log.Bytes);
        json.WriteNumber("damaged", log.Damaged);
        Time(json, "first", log.FirstUtc);
        Time(json, "last", log.LastUtc);
        json.WriteBoolean("isExtract", log.IsExtract);
        List(json, "spans", log.Spans, Span);
        List(json, "gaps", log.Gaps, Span);
        List(json, "days", log.Days, static (json, day) =>
        {
            json.WriteString("day", day.Day.ToString("O"));
            json.WriteNumber("records", day.Records);
            json.WriteNumber("hours", day.Hours);
        });
    }

    static void WriteArtifact(Utf8JsonWriter json, ArtifactReport artifact)
    {
        Text(json, "path", artifact.Path);
        Text(json, "originalPath", artifact.OriginalPath);
        Text(json, "kind", artifact.Kind);
        Text(json, "kindTitle", artifact.KindTitle);
        json.WriteString("state", Wording.Of(artifact.State));
        json.WriteNumber("bytes", artifact.Bytes);
        Text(json, "sha256", artifact.Sha256);
        json.WriteNumber("records", artifact.Records);
        Time(json, "first", artifact.FirstUtc);
        Time(json, "last", artifact.LastUtc);
        List(json, "damage", artifact.Damage, static (json, d) =>
        {
            Text(json, "kind", d.Kind);
            json.WriteNumber("count", d.Count);
            List(json, "places", d.Places, static (json, place) =>
            {
                json.WriteNumber("line", place.Line);
                json.WriteNumber("offset", place.Offset);
            });
        });
        Texts(json, "notes", artifact.Notes);
    }

    static void Span(Utf8JsonWriter json, TimeSpanUtc span)
    {
        Time(json, "from", span.FromUtc);
        Time(json, "to", span.ToUtc);
    }

    internal static void Time(Utf8JsonWriter json, string name, DateTime? utc)
    {
        if (utc is { } time) json.WriteString(name, Wording.Iso(time));
        else json.WriteNull(name);
    }

    internal static void Text(Utf8JsonWriter json, string name, string? text)
    {
        if (text is null) json.WriteNull(name);
        else json.WriteString(name, Inert.Json(text));
    }

    internal static void Texts(Utf8JsonWriter json, string name, IReadOnlyList<string> texts)
    {
        json.WriteStartArray(name);
        foreach (string text in texts) json.WriteStringValue(Inert.Json(text));
        json.WriteEndArray();
    }

    internal static void List<T>(Utf8JsonWriter json, string name, IReadOnlyList<T> items, Action<Utf8JsonWriter, T> write)
    {
        json.WriteStartArray(name);
        foreach (T item in items)
        {
            json.WriteStartObject();
            write(json, item);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }
}
