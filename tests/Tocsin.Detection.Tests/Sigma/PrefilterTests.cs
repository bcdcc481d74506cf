using System.Text;
using CsCheck;
using Tocsin.Detection.Sigma;
using Tocsin.Evidence.Records;

namespace Tocsin.Detection.Tests.Sigma;

/// <summary>The prefilter may pass lines in which nothing matches; it may never withhold one in which something does.</summary>
public sealed class PrefilterTests
{
    static readonly int Iterations = int.Parse(Environment.GetEnvironmentVariable("TOCSIN_ITERATIONS") ?? "3000");

    // Pieces that meet often, with every sign that a log or a client writes in another way.
    static readonly string[] Pieces = ["abc", "power", "shell", "a.b", "x-y", "200", "q", "/", "..", "?", "=", "&", "{{", "%", "@(", "'", "+", "<", " ", "é", "ſ"];

    static Gen<string> Of(params string[] choices) => Gen.Int[0, choices.Length - 1].Select(i => choices[i]);

    static readonly Gen<string> Text = Of(Pieces).List[1, 4].Select(string.Concat);

    static readonly Gen<string> Value = Text.Select(t => t.Replace("?", "\\?"));

    static readonly Gen<string> Pattern = Gen.Frequency((5, Value), (1, Gen.Select(Value, Value, (a, b) => $"{a}*{b}")), (1, Gen.Select(Value, Value, (a, b) => $"{a}?{b}")));

    static Gen<string> Test(string[] fields) => Gen.Select(
        Of(fields),
        Of("", "|contains", "|contains", "|startswith", "|endswith", "|contains|all"),
        Pattern.List[1, 3],
        Gen.Int[0, 12],
        (field, modifier, values, odd) => odd switch
        {
            0 => $"{field}: null",
            1 => $"{field}: 200",
            _ => $"{field}{modifier}: [{string.Join(", ", values.Select(Quote))}]",
        });

    static Gen<string> Selection(string[] fields) => Gen.Frequency(
        (4, Test(fields).List[1, 2].Select(t => string.Join('\n', t.DistinctBy(KeyOf)))),
        (1, Test(fields).List[2, 3].Select(t => string.Join('\n', t.Select(x => "- " + x)))),
        (1, Pattern.List[1, 3].Select(k => string.Join('\n', k.Select(x => "- " + Quote(x))))));

    static string KeyOf(string test) => test[..test.IndexOf(':')];

    static string Quote(string value) => $"'{value.Replace("'", "''")}'";

    static readonly Gen<string> Condition = Of("a", "a and b", "a or b", "a and not b", "1 of them", "2 of them", "all of them", "not a and b", "(a or b) and c", "a or b and not c", "not a");

    static Gen<SigmaRule> Rule(string logSource, string[] fields) =>
        Gen.Select(Selection(fields), Selection(fields), Selection(fields), Condition, (a, b, c, condition) =>
        {
            string detection = string.Join('\n', new[] { ("a", a), ("b", b), ("c", c) }.Select(s => $"{s.Item1}:\n  {s.Item2.Replace("\n", "\n  ")}"));
            var diagnostics = new List<Diagnostic>();
            IReadOnlyList<SigmaRule> rules = SigmaParser.Parse(Some.Yaml(logSource, $"{detection}\ncondition: {condition}"), "p.yml", diagnostics);
            Assert.True(rules.Count == 1, string.Join('\n', diagnostics));
            return rules[0];
        });

    /// <summary>A text as a hostile client might write it: any character may be encoded, and the encoding encoded again.</summary>
    static Gen<string> Encoded(Gen<string> text) => Gen.Select(text, Gen.Int[0, 3].Array[40], Gen.Bool, (plain, depths, calm) =>
    {
        var result = new StringBuilder();
        int i = 0;
        foreach (byte b in Encoding.UTF8.GetBytes(plain))
        {
            int depth = calm ? 0 : Math.Max(0, depths[i++ % depths.Length] - 1);
            if (b is <= 32 or > 126) depth = Math.Max(1, depth);
            string form = ((char)b).ToString();
            for (int level = 0; level < depth; level++) form = string.Concat(form.Select((c, k) => level == 0 || k == depths[0] % form.Length ? $"%{(int)c:x2}" : c.ToString()));
            result.Append(form);
        }

        return result.ToString();
    });

    static Gen<string> Url => Encoded(Text.List[0, 3].Select(string.Concat));

    static Gen<string> Agent => Text.Select(t => t.Replace('%', '+').Replace(' ', '+')).Where(t => t.All(char.IsAscii));

    static string Cell(string text) => text.Length == 0 ? "-" : text;

