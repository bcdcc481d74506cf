using System.Buffers;
using System.Text;
using Tocsin.Evidence.Artifacts;
using Tocsin.Evidence.Lines;
using Tocsin.Evidence.Records;

namespace Tocsin.Evidence.W3c;

/// <summary>Reads W3C extended logs as IIS writes them, of any <c>#Fields</c>, which may change in mid-file.</summary>
/// <remarks>
/// Shape (W3C working draft "Extended Log File Format", 1996, as implemented by IIS): <c>#</c> directives, then rows of
/// values with one space between them, <c>-</c> for none, spaces within values written as <c>+</c>. Exchange breaks the
/// last rule: its own additions to <c>cs-uri-query</c> (<c>MailboxRPCRequests=10; ADLatency=0</c>) hold plain spaces, so a
/// row with too many values is put together again where exactly one way of doing so gives a valid row.
/// </remarks>
public sealed class W3cReader : DelimitedReader
{
    static readonly SearchValues<byte> NotInAddress = SearchValues.Create("/?&=;(+"u8);

    const int MaxRepairs = 8;

    readonly Cells _cells = new();
    readonly byte[]? _assumedFields;
    string[] _columns = [];
    int[] _fieldOfColumn = [];
    int _date = -1, _time = -1, _status = -1, _port = -1, _clientAddress = -1, _stem = -1, _query = -1, _method = -1, _computer = -1;
    int _url = -1, _urlDecoded = -1;
    int[] _freeText = [];
    DateTime _dateDirective;

    internal W3cReader(ArtifactKind kind, string? assumedFields)
        : base((byte)' ', quotesAreOdd: false)
    {
        Kind = kind;
        _assumedFields = assumedFields is null ? null : Encoding.UTF8.GetBytes(assumedFields);
    }

    /// <inheritdoc />
    public override ArtifactKind Kind { get; }

    private protected override void Begin(ReadContext context)
    {
        _url = Target.Fields.IndexOf("url");
        _urlDecoded = Target.Fields.IndexOf("url-decoded");
        if (_assumedFields is null) return;
        Report.IsExtract = true;
        Report.Notes.Add("The log has no header; the usual IIS columns were assumed from the shape of its rows.");
        ReadFields(_assumedFields);
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
            if (row >= 0)
            {
                line = line[row..];
                position = position with { Offset = position.Offset + row };
            }
            else if (!candidate)
            {
                return;
            }
        }

        if (_columns.Length == 0)
        {
            Report.Add(DamageKind.BeforeHeader, position.Line, position.Offset);
            return;
        }

        if (!Split(line, position, terminated))
        {
            // Too broken to count as a record, but if it holds something that a rule looks for, what can be told is handed on.
            if (candidate) HandOver(line, position, default);
            return;
        }

        if (!TryReadTime(line, out DateTime utc))
        {
            Report.Add(DamageKind.NoTime, position.Line, position.Offset);
            CountRecord();
        }
        else
        {
            if (_computer >= 0 && _computer < _cells.Count && OpensHour(utc)) Report.AddHost(Encoding.UTF8.GetString(_cells.Of(line, _computer)));
            CountRecord(line, utc);
        }

