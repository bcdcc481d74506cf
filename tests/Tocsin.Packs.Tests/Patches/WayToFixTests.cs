using System.Text;
using Tocsin.Packs.Patches;

namespace Tocsin.Packs.Tests.Patches;

/// <summary>Ways to the fix as files that people review, <c>cases/BUILD.txt</c>. With UPDATE_GOLDEN=1 they are written instead of compared.</summary>
public sealed class WayToFixTests
{
    static readonly string Folder = Repository.Of("tests/Tocsin.Packs.Tests/Patches/cases");

    public static TheoryData<string> Builds { get; } =
    [
        "14.2.390.3", "14.3.513.0", "15.0.1395.12", "15.0.1497.48", "15.1.1913.12", "15.1.2176.2", "15.1.2507.61", "15.2.792.3",
        "15.2.1544.4", "15.2.1748.39", "15.2.1748.49", "15.2.2562.17", "15.2.2562.46", "15.2.2562.99",
    ];

    [Theory]
    [MemberData(nameof(Builds))]
    public void The_way_from_a_build_is_as_reviewed(string build)
    {
        Assert.True(BuildNumber.TryParse(build, out BuildNumber number));
        string text = Written(WayToFix.Plan(new(PatchTables.Embedded), new(number)));
        string golden = Path.Combine(Folder, build + ".txt");
        if (Environment.GetEnvironmentVariable("UPDATE_GOLDEN") == "1")
        {
            Directory.CreateDirectory(Folder);
            File.WriteAllText(golden, text, new UTF8Encoding(false));
        }

        Assert.Equal(File.ReadAllText(golden), text);
    }

    [Fact]
    public void All_cases_are_there() => Assert.Equal(Builds.Count, Directory.GetFiles(Folder).Length);

    [Fact]
    public void At_the_end_of_every_way_no_update_is_missing_and_no_stage_goes_back()
    {
        PatchTables tables = PatchTables.Embedded;
        var check = new PatchCheck(tables);
        int ways = 0;
        foreach (KnownBuild build in tables.Builds)
        {
            WayToFix way = WayToFix.Plan(check, new(build.Number));
            BuildNumber at = build.Number;
            foreach (FixStage stage in way.Stages)
            {
                Assert.True(stage.Build > at, $"{build.Number}: {stage.Title} goes from {at} to {stage.Build}.");
                at = stage.Build!.Value;
            }

            Assert.DoesNotContain(check.DecideAll(new(at)), d => d.NeedsUpdate);
            ways++;
        }

        Assert.Equal(392, ways);
    }

    static string Written(WayToFix way)
    {
        var text = new StringBuilder();
        foreach (string line in way.Before) text.Append($"before: {line}\n");
        foreach (FixStage stage in way.Stages)
        {
            text.Append($"{stage.Title} ({stage.Build}, {stage.Kb}){(stage.IsCumulative ? " [wipes mitigations]" : "")}\n");
            text.Append($"  known to be exploited: {string.Join(" ", stage.Closes.Where(c => c.Kev is not null).Select(c => c.Id))}\n");
            text.Append($"  others: {stage.Closes.Count(c => c.Kev is null)}\n");
            if (stage.Reopens.Count > 0) text.Append($"  open again: {string.Join(" ", stage.Reopens.Select(c => c.Id))}\n");
            if (stage.Note is { } note) text.Append($"  {note}\n");
        }

        text.Append($"steps: {string.Join(" ", way.Steps.Select(s => s.Id))}\n");
        foreach (string line in way.Afterwards) text.Append($"after: {line}\n");
        return text.ToString();
    }
}
