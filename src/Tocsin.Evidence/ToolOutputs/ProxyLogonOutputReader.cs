// The tool writes, for a server NAME:
//   NAME-Cve-2021-26855.csv   requests; PowerShell 5 puts "#TYPE …" before the header
//   NAME-Cve-2021-26857.csv   events, their messages over several lines inside quotes
//   NAME-Cve-2021-26858.log   lines of the OABGenerator log; later only the paths of the logs
//   NAME-Cve-2021-27065.log   rows of the ECP Server log; later only the paths of the logs
//   NAME-other.csv            files
//   NAME-LogAgeDays.csv       one row of ages
// and a summary on the console, with the requests as a table when nothing is exported. People post any of these, also re-saved
// by a spreadsheet, wrapped at the console's width, or cut by it.
using Tocsin.Evidence.Artifacts;
using Tocsin.Evidence.Records;
using Tocsin.Evidence.WindowsEvents;

namespace Tocsin.Evidence.ToolOutputs;

/// <summary>Reads what Microsoft's Test-ProxyLogon.ps1 and its predecessor Test-Hafnium.ps1 exported or printed.</summary>
/// <remarks>
/// Requests become records of the HttpProxy log, commands of the ECP Server log, events of Windows, so that the same rules
/// judge them; the tool's own sentences and its list of files are records of <c>exchange/test-proxylogon</c> with
/// <c>Line</c>, <c>Statement</c>, <c>Type</c> and <c>Path</c>. All of it is an extract: it proves what it shows.
/// </remarks>
public sealed class ProxyLogonOutputReader : ArtifactReader
{
    const int MaxLineBytes = 1024 * 1024;

    static readonly ArtifactKind _kind = new("test-proxylogon", "Output of Test-ProxyLogon", ProxyLogonRows.Tool);

    ProxyLogonOutputReader()
    {
    }

    /// <inheritdoc />
    public override ArtifactKind Kind => _kind;

    /// <summary>Recognises the tool's tables by their headers and its console text by its sentences.</summary>
    /// <param name="head">Up to 64 KB from the beginning, UTF-8, a byte order mark allowed.</param>
    /// <param name="path">Not looked at.</param>
    public static ProxyLogonOutputReader? TryRecognise(ReadOnlySpan<byte> head, string path)
    {
        _ = path;
        if (head.StartsWith("\uFEFF"u8)) head = head[3..];
        if (head.Contains((byte)0) || head.StartsWith("#Software"u8) || head.StartsWith("#Fields"u8)) return null;
        int lines = 0, found = 0;
        while (!head.IsEmpty)
        {
            int end = head.IndexOf((byte)'\n');
            ReadOnlySpan<byte> line = (end < 0 ? head : head[..end]).Trim(" \t\r"u8);
            head = end < 0 ? default : head[(end + 1)..];
            if (line.IsEmpty) continue;
            if (ProxyLogonTable.TryRead(line) is not null) return new ProxyLogonOutputReader();
            if (ProxyLogonStatement.IsTelling(ProxyLogonStatement.Recognise(line, out _))) return new ProxyLogonOutputReader();
            if (line.StartsWith("AnchorMailbox"u8) && line.IndexOf(": ServerInfo~"u8) > 0) return new ProxyLogonOutputReader();
            lines++;
            if (ProxyLogonRows.IsExportedLine(line)) found++;
        }

        // The .log files have no header: they hold nothing else than such lines.
        return lines > 0 && found == lines ? new ProxyLogonOutputReader() : null;
    }

    /// <inheritdoc />
    public override void Read(Stream content, ReadContext context)
    {
        context.Report.IsExtract = true;
        var lines = new LineWalk(content, MaxLineBytes, context);
        var output = new Output(context);
        while (lines.Next())
        {
            if (lines.Line.Contains((byte)0)) context.Report.Add(DamageKind.Binary, lines.Position.Line, lines.Position.Offset);
            else output.Take(lines.Line, lines.Position);
        }

        output.Finish();
    }

    /// <summary>What of the output has been seen so far decides what the next line is.</summary>
    sealed class Output(ReadContext context)
    {
        // Bounds what an unclosed quote can swallow.
        const int MaxRowBytes = 64 * 1024;
        const int MaxWrapped = 64 * 1024;

        // Nobody's console is narrower; a shorter line was not broken by one.
        const int MinWidth = 40;

        readonly ProxyLogonRows _rows = new(context);
        ProxyLogonTable? _table;
        readonly Pending _quoted = new();
        readonly Pending _wrappedRow = new();
        readonly Pending _wrappedAges = new();
        int _lastLength;