        if (candidate) HandOver(line, position, utc);
    }

    void HandOver(ReadOnlySpan<byte> line, Position position, DateTime utc)
    {
        Values.Clear();
        int count = Math.Min(_cells.Count, _columns.Length);
        for (int i = 0; i < count; i++)
        {
            int start = _cells.Start(i), length = _cells.Length(i);
            if (length >= 2 && line[start] == '"' && line[start + length - 1] == '"') (start, length) = (start + 1, length - 2);
            Values.Add(_fieldOfColumn[i], start, length);
        }

        if (_stem >= 0 && _stem < count)
        {
            UrlText.Add(Values, _url, _urlDecoded, _cells.Of(line, _stem), _query >= 0 && _query < count ? _cells.Of(line, _query) : default);
        }

        var record = new Record(line, Values, position, utc);
        Target.Sink.Accept(in record);
    }

    bool TryReadTime(ReadOnlySpan<byte> line, out DateTime utc)
    {
        utc = default;
        if (_time < 0 || _time >= _cells.Count || !TextTime.TryReadTime(Unquoted(line, _time), out TimeSpan time)) return false;
        DateTime date;
        if (_date >= 0)
        {
            if (_date >= _cells.Count || !TextTime.TryReadDate(Unquoted(line, _date), out date)) return false;
        }
        else
        {
            // Without a date column the #Date directive is the day; it names the moment at which the log was begun.
            if (_dateDirective == default) return false;
            date = _dateDirective.Date;
        }

        utc = date + time;
        return true;
    }

    ReadOnlySpan<byte> Unquoted(ReadOnlySpan<byte> line, int cell) => _cells.Of(line, cell).Trim((byte)'"');

    // Splits the row and repairs it where there is one valid way; counts what is wrong otherwise.
    bool Split(ReadOnlySpan<byte> line, Position position, bool terminated)
    {
        _cells.Split(line, (byte)' ');
        if (_cells.Count == _columns.Length) return true;

        if (_cells.Count == _columns.Length + 1 && _cells.Length(_cells.Count - 1) == 0)
        {
            _cells.Join(_cells.Count - 2, 2);
            return true;
        }

        if (line.Contains((byte)'"') && SplitQuotedOrPadded(line) && _cells.Count == _columns.Length) return true;
        if (SplitQuotedOrPadded(line) && _cells.Count == _columns.Length) return true;

        _cells.Split(line, (byte)' ');
        if (_cells.Count > _columns.Length)
        {
            if (Repair(line, out bool inQuery))
            {
                // Blanks in the query are Exchange's own habit and no damage.
                if (!inQuery) Report.Add(DamageKind.Repaired, position.Line, position.Offset);
                return true;
            }

            // Rows with more values than the header names still have the named ones in their places (lnav's w3c.5).
            if (IsValid(line, _columns.Length))
            {
                Report.Add(DamageKind.WrongColumnCount, position.Line, position.Offset);
                return true;
            }

            Report.Add(DamageKind.WrongColumnCount, position.Line, position.Offset);
            return false;
        }

        Report.Add(terminated ? DamageKind.ShortRow : DamageKind.CutOff, position.Line, position.Offset);
        return _cells.Count >= 3;
    }

    // Values in quotation marks (IIS Advanced Logging) and rows padded with several blanks or tabs.
    bool SplitQuotedOrPadded(ReadOnlySpan<byte> line)
    {
        _cells.Clear();
        int i = 0;
        while (i < line.Length)
        {
            if (line[i] is (byte)' ' or (byte)'\t')
            {
                i++;
                continue;
            }

            int length;
            if (line[i] == '"')
            {
                int close = line[(i + 1)..].IndexOf((byte)'"');
                if (close < 0) return false;
                length = close + 2;
            }
            else
            {
                length = line[i..].IndexOfAny((byte)' ', (byte)'\t');
                if (length < 0) length = line.Length - i;
            }

            if (!_cells.Add(i, length)) return false;
            i += length;
        }

        return true;
    }

    // The spare values belong to one column: the query first, since Exchange writes blanks there, then other free text.
    bool Repair(ReadOnlySpan<byte> line, out bool inQuery)
    {
        inQuery = false;
        int spare = _cells.Count - _columns.Length;
        if (spare > 512) return false;
        ReadOnlySpan<int> order = [_query, .. _freeText];
        foreach (int column in order)
        {
            if (column < 0) continue;
            _cells.Split(line, (byte)' ');
            _cells.Join(column, spare + 1);
            inQuery = column == _query;
            if (IsValid(line, _columns.Length)) return true;
        }

        _cells.Split(line, (byte)' ');
        return false;
    }

    // A header may name the same column hundreds of times; each is an attempt for every row that needs repair.
    int[] FreeText() => [.. Enumerable.Range(0, _columns.Length).Where(i => i != _query && _columns[i] is "cs(User-Agent)" or "cs(Cookie)" or "cs(Referer)" or "cs-uri-stem" or "cs-username").Take(MaxRepairs)];

    bool IsValid(ReadOnlySpan<byte> line, int columns)
    {
        if (_cells.Count < columns) return false;
        return (_date < 0 || TextTime.TryReadDate(_cells.Of(line, _date), out _))
            && (_time < 0 || TextTime.TryReadTime(_cells.Of(line, _time), out _))
            && (_status < 0 || IsNumber(_cells.Of(line, _status), 3))
            && (_port < 0 || IsNumber(_cells.Of(line, _port), 5))
            && (_clientAddress < 0 || IsAddress(_cells.Of(line, _clientAddress)));
    }

    static bool IsNumber(ReadOnlySpan<byte> text, int maxDigits) =>
        text is [(byte)'-'] || text.Length > 0 && text.Length <= maxDigits && !text.ContainsAnyExceptInRange((byte)'0', (byte)'9');

    static bool IsAddress(ReadOnlySpan<byte> text) =>
        text is [(byte)'-'] || text.Length is >= 2 and <= 64 && text.ContainsAny((byte)'.', (byte)':') && !text.ContainsAny(NotInAddress);

    void ReadDirective(ReadOnlySpan<byte> line)
    {
        if (StartsWithIgnoreCase(line, "#Fields:"u8)) ReadFields(line["#Fields:".Length..]);
        else if (StartsWithIgnoreCase(line, "#Date:"u8) && TextTime.TryRead(line["#Date:".Length..].Trim((byte)' '), out DateTime utc)) _dateDirective = utc;
    }

    void ReadFields(ReadOnlySpan<byte> text)
    {
        _columns = Encoding.UTF8.GetString(text).Split([' ', '\t'], StringSplitOptions.RemoveEmptyEntries);
        if (_columns.Length > 512) _columns = _columns[..512];
        _fieldOfColumn = [.. _columns.Select(Target.Fields.IndexOf)];
        _date = Column("date");
        _time = Column("time");
        _status = Column("sc-status");
        _port = Column("s-port");
        _clientAddress = Column("c-ip");
        _stem = Column("cs-uri-stem");
        _query = Column("cs-uri-query");
        _method = Column("cs-method");
        _computer = Column("s-computername");
        _freeText = FreeText();
        ExpectedSeparators = _columns.Length - 1;
        LeadsWithTime = _date == 0 && _time == 1;
        if (_stem < 0) Report.Notes.Add("The log has no column cs-uri-stem: what was asked for cannot be seen.");
        if (_status < 0) Report.Notes.Add("The log has no column sc-status: whether a request succeeded cannot be seen.");
        if (_method < 0) Report.Notes.Add("The log has no column cs-method: how something was asked for cannot be seen.");
    }

    int Column(string name) => Array.FindIndex(_columns, c => c.Equals(name, StringComparison.OrdinalIgnoreCase));

    static bool StartsWithIgnoreCase(ReadOnlySpan<byte> text, ReadOnlySpan<byte> start) =>
        text.Length >= start.Length && Ascii.EqualsIgnoreCase(text[..start.Length], start);
}
