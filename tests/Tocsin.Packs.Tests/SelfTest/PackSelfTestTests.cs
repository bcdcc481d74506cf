using Tocsin.Detection;
using Tocsin.Packs.Builds;
using Tocsin.Packs.Chain;
using Tocsin.Packs.Loading;
using Tocsin.Packs.Manifests;
using Tocsin.Packs.SelfTest;
using Tocsin.Packs.Tests.Support;

namespace Tocsin.Packs.Tests.SelfTest;

public sealed class PackSelfTestTests
{
    static IReadOnlyList<ThreatPack> Packs()
    {
        var diagnostics = new List<Diagnostic>();
        IReadOnlyList<ThreatPack> packs = PackLoader.LoadEmbedded(diagnostics);
        Assert.Empty(diagnostics);
        return packs;
    }

    [Fact]
    public void The_packs_that_come_with_the_program_load_in_the_order_of_the_waves() =>
        Assert.Equal(["cve-2020-0688", "proxylogon", "proxytoken", "proxyshell", "cve-2021-42321", "outlook-leak-2023", "proxynotshell", "toolshell", "owa-xss-2026"], Packs().Select(p => p.Id));

    // Counts are pinned: a folder that was moved would otherwise pass by running nothing.
    [Theory]
    [InlineData("cve-2020-0688", 118, 159, 138, 11)]
    [InlineData("proxylogon", 147, 192, 172, 11)]
    [InlineData("proxytoken", 7, 9, 12, 0)]
    [InlineData("proxyshell", 130, 169, 151, 11)]
    [InlineData("cve-2021-42321", 4, 7, 4, 0)]
    [InlineData("outlook-leak-2023", 2, 4, 2, 0)]
    [InlineData("proxynotshell", 124, 158, 142, 11)]
    [InlineData("toolshell", 7, 9, 8, 0)]
    [InlineData("owa-xss-2026", 2, 5, 4, 0)]
    public void Every_sample_of_a_pack_does_what_it_must(string id, int rules, int fires, int quiet, int yara)
    {
        PackTestReport report = PackSelfTest.Run(Packs().First(p => p.Id == id), Recogniser.Recognise, TestContext.Current.CancellationToken);

        string failures = string.Join('\n', report.Failures.Select(f => $"{f.Path}: {f.Message}"));
        Assert.True(failures.Length == 0, failures);
        Assert.Equal((rules, fires, quiet, yara), (report.Rules, report.Fires, report.Quiet, report.YaraRules));
    }

    // What an attempt leaves must not look like a success to any other rule of the pack.
    [Fact]
    public void The_samples_of_an_attempt_prove_no_more_than_an_attempt()
    {
        int samples = 0;
        foreach (ThreatPack pack in Packs())
        {
            foreach (PackSample sample in pack.Samples.Where(s => s.MustFire && pack.Rules.Any(r => r.Name == s.Rule && r.Proves <= Stage.Targeted)))
            {
                PackRun run = new PackRun(pack).Read(sample.Path, sample.Content);
                Assert.True(run.Stage <= Stage.Targeted, $"{sample.Path}: {string.Join(", ", run.Names)}");
                samples++;
            }
        }

        Assert.Equal(255, samples);
    }

    [Fact]
    public void A_sample_that_does_not_fire_and_one_that_does_are_both_failures()
    {
        var files = new MemoryPackFiles();
        files.Change("small/tests/fires/found/u_ex.log", "/evil.aspx", "/good.aspx");
        files.Change("small/tests/quiet/found/u_ex.log", "/good.aspx", "/EVIL.aspx");
        ThreatPack pack = files.Load(out _)!;

        PackTestReport report = PackSelfTest.Run(pack, Recogniser.Recognise, TestContext.Current.CancellationToken);

        Assert.Equal((1, 1, 1), (report.Rules, report.Fires, report.Quiet));
        Assert.Equal(["small/tests/fires/found/u_ex.log", "small/tests/quiet/found/u_ex.log"], report.Failures.Select(f => f.Path));
    }

    [Theory]
    [InlineData("")]
    [InlineData("MZ\0\0 nothing that any reader knows")]
    [InlineData("#Fields: date time cs-method cs-uri-stem c-ip sc-status\n")]
    public void A_sample_in_which_nothing_can_be_read_fails_even_if_it_must_stay_quiet(string content)
    {
        var files = new MemoryPackFiles { ["small/tests/quiet/found/u_ex.log"] = content };

        PackTestReport report = PackSelfTest.Run(files.Load(out _)!, Recogniser.Recognise, TestContext.Current.CancellationToken);

        Assert.Equal("small/tests/quiet/found/u_ex.log", Assert.Single(report.Failures).Path);
    }

