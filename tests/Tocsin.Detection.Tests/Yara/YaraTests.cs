using System.Text;
using Tocsin.Detection.Yara;
using Tocsin.Detection.Yara.Portable;

namespace Tocsin.Detection.Tests.Yara;

public class YaraTests
{
    const string Rules = """
        private rule hidden { strings: $h = "abc" condition: $h }
        rule Words : first second
        {
          meta:
            author = "Somebody"
            score = 75
            sure = true
          strings:
            $a = "abc"
            $b = /x[0-9]{2}y/
            $c = { 64 65 ?? 67 }
            $w = "wide" wide
            $p = "abc" private
          condition:
            hidden and any of them
        }
        rule Named { condition: filename == "a.aspx" and extension == ".aspx" and filepath contains "wwwroot" }
        rule Sized { condition: filesize == 0 }
        """;

    static YaraSource Source(string text, string ns = "ns") => new($"{ns}.yar", ns, text);

    public static TheoryData<YaraEngine> EnginesHere => [.. Engines.Here];

    [Theory]
    [MemberData(nameof(EnginesHere))]
    public void A_match_says_rule_tags_meta_and_where_each_string_stands(YaraEngine engine)
    {
        using YaraRules rules = Engines.Compile(engine, Source(Rules));
        byte[] content = [.. "..abc x12y defg "u8, .. Encoding.Unicode.GetBytes("wide"), .. "abcabcabcabc"u8];

        Assert.Equal((engine, 4), (rules.Engine, rules.Count));
        Assert.Equal("ns/Words [first second] author=Somebody; score=75; sure=true $a@2+3 $a@24+3 $a@27+3 $b@6+4 $c@11+4 $w@16+8", Engines.Text(Engines.Scan(rules, content)));
    }

    [Theory]
    [MemberData(nameof(EnginesHere))]
    public void Variables_are_those_of_the_file_at_hand(YaraEngine engine)
    {
        using YaraRules rules = Engines.Compile(engine, Source(Rules));
        using YaraScanner scanner = rules.NewScanner();
        foreach ((string path, string expected) in ((string, string)[])[(@"C:\inetpub\wwwroot\a.aspx", "Named"), (@"C:\inetpub\wwwroot\b.aspx", ""), ("", ""), (@"D:\wwwroot\a.aspx", "Named")])
        {
            var matches = new List<YaraMatch>();
            Assert.Equal(YaraOutcome.Done, scanner.Scan("x"u8.ToArray(), YaraVariables.Of(path), matches));
            Assert.Equal(expected, string.Join(' ', matches.Select(m => m.Rule)));
        }

        Assert.Equal("Sized", string.Join(' ', Engines.Scan(rules, ReadOnlyMemory<byte>.Empty).Select(m => m.Rule)));
    }

    [Theory]
    [MemberData(nameof(EnginesHere))]
    public void A_bad_file_is_refused_with_its_line_and_the_others_stay(YaraEngine engine)
    {
        var diagnostics = new List<Diagnostic>();
        using YaraRules rules = YaraCompiler.Compile(
            [Source("rule A { condition: true }", "a"), Source("rule Good { condition: true }\nrule B {\n  condition: nobody_knows == 1\n}", "b"), Source("rule C { strings: $x = /a(/ condition: $x }", "c"), Source("rule A { condition: filesize >= 0 }", "d")],
            Engines.Options(engine), diagnostics)!;

        Assert.Equal(["a.yar", "d.yar"], rules.Sources.Select(s => s.File));
        Assert.Equal(["b.yar(3)", "c.yar(1)"], diagnostics.Select(d => $"{d.File}({d.Line})"));
        Assert.All(diagnostics, d => Assert.Equal((YaraCodes.Refused, true, true), (d.Code, d.Message.Length > 10, d.Hint.Length > 10)));
        Assert.Equal(["a/A", "d/A"], Engines.Scan(rules, "x"u8.ToArray()).Select(m => $"{m.Namespace}/{m.Rule}"));
    }

