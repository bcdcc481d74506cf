using System.Reflection;
using System.Text.RegularExpressions;
using Tocsin.Conventions.Tests.Support;
using Tocsin.Evidence.Configuration;

namespace Tocsin.Conventions.Tests;

/// <summary>The page of facts is the vocabulary that rules are written against: it and the code name the same words.</summary>
public partial class ConfigurationFactTests
{
    [Fact]
    public void The_page_of_facts_names_each_fact_of_the_readers_and_no_other()
    {
        string[] inCode = [.. typeof(ConfigurationFact).GetFields(BindingFlags.Public | BindingFlags.Static).Select(f => ((string)f.GetRawConstantValue()!).TrimEnd(':')).Order(StringComparer.Ordinal)];
        string[] onPage = [.. Row().Matches(File.ReadAllText(Repository.PathOf("docs/formats/configuration-facts.md"))).Select(m => m.Groups[1].Value).Order(StringComparer.Ordinal)];
        Assert.Equal(24, inCode.Length);
        Assert.Equal(inCode, onPage);
    }

    [Fact]
    public void Rules_ask_for_facts_that_exist()
    {
        var facts = typeof(ConfigurationFact).GetFields(BindingFlags.Public | BindingFlags.Static).Select(f => (string)f.GetRawConstantValue()!).ToHashSet(StringComparer.Ordinal);
        int asked = 0;
        foreach (string rule in Directory.GetFiles(Repository.PathOf("packs"), "*.yml", SearchOption.AllDirectories))
        {
            // Pages and file tables have facts of their own, which their own tests hold.
            if (!File.ReadAllText(rule).Contains("product: iis-config", StringComparison.Ordinal)) continue;
            foreach (Match use in Use().Matches(File.ReadAllText(rule)))
            {
                Assert.Contains(facts, f => f == use.Groups[1].Value || use.Value.Contains("startswith", StringComparison.Ordinal) && f.StartsWith(use.Groups[1].Value, StringComparison.Ordinal));
                asked++;
            }
        }

        Assert.True(asked >= 12, $"Only {asked} uses were looked at.");
    }

    [GeneratedRegex(@"^\| `([a-z-]+)(?::NAME)?` \|", RegexOptions.Multiline)]
    private static partial Regex Row();

    [GeneratedRegex(@"Fact(?:\|startswith)?: '([a-z:-]+)'")]
    private static partial Regex Use();
}