        public void Take(ReadOnlySpan<byte> line, Position position)
        {
            if (_quoted.IsOpen)
            {
                _quoted.Append("\n"u8);
                _quoted.Append(line);
                if (_quoted.HasEvenQuotes || _quoted.Length > MaxRowBytes) EndQuoted();
                return;
            }

            ReadOnlySpan<byte> text = line.Trim(" \t"u8);
            if (text.IsEmpty) EndWrapped();
            else if (!TakeText(line, text, position)) _rows.WriteLine(text, position);
            _lastLength = line.Length;
        }

        public void Finish()
        {
            if (_quoted.IsOpen) EndQuoted();
            EndWrapped();
        }

        // True where the line was understood.
        bool TakeText(ReadOnlySpan<byte> line, ReadOnlySpan<byte> text, Position position)
        {
            if (ProxyLogonTable.TryRead(text) is { } table)
            {
                EndWrapped();
                _table = table;
                return true;
            }

            ProxyLogonStatementKind kind = ProxyLogonStatement.Recognise(text, out var value);
            if (kind != ProxyLogonStatementKind.None)
            {
                EndWrapped();
                _table = null;
                if (kind == ProxyLogonStatementKind.LogAges) _wrappedAges.Open(value, position);
                _rows.WriteStatement(kind, text, value, position);
                return true;
            }

            if (text.StartsWith("#TYPE "u8) || !text.ContainsAnyExcept((byte)'-', (byte)' ')) return true;
            if (_table is { Kind: not ProxyLogonTableKind.Console } && (text[0] == '"' || text.Contains(_table.Separator)))
            {
                EndWrapped();
                TakeRow(line, position);
                return true;
            }

            if (ProxyLogonRows.IsConsoleRow(text))
            {
                EndWrapped();
                _wrappedRow.Open(text, position);
                return true;
            }

            // What stands before a list is handed on before it.
            if (ProxyLogonRows.IsListItem(line)) EndRow();
            if (_rows.TryTakeListItem(line, position)) return true;
            if (TakeWrapped(line, text)) return true;
            EndWrapped();
            return _rows.TryWriteExported(text, position);
        }

        void TakeRow(ReadOnlySpan<byte> line, Position position)
        {
            // Only messages of events go on over several lines. An open quote elsewhere is damage, and must not swallow the rows behind it.
            if (_table!.Kind == ProxyLogonTableKind.Events && line.Count((byte)'"') % 2 == 1) _quoted.Open(line, position);
            else _rows.WriteRow(_table, line, position);
        }

        void EndQuoted()
        {
            _rows.WriteRow(_table!, _quoted.Text, _quoted.Position);
            _quoted.Close();
        }

        // A console breaks lines at its width wherever that is: inside a number, inside an address.
        bool TakeWrapped(ReadOnlySpan<byte> line, ReadOnlySpan<byte> text)
        {
            if (_wrappedAges.IsOpen && _wrappedAges.Length < MaxWrapped && _lastLength >= MinWidth)
            {
                _wrappedAges.Append(line);
                return true;
            }

            bool isBroken = _lastLength >= MinWidth || _wrappedRow.IsOpen && !_wrappedRow.Text.Contains((byte)' ');
            if (!_wrappedRow.IsOpen || !isBroken || text.Contains((byte)' ') || _wrappedRow.Length > MaxWrapped) return false;
            if (!_wrappedRow.Text.Contains((byte)' ')) _wrappedRow.Append(" "u8);
            _wrappedRow.Append(text);
            _wrappedRow.IsJoined = true;
            return true;
        }

        void EndWrapped()
        {
            if (_wrappedAges.IsOpen) LogAges.NoteLine(_wrappedAges.Text, context.Report);
            _wrappedAges.Close();
            EndRow();
            _rows.EndList();
        }

        void EndRow()
        {
            if (_wrappedRow.IsOpen) _rows.WriteConsoleRow(_wrappedRow.Text, _wrappedRow.Position, _wrappedRow.IsJoined);
            _wrappedRow.Close();
        }
    }

    /// <summary>A row that may go on in the next line.</summary>
    sealed class Pending
    {
        byte[] _text = new byte[512];

        public bool IsOpen { get; private set; }

        public bool IsJoined { get; set; }

        public int Length { get; private set; }

        public Position Position { get; private set; }

        public ReadOnlySpan<byte> Text => _text.AsSpan(0, Length);

        public bool HasEvenQuotes => Text.Count((byte)'"') % 2 == 0;

        public void Open(ReadOnlySpan<byte> text, Position position)
        {
            (IsOpen, IsJoined, Length, Position) = (true, false, 0, position);
            Append(text);
        }

        public void Append(ReadOnlySpan<byte> text)
        {
            if (_text.Length < Length + text.Length) Array.Resize(ref _text, (Length + text.Length) * 2);
            text.CopyTo(_text.AsSpan(Length));
            Length += text.Length;
        }

        public void Close() => (IsOpen, Length) = (false, 0);
    }
}
