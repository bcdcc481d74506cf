using System.Buffers.Binary;

namespace Tocsin.Triage.Timeline;

/// <summary>One row of the timeline as it is kept while it is sorted. Little-endian; a view.</summary>
/// <remarks>
/// <code>
///  0 ticks i64 | 8 offset i64 | 16 line i64 | 24 artifact i32 | 28 what u16 | 30 flags u8 | 31 rules u8
/// 32 rules × i32 | client u16+bytes | user u16+bytes | message u16+bytes
/// </code>
/// Ticks are the record's own time, not corrected: what its clock is worth is known only when everything was read.
/// </remarks>
internal readonly ref struct Row(ReadOnlySpan<byte> bytes)
{
    public const int HeaderBytes = 32;

    /// <summary>Rules that match one record; more say no more.</summary>
    public const int MaxRules = 64;

    /// <summary>The record itself says that its time is UTC.</summary>
    public const byte StatesUtc = 1;

    public ReadOnlySpan<byte> Bytes { get; } = bytes;

    public long Ticks => BinaryPrimitives.ReadInt64LittleEndian(Bytes);

    public long Offset => BinaryPrimitives.ReadInt64LittleEndian(Bytes[8..]);

    public long Line => BinaryPrimitives.ReadInt64LittleEndian(Bytes[16..]);

    public int Artifact => BinaryPrimitives.ReadInt32LittleEndian(Bytes[24..]);

    public int What => BinaryPrimitives.ReadUInt16LittleEndian(Bytes[28..]);

    public byte Flags => Bytes[30];

    public int Rules => Bytes[31];

    public int Rule(int index) => BinaryPrimitives.ReadInt32LittleEndian(Bytes[(HeaderBytes + (4 * index))..]);

    /// <summary>The texts behind the rules.</summary>
    public void Texts(out ReadOnlySpan<byte> client, out ReadOnlySpan<byte> user, out ReadOnlySpan<byte> message)
    {
        ReadOnlySpan<byte> rest = Bytes[(HeaderBytes + (4 * Rules))..];
        client = Take(ref rest);
        user = Take(ref rest);
        message = Take(ref rest);
    }

    static ReadOnlySpan<byte> Take(scoped ref ReadOnlySpan<byte> rest)
    {
        int length = BinaryPrimitives.ReadUInt16LittleEndian(rest);
        ReadOnlySpan<byte> text = rest.Slice(2, length);
        rest = rest[(2 + length)..];
        return text;
    }
}

/// <summary>The order of rows: time, path of the artifact, offset, line, and then the bytes, so that it is the same for any number of threads.</summary>
/// <param name="paths">Path of each artifact by its number. Numbers are given in the order in which threads come to the files.</param>
/// <param name="whats">What a row is, by its number; given in the same way.</param>
internal sealed class RowOrder(Func<int, string> paths, Func<int, string> whats)
{
    /// <summary>Compares rows whose times are given.</summary>
    public int Compare(long ticks, in Row a, long otherTicks, in Row b)
    {
        int order = ticks.CompareTo(otherTicks);
        if (order != 0) return order;
        if (a.Artifact != b.Artifact && (order = string.CompareOrdinal(paths(a.Artifact), paths(b.Artifact))) != 0) return order;
        if ((order = a.Offset.CompareTo(b.Offset)) != 0) return order;
        if ((order = a.Line.CompareTo(b.Line)) != 0) return order;
        order = a.Bytes[30..].SequenceCompareTo(b.Bytes[30..]);
        return order != 0 || a.What == b.What ? order : string.CompareOrdinal(whats(a.What), whats(b.What));
    }
}
