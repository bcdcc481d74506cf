using Tocsin.Evidence.Artifacts;
using Tocsin.Evidence.Evtx;
using Tocsin.Evidence.Records;
using Tocsin.Evidence.Tests.Support;

namespace Tocsin.Evidence.Tests.Evtx;

public sealed class EvtxReaderTests
{
    [Fact]
    public void An_event_has_its_fields_its_time_and_its_place()
    {
        var sink = Made.Read(MadeChunk.File(Made.Processes(7, 1).Finish()));
        CollectedRecord record = Assert.Single(sink.Records);
        Assert.Equal((7, 4096 + 512), (record.Position.Line, record.Position.Offset));
        Assert.Equal(Made.Time.AddSeconds(7), record.TimeUtc);
        Assert.Equal(
            ["Microsoft-Windows-Sysmon/Operational", "Microsoft-Windows-Sysmon", "5770385F-C22A-43E0-BF4C-06F5698FFBD9", "1", "EX01.example.com", "4", "0x8000000000000000", "S-1-5-18"],
            Made.Fields[..8].Select(f => record[f]));
        Assert.Equal((@"C:\Windows\System32\cmd.exe", "cmd /c whoami 7"), (record["Image"], record["CommandLine"]));
        Assert.Equal(["EX01.example.com"], sink.Report.Hosts.Keys);
        Assert.Equal((1, 1), (sink.Report.Records, sink.Report.Hours.Values.Sum()));
        Assert.Empty(sink.Report.Located);
        Assert.Empty(sink.Report.Notes);
    }

    [Fact]
    public void An_absent_optional_value_takes_its_field_away_and_an_empty_one_does_not()
    {
        MadeValue[] values = Made.ProcessValues(1);
        byte[] absent = MadeChunk.File(new MadeChunk().Add(1, Made.Time, Made.Process, [.. values[..^1], MadeValue.None]).Finish());
        Assert.False(Made.Read(absent).Records[0].Fields.ContainsKey("CommandLine"));
        Assert.DoesNotContain("CommandLine", Made.Texts(absent)[0], StringComparison.Ordinal);
        byte[] empty = MadeChunk.File(new MadeChunk().Add(1, Made.Time, Made.Process, [.. values[..^1], MadeValue.Text("")]).Finish());
        Assert.Equal([""], Made.Read(empty).Records[0].Fields["CommandLine"]);
        Assert.Contains("\"CommandLine\":\"\"", Made.Texts(empty)[0], StringComparison.Ordinal);
    }

    [Fact]
    public void Data_in_a_fragment_of_its_own_with_and_without_names_and_in_lists_is_read()
    {
        byte[] file = MadeChunk.File(new MadeChunk()
            .Add(1, Made.Time, Made.WithNested, [.. Made.Head(1), MadeValue.Nested("<EventData><Data>{0:81}</Data><Data>{1:01}</Data></EventData>", MadeValue.Texts("a", "b"), MadeValue.Text("c"))])
            .Add(2, Made.Time, Made.WithNested, [.. Made.Head(2), MadeValue.Nested("<UserData><Operation><Param>{0:08}</Param></Operation></UserData>", MadeValue.Bytes(EvtxType.UInt32, 1, 1, 0, 0))])
            .Finish());
        var records = Made.Read(file).Records;
        Assert.Equal(["a", "b", "c"], records[0].Fields["Data"]);
        Assert.Equal("257", records[1]["Param"]);
        List<string> texts = Made.Texts(file);
        Assert.EndsWith("\"EventData\":{\"Data\":{\"#text\":[\"a\",\"b\",\"c\"]}}}}", texts[0], StringComparison.Ordinal);
        Assert.EndsWith("\"UserData\":{\"Operation\":{\"Param\":257}}}}", texts[1], StringComparison.Ordinal);
        Assert.EndsWith("<EventData><Data>a</Data><Data>b</Data><Data>c</Data></EventData></Event>", Made.Texts(file, EventTextForm.Xml)[0], StringComparison.Ordinal);
    }

    [Fact]
    public void An_event_without_a_template_is_read()
    {
        byte[] file = MadeChunk.File(new MadeChunk().AddLiteral(3, Made.Time,
            "<Event><System><Provider Name='P'/><EventID>4</EventID><TimeCreated SystemTime='2021-03-03T01:02:03.5Z'/><Channel>Application</Channel><Computer>EX02</Computer></System>"
            + "<EventData><Data Name='Image'>x&amp;y</Data></EventData><RenderingInfo><Message>all of it</Message><Level>Information</Level></RenderingInfo></Event>").Finish());
        CollectedRecord record = Assert.Single(Made.Read(file).Records);
        Assert.Equal(["Application", "P", "4", "EX02", "x&y", "all of it"], ((string[])["Channel", "Provider_Name", "EventID", "Computer", "Image", "Message"]).Select(f => record[f]));
        Assert.Equal(["Information", "4"], record.Fields["Level"]);
        Assert.Equal(new DateTime(2021, 3, 3, 1, 2, 3, 500, DateTimeKind.Utc), record.TimeUtc);
    }