    [Theory]
    [MemberData(nameof(EnginesHere))]
    public void Rules_cannot_take_in_files_from_the_disk(YaraEngine engine)
    {
        var diagnostics = new List<Diagnostic>();
        using YaraRules rules = YaraCompiler.Compile([Source("include \"/etc/hostname\"\nrule A { condition: true }")], Engines.Options(engine), diagnostics)!;
        Assert.Empty(rules.Sources);
        Assert.NotEmpty(diagnostics);
    }

    // A store of Wasmtime frees nothing before it is thrown away; it is after 500 scans.
    [Fact]
    public void Scanning_goes_on_through_many_stores_and_stays_the_same()
    {
        using YaraRules rules = Engines.Compile(YaraEngine.Portable, Source(Rules));
        using var scanner = (PortableScanner)rules.NewScanner();
        int scans = 0, found = 0;
        for (; scans < 1_050; scans++)
        {
            var matches = new List<YaraMatch>();
            Assert.Equal(YaraOutcome.Done, scanner.Scan(scans % 2 == 0 ? "..abc"u8.ToArray() : "nothing"u8.ToArray(), YaraVariables.None, matches));
            found += matches.Count;
        }

        Assert.Equal((1_050, 525, 3), (scans, found, scanner.Stores));
    }

    [Theory]
    [MemberData(nameof(EnginesHere))]
    public void Threads_share_rules_and_find_the_same(YaraEngine engine)
    {
        using YaraRules rules = Engines.Compile(engine, Source(Rules));
        string[] answers = new string[2];
        Parallel.For(0, 2, new ParallelOptions { MaxDegreeOfParallelism = 2 }, t =>
        {
            using YaraScanner scanner = rules.NewScanner();
            var text = new StringBuilder();
            for (int i = 0; i < 40; i++)
            {
                var matches = new List<YaraMatch>();
                scanner.Scan(Encoding.ASCII.GetBytes($"abc{new string('.', i)}x{i:00}y"), YaraVariables.Of($"a{i}.aspx"), matches);
                text.Append(Engines.Text(matches)).Append('\n');
            }

            answers[t] = text.ToString();
        });
        Assert.Equal(answers[0], answers[1]);
        Assert.Contains("$b@42+4", answers[0], StringComparison.Ordinal);
    }

    // The costliest file for these rules: every byte begins a match.
    [Fact]
    public void A_file_that_costs_too_much_is_given_up_and_the_next_is_scanned()
    {
        using YaraRules rules = Engines.Compile(YaraEngine.Portable, Source("rule Slow { condition: for all i in (0..2000000000) : (uint8(i % 7) == uint8((i + 7) % 7)) }\nrule Quick { strings: $a = \"abc\" condition: $a }"));
        using var scanner = (PortableScanner)rules.NewScanner();
        var matches = new List<YaraMatch>();
        Assert.Equal(YaraOutcome.TooMuchWork, scanner.Scan("aaaaaaaaaaaaaaaa"u8.ToArray(), YaraVariables.None, matches));
        Assert.Empty(matches);
        Assert.Equal(YaraOutcome.TooMuchWork, scanner.Scan("abcaaaaaaaaaaaaa"u8.ToArray(), YaraVariables.None, matches));
        Assert.Equal(1 + 1, scanner.Stores);
    }

    [Fact]
    public void The_engine_in_the_program_is_the_published_one() =>
        Assert.Equal(EngineModule.Sha256, Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(EngineModule.Unpacked())));

    [Fact]
    public void An_outline_names_rules_and_not_words_in_comments_or_strings()
    {
        const string Text = "// rule no1\n/* rule no2\n{ */ private rule A { strings: $a = \"rule no3 {\" $b = /rule no4 \\/ {/ condition: $a }\nglobal private rule B : t { condition: true }\nrule C { meta: rule = \"x\" condition: A }";
        Assert.Equal(["A 3 True", "B 4 True", "C 5 False"], YaraOutline.Of(Text).Select(r => $"{r.Name} {r.Line} {r.IsPrivate}"));
    }
}
