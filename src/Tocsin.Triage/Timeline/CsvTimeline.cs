using System.Buffers.Text;
using System.Text;
using Tocsin.Triage.Reports;
using Tocsin.Triage.Verdicts;

namespace Tocsin.Triage.Timeline;

/// <summary>A table with a heading, in the columns that Timesketch asks for and then our own. All cells are inert, see <see cref="Inert.Csv(string)"/>.</summary>
internal sealed class CsvTimeline : TimelineWriter
{
    readonly TimeSpan? _zone;
    readonly Dictionary<string, byte[]> _cells = new(StringComparer.Ordinal);

    public CsvTimeline(Stream to, TimeSpan? zone)
        : base(to)
    {
        _zone = zone;
        string local = zone is null ? "" : ",local";
        Write(Encoding.ASCII.GetBytes($"{Columns}{local}\r\n"));
    }

    /// <summary>The heading.</summary>
    public const string Columns = "datetime,timestamp_desc,message,server,artifact,line,offset,source,client,user,clock,finding,stage,level,rule,wave";

    protected override void WriteRow(in TimelineRow row)
    {
        Span<byte> time = stackalloc byte[TimelineTime.Length];
        TimelineTime.Utc(row.TimeUtc, time);
        Write(time);
        Repeated(row.TimeIs);
        if (row.Message.IsEmpty) Repeated(row.Source);
        else Cell(row.Message);
        Repeated(row.Server);
        Repeated(row.Artifact);
        Number(row.Line);
        Number(row.Offset);
        Repeated(row.Source);
        Cell(row.Client);
        Cell(row.User);
        Repeated(row.Clock);
        if (row.Findings.Count == 0)
        {
            Write(",,,,,"u8);
        }
        else
        {
            Cell(Joined(row.Findings, f => f.Title, " | "));
            Cell(Words.Of(row.Findings[0].Stage));
            Cell(row.Findings[0].Level);
            Cell(Joined(row.Findings, f => f.Rule, " | "));
            Cell(Joined(row.Findings, f => f.Wave, " | "));
        }

        if (_zone is { } zone) Cell(TimelineTime.In(row.TimeUtc, zone));
        Write("\r\n"u8);
    }

    void Cell(string text)
    {
        Write(","u8);
        Encoding.UTF8.GetBytes(Inert.Csv(text), Buffer);
    }

    void Cell(ReadOnlySpan<byte> text)
    {
        Write(","u8);
        Inert.Csv(text, Buffer);
    }

    // Names of servers and artifacts come again in every row.
    void Repeated(string text)
    {
        const int MaxCells = 1024;
        if (!_cells.TryGetValue(text, out byte[]? cell))
        {
            if (_cells.Count == MaxCells) _cells.Clear();
            _cells.Add(text, cell = Encoding.UTF8.GetBytes("," + Inert.Csv(text)));
        }

        Write(cell);
    }

    void Number(long number)
    {
        Span<byte> to = Buffer.GetSpan(24);
        to[0] = (byte)',';
        Utf8Formatter.TryFormat(number, to[1..], out int length);
        Buffer.Advance(1 + length);
    }

    void Write(ReadOnlySpan<byte> text)
    {
        text.CopyTo(Buffer.GetSpan(text.Length));
        Buffer.Advance(text.Length);
    }
}
