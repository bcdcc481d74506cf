using System.Buffers.Binary;
using Tocsin.Evidence.Artifacts;

namespace Tocsin.Evidence.Hive;

/// <summary>Finds what the walk could not reach: keys in use whose way from the root is broken, and deleted keys and values in free room.</summary>
/// <remarks>
/// Deleting frees a key's cells and leaves their bytes until the room is needed; neighbouring free cells are joined, so one may hold
/// several old ones, each still beginning at a multiple of 8 with its old length. What is taken for a key or value there has a
/// plausible name, time and lengths; free room also holds rubbish. Passes over the bins twice.
/// </remarks>
internal sealed class HiveRemains(HiveImage hive, HiveEmitter emitter, HiveWalk walk, uint root, CancellationToken cancellation)
{
    const int PageBytes = 4096;
    const int BinHeaderBytes = 32;

    // The level of what has lost its place: some level, but not the one below the root.
    const int Below = 8;

    // Values of deleted keys: their lists stand in free room, where anything may pose as one.
    const int MaxValuesOfDeleted = 4096;

    // Registry editors and Windows before 2000 have no business here; years behind 2100 are rubbish.
    static readonly long Earliest = new DateTime(1995, 1, 1, 0, 0, 0, DateTimeKind.Utc).ToFileTimeUtc(), Latest = new DateTime(2100, 1, 1, 0, 0, 0, DateTimeKind.Utc).ToFileTimeUtc();

    readonly List<(uint Start, uint End)> _free = [];
    readonly List<uint> _way = [];
    long _listEntriesLeft = hive.Length / 4;

    /// <summary>Keys in use that could not be reached from the root.</summary>
    public long Orphans { get; private set; }

    public void Run()
    {
        FindCells();
        foreach ((uint start, uint end) in _free) FindKeys(start, end);
        foreach ((uint start, uint end) in _free) FindValues(start, end);
    }

    /// <summary>Goes through the bins' cells: hands on orphans, and remembers free room.</summary>
    void FindCells()
    {
        ReadOnlySpan<byte> bins = hive.Bins;
        for (int at = 0; at + BinHeaderBytes <= bins.Length;)
        {
            cancellation.ThrowIfCancellationRequested();
            uint size = bins[at..].StartsWith("hbin"u8) ? BinaryPrimitives.ReadUInt32LittleEndian(bins[(at + 8)..]) : 0;
            if (size < PageBytes || size % PageBytes != 0 || size > bins.Length - at)
            {
                // A bin that is none: what stands in its page is looked through as if it were free. Pages of zeros say nothing.
                int length = Math.Min(PageBytes, bins.Length - at);
                if (bins.Slice(at, length).ContainsAnyExcept((byte)0))
                {
                    emitter.Damage(size == 0 ? DamageKind.Malformed : DamageKind.CutOff, (uint)at);
                    Loose((uint)at, (uint)(at + length));
                }

                at += length;
                continue;
            }

            WalkBin((uint)at, (uint)at + size);
            at += (int)size;
        }
    }

    void WalkBin(uint start, uint end)
    {
        uint at = start + BinHeaderBytes;
        while (at < end)
        {
            int stated = BinaryPrimitives.ReadInt32LittleEndian(hive.Bins[(int)at..]);
            long size = Math.Abs((long)stated);
            if (size < 8 || size % 8 != 0 || size > end - at)
            {
                emitter.Damage(DamageKind.Malformed, at);
                Loose(at, end);
                return;
            }

            if (stated > 0) _free.Add((at, at + (uint)size));
            else if (!emitter.Claims.IsTaken(at)) Orphan(at);
            at += (uint)size;
        }
    }

    // Room whose cells cannot be told apart: whatever says of itself that it is in use is an orphan, the rest may be what was deleted.
    void Loose(uint start, uint end)
    {
        for (uint at = start; at + 8 <= end; at += 8)
        {
            if (!emitter.Claims.IsTaken(at) && hive.TryUsed(at, out _)) Orphan(at);
        }

        _free.Add((start, end));
    }

