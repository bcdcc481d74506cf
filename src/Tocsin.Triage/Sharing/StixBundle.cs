using System.Globalization;
using System.Text.Json;
using Tocsin.Detection.Indicators;
using Tocsin.Packs.Chain;
using Tocsin.Triage.Reports;
using Tocsin.Triage.Verdicts;

namespace Tocsin.Triage.Sharing;

/// <summary>A report as a bundle of STIX 2.1: what was observed, where it was sighted, and what others can look for.</summary>
/// <remarks>
/// Ids are made of content. STIX wants <c>created</c> to stay the same while an id does, so what evidence dates is created when the evidence
/// begins, and what is the same in every export has one date for ever; <c>modified</c> is when the export was made.
/// </remarks>
public sealed class StixBundle
{
    /// <summary>When objects were created that are the same in every export.</summary>
    static readonly DateTime _always = new(2021, 3, 2, 0, 0, 0, DateTimeKind.Utc);

    const string Amber = "marking-definition--f88d31f6-486f-44da-b317-01333bde0b82";

    readonly StixObjects _objects = new();
    readonly StixObservables _observables;
    readonly DateTime _now;
    readonly string _tocsin;

    StixBundle(DateTime nowUtc)
    {
        _now = nowUtc;
        _observables = new(_objects);
        _tocsin = $"identity--{NameUuid.Of("identity", "Tocsin")}";
    }

    /// <summary>Writes <paramref name="report"/> to <paramref name="stream"/>, which stays open.</summary>
    /// <param name="report">The report.</param>
    /// <param name="nowUtc">When the export is made.</param>
    /// <param name="stream">Where to.</param>
    public static void Write(ScanReport report, DateTime nowUtc, Stream stream)
    {
        var bundle = new StixBundle(nowUtc);
        bundle.Add(report);
        using (var json = new Utf8JsonWriter(stream, new JsonWriterOptions { Indented = true, NewLine = "\n" }))
        {
            json.WriteStartObject();
            json.WriteString("type", "bundle");
            json.WriteString("id", $"bundle--{NameUuid.Of(["bundle", Wording.Iso(nowUtc), .. bundle._objects.Ids])}");
            bundle._objects.WriteTo(json);
            json.WriteEndObject();
        }

        stream.WriteByte((byte)'\n');
    }

    void Add(ScanReport report)
    {
        AddProducer();
        IReadOnlyList<SharedFinding> findings = SharedFinding.Of(report);
        var servers = new Dictionary<ServerReport, string>(ReferenceEqualityComparer.Instance);
        foreach (var named in report.Servers.GroupBy(s => (s.Name, s.NameFrom)))
        {
            // Two servers whose names nobody knows are two.
            int number = 0;
            foreach (ServerReport server in named) servers[server] = AddServer(server, number++);
        }

        var observed = new Dictionary<SharedFinding, string>(ReferenceEqualityComparer.Instance);
        foreach (SharedFinding finding in findings)
        {
            if (AddObserved(finding, servers[finding.Server]) is { } id) observed.Add(finding, id);
            foreach (string technique in finding.Finding.Techniques) Relate(AddTechnique(technique), "targets", servers[finding.Server]);
        }

        foreach (SharedIndicator shared in IndicatorChoice.Of(findings, _now)) AddIndicator(shared, servers, observed);
        foreach (ServerReport server in report.Servers)
        {
            foreach (WaveReport wave in server.Waves.Where(w => w.Stage > Stage.None)) AddWave(report, wave, servers[server]);
        }

        AddReport(report);
    }

    void AddProducer()
    {
        _objects.Add(_tocsin, json =>
        {
            Dates(json, _always, _always);
            json.WriteString("name", "Tocsin");
            json.WriteString("description", "Tells from evidence of Microsoft Exchange servers whether they were hit.");
            json.WriteString("identity_class", "system");
        });
        // As STIX 2.1 defines it, word for word (section 7.2.1.4).
        _objects.Add(Amber, json =>
        {
            json.WriteString("created", "2017-01-20T00:00:00.000Z");
            json.WriteString("definition_type", "tlp");
            json.WriteString("name", "TLP:AMBER");
            json.WriteStartObject("definition");
            json.WriteString("tlp", "amber");
            json.WriteEndObject();
        });
    }

