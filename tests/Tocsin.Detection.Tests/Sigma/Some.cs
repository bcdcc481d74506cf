using System.Text;
using Tocsin.Detection.Sigma;
using Tocsin.Evidence.Records;

namespace Tocsin.Detection.Tests.Sigma;

/// <summary>Builders for tests.</summary>
static class Some
{
    public static readonly LogSource Plain = new(null, "exchange", "ews");
    public static readonly LogSource Iis = new("webserver", "iis", null);
    public static readonly LogSource Windows = new(null, "windows", null);

    public static string Yaml(string logSource, string detection) =>
        $"""
        title: A rule
        id: 5f1ab2c4-0000-4000-8000-000000000001
        logsource: {logSource}
        detection:
        {Indent(detection)}
        """;

    /// <summary>A rule over the plain log source whose only selection is given.</summary>
    public static SigmaRule Selecting(string selection) => Rule("{product: exchange, service: ews}", $"selection:\n{Indent(selection)}\ncondition: selection");

    public static SigmaRule Rule(string logSource, string detection)
    {
        var diagnostics = new List<Diagnostic>();
        string yaml = Yaml(logSource, detection);
        IReadOnlyList<SigmaRule> rules = SigmaParser.Parse(yaml, "some.yml", diagnostics);
        Assert.True(rules.Count == 1, yaml + "\n" + string.Join('\n', diagnostics));
        return rules[0];
    }

    public static SourceRules Compile(LogSource artifact, params SigmaRule[] rules)
    {
        var diagnostics = new List<Diagnostic>();
        SourceRules compiled = RuleSet.Compile(rules, [], diagnostics).For(artifact);
        Assert.Empty(diagnostics);
        Assert.Equal(rules.Length, compiled.Rules.Count);
        return compiled;
    }

    /// <summary>Fields written as <c>name=value</c>, a line each; a name may come twice.</summary>
    public static (string Name, string Value)[] Fields(string text) =>
        [.. text.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(l => (l[..l.IndexOf('=')], l[(l.IndexOf('=') + 1)..]))];

    /// <summary>The indexes that match a record whose line is its values, side by side.</summary>
    public static List<int> Match(SourceRules rules, params (string Name, string Value)[] fields) =>
        Match(rules, string.Join(' ', fields.Select(f => f.Value)), fields);

    public static List<int> Match(SourceRules rules, string line, IEnumerable<(string Name, string Value)> fields)
    {
        var buffer = new RecordBuffer(rules.Fields);
        foreach ((string name, string value) in fields) buffer.Add(rules.Fields.IndexOf(name), Encoding.UTF8.GetBytes(value));
        var hits = new List<int>();
        rules.Match(new Evidence.Records.Record(Encoding.UTF8.GetBytes(line), buffer, new(1, 0), default), new MatchScratch(), hits);
        return hits;
    }

    static string Indent(string text) => string.Join('\n', text.Split('\n').Select(l => "  " + l));
}
