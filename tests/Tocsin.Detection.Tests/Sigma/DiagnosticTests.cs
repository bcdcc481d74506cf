using System.Reflection;
using Tocsin.Detection.Sigma;
using Tocsin.Detection.Sigma.Correlations;

namespace Tocsin.Detection.Tests.Sigma;

public sealed class DiagnosticTests
{
    const string Head = "title: A rule\nlogsource: {product: windows}\n";

    /// <summary>Code, line, column and the file that earns it.</summary>
    public static TheoryData<string, int, int, string> Cases { get; } = new()
    {
        { SigmaCodes.NotYaml, 3, 4, "title: A rule\nlevel: high\n  x: [" },
        { SigmaCodes.NotYaml, 1, 8, "title: *nowhere" },
        { SigmaCodes.TooLarge, 1, 33, new string('[', 5000) },
        { SigmaCodes.TooLarge, 6, 4, "a: &a [x,x,x,x,x,x,x,x,x,x]\nb: &b [*a,*a,*a,*a,*a,*a,*a,*a,*a,*a]\nc: &c [*b,*b,*b,*b,*b,*b,*b,*b,*b,*b]\nd: &d [*c,*c,*c,*c,*c,*c,*c,*c,*c,*c]\ne: &e [*d,*d,*d,*d,*d,*d,*d,*d,*d,*d]\nf: [*e,*e,*e,*e,*e,*e,*e,*e,*e,*e]\ng: 1\n" },
        { SigmaCodes.NotAMap, 1, 1, "- title: A rule" },
        { SigmaCodes.NotAMap, 1, 1, "# nothing\n" },
        { SigmaCodes.MissingKey, 1, 1, "logsource: {product: windows}\ndetection:\n  a: {f: x}\n  condition: a" },
        { SigmaCodes.MissingKey, 1, 1, "title: A rule\ndetection:\n  a: {f: x}\n  condition: a" },
        { SigmaCodes.MissingKey, 1, 1, "title: A rule\nlogsource: {product: windows}" },
        { SigmaCodes.MissingKey, 4, 3, Head + "detection:\n  a: {f: x}" },
        { SigmaCodes.WrongShape, 3, 12, Head + "detection: [a]" },
        { SigmaCodes.WrongShape, 1, 8, "title: [A, rule]\nlogsource: {product: windows}\ndetection:\n  a: {f: x}\n  condition: a" },
        { SigmaCodes.WrongShape, 4, 10, Head + "detection:\n  a: {f: {g: x}}\n  condition: a" },
        { SigmaCodes.WrongShape, 4, 7, Head + "detection:\n  a: [[x]]\n  condition: a" },
        { SigmaCodes.WrongShape, 4, 3, Head + "detection:\n  a|contains: x\n  condition: a" },
        { SigmaCodes.WrongShape, 5, 14, Head + "detection:\n  a: {f: x}\n  condition: {a: b}" },
        { SigmaCodes.WrongShape, 3, 9, Head + "tocsin: x\ndetection:\n  a: {f: x}\n  condition: a" },
        { SigmaCodes.DuplicateKey, 6, 5, Head + "detection:\n  a:\n    f: x\n    f: y\n  condition: a" },
        { SigmaCodes.UnknownWord, 3, 8, Head + "level: hgih\ndetection:\n  a: {f: x}\n  condition: a" },
        { SigmaCodes.UnknownWord, 3, 9, Head + "status: new\ndetection:\n  a: {f: x}\n  condition: a" },
        { SigmaCodes.MissingKey, 3, 3, "title: Many\ncorrelation:\n  type: event_count" },
        { SigmaCodes.BadCorrelation, 4, 9, "title: Many\ncorrelation:\n  rules: r0\n  type: counts\n  timespan: 1m" },
        { SigmaCodes.UndefinedRule, 5, 1, "title: Many\ncorrelation:\n  type: temporal\n  rules:\n    - nowhere\n  timespan: 1m" },
        { SigmaCodes.NotADetection, 1, 9, "action: global\ntitle: A rule" },
        { SigmaCodes.EmptyLogSource, 2, 12, "title: A rule\nlogsource: {definition: x}\ndetection:\n  a: {f: x}\n  condition: a" },
        { SigmaCodes.EmptySelection, 4, 6, Head + "detection:\n  a: {}\n  condition: a" },
        { SigmaCodes.EmptySelection, 4, 10, Head + "detection:\n  a: {f: []}\n  condition: a" },
        { SigmaCodes.EmptySelection, 4, 3, Head + "detection:\n  condition: a" },
        { SigmaCodes.UnknownModifier, 5, 16, Head + "detection:\n  a:\n    f|contains|every: x\n  condition: a" },
        { SigmaCodes.ModifierCombination, 5, 5, Head + "detection:\n  a:\n    f|contains|endswith: x\n  condition: a" },
        { SigmaCodes.ModifierCombination, 5, 5, Head + "detection:\n  a:\n    f|re|contains: x\n  condition: a" },
        { SigmaCodes.ModifierCombination, 5, 5, Head + "detection:\n  a:\n    f|contains|base64: x\n  condition: a" },
        { SigmaCodes.ModifierCombination, 5, 5, Head + "detection:\n  a:\n    f|i: x\n  condition: a" },
        { SigmaCodes.ModifierCombination, 5, 5, Head + "detection:\n  a:\n    '|cidr': 10.0.0.0/8\n  condition: a" },
        { SigmaCodes.UnsuitableValue, 5, 13, Head + "detection:\n  a:\n    f|cidr: 10.0.0.0/33\n  condition: a" },
        { SigmaCodes.UnsuitableValue, 5, 11, Head + "detection:\n  a:\n    f|lt: ten\n  condition: a" },
        { SigmaCodes.UnsuitableValue, 5, 15, Head + "detection:\n  a:\n    f|exists: perhaps\n  condition: a" },
        { SigmaCodes.UnsuitableValue, 5, 15, Head + "detection:\n  a:\n    f|base64: a*c\n  condition: a" },
        { SigmaCodes.UnsuitableValue, 5, 7, Head + "detection:\n  a:\n    - '*'\n  condition: a" },
        { SigmaCodes.Placeholder, 5, 15, Head + "detection:\n  a:\n    f|expand: '%admins%'\n  condition: a" },
        { SigmaCodes.BadRegex, 5, 11, Head + "detection:\n  a:\n    f|re: '(abc'\n  condition: a" },
        { SigmaCodes.BadCondition, 5, 20, Head + "detection:\n  a: {f: x}\n  condition: (a or )" },
        { SigmaCodes.BadCondition, 5, 16, Head + "detection:\n  a: {f: x}\n  condition: a a" },
        { SigmaCodes.BadCondition, 5, 16, Head + "detection:\n  a: {f: x}\n  condition: (a" },
        { SigmaCodes.BadCondition, 5, 19, Head + "detection:\n  a: {f: x}\n  condition: 2 of a" },
        { SigmaCodes.BadCondition, 5, 14, Head + "detection:\n  a: {f: x}\n  condition: some of a" },
        { SigmaCodes.UndefinedSelection, 5, 25, Head + "detection:\n  a: {f: x}\n  condition: 'a and not b'" },
        { SigmaCodes.UndefinedSelection, 5, 19, Head + "detection:\n  a: {f: x}\n  condition: 1 of b_*" },
        { SigmaCodes.Aggregation, 5, 16, Head + "detection:\n  a: {f: x}\n  condition: a | count() by f > 5" },
        { SigmaCodes.Aggregation, 4, 14, Head + "detection:\n  timeframe: 5m\n  a: {f: x}\n  condition: a" },
        { SigmaCodes.TooLarge, 5, 79, Head + "detection:\n  a: {f: x}\n  condition: " + new string('(', 5000) + "a" },
        { SigmaCodes.DuplicateId, 9, 1, "title: A rule\nid: x\nlogsource: {product: windows}\ndetection:\n  a: {f: x}\n  condition: a\n---\n\ntitle: A rule\nid: X\nlogsource: {product: windows}\ndetection:\n  a: {f: x}\n  condition: a" },
        { SigmaCodes.UnusedSelection, 5, 1, Head + "detection:\n  a: {f: x}\n  b: {f: x}\n  condition: a" },
        { SigmaCodes.NoReader, 2, 1, "title: A rule\nlogsource: {product: exchange, service: httproxy}\ndetection:\n  a: {f: x}\n  condition: a" },
        { SigmaCodes.NoReader, 3, 1, "title: A rule\nlogsource:\n  category: process_creation\n  product: linux\ndetection:\n  a: {f: x}\n  condition: a" },
    };