    string AddServer(ServerReport server, int number) => _objects.Add($"identity--{NameUuid.Of("server", server.Name, server.NameFrom, number.ToString(CultureInfo.InvariantCulture))}", json =>
    {
        Head(json, _always, _always);
        JsonReport.Text(json, "name", Wording.Name(server));
        json.WriteString("description", "A Microsoft Exchange server whose evidence was examined.");
        json.WriteString("identity_class", "system");
    });

    string? AddObserved(SharedFinding shared, string server)
    {
        Finding finding = shared.Finding;
        List<string> seen = [.. shared.Events.SelectMany(_observables.Of), .. shared.Files.SelectMany(_observables.Of)];
        // A finding on a setting or a row of a log that names nothing: what was observed is the file that says so.
        if (seen.Count == 0) seen.AddRange(shared.Logs.SelectMany(_observables.Of));
        if (seen.Count == 0) return null;
        DateTime first = finding.FirstUtc ?? _now, last = finding.LastUtc ?? first;
        return _objects.Add($"observed-data--{NameUuid.Of("observed-data", server, shared.Wave?.Pack ?? "", finding.Id, Text(finding.FirstUtc))}", json =>
        {
            Head(json, finding.FirstUtc ?? _always, _now);
            Time(json, "first_observed", first);
            Time(json, "last_observed", last < first ? first : last);
            json.WriteNumber("number_observed", Math.Clamp(finding.Count, 1, 999_999_999));
            Ids(json, "object_refs", seen.Distinct(StringComparer.Ordinal));
            References(json, "tocsin", finding.Id, ("description", $"{Wording.OneLine(finding.RuleTitle)} ({shared.WaveTitle}, {Words.Of(finding.Proves)})"));
        });
    }

    void AddIndicator(SharedIndicator shared, Dictionary<ServerReport, string> servers, Dictionary<SharedFinding, string> observed)
    {
        Indicator indicator = shared.Indicator;
        DateTime from = indicator.ValidFromUtc!.Value;
        string pattern = StixPattern.Of(indicator.Type, indicator.Value);
        string id = _objects.Add($"indicator--{NameUuid.Of("indicator", pattern, Text(from))}", json =>
        {
            Head(json, from, _now);
            JsonReport.Text(json, "name", $"{Indicator.WordOf(indicator.Type)} {indicator.Value}");
            JsonReport.Text(json, "description", $"{Wording.OneLine(shared.Sightings[0].Of.Finding.RuleTitle)} ({shared.Sightings[0].Of.WaveTitle}).");
            Texts(json, "indicator_types", ["malicious-activity"]);
            json.WriteString("pattern", pattern);
            json.WriteString("pattern_type", "stix");
            json.WriteString("pattern_version", "2.1");
            Time(json, "valid_from", from);
            if (indicator.ValidUntilUtc is { } until) Time(json, "valid_until", until);
            json.WriteNumber("confidence", indicator.Confidence!.Value);
        });
        foreach (string technique in shared.Techniques) Relate(id, "indicates", AddTechnique(technique));
        foreach (IGrouping<ServerReport, IndicatorSighting> onServer in shared.Sightings.GroupBy<IndicatorSighting, ServerReport>(s => s.Of.Server, ReferenceEqualityComparer.Instance))
        {
            string[] data = [.. onServer.Where(s => observed.ContainsKey(s.Of)).Select(s => observed[s.Of]).Distinct(StringComparer.Ordinal)];
            foreach (string of in data) Relate(id, "based-on", of);
            AddSighting(id, servers[onServer.Key], data, onServer.Min(s => s.FirstUtc), onServer.Max(s => s.LastUtc), onServer.Sum(s => s.Count));
        }
    }

    void AddSighting(string indicator, string server, string[] observed, DateTime? first, DateTime? last, int count) =>
        _objects.Add($"sighting--{NameUuid.Of("sighting", indicator, server, Text(first))}", json =>
        {
            Head(json, first ?? _always, _now);
            if (first is { } from && last is { } to)
            {
                Time(json, "first_seen", from);
                Time(json, "last_seen", to);
            }

            json.WriteNumber("count", count);
            json.WriteString("sighting_of_ref", indicator);
            if (observed.Length > 0) Ids(json, "observed_data_refs", observed);
            Ids(json, "where_sighted_refs", [server]);
        });

    string AddTechnique(string technique) => _objects.Add($"attack-pattern--{NameUuid.Of("attack-pattern", technique)}", json =>
    {
        Head(json, _always, _always);
        JsonReport.Text(json, "name", AttackTechniques.NameOf(technique) ?? technique);
        if (AttackTechniques.IsId(technique)) References(json, "mitre-attack", technique, ("url", $"https://attack.mitre.org/techniques/{technique.Replace('.', '/')}"));
    });

