using Tocsin.Packs.Patches;

namespace Tocsin.Packs.Tests.Patches;

/// <summary>What sources disagree on, and what is not established: decided in docs/decisions/0009-which-fix-counts.md, held here.</summary>
public sealed class ConflictTests
{
    static readonly PatchTables Tables = PatchTables.Embedded;
    static readonly PatchCheck Check = new(Tables);

    static PatchDecision Decide(string build, string cve, params string[] done)
    {
        Assert.True(BuildNumber.TryParse(build, out BuildNumber number));
        return Check.Decide(Tables.CveOf(cve)!, new(number) { Done = done.ToHashSet(StringComparer.OrdinalIgnoreCase) });
    }

    [Theory]
    [InlineData("15.1.1415.8", "CVE-2021-26855", PatchStatus.Vulnerable, "Sources disagree")]
    [InlineData("15.1.1415.10", "CVE-2021-26855", PatchStatus.Fixed, "15.1.1415.10")]
    [InlineData("15.1.1466.13", "CVE-2021-26855", PatchStatus.Vulnerable, "Sources disagree")]
    [InlineData("15.1.1466.16", "CVE-2021-26855", PatchStatus.Fixed, "15.1.1466.16")]
    [InlineData("15.1.1466.9", "CVE-2018-8374", PatchStatus.Fixed, "15.1.1466.9")]
    [InlineData("15.1.1466.10", "CVE-2018-8374", PatchStatus.Fixed, "15.1.1466.9")]
    [InlineData("15.1.1531.8", "CVE-2018-8265", PatchStatus.Fixed, "Oct18SU")]
    [InlineData("14.3.328.5", "CVE-2020-0688", PatchStatus.Vulnerable, "RU30")]
    [InlineData("15.2.221.18", "CVE-2021-26855", PatchStatus.Fixed, "15.2.221.18")]
    [InlineData("15.0.847.64", "CVE-2021-26855", PatchStatus.Vulnerable, "One list calls this build the Mar21SU of SP1")]
    [InlineData("15.1.2507.69", "CVE-2026-42897", PatchStatus.Vulnerable, "Jun26SU")]
    [InlineData("15.1.2507.71", "CVE-2026-42897", PatchStatus.Fixed, "Keep the mitigation")]
    [InlineData("15.1.2507.69", "CVE-2026-45583", PatchStatus.Fixed, "health checker")]
    public void A_build_on_which_sources_disagree_is_decided_and_the_reason_says_so(string build, string cve, PatchStatus status, string says)
    {
        PatchDecision decision = Decide(build, cve);
        Assert.Equal(status, decision.Status);
        Assert.Contains(says, decision.Reason, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("15.1.1913.12", "CVE-2020-0688", "KB4536987")]
    [InlineData("15.0.1395.12", "CVE-2018-8302", "KB4340731")]
    [InlineData("15.1.1415.8", "CVE-2018-0924", "KB4073392")]
    public void The_special_package_of_March_2021_leaves_older_flaws_of_an_old_update_open(string build, string cve, string kb)
    {
        PatchDecision decision = Decide(build, cve);
        Assert.Equal(PatchStatus.Vulnerable, decision.Status);
        Assert.Equal([kb], decision.Steps.Select(s => s.Id));
        Assert.Equal(PatchStatus.Fixed, Decide(build, cve, kb.ToLowerInvariant()).Status);
    }

    [Fact]
    public void Before_the_special_package_the_number_decides() => Assert.Equal(PatchStatus.Fixed, Decide("15.1.1913.10", "CVE-2020-0688").Status);

    [Fact]
    public void Each_row_of_the_special_packages_is_open_on_the_package_and_shut_once_its_update_is_there()
    {
        int rows = 0;
        var open = new List<string>();
        foreach (SpecialRow row in Tables.Specials)
        {
            BuildNumber package = Tables.Builds.Where(b => b.Product == row.Product && b.CumulativeUpdate == row.CumulativeUpdate && b.Update == "Mar21SU").Max(b => b.Number);
            foreach (string cve in row.Cves)
            {
                Assert.Equal(PatchStatus.Vulnerable, Decide(package.ToString(), cve).Status);
                if (Decide(package.ToString(), cve, row.Kb).Status != PatchStatus.Fixed) open.Add($"{row.Product} {row.CumulativeUpdate} {cve}");
                rows++;
            }
        }

        Assert.Equal(Tables.Specials.Sum(s => s.Cves.Count), rows);
        Assert.Equal(50, Tables.Specials.Count);
        // The table of fixes does not have these for these updates at all, whatever the list of packages says.
        Assert.Equal(["Exchange 2016 CU10 CVE-2018-8604"], open);
    }

    [Theory]
    [InlineData("14.3.123.4", "CVE-2021-26855", PatchStatus.NotApplicable, false)]
    [InlineData("14.3.123.4", "CVE-2021-26858", PatchStatus.NotApplicable, false)]
    [InlineData("14.3.123.4", "CVE-2021-26857", PatchStatus.Vulnerable, false)]
    [InlineData("14.3.513.0", "CVE-2021-26857", PatchStatus.Fixed, false)]
    [InlineData("14.2.390.3", "CVE-2021-26857", PatchStatus.Vulnerable, false)]
    [InlineData("14.3.513.0", "CVE-2023-21529", PatchStatus.Unsupported, true)]
    [InlineData("8.3.83.6", "CVE-2021-26855", PatchStatus.NotApplicable, false)]
    [InlineData("8.3.83.6", "CVE-2023-21529", PatchStatus.Unsupported, true)]
    [InlineData("15.0.1497.48", "CVE-2023-36745", PatchStatus.Unsupported, false)]
    [InlineData("15.0.1497.48", "CVE-2020-16875", PatchStatus.NotApplicable, false)]
    [InlineData("15.2.2562.17", "CVE-2021-26855", PatchStatus.Fixed, false)]
    [InlineData("15.2.2562.17", "CVE-2024-21410", PatchStatus.FixedButNeedsStep, false)]
    [InlineData("15.2.1748.10", "CVE-2018-8581", PatchStatus.FixedButNeedsStep, true)]
    [InlineData("15.20.1234.5", "CVE-2021-26855", PatchStatus.Unknown, false)]
    [InlineData("6.5.7638.1", "CVE-2021-26855", PatchStatus.Unknown, false)]
    public void Products_out_of_support_and_what_is_not_from_a_primary_source_are_marked(string build, string cve, PatchStatus status, bool unverified)
    {
        PatchDecision decision = Decide(build, cve);
        Assert.Equal((status, unverified), (decision.Status, decision.IsUnverified));
    }

    [Theory]
    [InlineData("15.1.2176.11", "CVE-2021-28480", PatchStatus.Vulnerable)]
    [InlineData("15.1.2176.13", "CVE-2021-28480", PatchStatus.Fixed)]
    [InlineData("15.1.2200.1", "CVE-2021-26855", PatchStatus.Fixed)]
    [InlineData("15.1.2000.1", "CVE-2021-26855", PatchStatus.Vulnerable)]
    [InlineData("15.1.100.1", "CVE-2021-26855", PatchStatus.Vulnerable)]
    [InlineData("15.2.2562.99", "CVE-2026-65813", PatchStatus.Fixed)]
    [InlineData("15.2.3000.1", "CVE-2026-65813", PatchStatus.Fixed)]
    [InlineData("15.2.1900.1", "CVE-2026-65813", PatchStatus.Vulnerable)]
    public void A_build_that_the_table_does_not_have_is_decided_by_its_numbers(string build, string cve, PatchStatus status)
    {
        Assert.True(BuildNumber.TryParse(build, out BuildNumber number));
        Assert.Null(Tables.BuildOf(number));
        Assert.Equal(status, Decide(build, cve).Status);
    }

    [Fact]
    public void A_step_that_is_done_makes_a_fix_whole_and_another_does_not()
    {
        Assert.Equal(PatchStatus.FixedButNeedsStep, Decide("15.2.1748.49", "CVE-2022-24516").Status);
        Assert.Equal(PatchStatus.FixedButNeedsStep, Decide("15.2.1748.49", "CVE-2022-24516", "schema").Status);
        Assert.Equal(PatchStatus.Fixed, Decide("15.2.1748.49", "CVE-2022-24516", "Extended-Protection").Status);
        Assert.Equal(PatchStatus.Vulnerable, Decide("15.2.792.3", "CVE-2022-24516", "extended-protection").Status);
        Assert.Equal("forest", Decide("15.2.1748.49", "CVE-2021-34470").Scope);
        Assert.Equal("domain", Decide("15.2.1748.49", "CVE-2022-21978").Scope);
    }

    [Fact]
    public void With_every_step_done_the_newest_builds_have_nothing_open()
    {
        HashSet<string> all = [.. Tables.Steps.Select(s => s.Id)];
        foreach (string build in (string[])["15.2.2562.46", "15.2.1748.49", "15.1.2507.72"])
        {
            Assert.True(BuildNumber.TryParse(build, out BuildNumber number));
            IReadOnlyList<PatchDecision> decisions = Check.DecideAll(new(number) { Done = all });
            Assert.Equal(200, decisions.Count);
            Assert.All(decisions, d => Assert.True(d.Status is PatchStatus.Fixed or PatchStatus.NotApplicable, $"{build} {d.Flaw.Id}: {d.Status}"));
        }
    }

    [Fact]
    public void What_holds_attackers_off_is_shown_and_closes_nothing()
    {
        Assert.True(BuildNumber.TryParse("15.2.792.3", out BuildNumber number));
        var question = new PatchQuestion(number) { Mitigations = new Dictionary<string, string> { ["CVE-2021-26855"] = "a rewrite rule" } };
        PatchDecision decision = Check.Decide(Tables.CveOf("CVE-2021-26855")!, question);
        Assert.Equal((PatchStatus.Mitigated, true, true), (decision.Status, decision.IsOpen, decision.NeedsUpdate));
        Assert.Contains("a rewrite rule", decision.Reason, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("proxylogon-anonresource proxylogon-beresource", "CVE-2021-26855", PatchStatus.Mitigated)]
    [InlineData("proxylogon-anonresource", "CVE-2021-26855", PatchStatus.Vulnerable)]
    [InlineData("proxylogon-anonresource proxylogon-beresource", "CVE-2021-27065", PatchStatus.Vulnerable)]
    [InlineData("owa-script-2026", "CVE-2026-42897", PatchStatus.Mitigated)]
    public void A_mitigation_in_the_configuration_counts_for_its_own_flaw_and_whole(string inForce, string cve, PatchStatus status) =>
        Assert.Equal(status, Check.Decide(Tables.CveOf(cve)!, new(new(15, 2, 792, 3)) { InForce = inForce.Split(' ').ToHashSet() }).Status);

    [Fact]
    public void Two_cumulative_updates_at_work_at_once_are_a_partial_installation()
    {
        BuildNumber newer = new(15, 1, 2507, 72), older = new(15, 1, 2176, 2);
        PatchDecision open = Check.Decide(Tables.CveOf("CVE-2021-26855")!, new(newer) { StillRunning = older });
        Assert.Equal(PatchStatus.PartialInstall, open.Status);
        // Both have this one.
        Assert.Equal(PatchStatus.Fixed, Check.Decide(Tables.CveOf("CVE-2020-0688")!, new(newer) { StillRunning = older }).Status);
    }
}
