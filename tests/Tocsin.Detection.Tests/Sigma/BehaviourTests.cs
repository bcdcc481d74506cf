using System.Text;
using Tocsin.Detection.Sigma;

namespace Tocsin.Detection.Tests.Sigma;

/// <summary>What the Sigma specification says of values, modifiers and conditions; each with a record that fits and one that does not.</summary>
public sealed class BehaviourTests
{
    [Theory]
    // Values: whole, without case, also outside ASCII.
    [InlineData("f: abc", "f=ABC", "f=abcd")]
    [InlineData("f: straße", "f=STRAßE", "f=strasse")]
    [InlineData("f: Überfall", "f=überfall", "f=uberfall")]
    [InlineData("f: ''", "f=", "f=x")]
    [InlineData("f: ''", "f=-", "g=x")]
    [InlineData("f: [abc, def]", "f=DEF", "f=abcdef")]
    [InlineData("f: abc\ng: def", "f=abc\ng=def", "f=abc\ng=x")]
    [InlineData("- f: abc\n- g: def", "g=def", "f=def\ng=abc")]
    [InlineData("- f: abc\n  g: x\n- g: def", "g=def", "f=abc")]
    // A field with several values fits with any of them.
    [InlineData("f: abc", "f=x\nf=abc", "f=x\nf=y")]
    // Numbers, as written and as valued.
    [InlineData("f: 200", "f=200", "f=2000")]
    [InlineData("f: 200", "f=0200", "f=2e2")]
    [InlineData("f: 200", "f=200.0", "f=20")]
    [InlineData("f: -1", "f=-1", "f=1")]
    [InlineData("f: '200'", "f=200", "f=0200")]
    [InlineData("f: true", "f=True", "f=1")]
    // Null is absent, empty or the placeholder of logs with columns.
    [InlineData("f: null", "g=x", "f=x")]
    [InlineData("f: null", "f=", "f=null")]
    [InlineData("f: ~", "f=-", "f=--")]
    [InlineData("f: [null, abc]", "g=x", "f=x")]
    [InlineData("f: [null, abc]", "f=abc", "f=x")]
    // Wildcards and their escapes.
    [InlineData("f: a*c", "f=aXXc", "f=aXXd")]
    [InlineData("f: a*c", "f=ac", "f=ca")]
    [InlineData("f: '*abc'", "f=xabc", "f=abcx")]
    [InlineData("f: 'abc*'", "f=abcx", "f=xabc")]
    [InlineData("f: 'a*b*c'", "f=a1b2c", "f=a1c2b")]
    [InlineData("f: 'ab*bc'", "f=abbc", "f=abc")]
    [InlineData("f: 'a?c'", "f=aéc", "f=ac")]
    [InlineData("f: 'a??c'", "f=abbc", "f=abc")]
    [InlineData("f: '?*'", "f=x", "f=")]
    [InlineData("f: '*'", "f=x", "f=-")]
    [InlineData("f: '*'", "f=x", "g=x")]
    [InlineData(@"f: 'a\*c'", "f=a*c", "f=abc")]
    [InlineData(@"f: 'a\?c'", "f=a?c", "f=abc")]
    [InlineData(@"f: 'a\c'", @"f=a\c", "f=ac")]
    [InlineData(@"f: 'a\\c'", @"f=a\c", @"f=a\\c")]
    [InlineData(@"f: 'a\\\\c'", @"f=a\\c", @"f=a\c")]
    [InlineData(@"f: 'a\\*c'", @"f=a\xxc", "f=a*c")]
    [InlineData(@"f: 'a\\\*c'", @"f=a\*c", @"f=a\xc")]
    [InlineData(@"f: 'abc\'", @"f=abc\", "f=abc")]
    // Where in the value.
    [InlineData("f|contains: abc", "f=xxABCxx", "f=ab c")]
    [InlineData("f|contains: a*c", "f=xxaBBcxx", "f=cba")]
    [InlineData("f|contains: [abc, def]", "f=xdefx", "f=xdex")]
    [InlineData("f|startswith: abc", "f=ABCx", "f=xabc")]
    [InlineData("f|endswith: abc", "f=xABC", "f=abcx")]
    [InlineData("f|endswith: a?c", "f=xacabc", "f=abcx")]
    [InlineData("f|contains|all: [abc, def]", "f=defabc", "f=abcabc")]
    [InlineData("f|contains|all: [abc, def]", "f=abc\nf=def", "f=abc")]
    [InlineData("f|contains: ÄB", "f=xäbx", "f=xabx")]
    // Case.
    [InlineData("f|cased: abc", "f=abc", "f=ABC")]
    [InlineData("f|contains|cased: Äb", "f=xÄbx", "f=xäbx")]
    // Regular expressions: with case, anywhere, as written.
    [InlineData("f|re: 'a+b'", "f=xxaabxx", "f=AAB")]
    [InlineData("f|re: '^a.c$'", "f=abc", "f=xabc")]
    [InlineData("f|re|i: 'A+b'", "f=aaB", "f=b")]
    [InlineData("f|re: '(?i)a+b'", "f=AAB", "f=b")]
    [InlineData("f|re: ['aaa', 'bbb']", "f=bbb", "f=ccc")]
    [InlineData("f|re|all: ['aaa', 'bbb']", "f=bbbaaa", "f=bbb")]
    [InlineData(@"f|re: '(a)\1'", "f=aa", "f=ab")]
    [InlineData("f|re: '(?<!x)abc'", "f=yabc", "f=xabc")]
    [InlineData(@"f|re: '\\temp\\[a-z]{3}\.exe'", @"f=c:\temp\abc.exe", @"f=c:\temp\abcd.exe")]
    // Networks.
    [InlineData("f|cidr: 10.0.0.0/8", "f=10.1.2.3", "f=11.1.2.3")]
    [InlineData("f|cidr: 10.1.2.3/24", "f=10.1.2.255", "f=10.1.3.1")]
    [InlineData("f|cidr: 10.1.2.3", "f=10.1.2.3", "f=10.1.2.4")]
    [InlineData("f|cidr: 0.0.0.0/0", "f=9.9.9.9", "f=::1")]
    [InlineData("f|cidr: 10.0.0.0/8", "f=::ffff:10.1.2.3", "f=1010")]
    [InlineData("f|cidr: 'fe80::/10'", "f=fe80::1%12", "f=fd00::1")]
    [InlineData("f|cidr: '2001:db8::/32'", "f=2001:0DB8:1:2:3:4:5:6", "f=2001:db9::1")]
    [InlineData("f|cidr: '::1/128'", "f=[::1]", "f=1::")]
    [InlineData("f|cidr: ['10.0.0.0/8', '192.168.0.0/16']", "f=192.168.1.1", "f=192.169.1.1")]
    // Comparisons.
    [InlineData("f|lt: 10", "f=9", "f=10")]
    [InlineData("f|lte: 10", "f=10", "f=10.5")]
    [InlineData("f|gt: 10", "f=100", "f=10")]
    [InlineData("f|gte: 10", "f=10.0", "f=9")]
    [InlineData("f|gt: -5", "f=-4", "f=x")]
    [InlineData("f|neq: abc", "f=abcd", "f=ABC")]
    [InlineData("f|neq: abc", "g=x", "f=abc")]
    [InlineData("f|neq: [abc, def]", "f=x", "f=def")]
    [InlineData("f|exists: true", "f=", "g=x")]
    [InlineData("f|exists: true", "f=x", "f=-")]
    [InlineData("f|exists: false", "g=x", "f=x")]
    // Encodings. Ym9yZGVy, JvcmRlc, ib3JkZX are "border" at the three offsets.
    [InlineData("f|base64: border", "f=Ym9yZGVy", "f=border")]
    [InlineData("f|base64|contains: border", "f=xxYm9yZGVyxx", "f=border")]
    [InlineData("f|base64offset|contains: border", "f=xxYm9yZGVyxx", "f=border")]
    [InlineData("f|base64offset|contains: border", "f=xJvcmRlcx", "f=border")]
    [InlineData("f|base64offset|contains: border", "f=xib3JkZXx", "f=border")]
    [InlineData("f|wide|base64offset|contains: abc", "f=YQBiAGMA", "f=YWJj")]
    [InlineData("f|utf16le|base64: ab", "f=YQBiAA==", "f=AGEAYg==")]
    [InlineData("f|utf16be|base64: ab", "f=AGEAYg==", "f=YQBiAA==")]
    [InlineData("f|utf16|base64: ab", "f=//5hAGIA", "f=YQBiAA==")]
    [InlineData("f|wide|contains: ab", "f=xa\0b\0x", "f=xabx")]
    // Dashes: - / – — ― before an option, not within a word.
    [InlineData("f|windash|contains: ' -enc '", "f=x /enc y", "f=x +enc y")]
    [InlineData("f|contains|windash: ' -enc '", "f=x –enc y", "f=x .enc y")]
    [InlineData("f|contains|windash: ' /f x-y'", "f=a ―f x-y", "f=a -f x/y")]
    [InlineData("f|contains|windash: ['-a', '-b']", "f=—b", "f=b")]
    [InlineData("f|windash|base64offset|contains: '-enc'", "f=xL2VuYx", "f=x-enc")]
    // Another field.
    [InlineData("f|fieldref: g", "f=Abc\ng=aBC", "f=abc\ng=abcd")]
    [InlineData("f|fieldref: g", "f=Äbc\ng=äBC", "f=abc")]
    [InlineData("f|fieldref|startswith: g", "f=abcd\ng=AB", "f=abcd\ng=cd")]
    [InlineData("f|fieldref|endswith: g", "f=abcd\ng=CD", "f=abcd\ng=ab")]
    [InlineData("f|fieldref|contains: g", "f=abcd\ng=BC", "f=abcd\ng=bd")]
    [InlineData("f|fieldref|cased: g", "f=abc\ng=abc", "f=abc\ng=ABC")]
    // Parts of a time, in UTC.
    [InlineData("f|hour: 23", "f=2021-03-03T00:30:00+01:00", "f=2021-03-03T23:30:00+01:00")]
    [InlineData("f|hour|gte: 18", "f=2021-03-03 18:00:00Z", "f=2021-03-03 17:59:59Z")]
    [InlineData("f|minute: 5", "f=2021-03-03T10:05:59Z", "f=2021-03-03T05:10:00Z")]
    [InlineData("f|day: 3", "f=2021-03-03T10:05:59Z", "f=2021-03-04T00:00:00Z")]
    [InlineData("f|week: 53", "f=2021-01-02T10:05:59Z", "f=2021-01-05T00:00:00Z")]
    [InlineData("f|month|lt: 3", "f=2021-02-28T10:05:59Z", "f=2021-03-01T00:00:00Z")]
    [InlineData("f|year: 2021", "f=2021-02-28T10:05:59Z", "f=no time")]
    // Keywords: anywhere in the record.
    [InlineData("- abc\n- def", "f=x\ng=xDEFx", "f=ab\ng=de")]
    [InlineData("abc", "f=xabcx", "f=x")]
    [InlineData("- a*c", "f=xabbbc", "f=cba")]
    [InlineData("'|all': [abc, 200]", "f=abc\ng=200", "f=abc")]
    [InlineData("'|re': 'ab+c'", "f=xabbc", "f=xac")]
    [InlineData("- abc\n- f: def", "f=def", "f=ghi")]
    public void A_selection_fits_the_first_record_and_not_the_second(string selection, string fits, string doesNot)
    {
        SourceRules rules = Some.Compile(Some.Plain, Some.Selecting(selection));
        (string Name, string Value)[] values = Some.Fields(fits);

        Assert.Equal([0], Some.Match(rules, values));
        Assert.Empty(Some.Match(rules, Some.Fields(doesNot)));
        Assert.True(rules.FindCandidate(Encoding.UTF8.GetBytes(string.Join(' ', values.Select(v => v.Value)) + "\n"), 0) >= 0, "The prefilter withholds a line that matches.");
    }

    [Theory]
    [InlineData("f|re: '^b$'", false)]
    [InlineData("f|re|m: '^b$'", true)]
    [InlineData("f|re: 'a.b'", false)]
    [InlineData("f|re|s: 'a.b'", true)]
    [InlineData("f|re|i|s: 'A.B'", true)]
    [InlineData("f: 'a*c'", true)]
    [InlineData("f: 'a?b?c'", true)]
    public void A_value_of_several_lines_fits_where_it_was_asked_for(string selection, bool fits) =>
        Assert.Equal(fits ? [0] : [], Some.Match(Some.Compile(Some.Plain, Some.Selecting(selection)), ("f", "a\nb\nc")));

    [Theory]
    [InlineData("a", "a", "b")]
    [InlineData("not a", "b", "a")]
    [InlineData("a and b", "ab", "a")]
    [InlineData("a or b", "b", "c")]
    [InlineData("a or b and c", "a", "b")]
    [InlineData("(a or b) and c", "bc", "a")]
    [InlineData("not a and b", "b", "ab")]
    [InlineData("not (a and b)", "a", "ab")]
    [InlineData("not not a", "a", "b")]
    [InlineData("a AND NOT b", "a", "ab")]
    [InlineData("1 of x_*", "d", "abc")]
    [InlineData("any of x_*", "d", "abc")]
    [InlineData("all of x_*", "de", "d")]
    [InlineData("2 of them", "ab", "a")]
    [InlineData("2 of them", "ce", "")]
    [InlineData("1 of them", "a", "h")]
    [InlineData("all of them", "abcde", "abcd")]
    [InlineData("1 of a", "a", "b")]
    [InlineData("a and not 1 of x_*", "ab", "ae")]
    [InlineData("1 of _h", "h", "a")]
    [InlineData("[a and b, c]", "c", "b")]
    [InlineData("[a and b, c]", "ab", "a")]
    public void A_condition_holds_for_the_first_selections_and_not_for_the_second(string condition, string holds, string doesNot)
    {
        string[] names = ["a", "b", "c", "x_d", "x_e", "_h"];
        string detection = string.Join('\n', names.Select(n => $"{n}:\n  {n[^1]}: seen")) + $"\ncondition: {condition}";
        var diagnostics = new List<Diagnostic>();
        SigmaRule rule = Assert.Single(SigmaParser.Parse(Some.Yaml("{product: exchange, service: ews}", detection), "c.yml", diagnostics));
        Assert.All(diagnostics, d => Assert.Equal(SigmaCodes.UnusedSelection, d.Code));
        SourceRules rules = RuleSet.Compile([rule], [], []).For(Some.Plain);

        Assert.Equal([0], Some.Match(rules, [.. holds.Select(c => (c.ToString(), "seen"))]));
        Assert.Empty(Some.Match(rules, [.. doesNot.Select(c => (c.ToString(), "seen"))]));
    }
}
