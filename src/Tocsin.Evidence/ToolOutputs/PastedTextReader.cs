using Tocsin.Evidence.Artifacts;
using Tocsin.Evidence.Records;
using Tocsin.Evidence.WindowsEvents;

namespace Tocsin.Evidence.ToolOutputs;

/// <summary>
/// The last resort for text that nothing else recognised: lines copied from logs, consoles and mails into a file. Rows of
/// IIS and HttpProxy logs among them are read as such; every other line is a record with <c>Line</c> and <c>Command</c>.
/// </summary>
/// <remarks>It proves what it shows and excludes nothing, so the report is always marked as an extract.</remarks>
public sealed class PastedTextReader : ArtifactReader
{
    /// <summary>Larger artifacts are no pasted text; the caller asks this reader only about smaller ones.</summary>
    public const int MaxArtifactBytes = 16 * 1024 * 1024;

    const int MaxLineBytes = 1024 * 1024;

    // In the first 64 KB: a text may hold a stray control character, a program or an image holds them throughout.
    const int MaxControlPermille = 5;

    static readonly LogSource _source = new("command", "exchange", "pasted");
    static readonly LogSource _httpProxy = new(null, "exchange", "httpproxy");
    static readonly ArtifactKind _kind = new("pasted-text", "Pasted text", _source);

    PastedTextReader()
    {
    }

    /// <inheritdoc />
    public override ArtifactKind Kind => _kind;

    /// <summary>Takes any text: mostly printable, in UTF-8 or a single-byte code page. Ask it last.</summary>
    /// <param name="head">Up to 64 KB from the beginning; UTF-16 already transcoded.</param>
    /// <param name="path">Not looked at.</param>
    public static PastedTextReader? TryRecognise(ReadOnlySpan<byte> head, string path)
    {
        _ = path;
        if (head.Trim(" \t\r\n"u8).IsEmpty || head.Contains((byte)0)) return null;
        int controls = 0, high = 0;
        foreach (byte b in head)
        {
            if (b < 32 && b is not ((byte)'\t' or (byte)'\n' or (byte)'\r' or 27 or 12) || b == 127) controls++;
            else if (b >= 128) high++;
        }

        if (controls * 1000L > head.Length * (long)MaxControlPermille) return null;
        return high * 10L > head.Length * 3L && !IsUtf8(head) ? null : new PastedTextReader();
    }

    /// <inheritdoc />
    public override void Read(Stream content, ReadContext context)
    {
        context.Report.IsExtract = true;
        var lines = new LineWalk(content, MaxLineBytes, context);
        var record = new RecordWriter(context);
        while (lines.Next())
        {
            ReadOnlySpan<byte> line = lines.Line.Trim(" \t"u8);
            if (line.IsEmpty) continue;
            if (line.Contains((byte)0))
            {
                context.Report.Add(DamageKind.Binary, lines.Position.Line, lines.Position.Offset);
                continue;
            }

            if (MangledIisRow.TryWrite(line, lines.Position, record, context.Report)) continue;
            if (TryWriteHttpProxy(line, lines.Position, record, context.Report)) continue;
            record.Begin(_source);
            record.Set("Line", line);
            record.Set("Command", line);
            TimeText.TryRead(line, out DateTime time);
            record.End(line, lines.Position, time);
        }
    }

    // A row of which only the time and the anchor mailbox can be told: "2021-03-03T07:10:58.123Z,…,ServerInfo~a]@host:444/ecp/x.js?#,…"
    static bool TryWriteHttpProxy(ReadOnlySpan<byte> line, Position position, RecordWriter record, ReadReport report)
    {
        int at = line.IndexOf("ServerInfo~"u8);
        ReadOnlySpan<byte> start = line.TrimStart((byte)'"');
        if (at < 20 || !TimeText.TryRead(start, out DateTime time, out int length) || length == start.Length) return false;
        ReadOnlySpan<byte> behind = start[length..].TrimStart((byte)'"');
        if (behind.IsEmpty || behind[0] is not ((byte)',' or (byte)';' or (byte)'\t' or (byte)' ' or (byte)'|')) return false;
        ReadOnlySpan<byte> anchor = line[at..];
        int end = anchor.IndexOfAny(behind[0] == '|' ? "|\""u8 : ",;\t \""u8);
        if (end >= 0) anchor = anchor[..end];
        record.Begin(_httpProxy);
        record.Set("DateTime", start[..length]);
        record.Set("AnchorMailbox", anchor);
        report.Add(DamageKind.Repaired, position.Line, position.Offset);
        record.End(line, position, time);
        return true;
    }

    // The head may end in the middle of a character.
    static bool IsUtf8(ReadOnlySpan<byte> head)
    {
        for (int cut = 0; cut <= 3 && cut < head.Length; cut++)
        {
            if (System.Text.Unicode.Utf8.IsValid(head[..^cut])) return true;
        }

        return false;
    }
}
