using System.Globalization;
using Tocsin.Evidence.Artifacts;
using Tocsin.Evidence.Records;

namespace Tocsin.Evidence.Ntfs;

/// <summary>Reads the change journal of an NTFS volume (<c>$Extend\$UsnJrnl:$J</c>): which files were made, written, renamed and deleted in the last days.</summary>
/// <remarks>
/// <code>
///  +-- zeros, often gigabytes --+--------+--------+-----+-- page of 4,096 --+--------+ ...    shape of a record: see UsnRecord
///  |  given back to the volume  | record | record | 0 0 |                   | record |
///  +----------------------------+--------+--------+-----+-------------------+--------+
/// </code>
/// Fields: <c>Name</c>, <c>Extension</c> with its point, <c>Reason</c> and <c>Source</c> and <c>Attributes</c> (one value for each bit, named as Microsoft
/// names them without prefix: <c>FILE_CREATE</c>), <c>FileReference</c> and <c>ParentReference</c> (<c>NUMBER-SEQUENCE</c>, as in the <c>$MFT</c>), <c>Usn</c>,
/// <c>OldName</c> where a rename gave the file this name, <c>Fact</c>: <c>created-and-deleted</c> where this journal saw a page come and
/// here sees it go. A journal has no paths. A record's time is its own. <see cref="Position.Line"/> counts records from 1.
/// <para>Source of the format: Microsoft's documentation of change journal records.</para>
/// </remarks>
public sealed class UsnReader : ArtifactReader
{
    internal static readonly LogSource Source = new("file", "ntfs", "usn");
    static readonly ArtifactKind _kind = new("usn", "NTFS change journal ($UsnJrnl)", Source);

    UsnReader()
    {
    }

    /// <inheritdoc />
    public override ArtifactKind Kind => _kind;

    /// <summary>Recognises a journal by two records that follow each other, or by one and the journal's name. A head of zeros is one by its name alone.</summary>
    /// <param name="head">Up to 64 KB from the beginning.</param>
    /// <param name="path">Its name (<c>$J</c>, <c>UsnJrnl</c>) counts where the head does not say enough.</param>
    public static UsnReader? TryRecognise(ReadOnlySpan<byte> head, string path)
    {
        if (head.IsEmpty) return null;
        bool isNamed = IsNamed(path);
        int zeros = head.IndexOfAnyExcept((byte)0);
        if (zeros < 0) return isNamed ? new UsnReader() : null;
        ReadOnlySpan<byte> rest = head[(zeros & ~7)..];
        if (UsnRecord.TryRead(rest, out UsnRecord first) == UsnState.Record)
        {
            rest = rest[first.Length..];
            int more = rest.IndexOfAnyExcept((byte)0);
            if (isNamed || more < 0 || UsnRecord.TryRead(rest[(more & ~7)..], out _) != UsnState.None) return new UsnReader();
        }

        return isNamed && HasRecord(rest) ? new UsnReader() : null;
    }

    /// <inheritdoc />
    public override void Read(Stream content, ReadContext context)
    {
        RecordTarget target = context.TargetOf(Source);
        var line = new UsnLine(target.Fields);
        var records = new UsnRecords(content, context.Report, context.Cancellation);
        int hour = -1;
        long inHour = 0;
        while (records.Next())
        {
            UsnRecord record = records.Record;
            context.Report.Records++;
            DateTime time = NtfsTime.ToUtc(record.Time);
            if (time != default)
            {
                context.Report.AddTime(time);
                int at = (int)(time.Ticks / TimeSpan.TicksPerHour);
                if (at != hour && inHour > 0)
                {
                    context.Report.AddHour(hour, inHour);
                    inHour = 0;
                }

                hour = at;
                inHour++;
            }

            ReadOnlySpan<byte> text = line.Write(record);
            if (target.Filter.FindCandidate(text, 0) >= 0) target.Sink.Accept(new Record(text, line.Values, new Position(records.Number, records.Offset), time));
        }

        if (inHour > 0) context.Report.AddHour(hour, inHour);
        if (context.Report.FirstUtc is { } first)
        {
            context.Report.Notes.Add(string.Create(CultureInfo.InvariantCulture,
                $"the journal tells of files made, renamed and deleted from {first:yyyy-MM-dd HH:mm} to {context.Report.LastUtc:yyyy-MM-dd HH:mm} UTC; of what came before or after it knows nothing"));
        }
    }

    static bool IsNamed(string path)
    {
        ReadOnlySpan<char> name = path.AsSpan(path.AsSpan().LastIndexOfAny('/', '\\') + 1);
        return name.Contains("UsnJrnl", StringComparison.OrdinalIgnoreCase) || name.StartsWith("$J", StringComparison.OrdinalIgnoreCase) || name.StartsWith("%24J", StringComparison.OrdinalIgnoreCase);
    }

    static bool HasRecord(ReadOnlySpan<byte> bytes)
    {
        for (int at = 0; at < bytes.Length; at += 8)
        {
            if (UsnRecord.TryRead(bytes[at..], out _) == UsnState.Record) return true;
        }

        return false;
    }
}
