using System.Text;
using CsCheck;
using Tocsin.Evidence.Artifacts;
using Tocsin.Evidence.Tests.Support;
using Tocsin.Evidence.ToolOutputs;

namespace Tocsin.Evidence.Tests.ToolOutputs;

public sealed class ToolOutputPropertyTests
{
    static readonly byte[][] _cases = [.. Directory.GetFiles(Folder(), "*.in").Order(StringComparer.Ordinal).Select(File.ReadAllBytes)];

    static string Folder([System.Runtime.CompilerServices.CallerFilePath] string file = "") => Path.Combine(Path.GetDirectoryName(file)!, "cases");

    static string Row(int number) => $"\"2021-03-03T13:{number / 60 % 60:00}:{number % 60:00}.000Z\",\"ServerInfo~a]@ex01:444/ecp/{number}.js?#\"";

    [Fact]
    public void Changed_bytes_and_cuts_never_throw_and_every_byte_and_line_is_counted()
    {
        Assert.Equal(15, _cases.Length);
        Gen.Select(Gen.Int[0, _cases.Length - 1], Gen.Int[0, 100], Gen.Select(Gen.Int[0, 10_000], Gen.Byte).Array[0, 20]).Sample((which, percent, changes) =>
        {
            byte[] content = _cases[which][..(_cases[which].Length * percent / 100)];
            if (content.Length > 0)
            {
                foreach (var (at, value) in changes) content[at % content.Length] = value;
            }

            ArtifactReader? known = ToolOutputCaseTests.Recognise([.. _cases[which].Where(b => b != 0)]);
            var sink = new CollectingSink(ToolOutputCaseTests.Fields).Read(known!, content);
            Assert.Equal(content.Length, sink.Report.Bytes);
            Assert.Equal(content.AsSpan().Count((byte)'\n') + (content.Length > 0 && content[^1] != '\n' ? 1 : 0), sink.Report.Lines);
            Assert.True(sink.Report.IsExtract);
            _ = ToolOutputCaseTests.Recognise(content);
        }, iter: 3000);
    }

    [Fact]
    public void Rows_between_damaged_rows_are_all_read()
    {
        Gen.Select(Gen.Int[0, 4], Gen.Byte.Array[1, 80]).Array[1, 15].Sample(parts =>
        {
            using var table = new MemoryStream();
            table.Write("\"DateTime\",\"AnchorMailbox\"\r\n"u8);
            int good = 0;
            foreach (var (rows, junk) in parts)
            {
                for (int i = 0; i < rows; i++) table.Write(Encoding.UTF8.GetBytes(Row(good++) + "\r\n"));
                table.Write([.. junk.Where(b => b is not ((byte)'\n' or (byte)'\r'))]);
                table.WriteByte((byte)'\n');
            }

            byte[] content = table.ToArray();
            var sink = new CollectingSink(ToolOutputCaseTests.Fields).Read(ProxyLogonOutputReader.TryRecognise(Encoding.UTF8.GetBytes("DateTime,AnchorMailbox\n"), "x")!, content);
            string[] expected = [.. Enumerable.Range(0, good).Select(i => $"ServerInfo~a]@ex01:444/ecp/{i}.js?#")];
            Assert.Equal(expected, sink.Records.Select(r => r["AnchorMailbox"]).Where(a => a.StartsWith("ServerInfo~a]", StringComparison.Ordinal)));
        }, iter: 500);
    }

    [Fact]
    public void An_open_quote_in_an_event_swallows_a_bounded_stretch_and_what_follows_is_read()
    {
        string filler = string.Concat(Enumerable.Repeat(new string('x', 99) + "\n", 800));
        byte[] content = Encoding.UTF8.GetBytes("\"TimeCreated\",\"MachineName\",\"Message\"\n\"2021-03-03 14:00:00\",\"EX01\",\"open\n" + filler + "\"2021-03-03 14:00:01\",\"EX01\",\"closed\"\n");
        var sink = new CollectingSink(ToolOutputCaseTests.Fields).Read(ProxyLogonOutputReader.TryRecognise(content, "x")!, content);
        Assert.Equal("closed", sink.Records[^1]["Message"]);
        Assert.Equal(1, sink.Report.Count(DamageKind.CutOff));
    }

    [Fact]
    public void Only_lines_that_the_filter_wants_are_handed_on_and_all_are_counted()
    {
        foreach (byte[] content in _cases)
        {
            byte[] head = [.. content.Where(b => b != 0)];
            var all = new CollectingSink(ToolOutputCaseTests.Fields).Read(ToolOutputCaseTests.Recognise(head)!, content);
            var none = new CollectingSink(ToolOutputCaseTests.Fields, new NothingFilter()).Read(ToolOutputCaseTests.Recognise(head)!, content);
            var some = new CollectingSink(ToolOutputCaseTests.Fields, new WordFilter("ServerInfo~")).Read(ToolOutputCaseTests.Recognise(head)!, content);
            Assert.Empty(none.Records);
            Assert.Equal(all.Report.Records, none.Report.Records);
            Assert.Equal(all.Records.Count(r => r["AnchorMailbox"].Contains("ServerInfo~", StringComparison.Ordinal)), some.Records.Count(r => r["AnchorMailbox"].Contains("ServerInfo~", StringComparison.Ordinal)));
        }
    }

    [Fact]
    public void A_pasted_line_over_the_limit_is_counted_and_passed_over()
    {
        byte[] content = Encoding.UTF8.GetBytes("first\n" + new string('x', 1_100_000) + "\nlast\n");
        var sink = new CollectingSink(ToolOutputCaseTests.Fields).Read(PastedTextReader.TryRecognise(content.AsSpan(0, 65536), "x")!, content);
        Assert.Equal(["first", "last"], sink.Records.Select(r => r["Line"]));
        Assert.Equal([new Damage(DamageKind.TooLong, 2, 6)], sink.Report.Located);
    }
}
