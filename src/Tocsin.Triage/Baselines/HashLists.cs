using System.Globalization;
using System.Text;

namespace Tocsin.Triage.Baselines;

/// <summary>A line of a hash list that was not taken.</summary>
/// <param name="File">The list.</param>
/// <param name="Line">Line from 1.</param>
/// <param name="Reason">Why.</param>
public sealed record RefusedLine(string File, long Line, string Reason);

/// <summary>What reading a hash list gave.</summary>
/// <param name="Format">What it was read as.</param>
/// <param name="Taken">Lines whose hash was taken.</param>
/// <param name="Refused">Lines that were not; all are counted.</param>
/// <param name="First">The first of them.</param>
public sealed record HashListReport(string Format, long Taken, long Refused, IReadOnlyList<RefusedLine> First);

/// <summary>Reads the hash lists that others publish. Names in them are never taken for hashes, whatever they look like.</summary>
/// <remarks>
/// Known: NSRL's <c>NSRLFile.txt</c> (RDS 2) and any CSV whose first line names a column <c>SHA256</c>, <c>SHA-1</c>, <c>MD5</c>
/// or <c>Hash</c> (as <c>Get-FileHash | Export-Csv</c> writes); <c>sha256sum</c>, <c>sha1sum</c>, <c>md5sum</c> and their BSD
/// form; hashdeep; rows of path and hash, comma or semicolon between; hashes alone; our own baselines. Of several hashes in
/// a row the strongest is taken.
/// </remarks>
public static class HashLists
{
    /// <summary>A line longer than this is refused; a path has at most 32,767 characters. Bounds a list that is one endless line.</summary>
    const int MaxLine = 64 * 1024;

    /// <summary>Refused lines that are told one by one.</summary>
    const int MaxTold = 20;

    /// <summary>Reads a list into a baseline.</summary>
    /// <param name="content">The list; UTF-8 or UTF-16 with its mark.</param>
    /// <param name="file">What it is called in messages.</param>
    /// <param name="into">Takes the hashes.</param>
    /// <param name="cancellation">Looked at every thousand lines.</param>
    public static HashListReport Read(Stream content, string file, Baseline into, CancellationToken cancellation = default)
    {
        using var reader = new StreamReader(content, Encoding.UTF8, detectEncodingFromByteOrderMarks: true, bufferSize: 64 * 1024, leaveOpen: true);
        var told = new List<RefusedLine>();
        HashListShape? shape = null;
        long number = 0, taken = 0, refused = 0;
        var line = new StringBuilder();
        while (ReadLine(reader, line, out bool tooLong))
        {
            if (++number % 1000 == 0) cancellation.ThrowIfCancellationRequested();
            string text = line.ToString();
            if (tooLong)
            {
                Refuse("the line is longer than any path");
                continue;
            }

            if (string.IsNullOrWhiteSpace(text)) continue;
            bool isFirst = shape is null;
            shape ??= HashListShape.Of(text);
            if (shape.IsRemark(text, isFirst)) continue;
            if (!shape.TryRead(text, out FileHash hash, out long size, out string? path)) Refuse("no hash of 32, 40 or 64 digits stands where this list has them");
            else if (into.Add(hash, size, path)) taken++;
            else Refuse(string.Create(CultureInfo.InvariantCulture, $"the baseline is full: it takes {Baseline.MaxFiles} files; make one of each product"));
        }

        return new(shape?.Name ?? "an empty file", taken, refused, told);

        void Refuse(string reason)
        {
            refused++;
            if (told.Count < MaxTold) told.Add(new(file, number, reason));
        }
    }

    // A reader's own ReadLine would take a list of one line into memory whole.
    static bool ReadLine(StreamReader reader, StringBuilder line, out bool tooLong)
    {
        line.Clear();
        tooLong = false;
        int read;
        bool any = false;
        while ((read = reader.Read()) >= 0)
        {
            any = true;
            if (read == '\n') break;
            if (line.Length < MaxLine) line.Append((char)read);
            else tooLong = true;
        }

        if (line.Length > 0 && line[^1] == '\r') line.Length--;
        return any;
    }
}
