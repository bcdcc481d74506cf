namespace Tocsin.Evidence.ToolOutputs;

/// <summary>Which of the tool's tables a header begins.</summary>
internal enum ProxyLogonTableKind
{
    None,
    /// <summary>Requests of CVE-2021-26855: <c>DateTime</c>, <c>AnchorMailbox</c> and, since 6 March 2021, seven more.</summary>
    Requests,
    /// <summary>Events of CVE-2021-26857: <c>TimeCreated, MachineName, Message</c>.</summary>
    Events,
    /// <summary>Files: <c>ComputerName, Type, Path, Name, LastWrite</c>.</summary>
    Files,
    /// <summary>How far back each log reaches, in days.</summary>
    LogAges,
    /// <summary>Requests as the console prints them: two columns apart by spaces, dashes below the header.</summary>
    Console,
}

/// <summary>A table of the tool: its columns, and how they are separated.</summary>
internal sealed class ProxyLogonTable
{
    // A HttpProxy log has 70 and more; somebody's own selection of columns has fewer.
    const int MaxColumns = 24;

    readonly byte[][] _columns;

    ProxyLogonTable(ProxyLogonTableKind kind, byte separator, byte[][] columns)
    {
        Kind = kind;
        Separator = separator;
        _columns = columns;
    }

    public ProxyLogonTableKind Kind { get; }

    /// <summary>What stands between cells: comma, semicolon or tabulator.</summary>
    public byte Separator { get; }

    /// <summary>How many columns the header names.</summary>
    public int Count => _columns.Length;

    /// <summary>A column's name.</summary>
    public ReadOnlySpan<byte> this[int column] => _columns[column];

    /// <summary>The index of a column, or -1.</summary>
    public int IndexOf(ReadOnlySpan<byte> name)
    {
        for (int i = 0; i < _columns.Length; i++)
        {
            if (System.Text.Ascii.EqualsIgnoreCase(_columns[i], name)) return i;
        }

        return -1;
    }

    /// <summary>Recognises a header line.</summary>
    public static ProxyLogonTable? TryRead(ReadOnlySpan<byte> line)
    {
        line = line.Trim(" \t\r"u8);
        if (line.Length is < 10 or > 1000) return null;
        if (line.StartsWith("DateTime "u8) && line["DateTime".Length..].Trim((byte)' ').SequenceEqual("AnchorMailbox"u8)) return new(ProxyLogonTableKind.Console, (byte)' ', []);
        foreach (byte separator in ",;\t"u8)
        {
            if (!line.Contains(separator)) continue;
            var cells = new SeparatedCells();
            cells.Split(line, separator);
            if (cells.Count > MaxColumns) continue;
            byte[][] columns = new byte[cells.Count][];
            for (int i = 0; i < columns.Length; i++) columns[i] = cells[i].Trim((byte)' ').ToArray();
            var table = new ProxyLogonTable(ProxyLogonTableKind.None, separator, columns);
            if (table.Recognise() is not ProxyLogonTableKind.None and var kind) return new ProxyLogonTable(kind, separator, columns);
        }

        return null;
    }

    ProxyLogonTableKind Recognise() =>
        Has("DateTime"u8, "AnchorMailbox"u8) && IndexOf("MajorVersion"u8) < 0 ? ProxyLogonTableKind.Requests
        : Has("TimeCreated"u8, "Message"u8) && IndexOf("MachineName"u8) >= 0 ? ProxyLogonTableKind.Events
        : Has("Type"u8, "Path"u8) && Has("ComputerName"u8, "LastWrite"u8) ? ProxyLogonTableKind.Files
        : Has("Oabgen"u8, "Ecp"u8) ? ProxyLogonTableKind.LogAges
        : ProxyLogonTableKind.None;

    bool Has(ReadOnlySpan<byte> one, ReadOnlySpan<byte> other) => IndexOf(one) >= 0 && IndexOf(other) >= 0;
}
