using System.Buffers;
using System.Buffers.Binary;

namespace Tocsin.Triage.Timeline;

/// <summary>Which rows of a merge are wanted, and by how much their times are moved. Immutable.</summary>
/// <param name="Shifts">The different shifts, in ticks; each is read as a run of its own, since rows that are moved alike keep their order.</param>
/// <param name="ShiftOf">The shift of a row; null where it is not wanted.</param>
internal sealed record RowFilter(IReadOnlyList<long> Shifts, RowFilter.Shift ShiftOf)
{
    public delegate long? Shift(in Row row);

    /// <summary>Every row as it is.</summary>
    public static RowFilter All { get; } = new([0], static (in Row _) => 0);
}

/// <summary>Merges sorted runs. Holds one small buffer for each run and shift; used on one thread.</summary>
internal sealed class RunMerge : IDisposable
{
    readonly List<Cursor> _all = [];
    readonly RowOrder _order;

    // A binary heap: the cursor with the first row stands at 0.
    readonly List<Cursor> _heap = [];
    bool _begun;

    public RunMerge(IEnumerable<Stream> runs, RowOrder order, RowFilter filter)
    {
        _order = order;
        foreach (Stream run in runs)
        {
            foreach (long shift in filter.Shifts)
            {
                var cursor = new Cursor(run, shift, filter);
                _all.Add(cursor);
                if (cursor.MoveNext()) _heap.Add(cursor);
            }
        }

        for (int i = (_heap.Count / 2) - 1; i >= 0; i--) Sink(i);
    }

    /// <summary>The row at which it stands, valid until the next step.</summary>
    public Row Current => _heap[0].Row;

    /// <summary>Its time, moved by its shift.</summary>
    public long Ticks => _heap[0].Ticks;

    public bool MoveNext()
    {
        if (!_begun)
        {
            _begun = true;
            return _heap.Count > 0;
        }

        if (_heap.Count > 0 && !_heap[0].MoveNext())
        {
            _heap[0] = _heap[^1];
            _heap.RemoveAt(_heap.Count - 1);
        }

        Sink(0);
        return _heap.Count > 0;
    }

    void Sink(int at)
    {
        while (true)
        {
            int first = at, left = (2 * at) + 1;
            if (left < _heap.Count && IsBefore(left, first)) first = left;
            if (left + 1 < _heap.Count && IsBefore(left + 1, first)) first = left + 1;
            if (first == at) return;
            (_heap[at], _heap[first]) = (_heap[first], _heap[at]);
            at = first;
        }
    }

    bool IsBefore(int a, int b) => _order.Compare(_heap[a].Ticks, _heap[a].Row, _heap[b].Ticks, _heap[b].Row) < 0;

    /// <summary>Gives the buffers back; the runs stay open.</summary>
    public void Dispose()
    {
        foreach (Cursor cursor in _all) cursor.Dispose();
    }

    sealed class Cursor(Stream file, long shift, RowFilter filter) : IDisposable
    {
        byte[] _buffer = ArrayPool<byte>.Shared.Rent(64 * 1024);
        long _filePosition;
        int _start, _end, _row, _length;

        public long Ticks { get; private set; }

        public Row Row => new(_buffer.AsSpan(_row, _length));

        public bool MoveNext()
        {
            while (true)
            {
                if (!Fill(4)) return false;
                int length = BinaryPrimitives.ReadInt32LittleEndian(_buffer.AsSpan(_start));
                if (!Fill(4 + length)) throw new IOException("A temporary file of the timeline was changed or cut while it was read.");
                (_row, _length) = (_start + 4, length);
                _start += 4 + length;
                Row row = Row;
                if (filter.ShiftOf(in row) != shift) continue;
                Ticks = row.Ticks + shift;
                return true;
            }
        }

        bool Fill(int bytes)
        {
            while (_end - _start < bytes)
            {
                _buffer.AsSpan(_start, _end - _start).CopyTo(_buffer);
                (_start, _end) = (0, _end - _start);
                if (bytes > _buffer.Length) throw new IOException("A temporary file of the timeline was changed while it was read.");
                // Several cursors read one file, each at its own place.
                if (file.Position != _filePosition) file.Position = _filePosition;
                int read = file.Read(_buffer.AsSpan(_end));
                if (read == 0) return false;
                _end += read;
                _filePosition += read;
            }

            return true;
        }

        public void Dispose()
        {
            ArrayPool<byte>.Shared.Return(_buffer);
            _buffer = [];
        }
    }
}
