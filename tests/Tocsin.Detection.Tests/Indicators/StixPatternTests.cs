using CsCheck;
using Tocsin.Detection.Indicators;

namespace Tocsin.Detection.Tests.Indicators;

public sealed class StixPatternTests
{
    [Theory]
    [InlineData(IndicatorType.FileName, @"o'brien\'s.aspx", @"[file:name = 'o\'brien\\\'s.aspx']")]
    [InlineData(IndicatorType.FilePath, @"C:\inetpub\x.aspx", @"[file:name = 'x.aspx' AND file:parent_directory_ref.path = 'C:\\inetpub']")]
    [InlineData(IndicatorType.Sha256, "ab", "[file:hashes.'SHA-256' = 'ab']")]
    [InlineData(IndicatorType.Network, "192.0.2.0/24", "[ipv4-addr:value ISSUBSET '192.0.2.0/24']")]
    [InlineData(IndicatorType.UrlPath, "/a'b", @"[network-traffic:extensions.'http-request-ext'.request_value = '/a\'b']")]
    public void Apostrophes_and_backslashes_are_escaped(IndicatorType type, string value, string pattern) => Assert.Equal(pattern, StixPattern.Of(type, value));

    [Fact]
    public void Every_pattern_that_is_written_is_read_back() => Gen.Select(Gen.Enum<IndicatorType>(), Gen.String[Gen.OneOf(Gen.Char, Gen.Char["'\\[]= "]), 1, 40]).Sample((type, value) =>
    {
        // A path has a folder and a name; what else its parts are is free.
        if (type == IndicatorType.FilePath) value = Indicator.Normalise(type, @"C:\" + value.Trim('\\', '/').Replace('/', '_') + "x")!;
        if (type is IndicatorType.Ipv4 or IndicatorType.Ipv6) value = value.Replace('/', '_');
        Assert.Equal((type, value), Assert.Single(StixPattern.Read(StixPattern.Of(type, value))!));
    });

    [Theory]
    [InlineData(@"C:/inetpub//x.aspx", @"C:\inetpub\x.aspx")]
    [InlineData(@"C:\\\a\\b.aspx", @"C:\a\b.aspx")]
    [InlineData(@"\\EX01\\c$\\x.aspx", @"\\EX01\c$\x.aspx")]
    public void Backslashes_side_by_side_are_one_but_at_the_front(string path, string normal)
    {
        Assert.Equal(normal, Indicator.Normalise(IndicatorType.FilePath, path));
        Assert.Equal((IndicatorType.FilePath, normal), Assert.Single(StixPattern.Read(StixPattern.Of(IndicatorType.FilePath, normal))!));
    }

    [Fact]
    public void No_text_makes_the_reader_fail() => Gen.String[Gen.OneOf(Gen.Char, Gen.Char["'\\[]=: ANDOR"]), 0, 80].Sample(text => { _ = StixPattern.Read(text); });

    [Theory]
    [InlineData("[ipv4-addr:value = '192.0.2.1' OR ipv4-addr:value = '192.0.2.2']", 2)]
    [InlineData("[ipv4-addr:value = '192.0.2.1'] OR [domain-name:value = 'example.com']", 2)]
    [InlineData("[file:hashes.MD5 = 'd41d8cd98f00b204e9800998ecf8427e']", 1)]
    [InlineData("[file:parent_directory_ref.path = 'C:\\\\x' AND file:name = 'y.aspx']", 1)]
    public void Alternatives_are_read_each_for_itself(string pattern, int count) => Assert.Equal(count, StixPattern.Read(pattern)!.Count);

    [Theory]
    [InlineData("[ipv4-addr:value = '192.0.2.1' AND file:name = 'x']")]
    [InlineData("[ipv4-addr:value != '192.0.2.1']")]
    [InlineData("[file:name LIKE '%x%']")]
    [InlineData("[ipv4-addr:value = '192.0.2.1'] FOLLOWEDBY [file:name = 'x']")]
    [InlineData("[ipv4-addr:value = '192.0.2.1'] WITHIN 5 SECONDS")]
    [InlineData("[x-custom:value = 'x']")]
    [InlineData("[ipv4-addr:value = '192.0.2.1'")]
    [InlineData("[ipv4-addr:value = '192.0.2.1\\")]
    [InlineData("")]
    public void What_says_more_than_a_value_is_not_read_as_one(string pattern) => Assert.Null(StixPattern.Read(pattern));
}
