using System.Text.Json;
using System.Text.RegularExpressions;
using Tocsin.Packs.Patches;
using Tocsin.Triage.Patches;

namespace Tocsin.Cli.Tests.Checks;

/// <summary>What CSAF 2.0 demands of every document and of its profile 5 (VEX), asked of the documents for every build.</summary>
public sealed partial class VexTests
{
    static readonly string[] Statuses = ["fixed", "known_affected", "known_not_affected", "under_investigation"];
    static readonly string[] Labels = ["component_not_present", "inline_mitigations_already_exist", "vulnerable_code_cannot_be_controlled_by_adversary", "vulnerable_code_not_in_execute_path", "vulnerable_code_not_present"];
    static readonly string[] Remediations = ["mitigation", "no_fix_planned", "none_available", "vendor_fix", "workaround"];

    static byte[] Bytes(CheckReport report)
    {
        using var stream = new MemoryStream();
        CheckVex.Write(report, stream, "The operator", new(2026, 11, 25, 8, 30, 0, DateTimeKind.Utc));
        return stream.ToArray();
    }

    [Fact]
    public void The_document_for_every_build_is_a_valid_VEX_document_with_every_flaw()
    {
        int documents = 0;
        foreach (KnownBuild build in PatchTables.Embedded.Builds)
        {
            CheckReport report = PatchReview.OfBuild(build.Number, BuildForm.FileVersion, Made.Options);
            using JsonDocument json = JsonDocument.Parse(Bytes(report));
            Assert.Equal(200, Valid(json.RootElement));
            documents++;
        }

        Assert.Equal(392, documents);
    }

