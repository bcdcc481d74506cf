using System.Text;
using Tocsin.Evidence.Artifacts;
using Tocsin.Evidence.Records;
using Tocsin.Evidence.WindowsEvents;

namespace Tocsin.Evidence.ToolOutputs;

/// <summary>Turns the rows and sentences of Test-ProxyLogon into records, and says in the report what they are worth.</summary>
internal sealed class ProxyLogonRows(ReadContext context)
{
    public static readonly LogSource Tool = new(null, "exchange", "test-proxylogon");

    static readonly LogSource _httpProxy = new(null, "exchange", "httpproxy");
    static readonly LogSource _oabGenerator = new(null, "exchange", "oabgenerator");
    static readonly LogSource _windows = new(null, "windows", null);

    // Properties that Format-List prints one below the other.
    static readonly string[] _listed = ["DateTime", "RequestId", "ClientIpAddress", "UrlHost", "UrlStem", "RoutingHint", "UserAgent", "AnchorMailbox", "HttpStatus"];

    readonly ReadReport _report = context.Report;
    readonly RecordWriter _record = new(context);
    readonly SeparatedCells _cells = new();
    readonly EcpServerRow _ecpRow = new();
    readonly List<(string Name, List<byte> Value)> _list = [];
    Position _listPosition;

    /// <summary>Whether a line is one that the tool copies out of a log, or the path of a log that it names.</summary>
    public static bool IsExportedLine(ReadOnlySpan<byte> line) => IsOabLine(line) || IsLogPath(line, out _) || EcpServerRow.Find(line) >= 0;

    /// <summary>Whether a line begins a row of the console's table: a time, and behind it nothing or an anchor mailbox.</summary>
    public static bool IsConsoleRow(ReadOnlySpan<byte> line)
    {
        if (!TimeText.TryRead(line, out _, out int length) || length < 20) return false;
        ReadOnlySpan<byte> rest = line[length..];
        return rest.IsEmpty || rest[0] == ' ' && (rest.TrimStart((byte)' ').StartsWith("ServerInfo"u8) || !rest.TrimStart((byte)' ').Contains((byte)' '));
    }

    /// <summary>A row of the console's table, wrapped lines joined.</summary>
    public void WriteConsoleRow(ReadOnlySpan<byte> row, Position position, bool isJoined)
    {
        TimeText.TryRead(row, out DateTime time, out int length);
        ReadOnlySpan<byte> anchor = row[length..].Trim((byte)' ');
        if (isJoined) _report.Add(DamageKind.Repaired, position.Line, position.Offset);
        NoteCut(anchor, position);
        _record.Begin(_httpProxy);
        _record.Set("DateTime", row[..length]);
        _record.Set("AnchorMailbox", anchor);
        _record.End(row, position, time);
    }

    /// <summary>A row below one of the tool's headers.</summary>
    public void WriteRow(ProxyLogonTable table, ReadOnlySpan<byte> row, Position position)
    {
        _cells.Split(row, table.Separator);
        if (_cells.IsCutOff) _report.Add(DamageKind.CutOff, position.Line, position.Offset);
        else if (_cells.Count < table.Count) _report.Add(DamageKind.ShortRow, position.Line, position.Offset);
        else if (_cells.Count > table.Count) _report.Add(DamageKind.Repaired, position.Line, position.Offset);
        switch (table.Kind)
        {
            case ProxyLogonTableKind.Requests: WriteRequest(table, row, position); break;
            case ProxyLogonTableKind.Events: WriteEvent(table, row, position); break;
            case ProxyLogonTableKind.Files: WriteFile(table, row, position); break;
            case ProxyLogonTableKind.LogAges:
                LogAges.NoteRow(table, _cells, _report);
                WriteLine(row, position);
                break;
        }
    }

    void WriteRequest(ProxyLogonTable table, ReadOnlySpan<byte> row, Position position)
    {
        _record.Begin(_httpProxy);
        for (int i = 0; i < table.Count && i < _cells.Count; i++) _record.Set(table[i], _cells[i]);
        if (table.IndexOf("UrlStem"u8) is >= 0 and var stem && !_cells[stem].IsEmpty) UrlFields.Set(_record, _cells[stem], default);
        NoteCut(_cells[table.IndexOf("AnchorMailbox"u8)], position);
        ToolTimeForm form = ToolTime.Read(_cells[table.IndexOf("DateTime"u8)], out DateTime time);
        if (form == ToolTimeForm.Local) _report.Notes.Add("the times were rewritten in a country's own format, as spreadsheets do; they are taken for UTC, which the tool writes");
        NoteTime(form, position);
        _record.End(row, position, time);
    }

