using Tocsin.Packs.Builds;

namespace Tocsin.Packs.Tests.Builds;

public sealed class BuildTableTests
{
    static readonly BuildTable Table = new(
        new Dictionary<BuildFamily, int?> { [new(15, 0, 1497)] = 12, [new(15, 1, 1979)] = null, [new(15, 1, 2176)] = 9, [new(15, 2, 792)] = 10 },
        newerFamiliesFixed: true);

    [Theory]
    [InlineData("15.1.2176.9", BuildState.Fixed)]
    [InlineData("15.1.2176.14", BuildState.Fixed)]
    [InlineData("15.1.2176.2", BuildState.Vulnerable)]
    [InlineData("15.1.1979.8", BuildState.Vulnerable)]
    [InlineData("15.1.2242.4", BuildState.Fixed)]
    [InlineData("15.1.2000.1", BuildState.Unknown)]
    [InlineData("15.0.1400.1", BuildState.Unknown)]
    [InlineData("15.0.1500.0", BuildState.Fixed)]
    [InlineData("15.3.1.0", BuildState.Fixed)]
    [InlineData("14.3.123.4", BuildState.Unknown)]
    [InlineData("15.1.2176", BuildState.Unknown)]
    [InlineData("15.1.2176.x", BuildState.Unknown)]
    [InlineData("15.1.2176.-9", BuildState.Unknown)]
    [InlineData("", BuildState.Unknown)]
    [InlineData("99999999999.1.1.1", BuildState.Unknown)]
    public void A_build_is_judged_by_its_family(string build, BuildState state) => Assert.Equal(state, Table.StateOf(build));

    [Fact]
    public void Newer_families_are_unknown_where_the_pack_does_not_vouch_for_them() =>
        Assert.Equal(BuildState.Unknown, new BuildTable(new Dictionary<BuildFamily, int?> { [new(15, 1, 2176)] = 9 }, newerFamiliesFixed: false).StateOf("15.1.2242.4"));

    [Theory]
    [InlineData("15.1.2176.2", "15.1.2176.9")]
    [InlineData("15.1.1979.8", null)]
    [InlineData("15.1.2242.4", null)]
    public void The_first_fixed_build_of_a_family_can_be_named(string build, string? first) => Assert.Equal(first, Table.FirstFixedFor(build));

    [Theory]
    [InlineData("15.1.2176.9", "Exchange 2016 CU19 Mar21SU")]
    [InlineData("15.1.2176.2", "Exchange 2016 CU19")]
    [InlineData("15.2.2562.17", "Exchange SE RTM")]
    [InlineData("15.1.9999.1", null)]
    public void Builds_have_names(string build, string? name) => Assert.Equal(name, BuildNames.NameOf(build));

    [Fact]
    public void The_table_of_names_is_whole()
    {
        Assert.Equal(392, BuildNames.Count);
        Assert.Equal(new DateOnly(2021, 3, 2), BuildNames.ReleasedOf("15.1.2176.9"));
    }
}
