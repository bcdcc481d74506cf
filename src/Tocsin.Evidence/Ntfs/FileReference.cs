namespace Tocsin.Evidence.Ntfs;

/// <summary>A reference to an entry of the <c>$MFT</c>: 48 bits of number, 16 bits that tell which of the entry's successive files is meant.</summary>
internal readonly record struct FileReference(ulong Value)
{
    /// <summary>The root folder's entry.</summary>
    public const uint Root = 5;

    public ulong Number => Value & 0xFFFF_FFFF_FFFF;

    public ushort Sequence => (ushort)(Value >> 48);

    /// <summary>Whether it means the file that an entry holds now, or held last. Deleting a file raises its entry's number by one.</summary>
    public static bool Means(ushort referred, ushort sequence, bool inUse) => referred == sequence || !inUse && (ushort)(referred + 1) == sequence;

    /// <summary>Writes <c>NUMBER-SEQUENCE</c> and gives its length.</summary>
    public int Write(Span<byte> to)
    {
        Number.TryFormat(to, out int written);
        to[written++] = (byte)'-';
        Sequence.TryFormat(to[written..], out int more);
        return written + more;
    }
}