    [Theory]
    [InlineData(1, "succeeded")]
    [InlineData(6, "failed")]
    [InlineData(9, "unknown")]
    public void A_cmdlet_of_Exchange_is_joined_into_its_command(ushort id, string outcome)
    {
        string event_ = Made.WithNested.Replace("Microsoft-Windows-Sysmon/Operational", "MSExchange Management", StringComparison.Ordinal);
        byte[] file = MadeChunk.File(new MadeChunk()
            .Add(1, Made.Time, event_, [.. Made.Head(1, id), MadeValue.Nested("<EventData><Data>{0:81}</Data></EventData>", MadeValue.Texts("Set-OabVirtualDirectory", "", "-ExternalUrl \"x\""))]).Finish());
        CollectedRecord record = Assert.Single(Made.Read(file).Records);
        Assert.Equal(("Set-OabVirtualDirectory -ExternalUrl \"x\"", outcome), (record["Command"], record["Outcome"]));
    }

    [Fact]
    public void A_clock_that_disagrees_with_Sysmons_UTC_is_noticed()
    {
        var sink = Made.Read(MadeChunk.File(Made.Processes(1, 20, clockHours: 5).Finish()));
        Assert.Equal(TimeSpan.FromHours(5), sink.Report.ClockOffset);
        Assert.Equal(Made.Time.AddSeconds(1).AddHours(5), sink.Records[0].TimeUtc);
        Assert.Contains(sink.Report.Notes, n => n.Contains("5:00 hours later", StringComparison.Ordinal));
    }

    [Fact]
    public void Only_wanted_fields_are_rendered_and_each_kind_is_asked_for_once()
    {
        var fields = new FieldSet(Made.Fields);
        bool[] wanted = new bool[fields.Count];
        wanted[fields.IndexOf("Image")] = true;
        byte[] file = MadeChunk.File(Made.Processes(1, 40).Finish(), Made.Processes(41, 40).Finish());
        var some = new Wanted(new EventInterest(wanted, wantsText: false));
        var seen = new List<string>();
        ReadReport report = Read(file, fields, some, (in Evidence.Records.Record r) =>
        {
            for (int i = 0; i < fields.Count; i++)
            {
                if (r.Has(i)) seen.Add(fields[i]);
            }
        });
        Assert.Equal((80, 1), (report.Records, some.Asked));
        Assert.Equal(Enumerable.Repeat("Image", 80), seen);

        var none = new Wanted(EventInterest.None);
        report = Read(file, fields, none, (in Evidence.Records.Record _) => Assert.Fail("nothing was wanted"));
        Assert.Equal((80, 80, 1), (report.Records, report.Hosts["EX01.example.com"], none.Asked));
    }

    [Fact]
    public void A_template_is_compiled_once_a_file_and_not_once_a_chunk()
    {
        var parser = new EventParser(new RecordTarget(new FieldSet(Made.Fields), Scan.EveryLine.Filter, new Nobody()), new(new ReadReport()), EventTextForm.Json);
        var report = new ReadReport();
        var walk = new ChunkWalk(parser, report);
        for (int i = 0; i < 50; i++)
        {
            // Where a name stands first differs: other events come before.
            MadeChunk chunk = new MadeChunk().AddLiteral(1, Made.Time, $"<Event><X{i}/></Event>");
            for (int id = 0; id < 30; id++) chunk.Add(id, Made.Time, Made.Process, Made.ProcessValues(id));
            walk.Read(chunk.Finish(), EvtxLayout.ChunkBytes, i, isSound: true);
        }

        Assert.Empty(report.Located);
        Assert.Equal(1, parser.Compiled);
    }

    [Fact]
    public void Templates_of_one_id_that_say_different_things_are_told_apart()
    {
        byte[] one = Made.Processes(1, 3).Finish(), two = (byte[])one.Clone();
        int image = two.AsSpan().IndexOf("I\0m\0a\0g\0e\0"u8);
        two[image] = (byte)'X';
        MadeChunk.Sign(two);
        var sink = Made.Read(MadeChunk.File(one, two, one));
        Assert.Equal([true, true, true, false, false, false, true, true, true], sink.Records.Select(r => r.Fields.ContainsKey("Image")));
    }

    [Fact]
    public void Reading_allocates_no_more_for_a_long_log_than_for_a_short_one()
    {
        byte[] chunk = Made.Processes(1, 60).Finish();
        byte[] small = MadeChunk.File([.. Enumerable.Repeat(chunk, 10)]), big = MadeChunk.File([.. Enumerable.Repeat(chunk, 200)]);
        var fields = new FieldSet(Made.Fields);
        Assert.Equal(12_000, Read(big, fields, null, (in Evidence.Records.Record _) => { }).Records);
        long few = Allocated(small), many = Allocated(big);
        Assert.True(many - few <= 1024, $"{many} bytes for 12,000 events, {few} for 600");

        long Allocated(byte[] log)
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            Read(log, fields, null, (in Evidence.Records.Record _) => { });
            return GC.GetAllocatedBytesForCurrentThread() - before;
        }
    }

    delegate void Taken(in Evidence.Records.Record record);

    static ReadReport Read(byte[] file, FieldSet fields, IEventFilter? events, Taken taken)
    {
        var report = new ReadReport();
        EvtxReader.TryRecognise(file, "x")!.Read(new MemoryStream(file), new ReadContext(_ => new RecordTarget(fields, Scan.EveryLine.Filter, new Sink(taken)) { Events = events }, report));
        return report;
    }

    sealed class Sink(Taken taken) : IRecordSink
    {
        public void Accept(in Evidence.Records.Record record) => taken(in record);
    }

    sealed class Nobody : IRecordSink
    {
        public void Accept(in Evidence.Records.Record record) { }
    }
}
