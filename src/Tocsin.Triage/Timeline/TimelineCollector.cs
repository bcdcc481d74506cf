using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Text;
using Tocsin.Evidence.Lines;
using Tocsin.Evidence.Records;
using Tocsin.Packs;
using Tocsin.Triage.Findings;
using Tocsin.Triage.Scanning;
using Tocsin.Triage.Servers;

namespace Tocsin.Triage.Timeline;

/// <summary>Takes every record with a time out of a scan and keeps it as a row in sorted runs.</summary>
internal sealed class TimelineCollector(TimelineOptions options, RunStore runs, TimelineNames names, int bufferBytes) : IScanObserver
{
    /// <summary>A time is kept if it may fall into the wanted span after its clock was set right: no zone is further than this from UTC.</summary>
    static readonly TimeSpan _widestZone = TimeSpan.FromHours(14);

    readonly ConcurrentBag<RowBuffer> _buffers = [];
    readonly long _from = Moved(options.FromUtc ?? DateTime.MinValue, -_widestZone), _to = Moved(options.ToUtc ?? DateTime.MaxValue, _widestZone);
    long _withoutTime;

    /// <summary>What was concluded of each server.</summary>
    public List<(ServerEvidence Server, FindingMarks Marks)> Servers { get; } = [];

    /// <summary>Artifacts and sorts of rows by number.</summary>
    public TimelineNames Names => names;

    /// <summary>Records that have no time and therefore no row.</summary>
    public long WithoutTime => _withoutTime;

    public IEnumerable<string> FieldsOf(LogSource source) => source.Product == "windows" ? EventTemplates.Fields : Templates.For(source).Fields;

    public IArtifactObserver Begin(ArtifactScan artifact)
    {
        if (!_buffers.TryTake(out RowBuffer? buffer)) buffer = new RowBuffer(bufferBytes, names.Order, runs);
        return new OfArtifact(this, names.Add(artifact), buffer);
    }

    public void Judged(ServerEvidence server, IReadOnlyList<(ThreatPack Pack, int FirstRule, WaveFindings Findings)> waves) =>
        Servers.Add((server, new FindingMarks(waves)));

    /// <summary>Makes runs of what is still held.</summary>
    public void Finish()
    {
        foreach (RowBuffer buffer in _buffers) buffer.Spill();
        _buffers.Clear();
    }

    static long Moved(DateTime time, TimeSpan by) => Math.Clamp(time.Ticks + by.Ticks, 1, DateTime.MaxValue.Ticks);

    sealed class OfArtifact(TimelineCollector collector, int number, RowBuffer rows) : IArtifactObserver
    {
        public TimelineCollector Collector => collector;

        public RowBuffer Rows => rows;

        public int Number => number;

        public IRecordObserver For(LogSource source, FieldSet fields) => new OfSource(this, source, fields);

        public void Dispose() => collector._buffers.Add(rows);
    }

    sealed class OfSource : IRecordObserver
    {
        /// <summary>Longer descriptions are cut.</summary>
        const int MaxMessageBytes = 1500;

        const int MaxNameBytes = 200;

        const int MaxRowBytes = Row.HeaderBytes + (4 * Row.MaxRules) + (2 * (2 + MaxNameBytes)) + 2 + MaxMessageBytes;

        readonly OfArtifact _artifact;
        readonly Template.Bound? _template;
        readonly EventTemplates.Bound? _events;
        readonly int[] _client, _user;
        readonly int _what, _utcWhat, _utcTime, _fieldCount;
        readonly (int Field, int What)[] _moreTimes;

        public OfSource(OfArtifact artifact, LogSource source, FieldSet fields)
        {
            _artifact = artifact;
            _fieldCount = fields.Count;
            _utcTime = fields.IndexOf("UtcTime");
            bool isEvent = source.Product == "windows";
            Telling telling = isEvent ? new("Event logged", null, EventTemplates.Client, EventTemplates.User) : Templates.For(source);
            _events = isEvent ? EventTemplates.Bind(fields) : null;
            _template = telling.Text?.Bind(fields);
            _client = [.. telling.Client.Select(fields.IndexOf).Where(i => i >= 0)];
            _user = [.. telling.User.Select(fields.IndexOf).Where(i => i >= 0)];
            _what = artifact.Collector.Names.NumberOf(source, telling.TimeIs);
            _moreTimes = [.. telling.MoreTimes.Select(t => (fields.IndexOf(t.Field), artifact.Collector.Names.NumberOf(source, t.TimeIs)))];
            _utcWhat = artifact.Collector.Names.NumberOf(source, "Event time (UtcTime)");
        }

