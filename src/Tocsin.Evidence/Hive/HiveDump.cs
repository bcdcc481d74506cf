using System.Text.Encodings.Web;
using System.Text.Json;
using Tocsin.Evidence.Artifacts;
using Tocsin.Evidence.Records;
using Tocsin.Evidence.Sources;

namespace Tocsin.Evidence.Hive;

/// <summary>Writes all values of a hive as JSON lines.</summary>
/// <remarks>
/// <code>{"Hive":"SOFTWARE","Key":"HKLM\\SOFTWARE\\…\\Run","Name":"Updater","Type":"REG_SZ","Value":"C:\\x.exe","LastWrite":"2021-03-03T01:02:03.0000000Z","Deleted":false,"Offset":8224}</code>
/// A field with several values (<c>Value</c> of a multiple value, <c>Strings</c>) is a list. Signs that a terminal or a page would act on are escaped.
/// </remarks>
public static class HiveDump
{
    static readonly FieldSet Fields = new(["Hive", "Key", "Name", "Type", "Value", "Strings", "Class", "LastWrite", "Deleted"]);

    static readonly string[] Order = ["Hive", "Key", "Class", "Name", "Type", "Value", "Strings", "LastWrite"];

    /// <summary>Writes the hive's values in stored order, those of deleted keys last.</summary>
    /// <param name="hive">The hive from its first byte.</param>
    /// <param name="siblings">Opens what lies beside it by ending (<c>.LOG1</c>); null where nothing can be reached.</param>
    /// <param name="output">Takes UTF-8, a line for each record.</param>
    /// <param name="cancellation">Ends the work.</param>
    /// <returns>What was read, and what was wrong with it.</returns>
    /// <exception cref="IOException">Reading or writing failed.</exception>
    public static ReadReport Write(Stream hive, Func<string, Stream?>? siblings, Stream output, CancellationToken cancellation = default)
    {
        var report = new ReadReport();
        using var sink = new JsonSink(output);
        var target = new RecordTarget(Fields, Everything.Filter, sink);
        byte[] head = new byte[HiveHeader.LogBytes];
        int length = hive.ReadAtLeast(head, head.Length, throwOnEndOfStream: false);
        if (HiveReader.TryRecognise(head.AsSpan(0, length)) is not { } reader)
        {
            report.Notes.Add("This is no registry hive.");
            report.Add(DamageKind.Malformed, 0, 0);
            return report;
        }

        var whole = new HeadedStream(head.AsMemory(0, length), hive);
        reader.Read(whole, new ReadContext(_ => target, report, cancellation) { Siblings = siblings });
        return report;
    }

    sealed class JsonSink(Stream output) : IRecordSink, IDisposable
    {
        readonly Utf8JsonWriter _json = new(output, new JsonWriterOptions { Encoder = JavaScriptEncoder.Default });

        public void Accept(in Record record)
        {
            _json.WriteStartObject();
            foreach (string name in Order)
            {
                int field = Fields.IndexOf(name);
                if (!record.Has(field)) continue;
                int count = 0;
                foreach (ReadOnlySpan<byte> _ in record.Values(field)) count++;
                _json.WritePropertyName(name);
                if (count > 1) _json.WriteStartArray();
                foreach (ReadOnlySpan<byte> value in record.Values(field)) _json.WriteStringValue(value);
                if (count > 1) _json.WriteEndArray();
            }

            _json.WriteBoolean("Deleted", record["Deleted"].SequenceEqual("true"u8));
            _json.WriteNumber("Offset", record.Position.Offset);
            _json.WriteEndObject();
            _json.Flush();
            output.WriteByte((byte)'\n');
            _json.Reset();
        }

        public void Dispose() => _json.Dispose();
    }

    sealed class Everything : ILineFilter
    {
        public static Everything Filter { get; } = new();

        public int FindCandidate(ReadOnlySpan<byte> block, int from) => from;
    }
}