    [Fact]
    public void A_web_line_that_matches_is_never_withheld()
    {
        int matched = 0, withheld = 0;
        Gen.Select(Rule("{category: webserver}", ["cs-uri-query", "cs-uri-stem", "cs-user-agent", "sc-status", "cs-method"]), Url, Url, Agent.List[0, 1], Text.List[0, 1])
            .Sample((rule, stem, query, agent, method) =>
            {
                stem = "/" + stem.Replace("?", "%3f");
                string[] cells = [.. W3cLine.Columns.Select(c => c switch
                {
                    "cs-uri-stem" => stem,
                    "cs-uri-query" => Cell(query),
                    "cs(User-Agent)" => Cell(string.Concat(agent)),
                    "sc-status" => "200",
                    "cs-method" => Cell(string.Concat(method).Replace(' ', '+')),
                    _ => "-",
                })];
                (string Name, string Value)[] fields = [.. W3cLine.Fields(string.Join(' ', cells))];
                string[] Named(params string[] names) => [.. fields.Where(f => names.Contains(f.Name)).Select(f => f.Value)];
                string[] decoded = Named("url-decoded");
                var plain = new PlainEvaluator(
                    string.Join(' ', cells),
                    field => field switch
                    {
                        "cs-uri-query" => Named("cs-uri-query", "url", "url-decoded"),
                        "cs-uri-stem" => [.. Named("cs-uri-stem"), .. decoded.Select(d => d.Split('?')[0])],
                        "cs-user-agent" => [.. Named("cs(User-Agent)").SelectMany(v => new[] { v, v.Replace('+', ' ') })],
                        _ => Named(field),
                    },
                    field => Named(field == "cs-user-agent" ? "cs(User-Agent)" : field).All(v => v is "" or "-"),
                    decoded);
                // A stem value with query signs is looked for in the whole address too: that reading is tested by itself.
                if (rule.Detection.Selections.Any(s => Mentions(s.Body, "cs-uri-stem", '?', '=', '&'))) return;
                Check(rule, RuleSet.Compile([rule], [], []).For(Some.Iis), string.Join(' ', cells), fields, plain.Holds(rule.Detection.Condition), ref matched, ref withheld);
            }, iter: Iterations, threads: 1);
        Report("web", matched, withheld);
    }

    [Fact]
    public void An_event_that_matches_is_never_withheld_however_its_JSON_is_escaped()
    {
        int matched = 0, withheld = 0;
        Gen.Select(Rule("{product: windows, service: application}", ["CommandLine", "Image", "EventID"]), Text.List[0, 2], Text.List[0, 2], Gen.Bool)
            .Sample((rule, command, image, escapes) =>
            {
                (string Name, string Value)[] fields = [("Channel", "Application"), ("EventID", "200"), ("CommandLine", string.Concat(command)), ("Image", string.Concat(image))];
                // Keywords are looked for in the line and in the fields that some rule asked for; others are not rendered.
                SourceRules rules = RuleSet.Compile([rule], [], []).For(Some.Windows);
                string line = "{" + string.Join(',', fields.Select(f => $"\"{f.Name}\":\"{Json(f.Value, escapes)}\"")) + "}";
                string[] Named(params string[] names) => [.. fields.Where(f => names.Contains(f.Name)).Select(f => f.Value)];
                var plain = new PlainEvaluator(
                    line,
                    field => field == "Image" ? Named("Image", "NewProcessName") : Named(field),
                    field => Named(field).All(v => v is "" or "-"),
                    [.. fields.Where(f => rules.Fields.IndexOf(f.Name) >= 0).Select(f => f.Value)]);
                Check(rule, rules, line, fields, plain.Holds(rule.Detection.Condition), ref matched, ref withheld);
            }, iter: Iterations, threads: 1);
        Report("events", matched, withheld);
    }

    static string Json(string value, bool escapes) =>
        string.Concat(value.Select(c => c switch
        {
            '"' or '\\' => $"\\{c}",
            '/' when escapes => "\\/",
            '<' or '>' or '&' or '\'' or '+' or > '~' when escapes => $"\\u{(int)c:x4}",
            _ => c.ToString(),
        }));

    static bool Mentions(SelectionItem item, string field, params char[] signs) => item switch
    {
        FieldTest test => test.Field == field && test.Values.Any(v => v.Text.IndexOfAny(signs) >= 0),
        AllOf all => all.Items.Any(i => Mentions(i, field, signs)),
        AnyOf any => any.Items.Any(i => Mentions(i, field, signs)),
        _ => false,
    };

