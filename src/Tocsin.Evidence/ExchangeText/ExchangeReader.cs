using System.Text;
using Tocsin.Evidence.Artifacts;
using Tocsin.Evidence.Lines;
using Tocsin.Evidence.Records;

namespace Tocsin.Evidence.ExchangeText;

/// <summary>Reads every text log of Exchange 2013 and newer: comma-separated rows under a <c>#Fields</c> line.</summary>
/// <remarks>
/// Shape: <c>#Software</c>, <c>#Version</c>, <c>#Log-type</c>, <c>#Date</c>, <c>#Fields</c>, in a block that comes again after a
/// restart; in some logs a bare row of the column names before or behind it; then rows, one a line. A cell with a comma or
/// a quotation mark is quoted and its marks are doubled. Columns are found by name, since builds differ (70 or 74 in
/// HttpProxy, <c>BackendStatus</c> or <c>BackEndStatus</c>).
/// </remarks>
public sealed class ExchangeReader : DelimitedReader
{
    readonly Cells _cells = new();
    readonly string? _assumedFields;
    string[] _columns = [];
    int[] _fieldOfColumn = [];
    byte[] _firstColumn = [];
    int _time = -1, _host = -1, _major = -1, _stem = -1, _query = -1, _eventData = -1, _cmdlet = -1, _parameters = -1, _result = -1, _auditText = -1;
    int _url = -1, _urlDecoded = -1, _command = -1, _outcome = -1;
    readonly List<(byte[] Key, int Field)> _keys = [];
    DateTime _versionSeen;
    byte[]? _headerVersion, _lastVersion;
    byte[] _plain = new byte[4096];

    internal ExchangeReader(ArtifactKind kind, string? assumedFields)
        : base((byte)',', quotesAreOdd: true)
    {
        Kind = kind;
        _assumedFields = assumedFields;
    }

    /// <inheritdoc />
    public override ArtifactKind Kind { get; }

    private protected override void Begin(ReadContext context)
    {
        FieldSet fields = Target.Fields;
        _url = fields.IndexOf("url");
        _urlDecoded = fields.IndexOf("url-decoded");
        _command = fields.IndexOf("Command");
        _outcome = fields.IndexOf("Outcome");
        if (_assumedFields is null) return;
        Report.IsExtract = true;
        Report.Notes.Add("The log has no header; the columns of current builds were assumed from the shape of its rows.");
        SetColumns(_assumedFields);
    }

    private protected override void End()
    {
        // Rows after the last look at the version were written by the same build.
        if (_lastVersion is not null && Report.LastUtc is { } last) Report.AddVersion(_lastVersion, last);
    }

    private protected override bool TryReadLeadingTime(ReadOnlySpan<byte> line, out DateTime utc) => TextTime.TryRead(line, out utc);

    private protected override void OnLine(ReadOnlySpan<byte> line, Position position, int separators, bool quote, bool control, bool candidate, bool terminated)
    {
        if (line.IsEmpty) return;
        if (line[0] == '#')
        {
            ReadDirective(line);
            return;
        }

        if (control)
        {
            Report.Add(DamageKind.Binary, position.Line, position.Offset);
            int row = FindRowBehindBinary(line);
            if (row > 0)
            {
                line = line[row..];
                position = position with { Offset = position.Offset + row };
            }
            else if (row < 0 && !candidate && !IsHeader(line))
            {
                return;
            }
        }

        if (IsHeader(line))
        {
            SetColumns(Encoding.UTF8.GetString(line));
            return;
        }

        if (_columns.Length == 0)
        {
            Report.Add(DamageKind.BeforeHeader, position.Line, position.Offset);
            return;
        }

        if (!_cells.SplitQuoted(line, (byte)','))
        {
            // A mark that is never closed: the row was half written, or its mark is only a character.
            _cells.Split(line, (byte)',');
            Report.Add(terminated ? DamageKind.Malformed : DamageKind.CutOff, position.Line, position.Offset);
        }
        else if (_cells.Count < _columns.Length)
        {
            Report.Add(terminated ? DamageKind.ShortRow : DamageKind.CutOff, position.Line, position.Offset);
        }
        else if (_cells.Count > _columns.Length)
        {
            Report.Add(DamageKind.WrongColumnCount, position.Line, position.Offset);
        }

        DateTime utc = default;
        if (_time >= 0 && _time < _cells.Count && TextTime.TryRead(Unquoted(line, _time), out utc))
        {
            if (OpensHour(utc)) LookAtServer(line, utc);
            CountRecord(line, utc);
        }
        else if (_time >= 0 && _time < _cells.Count && _cells.Length(_time) == 0 && _cells.Count == _columns.Length)
        {
            // Rps writes what did not fit a row's latency column into a further row with empty leading columns.
            CountRecord();
        }
        else
        {
            Report.Add(DamageKind.NoTime, position.Line, position.Offset);
        }

        if (candidate) HandOver(line, position, utc);
    }

