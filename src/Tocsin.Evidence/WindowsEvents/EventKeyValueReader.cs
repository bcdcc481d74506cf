// One event a line:
//   TimeCreated=2026-07-16T09:46:46.000Z EventCode=4688 Computer=EX.local NewProcessName=C:\…\cmd.exe CommandLine="cmd.exe /c whoami"
// A value goes on to the next " key=", so that unquoted values may hold spaces; quotes around it are not part of it.
using System.Buffers.Text;
using Tocsin.Evidence.Artifacts;
using Tocsin.Evidence.Records;

namespace Tocsin.Evidence.WindowsEvents;

/// <summary>Reads Windows events written as <c>key=value</c> lines, as log collectors and searches export them.</summary>
/// <remarks>
/// Fields as for <see cref="EventJsonReader"/>. Such lines often name no channel; it is then inferred from the event id and,
/// for Sysmon, from fields that only Sysmon writes, and a note says so. An export of this kind is an extract: nobody knows what it left out.
/// </remarks>
public sealed class EventKeyValueReader : ArtifactReader
{
    /// <summary>Longest line read; a command line is at most 64 KB.</summary>
    const int MaxLineBytes = 1024 * 1024;

    const int MaxPairs = 256;

    static readonly ArtifactKind _kind = new("windows-events", "Windows events (key=value)", EventJsonReader.Source);

    EventKeyValueReader()
    {
    }

    /// <inheritdoc />
    public override ArtifactKind Kind => _kind;

    /// <summary>Recognises event lines by the first line that has both a time and an event id.</summary>
    /// <param name="head">Up to 64 KB from the beginning, UTF-8, a byte order mark allowed.</param>
    /// <param name="path">Not looked at.</param>
    public static EventKeyValueReader? TryRecognise(ReadOnlySpan<byte> head, string path)
    {
        _ = path;
        if (head.StartsWith("\uFEFF"u8)) head = head[3..];
        for (int line = 0; line < 16 && !head.IsEmpty; line++)
        {
            int end = head.IndexOf((byte)'\n');
            ReadOnlySpan<byte> text = (end < 0 ? head : head[..end]).Trim(" \t\r"u8);
            head = end < 0 ? default : head[(end + 1)..];
            if (IsEvent(text)) return new EventKeyValueReader();
        }

        return null;
    }

    /// <inheritdoc />
    public override void Read(Stream content, ReadContext context)
    {
        ReadReport report = context.Report;
        report.IsExtract = true;
        RecordTarget target = context.TargetOf(EventJsonReader.Source);
        var lines = new LineWalk(content, MaxLineBytes, context, target.Filter);
        var values = new RecordBuffer(target.Fields);
        var line = new KeyValueEvent(values);
        var tally = new EventTally(report);
        bool inferred = false;
        while (lines.Next())
        {
            ReadOnlySpan<byte> text = lines.Line.Trim(" \t"u8);
            if (text.IsEmpty) continue;
            if (text.ContainsAnyInRange((byte)0, (byte)8))
            {
                report.Add(DamageKind.Binary, lines.Position.Line, lines.Position.Offset);
                continue;
            }

            if (!line.TryParse(text))
            {
                report.Add(lines.IsTerminated ? DamageKind.Malformed : DamageKind.CutOff, lines.Position.Line, lines.Position.Offset);
                continue;
            }

            if (line.Stamp == default) report.Add(DamageKind.NoTime, lines.Position.Line, lines.Position.Offset);
            else if (line.SysmonUtc != default) tally.Compare(line.Stamp, line.SysmonUtc);
            inferred |= line.IsChannelInferred;
            DateTime time = line.SysmonUtc != default ? line.SysmonUtc : line.Stamp;
            tally.Add(time, text[line.Computer], statesUtc: line.SysmonUtc != default);
            if (lines.IsCandidate(0)) target.Sink.Accept(new Record(text, values, lines.Position, time));
        }

        tally.Finish();
        if (inferred) report.Notes.Add("the lines do not name the event log; it was inferred from the event ids");
    }

    static bool IsEvent(ReadOnlySpan<byte> text) =>
        (text.StartsWith("TimeCreated="u8) || text.StartsWith("EventTime="u8) || text.IndexOf(" TimeCreated="u8) >= 0)
        && (text.IndexOf("EventCode="u8) >= 0 || text.IndexOf("EventID="u8) >= 0 || text.IndexOf("EventId="u8) >= 0);

    sealed class KeyValueEvent(RecordBuffer values)
    {
        readonly FieldSet _fields = values.Fields;
        readonly int[] _indexes = EventNames.IndexesIn(values.Fields);
        readonly int _command = values.Fields.IndexOf("Command");
        readonly int _outcome = values.Fields.IndexOf("Outcome");

        public DateTime Stamp { get; private set; }

        public DateTime SysmonUtc { get; private set; }

        public Range Computer { get; private set; }

