using System.Buffers;

namespace Tocsin.Triage.Timeline;

/// <summary>One row as it is written. A view, valid until the next.</summary>
internal readonly ref struct TimelineRow
{
    public required DateTime TimeUtc { get; init; }

    public required string TimeIs { get; init; }

    public required string Server { get; init; }

    public required string Artifact { get; init; }

    public required long Line { get; init; }

    public required long Offset { get; init; }

    /// <summary>The log source: <c>iis</c>, <c>httpproxy/ecp</c>, <c>windows-events</c>.</summary>
    public required string Source { get; init; }

    /// <summary>What the time is worth: <c>as written</c>, <c>states UTC</c>, <c>corrected by +05:00</c>.</summary>
    public required string Clock { get; init; }

    public required ReadOnlySpan<byte> Client { get; init; }

    public required ReadOnlySpan<byte> User { get; init; }

    public required ReadOnlySpan<byte> Message { get; init; }

    /// <summary>What it is a finding of, most advanced stage first; empty for none.</summary>
    public required IReadOnlyList<FindingMark> Findings { get; init; }
}

/// <summary>Writes rows in one format. Used on one thread.</summary>
internal abstract class TimelineWriter(Stream to) : IDisposable
{
    const int FlushBytes = 256 * 1024;

    protected ArrayBufferWriter<byte> Buffer { get; } = new(FlushBytes + (64 * 1024));

    /// <summary>Writes one row.</summary>
    public void Write(in TimelineRow row)
    {
        WriteRow(in row);
        if (Buffer.WrittenCount >= FlushBytes) Flush();
    }

    protected abstract void WriteRow(in TimelineRow row);

    /// <summary>Writes what is held.</summary>
    public void Flush()
    {
        to.Write(Buffer.WrittenSpan);
        Buffer.ResetWrittenCount();
    }

    /// <inheritdoc />
    public void Dispose() => Close();

    protected virtual void Close() { }

    /// <summary>What several findings of one row have to say, each thing once.</summary>
    protected static string Joined(IReadOnlyList<FindingMark> findings, Func<FindingMark, string> part, string between) =>
        findings.Count == 1 ? part(findings[0]) : string.Join(between, findings.Select(part).Distinct(StringComparer.Ordinal));
}

/// <summary>Times as the timeline writes them: of one width, so that they sort as text.</summary>
internal static class TimelineTime
{
    /// <summary>Length of <see cref="Utc"/>.</summary>
    public const int Length = 32;

    /// <summary>Writes <c>2021-03-03T07:10:58.123456+00:00</c>: ISO 8601 with microseconds, the zone as Timesketch's own examples have it.</summary>
    public static void Utc(DateTime utc, Span<byte> to)
    {
        utc.TryFormat(to, out int length, "yyyy-MM-dd'T'HH:mm:ss.ffffff", System.Globalization.CultureInfo.InvariantCulture);
        "+00:00"u8.CopyTo(to[length..]);
    }

    /// <summary>The same moment as a clock in a zone shows it: <c>2021-03-03T02:10:58.123456-05:00</c>.</summary>
    public static string In(DateTime utc, TimeSpan zone)
    {
        long ticks = Math.Clamp(utc.Ticks + zone.Ticks, 0, DateTime.MaxValue.Ticks);
        return new DateTime(ticks).ToString("yyyy-MM-dd'T'HH:mm:ss.ffffff", System.Globalization.CultureInfo.InvariantCulture) + Zone(zone);
    }

    /// <summary><c>+05:00</c>.</summary>
    public static string Zone(TimeSpan offset) => $"{(offset < default(TimeSpan) ? '-' : '+')}{offset.Duration():hh\\:mm}";
}
