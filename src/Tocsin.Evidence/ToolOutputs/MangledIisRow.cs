// The default layout of IIS 8 and later:
//   date time s-ip cs-method cs-uri-stem cs-uri-query s-port cs-username c-ip cs(User-Agent) cs(Referer) sc-status sc-substatus sc-win32-status time-taken
// Anonymisers, mail programs and spreadsheets lose or glue columns of it. The first six keep their places, because they
// stand before anything that holds free text; the four numbers at the end are found by their looks.
using System.Buffers.Text;
using Tocsin.Evidence.Artifacts;
using Tocsin.Evidence.Records;
using Tocsin.Evidence.WindowsEvents;

namespace Tocsin.Evidence.ToolOutputs;

/// <summary>Reads a row of an IIS log that was pasted without its header, whole or damaged, as far as its columns can be told.</summary>
/// <remarks>A row with fewer or more than the fifteen default columns is counted as repaired; its user agent and user are left unset.</remarks>
internal static class MangledIisRow
{
    const int DefaultColumns = 15;
    /// <summary>More than a damaged row has; the rest of a longer one stays in the last cell.</summary>
    const int MaxCells = 256;

    static readonly LogSource _source = new("webserver", "iis", null);
    static readonly string[] _middle = ["s-port", "cs-username", "c-ip", "cs(User-Agent)", "cs(Referer)"];
    static readonly string[] _tail = ["sc-status", "sc-substatus", "sc-win32-status", "time-taken"];

    /// <summary>Writes the row as a record; false where it is none.</summary>
    public static bool TryWrite(ReadOnlySpan<byte> line, Position position, RecordWriter record, ReadReport report)
    {
        Span<Range> cells = stackalloc Range[MaxCells];
        int count = SplitCells(line, cells);
        if (count < 5 || !IsStart(line, cells)) return false;

        record.Begin(_source);
        record.Set("date", line[cells[0]]);
        record.Set("time", line[cells[1]]);
        record.Set("s-ip", line[cells[2]]);
        record.Set("cs-method", line[cells[3]]);
        ReadOnlySpan<byte> stem = line[cells[4]];
        ReadOnlySpan<byte> query = count > 5 ? line[cells[5]] : default;
        record.Set("cs-uri-stem", stem);
        record.Set("cs-uri-query", query);
        UrlFields.Set(record, stem, query);

        bool hasTail = count >= 10 && IsTail(line, cells[(count - 4)..count]);
        bool isWhole = count == DefaultColumns && hasTail && IsNumber(line[cells[6]], 65535);
        if (isWhole)
        {
            for (int i = 0; i < _middle.Length; i++) record.Set(_middle[i], line[cells[6 + i]]);
        }
        else
        {
            if (count > 6 && IsNumber(line[cells[6]], 65535)) record.Set("s-port", line[cells[6]]);
            report.Add(DamageKind.Repaired, position.Line, position.Offset);
        }

        int status = hasTail ? count - 4 : FindStatus(line, cells[..count]);
        for (int i = 0; status >= 0 && i < (hasTail ? 4 : 3); i++) record.Set(_tail[i], line[cells[status + i]]);
        TimeText.TryRead(line, out DateTime time);
        record.End(line, position, time);
        return true;
    }

    static bool IsStart(ReadOnlySpan<byte> line, ReadOnlySpan<Range> cells)
    {
        ReadOnlySpan<byte> method = line[cells[3]], stem = line[cells[4]];
        return line[cells[0]].Length == 10 && line[cells[1]].Length == 8 && TimeText.TryRead(line, out _)
            && line[cells[2]].ContainsAny((byte)'.', (byte)':')
            && method.Length is >= 3 and <= 20 && IsMethod(method)
            && stem.StartsWith("/"u8);
    }

    static bool IsMethod(ReadOnlySpan<byte> text)
    {
        foreach (byte b in text)
        {
            if (b is not (>= (byte)'A' and <= (byte)'Z' or (byte)'_' or (byte)'-')) return false;
        }

        return true;
    }

    static int SplitCells(ReadOnlySpan<byte> line, Span<Range> cells)
    {
        int start = 0;
        for (int count = 0; ; count++)
        {
            int end = count == cells.Length - 1 ? -1 : line[start..].IndexOf((byte)' ');
            cells[count] = start..(end < 0 ? line.Length : start + end);
            if (end < 0) return count + 1;
            start += end + 1;
        }
    }

    static bool IsTail(ReadOnlySpan<byte> line, ReadOnlySpan<Range> cells) =>
        IsStatus(line[cells[0]]) && IsNumber(line[cells[1]], 999) && IsNumber(line[cells[2]], uint.MaxValue) && IsNumber(line[cells[3]], uint.MaxValue);

    // Behind the query and the port: "200 0 0", which "64200 0 0" is not.
    static int FindStatus(ReadOnlySpan<byte> line, ReadOnlySpan<Range> cells)
    {
        for (int i = 7; i + 2 < cells.Length; i++)
        {
            if (IsStatus(line[cells[i]]) && IsNumber(line[cells[i + 1]], 999) && IsNumber(line[cells[i + 2]], uint.MaxValue)) return i;
        }

        return -1;
    }

    static bool IsStatus(ReadOnlySpan<byte> text) => text.Length == 3 && IsNumber(text, 599) && text[0] != '0';

    static bool IsNumber(ReadOnlySpan<byte> text, uint most) =>
        Utf8Parser.TryParse(text, out uint number, out int length) && length == text.Length && number <= most;
}