    void WriteEvent(ProxyLogonTable table, ReadOnlySpan<byte> row, Position position)
    {
        // The tool asks the Application log for errors of this one provider, and exports neither of the three.
        _record.Begin(_windows);
        _record.Set("Channel", "Application"u8);
        _record.Set("Provider_Name", "MSExchange Unified Messaging"u8);
        _record.Set("Level", "2"u8);
        ReadOnlySpan<byte> computer = _cells[table.IndexOf("MachineName"u8)];
        _record.Set("Computer", computer);
        _record.Set("Message", _cells[table.IndexOf("Message"u8)]);
        AddHost(computer);
        ToolTimeForm form = ToolTime.Read(_cells[table.IndexOf("TimeCreated"u8)], out DateTime time);
        NoteTime(form, position);
        _report.Notes.Add("the tool writes the times of events in the server's own time zone, which it does not name; they are shown as written");
        _record.End(row, position, time);
    }

    void WriteFile(ProxyLogonTable table, ReadOnlySpan<byte> row, Position position)
    {
        _record.Begin(Tool);
        _record.Set("Line", row);
        for (int i = 0; i < table.Count && i < _cells.Count; i++) _record.Set(table[i], _cells[i]);
        AddHost(_cells[table.IndexOf("ComputerName"u8)]);
        NoteFiles();
        ToolTimeForm form = ToolTime.Read(_cells[table.IndexOf("LastWrite"u8)], out DateTime time);
        NoteTime(form, position);
        _record.End(row, position, time, isLogged: false);
    }

    /// <summary>One of the tool's own sentences.</summary>
    public void WriteStatement(ProxyLogonStatementKind kind, ReadOnlySpan<byte> line, ReadOnlySpan<byte> value, Position position)
    {
        _record.Begin(Tool);
        _record.Set("Line", line);
        _record.Set("Statement", line);
        switch (kind)
        {
            case ProxyLogonStatementKind.Status:
                AddHost(value);
                break;
            case ProxyLogonStatementKind.NothingFound:
                _report.Notes.Add("the tool's \"Nothing suspicious detected\" leaves out autodiscover and localhost requests and does not look for web shells: it is no proof that nothing happened");
                break;
            case ProxyLogonStatementKind.Skipped:
                _report.Products.Add("Exchange 2010");
                _report.Notes.Add("the tool found no Exchange 2013 or later and left its tests out: the proxy flaws do not exist in Exchange 2010, only CVE-2021-26857 does");
                break;
            case ProxyLogonStatementKind.Files:
                NoteFiles();
                break;
            case ProxyLogonStatementKind.File:
                NoteFiles();
                _record.Set("Type", line[..line.IndexOf((byte)' ')]);
                _record.Set("Path", value);
                break;
        }

        _record.End(line, position, default);
    }

    /// <summary>A line copied out of a log, or the path of a log in which the tool found something; false for any other.</summary>
    public bool TryWriteExported(ReadOnlySpan<byte> line, Position position)
    {
        if (_ecpRow.TryWrite(line, position, _record, _report)) return true;
        if (IsOabLine(line))
        {
            TimeText.TryRead(line, out DateTime time);
            _record.Begin(_oabGenerator);
            _record.Set("Line", line);
            _record.End(line, position, time);
            return true;
        }

        if (!IsLogPath(line, out bool isEcp)) return false;
        _report.Notes.Add("the tool names logs in which it found something, not what it found: read those logs");
        _record.Begin(Tool);
        _record.Set("Line", line);
        _record.Set("Type", isEcp ? "EcpServerLog"u8 : "OabGeneratorLog"u8);
        _record.Set("Path", line);
        _record.End(line, position, default);
        return true;
    }

    /// <summary>Any other line.</summary>
    public void WriteLine(ReadOnlySpan<byte> line, Position position)
    {
        _record.Begin(Tool);
        _record.Set("Line", line);
        _record.End(line, position, default);
    }

