using System.Text;
using Tocsin.Evidence.Artifacts;
using Tocsin.Evidence.ExchangeText;
using Tocsin.Evidence.Records;
using Tocsin.Evidence.W3c;

namespace Tocsin.Evidence.Tests.Support;

/// <summary>Reads bytes with the text readers and gives what came of it in plain types.</summary>
static class Scan
{
    public sealed record Row(long Line, long Offset, DateTime Time, IReadOnlyDictionary<string, string[]> Fields)
    {
        public string? this[string field] => Fields.TryGetValue(field, out string[]? values) ? values[0] : null;
    }

    public static ArtifactReader? Recognise(ReadOnlySpan<byte> bytes, string path = "a.log")
    {
        ReadOnlySpan<byte> head = bytes[..Math.Min(bytes.Length, 65_536)];
        return W3cFormat.TryRecognise(head, path) ?? ExchangeFormat.TryRecognise(head, path);
    }

    public static (ArtifactKind Kind, ReadReport Report, List<Row> Rows) Read(byte[] bytes, string[] fields, string path = "a.log")
    {
        ArtifactReader reader = Recognise(bytes, path) ?? throw new InvalidOperationException("Not recognised: " + Encoding.UTF8.GetString(bytes[..Math.Min(200, bytes.Length)]));
        var sink = new RowSink();
        var report = new ReadReport();
        var target = new RecordTarget(new FieldSet(fields), EveryLine.Filter, sink);
        reader.Read(new MemoryStream(bytes), new ReadContext(_ => target, report));
        return (reader.Kind, report, sink.Rows);
    }

    public static byte[] Lines(params string[] lines) => Encoding.UTF8.GetBytes(string.Concat(lines.Select(l => l + "\r\n")));

    /// <summary>Passes every line.</summary>
    public sealed class EveryLine : ILineFilter
    {
        public static EveryLine Filter { get; } = new();

        public int FindCandidate(ReadOnlySpan<byte> block, int from)
        {
            int at = block[from..].IndexOfAnyExcept((byte)'\n', (byte)'\r');
            return at < 0 ? -1 : from + at;
        }
    }

    /// <summary>Passes no line.</summary>
    public sealed class NoLine : ILineFilter
    {
        public int FindCandidate(ReadOnlySpan<byte> block, int from) => -1;
    }

    sealed class RowSink : IRecordSink
    {
        public List<Row> Rows { get; } = [];

        public void Accept(in Record record)
        {
            var fields = new Dictionary<string, string[]>(StringComparer.OrdinalIgnoreCase);
            for (int i = 0; i < record.Fields.Count; i++)
            {
                if (!record.Has(i)) continue;
                var values = new List<string>();
                foreach (ReadOnlySpan<byte> value in record.Values(i)) values.Add(Encoding.UTF8.GetString(value));
                fields[record.Fields[i]] = [.. values];
            }

            Rows.Add(new(record.Position.Line, record.Position.Offset, record.TimeUtc, fields));
        }
    }
}
