using System.Text;

namespace Tocsin.Triage.Tests.Reports;

/// <summary>Reads CSV as spreadsheets do: quotes count only at the start of a cell, and what follows the closing one is taken as it is.</summary>
static class Csv
{
    public static List<List<string>> Parse(string text, char separator)
    {
        var rows = new List<List<string>>();
        var row = new List<string>();
        var cell = new StringBuilder();
        bool quoted = false, started = false;
        for (int i = 0; i < text.Length; i++)
        {
            char c = text[i];
            if (quoted)
            {
                if (c != '"') cell.Append(c);
                else if (i + 1 < text.Length && text[i + 1] == '"') cell.Append(text[i++]);
                else quoted = false;
            }
            else if (c == '"' && !started)
            {
                quoted = true;
            }
            else if (c == separator || c == '\n')
            {
                row.Add(cell.ToString());
                cell.Clear();
                started = false;
                if (c == '\n')
                {
                    rows.Add(row);
                    row = [];
                }

                continue;
            }
            else if (c != '\r')
            {
                cell.Append(c);
            }

            started = true;
        }

        Assert.False(quoted, "The last cell is not closed.");
        Assert.Empty(row);
        return rows;
    }
}
