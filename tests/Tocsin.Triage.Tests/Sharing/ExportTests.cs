using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using CsCheck;
using Tocsin.Detection.Indicators;
using Tocsin.Packs;
using Tocsin.Triage.Reports;
using Tocsin.Triage.Sharing;
using Tocsin.Triage.Tests.Reports;
using Tocsin.Triage.Tests.Support;

namespace Tocsin.Triage.Tests.Sharing;

/// <summary>Exports for others' tools: valid where the formats say what that is, the same for the same report, and whole whatever the evidence says.</summary>
public sealed partial class ExportTests
{
    public static TheoryData<string> Formats => [.. Exported.Formats];

    public static TheoryData<string> Hostile => HostileText.Names;

    static IEnumerable<(string Type, string Value)> Indicators(ScanReport report) => Csv.Parse(Exported.Text(report, "indicators.csv"), ',').Skip(1).Select(r => (r[0], r[1]));

    /// <summary><c>UPDATE_GOLDEN=1</c> rewrites the files; read them, they are what is promised.</summary>
    [Theory, MemberData(nameof(Formats))]
    public void Exports_look_as_they_did(string format)
    {
        string golden = Path.Combine(Repository.Root, "tests", "Tocsin.Triage.Tests", "Sharing", "cases", "compromised." + format);
        string text = Exported.Text(Some.ReportToShare(), format);
        if (Environment.GetEnvironmentVariable("UPDATE_GOLDEN") == "1") File.WriteAllText(golden, text, new UTF8Encoding(false));
        Assert.Equal(File.ReadAllText(golden), text);
    }

    [Fact]
    public void The_same_report_gives_the_same_bytes()
    {
        int compared = 0;
        foreach (Func<ScanReport> report in Some.Reports.Values.Append(Some.ReportToShare))
        {
            foreach (string format in Exported.Formats)
            {
                Assert.Equal(Exported.Bytes(report(), format), Exported.Bytes(report(), format));
                compared++;
            }
        }

        Assert.Equal(4 * (Some.Reports.Count + 1), compared);
    }

    [Fact]
    public void Every_bundle_keeps_the_rules_of_STIX()
    {
        int objects = 0;
        foreach (Func<ScanReport> report in Some.Reports.Values.Append(Some.ReportToShare))
        {
            JsonElement bundle = Exported.Json(report(), "stix.json");
            Assert.Empty(StixRules.Breaches(bundle));
            objects += bundle.GetProperty("objects").GetArrayLength();
        }

        Assert.InRange(objects, 150, int.MaxValue);
    }

    [Fact]
    public void Two_servers_of_one_name_are_two()
    {
        ScanReport report = Some.ReportToShare();

        JsonElement[] objects = [.. Exported.Json(report with { Servers = [report.Servers[0], report.Servers[0] with { Notes = [] }] }, "stix.json").GetProperty("objects").EnumerateArray()];

        Assert.Equal(2, objects.Count(o => o.GetProperty("type").GetString() == "identity" && o.GetProperty("name").GetString() != "Tocsin"));
        Assert.Equal(6, objects.Count(o => o.GetProperty("type").GetString() == "indicator"));
        Assert.Equal(12, objects.Count(o => o.GetProperty("type").GetString() == "sighting"));
        Assert.Equal(22, objects.Count(o => o.GetProperty("type").GetString() == "observed-data"));
    }

    [Fact]
    public void A_bundle_has_one_of_everything_that_the_report_shows()
    {
        var counts = Exported.Json(Some.ReportToShare(), "stix.json").GetProperty("objects").EnumerateArray().CountBy(o => o.GetProperty("type").GetString()!).ToDictionary();

        Assert.Equal(2, counts["identity"]);
        Assert.Equal(11, counts["observed-data"]);
        Assert.Equal(6, counts["indicator"]);
        Assert.Equal(6, counts["sighting"]);
        Assert.Equal(2, counts["vulnerability"]);
        Assert.Equal(1, counts["course-of-action"]);
        Assert.Equal(1, counts["report"]);
        Assert.All((string[])["ipv4-addr", "url", "network-traffic", "file", "directory", "process", "windows-registry-key", "attack-pattern", "relationship", "marking-definition"], type => Assert.True(counts.GetValueOrDefault(type) > 0, type));
    }

