using System.Text;
using System.Text.RegularExpressions;
using CsCheck;
using Tocsin.Detection.Sigma;

namespace Tocsin.Detection.Tests.Sigma;

/// <summary>What an expression needs is looked for before it is run; that may never cost a match.</summary>
public sealed class RegexTestTests
{
    static readonly int Iterations = int.Parse(Environment.GetEnvironmentVariable("TOCSIN_ITERATIONS") ?? "3000") * 5;

    static readonly string[] Atoms = ["a", "b", "s", "K", "&", "\\+", "\\^", "`", "\\.", " ", "\\s", "\\w", "[ab&]", "[^a]", "(a|b&)", "(?:ab)", "(?:(?:a&)?)", ".", "\\x61", "\\|", "\\{"];

    static readonly string[] Counts = ["", "", "", "", "*", "+", "?", "{2}", "{0,2}", "+?", "*?"];

    static readonly string[] Signs = ["a", "b", "A", "s", "S", "ſ", "k", "K", "&", "+", "^", "`", ".", " ", "|", "{", "é", "\n"];

    static Gen<string> Of(string[] choices) => Gen.Int[0, choices.Length - 1].Select(i => choices[i]);

    [Fact]
    public void An_expression_matches_what_it_matches_by_itself()
    {
        int matched = 0, tried = 0;
        Gen.Select(Gen.Select(Of(Atoms), Of(Counts), (a, c) => a + c).List[1, 6], Of(Signs).List[0, 14], Gen.Bool, Gen.Bool).Sample((parts, signs, ignoreCase, inline) =>
        {
            string pattern = (inline ? "(?i)" : "") + string.Concat(parts), text = string.Concat(signs);
            var test = new RegexTest(pattern, ignoreCase, false, false);
            bool expected = Regex.IsMatch(text, pattern, RegexOptions.CultureInvariant | (ignoreCase ? RegexOptions.IgnoreCase : 0));
            Assert.True(expected == test.Matches(Encoding.UTF8.GetBytes(text), new MatchScratch()), $"/{pattern}/ {(ignoreCase ? "i" : "")} on '{text}': {expected}");
            matched += expected ? 1 : 0;
            tried++;
        }, iter: Iterations, threads: 1);
        Assert.True(matched > tried / 20 && matched < tried, $"{matched} of {tried} matched");
    }
}
