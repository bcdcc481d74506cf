using System.Globalization;
using System.Text.Json;
using Tocsin.Packs.Chain;
using Tocsin.Triage.Reports;
using Tocsin.Triage.Verdicts;

namespace Tocsin.Triage.Sharing;

/// <summary>A report as a layer of the ATT&amp;CK Navigator (format 4.5): each technique with the highest stage that a finding of it proves.</summary>
public static class NavigatorLayer
{
    /// <summary>A comment is read in a small window; what is longer is counted.</summary>
    const int MaxFindings = 20;

    /// <summary>Writes <paramref name="report"/> to <paramref name="stream"/>, which stays open.</summary>
    public static void Write(ScanReport report, Stream stream)
    {
        var techniques = SharedFinding.Of(report).SelectMany(f => f.Finding.Techniques.Where(AttackTechniques.IsId).Distinct(StringComparer.Ordinal), (f, t) => (Technique: t, Finding: f))
            .GroupBy(x => x.Technique, x => x.Finding, StringComparer.Ordinal).OrderBy(g => g.Key, StringComparer.Ordinal);
        using (var json = new Utf8JsonWriter(stream, new JsonWriterOptions { Indented = true, NewLine = "\n" }))
        {
            json.WriteStartObject();
            json.WriteString("name", "Tocsin scan");
            json.WriteStartObject("versions");
            json.WriteString("attack", AttackTechniques.Version);
            json.WriteString("navigator", "5.1.0");
            json.WriteString("layer", "4.5");
            json.WriteEndObject();
            json.WriteString("domain", "enterprise-attack");
            JsonReport.Text(json, "description", $"What the evidence of {Wording.Count(report.Servers.Count, "Exchange server", "Exchange servers")} proves. The score is the stage: 1 targeted, 2 exploited, 3 implanted, 4 operated, 5 impact.");
            json.WriteStartObject("filters");
            JsonReport.Texts(json, "platforms", ["Windows"]);
            json.WriteEndObject();
            json.WriteNumber("sorting", 3);
            JsonReport.List(json, "techniques", [.. techniques], WriteTechnique);
            json.WriteStartObject("gradient");
            JsonReport.Texts(json, "colors", ["#fff3cd", "#fd7e14", "#b02a37"]);
            json.WriteNumber("minValue", (int)Stage.Targeted);
            json.WriteNumber("maxValue", (int)Stage.Impact);
            json.WriteEndObject();
            JsonReport.List(json, "metadata", [("generator", $"Tocsin {report.Version}"), .. report.Servers.Select(s => ("server", Wording.Heading(s)))], WriteNamed);
            json.WriteBoolean("hideDisabled", false);
            json.WriteBoolean("selectTechniquesAcrossTactics", true);
            json.WriteBoolean("selectSubtechniquesWithParent", false);
            json.WriteEndObject();
        }

        stream.WriteByte((byte)'\n');
    }

    static void WriteTechnique(Utf8JsonWriter json, IGrouping<string, SharedFinding> technique)
    {
        SharedFinding[] findings = [.. technique.OrderByDescending(f => f.Finding.Proves).ThenBy(f => f.Finding.FirstUtc ?? DateTime.MaxValue).ThenBy(f => f.Finding.Id, StringComparer.Ordinal)];
        json.WriteString("techniqueID", technique.Key);
        json.WriteNumber("score", (int)findings[0].Finding.Proves);
        JsonReport.Text(json, "comment", string.Join('\n', findings.Take(MaxFindings).Select(Comment).Concat(findings.Length > MaxFindings ? [$"and {Wording.Count(findings.Length - MaxFindings)} more findings"] : [])));
        json.WriteBoolean("enabled", true);
        json.WriteBoolean("showSubtechniques", technique.Key.Length > 5);
        JsonReport.List(json, "metadata",
            [("stage", Words.Of(findings[0].Finding.Proves)), ("findings", findings.Length.ToString(CultureInfo.InvariantCulture)), ("matches", findings.Sum(f => f.Finding.Count).ToString(CultureInfo.InvariantCulture))], WriteNamed);
    }

    static string Comment(SharedFinding shared) =>
        $"{Wording.Heading(shared.Server)}, {Inert.Terminal(shared.WaveTitle)}: {Inert.Terminal(Wording.OneLine(shared.Finding.RuleTitle))} ({Words.Of(shared.Finding.Proves)}, {Wording.Count(shared.Finding.Count, "match", "matches")}, from {Wording.Time(shared.Finding.FirstUtc)})";

    static void WriteNamed(Utf8JsonWriter json, (string Name, string Value) item)
    {
        json.WriteString("name", item.Name);
        JsonReport.Text(json, "value", item.Value);
    }
}
