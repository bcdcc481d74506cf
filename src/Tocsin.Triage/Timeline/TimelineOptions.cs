using Tocsin.Triage.Reports;
using Tocsin.Triage.Scanning;

namespace Tocsin.Triage.Timeline;

/// <summary>What a timeline is written as.</summary>
public enum TimelineFormat
{
    /// <summary>A table for spreadsheets (RFC 4180), which Timesketch takes too.</summary>
    Csv,
    /// <summary>One JSON object a line.</summary>
    JsonLines,
    /// <summary>One JSON object a line with the fields and tags that Timesketch knows.</summary>
    Timesketch,
}

/// <summary>What goes into a timeline and how it is written.</summary>
public sealed record TimelineOptions
{
    /// <summary>What to read, with which packs and how many threads.</summary>
    public required ScanOptions Scan { get; init; }

    /// <summary>Gives a new, empty temporary file that can be written, read and sought in and is gone when it is closed.</summary>
    public required Func<Stream> TemporaryFile { get; init; }

    /// <summary>The form of the output.</summary>
    public TimelineFormat Format { get; init; }

    /// <summary>Earlier rows are left out.</summary>
    public DateTime? FromUtc { get; init; }

    /// <summary>Rows of this moment and later ones are left out.</summary>
    public DateTime? ToUtc { get; init; }

    /// <summary>Only rows that are findings.</summary>
    public bool FindingsOnly { get; init; }

    /// <summary>Only rows of the server of this name; null for all.</summary>
    public string? Server { get; init; }

    /// <summary>Adds each time as clocks show it in a zone that is so far from UTC; null for none.</summary>
    public TimeSpan? Zone { get; init; }

    /// <summary>How much of rows is held in memory before it is sorted and spilled, in all threads together.</summary>
    public int MemoryBytes { get; init; } = 64 * 1024 * 1024;
}

/// <summary>What was written.</summary>
/// <param name="Report">The verdicts and everything else that a scan of the same evidence says.</param>
/// <param name="Rows">Rows written.</param>
/// <param name="Findings">How many of them are findings.</param>
/// <param name="WithoutTime">Records that have no time and therefore no row.</param>
/// <param name="FirstUtc">Time of the first row.</param>
/// <param name="LastUtc">Time of the last row.</param>
public sealed record TimelineSummary(ScanReport Report, long Rows, long Findings, long WithoutTime, DateTime? FirstUtc, DateTime? LastUtc);