    /// <summary>Whether a line begins an item of a list.</summary>
    public static bool IsListItem(ReadOnlySpan<byte> line) => NameOfItem(line) is not null;

    static string? NameOfItem(ReadOnlySpan<byte> line)
    {
        int colon = line.IndexOf(" : "u8);
        if (colon <= 0) return null;
        string name = Encoding.UTF8.GetString(line[..Math.Min(colon, 32)].Trim((byte)' '));
        return _listed.Contains(name, StringComparer.OrdinalIgnoreCase) ? name : null;
    }

    /// <summary>A line <c>AnchorMailbox : ServerInfo~…</c> of a list, or the rest of one, which is indented; false for any other.</summary>
    public bool TryTakeListItem(ReadOnlySpan<byte> line, Position position)
    {
        int colon = line.IndexOf(" : "u8);
        if (colon > 0)
        {
            if (NameOfItem(line) is not { } name) return false;
            if (_list.Exists(item => item.Name == name)) EndList();
            if (_list.Count == 0) _listPosition = position;
            _list.Add((name, [.. line[(colon + 3)..].Trim((byte)' ')]));
            return true;
        }

        if (_list.Count == 0 || !line.StartsWith("        "u8) || _list[^1].Value.Count > 64 * 1024) return false;
        _list[^1].Value.AddRange(line.Trim((byte)' '));
        return true;
    }

    /// <summary>Writes the request that a list gave, if it gave one.</summary>
    public void EndList()
    {
        if (_list.Count == 0) return;
        if (_list.Exists(item => item.Name.Equals("AnchorMailbox", StringComparison.OrdinalIgnoreCase)))
        {
            DateTime time = default;
            _record.Begin(_httpProxy);
            foreach (var (name, value) in _list)
            {
                byte[] text = [.. value];
                _record.Set(name, text);
                if (name.Equals("DateTime", StringComparison.OrdinalIgnoreCase)) NoteTime(ToolTime.Read(text, out time), _listPosition);
                if (name.Equals("AnchorMailbox", StringComparison.OrdinalIgnoreCase)) NoteCut(text, _listPosition);
                if (name.Equals("UrlStem", StringComparison.OrdinalIgnoreCase)) UrlFields.Set(_record, text, default);
            }

            _record.End(Encoding.UTF8.GetBytes(string.Join('\n', _list.Select(item => $"{item.Name} : {Encoding.UTF8.GetString([.. item.Value])}"))), _listPosition, time);
        }

        _list.Clear();
    }

    static bool IsOabLine(ReadOnlySpan<byte> line) => line.IndexOf("Download failed and temporary file '"u8) >= 0;

    static bool IsLogPath(ReadOnlySpan<byte> line, out bool isEcp)
    {
        isEcp = line.IndexOf("\\Logging\\ECP\\Server\\"u8) > 0;
        return (isEcp || line.IndexOf("\\Logging\\OABGeneratorLog\\"u8) > 0) && line.Length < 400 && line.Length > 3 && (line[1] == ':' || line.StartsWith("\\\\"u8))
            && Ascii.EqualsIgnoreCase(line[^4..], ".log"u8);
    }

    void AddHost(ReadOnlySpan<byte> name)
    {
        name = name.Trim(" \""u8);
        if (!name.IsEmpty && name.Length < 256) _report.AddHost(Encoding.UTF8.GetString(name));
    }

    void NoteCut(ReadOnlySpan<byte> anchor, Position position)
    {
        if (!anchor.EndsWith("..."u8) && !anchor.EndsWith("…"u8)) return;
        _report.Add(DamageKind.ShortRow, position.Line, position.Offset);
        _report.Notes.Add("anchor mailboxes were cut by the console: what ends in three points goes on in the original");
    }

    void NoteTime(ToolTimeForm form, Position position)
    {
        if (form is ToolTimeForm.Iso or ToolTimeForm.Local) return;
        _report.Add(DamageKind.NoTime, position.Line, position.Offset);
        if (form == ToolTimeForm.Ambiguous) _report.Notes.Add("in some dates day and month could be exchanged; such rows are shown without a time, their date stands in the row");
    }

    void NoteFiles() =>
        _report.Notes.Add("the tool lists every archive below ProgramData as suspicious, most of which belong to installed programs; a file in its list is no proof of an attack");
}
