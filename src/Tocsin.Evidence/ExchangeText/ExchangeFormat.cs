using System.Text;
using Tocsin.Evidence.Artifacts;
using Tocsin.Evidence.Lines;

namespace Tocsin.Evidence.ExchangeText;

/// <summary>Recognises Exchange text logs by their content.</summary>
public static class ExchangeFormat
{
    /// <summary>A reader, if the head is that of an Exchange text log or of rows of a known one; else null.</summary>
    /// <param name="head">The artifact's first bytes, up to 64 KB.</param>
    /// <param name="path">Only used for the protocol of an HttpProxy log without rows (<c>…\HttpProxy\Ecp\…</c>).</param>
    public static ArtifactReader? TryRecognise(ReadOnlySpan<byte> head, string path)
    {
        if (head.StartsWith("\uFEFF"u8)) head = head[3..];
        string? logType = null, fields = null;
        bool software = false;
        int lines = 0;
        var cells = new Cells();
        foreach (Range range in head.Split((byte)'\n'))
        {
            ReadOnlySpan<byte> line = head[range].TrimEnd((byte)'\r');
            if (line.IsEmpty) continue;
            if (++lines > 200) break;

            if (line[0] == '#')
            {
                if (line.StartsWith("#Software: Microsoft Exchange"u8)) software = true;
                else if (Directive(line, "#Log-type:"u8) is { } type) logType = type;
                else if (Directive(line, "#Fields:"u8) is { } names)
                {
                    if (!names.Contains(',', StringComparison.Ordinal)) return null;
                    fields = names;
                }

                continue;
            }

            if (fields is null && IsHeaderRow(line)) fields = Encoding.UTF8.GetString(line);
            else if (fields is not null && !IsHeaderRow(line)) return logType is null && !software && !IsWhole(fields) ? null : Make(logType, fields, FirstRow(line, fields, cells, out bool ecp), ecp, path);
            else if (fields is null) return software ? null : TryRecogniseRow(line, cells, path);
        }

        if (fields is null || logType is null && !software && !IsWhole(fields)) return null;
        return Make(logType, fields, null, ecpRequest: true, path);
    }

    static ExchangeReader Make(string? logType, string fields, string? protocol, bool ecpRequest, string path)
    {
        string[] columns = fields.Split(',');
        return new ExchangeReader(ExchangeLogKinds.Of(logType, columns, protocol ?? ProtocolOf(path), ecpRequest), assumedFields: null);
    }

    static string? Directive(ReadOnlySpan<byte> line, ReadOnlySpan<byte> name) =>
        line.StartsWith(name) ? Encoding.UTF8.GetString(line[name.Length..].Trim(" \r"u8)) : null;

    // The bare header line that HttpProxy and Rps files begin with, before or without the # block.
    static bool IsHeaderRow(ReadOnlySpan<byte> line) =>
        line.Length > 20 && (line.StartsWith("DateTime,"u8) || line.StartsWith("TimeStamp,"u8) || line.StartsWith("Timestamp,"u8) || line.StartsWith("date-time,"u8) || line.StartsWith("dateTime,"u8))
        && line.Count((byte)',') >= 3 && !line.Contains((byte)'~');

    // A table of a few of a log's columns is what a tool exported, not the log: it excludes nothing, and has its own reader.
    static bool IsWhole(string fields) => fields.Count(c => c == ',') >= 20 || fields.Replace(" ", "", StringComparison.Ordinal) == KnownColumns.Ecp;

    static string? FirstRow(ReadOnlySpan<byte> line, string fields, Cells cells, out bool ecpRequest)
    {
        ecpRequest = line.IndexOf(",ECP.Request,"u8) >= 0;
        int column = Array.IndexOf(fields.Split(','), "Protocol");
        cells.Split(line, (byte)',');
        return column >= 0 && column < cells.Count ? Word(cells.Of(line, column)) : null;
    }

    static string? Word(ReadOnlySpan<byte> text)
    {
        if (text.Length is 0 or > 20) return null;
        foreach (byte b in text)
        {
            if (!char.IsAsciiLetterOrDigit((char)b)) return null;
        }

        return Encoding.ASCII.GetString(text);
    }

    static string? ProtocolOf(string path)
    {
        string[] parts = path.Split('/', '\\');
        int folder = Array.FindLastIndex(parts, p => p.Equals("HttpProxy", StringComparison.OrdinalIgnoreCase));
        return folder >= 0 && folder + 2 < parts.Length ? Word(Encoding.UTF8.GetBytes(parts[folder + 1])) : null;
    }

    // Rows that were pasted or copied without a header: known by a time, then what only that log has in its first columns.
    static ExchangeReader? TryRecogniseRow(ReadOnlySpan<byte> line, Cells cells, string path)
    {
        if (!cells.SplitQuoted(line, (byte)',')) cells.Split(line, (byte)',');
        if (cells.Count < 4 || !TextTime.TryRead(cells.Of(line, 0), out _)) return null;

        if (cells.Of(line, 2).StartsWith("ECP."u8) && cells.Of(line, 3).IndexOf("S:"u8) >= 0) return Extract(KnownColumns.Ecp, null);
        if (cells.Count >= 20 && IsGuid(cells.Of(line, 1)) && cells.Of(line, 2) is [(byte)'1', _] && cells.Of(line, 9) is [(byte)'/', ..])
        {
            return Extract(KnownColumns.HttpProxy, Word(cells.Of(line, 7)) ?? ProtocolOf(path));
        }

        if (cells.Count >= 20 && TextTime.TryRead(cells.Of(line, 1), out _) && IsGuid(cells.Of(line, 2)))
        {
            return Extract(cells.Of(line, 3) is [(byte)'1', _] && cells.Of(line, 9) is [(byte)'/', ..] ? KnownColumns.RpsHttp : KnownColumns.RpsCmdlet, null);
        }

        return null;
    }

    static ExchangeReader Extract(string fields, string? protocol) =>
        new(ExchangeLogKinds.Of(null, fields.Split(','), protocol, ecpRequest: true), fields);

    static bool IsGuid(ReadOnlySpan<byte> text) => text.Length == 36 && text[8] == '-' && text[13] == '-' && text[18] == '-' && text[23] == '-';
}
