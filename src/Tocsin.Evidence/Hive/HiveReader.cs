using Tocsin.Evidence.Artifacts;
using Tocsin.Evidence.Records;

namespace Tocsin.Evidence.Hive;

/// <summary>Reads a registry hive: one record a value, and one for each key that has none.</summary>
/// <remarks>
/// Fields: <c>Hive</c> (by what is in it, not by its name), <c>Key</c> (as Windows shows it, the control set in use as
/// <c>CurrentControlSet</c>), <c>Name</c>, <c>Type</c> (<c>REG_SZ</c> …), <c>Value</c> (numbers decimal, each text of a multiple value by
/// itself, binary data hexadecimal up to 1,024 bytes), <c>Strings</c> (texts within binary data), <c>Class</c>, <c>Deleted</c>
/// (<c>true</c> where it was found in free room), <c>LastWrite</c> (of the key; also the record's time). A position's line is 0, its
/// offset that of the value's or key's cell. A dirty hive is brought up to date from <c>.LOG1</c> and <c>.LOG2</c> beside it
/// (<see cref="ReadContext.Siblings"/>). Times of keys are no log: they are told in a note, and cover nothing.
/// </remarks>
public sealed class HiveReader : ArtifactReader
{
    internal static readonly LogSource Source = new("registry", "hive", null);
    static readonly ArtifactKind _kind = new("registry", "Registry hive", Source);

    HiveReader()
    {
    }

    /// <inheritdoc />
    public override ArtifactKind Kind => _kind;

    /// <summary>Takes a hive by its first bytes.</summary>
    public static HiveReader? TryRecognise(ReadOnlySpan<byte> head) =>
        HiveHeader.TryRead(head, out HiveHeader header) && !header.IsLog ? new HiveReader() : null;

    /// <inheritdoc />
    public override void Read(Stream content, ReadContext context) => HiveBytes.With(content, context, hive => Read(hive, context));

    static void Read(HiveImage hive, ReadContext context)
    {
        ReadReport report = context.Report;
        if (hive.Header.Minor < 3)
        {
            report.Add(DamageKind.Unreadable, 0, 0);
            report.Notes.Add("The hive is of a Windows before 2000, whose form is not read.");
            return;
        }

        if (hive.Bins.Length < hive.Header.BinsBytes) report.Add(DamageKind.CutOff, 0, hive.Length);
        HiveRoot root = HiveRoot.Of(hive);
        HiveFacts.Tell(hive, root, report);
        uint start = new HiveLookup(hive).Root;
        var emitter = new HiveEmitter(hive, root, new HiveRecords(context.TargetOf(Source), root, report), report);
        var walk = new HiveWalk(hive, emitter, context.Cancellation);
        if (!walk.Run(start)) report.Add(DamageKind.Malformed, 0, Math.Min(HiveImage.FileOffset(hive.Header.RootCell), hive.Length));
        var remains = new HiveRemains(hive, emitter, walk, start, context.Cancellation);
        remains.Run();

        report.Notes.Add($"Registry hive {root.Hive}, shown as {root.Mount}: {emitter.Keys} keys.");
        if (emitter.Deleted > 0) report.Notes.Add($"{emitter.Deleted} deleted keys and values were found in free room.");
        if (remains.Orphans > 0) report.Notes.Add($"The hive is damaged: {remains.Orphans} keys in use cannot be reached from the root and were read where they stand.");
        if (emitter.LastUtc != default) report.Notes.Add($"Keys were last written from {emitter.FirstUtc:yyyy-MM-dd HH:mm:ss} to {emitter.LastUtc:yyyy-MM-dd HH:mm:ss} UTC.");
    }
}
