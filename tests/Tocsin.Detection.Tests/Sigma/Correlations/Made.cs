using Tocsin.Detection.Sigma;
using Tocsin.Detection.Sigma.Correlations;

namespace Tocsin.Detection.Tests.Sigma.Correlations;

/// <summary>Made rules and correlations.</summary>
static class Made
{
    /// <summary>Three rules r0, r1, r2 and a correlation of them, whose title is the expression of its condition.</summary>
    public static CorrelationSet Set(string correlation)
    {
        var diagnostics = new List<Diagnostic>();
        RuleSet set = Compile(Document(correlation) + Rules, diagnostics);
        Assert.True(diagnostics.Count == 0, correlation + "\n" + string.Join('\n', diagnostics));
        return set.Correlations;
    }

    public static RuleSet Compile(string yaml, List<Diagnostic> diagnostics)
    {
        SigmaDocuments documents = SigmaParser.ParseAll(yaml, "made.yml", diagnostics);
        return RuleSet.Compile(documents.Rules, documents.Correlations, [], diagnostics);
    }

    public static string Document(string correlation)
    {
        int expression = correlation.IndexOf("condition: ", StringComparison.Ordinal);
        string title = expression < 0 ? "plain" : correlation[(expression + 11)..].Replace("(", "", StringComparison.Ordinal).Replace(")", "", StringComparison.Ordinal);
        return $"title: {title}\nid: c1\nlevel: high\ncorrelation:\n  {correlation}\n";
    }

    public static readonly string Rules = string.Concat(Enumerable.Range(0, 3).Select(i =>
        $"---\ntitle: Rule {i}\nid: 5f1ab2c4-0000-4000-8000-00000000000{i}\nname: r{i}\nlogsource: {{product: windows, service: security}}\ndetection:\n  selection:\n    EventID: {i}\n  condition: selection\n"));
}
