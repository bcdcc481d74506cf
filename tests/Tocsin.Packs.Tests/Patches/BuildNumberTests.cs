using System.Globalization;
using CsCheck;
using Tocsin.Packs.Patches;

namespace Tocsin.Packs.Tests.Patches;

public sealed class BuildNumberTests
{
    /// <summary>
    /// The program has the invariant data of cultures only, so these are made: what de-DE (comma, full stop between thousands), tr-TR (the
    /// same) and ar-SA (other separators, a sign with a direction mark, another calendar) do to numbers that are parsed carelessly.
    /// </summary>
    public static TheoryData<string, string, string, string> Cultures { get; } = new()
    {
        { "de-DE", ",", ".", "-" },
        { "tr-TR", ",", ".", "-" },
        { "ar-SA", "\u066B", "\u066C", "\u061C-" },
    };

    [Theory]
    [InlineData("15.2.792.3", "15.2.792.3", BuildForm.FileVersion)]
    [InlineData("15.02.0792.003", "15.2.792.3", BuildForm.FileVersion)]
    [InlineData("  15.1.1913.10 ", "15.1.1913.10", BuildForm.FileVersion)]
    [InlineData("Version 15.2 (Build 792.3)", "15.2.792.3", BuildForm.DisplayVersion)]
    [InlineData("15.2 (Build 792.3)", "15.2.792.3", BuildForm.DisplayVersion)]
    [InlineData("Version 15.1 (Build 30792.10)", "15.1.30792.10", BuildForm.DisplayVersion)]
    [InlineData("version 14.3 (build 123.4)", "14.3.123.4", BuildForm.DisplayVersion)]
    public void Every_usual_form_is_read(string text, string expected, BuildForm form)
    {
        Assert.True(BuildNumber.TryParse(text, out BuildNumber build, out BuildForm told));
        Assert.Equal((expected, form), (build.ToString(), told));
    }

    [Theory]
    [InlineData("")]
    [InlineData("15.2.792")]
    [InlineData("15.2.792.3.1")]
    [InlineData("15,2,792,3")]
    [InlineData("15.2.-792.3")]
    [InlineData("15.2.+792.3")]
    [InlineData("15.2.792.x")]
    [InlineData("15.2. 792.3")]
    [InlineData("15.2.792.65536")]
    [InlineData("15.2.792.99999999999")]
    [InlineData("15.2.792.\u0663")]
    [InlineData("15.2 (Build 792.3")]
    [InlineData("15.2 (Build 792)")]
    [InlineData("15.2 (792.3)")]
    [InlineData("(")]
    [InlineData("Version ")]
    [InlineData("Exchange 2019 CU8")]
    public void What_is_no_build_is_refused(string text) => Assert.False(BuildNumber.TryParse(text, out _, out _));

    [Theory]
    [MemberData(nameof(Cultures))]
    public void Numbers_are_compared_as_numbers_in_every_culture(string name, string point, string group, string minus)
    {
        var culture = (CultureInfo)CultureInfo.InvariantCulture.Clone();
        (culture.NumberFormat.NumberDecimalSeparator, culture.NumberFormat.NumberGroupSeparator, culture.NumberFormat.NegativeSign) = (point, group, minus);
        CultureInfo before = CultureInfo.CurrentCulture;
        CultureInfo.CurrentCulture = culture;
        try
        {
            Assert.True(BuildNumber.TryParse("15.1.1913.10", out BuildNumber newer));
            Assert.True(BuildNumber.TryParse("15.01.1913.001", out BuildNumber older));
            Assert.True(newer > older, name);
            Assert.Equal("15.1.1913.10", newer.ToString());
            PatchTables tables = PatchTables.Embedded;
            var check = new PatchCheck(tables);
            // The fix is 15.1.1913.10: read as a decimal fraction it equals 15.1.1913.1.
            Assert.Equal(PatchStatus.Vulnerable, check.Decide(tables.CveOf("CVE-2020-0903")!, new(older)).Status);
            Assert.Equal(PatchStatus.Fixed, check.Decide(tables.CveOf("CVE-2020-0903")!, new(newer)).Status);
            Assert.Equal(9.1m, tables.CveOf("CVE-2021-26855")!.Cvss);
        }
        finally
        {
            CultureInfo.CurrentCulture = before;
        }
    }

    [Fact]
    public void What_is_written_is_read_again_and_the_order_is_that_of_the_numbers()
    {
        Gen<BuildNumber> builds = Gen.Select(Gen.Int[0, 20], Gen.Int[0, 3], Gen.Int[0, 3000], Gen.Int[0, 120], (a, b, c, d) => new BuildNumber(a, b, c, d));
        Gen.Select(builds, builds).Sample((one, other) =>
        {
            Assert.True(BuildNumber.TryParse(one.ToString(), out BuildNumber again));
            Assert.Equal(one, again);
            long Flat(BuildNumber b) => (((((long)b.Major * 100) + b.Minor) * 100_000) + b.Build) * 100_000 + b.Revision;
            Assert.Equal(Math.Sign(Flat(one).CompareTo(Flat(other))), Math.Sign(one.CompareTo(other)));
        });
    }
}
