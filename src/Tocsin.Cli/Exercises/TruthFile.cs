using System.Globalization;
using System.Text.Json;
using Tocsin.Cli.Exercises.Attacks;
using Tocsin.Triage.Verdicts;

namespace Tocsin.Cli.Exercises;

/// <summary>Writes <c>truth.json</c>: UTF-8, indented, line feeds, the same bytes for the same exercise.</summary>
internal static class TruthFile
{
    public static void Write(ExerciseTruth truth, ExerciseOptions options, string path)
    {
        using FileStream file = new(path, FileMode.CreateNew, FileAccess.Write);
        using Utf8JsonWriter json = new(file, new() { Indented = true, NewLine = "\n" });
        json.WriteStartObject();
        json.WriteString("schema", "tocsin.exercise/1");
        json.WriteString("scenario", truth.Scenario);
        json.WriteNumber("seed", truth.Seed);
        json.WriteNumber("sizeBytes", options.SizeBytes);
        if (options.IisBytes is long iis) json.WriteNumber("iisBytes", iis);
        if (options.HttpProxyBytes is long proxy) json.WriteNumber("httpProxyBytes", proxy);
        if (options.Days is int days) json.WriteNumber("days", days);
        json.WriteString("server", truth.Server);
        json.WriteString("fqdn", truth.Fqdn);
        json.WriteString("mailDomain", truth.MailDomain);
        json.WriteString("collectedUtc", Ledger.Stamp(truth.CollectedUtc));
        json.WriteString("happened", Words.Of(truth.Happened));
        Time(json, "attackUtc", truth.AttackUtc);
        json.WriteStartArray("builds");
        foreach (BuildTruth build in truth.Builds)
        {
            json.WriteStartObject();
            json.WriteString("build", build.Build);
            json.WriteString("fromUtc", Ledger.Stamp(build.FromUtc));
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteStartArray("removedDays");
        foreach (DateOnly day in truth.RemovedDays) json.WriteStringValue(day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture));
        json.WriteEndArray();
        json.WriteStartArray("waves");
        foreach (WaveTruth wave in truth.Waves) Wave(json, wave);
        json.WriteEndArray();
        Lines(json, "planted", truth.Planted);
        Lines(json, "lookalikes", truth.Lookalikes);
        json.WriteStartArray("files");
        foreach (WrittenFile written in truth.Files)
        {
            json.WriteStartObject();
            json.WriteString("path", written.Path);
            json.WriteNumber("bytes", written.Bytes);
            json.WriteNumber("lines", written.Lines);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteNumber("bytes", truth.Bytes);
        json.WriteEndObject();
        json.Flush();
        file.WriteByte((byte)'\n');
    }

    static void Wave(Utf8JsonWriter json, WaveTruth wave)
    {
        json.WriteStartObject();
        json.WriteString("wave", wave.Wave);
        json.WriteString("verdict", Words.Of(wave.Verdict));
        json.WriteString("stage", Words.Of(wave.Stage));
        Time(json, "firstUtc", wave.FirstUtc);
        Time(json, "lastUtc", wave.LastUtc);
        json.WriteStartArray("clients");
        foreach (string client in wave.Clients) json.WriteStringValue(client);
        json.WriteEndArray();
        if (wave.PatchedUtc is not null) Time(json, "patchedUtc", wave.PatchedUtc);
        json.WriteEndObject();
    }

    static void Lines(Utf8JsonWriter json, string name, IReadOnlyList<PlantedLine> lines)
    {
        json.WriteStartArray(name);
        foreach (PlantedLine line in lines)
        {
            json.WriteStartObject();
            json.WriteString("file", line.File);
            json.WriteNumber("line", line.Line);
            json.WriteNumber("offset", line.Offset);
            json.WriteString("utc", Ledger.Stamp(line.Utc));
            json.WriteString("step", line.Step);
            json.WriteString("text", line.Text);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    static void Time(Utf8JsonWriter json, string name, DateTime? utc)
    {
        if (utc is DateTime time) json.WriteString(name, Ledger.Stamp(time));
        else json.WriteNull(name);
    }
}