    [Fact]
    public void Indicators_are_what_attackers_who_got_in_used_and_left()
    {
        Assert.Equal(
            [
                ("sha256", Some.ReportToShare().Servers[0].Artifacts[^1].Sha256!),
                ("ipv4", "192.0.2.144"),
                ("ipv4", "203.0.113.9"),
                ("url-path", "/aspnet_client/discover.aspx"),
                ("url-path", "/owa/auth/8Lw7tAhF9i1pJnRo.aspx"),
                ("file-path", @"C:\inetpub\wwwroot\aspnet_client\discover.aspx"),
            ],
            Indicators(Some.ReportToShare()));
    }

    [Theory]
    [InlineData("10.1.2.3"), InlineData("127.0.0.1"), InlineData("::1"), InlineData("fe80::1%7"), InlineData("fd00::1"), InlineData("::ffff:192.168.0.9"), InlineData("172.31.255.255"), InlineData("100.64.0.1")]
    [InlineData("162.142.125.200"), InlineData("184.105.139.70"), InlineData("not an address"), InlineData("1"), InlineData("0x7f.0.0.1"), InlineData("")]
    public void No_address_that_is_nobodys_or_a_defenders_becomes_an_indicator(string client) =>
        Assert.DoesNotContain(Indicators(Clients(client)), i => i.Type is "ipv4" or "ipv6");

    [Theory]
    [InlineData("203.0.113.8:51234", "203.0.113.8"), InlineData("[2001:db8::9]:443", "2001:db8::9"), InlineData("2001:DB8:0::9", "2001:db8::9"), InlineData("::ffff:203.0.113.8", "203.0.113.8")]
    public void An_address_is_written_in_one_form(string client, string value) =>
        Assert.Equal(value, Assert.Single(Indicators(Clients(client)), i => i.Type is "ipv4" or "ipv6").Value);

    [Theory]
    [InlineData("default.aspx"), InlineData("LOGON.aspx"), InlineData("errorFE.aspx"), InlineData("TimeoutLogout.aspx"), InlineData("RedirSuiteServiceProxy.aspx")]
    public void A_name_of_the_products_own_is_no_indicator_and_the_hash_of_what_hides_behind_it_is(string name)
    {
        ScanReport report = Rewritten.Strings(Some.ReportToShare(), s => s.Replace("discover.aspx", name, StringComparison.Ordinal));

        var found = Indicators(report).ToArray();

        Assert.Single(found, i => i.Type == "sha256");
        Assert.DoesNotContain(found, i => i.Value.EndsWith(name, StringComparison.OrdinalIgnoreCase));
    }

    [Fact]
    public void Every_name_that_rules_know_to_be_the_products_own_is_known_here()
    {
        string[] names = [.. Directory.EnumerateFiles(Path.Combine(Repository.Root, "packs", "shared"), "*.yml", SearchOption.AllDirectories)
            .SelectMany(f => ProductList().Matches(File.ReadAllText(f))).SelectMany(m => Item().Matches(m.Value)).Select(m => m.Groups[1].Value).Distinct(StringComparer.OrdinalIgnoreCase)];

        Assert.True(names.Length >= 10, $"{names.Length} names were found.");
        Assert.DoesNotContain(names, n => !ProductNames.IsOfProduct(n));
    }

