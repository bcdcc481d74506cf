using System.Text;
using CsCheck;
using Tocsin.Evidence.Records;
using Tocsin.Triage.Timeline;

namespace Tocsin.Triage.Tests.Timeline;

public sealed class TemplateTests
{
    static string Told(string pattern, params (string Field, string Value)[] values)
    {
        var fields = new FieldSet(values.Select(v => v.Field));
        var buffer = new RecordBuffer(fields);
        foreach ((string field, string value) in values) buffer.Add(fields.IndexOf(field), Encoding.UTF8.GetBytes(value));
        byte[] to = new byte[1500];
        int length = new Template(pattern).Bind(fields).Write(new Record("x"u8, buffer, default, default), to);
        return Encoding.UTF8.GetString(to, 0, length);
    }

    [Theory]
    [InlineData("{a} said {b}", "1 said 2")]
    [InlineData("{a}[, from {c}]", "1")]
    [InlineData("{a}[, by {dash}][ and {b}]", "1 and 2")]
    [InlineData("{c|b}[ or {dash|c|a}]", "2 or 1")]
    [InlineData("[nothing {c}]", "")]
    public void A_pattern_says_what_the_record_has(string pattern, string told) =>
        Assert.Equal(told, Told(pattern, ("a", "1"), ("b", "2"), ("dash", "-")));

    [Fact]
    public void Whatever_the_evidence_holds_becomes_whole_characters_of_utf8() =>
        Gen.Select(Gen.Byte.Array[0, 40], Gen.Int[0, 40]).Sample((bytes, room) =>
        {
            byte[] to = new byte[room];
            int length = Utf8Text.Copy(bytes, to);
            string copied = new UTF8Encoding(false, throwOnInvalidBytes: true).GetString(to, 0, length);
            return Encoding.UTF8.GetString(bytes).StartsWith(copied, StringComparison.Ordinal) || copied.EndsWith('\ufffd') || bytes.Length > room;
        });

    [Fact]
    public void Every_pattern_of_the_tables_can_be_told()
    {
        string[] fields = [.. EventTemplates.Fields.Distinct(StringComparer.OrdinalIgnoreCase)];
        Assert.True(fields.Length > 60, $"Only {fields.Length} fields.");
        Assert.All(fields, f => Assert.DoesNotMatch(@"[\[\]{}|]", f));
        LogSource[] known = [new("webserver", "iis", null), new(null, "exchange", "httpproxy"), new("file", "ntfs", "mft"), new("registry", "hive", null)];
        Assert.All(known, s => Assert.NotEmpty(Templates.For(s).Fields));
        Assert.Null(Templates.For(new("webpage", "iis", null)).Text);
    }

    [Fact]
    public void Telling_a_record_allocates_nothing()
    {
        Telling telling = Templates.For(new("webserver", "iis", null));
        var fields = new FieldSet(telling.Fields);
        var buffer = new RecordBuffer(fields);
        foreach (string field in telling.Fields) buffer.Add(fields.IndexOf(field), "a value of some length"u8);
        Template.Bound template = telling.Text!.Bind(fields);
        byte[] to = new byte[1500];
        for (int i = 0; i < 1000; i++) template.Write(new Record("x"u8, buffer, default, default), to);
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 1000; i++) template.Write(new Record("x"u8, buffer, default, default), to);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }
}
