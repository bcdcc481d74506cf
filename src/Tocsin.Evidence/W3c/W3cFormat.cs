using System.Text;
using Tocsin.Evidence.Artifacts;
using Tocsin.Evidence.Lines;
using Tocsin.Evidence.Records;

namespace Tocsin.Evidence.W3c;

/// <summary>Recognises W3C logs by their content.</summary>
public static class W3cFormat
{
    /// <summary>What rules call an IIS log.</summary>
    public static LogSource LogSource { get; } = new("webserver", "iis", null);

    /// <summary>Front-end web site; on Exchange the one that clients reach.</summary>
    public static ArtifactKind FrontEnd { get; } = new("iis", "IIS log", LogSource);

    /// <summary>The site "Exchange Back End" on port 444, reached only through the front end.</summary>
    public static ArtifactKind BackEnd { get; } = new("iis-backend", "IIS log (Exchange back end)", LogSource);

    // Column layouts of rows that were copied without their header; IIS 8 and newer write 15 columns, IIS 7 14.
    static readonly string[] UsualLayouts =
    [
        "date time s-ip cs-method cs-uri-stem cs-uri-query s-port cs-username c-ip cs(User-Agent) cs(Referer) sc-status sc-substatus sc-win32-status time-taken",
        "date time s-ip cs-method cs-uri-stem cs-uri-query s-port cs-username c-ip cs(User-Agent) sc-status sc-substatus sc-win32-status time-taken",
        "date time s-sitename s-computername s-ip cs-method cs-uri-stem cs-uri-query s-port cs-username c-ip cs-version cs(User-Agent) cs(Cookie) cs(Referer) cs-host sc-status sc-substatus sc-win32-status sc-bytes cs-bytes time-taken",
    ];

    /// <summary>A reader, if the head is that of a W3C log or of rows of one; else null.</summary>
    /// <param name="head">The artifact's first bytes, up to 64 KB.</param>
    /// <param name="path">Only used to tell the back-end site (<c>W3SVC2</c>) where the rows do not.</param>
    public static ArtifactReader? TryRecognise(ReadOnlySpan<byte> head, string path)
    {
        if (head.StartsWith("\uFEFF"u8)) head = head[3..];
        string? fields = null;
        bool backEnd = false, rowSeen = false;
        int lines = 0;
        foreach (Range range in head.Split((byte)'\n'))
        {
            ReadOnlySpan<byte> line = head[range].Trim("\r "u8);
            if (line.IsEmpty) continue;
            if (++lines > 400) break;
            if (line[0] == '#')
            {
                if (line.StartsWith("#Fields:"u8))
                {
                    string text = Encoding.UTF8.GetString(line["#Fields:".Length..]);
                    if (text.Contains(',', StringComparison.Ordinal) || !IsW3c(text)) return null;
                    fields ??= text;
                }

                continue;
            }

            if (fields is null)
            {
                foreach (string layout in UsualLayouts)
                {
                    if (Fits(line, layout)) return new W3cReader(FrontEnd, layout);
                }

                return null;
            }

            rowSeen = true;
            backEnd = line.IndexOf(" 444 "u8) >= 0;
            break;
        }

        if (fields is null) return null;
        if (!rowSeen) backEnd = path.Contains("W3SVC2", StringComparison.OrdinalIgnoreCase);
        return new W3cReader(backEnd ? BackEnd : FrontEnd, null);
    }

    static bool IsW3c(string fields) =>
        fields.Contains("cs-uri", StringComparison.OrdinalIgnoreCase) || fields.Contains("cs-method", StringComparison.OrdinalIgnoreCase)
        || fields.Contains("c-ip", StringComparison.OrdinalIgnoreCase) || fields.Contains("sc-status", StringComparison.OrdinalIgnoreCase);

    static bool Fits(ReadOnlySpan<byte> row, string layout)
    {
        string[] columns = layout.Split(' ');
        var cells = new Cells();
        cells.Split(row, (byte)' ');
        if (cells.Count != columns.Length) return false;
        if (!TextTime.TryReadDate(cells.Of(row, 0), out _) || !TextTime.TryReadTime(cells.Of(row, 1), out _)) return false;
        return Digits(cells.Of(row, Array.IndexOf(columns, "sc-status"))) && Digits(cells.Of(row, Array.IndexOf(columns, "s-port")))
            && cells.Of(row, Array.IndexOf(columns, "cs-uri-stem")).StartsWith("/"u8);
    }

    static bool Digits(ReadOnlySpan<byte> text) => !text.IsEmpty && !text.ContainsAnyExceptInRange((byte)'0', (byte)'9');
}
