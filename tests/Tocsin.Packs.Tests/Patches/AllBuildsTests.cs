using Tocsin.Packs.Patches;

namespace Tocsin.Packs.Tests.Patches;

public sealed class AllBuildsTests
{
    static readonly PlainModel Plain = new();
    static readonly PatchTables Tables = PatchTables.Embedded;

    [Fact]
    public void Every_build_and_every_flaw_get_the_status_that_the_plain_model_gives()
    {
        var check = new PatchCheck(Tables);
        string[] builds = [.. Plain.Builds], cves = [.. Plain.Cves];
        Assert.Equal((392, 200), (builds.Length, cves.Length));
        int compared = 0;
        var wrong = new List<string>();
        var seen = new Dictionary<PatchStatus, int>();
        foreach (string build in builds)
        {
            Assert.True(BuildNumber.TryParse(build, out BuildNumber number));
            IReadOnlyList<PatchDecision> decisions = check.DecideAll(new(number));
            Assert.Equal(cves, decisions.Select(d => d.Flaw.Id));
            foreach (PatchDecision decision in decisions)
            {
                compared++;
                seen[decision.Status] = seen.GetValueOrDefault(decision.Status) + 1;
                string expected = Plain.StatusOf(build, decision.Flaw.Id);
                if (decision.Status.ToString() != expected) wrong.Add($"{build} {decision.Flaw.Id}: {decision.Status} where the table says {expected}. {decision.Reason}");
                if (decision.Reason.Length < 10) wrong.Add($"{build} {decision.Flaw.Id} has no reason.");
            }
        }

        Assert.True(wrong.Count == 0, $"{wrong.Count} wrong:{Environment.NewLine}{string.Join(Environment.NewLine, wrong.Take(20))}");
        Assert.Equal(392 * 200, compared);
        Assert.True(seen.Count == 6, $"Only {string.Join(", ", seen.Keys)} occurred.");
    }

    [Fact]
    public void The_short_form_of_the_fixes_says_the_same_as_all_its_combinations()
    {
        var made = new List<PlainModel.Row>();
        foreach (KnownCve cve in Tables.Cves)
        {
            foreach (FixRow row in Tables.FixesOf(cve.Id))
            {
                // Service packs before SP3 never got a fix and are no row of the long form.
                KnownBuild[] updates = [.. Tables.Builds.Where(b => b.Product == row.Product && b.CumulativeUpdate is not ("Preview" or "SP1" or "SP2" or "SP1 (=CU4)") && (b.CumulativeUpdate != "RTM" || b.Product != "Exchange 2010"))
                    .GroupBy(b => b.CumulativeUpdate).Select(g => Tables.CumulativeUpdateOf(g.First().Number)!)];
                foreach (KnownBuild update in updates)
                {
                    BuildNumber[] own = [.. row.FirstFixed.Where(f => f.IsSameFamily(update.Number))];
                    bool older = update.Number.Family < row.FirstFixed[0].Family;
                    made.Add(new(cve.Id, row.Product, update.CumulativeUpdate, row.Update, own.Length > 0 ? own[0].ToString() : older ? "" : update.Number.ToString(), own.Length > 0 ? "install" : older ? "none" : "contained"));
                }
            }
        }

        Assert.Equal(7514, Plain.Long.Count);
        string Key(PlainModel.Row r) => $"{r.Cve} {r.Product} {r.Cu}";
        Assert.Equal(Plain.Long.OrderBy(Key, StringComparer.Ordinal), made.OrderBy(Key, StringComparer.Ordinal));
    }
}