    [Fact]
    public void Servers_are_products_and_each_has_one_status_for_each_flaw()
    {
        CheckReport report = PatchReview.OfEvidence(
            Made.Scan(Made.Server("EX01", "15.1.2176.2 2021-02-01..2021-03-01"), Made.Server("EX02", "15.1.2176.9 2021-03-08..2021-03-20"), Made.Server("EX03"), Made.Server("EX04", "15.1.2176.2 2021-02-01..2021-05-01", "15.1.2242.10 2021-04-10..2021-05-01")),
            Made.Options with { Mitigations = new Dictionary<string, string> { ["CVE-2021-26855"] = "a rewrite rule" } });
        using JsonDocument json = JsonDocument.Parse(Bytes(report));
        Assert.Equal(200, Valid(json.RootElement));
        JsonElement flaw = json.RootElement.GetProperty("vulnerabilities").EnumerateArray().Single(v => v.TryGetProperty("cve", out JsonElement c) && c.GetString() == "CVE-2021-26855");
        Assert.Equal(["server-1", "server-3"], Texts(flaw.GetProperty("product_status").GetProperty("known_affected")));
        Assert.Equal(["server-2"], Texts(flaw.GetProperty("product_status").GetProperty("fixed")));
        Assert.Contains(flaw.GetProperty("remediations").EnumerateArray(), r => r.GetProperty("category").GetString() == "mitigation");
        Assert.Contains("exploited", flaw.GetProperty("threats")[0].GetProperty("details").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public void The_same_report_and_time_give_the_same_bytes()
    {
        CheckReport Report() => PatchReview.OfBuild(new(15, 2, 792, 3), BuildForm.FileVersion, Made.Options);
        Assert.Equal(Bytes(Report()), Bytes(Report()));
    }

    /// <summary>Asserts what the schema and the mandatory tests 6.1.1, 6.1.2, 6.1.6, 6.1.14 to 6.1.16 and 6.1.27 of the standard say; gives the number of flaws.</summary>
    static int Valid(JsonElement root)
    {
        Assert.Equal(["document", "product_tree", "vulnerabilities"], Names(root));
        JsonElement document = root.GetProperty("document");
        Assert.Equal("csaf_vex", document.GetProperty("category").GetString());
        Assert.Equal("2.0", document.GetProperty("csaf_version").GetString());
        Assert.NotEmpty(document.GetProperty("title").GetString()!);
        JsonElement publisher = document.GetProperty("publisher");
        Assert.Contains(publisher.GetProperty("category").GetString(), (string[])["coordinator", "discoverer", "other", "translator", "user", "vendor"]);
        Assert.NotEmpty(publisher.GetProperty("name").GetString()!);
        Assert.True(Uri.IsWellFormedUriString(publisher.GetProperty("namespace").GetString(), UriKind.Absolute));
        foreach (JsonElement note in document.GetProperty("notes").EnumerateArray()) IsNote(note);

        JsonElement tracking = document.GetProperty("tracking");
        Assert.Equal(["current_release_date", "generator", "id", "initial_release_date", "revision_history", "status", "version"], Names(tracking));
        Assert.Matches(TrackingId(), tracking.GetProperty("id").GetString()!);
        DateTime current = tracking.GetProperty("current_release_date").GetDateTime();
        JsonElement revision = Assert.Single(tracking.GetProperty("revision_history").EnumerateArray());
        Assert.Equal(["date", "number", "summary"], Names(revision));
        Assert.Equal((current, tracking.GetProperty("version").GetString()), (revision.GetProperty("date").GetDateTime(), revision.GetProperty("number").GetString()));
        Assert.Equal(current, tracking.GetProperty("initial_release_date").GetDateTime());
        Assert.Equal("final", tracking.GetProperty("status").GetString());
        Assert.NotEmpty(tracking.GetProperty("generator").GetProperty("engine").GetProperty("name").GetString()!);

        var products = new HashSet<string>();
        foreach (JsonElement product in root.GetProperty("product_tree").GetProperty("full_product_names").EnumerateArray())
        {
            Assert.NotEmpty(product.GetProperty("name").GetString()!);
            Assert.True(products.Add(product.GetProperty("product_id").GetString()!));
        }

        Assert.NotEmpty(products);
        int flaws = 0;
        foreach (JsonElement flaw in root.GetProperty("vulnerabilities").EnumerateArray())
        {
            IsFlaw(flaw, products);
            flaws++;
        }

        return flaws;
    }

    static void IsFlaw(JsonElement flaw, HashSet<string> products)
    {
        if (flaw.TryGetProperty("cve", out JsonElement cve))
        {
            Assert.Matches(CveId(), cve.GetString()!);
        }
        else
        {
            JsonElement id = Assert.Single(flaw.GetProperty("ids").EnumerateArray());
            Assert.NotEmpty(id.GetProperty("system_name").GetString()!);
            Assert.NotEmpty(id.GetProperty("text").GetString()!);
        }

        Assert.NotEmpty(flaw.GetProperty("notes").EnumerateArray());
        foreach (JsonElement note in flaw.GetProperty("notes").EnumerateArray()) IsNote(note);
        JsonElement status = flaw.GetProperty("product_status");
        Assert.NotEmpty(Names(status));
        Assert.All(Names(status), n => Assert.Contains(n, Statuses));
        string[] told = [.. status.EnumerateObject().SelectMany(s => Texts(s.Value))];
        Assert.Equal(products.Order(), told.Order());

        // Whoever is affected is told what to do, whoever is not is told why.
        HashSet<string> acted = [], explained = [];
        foreach (JsonElement remediation in Items(flaw, "remediations"))
        {
            Assert.Contains(remediation.GetProperty("category").GetString(), Remediations);
            Assert.NotEmpty(remediation.GetProperty("details").GetString()!);
            acted.UnionWith(Ids(remediation, products));
        }

        foreach (JsonElement flag in Items(flaw, "flags"))
        {
            Assert.Contains(flag.GetProperty("label").GetString(), Labels);
            explained.UnionWith(Ids(flag, products));
        }

        foreach (JsonElement threat in Items(flaw, "threats"))
        {
            Assert.Contains(threat.GetProperty("category").GetString(), (string[])["exploit_status", "impact", "target_set"]);
            Assert.NotEmpty(threat.GetProperty("details").GetString()!);
            if (threat.TryGetProperty("product_ids", out _)) Assert.NotEmpty(Ids(threat, products));
        }

        Assert.True(!status.TryGetProperty("known_affected", out JsonElement affected) || Texts(affected).All(acted.Contains));
        Assert.True(!status.TryGetProperty("known_not_affected", out JsonElement not) || Texts(not).All(explained.Contains));
    }

    static void IsNote(JsonElement note)
    {
        Assert.Contains(note.GetProperty("category").GetString(), (string[])["description", "details", "faq", "general", "legal_disclaimer", "other", "summary"]);
        Assert.NotEmpty(note.GetProperty("text").GetString()!);
    }

    static JsonElement[] Items(JsonElement flaw, string name)
    {
        if (!flaw.TryGetProperty(name, out JsonElement items)) return [];
        Assert.NotEqual(0, items.GetArrayLength());
        return [.. items.EnumerateArray()];
    }

    static string[] Ids(JsonElement item, HashSet<string> products)
    {
        string[] ids = Texts(item.GetProperty("product_ids"));
        Assert.NotEmpty(ids);
        Assert.Equal(ids.Length, ids.Distinct().Count());
        Assert.All(ids, i => Assert.Contains(i, products));
        return ids;
    }

    static string[] Names(JsonElement item) => [.. item.EnumerateObject().Select(p => p.Name)];

    static string[] Texts(JsonElement array) => [.. array.EnumerateArray().Select(t => t.GetString()!)];

    [GeneratedRegex("^CVE-[0-9]{4}-[0-9]{4,}$")]
    private static partial Regex CveId();

    [GeneratedRegex(@"^\S(.*\S)?$")]
    private static partial Regex TrackingId();
}