    void AddWave(ScanReport report, WaveReport wave, string server)
    {
        string[] flaws = [.. report.Packs.Where(p => p.Id == wave.Pack).SelectMany(p => p.Cves).Select(AddFlaw)];
        foreach (string flaw in flaws)
        {
            foreach (string technique in wave.Findings.Where(f => f.Proves > Stage.None).SelectMany(f => f.Techniques).Where(t => t == AttackTechniques.ExploitPublicFacing).Distinct(StringComparer.Ordinal))
                Relate(AddTechnique(technique), "targets", flaw);
        }

        string step = _objects.Add($"course-of-action--{NameUuid.Of("course-of-action", wave.Pack, wave.NextStep)}", json =>
        {
            Head(json, _always, _always);
            JsonReport.Text(json, "name", $"Next step after {wave.Title}: {Words.Of(wave.Verdict)}");
            JsonReport.Text(json, "description", Wording.OneLine(wave.NextStep));
        });
        Relate(step, "related-to", server);
    }

    string AddFlaw(string cve) => _objects.Add($"vulnerability--{NameUuid.Of("vulnerability", cve)}", json =>
    {
        Head(json, _always, _always);
        JsonReport.Text(json, "name", cve);
        if (IsCve(cve)) References(json, "cve", cve, null);
    });

    void Relate(string from, string how, string to) => _objects.Add($"relationship--{NameUuid.Of("relationship", from, how, to)}", json =>
    {
        Head(json, _always, _always);
        json.WriteString("relationship_type", how);
        json.WriteString("source_ref", from);
        json.WriteString("target_ref", to);
    });

    void AddReport(ScanReport report)
    {
        string[] all = [.. _objects.Ids];
        _objects.Add($"report--{NameUuid.Of(["report", Wording.Iso(_now), .. all])}", json =>
        {
            Head(json, _now, _now);
            json.WriteString("name", string.Create(CultureInfo.InvariantCulture, $"Tocsin scan of {Wording.Count(report.Servers.Count, "Exchange server", "Exchange servers")}"));
            JsonReport.Text(json, "description", string.Join(' ', report.Servers.SelectMany(s => s.Waves.Where(w => w.Stage > Stage.None).Select(w => $"{Wording.Name(s)}, {w.Title}: {Words.Of(w.Verdict)}, {Words.Of(w.Stage)}. {w.Headline}"))
                .DefaultIfEmpty("Nothing was found that proves an attack; the report itself says over which time that holds.")));
            Texts(json, "report_types", ["threat-report"]);
            Time(json, "published", _now);
            Ids(json, "object_refs", all);
        });
    }

    /// <summary>What every object says of its maker, and that it is not for everybody.</summary>
    void Head(Utf8JsonWriter json, DateTime created, DateTime modified)
    {
        json.WriteString("created_by_ref", _tocsin);
        Dates(json, created, modified);
        Ids(json, "object_marking_refs", [Amber]);
    }

    static void Dates(Utf8JsonWriter json, DateTime created, DateTime modified)
    {
        Time(json, "created", created);
        // A clock of the evidence may be ahead of the examiner's.
        Time(json, "modified", Wording.Later(created, modified));
    }

    static void References(Utf8JsonWriter json, string source, string id, (string Property, string Value)? more)
    {
        json.WriteStartArray("external_references");
        json.WriteStartObject();
        json.WriteString("source_name", source);
        if (more is { } property) JsonReport.Text(json, property.Property, property.Value);
        JsonReport.Text(json, "external_id", id);
        json.WriteEndObject();
        json.WriteEndArray();
    }

    static bool IsCve(string text) => text.StartsWith("CVE-", StringComparison.Ordinal) && text.Length is >= 13 and <= 20 && text.Skip(4).Select((c, i) => i == 4 ? c == '-' : char.IsAsciiDigit(c)).All(fits => fits);

    static void Ids(Utf8JsonWriter json, string name, IEnumerable<string> ids) => Texts(json, name, ids);

    static void Texts(Utf8JsonWriter json, string name, IEnumerable<string> texts) => JsonReport.Texts(json, name, [.. texts]);

    static void Time(Utf8JsonWriter json, string name, DateTime utc) => json.WriteString(name, Wording.Iso(utc));

    static string Text(DateTime? utc) => utc is { } time ? Wording.Iso(time) : "";
}