    static void Check(SigmaRule rule, SourceRules rules, string line, (string, string)[] fields, bool expected, ref int matched, ref int withheld)
    {
        bool actual = Some.Match(rules, line, fields).Count == 1;
        byte[] block = Encoding.UTF8.GetBytes("#first\n" + line + "\n");
        bool candidate = rules.FindCandidate(block, 7) >= 0;
        Assert.True(expected == actual, $"expected {expected}\n{Show(rule)}\n{line}");
        Assert.True(candidate || !expected, $"withheld\n{Show(rule)}\n{line}");
        if (expected) matched++;
        if (!candidate) withheld++;
    }

    static string Show(SigmaRule rule) =>
        string.Join('\n', rule.Detection.Selections.Select(s => $"{s.Name}: {Show(s.Body)}")) + "\n" + rule.Detection.Condition;

    static string Show(SelectionItem item) => item switch
    {
        FieldTest test => $"{test.Field}|{string.Join('|', test.Modifiers)}|all={test.All} [{string.Join(", ", test.Values.Select(v => v.Text))}]",
        AllOf all => $"all({string.Join("; ", all.Items.Select(Show))})",
        AnyOf any => $"any({string.Join("; ", any.Items.Select(Show))})",
        _ => "",
    };

    /// <summary>A property over records of which none matches, or none is withheld, says nothing.</summary>
    static void Report(string what, int matched, int withheld)
    {
        Console.WriteLine($"Prefilter, {what}: {matched} of {Iterations} matched, {withheld} withheld.");
        Assert.True(matched > Iterations / 50 && withheld > Iterations / 50, $"{matched} matched, {withheld} withheld");
    }

    [Theory]
    [InlineData("/owa/%70owershell", true)]
    [InlineData("/owa/%2570owershell", true)]
    [InlineData("/owa/%%37%30owershell", true)]
    [InlineData("/owa/pow%2Dershell", true)]
    [InlineData("/Microsoft-Server-ActiveSync?User=CONTOSO%5Canna&x=a%40b%3A%2F%20%3D%26", false)]
    [InlineData("/owa/%", false)]
    [InlineData("/owa/%7", false)]
    [InlineData("/owa/%zz", false)]
    public void Encoding_that_hides_makes_a_candidate_and_everyday_encoding_does_not(string url, bool candidate)
    {
        SourceRules rules = Some.Compile(Some.Iis, Some.Rule("{category: webserver}", "a:\n  cs-uri-query|contains: powershell-remoting\ncondition: a"));
        byte[] block = Encoding.UTF8.GetBytes(new string('.', 5000) + "\n" + url + "\n" + new string('.', 5000));

        Assert.Equal(candidate, rules.FindCandidate(block, 0) is > 5000 and < 5100);
        Assert.Equal(candidate, rules.FindCandidate(block, 0) >= 0);
        Assert.Equal(-1, rules.FindCandidate(block, 5001 + url.Length));
    }

    [Fact]
    public void A_text_is_found_wherever_a_window_of_the_search_ends()
    {
        SourceRules rules = Some.Compile(Some.Iis, Some.Rule("{category: webserver}", "a:\n  cs-uri-query|contains: [abcdefghij, xyzxyz]\ncondition: a"));
        for (int at = 0; at < 1700; at++)
        {
            byte[] block = new byte[2000];
            block.AsSpan().Fill((byte)'.');
            "AbcDefghij"u8.CopyTo(block.AsSpan(at));
            Assert.InRange(rules.FindCandidate(block, 0), at, at + 9);
            Assert.Equal(-1, rules.FindCandidate(block, at + 1));

            block.AsSpan().Fill((byte)'.');
            "%41"u8.CopyTo(block.AsSpan(at));
            Assert.Equal(at, rules.FindCandidate(block, 0));
        }
    }

    [Fact]
    public void Matching_allocates_nothing_while_nothing_matches()
    {
        SourceRules rules = Some.Compile(Some.Iis, Some.Rule("{category: webserver}", "a:\n  cs-uri-query|contains: ['action=x', 'straße']\n  c-ip|cidr: ['10.0.0.0/8', '2001:db8::/32']\n  cs-user-agent|re: 'a+b'\n  sc-status|gte: 500\nb:\n - q1w2\n - 'as?df'\ncondition: a or b"));
        byte[] line = Encoding.UTF8.GetBytes(W3cLine.Benign);
        var buffer = new RecordBuffer(rules.Fields);
        foreach ((string name, string value) in W3cLine.Fields(W3cLine.Benign)) buffer.Add(rules.Fields.IndexOf(name), Encoding.UTF8.GetBytes(value));
        var scratch = new MatchScratch();
        var hits = new List<int>();
        void Run()
        {
            for (int i = 0; i < 1000; i++) rules.Match(new Evidence.Records.Record(line, buffer, new(1, 0), default), scratch, hits);
        }

        Run();
        long before = GC.GetAllocatedBytesForCurrentThread();
        Run();
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        Assert.Empty(hits);
    }
}