    [Fact]
    public void Attempts_alone_give_no_indicator()
    {
        ScanReport report = Some.Reports.Values.Select(r => r()).First(r => r.Servers.All(s => s.Waves.All(w => w.Stage == Packs.Chain.Stage.Targeted || w.Stage == Packs.Chain.Stage.None)) && r.Servers.Any(s => s.Waves.Any(w => w.Findings.Count > 0)));

        Assert.Empty(Indicators(report));
        Assert.NotEmpty(Exported.Json(report, "navigator.json").GetProperty("techniques").EnumerateArray());
    }

    [Fact]
    public void An_address_means_an_attacker_for_thirty_days_and_a_hash_for_ever()
    {
        List<List<string>> rows = Csv.Parse(Exported.Text(Some.ReportToShare(), "indicators.csv"), ',');

        List<string> address = rows.Single(r => r[1] == "203.0.113.9"), hash = rows.Single(r => r[0] == "sha256");
        Assert.Equal(("2021-03-03T04:21:37.412Z", "2021-04-02T04:34:03.000Z"), (address[2], address[3]));
        // The page has no time: it counts from the first day of the wave.
        Assert.Equal(("2021-01-03T00:00:00.000Z", ""), (hash[2], hash[3]));
    }

    [Fact]
    public void A_layer_has_every_technique_with_the_highest_stage_that_is_proven_of_it()
    {
        JsonElement layer = Exported.Json(Some.ReportToShare(), "navigator.json");
        var scores = layer.GetProperty("techniques").EnumerateArray().ToDictionary(t => t.GetProperty("techniqueID").GetString()!, t => t.GetProperty("score").GetInt32());

        Assert.Equal("4.5", layer.GetProperty("versions").GetProperty("layer").GetString());
        Assert.Equal("enterprise-attack", layer.GetProperty("domain").GetString());
        Assert.Equal(
            new Dictionary<string, int> { ["T1003.001"] = 4, ["T1059.003"] = 4, ["T1068"] = 2, ["T1070"] = 3, ["T1087.003"] = 1, ["T1190"] = 2, ["T1505.003"] = 4, ["T1595.002"] = 1 },
            scores);
        Assert.Contains("A web shell was called and answered (operated, 130 matches", layer.GetProperty("techniques").EnumerateArray().Single(t => t.GetProperty("techniqueID").GetString() == "T1505.003").GetProperty("comment").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Every_technique_of_the_packs_has_its_name()
    {
        string[] techniques = [.. Support.Evidence.Packs.SelectMany(p => p.Rules).SelectMany(r => r.Techniques).Distinct(StringComparer.Ordinal)];

        Assert.True(techniques.Length >= 40, $"{techniques.Length} techniques were found.");
        Assert.All(techniques, t => Assert.True(AttackTechniques.IsId(t) && AttackTechniques.NameOf(t) is not null, t));
    }

    [Fact]
    public void In_MISP_indicators_alone_are_for_detection()
    {
        ScanReport report = Some.ReportToShare();
        JsonElement misp = Exported.Json(report, "misp.json").GetProperty("Event");
        JsonElement[] attributes = [.. misp.GetProperty("Attribute").EnumerateArray()];
        JsonElement[] all = [.. attributes, .. misp.GetProperty("Object").EnumerateArray().SelectMany(o => o.GetProperty("Attribute").EnumerateArray())];

        Assert.Equal(Indicators(report).Select(i => i.Value).Order(StringComparer.Ordinal), all.Where(a => a.GetProperty("to_ids").GetBoolean()).Select(a => a.GetProperty("value").GetString()!).Order(StringComparer.Ordinal));
        Assert.Equal(1, attributes.Count(a => a.GetProperty("type").GetString() == "user-agent"));
        Assert.Single(misp.GetProperty("Object").EnumerateArray());
        Assert.Equal(all.Length, all.Select(a => a.GetProperty("uuid").GetString()).Distinct().Count());
        Assert.All(all, a => Assert.True(Guid.TryParse(a.GetProperty("uuid").GetString(), out _) && a.GetProperty("timestamp").GetString() == "1616234400" && a.GetProperty("value").GetString()!.Length > 0));
        string[] tags = [.. misp.GetProperty("Tag").EnumerateArray().Select(t => t.GetProperty("name").GetString()!)];
        Assert.Contains("tlp:amber", tags);
        Assert.Contains("misp-galaxy:mitre-attack-pattern=\"Web Shell - T1505.003\"", tags);
    }

    // The first id is that of the specification's example; the second was worked out with the same namespace.
    [Theory]
    [InlineData("{\"value\":\"example.com\"}", "bedb4899-d24b-5401-bc86-8f6b4cc18ec7")]
    [InlineData("{\"value\":\"198.51.100.3\"}", "28bb3599-77cd-5a82-a950-b5bc3caf07c4")]
    public void Ids_of_observables_are_those_that_every_producer_makes(string contributing, string id) =>
        Assert.Equal(new Guid(id), NameUuid.OfObservable(contributing));

    [Theory, MemberData(nameof(Hostile))]
    public void Hostile_text_breaks_no_export(string name)
    {
        string hostile = HostileText.All[name];

        Holds(Rewritten.Strings(Some.ReportToShare(), _ => hostile));
        Holds(Rewritten.Strings(Some.ReportToShare(), s => IsStructure(s) ? s : s + hostile));
    }

    [Fact]
    public void No_text_breaks_an_export() => Gen.String[Gen.OneOf(Gen.Char, Gen.Char["'\\\"[]=;,\r\n\0\u202e%{}"]), 0, 60].Sample(
        text => Holds(Rewritten.Strings(Some.ReportToShare(), s => IsStructure(s) ? s : s + text)), iter: 40);

    [Fact]
    public void Ten_megabytes_in_every_place_stay_a_small_export()
    {
        string line = new('\'', 100_000);
        ScanReport report = Rewritten.Strings(Some.ReportToShare(), s => IsStructure(s) ? s : s + line);

        Assert.All(Exported.Formats, format => Assert.InRange(Exported.Bytes(report, format).Length, 1, 20_000_000));
        Holds(report);
    }

    static void Holds(ScanReport report)
    {
        Assert.Empty(StixRules.Breaches(Exported.Json(report, "stix.json")));
        foreach (string format in Exported.Formats.Where(f => f.EndsWith("json", StringComparison.Ordinal)))
            Assert.DoesNotContain(Exported.Bytes(report, format), b => b is not ((byte)'\n' or (>= 0x20 and < 0x7F)));
        _ = Exported.Json(report, "navigator.json");
        _ = Exported.Json(report, "misp.json");
        List<List<string>> rows = Csv.Parse(Exported.Text(report, "indicators.csv"), ',');
        Assert.All(rows, row => Assert.Equal(7, row.Count));
        Assert.All(rows.SelectMany(r => r), cell => Assert.False(cell.TrimStart(' ', '"') is ['=' or '+' or '-' or '@' or '\t' or '\r', ..], cell));
    }

    // What is no text of the evidence, and without which there would be nothing to export.
    static bool IsStructure(string text) => text is "web-page" || text.StartsWith("proxylogon", StringComparison.Ordinal) || text.StartsWith("T1", StringComparison.Ordinal) || text.StartsWith("192.0.2.", StringComparison.Ordinal) || text.StartsWith("203.0.113.", StringComparison.Ordinal);

    static ScanReport Clients(string client) => Rewritten.Strings(Some.ReportToShare(), s => s.StartsWith("192.0.2.", StringComparison.Ordinal) || s.StartsWith("203.0.113.", StringComparison.Ordinal) || s.StartsWith("198.51.100.", StringComparison.Ordinal) ? client : s);

    [GeneratedRegex(@"product_(?:owa|ecp):\s.*?(?=\n  \w)", RegexOptions.Singleline)]
    private static partial Regex ProductList();

    [GeneratedRegex(@"- '([\w.]+\.aspx)'")]
    private static partial Regex Item();
}
