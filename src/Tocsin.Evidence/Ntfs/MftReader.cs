using System.Globalization;
using Tocsin.Evidence.Artifacts;
using Tocsin.Evidence.Records;

namespace Tocsin.Evidence.Ntfs;

/// <summary>Reads the file table of an NTFS volume (<c>$MFT</c>): when each file appeared, whether its times were set back, which were deleted.</summary>
/// <remarks>
/// <code>
///  +---------+---------+---------+-- ... --+---------+
///  | entry 0 | entry 1 | entry 2 |         | entry n |    1,024 or 4,096 bytes each; shape: see FileEntry
///  +---------+---------+---------+-- ... --+---------+
/// </code>
/// One pass. A file's folder may stand behind it, so folders and the files that are worth a record are kept, compactly and up to
/// limits, and records are made at the end, in the order of the entries. Worth a record: pages that a web server carries out, what
/// ASP.NET compiled of them, dumps; programs, scripts and archives where they do not belong; files whose resident content is
/// script; and files whose name alone passes the filter. All others are counted only.
/// <para>
/// Fields: <c>Path</c> from the volume's root with backslashes (<c>?\</c> before what is left of a path that cannot be followed),
/// <c>Directory</c>, <c>Name</c>, <c>Extension</c> with its point, each once for each name of the file; <c>Size</c> in bytes, <c>InUse</c> and
/// <c>IsDirectory</c> (<c>true</c>, <c>false</c>), <c>EntryNumber</c>, <c>Sequence</c>; <c>SI_Created</c>, <c>SI_Modified</c>, <c>SI_Changed</c>,
/// <c>SI_Accessed</c> and the same with <c>FN_</c>, ISO 8601, UTC, to 100 ns; <c>Fact</c>: <c>deleted</c>, <c>timestomped:si-before-fn</c>,
/// <c>timestomped:whole-seconds</c>, <c>created-before-name</c>, <c>whole-seconds</c>, <c>path-uncertain</c>, <c>resident-script</c>, <c>has-stream</c>,
/// <c>torn</c>; <c>Stream</c>, names of named streams; <c>Zone</c>, the mark of a file from the internet; <c>Content</c>, what lies in the entry
/// itself, as one line of at most 1,024 bytes. A record's time is when the name appeared on the volume. Its <see cref="Position.Line"/> is the number of the entry.
/// </para>
/// The times of files are no log: they count neither as hours nor as the span of the artifact. Source of the format: the Linux NTFS documentation.
/// </remarks>
public sealed class MftReader : ArtifactReader
{
    internal static readonly LogSource Source = new("file", "ntfs", "mft");
    static readonly ArtifactKind _kind = new("mft", "NTFS file table ($MFT)", Source);

    readonly MftShape _shape;

    MftReader(MftShape shape) => _shape = shape;

    /// <inheritdoc />
    public override ArtifactKind Kind => _kind;

    /// <summary>The pages in web folders, in the order of the table; filled by <see cref="Read"/>.</summary>
    public IReadOnlyList<WebFileBirth> WebFiles { get; private set; } = [];

    /// <summary>Recognises a table by its first entry; one whose beginning is destroyed by its name and its first whole entry.</summary>
    /// <param name="head">Up to 64 KB from the beginning.</param>
    /// <param name="path">Its name counts only where the first entry is destroyed.</param>
    public static MftReader? TryRecognise(ReadOnlySpan<byte> head, string path) => MftShape.TryRecognise(head, path, out MftShape shape) ? new MftReader(shape) : null;

    /// <inheritdoc />
    public override void Read(Stream content, ReadContext context)
    {
        RecordTarget target = context.TargetOf(Source);
        var intake = new MftIntake(target.Filter);
        var entries = new MftEntries(content, _shape, context.Report, context.Cancellation);
        long deleted = 0;
        while (entries.Next())
        {
            FileEntry entry = entries.Entry;
            if (!intake.Take(entry, entries.Number, entries.Offset, entries.IsTorn)) context.Report.Add(DamageKind.Malformed, entries.Number, entries.Offset);
            if (entry.Base.Value != 0) continue;
            context.Report.Records++;
            if (!entry.InUse) deleted++;
        }

        intake.Files.Join(intake.Folders);
        var records = new MftRecords(target, intake, context.Cancellation);
        records.Write();
        WebFiles = records.WebFiles;

        context.Report.Notes.Add(string.Create(CultureInfo.InvariantCulture,
            $"{context.Report.Records:N0} files and folders, {deleted:N0} of them deleted; {records.Written:N0} were worth a closer look. Times of files are no log: what left no file is not seen here."));
        if (entries.Torn > 0) context.Report.Notes.Add(string.Create(CultureInfo.InvariantCulture, $"{entries.Torn:N0} entries are torn: their sectors are of different writes. They were read as they are."));
        if (intake.Folders.Refused + intake.Files.Refused is > 0 and var refused) context.Report.Notes.Add(string.Create(CultureInfo.InvariantCulture, $"{refused:N0} files, folders or names went beyond what is kept of one table and were only counted."));
    }
}
