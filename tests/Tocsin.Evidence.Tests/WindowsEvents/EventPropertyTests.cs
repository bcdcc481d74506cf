using System.Text;
using CsCheck;
using Tocsin.Evidence.Artifacts;
using Tocsin.Evidence.Records;
using Tocsin.Evidence.Tests.Support;
using Tocsin.Evidence.WindowsEvents;

namespace Tocsin.Evidence.Tests.WindowsEvents;

public sealed class EventPropertyTests
{
    static readonly string[] _fields = ["Channel", "EventID", "Computer", "CommandLine", "Message"];

    static string Event(int number) =>
        $$"""{"Channel":"Security","EventID":4688,"Hostname":"EX01","TimeCreated":"2021-03-03T13:{{number / 60 % 60:00}}:{{number % 60:00}}Z","CommandLine":"c:\\n {{number}}","Message":"\u003cm\u003e"}""";

    static byte[] Log(int events) => Encoding.UTF8.GetBytes(string.Concat(Enumerable.Range(0, events).Select(i => Event(i) + "\n")));

    static CollectingSink Read(byte[] content, ILineFilter? filter = null) =>
        new CollectingSink(_fields, filter).Read(EventJsonReader.TryRecognise(Log(1), "x")!, new ChunkedStream(content));

    [Fact]
    public void A_file_cut_anywhere_gives_every_whole_line_before_the_cut()
    {
        byte[] log = Log(20);
        Gen.Int[0, log.Length].Sample(cut =>
        {
            CollectingSink sink = Read(log[..cut]);
            int whole = log.AsSpan(0, cut).Count((byte)'\n');
            bool lastIsWhole = cut > 0 && log[cut - 1] == '}' && log[Math.Min(cut, log.Length - 1)] == '\n';
            Assert.Equal(whole + (lastIsWhole ? 1 : 0), sink.Records.Count);
            Assert.Equal(cut > 0 && log[cut - 1] != '\n' && !lastIsWhole ? 1 : 0, sink.Report.Count(DamageKind.CutOff));
        }, iter: 500);
    }

    [Fact]
    public void Lines_between_damaged_lines_are_all_read_and_the_damage_is_counted() =>
        Gen.Select(Gen.Int[0, 5], Gen.Byte.Array[1, 200], Gen.Int[0, 3]).Array[1, 20].Sample(parts =>
        {
            using var log = new MemoryStream();
            int good = 0, bad = 0;
            foreach (var (lines, junk, kind) in parts)
            {
                for (int i = 0; i < lines; i++) log.Write(Encoding.UTF8.GetBytes(Event(good++) + "\n"));
                byte[] damaged = [.. junk.Where(b => b is not ((byte)'\n' or (byte)'\r' or (byte)' ' or (byte)'\t' or (byte)'[' or (byte)']' or (byte)','))];
                if (kind > 0) damaged = Encoding.UTF8.GetBytes(Event(0))[..(10 * kind)];
                if (damaged.Length == 0 || damaged is [0xEF, 0xBB, 0xBF, ..]) continue;
                bad++;
                log.Write(damaged);
                log.WriteByte((byte)'\n');
            }

            CollectingSink sink = Read(log.ToArray());
            Assert.Equal(Enumerable.Range(0, good).Select(i => @"c:\n " + i), sink.Records.Select(r => r["CommandLine"]));
            Assert.Equal(bad, Enum.GetValues<DamageKind>().Sum(sink.Report.Count));
        }, iter: 300);

    [Fact]
    public void Changed_bytes_never_throw_and_never_lose_a_line()
    {
        byte[] pretty = Encoding.UTF8.GetBytes("[\n  {\n    \"Channel\": \"Security\",\n    \"EventID\": 1,\n    \"Data\": [ {\"@Name\": \"a\", \"#text\": \"b\"} ]\n  },\n  {\n    \"Channel\": \"x\"\n  }\n]\n");
        Gen.Select(Gen.Bool, Gen.Select(Gen.Int[0, 10_000], Gen.Byte).Array[1, 30]).Sample((usePretty, changes) =>
        {
            byte[] original = usePretty ? pretty : Log(10);
            byte[] content = [.. original];
            foreach (var (at, value) in changes) content[at % content.Length] = value;
            var reader = EventJsonReader.TryRecognise(original, "x");
            var sink = new CollectingSink(_fields).Read(reader!, content);
            Assert.Equal(content.Length, sink.Report.Bytes);
            long lines = content.AsSpan().Count((byte)'\n') + (content[^1] == '\n' ? 0 : 1);
            Assert.Equal(lines, sink.Report.Lines);
            _ = EventJsonReader.TryRecognise(content, "x");
        }, iter: 2000);
    }