    bool IsHeader(ReadOnlySpan<byte> line)
    {
        if (_firstColumn.Length > 0) return line.Length > _firstColumn.Length && line[_firstColumn.Length] == ',' && line.StartsWith(_firstColumn);
        return line.StartsWith("DateTime,"u8) || line.StartsWith("TimeStamp,"u8) || line.StartsWith("Timestamp,"u8) || line.StartsWith("date-time,"u8);
    }

    void ReadDirective(ReadOnlySpan<byte> line)
    {
        if (line.StartsWith("#Fields:"u8)) SetColumns(Encoding.UTF8.GetString(line["#Fields:".Length..]));
        else if (line.StartsWith("#Version:"u8)) _headerVersion = line["#Version:".Length..].Trim((byte)' ').ToArray();
        else if (line.StartsWith("#Date:"u8) && _headerVersion is not null && TextTime.TryRead(line["#Date:".Length..].Trim((byte)' '), out DateTime utc))
        {
            NoteVersion(_headerVersion, utc);
        }
    }

    void SetColumns(string text)
    {
        _columns = [.. text.Split(',').Take(512).Select(c => c.Trim())];
        _firstColumn = Encoding.UTF8.GetBytes(_columns[0]);
        FieldSet fields = Target.Fields;
        _fieldOfColumn = [.. _columns.Select(fields.IndexOf)];
        _time = Array.FindIndex(_columns, c => c.ToLowerInvariant() is "datetime" or "timestamp" or "date-time");
        _host = Array.FindIndex(_columns, c => c is "ServerHostName" or "ServerName" or "Server");
        _major = Column("MajorVersion");
        _stem = Column("UrlStem");
        _query = Column("UrlQuery");
        _eventData = Column("EventData");
        _cmdlet = Column("Cmdlet");
        _parameters = Column("Parameters");
        _result = Column("ExecutionResult");
        _auditText = Kind.Id == "audit" ? Column("Data") : -1;
        ExpectedSeparators = _columns.Length - 1;
        LeadsWithTime = _time == 0;

        _keys.Clear();
        if (_eventData >= 0)
        {
            for (int i = 0; i < fields.Count; i++)
            {
                if (fields[i].Length is > 0 and <= 16 && fields[i].All(char.IsAsciiLetterOrDigit) && Column(fields[i]) < 0)
                {
                    _keys.Add((Encoding.UTF8.GetBytes($"S:{fields[i].ToUpperInvariant()}="), i));
                }
            }
        }

        foreach (string needed in Kind.Id.StartsWith("httpproxy", StringComparison.Ordinal) ? (ReadOnlySpan<string>)["AnchorMailbox", "RoutingHint", "HttpStatus"] : [])
        {
            if (Column(needed) < 0) Report.Notes.Add($"The log has no column {needed}: what it would show cannot be seen.");
        }
    }

    int Column(string name) => Array.FindIndex(_columns, c => c.Equals(name, StringComparison.OrdinalIgnoreCase));

    ReadOnlySpan<byte> Unquoted(ReadOnlySpan<byte> line, int cell)
    {
        ReadOnlySpan<byte> text = _cells.Of(line, cell);
        return text.Length >= 2 && text[0] == '"' && text[^1] == '"' ? text[1..^1] : text;
    }

    // Who wrote the log and in which build: looked at once an hour, not once a row.
    void LookAtServer(ReadOnlySpan<byte> line, DateTime utc)
    {
        if (_host >= 0 && _host < _cells.Count) Report.AddHost(Encoding.UTF8.GetString(_cells.Of(line, _host)));
        if (_major >= 0 && _major + 3 < _cells.Count)
        {
            int start = _cells.Start(_major), end = _cells.Start(_major + 3) + _cells.Length(_major + 3);
            byte[] version = line[start..end].ToArray();
            version.AsSpan().Replace((byte)',', (byte)'.');
            NoteVersion(version, utc);
        }
        else if (_eventData >= 0 && _eventData < _cells.Count)
        {
            ReadOnlySpan<byte> text = _cells.Of(line, _eventData);
            int at = text.IndexOf("S:BLD="u8);
            if (at < 0) at = text.IndexOf("S:Bld="u8);
            if (at < 0) return;
            text = text[(at + 6)..];
            int end = text.IndexOf((byte)';');
            NoteVersion((end < 0 ? text : text[..end]).ToArray(), utc);
        }
    }

    void NoteVersion(byte[] version, DateTime utc)
    {
        Report.AddVersion(version, utc);
        if (utc >= _versionSeen) (_versionSeen, _lastVersion) = (utc, version);
    }

