using System.Runtime.InteropServices;

namespace Tocsin.Detection.Sigma;

/// <summary>What decides an event's kind.</summary>
readonly ref struct EventNames(ReadOnlySpan<byte> channel, ReadOnlySpan<byte> provider, int eventId, bool hasChannel, bool hasProvider, bool hasId)
{
    public ReadOnlySpan<byte> Channel { get; } = channel;

    public ReadOnlySpan<byte> Provider { get; } = provider;

    /// <summary>-1 where it is no number.</summary>
    public int EventId { get; } = eventId;

    /// <summary>Whether the event has this one channel, so that tests on it can be answered beforehand.</summary>
    public bool HasChannel { get; } = hasChannel;

    public bool HasProvider { get; } = hasProvider;

    public bool HasId { get; } = hasId;

    public int Known => (HasChannel ? 1 : 0) | (HasProvider ? 2 : 0) | (HasId ? 4 : 0);

    public uint Hash
    {
        get
        {
            ulong hash = (uint)EventId * 0x9E3779B97F4A7C15 + (ulong)Known;
            hash = (hash ^ Sample(Channel)) * 0xC2B2AE3D27D4EB4F;
            hash = (hash ^ Sample(Provider)) * 0x165667B19E3779F9;
            return (uint)(hash >> 32);
        }
    }

    // Names differ at their ends; who makes thousands that do not, fills one chain of a table that is bounded.
    static ulong Sample(ReadOnlySpan<byte> name) => name.Length >= 8
        ? MemoryMarshal.Read<ulong>(name[^8..]) ^ MemoryMarshal.Read<ulong>(name) * 31 ^ (ulong)name.Length
        : name.IsEmpty ? 0 : (ulong)name[0] << 8 | name[^1] | (ulong)name.Length << 16;

    /// <summary>The number that an event id is; -1 for none. One that is not written as numbers are is no known id.</summary>
    public static int IdOf(ReadOnlySpan<byte> text, ref bool known)
    {
        int id = System.Buffers.Text.Utf8Parser.TryParse(text, out int number, out int used) && used == text.Length ? number : -1;
        known = known && id >= 0 && (text[0] is >= (byte)'1' and <= (byte)'9' || text.Length == 1);
        return id;
    }
}

/// <summary>Remembers the kinds of events by their names. Reading takes no lock; a new name makes a new table.</summary>
sealed class EventKindTable(int capacity)
{
    sealed record Slot(uint Hash, byte[] Channel, byte[] Provider, int EventId, int Known, EventKind Kind, Slot? Next);

    readonly Lock _writing = new();
    Slot?[] _table = new Slot?[256];
    int _count;

    public EventKind? Find(in EventNames names)
    {
        Slot?[] table = Volatile.Read(ref _table);
        uint hash = names.Hash;
        for (Slot? slot = table[hash & (table.Length - 1)]; slot is not null; slot = slot.Next)
        {
            if (slot.Hash == hash && slot.EventId == names.EventId && slot.Known == names.Known && names.Channel.SequenceEqual(slot.Channel) && names.Provider.SequenceEqual(slot.Provider)) return slot.Kind;
        }

        return null;
    }

    public void Remember(in EventNames names, EventKind kind)
    {
        lock (_writing)
        {
            if (_count == capacity || Find(names) is not null) return;
            Slot?[] table = _count < _table.Length * 2 ? [.. _table] : Larger();
            uint hash = names.Hash;
            ref Slot? first = ref table[hash & (table.Length - 1)];
            first = new(hash, names.Channel.ToArray(), names.Provider.ToArray(), names.EventId, names.Known, kind, first);
            _count++;
            Volatile.Write(ref _table, table);
        }
    }

    Slot?[] Larger()
    {
        var larger = new Slot?[_table.Length * 4];
        foreach (Slot? chain in _table)
        {
            for (Slot? slot = chain; slot is not null; slot = slot.Next)
            {
                ref Slot? first = ref larger[slot.Hash & (larger.Length - 1)];
                first = slot with { Next = first };
            }
        }

        return larger;
    }
}