        public ILineFilter Filter(ILineFilter rules) => EveryLine.Instance;

        public IEventFilter Events(IEventFilter rules) => new EveryEvent(rules, _fieldCount);

        public void Accept(in Record record, IReadOnlyList<int> matched)
        {
            TimelineCollector collector = _artifact.Collector;
            if (record.TimeUtc == default)
            {
                Interlocked.Increment(ref collector._withoutTime);
                return;
            }

            bool statesUtc = _events is not null && !record[_utcTime].IsEmpty;
            Add(in record, record.TimeUtc.Ticks, statesUtc ? _utcWhat : _what, statesUtc, matched);
            foreach ((int field, int what) in _moreTimes)
            {
                if (TextTime.TryRead(record[field], out DateTime time) && time != record.TimeUtc) Add(in record, time.Ticks, what, statesUtc: false, []);
            }
        }

        void Add(in Record record, long ticks, int what, bool statesUtc, IReadOnlyList<int> matched)
        {
            if (ticks < _artifact.Collector._from || ticks >= _artifact.Collector._to) return;
            Span<byte> row = _artifact.Rows.Reserve(MaxRowBytes);
            BinaryPrimitives.WriteInt64LittleEndian(row, ticks);
            BinaryPrimitives.WriteInt64LittleEndian(row[8..], record.Position.Offset);
            BinaryPrimitives.WriteInt64LittleEndian(row[16..], record.Position.Line);
            BinaryPrimitives.WriteInt32LittleEndian(row[24..], _artifact.Number);
            BinaryPrimitives.WriteUInt16LittleEndian(row[28..], (ushort)what);
            row[30] = statesUtc ? Row.StatesUtc : (byte)0;
            int rules = Math.Min(matched.Count, Row.MaxRules), length = Row.HeaderBytes;
            row[31] = (byte)rules;
            for (int i = 0; i < rules; i++, length += 4) BinaryPrimitives.WriteInt32LittleEndian(row[length..], matched[i]);
            length += Put(Template.FirstOf(in record, _client), row[length..], MaxNameBytes);
            length += Put(Template.FirstOf(in record, _user), row[length..], MaxNameBytes);
            int message = Describe(in record, row.Slice(length + 2, MaxMessageBytes));
            BinaryPrimitives.WriteUInt16LittleEndian(row[length..], (ushort)message);
            _artifact.Rows.Commit(length + 2 + message);
        }

        int Describe(in Record record, Span<byte> to)
        {
            if (_template is not null) return _template.Write(in record, to);
            int length = 0;
            if (_events is not null)
            {
                length = _events.Write(in record, to, out bool saysMore);
                if (saysMore) return length;
                length += Utf8Text.Copy(": "u8, to[length..]);
            }

            ReadOnlySpan<byte> text = record.Line.IsEmpty ? Encoding.UTF8.GetBytes(record.Text(MaxMessageBytes, out _)) : record.Line;
            return length + Utf8Text.Copy(text, to[length..]);
        }

        static int Put(ReadOnlySpan<byte> text, Span<byte> to, int maxBytes)
        {
            int length = Utf8Text.Copy(text, to.Slice(2, maxBytes));
            BinaryPrimitives.WriteUInt16LittleEndian(to, (ushort)length);
            return 2 + length;
        }
    }

    sealed class EveryLine : ILineFilter
    {
        public static EveryLine Instance { get; } = new();

        public int FindCandidate(ReadOnlySpan<byte> block, int from) => from < block.Length ? from : -1;
    }

    // Every field of every event; the text only where rules look for words in it, since rendering it costs more than all else.
    sealed class EveryEvent(IEventFilter rules, int fields) : IEventFilter
    {
        readonly EventInterest _fields = new([.. Enumerable.Repeat(true, fields)], wantsText: false);
        readonly EventInterest _text = new([.. Enumerable.Repeat(true, fields)], wantsText: true);

        public EventInterest InterestIn(ReadOnlySpan<byte> channel, ReadOnlySpan<byte> provider, int eventId) =>
            rules.InterestIn(channel, provider, eventId).WantsText ? _text : _fields;
    }
}
