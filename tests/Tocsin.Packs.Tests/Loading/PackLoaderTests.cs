using Tocsin.Detection;
using Tocsin.Packs.Chain;
using Tocsin.Packs.Loading;
using Tocsin.Packs.Tests.Support;

namespace Tocsin.Packs.Tests.Loading;

public sealed class PackLoaderTests
{
    const string Manifest = "small/pack.yaml", Rule = "small/rules/found.yml";

    [Fact]
    public void A_sound_pack_loads_with_all_that_its_files_say()
    {
        ThreatPack? pack = new MemoryPackFiles().Load(out List<Diagnostic> diagnostics);

        Assert.Empty(diagnostics);
        Assert.NotNull(pack);
        Assert.Equal("Small", pack.Manifest.Title);
        Assert.Equal(new DateTime(2021, 4, 1, 0, 0, 0, DateTimeKind.Utc), pack.Manifest.Window.EndUtc);
        Assert.Equal([(JoinKey.RequestId, null), (JoinKey.Client, (TimeSpan?)TimeSpan.FromMinutes(10))], pack.Manifest.Chain.Joins.Select(j => (j.Key, j.Within)));
        Assert.Equal("It has no front-end proxy.", pack.Manifest.ReasonNotApplicable("14.3.123.4"));
        Assert.Null(pack.Manifest.ReasonNotApplicable("15.1.2176.2"));
        PackRule rule = Assert.Single(pack.Rules);
        Assert.Equal(("found", Stage.Exploited, Outcome.Succeeded, "enter", false), (rule.Name, rule.Proves, rule.Outcome, rule.Step.Id, rule.OnlyInClaimedTime));
        Assert.Equal(["T1190", "T1505.003"], rule.Techniques);
        Assert.Equal([true, false], pack.Samples.Select(s => s.MustFire));
    }

    public static TheoryData<string, string, string, string> Spoilt => new()
    {
        { PackCodes.NotYaml, Manifest, "title: Small", "title: [Small" },
        { PackCodes.NotYaml, Manifest, "title: Small", "title: Small\ntitle: Again" },
        { PackCodes.TooLarge, Manifest, "title: Small", "title: [[[[[[[[[[[[[[[[[[[[x]]]]]]]]]]]]]]]]]]]]" },
        { PackCodes.TooLarge, Manifest, "cves: [CVE-2021-26855]\ntechniques: [T1190]", "cves: &a [CVE-2021-26855]\ntechniques: *a" },
        { PackCodes.MissingKey, Manifest, "title: Small\n", "" },
        { PackCodes.MissingKey, Manifest, "  targeted: {meaning: a, next-step: b}\n", "" },
        { PackCodes.MissingKey, Manifest, "{by: client, within: 10m}", "{by: client}" },
        { PackCodes.MissingKey, Manifest, ", undated: true", "" },
        { PackCodes.MissingKey, Rule, ", why: They came in.", "" },
        { PackCodes.MissingKey, Rule, "tocsin: {step: enter, proves: exploited, outcome: succeeded, why: They came in.}", "status: test" },
        { PackCodes.UnknownKey, Manifest, "title: Small", "title: Small\nauthors: nobody" },
        { PackCodes.UnknownKey, Manifest, "shows: requests", "shows: requests, hides: much" },
        { PackCodes.UnknownKey, Rule, "step: enter", "step: enter, weight: 3" },
        { PackCodes.WrongShape, Manifest, "cves: [CVE-2021-26855]", "cves: CVE-2021-26855" },
        { PackCodes.WrongShape, Manifest, "window: {from: 2021-01-03, to: 2021-03-31}", "window: 2021" },
        { PackCodes.WrongShape, Rule, "level: high", "level: high\n---\ntitle: Second\nlogsource: {product: iis}\ndetection: {s: {a: b}, condition: s}" },
        { PackCodes.BadDay, Manifest, "from: 2021-01-03", "from: 03.01.2021" },
        { PackCodes.BadDay, Manifest, "to: 2021-03-31", "to: 2020-03-31" },
        { PackCodes.BadDay, Manifest, "to: 2021-07-31", "to: 2020-07-31" },
        { PackCodes.BadValue, Manifest, "by: request-id", "by: colour" },
        { PackCodes.BadValue, Manifest, "within: 10m", "within: 10 minutes" },
        { PackCodes.BadValue, Manifest, "undated: true", "undated: perhaps" },
        { PackCodes.BadValue, Rule, "proves: exploited", "proves: likely" },
        { PackCodes.BadValue, Rule, "outcome: succeeded", "outcome: good" },
        { PackCodes.BadValue, Rule, "step: enter", "step: enter, window: maybe" },
        { PackCodes.UnknownStep, Rule, "step: enter", "step: leave" },
        { PackCodes.DuplicateId, Manifest, "- {id: enter, title: Came in, techniques: [T1190]}", "- {id: enter, title: Came in, techniques: [T1190]}\n    - {id: enter, title: Again, techniques: [T1190]}" },
        { PackCodes.MissingFile, Manifest, "table: builds.csv", "table: other.csv" },
        { PackCodes.MissingFile, Manifest, "known-noise:", "includes: [nothing]\nknown-noise:" },
        { PackCodes.BadBuildRow, "small/builds.csv", "15.1.2176.9", "15.1.2106.9" },
        { PackCodes.BadBuildRow, "small/builds.csv", "15.1.2106,", "15.1.2176," },
        { PackCodes.BadBuildRow, "small/builds.csv", "15.1.2176,", "fifteen," },
        { PackCodes.WrongId, Manifest, "id: small", "id: large" },
        { PackCodes.Unused, Manifest, "- {id: enter, title: Came in, techniques: [T1190]}", "- {id: enter, title: Came in, techniques: [T1190]}\n    - {id: rest, title: Rested, techniques: [T1190]}" },
        { "TS001", Rule, "title: Found", "title: [Found" },
        { "TS004", Rule, "title: Found\n", "" },
        { "TS101", Rule, "  condition: selection", "    x: y\n  spare: {a: b}\n  condition: selection" },
    };

