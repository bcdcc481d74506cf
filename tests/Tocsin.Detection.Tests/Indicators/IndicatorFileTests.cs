using CsCheck;
using Tocsin.Detection.Indicators;
using Tocsin.Detection.Tests.Sigma;

namespace Tocsin.Detection.Tests.Indicators;

public sealed class IndicatorFileTests
{
    const string Hash = "8e90ed33c7ee82c0b64078ea36ec95f7420ba435c693b3b3dd728b494abf7dfc";

    static readonly string[] _heads = ["", "type,value,valid_from,valid_until\n", "{\"type\":\"bundle\",\"objects\":[", "Indicator_type,Data,Note\n"];

    static DateTime Utc(int year, int month, int day) => new(year, month, day, 0, 0, 0, DateTimeKind.Utc);

    [Fact]
    public void A_table_with_dates_and_types_of_its_own_is_read()
    {
        IndicatorReading read = IndicatorFile.Read(
            $"DateAdded,FirstSeen,Indicator,IndicatorType,TLP\r\n2021-03-10,2021-03-05T10:07:29.0421232Z,{Hash},sha256,White\r\n" +
            "2021-03-09,,C:\\inetpub\\wwwroot\\aspnet_client\\OutlookEN.aspx,filepath,White\r\n2021-03-09,,C:\\inetpub\\owa\\auth\\default.aspx,filepath,White\r\n", "feed.csv");

        Assert.Equal([(IndicatorType.Sha256, Hash), (IndicatorType.FilePath, @"C:\inetpub\wwwroot\aspnet_client\OutlookEN.aspx")], read.Indicators.Select(i => (i.Type, i.Value)));
        Assert.Equal(("feed.csv", 4), read.Refused.Select(r => (r.File, r.Line)).Single());
        Assert.Equal("feed.csv(2)", read.Indicators[0].Source);
    }

    [Fact]
    public void An_address_of_a_list_that_names_a_month_in_words_has_a_period_around_it()
    {
        IndicatorReading read = IndicatorFile.Read("value,type,notes\n192.0.2.7,ipaddress,\"IP addresses attempting to exploit servers in March 2021\"\n", "list.csv");

        Indicator address = Assert.Single(read.Indicators);
        Assert.Equal((Utc(2020, 12, 15), Utc(2021, 4, 14)), (address.ValidFromUtc, address.ValidUntilUtc));
    }

    [Theory]
    [InlineData("list_20210312.txt", null, "2020-12-12", "2021-04-11")]
    [InlineData("2021-03-12.txt", null, "2020-12-12", "2021-04-11")]
    [InlineData("list.txt", "2021-03-12", "2020-12-12", "2021-04-11")]
    public void An_address_of_a_list_with_a_day_means_the_attacker_from_ninety_days_before_to_thirty_after(string file, string? day, string from, string until)
    {
        Indicator address = Assert.Single(IndicatorFile.Read("192.0.2.7\n", file, IndicatorFile.TimeOf(day)).Indicators);

        Assert.Equal((IndicatorFile.TimeOf(from), IndicatorFile.TimeOf(until)), (address.ValidFromUtc, address.ValidUntilUtc));
    }

