using Tocsin.Detection.Sigma;

namespace Tocsin.Detection.Tests.Sigma;

public sealed class PlaceholderTests
{
    static readonly SigmaPlaceholders Known = SigmaPlaceholders.Parse("# servers\r\nServers=srv*\nServers = dc1\n%Port%=44?\n\n", "p.txt", []);

    [Theory]
    [InlineData("'%Servers%'", "srv7", true)]
    [InlineData("'%servers%'", "DC1", true)]
    [InlineData("'%Servers%'", "web1", false)]
    [InlineData("'%Servers%:%Port%'", "dc1:443", true)]
    [InlineData("'\\%plain%Port%'", "%plain445", true)]
    public void A_placeholder_stands_for_its_values(string value, string field, bool fits)
    {
        var diagnostics = new List<Diagnostic>();
        string yaml = Some.Yaml("{product: exchange, service: ews}", $"a:\n  f|expand: {value}\ncondition: a");
        SigmaRule rule = Assert.Single(SigmaParser.ParseAll(yaml, "x.yml", Known, diagnostics).Rules);

        Assert.Empty(diagnostics);
        Assert.Equal(fits ? [0] : [], Some.Match(Some.Compile(Some.Plain, rule), ("f", field)));
    }

    [Fact]
    public void A_placeholder_without_a_value_is_named()
    {
        var diagnostics = new List<Diagnostic>();
        string yaml = Some.Yaml("{product: exchange, service: ews}", "a:\n  f|expand: 'x%Admins%'\ncondition: a");

        Assert.Empty(SigmaParser.ParseAll(yaml, "x.yml", Known, diagnostics).Rules);
        Assert.Contains("%Admins%", Assert.Single(diagnostics).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_line_that_names_no_placeholder_is_told_of()
    {
        var diagnostics = new List<Diagnostic>();
        SigmaPlaceholders.Parse("A=1\nnothing\n=2\n", "p.txt", diagnostics);

        Assert.Equal([2, 3], diagnostics.Select(d => d.Line));
    }
}
