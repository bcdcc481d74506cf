using Tocsin.Detection.Sigma;
using Tocsin.Evidence.Records;

namespace Tocsin.Detection.Tests.Sigma;

public sealed class CorpusTests
{
    [Fact]
    public void Every_rule_of_SigmaHQ_loads_or_is_refused_at_a_place_with_a_hint()
    {
        if (Corpus.Find() is not { } corpus) return;

        Diagnostic[] errors = [.. corpus.Diagnostics.Where(d => !d.IsWarning)];
        string[] refused = [.. errors.Select(e => e.File).Distinct()];
        Console.WriteLine($"SigmaHQ: {corpus.Files} files, {corpus.Rules.Count} rules loaded, {refused.Length} refused.");
        foreach (Diagnostic diagnostic in corpus.Diagnostics) Console.WriteLine(diagnostic);

        Assert.Equal(3754, corpus.Files);
        Assert.Equal(corpus.Files, corpus.Rules.Count + refused.Length);
        Assert.All(errors, e => Assert.True(e.Line > 1 && e.Column >= 1 && e.Hint.Length > 0, e.ToString()));
        Assert.True(refused.Length * 100 < corpus.Files);
    }

    [Fact]
    public void Every_rule_without_a_reader_is_named()
    {
        if (Corpus.Find() is not { } corpus) return;

        var diagnostics = new List<Diagnostic>();
        RuleSet rules = RuleSet.Compile(corpus.Rules, [], diagnostics);
        SourceRules windows = rules.For(new(null, "windows", null));
        SourceRules web = rules.For(new("webserver", "iis", null));
        int noReader = diagnostics.Count(d => d.Code == SigmaCodes.NoReader);
        Console.WriteLine($"SigmaHQ: {windows.Rules.Count} rules for Windows ({windows.RulesWithoutLiteral.Count} without a text in the line), {web.Rules.Count} for IIS ({web.RulesWithoutLiteral.Count} without), {noReader} without a reader.");
        foreach (var group in diagnostics.GroupBy(d => d.Message)) Console.WriteLine($"{group.Count(),5} {group.Key}");
        foreach (SigmaRule rule in web.RulesWithoutLiteral) Console.WriteLine($"no text: {rule.File}");

        Assert.Equal(rules.Rules.Count, windows.Rules.Count + web.Rules.Count + noReader);
    }
}