        public bool IsChannelInferred { get; private set; }

        public bool TryParse(ReadOnlySpan<byte> text)
        {
            values.Clear();
            Stamp = SysmonUtc = default;
            Computer = default;
            IsChannelInferred = false;
            Range channel = default, provider = default, id = default, message = default;
            bool isSysmon = false;
            int pairs = 0;
            for (int at = NextKey(text, 0); at < text.Length && pairs < MaxPairs; pairs++)
            {
                int equals = at + text[at..].IndexOf((byte)'=');
                int end = NextKey(text, equals + 1);
                ReadOnlySpan<byte> name = text[at..equals];
                Range value = Unquote(text, equals + 1, end);
                at = end;
                switch (EventNames.OfHead(name).Value)
                {
                    case Canonical.Channel: channel = value; break;
                    case Canonical.ProviderName: provider = value; break;
                    case Canonical.EventId: id = value; break;
                    case Canonical.Message: message = value; break;
                    case Canonical.Computer: Computer = value; break;
                    case Canonical.Stamp when Stamp == default && TimeText.TryRead(text[value], out DateTime stamp): Stamp = stamp; break;
                    case Canonical.SysmonUtc when TimeText.TryRead(text[value], out DateTime utc): SysmonUtc = utc; break;
                }

                isSysmon |= IsSysmonField(name);
                Add(_fields.IndexOf(name), value, text.Length);
            }

            if (pairs < 2 || text[id].IsEmpty) return false;
            AddHead(Canonical.EventId, id, text.Length);
            AddHead(Canonical.ProviderName, provider, text.Length);
            AddHead(Canonical.Computer, Computer, text.Length);
            AddHead(Canonical.Channel, channel, text.Length);
            if (text[channel].SequenceEqual("MSExchange Management"u8))
            {
                if (!text[message].IsEmpty) Add(_command, message, text.Length);
                values.Add(_outcome, text[id].SequenceEqual("1"u8) ? "succeeded"u8 : text[id].SequenceEqual("6"u8) ? "failed"u8 : "unknown"u8);
            }

            if (text[channel].IsEmpty) Infer(text[id], isSysmon || text[provider].IndexOf("Sysmon"u8) >= 0);
            return true;
        }

        void AddHead(Canonical value, Range range, int length)
        {
            int field = _indexes[(int)value];
            if (field < 0 || values.Head(field) >= 0 || range.Equals(default)) return;
            Add(field, range, length);
        }

        void Add(int field, Range range, int length)
        {
            (int start, int count) = range.GetOffsetAndLength(length);
            values.Add(field, start, count);
        }

        void Infer(ReadOnlySpan<byte> idText, bool isSysmon)
        {
            if (!Utf8Parser.TryParse(idText, out int id, out _)) return;
            ReadOnlySpan<byte> channel = id switch
            {
                1102 or >= 4608 and <= 5159 => "Security"u8,
                >= 4100 and <= 4106 => "Microsoft-Windows-PowerShell/Operational"u8,
                <= 29 when isSysmon => "Microsoft-Windows-Sysmon/Operational"u8,
                _ => default,
            };
            if (channel.IsEmpty) return;
            IsChannelInferred = true;
            values.Add(_indexes[(int)Canonical.Channel], channel);
        }

        // Windows' own logs have no such fields, whatever their event ids are.
        static bool IsSysmonField(ReadOnlySpan<byte> name) =>
            name.SequenceEqual("UtcTime"u8) || name.SequenceEqual("ProcessGuid"u8) || name.SequenceEqual("CallTrace"u8)
            || name.SequenceEqual("Hashes"u8) || name.SequenceEqual("SourceProcessGUID"u8);

        static Range Unquote(ReadOnlySpan<byte> text, int start, int end)
        {
            while (end > start && text[end - 1] is (byte)' ' or (byte)'\t' or (byte)',') end--;
            if (end - start >= 2 && text[start] == '"' && text[end - 1] == '"') (start, end) = (start + 1, end - 1);
            return start..end;
        }

        // The next key stands at the beginning or behind a space, and outside quotes: CommandLine="net use x=y z=w" is one value.
        static int NextKey(ReadOnlySpan<byte> text, int from)
        {
            int at = from;
            if (at < text.Length && text[at] == '"')
            {
                int quote = text[(at + 1)..].IndexOf("\" "u8);
                if (quote < 0) return text.Length;
                at += quote + 2;
            }

            for (; at < text.Length; at++)
            {
                if (at > 0 && text[at - 1] is not ((byte)' ' or (byte)'\t')) continue;
                int length = 0;
                while (at + length < text.Length && (char.IsAsciiLetterOrDigit((char)text[at + length]) || text[at + length] is (byte)'_' or (byte)'@')) length++;
                if (length > 0 && at + length < text.Length && text[at + length] == '=' && !char.IsAsciiDigit((char)text[at])) return at;
                at += length;
            }

            return text.Length;
        }
    }
}
