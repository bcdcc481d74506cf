using System.Runtime.InteropServices;

namespace Tocsin.Detection.Matching;

/// <summary>Comparing and hashing bytes without regard to ASCII case.</summary>
static class FoldedText
{
    const ulong Fold = 0x2020202020202020;

    /// <summary>Whether the value, with its ASCII capitals made small, is the text.</summary>
    public static bool Equals(ReadOnlySpan<byte> value, ReadOnlySpan<byte> lower)
    {
        if (value.Length != lower.Length) return false;
        for (int i = 0; i < lower.Length; i++)
        {
            byte b = value[i];
            if (b is >= (byte)'A' and <= (byte)'Z') b |= 0x20;
            if (b != lower[i]) return false;
        }

        return true;
    }

    /// <summary>The same for texts that <see cref="Equals"/> calls equal. Signs may collide; whoever asks compares in full.</summary>
    public static uint Hash(ReadOnlySpan<byte> text)
    {
        ulong hash = (ulong)text.Length;
        while (text.Length >= 8)
        {
            hash = Mixed(hash, MemoryMarshal.Read<ulong>(text));
            text = text[8..];
        }

        ulong rest = 0;
        for (int i = 0; i < text.Length; i++) rest |= (ulong)text[i] << (8 * i);
        return (uint)(Mixed(hash, rest) >> 32);
    }

    static ulong Mixed(ulong hash, ulong word)
    {
        hash = (hash ^ (word | Fold)) * 0x9E3779B97F4A7C15;
        return hash ^ hash >> 29;
    }
}
