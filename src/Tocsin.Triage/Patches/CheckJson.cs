using System.Text.Json;
using Tocsin.Packs.Patches;
using Tocsin.Triage.Reports;

namespace Tocsin.Triage.Patches;

/// <summary>What is open as JSON: a row for each flaw and server in <c>cves</c>, and what concerns a whole server in <c>servers</c>.</summary>
/// <remarks>ASCII only, as <see cref="JsonReport"/>. The keys are in <c>docs/formats/exchange-data.md</c>.</remarks>
public static class CheckJson
{
    /// <summary>Name and version of the format. The number changes when a reader of the old one would go wrong.</summary>
    public const string Schema = "tocsin.check/1";

    /// <summary>Writes <paramref name="report"/> to <paramref name="stream"/>, which stays open.</summary>
    public static void Write(CheckReport report, Stream stream)
    {
        using (var json = new Utf8JsonWriter(stream, new JsonWriterOptions { Indented = true, NewLine = "\n" }))
        {
            json.WriteStartObject();
            json.WriteString("schema", Schema);
            json.WriteString("version", report.Version);
            json.WriteStartObject("table");
            JsonReport.Text(json, "version", report.TableVersion);
            Day(json, "date", report.TableDate);
            json.WriteEndObject();
            json.WriteNumber("exitCode", report.ExitCode);
            JsonReport.Texts(json, "warnings", report.Warnings);
            JsonReport.List(json, "cves", [.. report.Servers.SelectMany(s => s.Decisions.Select(d => (s, d)))], WriteDecision);
            JsonReport.List(json, "servers", report.Servers, WriteServer);
            JsonReport.List(json, "problems", report.Problems, static (json, p) =>
            {
                JsonReport.Text(json, "path", p.Path);
                JsonReport.Text(json, "reason", p.Reason);
            });
            json.WriteEndObject();
        }

        stream.WriteByte((byte)'\n');
    }

    static void WriteDecision(Utf8JsonWriter json, (CheckedServer Server, PatchDecision Decision) row)
    {
        (CheckedServer server, PatchDecision decision) = row;
        KnownCve flaw = decision.Flaw;
        JsonReport.Text(json, "cve", flaw.Id);
        JsonReport.Text(json, "server", server.Name);
        JsonReport.Text(json, "build", server.Build?.ToString());
        json.WriteString("status", CheckWords.Of(decision.Status));
        JsonReport.Text(json, "reason", decision.Reason);
        json.WriteBoolean("open", decision.IsOpen);
        json.WriteBoolean("unverified", decision.IsUnverified);
        json.WriteString("scope", decision.Scope);
        JsonReport.Texts(json, "steps", [.. decision.Steps.Select(s => s.Id)]);
        JsonReport.Text(json, "fixedIn", decision.FixedIn?.ToString());
        JsonReport.Text(json, "update", flaw.Update);
        JsonReport.Text(json, "impact", flaw.Impact);
        JsonReport.Text(json, "wave", flaw.Wave);
        if (flaw.Cvss is { } score) json.WriteNumber("cvss", score);
        else json.WriteNull("cvss");
        JsonReport.Text(json, "cvssNote", flaw.CvssNote);
        if (flaw.Kev is { } kev)
        {
            json.WriteStartObject("kev");
            Day(json, "added", kev.Added);
            Day(json, "due", kev.Due);
            JsonReport.Text(json, "ransomware", kev.Ransomware);
            json.WriteEndObject();
        }
        else
        {
            json.WriteNull("kev");
        }

        Day(json, "tableDate", decision.TableDate);
    }

    static void WriteServer(Utf8JsonWriter json, CheckedServer server)
    {
        JsonReport.Text(json, "name", server.Name);
        JsonReport.Text(json, "build", server.Build?.ToString());
        JsonReport.Text(json, "buildName", server.BuildName);
        Day(json, "released", server.Released);
        JsonReport.Texts(json, "remarks", server.Remarks);
        JsonReport.List(json, "history", server.History, static (json, seen) =>
        {
            JsonReport.Text(json, "build", seen.Build);
            JsonReport.Text(json, "name", seen.Name);
            JsonReport.Time(json, "first", seen.FirstUtc);
            JsonReport.Time(json, "last", seen.LastUtc);
        });
        JsonReport.List(json, "steps", [.. server.Decisions.SelectMany(d => d.Steps).DistinctBy(s => s.Id)], static (json, step) =>
        {
            JsonReport.Text(json, "id", step.Id);
            json.WriteString("scope", step.Scope);
            JsonReport.Text(json, "step", step.Step);
            JsonReport.Text(json, "verify", step.Verify);
            json.WriteBoolean("unverified", step.Unverified);
        });
        JsonReport.Texts(json, "before", server.Way?.Before ?? []);
        JsonReport.List(json, "way", server.Way?.Stages ?? [], static (json, stage) =>
        {
            JsonReport.Text(json, "title", stage.Title);
            JsonReport.Text(json, "build", stage.Build?.ToString());
            JsonReport.Text(json, "kb", stage.Kb);
            json.WriteBoolean("wipesMitigations", stage.IsCumulative);
            JsonReport.Text(json, "note", stage.Note);
            JsonReport.Texts(json, "closes", [.. stage.Closes.Select(c => c.Id)]);
            JsonReport.Texts(json, "reopens", [.. stage.Reopens.Select(c => c.Id)]);
        });
        JsonReport.Texts(json, "afterwards", server.Way?.Afterwards ?? []);
    }

    static void Day(Utf8JsonWriter json, string name, DateOnly? day) => JsonReport.Text(json, name, day is { } known ? CheckWords.Day(known) : null);
}