    [Theory]
    [MemberData(nameof(Cases))]
    public void A_mistake_is_named_at_its_place(string code, int line, int column, string yaml)
    {
        var diagnostics = new List<Diagnostic>();
        (IReadOnlyList<SigmaRule> rules, IReadOnlyList<SigmaCorrelation> correlations) = SigmaParser.ParseAll(yaml, "rules/x.yml", diagnostics);
        bool parsed = diagnostics.Count == 0;
        RuleSet.Compile(rules, correlations, [], diagnostics);

        Diagnostic found = Assert.Single(diagnostics);
        Assert.Equal((code, "rules/x.yml", line, column), (found.Code, found.File, found.Line, found.Column));
        Assert.NotEmpty(found.Message);
        Assert.NotEmpty(found.Hint);
        Assert.Equal(string.CompareOrdinal(code, "TS101") >= 0, found.IsWarning);
        if (!parsed && !found.IsWarning) Assert.Empty(rules);
    }

    [Fact]
    public void Every_code_has_a_case()
    {
        string[] codes = [.. typeof(SigmaCodes).GetFields(BindingFlags.Public | BindingFlags.Static).Select(f => (string)f.GetRawConstantValue()!)];

        Assert.True(codes.Length >= 23);
        Assert.Equal(codes.Order(), codes.Distinct().Order());
        Assert.Empty(codes.Except(Cases.Select(c => c.Data.Item1)));
    }

