using Tocsin.Detection;
using Tocsin.Detection.Sigma;
using Tocsin.Evidence.Artifacts;
using Tocsin.Evidence.Records;
using Tocsin.Evidence.Sources;
using Tocsin.Evidence.WebPages;
using Tocsin.Packs;
using Tocsin.Packs.Chain;
using Tocsin.Triage.Tests.Support;

namespace Tocsin.Triage.Tests.WebRoots;

/// <summary>Puts one page to the rules of a pack, as a scan does, without a disk.</summary>
static class PageJudge
{
    static readonly PackRule[] PackRules = [.. Support.Evidence.Packs[0].Rules];
    static readonly RuleSet Rules = Compile();

    /// <summary>The rules that match, with what they prove, and what the finding would show.</summary>
    public static (string[] Rules, Stage Stage, string Text) Of(string path, byte[] bytes)
    {
        using var text = new TextTranscoding(new MemoryStream(bytes));
        var report = new ReadReport { IsTranscoded = text.IsTranscoded };
        ArtifactReader reader = WebPageFormat.TryRecognise(path, bytes) ?? throw new InvalidOperationException($"Not chosen: {path}");
        SourceRules of = Rules.For(WebPageReader.Source);
        var sink = new Sink(of);
        reader.Read(text, new ReadContext(_ => new RecordTarget(of.Fields, of, sink), report));
        PackRule[] matched = [.. sink.Hits.Select(h => PackRules[h])];
        return ([.. matched.Select(m => m.Name)], matched.Select(m => m.Proves).DefaultIfEmpty(Stage.None).Max(), sink.Text);
    }

    static RuleSet Compile()
    {
        var diagnostics = new List<Diagnostic>();
        RuleSet rules = RuleSet.Compile(PackRules.Select(r => r.Rule), [], diagnostics);
        Assert.Equal(PackRules.Length, rules.Rules.Count);
        return rules;
    }

    sealed class Sink(SourceRules rules) : IRecordSink
    {
        readonly MatchScratch _scratch = new();

        public List<int> Hits { get; } = [];

        public string Text { get; private set; } = "";

        public void Accept(in Record record)
        {
            rules.Match(in record, _scratch, Hits);
            Text = record.Text(10_000, out _);
        }
    }
}
