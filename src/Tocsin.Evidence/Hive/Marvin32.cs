using System.Buffers.Binary;
using System.Numerics;

namespace Tocsin.Evidence.Hive;

/// <summary>The hash that guards entries of registry transaction logs: Marvin32 with a fixed seed.</summary>
internal static class Marvin32
{
    // 0x82EF4D887A4E55C5; specifications that print these bytes mean them as one number, the first byte highest.
    const uint SeedLow = 0x7A4E55C5, SeedHigh = 0x82EF4D88;

    public static ulong Of(ReadOnlySpan<byte> data)
    {
        uint low = SeedLow, high = SeedHigh;
        for (; data.Length >= 4; data = data[4..])
        {
            low += BinaryPrimitives.ReadUInt32LittleEndian(data);
            Mix(ref low, ref high);
        }

        uint last = 0x80;
        for (int i = data.Length - 1; i >= 0; i--) last = (last << 8) | data[i];
        low += last;
        Mix(ref low, ref high);
        Mix(ref low, ref high);
        return ((ulong)high << 32) | low;
    }

    static void Mix(ref uint low, ref uint high)
    {
        high ^= low;
        low = BitOperations.RotateLeft(low, 20) + high;
        high = BitOperations.RotateLeft(high, 9) ^ low;
        low = BitOperations.RotateLeft(low, 27) + high;
        high = BitOperations.RotateLeft(high, 19);
    }
}
