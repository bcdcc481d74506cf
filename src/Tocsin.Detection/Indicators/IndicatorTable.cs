using System.Globalization;
using System.Text;

namespace Tocsin.Detection.Indicators;

/// <summary>A CSV table (RFC 4180) with a column of types and one of values. Their names differ from one publisher to the next.</summary>
static class IndicatorTable
{
    /// <summary>Reads it; false, with nothing taken, where the first line is no such header.</summary>
    public static bool TryRead(string text, IndicatorFile list)
    {
        var rows = new Rows(text);
        if (rows.Next() is not { } header) return false;
        string[] names = [.. header.Select(h => h.Trim().ToLowerInvariant())];
        int type = Column("type", "indicatortype", "indicator_type"), value = Column("value", "indicator", "data");
        if (type < 0 || value < 0) return false;

        int from = Column("valid_from"), until = Column("valid_until"), confidence = Column("confidence"), seen = Column("firstseen", "first_seen"), added = Column("dateadded", "date_added", "date");
        while (rows.Next() is { } row)
        {
            if (row is [""]) continue;
            if (Math.Max(type, value) >= row.Count)
            {
                list.Refuse(rows.Line, string.Join(',', row), "The row has fewer columns than the header names.");
                continue;
            }

            string given = WithoutGuard(row[value]);
            if (IndicatorFile.TypeOf(row[type]) is not { } sort)
            {
                list.LearnDay(string.Join(' ', row));
                list.Refuse(rows.Line, given, $"'{row[type]}' is no type of indicator that this program knows.");
                continue;
            }

            DateTime? day = IndicatorFile.TimeOf(Cell(seen)) ?? IndicatorFile.TimeOf(Cell(added)) ?? IndicatorFile.MonthIn(string.Join(' ', row));
            list.Take(rows.Line, sort, given, IndicatorFile.TimeOf(Cell(from)), IndicatorFile.TimeOf(Cell(until)), int.TryParse(Cell(confidence), NumberStyles.None, CultureInfo.InvariantCulture, out int sure) && sure <= 100 ? sure : null, day);

            string? Cell(int column) => column >= 0 && column < row.Count ? row[column] : null;
        }

        return true;

        int Column(params ReadOnlySpan<string> wanted)
        {
            foreach (string name in wanted)
            {
                if (Array.IndexOf(names, name) is >= 0 and var at) return at;
            }

            return -1;
        }
    }

    // Whoever writes tables for spreadsheets puts an apostrophe before what would be calculated.
    static string WithoutGuard(string cell)
    {
        var plain = new StringBuilder(cell.Length);
        bool atStart = true;
        for (int i = 0; i < cell.Length; i++)
        {
            char c = cell[i];
            if (atStart && c == '\'' && i + 1 < cell.Length && cell[i + 1] is '=' or '+' or '-' or '@' or '＝' or '＋' or '－' or '＠')
            {
                plain.Append(cell[++i]);
                atStart = false;
                continue;
            }

            atStart = c == ';' || (atStart && (char.IsWhiteSpace(c) || c is '"' or '\''));
            plain.Append(c);
        }

        return plain.ToString();
    }

    /// <summary>Rows of cells; a quoted cell may hold commas, quotes and line ends.</summary>
    sealed class Rows(string text)
    {
        int _at;
        int _nextLine = 1;

        /// <summary>The line on which the row that was given last begins.</summary>
        public int Line { get; private set; }

        public List<string>? Next()
        {
            if (_at >= text.Length) return null;
            Line = _nextLine;
            var row = new List<string>();
            var cell = new StringBuilder();
            bool quoted = false;
            for (; _at < text.Length; _at++)
            {
                char c = text[_at];
                if (c == '\n') _nextLine++;
                if (quoted)
                {
                    if (c != '"') cell.Append(c);
                    else if (_at + 1 < text.Length && text[_at + 1] == '"') cell.Append(text[++_at]);
                    else quoted = false;
                }
                else if (c == '"' && cell.Length == 0)
                {
                    quoted = true;
                }
                else if (c == ',')
                {
                    row.Add(cell.ToString());
                    cell.Clear();
                }
                else if (c == '\n')
                {
                    _at++;
                    break;
                }
                else if (c != '\r')
                {
                    cell.Append(c);
                }
            }

            row.Add(cell.ToString());
            return row;
        }
    }
}
