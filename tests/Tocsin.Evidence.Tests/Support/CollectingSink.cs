using System.Globalization;
using System.Text;
using Tocsin.Evidence.Artifacts;
using Tocsin.Evidence.Records;

namespace Tocsin.Evidence.Tests.Support;

/// <summary>Takes everything that a reader hands on and keeps it as text: one entry a record, with every field that it has.</summary>
sealed class CollectingSink
{
    readonly FieldSet _fields;
    readonly ILineFilter _filter;
    readonly Dictionary<LogSource, RecordTarget> _targets = [];

    public CollectingSink(IEnumerable<string> fields, ILineFilter? filter = null)
    {
        _fields = new FieldSet(fields);
        _filter = filter ?? Everything.Instance;
    }

    public ReadReport Report { get; } = new();

    public List<CollectedRecord> Records { get; } = [];

    /// <summary>Reads an artifact that a reader has already recognised.</summary>
    public CollectingSink Read(ArtifactReader reader, byte[] content) => Read(reader, new MemoryStream(content));

    public CollectingSink Read(ArtifactReader reader, Stream content, Func<string, Stream?>? siblings = null, Func<CollectingSink, IPartReading>? parts = null)
    {
        reader.Read(content, Context(siblings, parts?.Invoke(this)));
        return this;
    }

    /// <summary>What readers are given.</summary>
    public ReadContext Context(Func<string, Stream?>? siblings = null, IPartReading? parts = null) => new(TargetOf, Report) { Siblings = siblings, Parts = parts };

    /// <summary>Everything as reviewable text, for golden files.</summary>
    public string Listing()
    {
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"records: {Report.Records}  lines: {Report.Lines}  extract: {(Report.IsExtract ? "yes" : "no")}\n");
        if (Report.FirstUtc is { } first) text.Append(CultureInfo.InvariantCulture, $"time: {first:O} to {Report.LastUtc:O}\n");
        foreach (var host in Report.Hosts) text.Append(CultureInfo.InvariantCulture, $"host: {host.Key} ({host.Value})\n");
        foreach (string product in Report.Products) text.Append(CultureInfo.InvariantCulture, $"product: {product}\n");
        if (Report.ClockOffset is { } offset) text.Append(CultureInfo.InvariantCulture, $"clock offset: {offset}\n");
        foreach (Damage damage in Report.Located) text.Append(CultureInfo.InvariantCulture, $"damage: {damage.Kind} at line {damage.Line}, offset {damage.Offset}\n");
        foreach (string note in Report.Notes) text.Append(CultureInfo.InvariantCulture, $"note: {note}\n");
        foreach (CollectedRecord record in Records) text.Append(record);
        return text.ToString();
    }

    RecordTarget TargetOf(LogSource source)
    {
        if (!_targets.TryGetValue(source, out var target)) _targets[source] = target = new RecordTarget(_fields, _filter, new Sink(this, source));
        return target;
    }

    sealed class Sink(CollectingSink owner, LogSource source) : IRecordSink
    {
        public void Accept(in Evidence.Records.Record record)
        {
            var fields = new SortedDictionary<string, List<string>>(StringComparer.Ordinal);
            for (int i = 0; i < record.Fields.Count; i++)
            {
                if (!record.Has(i)) continue;
                List<string> values = [];
                foreach (ReadOnlySpan<byte> value in record.Values(i)) values.Add(Encoding.UTF8.GetString(value));
                fields[record.Fields[i]] = values;
            }

            owner.Records.Add(new CollectedRecord(source, record.Position, record.TimeUtc, Encoding.UTF8.GetString(record.Line), fields));
        }
    }

    sealed class Everything : ILineFilter
    {
        public static Everything Instance { get; } = new();

        public int FindCandidate(ReadOnlySpan<byte> block, int from) => from < block.Length ? from : -1;
    }
}

/// <summary>A record after the reader has moved on.</summary>
sealed record CollectedRecord(LogSource Source, Position Position, DateTime TimeUtc, string Line, SortedDictionary<string, List<string>> Fields)
{
    public string this[string field] => Fields.TryGetValue(field, out var values) ? values[0] : "";

    public override string ToString()
    {
        var text = new StringBuilder();
        string time = TimeUtc == default ? "no time" : TimeUtc.ToString("O", CultureInfo.InvariantCulture);
        text.Append(CultureInfo.InvariantCulture, $"\n{Source}  line {Position.Line}, offset {Position.Offset}  {time}\n");
        foreach (var (name, values) in Fields)
        {
            foreach (string value in values) text.Append(CultureInfo.InvariantCulture, $"  {name} = {value.Replace("\r", "\\r", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal)}\n");
        }

        return text.ToString();
    }
}

/// <summary>Passes the lines that hold a word.</summary>
sealed class WordFilter(string word) : ILineFilter
{
    readonly byte[] _word = Encoding.UTF8.GetBytes(word);

    public int FindCandidate(ReadOnlySpan<byte> block, int from) => block[from..].IndexOf(_word) is >= 0 and var found ? from + found : -1;
}

/// <summary>Passes no line.</summary>
sealed class NothingFilter : ILineFilter
{
    public int FindCandidate(ReadOnlySpan<byte> block, int from) => -1;
}
