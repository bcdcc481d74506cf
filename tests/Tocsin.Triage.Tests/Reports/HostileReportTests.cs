using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using System.Xml;
using Tocsin.Triage.Reports;
using Tocsin.Triage.Tests.Support;

namespace Tocsin.Triage.Tests.Reports;

/// <summary>A report in which every single string is hostile, through every writer.</summary>
public sealed partial class HostileReportTests
{
    static readonly string[] _elements =
    [
        "a", "article", "b", "bdi", "body", "circle", "code", "dd", "defs", "details", "div", "dl", "dt", "figcaption", "figure", "footer", "g", "h1", "h2", "h3", "h4",
        "head", "header", "html", "li", "main", "meta", "ol", "p", "path", "pattern", "rect", "section", "small", "span", "strong", "style", "summary", "svg", "table",
        "tbody", "td", "text", "th", "thead", "title", "tr", "ul",
    ];

    static readonly string[] _attributes =
    [
        "aria-current", "aria-hidden", "aria-label", "aria-labelledby", "charset", "class", "content", "cx", "cy", "d", "height", "href", "http-equiv", "id", "lang", "name",
        "patternTransform", "patternUnits", "preserveAspectRatio", "r", "role", "rx", "scope", "text-anchor", "viewBox", "width", "x", "xmlns", "y",
    ];

    public static TheoryData<string> Hostile => HostileText.Names;

    static ScanReport Everywhere(string text)
    {
        ScanReport report = Some.ReportOfManyServers();
        return Rewritten.Strings(report with { Servers = [.. report.Servers.Take(5)], Problems = [new Problem("x", "x")] }, _ => text);
    }

    [Theory, MemberData(nameof(Hostile))]
    public void The_terminal_gets_nothing_but_what_can_be_seen(string name)
    {
        string text = Rendered.Text(Everywhere(HostileText.All[name]), "txt");

        Assert.Empty(Hidden(text.Replace("\n", "", StringComparison.Ordinal)));
        Assert.All(text.Split('\n'), line => Assert.InRange(line.EnumerateRunes().Count(r => Rune.GetUnicodeCategory(r) is not (UnicodeCategory.NonSpacingMark or UnicodeCategory.EnclosingMark)), 0, 80));
    }

    [Theory, MemberData(nameof(Hostile))]
    public void A_quiet_line_cannot_be_forged(string name)
    {
        ScanReport report = Everywhere(HostileText.All[name]);

        string[] lines = Rendered.Text(report, "quiet").TrimEnd('\n').Split('\n');

        Assert.Equal(report.Servers.Sum(s => s.Waves.Count), lines.Length);
        Assert.All(lines, line => Assert.Equal(5, line.Count(c => c == '\t')));
        Assert.Empty(Hidden(string.Concat(lines).Replace("\t", "", StringComparison.Ordinal)));
    }

    [Theory, MemberData(nameof(Hostile))]
    public void Colours_add_only_colours(string name)
    {
        ScanReport report = Everywhere(HostileText.All[name]);
        var coloured = new StringWriter();
        TextReport.Write(report, coloured, new TextReportOptions(Colour: true, Width: 80, Quiet: false));

        Assert.Contains("\u001b[1;31m", coloured.ToString(), StringComparison.Ordinal);
        Assert.Equal(Rendered.Text(report, "txt"), Colour().Replace(coloured.ToString(), ""));
    }

    [Theory, MemberData(nameof(Hostile))]
    public void Html_has_the_elements_of_a_harmless_report_and_no_others(string name)
    {
        List<string> harmless = Structure(Rendered.Text(Everywhere("x"), "html"), out _);

        List<string> hostile = Structure(Rendered.Text(Everywhere(HostileText.All[name]), "html"), out string text);

        Assert.Equal(harmless, hostile);
        Assert.Empty(Hidden(text.Replace("\n", "", StringComparison.Ordinal)));
    }

    [Theory, MemberData(nameof(Hostile))]
    public void No_cell_of_the_timeline_is_a_formula(string name)
    {
        List<List<string>> rows = Csv.Parse(Rendered.Text(Everywhere(HostileText.All[name]), "csv"), ',');

        Assert.True(rows.Count > 60);
        Assert.All(rows, row => Assert.Equal(14, row.Count));
        Assert.All(rows.SelectMany(r => r), cell => Assert.False(IsFormula(cell), cell));
        Assert.Empty(Hidden(string.Concat(rows.SelectMany(r => r))));
    }

    [Theory, MemberData(nameof(Hostile))]
    public void No_cell_is_a_formula_where_semicolons_part_the_cells(string name)
    {
        List<List<string>> rows = Csv.Parse(Rendered.Text(Everywhere(HostileText.All[name]), "csv"), ';');

        Assert.True(rows.Count > 60);
        Assert.All(rows.SelectMany(r => r), cell => Assert.False(IsFormula(cell), cell));
    }

