using System.Diagnostics.CodeAnalysis;

namespace Tocsin.Evidence.Evtx;

/// <summary>One template instance being read: its template and where its values are.</summary>
/// <param name="Template">What the values belong into.</param>
/// <param name="First">Index of the first value in the table.</param>
/// <param name="Count">How many there are.</param>
internal readonly record struct Instance(Template Template, int First, int Count);

/// <summary>Finds the values of the template instances of one record, those of nested fragments behind those of the outer one. One thread.</summary>
internal sealed class Substitutions(TemplateCache templates)
{
    /// <summary>Values of one instance. The most that a manifest may give an event is 99; descriptors alone bound it in a chunk to 16,000.</summary>
    const int MaxValues = 4096;

    /// <summary>Values of all instances of a record that are open at once.</summary>
    const int MaxOpen = 32_768;

    struct Slot
    {
        public int Start;
        public ushort Length;
        public byte Type;
    }

    Slot[] _slots = new Slot[256];
    int _used;

    /// <summary>Forgets the record before.</summary>
    public void Clear() => _used = 0;

    /// <summary>Where the table ends; give it to <see cref="Close"/> when what was opened since is no longer needed.</summary>
    public int Mark => _used;

    /// <summary>Forgets the instances opened since a mark.</summary>
    public void Close(int mark) => _used = mark;

    /// <summary>Type and place of a value; the null type where the instance has no such value.</summary>
    public byte TypeOf(in Instance instance, int substitution) => (uint)substitution < (uint)instance.Count ? _slots[instance.First + substitution].Type : EvtxType.Null;

    /// <summary>How many values of an instance are of a type.</summary>
    public int Count(in Instance instance, byte type)
    {
        int count = 0;
        foreach (ref readonly Slot slot in _slots.AsSpan(instance.First, instance.Count)) count += slot.Type == type ? 1 : 0;
        return count;
    }

    /// <summary>A value's bytes and type.</summary>
    public byte Read(scoped in Instance instance, int substitution, ReadOnlySpan<byte> chunk, out ReadOnlySpan<byte> value)
    {
        if ((uint)substitution >= (uint)instance.Count)
        {
            value = default;
            return EvtxType.Null;
        }

        ref readonly Slot slot = ref _slots[instance.First + substitution];
        value = chunk.Slice(slot.Start, slot.Length);
        return slot.Type;
    }

    /// <summary>Where a value stands in the chunk.</summary>
    public (int Start, int Length) PlaceOf(in Instance instance, int substitution)
    {
        ref readonly Slot slot = ref _slots[instance.First + substitution];
        return (slot.Start, slot.Length);
    }

    /// <summary>Opens the fragment that stands at a place: a template instance, or elements as they are.</summary>
    /// <param name="chunk">The chunk.</param>
    /// <param name="at">The fragment's first byte.</param>
    /// <param name="end">Behind its last.</param>
    /// <param name="mustAgree">Whether the instance must name the id of the definition that it points at: behind the records that a chunk counts, definitions may have been overwritten.</param>
    /// <param name="instance">What was opened.</param>
    public bool TryOpen(ReadOnlySpan<byte> chunk, int at, int end, bool mustAgree, [MaybeNullWhen(false)] out Instance instance)
    {
        instance = default;
        int from = at;
        if (at + 4 < end && chunk[at] == Token.FragmentHeader) at += 4;
        if (at >= end || (chunk[at] & ~Token.More) != Token.TemplateInstance)
        {
            if (templates.Literal(chunk, from, end) is not { Root: not null } literal) return false;
            instance = new Instance(literal, 0, 0);
            return true;
        }

        if (end - at < 14) return false;
        uint definition = EvtxLayout.UInt32(chunk, at + 6);
        if (definition > EvtxLayout.ChunkBytes - TemplateCache.DefinitionHeaderBytes) return false;
        if (mustAgree && EvtxLayout.UInt32(chunk, at + 2) != EvtxLayout.UInt32(chunk, (int)definition + 4)) return false;
        int values = at + 10;
        if (definition == values)
        {
            values = TemplateCache.EndOf(chunk, values);
            if (values < 0 || values > end - 4) return false;
        }

        if (templates.Get(chunk, (int)definition) is not { } template) return false;
        uint count = EvtxLayout.UInt32(chunk, values);
        values += 4;
        if (count > MaxValues || count * 4 > end - values || _used + count > MaxOpen) return false;
        instance = new Instance(template, _used, (int)count);
        return TryTable(chunk[..end], values, (int)count);
    }

    bool TryTable(ReadOnlySpan<byte> chunk, int at, int count)
    {
        if (_slots.Length < _used + count) Array.Resize(ref _slots, Math.Max(_slots.Length * 2, _used + count));
        Span<Slot> slots = _slots.AsSpan(_used, count);
        ReadOnlySpan<byte> descriptors = chunk.Slice(at, count * 4);
        int start = at + count * 4;
        for (int i = 0; i < slots.Length; i++)
        {
            uint descriptor = EvtxLayout.UInt32(descriptors, i * 4);
            slots[i] = new Slot { Start = start, Length = (ushort)descriptor, Type = (byte)(descriptor >> 16) };
            start += (ushort)descriptor;
        }

        if (start > chunk.Length) return false;
        _used += count;
        return true;
    }
}
