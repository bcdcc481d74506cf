using CsCheck;
using Tocsin.Triage.Reports;

namespace Tocsin.Triage.Tests.Reports;

public sealed class InertTests
{
    [Theory]
    [InlineData("C:\\inetpub\\wwwroot\\a.aspx", "C:\\inetpub\\wwwroot\\a.aspx")]
    [InlineData("Größe 大 שלום", "Größe 大 שלום")]
    [InlineData("\u001b[31m", "\\x1b[31m")]
    [InlineData("a\tb\r\nc", "a\\tb\\r\\nc")]
    [InlineData("\u202egpj.exe", "\\u202egpj.exe")]
    [InlineData("\U000e0041", "\\U000e0041")]
    [InlineData("\ud83d\ude00", "\ud83d\ude00")]
    public void What_cannot_be_seen_is_written_out_and_all_else_stays(string text, string visible) =>
        Assert.Equal(visible, Inert.Terminal(text));

    [Fact]
    public void A_letter_keeps_the_marks_that_languages_put_on_it_and_no_heap() =>
        Assert.Equal("Z\u0335\u0335\u0335\u0335\\u0335\\u0335a\u0301", Inert.Terminal("Z\u0335\u0335\u0335\u0335\u0335\u0335a\u0301"));

    [Fact]
    public void Half_a_pair_of_surrogates_is_written_out_for_people_and_replaced_for_programs()
    {
        Assert.Equal("x\\ud83d", Inert.Terminal("x\ud83d"));
        Assert.Equal("x\ufffd", Inert.Json("x\ud83d"));
    }

    [Theory]
    [InlineData("=1+1", "'=1+1")]
    [InlineData(" -1", "\" '-1\"")]
    [InlineData("a,b", "\"a,b\"")]
    [InlineData("say \"x\"", "\"say \"\"x\"\"\"")]
    [InlineData("a;=1", "\"a;'=1\"")]
    [InlineData("a=1;b", "\"a=1;b\"")]
    [InlineData("\t=1", "\\t=1")]
    [InlineData("10.0.0.1", "10.0.0.1")]
    public void A_cell_is_text(string text, string cell) => Assert.Equal(cell, Inert.Csv(text));

    [Fact]
    public void Any_text_is_one_cell_that_shows_it() =>
        Gen.String.Sample(text =>
        {
            string seen = Csv.Parse(Inert.Csv(text) + "\r\n", ',').Single().Single();
            return seen.Replace("'", "", StringComparison.Ordinal) == Inert.Terminal(text).Replace("'", "", StringComparison.Ordinal);
        });

    [Fact]
    public void A_cell_of_bytes_is_the_cell_of_their_text()
    {
        static string OfBytes(string text)
        {
            var to = new System.Buffers.ArrayBufferWriter<byte>();
            Inert.Csv(System.Text.Encoding.UTF8.GetBytes(text), to);
            return System.Text.Encoding.UTF8.GetString(to.WrittenSpan);
        }

        Gen.OneOf(Gen.String[Gen.Char[' ', '~'], 0, 12], Gen.Int[0, HostileText.All.Count - 1].Select(i => HostileText.All.Values.ElementAt(i))).Sample(text =>
            OfBytes(text) == Inert.Csv(System.Text.Encoding.UTF8.GetString(System.Text.Encoding.UTF8.GetBytes(text))));
    }

    [Fact]
    public void Any_text_comes_back_from_html() =>
        Gen.String.Sample(text => System.Net.WebUtility.HtmlDecode(Inert.Html(text)) == Inert.Terminal(text));

    [Fact]
    public void A_long_text_is_cut_between_characters_and_says_how_much_is_gone()
    {
        string text = new string('a', Inert.MaxCharacters - 1) + "\ud83d\ude00" + "bc";

        Assert.EndsWith("a... (4 more characters)", Inert.Terminal(text), StringComparison.Ordinal);
        Assert.EndsWith("a... (4 more characters)", Inert.Json(text), StringComparison.Ordinal);
    }
}
