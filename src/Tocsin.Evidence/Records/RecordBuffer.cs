namespace Tocsin.Evidence.Records;

/// <summary>Holds the field values of one record at a time; the reader that fills it owns it. Not safe for concurrent use.</summary>
/// <remarks>
/// Values are ranges of the original line, or text that the reader derived (decoded, joined, unquoted) into the buffer's
/// scratch. A field may have several values: the alternatives in which one thing was written (a raw and a decoded
/// address), or the items of a list. The buffers grow to the largest record seen and are then reused, so an ordinary
/// record allocates nothing.
/// </remarks>
public sealed class RecordBuffer
{
    internal struct Slot
    {
        public int Start;   // in the line, or ~Start in the scratch when negative
        public int Length;
        public int Next;    // index of the field's next value, or -1
    }

    const int None = -1;

    readonly int[] _heads;

    // The last value of each field: a hostile list has as many as its line has bytes, and must not be walked for each.
    readonly int[] _tails;
    // The fields that have a value: with 700 fields, forgetting those costs less than forgetting all.
    readonly int[] _filled;
    int _filledCount;
    Slot[] _slots = new Slot[64];
    int _slotCount;
    byte[] _scratch = new byte[1024];
    int _scratchUsed;

    /// <summary>A buffer for records of which <paramref name="fields"/> will be asked.</summary>
    public RecordBuffer(FieldSet fields)
    {
        Fields = fields;
        _heads = new int[fields.Count];
        _tails = new int[fields.Count];
        _filled = new int[fields.Count];
        _heads.AsSpan().Fill(None);
    }

    /// <summary>The fields that this buffer has places for.</summary>
    public FieldSet Fields { get; }

    /// <summary>Forgets the record before.</summary>
    public void Clear()
    {
        foreach (int field in _filled.AsSpan(0, _filledCount)) _heads[field] = None;
        _filledCount = 0;
        _slotCount = 0;
        _scratchUsed = 0;
    }

    /// <summary>Adds a value that stands in the line. A negative field index is ignored.</summary>
    public void Add(int field, int start, int length)
    {
        if (field < 0) return;
        Append(field, new Slot { Start = start, Length = length, Next = None });
    }

    /// <summary>Adds a value by copying it. A negative field index is ignored.</summary>
    public void Add(int field, ReadOnlySpan<byte> value)
    {
        if (field < 0) return;
        value.CopyTo(Reserve(value.Length));
        Commit(field, value.Length);
    }

    /// <summary>Room for a value to be written in place; follow with <see cref="Commit"/>. Earlier reservations are void.</summary>
    public Span<byte> Reserve(int maxLength)
    {
        if (_scratch.Length - _scratchUsed < maxLength)
        {
            Array.Resize(ref _scratch, Math.Max(_scratch.Length * 2, _scratchUsed + maxLength));
        }

        return _scratch.AsSpan(_scratchUsed, maxLength);
    }

    /// <summary>Makes the first <paramref name="length"/> reserved bytes a value of the field. A negative index drops them.</summary>
    public void Commit(int field, int length)
    {
        if (field < 0) return;
        Append(field, new Slot { Start = ~_scratchUsed, Length = length, Next = None });
        _scratchUsed += length;
    }

    void Append(int field, Slot slot)
    {
        if (_slotCount == _slots.Length) Array.Resize(ref _slots, _slots.Length * 2);
        _slots[_slotCount] = slot;
        if (_heads[field] == None) (_heads[field], _filled[_filledCount++]) = (_slotCount, field);
        else _slots[_tails[field]].Next = _slotCount;
        _tails[field] = _slotCount++;
    }

    internal int Head(int field) => (uint)field < (uint)_heads.Length ? _heads[field] : None;

    internal Slot At(int slot) => _slots[slot];

    internal ReadOnlySpan<byte> Text(ReadOnlySpan<byte> line, int slot)
    {
        ref Slot s = ref _slots[slot];
        return s.Start >= 0 ? line.Slice(s.Start, s.Length) : _scratch.AsSpan(~s.Start, s.Length);
    }
}
