using System.Globalization;
using Tocsin.Evidence.Artifacts;
using Tocsin.Evidence.Evtx;
using Tocsin.Evidence.Records;
using Tocsin.Evidence.Tests.Support;

namespace Tocsin.Evidence.Tests.Evtx;

/// <summary>Made events and logs, and what a reader gives of them.</summary>
static class Made
{
    public const string System =
        "<System><Provider Name='Microsoft-Windows-Sysmon' Guid='{0:0f}'/><EventID Qualifiers='{?1:06}'>{2:06}</EventID><Level>{3:04}</Level><Keywords>{4:15}</Keywords>"
        + "<TimeCreated SystemTime='{5:11}'/><EventRecordID>{6:0a}</EventRecordID><Channel>Microsoft-Windows-Sysmon/Operational</Channel><Computer>{7:01}</Computer><Security UserID='{?8:13}'/></System>";

    public const string Process = "<Event xmlns='http://schemas.microsoft.com/win/2004/08/events/event'>" + System
        + "<EventData><Data Name='UtcTime'>{9:01}</Data><Data Name='Image'>{10:01}</Data><Data Name='CommandLine'>{?11:01}</Data></EventData></Event>";

    public const string WithNested = "<Event>" + System + "{9:21}</Event>";

    public static DateTime Time { get; } = new(2021, 3, 3, 7, 10, 58, 123, DateTimeKind.Utc);

    public static string[] Fields { get; } = ["Channel", "Provider_Name", "Provider_Guid", "EventID", "Computer", "Level", "Keywords", "Security_UserID", "UtcTime", "Image", "CommandLine", "Data", "Command", "Outcome", "Message", "Param"];

    public static MadeValue[] Head(long id, ushort eventId = 1, string computer = "EX01.example.com") =>
    [
        MadeValue.Bytes(EvtxType.Guid, Convert.FromHexString("5F3870572AC2E043BF4C06F5698FFBD9")), MadeValue.None, MadeValue.Number(eventId), MadeValue.Bytes(EvtxType.UInt8, 4),
        MadeValue.Bytes(EvtxType.Hex64, 0, 0, 0, 0, 0, 0, 0, 0x80), MadeValue.Time(Time.AddSeconds(id)), MadeValue.Bytes(EvtxType.UInt64, BitConverter.GetBytes(id)), MadeValue.Text(computer),
        MadeValue.Bytes(EvtxType.Sid, 1, 1, 0, 0, 0, 0, 0, 5, 18, 0, 0, 0),
    ];

    public static MadeValue[] ProcessValues(long id, string image = @"C:\Windows\System32\cmd.exe", double clockHours = 0) =>
        [.. Head(id), MadeValue.Text(Time.AddSeconds(id).AddHours(clockHours).ToString("yyyy-MM-dd HH:mm:ss.fff", CultureInfo.InvariantCulture)), MadeValue.Text(image), MadeValue.Text($"cmd /c whoami {id}")];

    /// <summary>A chunk of so many process starts.</summary>
    public static MadeChunk Processes(long first, int count, double clockHours = 0)
    {
        var chunk = new MadeChunk();
        for (long id = first; id < first + count; id++) chunk.Add(id, Time, Process, ProcessValues(id, clockHours: clockHours));
        return chunk;
    }

    public static CollectingSink Read(byte[] file, bool skipsSlack = false)
    {
        EvtxReader reader = Assert.IsType<EvtxReader>(ArtifactFormats.Recognise(file.AsSpan(0, Math.Min(file.Length, ArtifactFormats.HeadBytes)), "x"));
        reader.SkipsSlack = skipsSlack;
        return new CollectingSink(Fields).Read(reader, file);
    }

    /// <summary>Every event as text.</summary>
    public static List<string> Texts(byte[] file, EventTextForm form = EventTextForm.Json) => Texts(new MemoryStream(file), form, out _);

    public static List<string> Texts(Stream file, EventTextForm form, out ReadReport report)
    {
        byte[] head = new byte[ArtifactFormats.HeadBytes];
        int length = file.ReadAtLeast(head, head.Length, throwOnEndOfStream: false);
        file.Position = 0;
        EvtxReader reader = EvtxReader.TryRecognise(head.AsSpan(0, length), "x")!;
        (reader.TextForm, reader.SkipsSlack) = (form, true);
        var sink = new TextSink();
        ReadReport filled = report = new ReadReport();
        reader.Read(file, new ReadContext(_ => new RecordTarget(FieldSet.Empty, Scan.EveryLine.Filter, sink) { Events = Wanted.WholeText }, filled));
        return sink.Texts;
    }

    sealed class TextSink : IRecordSink
    {
        public List<string> Texts { get; } = [];

        public void Accept(in Evidence.Records.Record record) => Texts.Add(record.Text(int.MaxValue, out _));
    }
}

/// <summary>Wants the same of every event, and counts how often it was asked.</summary>
sealed class Wanted(EventInterest interest) : IEventFilter
{
    public static Wanted WholeText { get; } = new(new EventInterest([], wantsText: true));

    public int Asked { get; private set; }

    public EventInterest InterestIn(ReadOnlySpan<byte> channel, ReadOnlySpan<byte> provider, int eventId)
    {
        Asked++;
        return interest;
    }
}
