namespace Tocsin.Evidence.Hive;

/// <summary>Which cells have been read: each counts once, so that neither circles nor cells with many owners cost more than their bytes.</summary>
internal sealed class HiveClaims(int binsLength)
{
    readonly ulong[] _taken = new ulong[binsLength / 512 + 1];

    /// <summary>Takes a cell; false where it was taken before.</summary>
    public bool Take(uint offset)
    {
        if (IsTaken(offset)) return false;
        _taken[offset >> 9] |= Bit(offset);
        return true;
    }

    public bool IsTaken(uint offset) => offset >> 9 < (uint)_taken.Length && (_taken[offset >> 9] & Bit(offset)) != 0;

    static ulong Bit(uint offset) => 1UL << (int)(offset >> 3 & 63);
}
