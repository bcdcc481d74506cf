using System.Globalization;
using System.Text.Json;
using Tocsin.Detection.Indicators;
using Tocsin.Packs.Chain;
using Tocsin.Triage.Reports;
using Tocsin.Triage.Verdicts;

namespace Tocsin.Triage.Sharing;

/// <summary>A report as an event of MISP. What others shall look for is marked <c>to_ids</c>; what only describes is not.</summary>
public sealed class MispEvent
{
    /// <summary>MISP's template of an object for a file.</summary>
    const string FileTemplate = "688c46fb-5edb-40a3-8273-1af7923e2215";

    readonly ScanReport _report;
    readonly DateTime _now;
    readonly IReadOnlyList<SharedFinding> _findings;
    readonly string _event;

    MispEvent(ScanReport report, DateTime nowUtc)
    {
        (_report, _now, _findings) = (report, nowUtc, SharedFinding.Of(report));
        _event = NameUuid.Of([
            "misp-event", .. report.Sources,
            .. report.Servers.SelectMany(s => s.Artifacts.Select(a => a.Sha256 ?? a.Path)),
        ]).ToString();
    }

    /// <summary>Writes <paramref name="report"/> to <paramref name="stream"/>, which stays open.</summary>
    /// <param name="report">The report.</param>
    /// <param name="nowUtc">When the export is made.</param>
    /// <param name="stream">Where to.</param>
    public static void Write(ScanReport report, DateTime nowUtc, Stream stream)
    {
        using (var json = new Utf8JsonWriter(stream, new JsonWriterOptions { Indented = true, NewLine = "\n" }))
        {
            json.WriteStartObject();
            json.WriteStartObject("Event");
            new MispEvent(report, nowUtc).WriteTo(json);
            json.WriteEndObject();
            json.WriteEndObject();
        }

        stream.WriteByte((byte)'\n');
    }

    void WriteTo(Utf8JsonWriter json)
    {
        Stage highest = _findings.Select(f => f.Finding.Proves).DefaultIfEmpty(Stage.None).Max();
        DateTime? first = _findings.Min(f => f.Finding.FirstUtc);
        string[] waves = [.. _findings.Select(f => f.WaveTitle).Distinct(StringComparer.Ordinal)];
        json.WriteString("uuid", _event);
        JsonReport.Text(json, "info", $"Tocsin: {Wording.Count(_report.Servers.Count, "Exchange server", "Exchange servers")}, {(waves.Length == 0 ? "nothing that proves an attack" : string.Join(", ", waves))}, stage {Words.Of(highest)}");
        json.WriteString("date", Wording.Day(first ?? _now));
        Stamp(json);
        json.WriteString("threat_level_id", highest >= Stage.Exploited ? "1" : highest == Stage.Targeted ? "3" : "4");
        json.WriteString("analysis", "2");
        json.WriteString("distribution", "0");
        json.WriteBoolean("published", false);
        json.WriteStartObject("Orgc");
        json.WriteString("name", "Tocsin");
        json.WriteString("uuid", NameUuid.Of("identity", "Tocsin").ToString());
        json.WriteEndObject();
        Tags(json, [
            "tlp:amber",
            .. _findings.SelectMany(f => f.Finding.Techniques).Where(AttackTechniques.IsId).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)
                .Select(t => $"misp-galaxy:mitre-attack-pattern=\"{AttackTechniques.NameOf(t) ?? t} - {t}\""),
        ]);

