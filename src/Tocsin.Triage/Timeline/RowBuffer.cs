using System.Buffers.Binary;

namespace Tocsin.Triage.Timeline;

/// <summary>Rows of one thread, until they are sorted and spilled. Allocates nothing for a row.</summary>
internal sealed class RowBuffer(int bytes, RowOrder order, RunStore runs)
{
    readonly byte[] _rows = new byte[bytes];
    Entry[] _entries = new Entry[1024];
    int _count, _used;
    Order? _order;

    readonly record struct Entry(long Ticks, int Start, int Length);

    /// <summary>Room for a row of at most that many bytes; what was there before is spilled if there is none.</summary>
    public Span<byte> Reserve(int maxBytes)
    {
        if (_rows.Length - _used < maxBytes) Spill();
        return _rows.AsSpan(_used, maxBytes);
    }

    /// <summary>Takes the first bytes of what was reserved as a row.</summary>
    public void Commit(int length)
    {
        if (_count == _entries.Length) Array.Resize(ref _entries, _count * 2);
        _entries[_count++] = new(BinaryPrimitives.ReadInt64LittleEndian(_rows.AsSpan(_used)), _used, length);
        _used += length;
    }

    /// <summary>Sorts what is there and makes a run of it.</summary>
    public void Spill()
    {
        if (_count == 0) return;
        Array.Sort(_entries, 0, _count, _order ??= new Order(_rows, order));
        RunWriter run = runs.Begin();
        foreach (Entry entry in _entries.AsSpan(0, _count)) run.Write(_rows.AsSpan(entry.Start, entry.Length));
        _count = _used = 0;
        runs.Add(run);
    }

    sealed class Order(byte[] rows, RowOrder order) : IComparer<Entry>
    {
        public int Compare(Entry x, Entry y) =>
            x.Ticks != y.Ticks ? x.Ticks.CompareTo(y.Ticks) : order.Compare(x.Ticks, new Row(rows.AsSpan(x.Start, x.Length)), y.Ticks, new Row(rows.AsSpan(y.Start, y.Length)));
    }
}
