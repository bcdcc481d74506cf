using System.Text;
using Tocsin.Detection;

namespace Tocsin.Packs.Patches;

/// <summary>One file of a data package: comma-separated, a heading, cells in double quotes where they hold a comma or a quote. No cell spans lines.</summary>
sealed class CsvTable
{
    /// <summary>A package comes from a file that somebody sent: more rows than any table of builds and flaws can have fill memory.</summary>
    const int MaxRows = 100_000;

    readonly Dictionary<string, int> _columns;
    readonly List<Diagnostic> _diagnostics;

    CsvTable(string file, Dictionary<string, int> columns, List<string[]> rows, List<Diagnostic> diagnostics)
    {
        (File, _columns, Rows, _diagnostics) = (file, columns, rows, diagnostics);
    }

    public string File { get; }

    public List<string[]> Rows { get; }

    /// <summary>Reads a table; says what is wrong and leaves out the rows that are.</summary>
    public static CsvTable Read(string file, Stream content, string[] columns, List<Diagnostic> diagnostics)
    {
        using var reader = new StreamReader(content, Encoding.UTF8);
        var rows = new List<string[]>();
        List<string> heading = SplitRow(reader.ReadLine() ?? "") ?? [];
        var table = new CsvTable(file, [], rows, diagnostics);
        foreach (string column in columns)
        {
            int at = heading.IndexOf(column);
            if (at < 0) table.Report(1, $"The column '{column}' is missing.", $"The heading must have {string.Join(",", columns)}.");
            else table._columns[column] = at;
        }

        if (table._columns.Count < columns.Length) return table;
        // With a column missing no row can be read; the heading was reported.
        for (int line = 2; reader.ReadLine() is { } text; line++)
        {
            if (line > MaxRows)
            {
                table.Report(line, $"More than {MaxRows} rows.", "Is this the right file?");
                break;
            }

            List<string>? cells = SplitRow(text);
            // A row that is left out keeps its place, so that the place of the others tells their line.
            if (cells is null || cells.Count != heading.Count) table.Report(line, cells is null ? "A quote is not closed." : $"{cells.Count} cells where the heading has {heading.Count}.", "Put cells with a comma or a quote into double quotes.");
            rows.Add(cells is null || cells.Count != heading.Count ? [] : [.. cells]);
        }

        return table;
    }

    /// <summary>Each sound row with its number in the file.</summary>
    public IEnumerable<(string[] Cells, int Line)> Sound => Rows.Select((r, i) => (r, i + 2)).Where(r => r.r.Length > 0);

    public string Cell(string[] row, string column) => row[_columns[column]];

    public void Report(int line, string message, string hint) => _diagnostics.Add(new(PatchTables.BadPackage, File, line, 1, message, hint));

    static List<string>? SplitRow(string line)
    {
        var cells = new List<string>();
        for (int at = 0; ;)
        {
            if (at < line.Length && line[at] == '"')
            {
                var cell = new StringBuilder();
                for (at++; ; at++)
                {
                    int quote = line.IndexOf('"', at);
                    if (quote < 0) return null;
                    cell.Append(line, at, quote - at);
                    at = quote + 1;
                    if (at >= line.Length || line[at] != '"') break;
                    cell.Append('"');
                }

                cells.Add(cell.ToString());
                if (at < line.Length && line[at] != ',') return null;
            }
            else
            {
                int end = line.IndexOf(',', at) is >= 0 and var comma ? comma : line.Length;
                cells.Add(line[at..end]);
                at = end;
            }

            if (at >= line.Length) return cells;
            at++;
        }
    }
}
