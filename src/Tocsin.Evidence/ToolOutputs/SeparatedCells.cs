namespace Tocsin.Evidence.ToolOutputs;

/// <summary>Splits rows of separated values. Quotes around a cell are taken away, doubled quotes inside made single.</summary>
/// <remarks>A quote that never closes ends with the row: hostile and truncated rows are split as far as they go.</remarks>
internal sealed class SeparatedCells
{
    /// <summary>More cells than any tool writes; the rest of the row stays in the last.</summary>
    const int MaxCells = 128;

    readonly List<Range> _cells = [];
    byte[] _text = new byte[1024];

    /// <summary>How many cells the last row had.</summary>
    public int Count => _cells.Count;

    /// <summary>Whether the last row ended inside quotes.</summary>
    public bool IsCutOff { get; private set; }

    /// <summary>A cell's text; empty where there is no such cell.</summary>
    public ReadOnlySpan<byte> this[int cell] => (uint)cell < (uint)_cells.Count ? _text.AsSpan(_cells[cell]) : default;

    /// <summary>Splits a row, which may hold line ends inside quotes.</summary>
    public void Split(ReadOnlySpan<byte> row, byte separator)
    {
        if (_text.Length < row.Length) _text = new byte[row.Length * 2];
        _cells.Clear();
        IsCutOff = false;
        int written = 0, start = 0;
        bool quoted = false;
        for (int i = 0; i < row.Length; i++)
        {
            byte b = row[i];
            if (quoted)
            {
                if (b != '"') _text[written++] = b;
                else if (i + 1 < row.Length && row[i + 1] == '"') _text[written++] = row[i++];
                else quoted = false;
            }
            else if (b == '"' && written == start)
            {
                quoted = true;
            }
            else if (b == separator && _cells.Count < MaxCells - 1)
            {
                _cells.Add(start..written);
                start = written;
            }
            else
            {
                _text[written++] = b;
            }
        }

        IsCutOff = quoted;
        _cells.Add(start..written);
    }
}