    [Fact]
    public void No_rule_of_a_pack_makes_every_line_a_candidate()
    {
        foreach (ThreatPack pack in Packs())
        {
            var diagnostics = new List<Diagnostic>();
            var rules = Detection.Sigma.RuleSet.Compile(pack.Rules.Select(r => r.Rule), [], diagnostics);
            Assert.Empty(diagnostics);
            foreach (var source in (Tocsin.Evidence.Records.LogSource[])
            [
                new("webserver", "iis", null), new(null, "exchange", "httpproxy"), new(null, "exchange", "rps-http"), new("command", "exchange", "ecp-server"),
                new("command", "exchange", "rps-cmdlet"), new("command", "exchange", "audit"), new("command", "exchange", "pasted"), new(null, "windows", null),
            ])
            {
                Assert.Equal([], rules.For(source).RulesWithoutLiteral.Select(r => $"{pack.Id} {source}: {r.Title}"));
            }
        }
    }

    [Theory]
    [InlineData("2020-01-31", "")]
    [InlineData("2020-02-01", "cve-2020-0688")]
    [InlineData("2020-11-30", "cve-2020-0688")]
    [InlineData("2020-12-01", "proxylogon")]
    [InlineData("2021-03-14", "proxylogon")]
    [InlineData("2021-07-31", "proxylogon")]
    [InlineData("2021-08-01", "proxyshell")]
    [InlineData("2022-07-31", "proxyshell")]
    [InlineData("2022-08-01", "proxynotshell")]
    [InlineData("2026-07-16", "proxynotshell")]
    [InlineData("0001-01-01", "proxylogon")]
    public void A_web_shell_counts_for_one_wave_by_its_time(string day, string wave)
    {
        var time = DateOnly.Parse(day, System.Globalization.CultureInfo.InvariantCulture).ToDateTime(TimeOnly.MinValue, DateTimeKind.Utc);
        var claiming = Packs().Where(p => p.Rules.Any(r => r.Name == "iis-shell-post" && p.Counts(r, time))).Select(p => p.Id);

        Assert.Equal(wave.Length == 0 ? [] : [wave], claiming);
    }

    [Theory]
    [InlineData("cve-2020-0688", "14.3.435.0", BuildState.Vulnerable)]
    [InlineData("cve-2020-0688", "14.3.496.0", BuildState.Fixed)]
    [InlineData("cve-2020-0688", "15.0.1497.4", BuildState.Vulnerable)]
    [InlineData("cve-2020-0688", "15.1.1913.5", BuildState.Vulnerable)]
    [InlineData("cve-2020-0688", "15.1.1913.10", BuildState.Fixed)]
    [InlineData("cve-2020-0688", "15.2.595.3", BuildState.Fixed)]
    [InlineData("proxylogon", "15.1.2176.2", BuildState.Vulnerable)]
    [InlineData("proxylogon", "15.1.2176.9", BuildState.Fixed)]
    [InlineData("proxylogon", "15.1.2242.4", BuildState.Fixed)]
    [InlineData("proxylogon", "15.1.225.42", BuildState.Vulnerable)]
    [InlineData("proxylogon", "15.2.2562.17", BuildState.Fixed)]
    [InlineData("proxytoken", "15.1.2176.9", BuildState.Vulnerable)]
    [InlineData("proxytoken", "15.2.858.10", BuildState.Fixed)]
    [InlineData("proxytoken", "15.1.2308.8", BuildState.Fixed)]
    [InlineData("proxyshell", "15.1.2176.9", BuildState.Vulnerable)]
    [InlineData("proxyshell", "15.0.1497.15", BuildState.Fixed)]
    [InlineData("cve-2021-42321", "15.1.2375.12", BuildState.Vulnerable)]
    [InlineData("cve-2021-42321", "15.1.2375.17", BuildState.Fixed)]
    [InlineData("cve-2021-42321", "15.2.858.15", BuildState.Vulnerable)]
    [InlineData("proxynotshell", "15.1.2507.12", BuildState.Vulnerable)]
    [InlineData("proxynotshell", "15.1.2507.16", BuildState.Fixed)]
    [InlineData("proxynotshell", "15.1.2308.27", BuildState.Vulnerable)]
    [InlineData("owa-xss-2026", "15.2.2562.37", BuildState.Vulnerable)]
    [InlineData("owa-xss-2026", "15.2.2562.45", BuildState.Fixed)]
    [InlineData("owa-xss-2026", "15.1.2507.58", BuildState.Vulnerable)]
    public void Packs_know_which_builds_are_fixed(string pack, string build, BuildState state) =>
        Assert.Equal(state, Packs().First(p => p.Id == pack).Builds.StateOf(build));

    [Fact]
    public void Every_pack_says_something_for_every_conclusion_and_one_thing_to_do()
    {
        foreach (PackManifest manifest in Packs().Select(p => p.Manifest))
        {
            foreach (string conclusion in PackText.Conclusions)
            {
                PackText text = manifest.Texts[conclusion];
                Assert.True(text.Meaning.Length > 80, $"{manifest.Id} {conclusion}");
                Assert.DoesNotContain(". ", text.NextStep, StringComparison.Ordinal);
            }
        }
    }

    [Fact]
    public void Every_file_of_the_packs_travels_inside_the_program() =>
        Assert.All(["proxylogon/pack.yaml", "proxylogon/builds.csv", "shared/web-shells/rules/iis-shell-post.yml"], p => Assert.Contains(p, PackFiles.Embedded.Paths));
}
