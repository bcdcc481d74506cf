using Tocsin.Evidence.Records;
using Tocsin.Evidence.WindowsEvents;

namespace Tocsin.Evidence.Evtx;

/// <summary>The indexes of a field set by name, found by hash: a name costs the same however many fields there are. Immutable.</summary>
internal sealed class FieldTable
{
    readonly record struct Entry(byte[] Name, int Field, int Next);

    readonly Entry[] _entries;
    readonly int[] _buckets;

    public FieldTable(FieldSet fields)
    {
        _entries = new Entry[fields.Count];
        _buckets = new int[Math.Max(16, (int)System.Numerics.BitOperations.RoundUpToPowerOf2((uint)fields.Count * 2))];
        _buckets.AsSpan().Fill(-1);
        for (int i = 0; i < fields.Count; i++)
        {
            byte[] name = System.Text.Encoding.UTF8.GetBytes(fields[i]);
            int bucket = BucketOf(name);
            _entries[i] = new Entry(name, i, _buckets[bucket]);
            _buckets[bucket] = i;
        }
    }

    /// <summary>The index of a name, without regard to ASCII case; -1 where nobody asks for it.</summary>
    public int IndexOf(ReadOnlySpan<byte> name)
    {
        for (int at = _buckets[BucketOf(name)]; at >= 0; at = _entries[at].Next)
        {
            if (EventNames.Is(_entries[at].Name, name)) return _entries[at].Field;
        }

        return -1;
    }

    int BucketOf(ReadOnlySpan<byte> name)
    {
        uint hash = 2166136261;
        foreach (byte b in name) hash = (hash ^ (b | 0x20u)) * 16777619;
        return (int)((hash ^ hash >> 15) & (uint)(_buckets.Length - 1));
    }
}
