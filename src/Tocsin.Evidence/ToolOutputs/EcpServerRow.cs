// TimeStamp,ServerName,EventId,EventData:
//   2021-03-03T13:39:45.000Z,EX01,ECP.Request,"S:TIME=437;S:SID=…;'S:CMD=Set-OabVirtualDirectory.ExternalUrl=''http://…''';S:REQID=;S:URL=/ecp/DDI/…;S:EX=;S:ACTID=…"
// A value that holds separators is put between apostrophes, and apostrophes in it are doubled. Select-String puts the
// file's path and the line number before the row.
using Tocsin.Evidence.Artifacts;
using Tocsin.Evidence.Records;
using Tocsin.Evidence.WindowsEvents;

namespace Tocsin.Evidence.ToolOutputs;

/// <summary>A row of the ECP Server log among a tool's output.</summary>
internal sealed class EcpServerRow
{
    const int MaxPrefix = 400;
    const int MaxValues = 128;

    static readonly LogSource _source = new("command", "exchange", "ecp-server");

    readonly SeparatedCells _cells = new();

    /// <summary>Where in the line a row begins, or -1.</summary>
    public static int Find(ReadOnlySpan<byte> line)
    {
        int mark = line.IndexOf(",ECP."u8);
        if (mark is < 20 or > MaxPrefix) return -1;
        for (int at = mark - 20; at >= 0; at--)
        {
            if (line[at] is (byte)'1' or (byte)'2' && TimeText.TryRead(line[at..mark], out _, out int length) && line[at + length] == ',') return at;
        }

        return -1;
    }

    /// <summary>Writes the row as a record; false where the line holds none.</summary>
    public bool TryWrite(ReadOnlySpan<byte> line, Position position, RecordWriter record, ReadReport report)
    {
        int start = Find(line);
        if (start < 0) return false;
        _cells.Split(line[start..], (byte)',');
        record.Begin(_source);
        record.Set("TimeStamp", _cells[0]);
        record.Set("ServerName", _cells[1]);
        record.Set("EventId", _cells[2]);
        record.Set("EventData", _cells[3]);
        record.Set("Line", line);
        bool hasError = false, hasText = false;
        ReadOnlySpan<byte> data = _cells[3];
        for (int i = 0; i < MaxValues && !data.IsEmpty; i++)
        {
            ReadOnlySpan<byte> value = NextValue(ref data);
            int equals = value.IndexOf((byte)'=');
            if (equals < 3 || !value.StartsWith("S:"u8)) continue;
            ReadOnlySpan<byte> name = value[2..equals];
            value = value[(equals + 1)..];
            record.Set(name, value);
            if (name.SequenceEqual("CMD"u8)) record.Set("Command", value);
            if (!name.SequenceEqual("EX"u8)) continue;
            hasError = true;
            hasText = !value.IsEmpty;
        }

        record.Set("Outcome", !hasError ? "unknown"u8 : hasText ? "failed"u8 : "succeeded"u8);
        report.AddHost(System.Text.Encoding.UTF8.GetString(_cells[1]));
        TimeText.TryRead(_cells[0], out DateTime time);
        record.End(line, position, time);
        return true;
    }

    static ReadOnlySpan<byte> NextValue(ref ReadOnlySpan<byte> data)
    {
        if (data[0] != '\'')
        {
            int end = data.IndexOf((byte)';');
            ReadOnlySpan<byte> plain = end < 0 ? data : data[..end];
            data = end < 0 ? default : data[(end + 1)..];
            return plain;
        }

        byte[] value = new byte[data.Length];
        int written = 0, at = 1;
        for (; at < data.Length; at++)
        {
            if (data[at] != '\'') value[written++] = data[at];
            else if (at + 1 < data.Length && data[at + 1] == '\'') value[written++] = data[at++];
            else break;
        }

        data = at + 1 < data.Length ? data[(at + 1)..].TrimStart((byte)';') : default;
        return value.AsSpan(0, written);
    }
}