    [Fact]
    public void An_address_of_a_list_without_any_day_is_refused_with_what_to_do()
    {
        IndicatorReading read = IndicatorFile.Read($"192.0.2.7\n{Hash}\n", "list.txt");

        Assert.Equal(Hash, Assert.Single(read.Indicators).Value);
        Assert.Contains("--indicators-date", Assert.Single(read.Refused).Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void Plain_lists_are_told_apart_line_by_line()
    {
        IndicatorReading read = IndicatorFile.Read(
            "### IPv4\n\n192.0.2.7\n198.51.100.0/24\n2001:db8::1\n### Hashes\n" + Hash.ToUpperInvariant() + "\n02886f9daa13f7d9855855048c54f1d6b1231b0a\n7a6c605af4b85954f62f35d648d532bf\n" +
            "### Names\naspnet\\_www.aspx\nlogon.aspx\nantSword/v2.1\nany file below this folder\n", "list_20210312.txt");

        Assert.Equal(
            [
                (IndicatorType.Ipv4, "192.0.2.7"), (IndicatorType.Network, "198.51.100.0/24"), (IndicatorType.Ipv6, "2001:db8::1"), (IndicatorType.Sha256, Hash),
                (IndicatorType.Sha1, "02886f9daa13f7d9855855048c54f1d6b1231b0a"), (IndicatorType.Md5, "7a6c605af4b85954f62f35d648d532bf"), (IndicatorType.FileName, "aspnet_www.aspx"),
            ],
            read.Indicators.Select(i => (i.Type, i.Value)));
        Assert.Equal([12, 13, 14], read.Refused.Select(r => r.Line));
    }

    [Fact]
    public void What_was_made_harmless_to_click_on_is_read_as_what_it_was()
    {
        IndicatorReading read = IndicatorFile.Read("Indicator_type,Data,Note\nurl,hxxp://evil[.]example/x,\ndomain,evil[.]example,\nDescription,Files,https://example.org/2021/03/23/report/ ?\nip,192[.]0[.]2[.]7,\n", "list.csv");

        Assert.Equal(["http://evil.example/x", "evil.example", "192.0.2.7"], read.Indicators.Select(i => i.Value));
        // The article that the list belongs to says when it was made.
        Assert.Equal(Utc(2021, 4, 22), read.Indicators[2].ValidUntilUtc);
        Assert.Equal(4, Assert.Single(read.Refused).Line);
    }

    [Fact]
    public void A_bundle_gives_the_indicators_of_its_simple_patterns_and_counts_the_others()
    {
        IndicatorReading read = IndicatorFile.Read(
            """
            { "type": "bundle", "id": "bundle--1", "objects": [
              { "type": "identity", "name": "x" },
              { "type": "indicator", "pattern_type": "stix", "pattern": "[ipv4-addr:value = '192.0.2.7' OR domain-name:value = 'evil.example']", "valid_from": "2021-03-01T00:00:00Z", "confidence": 85 },
              { "type": "indicator", "pattern_type": "stix", "pattern": "[ipv4-addr:value = '192.0.2.8']", "valid_from": "2021-03-01T00:00:00Z", "valid_until": "2021-03-05T00:00:00Z" },
              { "type": "indicator", "pattern_type": "sigma", "pattern": "title: x", "valid_from": "2021-03-01T00:00:00Z" },
              { "type": "indicator", "pattern_type": "stix", "pattern": "[file:size > 5]", "valid_from": "2021-03-01T00:00:00Z" },
              { "type": "indicator", "pattern_type": "stix", "revoked": true, "pattern": "[ipv4-addr:value = '192.0.2.9']", "valid_from": "2021-03-01T00:00:00Z" },
              { "type": "indicator", "pattern_type": "stix", "pattern": "[file:name = 'default.aspx']", "valid_from": "2021-03-01T00:00:00Z" },
              { "type": "indicator", "pattern_type": "stix", "pattern": "[file:hashes.MD5 = 'short']", "valid_from": "2021-03-01T00:00:00Z" }
            ] }
            """, "bundle.json");

        Assert.Equal([(2, "192.0.2.7", Utc(2021, 3, 31)), (2, "evil.example", null), (3, "192.0.2.8", Utc(2021, 3, 5))],
            read.Indicators.Select(i => (int.Parse(i.Source[^2..^1], System.Globalization.CultureInfo.InvariantCulture), i.Value, i.ValidUntilUtc)));
        Assert.Equal(85, read.Indicators[0].Confidence);
        Assert.Equal([4, 5, 6, 7, 8], read.Refused.Select(r => r.Line));
    }

    [Fact]
    public void Of_a_MISP_event_what_is_for_detection_is_read()
    {
        const string attributes = """
            [ { "type": "ip-dst|port", "value": "192.0.2.7|443", "to_ids": true, "first_seen": "2021-03-01T00:00:00+00:00" },
              { "type": "ip-src", "value": "192.0.2.8", "to_ids": false },
              { "type": "filename|md5", "value": "x.aspx|7a6c605af4b85954f62f35d648d532bf", "to_ids": true },
              { "type": "yara", "value": "rule x", "to_ids": true } ]
            """;
        string one = $$"""{ "Event": { "date": "2021-03-12", "Attribute": {{attributes}}, "Object": [ { "Attribute": [ { "type": "domain", "value": "evil.example", "to_ids": true } ] } ] } }""";
        foreach (string text in (string[])[one, $"{{ \"response\": [ {one} ] }}", $"[ {one} ]"])
        {
            IndicatorReading read = IndicatorFile.Read(text, "event.json");

            Assert.Equal(["192.0.2.7", "x.aspx", "7a6c605af4b85954f62f35d648d532bf", "evil.example"], read.Indicators.Select(i => i.Value));
            Assert.Equal((Utc(2021, 3, 1), Utc(2021, 3, 31)), (read.Indicators[0].ValidFromUtc, read.Indicators[0].ValidUntilUtc));
            Assert.Equal(4, Assert.Single(read.Refused).Line);
        }
    }

    [Theory]
    [InlineData("{"), InlineData("{}"), InlineData("[]"), InlineData("[[[[[[[["), InlineData("{\"type\":\"bundle\",\"objects\":{}}"), InlineData("{\"Event\":3}")]
    public void Broken_or_other_JSON_gives_nothing_and_says_so(string text) => Assert.Empty(IndicatorFile.Read(text, "x.json").Indicators);

    [Fact]
    public void No_text_makes_a_list_fail() => Gen.Select(
        Gen.Int[0, _heads.Length - 1].Select(i => _heads[i]),
        Gen.String[Gen.OneOf(Gen.Char, Gen.Char["\"',\n{}[]:0123456789./ip"]), 0, 120]).Sample((head, text) =>
        {
            IndicatorReading read = IndicatorFile.Read(head + text, "x");
            Assert.All(read.Indicators, i => Assert.Equal(i.Value, Indicator.Normalise(i.Type, i.Value)));
            Assert.All(read.Refused, r => Assert.True(r.Line >= 1 && r.Value.Length <= 123));
        });

    [Theory]
    [InlineData("192.0.2.7", "2021-03-10", true), InlineData("192.0.2.7:4711", "2021-03-10", true), InlineData("192.0.2.7", "2021-02-28", false), InlineData("192.0.2.7", "2021-03-31", false)]
    [InlineData("192.0.2.7", null, false), InlineData("192.0.2.70", "2021-03-10", false), InlineData("198.51.100.200", "2021-03-10", true), InlineData("198.51.101.1", "2021-03-10", false)]
    public void An_address_is_found_within_its_period_alone(string client, string? day, bool found)
    {
        var set = new IndicatorSet(IndicatorFile.Read("type,value,valid_from,valid_until\nip,192.0.2.7,2021-03-01,2021-03-31\nip,198.51.100.0/24,2021-03-01,2021-03-31\n", "x.csv").Indicators);

        Assert.Equal(found, set.FindAddress(client, IndicatorFile.TimeOf(day)).Any());
    }

    [Fact]
    public void A_list_that_says_the_same_twice_counts_once()
    {
        var set = new IndicatorSet(IndicatorFile.Read($"{Hash}\n{Hash}\nShell.aspx\nshell.ASPX\n", "x.txt").Indicators);

        Assert.Equal(2, set.All.Count);
        Assert.Single(set.Find(IndicatorType.FileName, "SHELL.aspx", null));
    }

    [Fact]
    public void The_feeds_of_2021_are_read_as_far_as_they_name_things()
    {
        if (Corpus.Shared() is not { } shared || !Directory.Exists(Path.Combine(shared, "evidence", "40-indicators")))
        {
            Console.WriteLine("NOT RUN: neither TOCSIN_SHARED nor ../shared holds evidence/40-indicators.");
            return;
        }

        string folder = Path.Combine(shared, "evidence", "40-indicators");
        (string File, int Indicators, int Refused)[] expected =
        [
            ("MSTICIoCs-ExchangeServerVulnerabilitiesDisclosedMarch2021.csv", 60, 1), ("volexity_indicators.csv", 13, 0), ("sophos_BlackKingDom.csv", 15, 2), ("sophos_DearCry.csv", 5, 0),
            ("scslabs_hashes.txt", 8, 0), ("scslabs_ip-addresses.txt", 0, 15), ("eset_samples.sha256", 23, 0), ("eset_samples.sha1", 23, 0), ("eset_samples.md5", 23, 0), ("dcscoder_20210313.txt", 130, 2),
        ];

        Assert.Equal(expected, expected.Select(e => (e.File, Read: IndicatorFile.Read(File.ReadAllText(Path.Combine(folder, e.File)), e.File))).Select(r => (r.File, r.Read.Indicators.Count, r.Read.Refused.Count)));
    }
}
