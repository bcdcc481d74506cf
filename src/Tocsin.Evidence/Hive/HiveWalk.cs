using Tocsin.Evidence.Artifacts;

namespace Tocsin.Evidence.Hive;

/// <summary>Goes through all keys that can be reached from the root, in stored order, and then through what cannot be reached.</summary>
/// <remarks>Without recursion. Each cell is read once, so circles end and work is that of the hive's bytes.</remarks>
internal sealed class HiveWalk(HiveImage hive, HiveEmitter emitter, CancellationToken cancellation)
{
    /// <summary>Windows allows 512 levels.</summary>
    public const int MaxDepth = 512;

    /// <summary>The least that a key takes: its cell with a name of one letter, and its place in a list. Bounds what waits to be read.</summary>
    const int LeastKeyBytes = 84;

    readonly Stack<(uint Key, int Level, int PathAbove)> _open = new();
    readonly List<uint> _children = [];
    readonly long _maxOpen = hive.Length / LeastKeyBytes + 16;

    /// <summary>Walks from a root; false where there is none.</summary>
    public bool Run(uint root)
    {
        if (root == HiveImage.NoCell || !hive.TryUsed(root, out ReadOnlySpan<byte> cell) || !KeyCell.TryRead(cell, out KeyCell key)) return false;
        emitter.Claims.Take(root);
        int path = emitter.BeginPath();
        emitter.Key(in key, root, deleted: false, ValueList);
        Push(in key, level: 1, path);
        Drain();
        return true;
    }

    /// <summary>Goes through what stands below a key that was handed on already, at the end of the path.</summary>
    public void Below(in KeyCell key, int level, int path)
    {
        Push(in key, level, path);
        Drain();
    }

    void Drain()
    {
        while (_open.TryPop(out var at))
        {
            if ((emitter.Keys & 0xFFF) == 0) cancellation.ThrowIfCancellationRequested();
            if (!hive.TryUsed(at.Key, out ReadOnlySpan<byte> cell) || !KeyCell.TryRead(cell, out KeyCell key)) continue;
            int path = emitter.AddToPath(at.PathAbove, in key, at.Level);
            if (key.NameBytes > key.Name.Length || key.NameBytes > HiveEmitter.MaxNameBytes) emitter.Damage(DamageKind.CutOff, at.Key);
            emitter.Key(in key, at.Key, deleted: false, ValueList);
            Push(in key, at.Level + 1, path);
        }
    }

    void Push(in KeyCell key, int level, int path)
    {
        if (key.SubkeyCount == 0 || key.SubkeyList == HiveImage.NoCell) return;
        if (level > MaxDepth)
        {
            emitter.Damage(DamageKind.Malformed, key.SubkeyList);
            return;
        }

        _children.Clear();
        AddList(key.SubkeyList, nested: false);
        if (_children.Count < key.SubkeyCount && key.SubkeyCount - _children.Count > 0) emitter.Damage(DamageKind.Malformed, key.SubkeyList);
        for (int i = _children.Count - 1; i >= 0; i--) _open.Push((_children[i], level, path));
    }

    void AddList(uint list, bool nested)
    {
        if (!hive.TryUsed(list, out ReadOnlySpan<byte> cell) || !SubkeyList.TryRead(cell, out SubkeyList of) || of.IsRoot && nested || !emitter.Claims.Take(list))
        {
            emitter.Damage(DamageKind.Malformed, list);
            return;
        }

        if (of.Count < of.Stated) emitter.Damage(DamageKind.CutOff, list);
        for (int i = 0; i < of.Count; i++)
        {
            uint child = of[i];
            if (of.IsRoot) AddList(child, nested: true);
            else if (_open.Count + _children.Count < _maxOpen && hive.TryUsed(child, out ReadOnlySpan<byte> key) && KeyCell.TryRead(key, out _) && emitter.Claims.Take(child)) _children.Add(child);
        }
    }

    /// <summary>The list of a key's values: as much of it as there is.</summary>
    public ReadOnlySpan<byte> ValueList(uint list, uint count)
    {
        if (!hive.TryUsed(list, out ReadOnlySpan<byte> cell) || !emitter.Claims.Take(list))
        {
            emitter.Damage(DamageKind.Malformed, list);
            return default;
        }

        if (count > cell.Length / 4) emitter.Damage(DamageKind.CutOff, list);
        return cell[..(4 * (int)Math.Min(count, (uint)cell.Length / 4))];
    }
}