    [Theory]
    [MemberData(nameof(Spoilt))]
    public void A_spoilt_pack_does_not_load_and_the_place_is_named(string code, string path, string old, string with)
    {
        var files = new MemoryPackFiles();
        files.Change(path, old, with);

        Assert.Null(files.Load(out List<Diagnostic> diagnostics));

        Diagnostic found = diagnostics.First(d => d.Code == code);
        Assert.True(found.Line >= 1 && found.Column >= 1 && found.Hint.Length > 0);
        Assert.StartsWith("small/", found.File, StringComparison.Ordinal);
    }

    [Fact]
    public void A_wave_that_leaves_web_shells_to_others_claims_no_time_and_has_no_rule_that_needs_it()
    {
        var files = new MemoryPackFiles();
        files.Change(Manifest, "claims: {from: 2021-01-01, to: 2021-07-31, undated: true}\n", "");
        ThreatPack pack = files.Load(out List<Diagnostic> none)!;
        Assert.Empty(none);
        Assert.Null(pack.Manifest.Claims);
        Assert.True(pack.Counts(pack.Rules[0], default));

        files.Change(Rule, "step: enter", "step: enter, window: true");
        Assert.Null(files.Load(out List<Diagnostic> diagnostics));
        Assert.Equal((PackCodes.MissingKey, Manifest), Assert.Single(diagnostics.Select(d => (d.Code, d.File))));
    }

