using System.Text;
using Tocsin.Detection.Tests.Sigma;
using Tocsin.Detection.Yara;

namespace Tocsin.Detection.Tests.Yara;

/// <summary>YARA-X in Wasmtime and libyara must say the same of the same files: rules, tags, meta, and each place with its length.</summary>
/// <remarks>Where libyara is not installed, only what the portable engine says by itself is tested; the counts say which.</remarks>
public class EngineComparisonTests
{
    static readonly string[] Pieces =
    [
        "<script language=\"JScript\" runat=\"server\">function Page_Load(){eval(Request[\"x\"],\"unsafe\");}</script>", "<%@ Page Language=\"C#\"%>", "\"un\"+\"safe\"",
        "eval(Request.Item[\"made\"]", "X-BEResource", "ServerInfo~a]@b:444/ecp/proxyLogon.ecp", "Set-OabVirtualDirectory ExternalUrl", "!BDN", "MZ\0\0PE\0\0", "\r\n", "System.Reflection.Assembly.Load(", "RijndaelManaged",
        "http://f/", "ClientId=", "POST /ecp/y.js", "powershell -enc", "\0\0\0\0", "abcabc", "Response.Write", "Process.Start(\"cmd.exe\",\"/c \"+Request[\"q\"])",
    ];

    // Made from a fixed seed: the same files in every run.
    static IEnumerable<byte[]> Samples(int count)
    {
        uint state = 20210303;
        for (int i = 0; i < count; i++)
        {
            var text = new StringBuilder();
            for (int pieces = (int)(Next() % 9); pieces > 0; pieces--) text.Append(Pieces[Next() % (uint)Pieces.Length]);
            byte[] bytes = Encoding.Latin1.GetBytes(text.ToString());
            yield return Next() % 5 == 0 ? Encoding.Unicode.GetBytes(text.ToString()) : bytes;
        }

        uint Next() => state = (state * 1664525) + 1013904223;
    }

    [Fact]
    public void Both_engines_say_the_same_of_the_rules_of_the_time()
    {
        if (Corpus.Shared() is not { } shared || !Directory.Exists(Path.Combine(shared, "evidence", "40-indicators")))
        {
            Console.WriteLine("NOT RUN: neither TOCSIN_SHARED nor ../shared holds evidence/40-indicators.");
            return;
        }

        YaraSource[] sources = [.. Directory.GetFiles(Path.Combine(shared, "evidence", "40-indicators"), "*.yar").Order(StringComparer.Ordinal).Select(f => new YaraSource(f, Path.GetFileName(f), File.ReadAllText(f)))];
        Assert.Equal(9, sources.Length);
        using YaraRules portable = Engines.Compile(YaraEngine.Portable, sources);
        Assert.Equal((9, 53), (portable.Sources.Count, portable.Count));

        int compared = Compare(portable, sources, 40, out int matches);
        Assert.Equal(YaraCompiler.HasNative ? 40 : 0, compared);
        Assert.True(matches >= 20, $"Only {matches} matches: the samples show too little.");
    }

    [Fact]
    public void Both_engines_say_the_same_of_rules_of_all_shapes()
    {
        YaraSource[] sources =
        [
            new("a", "a", "import \"pe\"\nimport \"math\"\nimport \"hash\"\nrule M { condition: math.entropy(0, filesize) > 3 and not pe.is_pe }\nrule H { condition: hash.md5(0, filesize) != \"\" and filesize > 0 }"),
            new("b", "b", "rule Count { strings: $a = \"abc\" fullword $b = \"server\" nocase condition: #b > 1 or $a }\nrule At { strings: $m = \"MZ\" condition: $m at 0 }\nrule In { strings: $m = \"Page\" condition: $m in (0..20) }\nrule Of { strings: $x1 = \"Request\" $x2 = \"eval\" $y = \"Load\" condition: 2 of ($x*) or $y }"),
            new("c", "c", "global rule G { condition: filesize < 1MB }\nrule Hex { strings: $h = { 4D 5A [0-4] 50 45 } $j = { 3C ( 25 | 73 ) ?? } condition: any of them }\nrule Xor { strings: $x = \"unsafe\" xor(1-3) condition: $x }\nrule B64 { strings: $b = \"unsafe\" base64 condition: $b }\nrule Wide { strings: $w = \"Request\" wide ascii nocase condition: $w }\nrule Loop { strings: $a = \"Request\" condition: for any i in (1..#a) : (@a[i] > 40) }"),
        ];
        using YaraRules portable = Engines.Compile(YaraEngine.Portable, sources);
        int compared = Compare(portable, sources, 40, out int matches);
        Assert.Equal(YaraCompiler.HasNative ? 40 : 0, compared);
        Assert.True(matches >= 60, $"Only {matches} matches: the samples show too little.");
    }

    static int Compare(YaraRules portable, YaraSource[] sources, int count, out int found)
    {
        using YaraRules? native = YaraCompiler.HasNative ? Engines.Compile(YaraEngine.Native, sources) : null;
        using YaraScanner left = portable.NewScanner();
        using YaraScanner? right = native?.NewScanner();
        int compared = 0;
        found = 0;
        foreach (byte[] sample in Samples(count))
        {
            YaraVariables file = YaraVariables.Of($@"C:\inetpub\wwwroot\aspnet_client\made{compared}.aspx");
            var ours = new List<YaraMatch>();
            var theirs = new List<YaraMatch>();
            Assert.Equal(YaraOutcome.Done, left.Scan(sample, file, ours));
            found += ours.Count;
            if (right is null) continue;
            Assert.Equal(YaraOutcome.Done, right.Scan(sample, file, theirs));
            Assert.Equal(Engines.Text(theirs), Engines.Text(ours));
            compared++;
        }

        return compared;
    }
}
