using System.Buffers.Binary;

namespace Tocsin.Triage.Baselines;

/// <summary>The hash of a file, of any of the three kinds that lists use; the kind is its length: 16 bytes MD5, 20 SHA-1, 32 SHA-256.</summary>
internal readonly record struct FileHash(ulong A, ulong B, ulong C, ulong D, byte Bytes) : IComparable<FileHash>
{
    public const int Md5 = 16, Sha1 = 20, Sha256 = 32;

    public static FileHash Of(ReadOnlySpan<byte> hash)
    {
        Span<byte> whole = stackalloc byte[Sha256];
        whole.Clear();
        hash.CopyTo(whole);
        return new(
            BinaryPrimitives.ReadUInt64BigEndian(whole),
            BinaryPrimitives.ReadUInt64BigEndian(whole[8..]),
            BinaryPrimitives.ReadUInt64BigEndian(whole[16..]),
            BinaryPrimitives.ReadUInt64BigEndian(whole[24..]),
            (byte)hash.Length);
    }

    /// <summary>Reads 32, 40 or 64 hex digits.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, out FileHash hash)
    {
        hash = default;
        if (text.Length is not (2 * Md5 or 2 * Sha1 or 2 * Sha256)) return false;
        Span<byte> bytes = stackalloc byte[Sha256];
        if (Convert.FromHexString(text, bytes, out _, out int written) != System.Buffers.OperationStatus.Done) return false;
        hash = Of(bytes[..written]);
        return true;
    }

    /// <summary>First by kind, SHA-256 first; then by value.</summary>
    public int CompareTo(FileHash other)
    {
        int order = other.Bytes.CompareTo(Bytes);
        if (order == 0) order = A.CompareTo(other.A);
        if (order == 0) order = B.CompareTo(other.B);
        if (order == 0) order = C.CompareTo(other.C);
        return order != 0 ? order : D.CompareTo(other.D);
    }

    /// <inheritdoc />
    public override string ToString()
    {
        Span<byte> whole = stackalloc byte[Sha256];
        BinaryPrimitives.WriteUInt64BigEndian(whole, A);
        BinaryPrimitives.WriteUInt64BigEndian(whole[8..], B);
        BinaryPrimitives.WriteUInt64BigEndian(whole[16..], C);
        BinaryPrimitives.WriteUInt64BigEndian(whole[24..], D);
        return Convert.ToHexStringLower(whole[..Bytes]);
    }
}