    [Theory]
    [InlineData("small/tests/fires/found/u_ex.log", "has no sample that fires")]
    [InlineData("small/tests/quiet/found/u_ex.log", "has no sample that must stay quiet")]
    public void A_rule_without_samples_of_both_sorts_is_a_defect(string path, string message)
    {
        var files = new MemoryPackFiles();
        files.Remove(path);

        Assert.Null(files.Load(out List<Diagnostic> diagnostics));
        Assert.Contains(message, Assert.Single(diagnostics, d => d.Code == PackCodes.NoSample).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Samples_without_a_rule_are_reported()
    {
        var files = new MemoryPackFiles { ["small/tests/fires/lost/u_ex.log"] = "x" };

        Assert.Null(files.Load(out List<Diagnostic> diagnostics));
        Assert.Equal("small/tests/fires/lost/u_ex.log", Assert.Single(diagnostics, d => d.Code == PackCodes.OrphanSample).File);
    }

    [Fact]
    public void Two_rules_may_not_share_an_id()
    {
        var files = new MemoryPackFiles();
        foreach (string path in files.Paths.Where(p => p.Contains("found", StringComparison.Ordinal)).ToList())
        {
            files[path.Replace("found", "again", StringComparison.Ordinal)] = files[path];
        }

        Assert.Null(files.Load(out List<Diagnostic> diagnostics));
        Assert.Single(diagnostics, d => d.Code == PackCodes.DuplicateId);
    }

    [Fact]
    public void Rules_that_several_packs_take_in_get_an_id_of_their_own_in_each()
    {
        var files = new MemoryPackFiles();
        foreach (string path in files.Paths.Where(p => p.Contains("found", StringComparison.Ordinal)).ToList())
        {
            files[path.Replace("small/", "shared/common/", StringComparison.Ordinal).Replace("found", "taken", StringComparison.Ordinal)] = files[path];
        }

        files.Change(Manifest, "known-noise:", "includes: [common]\nknown-noise:");

        ThreatPack? pack = files.Load(out List<Diagnostic> diagnostics);
        Assert.Empty(diagnostics);
        Assert.Equal(["0d6a7d3e-5d0c-4b8e-9d1b-1f0f3a1f0001", "small/0d6a7d3e-5d0c-4b8e-9d1b-1f0f3a1f0001"], pack!.Rules.Select(r => r.Rule.Id));
        Assert.Equal(4, pack.Samples.Count);
    }

    [Fact]
    public void All_errors_of_a_pack_are_reported_at_once()
    {
        var files = new MemoryPackFiles();
        files.Change(Manifest, "title: Small\n", "");
        files.Change(Manifest, "from: 2021-01-03", "from: soon");
        files.Change(Rule, "step: enter", "step: leave");
        files.Change("small/builds.csv", "15.1.2176.9", "x");

        Assert.Null(files.Load(out List<Diagnostic> diagnostics));
        Assert.Superset(
            new HashSet<string> { PackCodes.MissingKey, PackCodes.BadDay, PackCodes.UnknownStep, PackCodes.BadBuildRow },
            diagnostics.Select(d => d.Code).ToHashSet());
    }

    [Fact]
    public void A_pack_loads_from_a_folder_as_it_does_from_the_program()
    {
        DirectoryInfo folder = Directory.CreateTempSubdirectory("tocsin-packs");
        try
        {
            foreach (string path in PackFiles.Embedded.Paths)
            {
                string target = Path.Combine(folder.FullName, path);
                Directory.CreateDirectory(Path.GetDirectoryName(target)!);
                File.WriteAllBytes(target, PackFiles.Embedded.Read(path).ToArray());
            }

            var diagnostics = new List<Diagnostic>();
            ThreatPack? pack = PackLoader.Load(Path.Combine(folder.FullName, "proxylogon"), diagnostics);
            ThreatPack embedded = PackLoader.LoadEmbedded(diagnostics).First(p => p.Id == "proxylogon");

            Assert.Empty(diagnostics);
            Assert.Equal(embedded.Rules.Select(r => r.Rule.Id), pack!.Rules.Select(r => r.Rule.Id));
            Assert.Equal(embedded.Samples.Count, pack.Samples.Count);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Fact]
    public void A_folder_without_a_manifest_is_no_pack()
    {
        var diagnostics = new List<Diagnostic>();
        Assert.Null(PackLoader.Load(new MemoryPackFiles(), "shared", diagnostics));
        Assert.Equal(PackCodes.MissingFile, Assert.Single(diagnostics).Code);
    }
}