    [Fact]
    public void The_filter_changes_what_is_handed_on_and_not_what_is_counted() =>
        Gen.Int[0, 40].Sample(events =>
        {
            CollectingSink all = Read(Log(events)), none = Read(Log(events), new NothingFilter()), some = Read(Log(events), new WordFilter("<m>"));
            Assert.Empty(none.Records);
            Assert.Equal(all.Records.Count, some.Records.Count);
            Assert.Equal(all.Report.Records, none.Report.Records);
            Assert.Equal(all.Report.Hours, none.Report.Hours);
            Assert.Equal(all.Report.Hosts, none.Report.Hosts);
            Assert.Equal((all.Report.FirstUtc, all.Report.LastUtc), (none.Report.FirstUtc, none.Report.LastUtc));
        }, iter: 50);

    [Fact]
    public void A_line_over_the_limit_is_skipped_and_counted_and_the_rest_is_read()
    {
        byte[] log = [.. Log(2), .. Encoding.UTF8.GetBytes("{\"Channel\":\"" + new string('x', 5_000_000) + "\"}\n"), .. Log(3)];
        CollectingSink sink = Read(log);
        Assert.Equal(5, sink.Records.Count);
        Assert.Equal(6, sink.Report.Lines);
        Assert.Equal([new Damage(DamageKind.TooLong, 3, Log(2).Length)], sink.Report.Located);
        Assert.Equal(log.Length, sink.Report.Bytes);
    }

    [Fact]
    public void However_the_stream_is_cut_into_reads_every_event_is_read_once_at_its_place()
    {
        byte[] log = Log(6_000);
        long[] offsets = [0, .. log.Index().Where(b => b.Item == '\n').Select(b => b.Index + 1L).SkipLast(1)];
        byte[] pretty = Encoding.UTF8.GetBytes("[\n" + string.Join(",\n", Enumerable.Range(0, 6_000).Select(i => "  " + Event(i).Replace(",\"", ",\n    \"", StringComparison.Ordinal))) + "\n]\n");
        Gen.Int[1_000, 300_000].Sample(chunk =>
        {
            var lines = new CollectingSink(_fields, new WordFilter("<m>")).Read(EventJsonReader.TryRecognise(log.AsSpan(0, 4096), "x")!, new ChunkedStream(log, chunk));
            Assert.Equal(offsets, lines.Records.Select(r => r.Position.Offset));
            Assert.Equal(Enumerable.Range(1, 6_000).Select(i => (long)i), lines.Records.Select(r => r.Position.Line));
            var values = new CollectingSink(_fields).Read(EventJsonReader.TryRecognise(pretty.AsSpan(0, 4096), "x")!, new ChunkedStream(pretty, chunk));
            Assert.Equal(lines.Records.Select(r => r["CommandLine"]), values.Records.Select(r => r["CommandLine"]));
            Assert.All(values.Records, r => Assert.Equal((byte)'{', pretty[r.Position.Offset]));
            Assert.Empty(lines.Report.Located);
            Assert.Empty(values.Report.Located);
        }, iter: 6);
    }

    [Fact]
    public void Two_events_on_one_line_are_both_read_and_a_line_of_thousands_is_not_followed_for_ever()
    {
        Assert.Equal(2, Read(Encoding.UTF8.GetBytes(Event(0) + Event(1) + "\n")).Records.Count);
        CollectingSink sink = Read(Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat(Event(0), 5000)) + "\n"));
        Assert.Equal(64, sink.Records.Count);
        Assert.Equal(1, sink.Report.Count(DamageKind.Malformed));
    }

    [Fact]
    public void Nothing_is_allocated_for_a_line_that_is_no_candidate()
    {
        byte[] small = Log(5_000), big = Log(50_000);
        long Allocated(byte[] log)
        {
            var context = new ReadContext(_ => new RecordTarget(FieldSet.Empty, new NothingFilter(), null!), new ReadReport());
            var reader = EventJsonReader.TryRecognise(log.AsSpan(0, 4096), "x")!;
            var stream = new MemoryStream(log);
            long before = GC.GetAllocatedBytesForCurrentThread();
            reader.Read(stream, context);
            return GC.GetAllocatedBytesForCurrentThread() - before;
        }

        Allocated(small);
        long difference = Allocated(big) - Allocated(small);
        Assert.True(difference < 1_000, $"{difference} bytes more for 45,000 more lines");
    }

    [Theory]
    [InlineData("")]
    [InlineData("plain text")]
    [InlineData("{\"a\":1}")]
    [InlineData("#Fields: date time EventID Channel")]
    [InlineData("{\"Channel\":\"x\"")]
    public void Other_text_is_not_taken_for_events(string text) => Assert.Null(EventJsonReader.TryRecognise(Encoding.UTF8.GetBytes(text), "events.json"));

    /// <summary>Gives a few bytes at a time, so that every place is once the end of a buffer.</summary>
    sealed class ChunkedStream(byte[] content, int chunk = 61_441) : MemoryStream(content)
    {
        public override int Read(byte[] buffer, int offset, int count) => base.Read(buffer, offset, Math.Min(count, chunk));
    }
}
