using Tocsin.Detection;
using Tocsin.Detection.Sigma;
using Tocsin.Evidence.Artifacts;
using Tocsin.Evidence.Records;
using Tocsin.Packs.Chain;

namespace Tocsin.Packs.Tests.Support;

/// <summary>All that the rules of one pack find in files and that counts for its wave.</summary>
sealed class PackRun : IRecordSink
{
    readonly ThreatPack _pack;
    readonly RuleSet _rules;
    readonly MatchScratch _scratch = new();
    readonly List<int> _hits = [];
    SourceRules _source = null!;

    public PackRun(ThreatPack pack)
    {
        _pack = pack;
        _rules = RuleSet.Compile(pack.Rules.Select(r => r.Rule), [], new List<Diagnostic>());
    }

    public List<(PackRule Rule, DateTime TimeUtc, long Line)> Found { get; } = [];

    /// <summary>The pack's id.</summary>
    public string Pack => _pack.Id;

    public long Records { get; private set; }

    public Stage Stage => Found.Count == 0 ? Stage.None : Found.Max(f => f.Rule.Proves);

    public IEnumerable<string> Names => Found.Select(f => f.Rule.Name).Distinct().Order(StringComparer.Ordinal);

    public PackRun Read(string path) => Read(path, File.ReadAllBytes(path));

    public PackRun Read(string path, ReadOnlyMemory<byte> bytes)
    {
        if (Recogniser.Recognise(path, bytes) is not { } reader) return this;
        var report = new ReadReport();
        using var content = new MemoryStream(bytes.ToArray());

        // A reader may serve several log sources in turn; each target remembers its own rules.
        reader.Read(content, new ReadContext(source => new RecordTarget(_rules.For(source).Fields, _rules.For(source), new Tap(this, _rules.For(source))), report));
        Records += report.Records;
        return this;
    }

    public void Accept(in Record record)
    {
        _hits.Clear();
        _source.Match(in record, _scratch, _hits);
        foreach (int hit in _hits)
        {
            PackRule rule = _pack.Rules[hit];
            if (_pack.Counts(rule, record.TimeUtc)) Found.Add((rule, record.TimeUtc, record.Position.Line));
        }
    }

    sealed class Tap(PackRun run, SourceRules source) : IRecordSink
    {
        public void Accept(in Record record)
        {
            run._source = source;
            run.Accept(in record);
        }
    }
}
