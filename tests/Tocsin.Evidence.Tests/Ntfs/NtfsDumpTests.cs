using System.Text;
using System.Text.Json;
using Tocsin.Evidence.Artifacts;
using Tocsin.Evidence.Ntfs;

namespace Tocsin.Evidence.Tests.Ntfs;

public class NtfsDumpTests
{
    static JsonElement[] Dump(byte[] bytes, string path, ReadReport report)
    {
        using var output = new MemoryStream();
        Assert.True(NtfsDump.Write(() => new MemoryStream(bytes), path, output, report));
        return [.. Encoding.UTF8.GetString(output.ToArray()).Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(l => JsonDocument.Parse(l).RootElement)];
    }

    [Fact]
    public void Every_entry_of_a_table_is_a_line_with_all_its_names()
    {
        var report = new ReadReport();
        JsonElement[] lines = Dump(MadeSamples.EverySort().ToBytes(), "$MFT", report);
        Assert.Equal(lines.Length, report.Records);
        JsonElement page = Assert.Single(lines, l => PathsOf(l).Contains(@"\inetpub\wwwroot\aspnet_client\x.aspx"));
        Assert.Equal(MadeTable.Then, page.GetProperty("SI_Created").GetString());
        Assert.Equal("Zone.Identifier", page.GetProperty("Streams")[0].GetProperty("Stream").GetString());
        Assert.Equal(2, lines.Count(l => PathsOf(l).Any(p => p is @"\LONGNA~1.ASP" or @"\second.txt")) + lines.Count(l => l.TryGetProperty("Base", out _)));
        Assert.Contains(lines, l => PathsOf(l).Contains(@"?\orphan.ashx"));
    }

    [Fact]
    public void Every_record_of_a_journal_is_a_line()
    {
        JsonElement[] lines = Dump(MadeSamples.Journal().ToBytes(), "$J", new ReadReport());
        Assert.Equal(7, lines.Length);
        Assert.Equal("FILE_CREATE", lines[0].GetProperty("Reason")[0].GetString());
        Assert.Equal(["supp0rt.aspx", "supp0rt.aspx", "notes.txt", "notes.aspx", "supp0rt.aspx", "wide"], lines.Where(l => l.TryGetProperty("Name", out _)).Select(l => l.GetProperty("Name").GetString()));
    }

    [Fact]
    public void What_is_neither_is_not_dumped()
    {
        using var output = new MemoryStream();
        Assert.False(NtfsDump.Write(() => new MemoryStream("#Fields: date"u8.ToArray()), "$J", output, new ReadReport()));
        Assert.Equal(0, output.Length);
    }

    static IEnumerable<string?> PathsOf(JsonElement line) => line.TryGetProperty("Names", out JsonElement names) ? names.EnumerateArray().Select(n => n.GetProperty("Path").GetString()) : [];
}