    void Orphan(uint offset)
    {
        if (!hive.TryUsed(offset, out ReadOnlySpan<byte> cell) || !KeyCell.TryRead(cell, out KeyCell key) || !IsPlausible(in key) || !emitter.Claims.Take(offset)) return;
        Orphans++;
        emitter.Damage(DamageKind.Malformed, offset);
        int path = PathTo(in key, out int level);
        emitter.Key(in key, offset, deleted: false, walk.ValueList);
        walk.Below(in key, level + 1, path);
    }

    void FindKeys(uint start, uint end)
    {
        ReadOnlySpan<byte> room = hive.Bins[(int)start..(int)end];
        for (int at = 0; at + 80 <= room.Length; at += 8)
        {
            if (room[at + 4] != (byte)'n' || room[at + 5] != (byte)'k') continue;
            uint offset = start + (uint)at;
            if (!KeyCell.TryRead(room[(at + 4)..], out KeyCell key) || !IsPlausible(in key) || key.NameBytes > key.Name.Length || !emitter.Claims.Take(offset)) continue;
            PathTo(in key, out _);
            emitter.Key(in key, offset, deleted: true, ListOfDeleted);
        }
    }

    void FindValues(uint start, uint end)
    {
        ReadOnlySpan<byte> room = hive.Bins[(int)start..(int)end];
        for (int at = 0; at + 24 <= room.Length; at += 8)
        {
            if (room[at + 4] != (byte)'v' || room[at + 5] != (byte)'k') continue;
            uint offset = start + (uint)at;
            if (ValueCell.TryRead(room[(at + 4)..], out ValueCell value) && IsPlausible(in value) && emitter.Claims.Take(offset)) emitter.Value(in value, offset);
        }
    }

    ReadOnlySpan<byte> ListOfDeleted(uint list, uint count)
    {
        if (count > MaxValuesOfDeleted || count > _listEntriesLeft || emitter.Claims.IsTaken(list) || !hive.TryCell(list, out ReadOnlySpan<byte> cell, out _)) return default;
        int there = (int)Math.Min(count, (uint)cell.Length / 4);
        _listEntriesLeft -= there;
        return cell[..(4 * there)];
    }

    // Upwards by the parents that the cells name, free or in use, as far as they are keys.
    int PathTo(in KeyCell key, out int level)
    {
        _way.Clear();
        uint at = key.Parent;
        while (at != root && _way.Count < HiveWalk.MaxDepth && hive.TryCell(at, out ReadOnlySpan<byte> cell, out _) && KeyCell.TryRead(cell, out KeyCell above) && IsPlausible(in above))
        {
            _way.Add(at);
            at = above.Parent;
        }

        bool whole = at == root && root != HiveImage.NoCell;
        int path = emitter.BeginPath(whole ? null : "(lost)");
        level = whole ? 0 : Below;
        for (int i = _way.Count - 1; i >= 0; i--)
        {
            if (hive.TryCell(_way[i], out ReadOnlySpan<byte> cell, out _) && KeyCell.TryRead(cell, out KeyCell above)) path = emitter.AddToPath(path, in above, ++level);
        }

        return emitter.AddToPath(path, in key, ++level);
    }

    static bool IsPlausible(in KeyCell key) =>
        key.NameBytes is > 0 and <= HiveEmitter.MaxNameBytes && key.LastWritten >= Earliest && key.LastWritten < Latest
        && (key.Flags & 0x0C00) == 0 && IsName(key.Name, key.IsNarrow);

    static bool IsPlausible(in ValueCell value) =>
        value.NameBytes <= HiveEmitter.MaxNameBytes && value.NameBytes <= value.Name.Length && value.Type <= 0x0B && (value.Flags & ~3) == 0
        && (value.IsResident ? value.DataBytes <= 4 : value.DataBytes < 64 << 20) && IsName(value.Name, value.IsNarrow);

    static bool IsName(ReadOnlySpan<byte> name, bool narrow)
    {
        if (narrow) return !name.ContainsAnyInRange((byte)0, (byte)0x1F);
        if (name.Length % 2 != 0) return false;
        for (int at = 0; at < name.Length; at += 2)
        {
            if (name[at + 1] == 0 && name[at] < 0x20) return false;
        }

        return true;
    }
}