    void HandOver(ReadOnlySpan<byte> line, Position position, DateTime utc)
    {
        Values.Clear();
        int count = Math.Min(_cells.Count, _columns.Length);
        for (int i = 0; i < count; i++)
        {
            int field = _fieldOfColumn[i];
            if (field < 0) continue;
            ReadOnlySpan<byte> cell = _cells.Of(line, i);
            if (cell is not [(byte)'"', ..]) Values.Add(field, _cells.Start(i), cell.Length);
            else AddUnquoted(field, cell);
        }

        if (_stem >= 0 && _stem < count)
        {
            UrlText.Add(Values, _url, _urlDecoded, Unquoted(line, _stem), _query >= 0 && _query < count ? Unquoted(line, _query) : default);
        }

        if (_eventData >= 0 && _eventData < count) AddEventData(_cells.Of(line, _eventData));
        if (_cmdlet >= 0 && _cmdlet < count) AddCmdlet(line, count);
        if (_auditText >= 0 && _auditText < count) AddUnquoted(_command, _cells.Of(line, _auditText));

        var record = new Record(line, Values, position, utc);
        Target.Sink.Accept(in record);
    }

    // Takes the marks off and halves doubled ones.
    void AddUnquoted(int field, ReadOnlySpan<byte> cell)
    {
        if (field < 0) return;
        Span<byte> to = Values.Reserve(cell.Length);
        Values.Commit(field, Unquote(cell, to));
    }

    static int Unquote(ReadOnlySpan<byte> cell, Span<byte> to)
    {
        if (cell is not [(byte)'"', ..])
        {
            cell.CopyTo(to);
            return cell.Length;
        }

        cell = cell is [_, .. var inner, (byte)'"'] ? inner : cell[1..];
        int length = 0;
        for (int i = 0; i < cell.Length; i++)
        {
            to[length++] = cell[i];
            if (cell[i] == '"' && i + 1 < cell.Length && cell[i + 1] == '"') i++;
        }

        return length;
    }

    // EventData is "S:KEY=value;S:KEY=value;Dbl:…"; a value may hold semicolons (script text in S:CMD does), so a value ends
    // where the next typed key begins.
    void AddEventData(ReadOnlySpan<byte> cell)
    {
        if (_plain.Length < cell.Length) _plain = new byte[cell.Length * 2];
        ReadOnlySpan<byte> plain = _plain.AsSpan(0, Unquote(cell, _plain));
        foreach ((byte[] key, int field) in _keys)
        {
            if (TryFindValue(plain, key, out int start, out int valueLength)) Values.Add(field, plain.Slice(start, valueLength));
        }

        if (!TryFindValue(plain, "S:CMD="u8, out int command, out int commandLength)) return;
        Values.Add(_command, plain.Slice(command, commandLength));
        bool hasException = TryFindValue(plain, "S:EX="u8, out _, out int exceptionLength);
        Values.Add(_outcome, !hasException ? "unknown"u8 : exceptionLength == 0 ? "succeeded"u8 : "failed"u8);
    }

    static bool TryFindValue(ReadOnlySpan<byte> text, ReadOnlySpan<byte> key, out int start, out int length)
    {
        start = length = 0;
        int from = 0;
        while (true)
        {
            int at = IndexOfIgnoreCase(text[from..], key);
            if (at < 0) return false;
            at += from;
            if (at == 0 || text[at - 1] == ';')
            {
                start = at + key.Length;
                length = EndOfValue(text[start..]);
                return true;
            }

            from = at + 1;
        }
    }

    static int IndexOfIgnoreCase(ReadOnlySpan<byte> text, ReadOnlySpan<byte> key)
    {
        for (int i = 0; i + key.Length <= text.Length; i++)
        {
            int at = text[i..].IndexOf("S:"u8);
            if (at < 0) return -1;
            i += at;
            if (i + key.Length <= text.Length && Ascii.EqualsIgnoreCase(text.Slice(i, key.Length), key)) return i;
        }

        return -1;
    }

    static int EndOfValue(ReadOnlySpan<byte> text)
    {
        for (int i = 0; i < text.Length; i++)
        {
            int at = text[i..].IndexOf((byte)';');
            if (at < 0) return text.Length;
            i += at;
            ReadOnlySpan<byte> next = text[(i + 1)..];
            if (next.StartsWith("S:"u8) || next.StartsWith("Dbl:"u8) || next.StartsWith("I32:"u8) || next.StartsWith("F:"u8)) return i;
            if (next.IsEmpty) return i;
        }

        return text.Length;
    }

    void AddCmdlet(ReadOnlySpan<byte> line, int count)
    {
        if (_command >= 0)
        {
            ReadOnlySpan<byte> cmdlet = _cells.Of(line, _cmdlet);
            ReadOnlySpan<byte> parameters = _parameters >= 0 && _parameters < count ? _cells.Of(line, _parameters) : default;
            Span<byte> text = Values.Reserve(cmdlet.Length + 1 + parameters.Length);
            int length = Unquote(cmdlet, text);
            text[length++] = (byte)' ';
            length += Unquote(parameters, text[length..]);
            Values.Commit(_command, length);
        }

        ReadOnlySpan<byte> result = _result >= 0 && _result < count ? _cells.Of(line, _result) : default;
        Values.Add(_outcome, result.StartsWith("Success"u8) ? "succeeded"u8 : result.IsEmpty ? "unknown"u8 : "failed"u8);
    }
}