    [Fact]
    public void All_mistakes_of_a_file_are_named_at_once()
    {
        var diagnostics = new List<Diagnostic>();
        Assert.Empty(SigmaParser.Parse("title: [x]\nlevel: hgih\ndetection:\n  a:\n    f|every: x\n    g|cidr: y\n    h|re: '('\n", "x.yml", diagnostics));

        Assert.Equal(
            [SigmaCodes.WrongShape, SigmaCodes.MissingKey, SigmaCodes.UnknownWord, SigmaCodes.UnknownModifier, SigmaCodes.UnsuitableValue, SigmaCodes.BadRegex, SigmaCodes.MissingKey],
            diagnostics.OrderBy(d => d.Line == 1 ? (d.Code == SigmaCodes.WrongShape ? 0 : 1) : d.Code == SigmaCodes.MissingKey ? 99 : d.Line).Select(d => d.Code));
    }

    [Fact]
    public void A_bad_document_does_not_take_its_neighbours_with_it()
    {
        var diagnostics = new List<Diagnostic>();
        string good = Head + "detection:\n  a: {f: x}\n  condition: a\n";
        IReadOnlyList<SigmaRule> rules = SigmaParser.Parse($"{good}---\ntitle: x\ncorrelation:\n  type: event_count\n---\n{good}", "x.yml", diagnostics);

        Assert.Equal(["x.yml#1", "x.yml#3"], rules.Select(r => r.Id));
        Assert.Equal(SigmaCodes.NotADetection, Assert.Single(diagnostics).Code);
    }

    [Fact]
    public void A_rule_keeps_what_it_says_of_itself()
    {
        const string yaml =
            """
            title: A title
            id: abc
            status: test
            description: |
              Two
              lines
            references: [https://a.example]
            author: Somebody, another
            tags: [attack.t1190, cve.2021-26855]
            logsource: {category: Command, product: exchange}
            detection:
              s:
                Command|contains|all: [x, y]
              condition: s
            falsepositives: [Unlikely]
            level: critical
            tocsin:
              step: write-oab
              proves: implanted
            """;
        SigmaRule rule = Assert.Single(SigmaParser.Parse(yaml, "r.yml", []));

        Assert.Equal(("A title", "abc", RuleStatus.Test, RuleLevel.Critical, "Two\nlines", "Somebody, another", "r.yml"), (rule.Title, rule.Id, rule.Status, rule.Level, rule.Description, rule.Author, rule.File));
        Assert.Equal(["attack.t1190", "cve.2021-26855"], rule.Tags);
        Assert.Equal(["https://a.example"], rule.References);
        Assert.Equal(["Unlikely"], rule.FalsePositives);
        Assert.Equal(new("command", "exchange", null), rule.LogSource);
        Assert.Equal(("write-oab", "implanted"), (rule.Tocsin["step"], rule.Tocsin["proves"]));
        var test = Assert.IsType<FieldTest>(Assert.Single(rule.Detection.Selections).Body);
        Assert.True(test.All);
        Assert.Equal(["contains"], test.Modifiers);
    }
}
