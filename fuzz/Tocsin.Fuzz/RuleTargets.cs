using System.Text;
using Tocsin.Detection;
using Tocsin.Detection.Sigma;
using Tocsin.Detection.Sigma.Correlations;
using Tocsin.Evidence.Artifacts;
using Tocsin.Evidence.Records;
using Tocsin.Packs;
using Tocsin.Packs.Loading;

namespace Tocsin.Fuzz;

/// <summary>Rules and packs, and rules against logs.</summary>
static class RuleTargets
{
    static readonly LogSource[] Sources =
    [
        new("webserver", "iis", null), new(null, "windows", null), new(null, "exchange", "httpproxy"), new("command", "exchange", "ecp-server"), new("command", "exchange", "pasted"),
    ];

    static readonly Lazy<RuleSet> BuiltIn = new(() => RuleSet.Compile(PackLoader.LoadEmbedded([]).SelectMany(p => p.Rules).Select(r => r.Rule), [], []));

    public static void Sigma(byte[] input) => Promise.BoundsMemory(input.Length, () =>
    {
        string yaml = Encoding.UTF8.GetString(input);
        var diagnostics = new List<Diagnostic>();
        (IReadOnlyList<SigmaRule> rules, IReadOnlyList<SigmaCorrelation> correlations) = SigmaParser.ParseAll(yaml, "a.yml", diagnostics);
        Promise.That(rules.Count > 0 || correlations.Count > 0 || diagnostics.Any(d => !d.IsWarning), "what is refused is told of");
        int lines = yaml.AsSpan().CountAny('\n', '\r', '\u0085', '\u2028', '\u2029') + 2;
        Promise.That(diagnostics.TrueForAll(d => d.Line >= 1 && d.Line <= lines && d.Column >= 1), "a diagnostic has a place in the file");
        RuleSet set = RuleSet.Compile(rules, correlations, [], diagnostics);
        foreach (LogSource source in Sources) Match(set.For(source), "GET /a/powershell.aspx?x=y 203.0.113.7 cmd.exe -enc 200"u8);
        Correlate(set.Correlations);
    });

    // Every rule that a correlation refers to has matched, in turn and a minute apart.
    static void Correlate(CorrelationSet set)
    {
        var events = new List<CorrelationEvent>();
        for (int round = 0; round < 4; round++)
        {
            foreach ((int rule, string[] fields) in set.Captures.OrderBy(c => c.Key).Take(16)) events.Add(new(DateTime.UnixEpoch.AddMinutes(events.Count), rule, [.. fields.Select((_, i) => i % 3 == 2 ? null : $"{i + round}")], events.Count));
        }

        foreach (CorrelationMatch match in Correlator.Run(set, events))
        {
            Promise.That(match.FirstUtc <= match.LastUtc && match.Count >= match.Tags.Count && match.Tags.Count > 0, "a match has its records");
        }
    }

    // Every field of the rules has the text: rules are made to look, whatever they ask for.
    static void Match(SourceRules rules, ReadOnlySpan<byte> line)
    {
        _ = rules.FindCandidate(line, 0);
        var values = new RecordBuffer(rules.Fields);
        for (int field = 0; field < rules.Fields.Count; field++) values.Add(field, 0, line.Length);
        rules.Match(new Record(line, values, new Position(1, 0), default), new MatchScratch(), []);
    }

    public static void SigmaMatch(byte[] input)
    {
        ReadOnlySpan<byte> head = input.AsSpan(0, Math.Min(input.Length, ArtifactFormats.HeadBytes));
        if (ArtifactFormats.Recognise(head, "a.log", input.Length) is not { } filtered) return;
        ArtifactReader whole = ArtifactFormats.Recognise(head, "a.log", input.Length)!;
        Promise.That(Hits(filtered, input, rules => rules).SequenceEqual(Hits(whole, input, _ => EveryLine.Filter)), "the filter withholds nothing that matches");
    }

    static List<(long Offset, int Rule)> Hits(ArtifactReader reader, byte[] input, Func<SourceRules, ILineFilter> filter)
    {
        var hits = new List<(long, int)>();
        var scratch = new MatchScratch();
        reader.Read(new MemoryStream(input), new ReadContext(
            source =>
            {
                SourceRules rules = BuiltIn.Value.For(source);
                return new RecordTarget(rules.Fields, filter(rules), new HitSink(rules, scratch, hits));
            },
            new ReadReport()));
        return hits;
    }

    public static void Pack(byte[] input) => Promise.BoundsMemory(input.Length, () =>
    {
        var diagnostics = new List<Diagnostic>();
        IReadOnlyList<ThreatPack> packs = PackLoader.LoadAll(new BundledPackFiles(input), diagnostics);
        Promise.That(packs.Count > 0 || diagnostics.Count > 0 || !new BundledPackFiles(input).Paths.Any(p => p.Split('/') is [_, "pack.yaml"]), "what is refused is told of");
    });

    sealed class HitSink(SourceRules rules, MatchScratch scratch, List<(long, int)> hits) : IRecordSink
    {
        readonly List<int> _matched = [];

        public void Accept(in Record record)
        {
            _matched.Clear();
            rules.Match(in record, scratch, _matched);
            foreach (int rule in _matched) hits.Add((record.Position.Offset, rule));
        }
    }

    /// <summary>A pack's files in one text: a line <c>>>> path</c> before each.</summary>
    sealed class BundledPackFiles : PackFiles
    {
        readonly SortedDictionary<string, byte[]> _files = new(StringComparer.Ordinal);

        public BundledPackFiles(byte[] bundle)
        {
            foreach (string part in Encoding.Latin1.GetString(bundle).Split(">>> ", StringSplitOptions.RemoveEmptyEntries).Take(50))
            {
                int end = part.IndexOf('\n', StringComparison.Ordinal);
                if (end > 0) _files[part[..end]] = Encoding.Latin1.GetBytes(part[(end + 1)..]);
            }
        }

        public override string Name => "bundle";

        public override IReadOnlyList<string> Paths => [.. _files.Keys];

        public override ReadOnlyMemory<byte> Read(string path) => _files[path];
    }
}