    [Theory, MemberData(nameof(Hostile))]
    public void Json_is_ascii_and_gives_the_text_back(string name)
    {
        string hostile = HostileText.All[name];
        byte[] json = Rendered.Bytes(Everywhere(hostile), "json");

        Assert.DoesNotContain(json, b => b is not ((byte)'\n' or (>= 0x20 and < 0x7F)));
        using JsonDocument document = JsonDocument.Parse(json);
        JsonElement server = document.RootElement.GetProperty("servers")[3];
        string whole = string.Concat(hostile.EnumerateRunes());
        Assert.Equal(whole, server.GetProperty("name").GetString());
        Assert.Equal(whole, server.GetProperty("waves")[0].GetProperty("findings")[0].GetProperty("evidence")[0].GetProperty("text").GetString());
    }

    [Fact]
    public void Json_holds_every_string_of_the_model()
    {
        int count = 0;
        ScanReport report = Rewritten.Strings(Some.ReportOfACompromisedServer(), _ => $"string {++count}");

        string json = Rendered.Text(report, "json");

        Assert.InRange(count, 300, int.MaxValue);
        Assert.All(Enumerable.Range(1, count), i => Assert.Contains($"\"string {i}\"", json, StringComparison.Ordinal));
    }

    [Fact]
    public void A_long_name_does_not_push_the_verdict_off_the_screen()
    {
        ScanReport report = Some.ReportOfACompromisedServer();
        report = report with { Servers = [report.Servers[0] with { Name = string.Concat(Enumerable.Repeat("\U0001f600\u5927", 3_000)) }] };

        Assert.Contains(": COMPROMISED", Rendered.Text(report, "txt").Split('\n')[0], StringComparison.Ordinal);
        Assert.InRange(Rendered.Text(report, "html").IndexOf("<p class=\"word\">Compromised", StringComparison.Ordinal), 1, 25_000);
    }

    [Fact]
    public void A_line_of_ten_megabytes_does_not_make_a_report_of_gigabytes()
    {
        string line = string.Concat(Enumerable.Repeat("<a>=\u202e ", 10_000_000 / 6));
        ScanReport report = Rewritten.Strings(Some.ReportOfACompromisedServer(), _ => line);

        Assert.All(Rendered.Formats, format => Assert.InRange(Rendered.Bytes(report, format).Length, 1, 60_000_000));
        Assert.Contains("more characters)", Rendered.Text(report, "csv"), StringComparison.Ordinal);
    }

    static bool IsFormula(string cell) => cell.TrimStart(' ', '"') is ['=' or '+' or '-' or '@' or '\t' or '\r' or '＝' or '＋' or '－' or '＠', ..];

    static IEnumerable<string> Hidden(string text)
    {
        for (int i = 0; i < text.Length; i++)
        {
            if (!Rune.TryGetRuneAt(text, i, out Rune rune))
            {
                yield return $"half a pair at {i}";
                continue;
            }

            if (rune.Utf16SequenceLength == 2) i++;
            if (Rune.GetUnicodeCategory(rune) is UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator
                or UnicodeCategory.ParagraphSeparator or UnicodeCategory.PrivateUse or UnicodeCategory.OtherNotAssigned) yield return $"U+{rune.Value:X4} at {i}";
        }
    }

    /// <summary>The page as XML: every start of an element with the names of its attributes, and all text and values but the style sheet.</summary>
    static List<string> Structure(string html, out string text)
    {
        var structure = new List<string>();
        var words = new StringBuilder();
        using var reader = XmlReader.Create(new StringReader(html), new XmlReaderSettings { DtdProcessing = DtdProcessing.Ignore, XmlResolver = null });
        bool inStyle = false;
        while (reader.Read())
        {
            if (reader.NodeType is XmlNodeType.Text or XmlNodeType.SignificantWhitespace && !inStyle) words.Append(reader.Value);
            Assert.True(reader.NodeType is XmlNodeType.Element or XmlNodeType.EndElement or XmlNodeType.Text or XmlNodeType.Whitespace or XmlNodeType.DocumentType, reader.NodeType.ToString());
            inStyle = reader is { NodeType: XmlNodeType.Element, Name: "style" };
            if (reader.NodeType != XmlNodeType.Element) continue;
            string element = reader.Name;
            Assert.Contains(element, _elements);
            var names = new List<string>();
            while (reader.MoveToNextAttribute())
            {
                Assert.Contains(reader.Name, _attributes);
                if (reader.Name == "href") Assert.StartsWith("#", reader.Value, StringComparison.Ordinal);
                if (reader.Name is "class" or "id") Assert.Matches("^[a-z0-9 -]+$", reader.Value);
                words.Append(reader.Value);
                names.Add(reader.Name);
            }

            structure.Add($"{element} {string.Join(' ', names)}");
        }

        text = words.ToString();
        return structure;
    }

    [GeneratedRegex("\u001b\\[[0-9;]+m")]
    private static partial Regex Colour();
}
