using Tocsin.Evidence.Artifacts;
using Tocsin.Evidence.Records;

namespace Tocsin.Evidence.WindowsEvents;

/// <summary>
/// Reads Windows events that were exported as JSON: one event a line, an array, or pretty-printed; as winlogbeat, evtx_dump,
/// EvtxECmd, PowerShell or Mordor data sets name the fields (shapes: see the parser).
/// </summary>
/// <remarks>
/// Fields: <c>Channel</c>, <c>Provider_Name</c>, <c>EventID</c>, <c>Computer</c>, <c>Level</c>, <c>Task</c>, <c>Message</c>
/// whatever the exporter calls them, and every data field by its own last name; for channel <c>MSExchange Management</c>
/// also <c>Command</c> and <c>Outcome</c>. A record's time is Sysmon's <c>UtcTime</c> where the event has it, else the
/// log's stamp as written; if the two contradict each other, see <see cref="ReadReport.ClockOffset"/>.
/// Every event counts toward coverage; only candidates of the filter are parsed whole.
/// </remarks>
public sealed class EventJsonReader : ArtifactReader
{
    /// <summary>Longest event read. The largest real ones are PowerShell script blocks of some 100 KB.</summary>
    const int MaxEventBytes = 4 * 1024 * 1024;

    /// <summary>Most events taken from one line: each costs a search of what is left of it.</summary>
    const int MaxGlued = 64;

    internal static readonly LogSource Source = new(null, "windows", null);
    static readonly ArtifactKind _kind = new("windows-events", "Windows events (JSON)", Source);

    readonly EventLayout _layout;

    EventJsonReader(EventLayout layout) => _layout = layout;

    /// <inheritdoc />
    public override ArtifactKind Kind => _kind;

    /// <summary>Recognises Windows events as JSON by their content.</summary>
    /// <param name="head">Up to 64 KB from the beginning, UTF-8, a byte order mark allowed.</param>
    /// <param name="path">Not looked at.</param>
    public static EventJsonReader? TryRecognise(ReadOnlySpan<byte> head, string path)
    {
        _ = path;
        EventLayout layout = EventJsonShape.Recognise(head);
        return layout == EventLayout.None ? null : new EventJsonReader(layout);
    }

    /// <inheritdoc />
    public override void Read(Stream content, ReadContext context)
    {
        RecordTarget target = context.TargetOf(Source);
        var events = new Events(target, context.Report);
        if (_layout == EventLayout.Lines) ReadLines(content, context, target, events);
        else ReadValues(content, context, target, events);
        events.Tally.Finish();
    }

    static void ReadLines(Stream content, ReadContext context, RecordTarget target, Events events)
    {
        // Cmdlet events get their command joined from several values: the filter could not see it, so all of them are candidates.
        var lines = new LineWalk(content, MaxEventBytes, context, target.Filter, ManagementFilter.Instance);
        var escaped = new EscapedCandidates(target.Filter);
        while (lines.Next())
        {
            ReadOnlySpan<byte> line = lines.Line.Trim(" \t"u8);
            if (line.IsEmpty || line is [(byte)'['] or [(byte)']'] or [(byte)','] || line.StartsWith("Record "u8)) continue; // evtx_dump heads its events so
            if (line.ContainsAnyInRange((byte)0, (byte)8))
            {
                context.Report.Add(DamageKind.Binary, lines.Position.Line, lines.Position.Offset);
                continue;
            }

            line = WithoutArray(line);
            if (line is not [(byte)'{', .., (byte)'}'])
            {
                context.Report.Add(lines.IsTerminated ? DamageKind.Malformed : DamageKind.CutOff, lines.Position.Line, lines.Position.Offset);
                continue;
            }

            bool isCandidate = lines.IsCandidate(0) | escaped.IsCandidate(lines) | lines.IsCandidate(1);
            int begin = lines.Line.IndexOf((byte)'{');
            events.Take(line, lines.Position with { Offset = lines.Position.Offset + begin }, isCandidate);
        }
    }

    static void ReadValues(Stream content, ReadContext context, RecordTarget target, Events events)
    {
        var values = new JsonValueWalk(content, MaxEventBytes, context);
        var escaped = new EscapedCandidates(target.Filter);
        while (values.Next())
        {
            if (values.Value.ContainsAnyInRange((byte)0, (byte)8)) context.Report.Add(DamageKind.Binary, values.Position.Line, values.Position.Offset);
            else events.Take(values.Value, values.Position, escaped.IsCandidate(values.Value) || ManagementFilter.Instance.FindCandidate(values.Value, 0) >= 0);
        }
    }

    // An array with one element a line: "[{…}," … "{…}]".
    static ReadOnlySpan<byte> WithoutArray(ReadOnlySpan<byte> line)
    {
        if (line[0] == '[') line = line[1..].TrimStart((byte)' ');
        if (line is [.., (byte)']'] && !line.StartsWith("]"u8)) line = line[..^1].TrimEnd((byte)' ');
        if (line is [.., (byte)',']) line = line[..^1].TrimEnd((byte)' ');
        return line;
    }

    sealed class Events(RecordTarget target, ReadReport report)
    {
        readonly RecordBuffer _values = new(target.Fields);
        EventJsonParser? _parser;

        public EventTally Tally { get; } = new(report);

        public void Take(ReadOnlySpan<byte> json, Position position, bool isCandidate)
        {
            // Joining files whose last lines had no line end puts several events on one line.
            for (int i = 0; i < MaxGlued; i++)
            {
                if (TryTake(json, position, isCandidate)) return;
                int length = EventJsonShape.LengthOfObject(json);
                ReadOnlySpan<byte> rest = length < 0 ? default : json[length..].TrimStart(" ,\t"u8);
                if (!rest.StartsWith("{"u8) || !TryTake(json[..length], position, isCandidate)) break;
                position = position with { Offset = position.Offset + json.Length - rest.Length };
                json = rest;
            }

            report.Add(DamageKind.Malformed, position.Line, position.Offset);
        }

        bool TryTake(ReadOnlySpan<byte> json, Position position, bool isCandidate)
        {
            bool hasStamp = EventStamps.TryStamp(json, out DateTime stamp);
            bool hasUtc = EventStamps.TrySysmonUtc(json, out DateTime utc);
            if (isCandidate || !hasStamp)
            {
                _parser ??= new EventJsonParser(_values);
                if (!_parser.TryParse(json)) return false;
                if (!hasStamp) stamp = _parser.Stamp;
                if (!hasUtc) utc = _parser.SysmonUtc;
            }

            if (stamp != default && utc != default) Tally.Compare(stamp, utc, position);
            DateTime time = utc != default ? utc : stamp;
            if (time == default) report.Add(DamageKind.NoTime, position.Line, position.Offset);
            Tally.Add(time, EventStamps.Computer(json), statesUtc: utc != default);
            if (isCandidate) target.Sink.Accept(new Record(json, _values, position, time));
            return true;
        }
    }

    sealed class ManagementFilter : ILineFilter
    {
        public static ManagementFilter Instance { get; } = new();

        public int FindCandidate(ReadOnlySpan<byte> block, int from) =>
            block[from..].IndexOf("MSExchange Management"u8) is >= 0 and var found ? from + found : -1;
    }
}
