using System.Formats.Tar;
using System.IO.Compression;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Tocsin.Evidence.Artifacts;
using Tocsin.Evidence.Evtx;
using Tocsin.Evidence.Tests.Support;
using Tocsin.Evidence.WindowsEvents;

namespace Tocsin.Evidence.Tests.Evtx;

/// <summary>Logs of real machines, in the folder of shared evidence. What other parsers make of them is compared by tests/oracles/evtx.</summary>
public sealed class RealEvtxTests
{
    static readonly string[] _fields =
        ["Channel", "Provider_Name", "EventID", "EventID_Qualifiers", "Computer", "Level", "Task", "Opcode", "Keywords", "Security_UserID", "Execution_ProcessID", "Correlation_ActivityID", "UtcTime", "Image", "CommandLine", "ParentImage", "User", "TargetFilename",
            "Hashes", "ProcessId", "LogonId", "SubjectUserSid", "SubjectUserName", "TargetUserName", "TargetSid", "NewProcessName", "ObjectName", "AccessMask", "ScriptBlockText", "Data", "Binary", "param1", "Message", "Command", "Outcome", "TargetObject", "Details", "ServiceName", "ClientMachine", "xmlns"];

    static IEnumerable<(string Path, byte[] Bytes)> Entries(string folder, string archive)
    {
        using var tar = new TarReader(new GZipStream(File.OpenRead(Path.Combine(folder, "corpus", archive)), CompressionMode.Decompress));
        while (tar.GetNextEntry() is { } entry)
        {
            if (entry.DataStream is null) continue;
            var bytes = new MemoryStream();
            entry.DataStream.CopyTo(bytes);
            yield return (entry.Name, bytes.ToArray());
        }
    }

    [Fact]
    public void Every_case_that_SigmaHQ_recorded_is_the_JSON_beside_it()
    {
        if (!Shared.IsThere(out string folder)) return;
        Dictionary<string, byte[]> files = Entries(folder, "sigma-regression.tar.gz").ToDictionary(e => e.Path, e => e.Bytes);
        int cases = 0, events = 0;
        var wrong = new List<string>();
        foreach ((string path, byte[] log) in files.Where(f => f.Key.EndsWith(".evtx", StringComparison.Ordinal)))
        {
            cases++;
            JsonNode[] wanted = [.. Values(files[Path.ChangeExtension(path, ".json")])];
            List<string> texts = Made.Texts(log);
            events += texts.Count;
            // Somebody wrote into the JSON of one case: another spelling of one path, and a time with more digits than the log can hold.
            if (path.Contains("right_to_left_override", StringComparison.Ordinal)) texts = [.. texts.Select(t => t.Replace("Explorer.EXE", "Explorer.exe", StringComparison.Ordinal).Replace("26.751156Z", "26.751156500Z", StringComparison.Ordinal))];
            if (texts.Count != wanted.Length || !texts.Zip(wanted).All(p => JsonNode.DeepEquals(JsonNode.Parse(p.First), p.Second))) wrong.Add(path);
        }

        TestContext.Current.SendDiagnosticMessage("SigmaHQ: {0} cases of {1} events", cases, events);
        Assert.Empty(wrong);
        Assert.Equal((116, 134), (cases, events));
    }

    [Fact]
    public void Every_log_of_the_corpora_is_read_whole_and_gives_the_fields_that_its_JSON_gives()
    {
        if (!Shared.IsThere(out string folder)) return;
        int files = 0, events = 0, compared = 0;
        foreach ((string path, byte[] log) in Entries(folder, "evtx-to-mitre.tar.gz").Concat(Entries(folder, "sigma-regression.tar.gz")))
        {
            if (!path.EndsWith(".evtx", StringComparison.Ordinal)) continue;
            files++;
            List<string> texts = Made.Texts(new MemoryStream(log), EventTextForm.Json, out ReadReport report);
            events += texts.Count;
            Assert.Equal(0, report.Count(DamageKind.Malformed) + report.Count(DamageKind.TooLong) + report.Count(DamageKind.CutOff) + report.Count(DamageKind.NoTime));

            var reader = EvtxReader.TryRecognise(log, "x")!;
            reader.SkipsSlack = true;
            var own = new CollectingSink(_fields).Read(reader, log);
            byte[] json = Encoding.UTF8.GetBytes(string.Concat(texts.Select(t => t + "\n")));
            if (texts.Count == 0 || EventJsonReader.TryRecognise(json.AsSpan(0, Math.Min(json.Length, 65536)), "x") is not { } jsonReader) continue;
            var other = new CollectingSink(_fields).Read(jsonReader, json);
            Assert.Equal(own.Records.Count, other.Records.Count);
            Assert.Equal(own.Report.ClockOffset, other.Report.ClockOffset);
            for (int i = 0; i < own.Records.Count; i++)
            {
                compared++;
                Assert.True(Same(own.Records[i], other.Records[i]), $"{path}\n{own.Records[i]}\n{other.Records[i]}");
            }
        }

        TestContext.Current.SendDiagnosticMessage("{0} logs of {1} events; {2} compared with their JSON", files, events, compared);
        Assert.Equal(281 + 116, files);
        Assert.InRange(events, 8_728 + 134, 10_200);
        Assert.InRange(compared, 8_800, events);
    }

    [Theory]
    [InlineData("omerbenamram_issue_201.evtx", 1)]
    [InlineData("omerbenamram_sample_with_a_bad_chunk_magic.evtx", 270)]
    [InlineData("omerbenamram_security_bad_string_cache.evtx", 1_000)]
    [InlineData("pythonevtx_dns_log_malformed.evtx", 1)]
    [InlineData("pythonevtx_issue_39.evtx", 100)]
    [InlineData("velociraptor_Security_1_record.evtx", 1)]
    public void Dirty_logs_give_what_is_in_them(string name, int least)
    {
        if (SharedEvidence.Read("31-evtx-dirty/" + name) is not { } log) return;
        var sink = new CollectingSink(_fields).Read(EvtxReader.TryRecognise(log, "x")!, log);
        TestContext.Current.SendDiagnosticMessage("{0}: {1} events, {2} damaged places, {3}", name, sink.Records.Count, sink.Report.Located.Count, string.Join("; ", sink.Report.Notes));
        Assert.True(sink.Records.Count >= least, $"{sink.Records.Count} events");
        Assert.All(sink.Records, r => Assert.NotEqual(default, r.TimeUtc));
    }

    // JSON has no blanks at the ends of substituted values.
    static bool Same(CollectedRecord own, CollectedRecord other)
    {
        if (own.TimeUtc.Ticks / 10 != other.TimeUtc.Ticks / 10 || own.Fields.Count != other.Fields.Count) return false;
        foreach ((string name, List<string> values) in own.Fields)
        {
            if (!other.Fields.TryGetValue(name, out List<string>? others) || !values.Select(Trimmed).SequenceEqual(others.Select(Trimmed), StringComparer.Ordinal)) return false;
        }

        return true;

        static string Trimmed(string value) => value.TrimEnd(' ', '\t', '\r', '\n');
    }

    static List<JsonNode> Values(byte[] text)
    {
        var values = new List<JsonNode>();
        ReadOnlySpan<byte> json = text;
        if (json.StartsWith("\uFEFF"u8)) json = json[3..];
        var reader = new Utf8JsonReader(json, new JsonReaderOptions { AllowMultipleValues = true });
        while (reader.Read()) values.Add(JsonNode.Parse(ref reader)!);
        return values;
    }
}
