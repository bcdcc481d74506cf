using System.Buffers.Binary;

namespace Tocsin.Evidence.Ntfs;

/// <summary>Times as NTFS keeps them: units of 100 ns since 1601-01-01, UTC.</summary>
internal static class NtfsTime
{
    const long Epoch = 504_911_232_000_000_000;

    /// <summary>Length of a time as <see cref="Write"/> gives it.</summary>
    public const int TextBytes = 28;

    /// <summary>The moment; <see langword="default"/> for zero and for what no calendar has.</summary>
    public static DateTime ToUtc(long fileTime) =>
        fileTime <= 0 || fileTime > DateTime.MaxValue.Ticks - Epoch ? default : new DateTime(Epoch + fileTime, DateTimeKind.Utc);

    /// <summary>The time that NTFS keeps for a moment.</summary>
    public static long FromUtc(DateTime utc) => utc.Ticks - Epoch;

    /// <summary>Whether the part below a second is zero, as it is where a program wrote the time and not the clock.</summary>
    public static bool IsWholeSecond(long fileTime) => fileTime % TimeSpan.TicksPerSecond == 0;

    /// <summary>Writes <c>2021-03-03T01:02:03.4567890Z</c> and gives its length; 0 where there is no time.</summary>
    public static int Write(long fileTime, Span<byte> to) =>
        ToUtc(fileTime) is var utc && utc != default && utc.TryFormat(to, out int written, "O") ? written : 0;
}

/// <summary>The four times of <c>$STANDARD_INFORMATION</c> or <c>$FILE_NAME</c>, in the order of the disk.</summary>
internal readonly record struct FileTimes(long Created, long Modified, long Changed, long Accessed)
{
    /// <summary>How many bytes they take.</summary>
    public const int Bytes = 32;

    /// <summary>Reads them from the first <see cref="Bytes"/> bytes.</summary>
    public static FileTimes Read(ReadOnlySpan<byte> from) => new(
        BinaryPrimitives.ReadInt64LittleEndian(from),
        BinaryPrimitives.ReadInt64LittleEndian(from[8..]),
        BinaryPrimitives.ReadInt64LittleEndian(from[16..]),
        BinaryPrimitives.ReadInt64LittleEndian(from[24..]));
}
