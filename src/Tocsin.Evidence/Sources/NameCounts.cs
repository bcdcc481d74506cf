using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace Tocsin.Evidence.Sources;

/// <summary>Counts how often names occur, in 20 bytes a name: archives may have millions.</summary>
internal sealed class NameCounts
{
    readonly Dictionary<UInt128, int> _counts = [];

    /// <summary>How often the name has occurred, this time included.</summary>
    public int Count(string name)
    {
        Span<byte> digest = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(name), digest);
        ref int count = ref CollectionsMarshal.GetValueRefOrAddDefault(_counts, System.Buffers.Binary.BinaryPrimitives.ReadUInt128LittleEndian(digest), out _);
        return ++count;
    }
}