        IReadOnlyList<SharedIndicator> indicators = IndicatorChoice.Of(_findings, _now);
        json.WriteStartArray("Attribute");
        foreach (SharedIndicator shared in indicators) WriteIndicator(json, shared);
        WriteDescribing(json);
        json.WriteEndArray();
        WriteFiles(json);
    }

    void WriteIndicator(Utf8JsonWriter json, SharedIndicator shared)
    {
        Indicator indicator = shared.Indicator;
        (string type, string category) = indicator.Type switch
        {
            IndicatorType.Ipv4 or IndicatorType.Ipv6 => ("ip-src", "Network activity"),
            IndicatorType.UrlPath => ("uri", "Network activity"),
            IndicatorType.Sha256 => ("sha256", "Payload delivery"),
            IndicatorType.FileName or IndicatorType.FilePath => ("filename", "Payload delivery"),
            _ => throw new InvalidOperationException($"No report gives an indicator of the type {indicator.Type}."),
        };
        SharedFinding of = shared.Sightings[0].Of;
        Attribute(json, type, category, indicator.Value, toIds: true, $"{Wording.OneLine(of.Finding.RuleTitle)} ({of.WaveTitle}); {indicator.Source}", () =>
        {
            Seen(json, indicator.ValidFromUtc, shared.LastUtc ?? indicator.ValidFromUtc);
            Tags(json, [$"tocsin:confidence=\"{indicator.Confidence!.Value.ToString(CultureInfo.InvariantCulture)}\""]);
        });
    }

    // What clients called themselves, and where they sent their requests to: others cannot block by it without harm.
    void WriteDescribing(Utf8JsonWriter json)
    {
        var said = _findings.SelectMany(f => f.Events, (f, e) => (Finding: f, Event: e)).Where(x => x.Event.Observed is not null && !NeverIndicators.IsMonitoring(x.Event)).ToArray();
        foreach (var agent in said.Where(x => x.Event.Observed!.UserAgent is not null).GroupBy(x => Inert.Json(x.Event.Observed!.UserAgent!), StringComparer.Ordinal).OrderBy(g => g.Key, StringComparer.Ordinal))
            Describe("user-agent", agent.Key, [.. agent.Select(x => x.Event)], agent.First().Finding);
        var urls = said.Where(x => x.Event.Observed is { Host: not null, Path: not null }).Select(x => (Url: StixObservables.UrlOf(x.Event.Observed!.Host!, x.Event.Observed.Path!), x.Event, x.Finding));
        foreach (var url in urls.Where(x => x.Url is not null).GroupBy(x => x.Url!, StringComparer.Ordinal).OrderBy(g => g.Key, StringComparer.Ordinal))
            Describe("url", url.Key, [.. url.Select(x => x.Event)], url.First().Finding);

        void Describe(string type, string value, ChainEvent[] events, SharedFinding of)
        {
            if (string.IsNullOrWhiteSpace(value)) return;
            Attribute(json, type, "Network activity", value, toIds: false, $"{Wording.OneLine(of.Finding.RuleTitle)} ({of.WaveTitle})", () => Seen(json, events.Min(e => e.TimeUtc), events.Max(e => e.TimeUtc)));
        }
    }

    void WriteFiles(Utf8JsonWriter json)
    {
        json.WriteStartArray("Object");
        var files = _findings.Where(f => f.Finding.Proves >= Stage.Implanted).SelectMany(f => f.Files, (f, file) => (Finding: f, File: file)).Where(x => x.File.Sha256 is not null)
            .DistinctBy(x => (x.File.Sha256, x.File.OriginalPath ?? x.File.Path));
        foreach ((SharedFinding of, ArtifactReport file) in files)
        {
            string path = Inert.Json(file.OriginalPath ?? file.Path);
            string name = path[(path.AsSpan().LastIndexOfAny('/', '\\') + 1)..];
            json.WriteStartObject();
            json.WriteString("uuid", NameUuid.Of("misp-object", _event, file.Sha256!, path).ToString());
            json.WriteString("name", "file");
            json.WriteString("meta-category", "file");
            json.WriteString("template_uuid", FileTemplate);
            json.WriteString("template_version", "24");
            json.WriteString("distribution", "5");
            JsonReport.Text(json, "comment", $"{Wording.OneLine(of.Finding.RuleTitle)}, on {Wording.Name(of.Server)}");
            Stamp(json);
            json.WriteStartArray("Attribute");
            Part("filename", "filename", name);
            Part("text", "path", path);
            Part("sha256", "sha256", file.Sha256!);
            Part("size-in-bytes", "size-in-bytes", file.Bytes.ToString(CultureInfo.InvariantCulture));
            json.WriteEndArray();
            json.WriteEndObject();

            // The attributes above are what to look for; those of the object say what belongs together.
            void Part(string type, string relation, string value)
            {
                if (string.IsNullOrWhiteSpace(value)) return;
                Attribute(json, type, relation is "sha256" or "filename" ? "Payload delivery" : "Other", value, toIds: false, "", () => json.WriteString("object_relation", relation), path);
            }
        }

        json.WriteEndArray();
    }

    void Attribute(Utf8JsonWriter json, string type, string category, string value, bool toIds, string comment, Action more, string of = "")
    {
        json.WriteStartObject();
        json.WriteString("uuid", NameUuid.Of("misp-attribute", _event, type, value, of).ToString());
        json.WriteString("type", type);
        json.WriteString("category", category);
        JsonReport.Text(json, "value", value);
        json.WriteBoolean("to_ids", toIds);
        json.WriteBoolean("disable_correlation", !toIds);
        json.WriteString("distribution", "5");
        JsonReport.Text(json, "comment", comment);
        Stamp(json);
        more();
        json.WriteEndObject();
    }

    void Stamp(Utf8JsonWriter json) => json.WriteString("timestamp", new DateTimeOffset(_now, TimeSpan.Zero).ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture));

    static void Seen(Utf8JsonWriter json, DateTime? first, DateTime? last)
    {
        if (first is { } from) json.WriteString("first_seen", Micro(from));
        if (last is { } to) json.WriteString("last_seen", Micro(to));
    }

    static string Micro(DateTime utc) => utc.ToString("yyyy-MM-dd'T'HH:mm:ss.ffffff'+00:00'", CultureInfo.InvariantCulture);

    static void Tags(Utf8JsonWriter json, IReadOnlyList<string> names) => JsonReport.List(json, "Tag", names, static (json, name) => JsonReport.Text(json, "name", name));
}
