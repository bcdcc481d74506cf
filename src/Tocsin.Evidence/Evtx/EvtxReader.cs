using Tocsin.Evidence.Artifacts;
using Tocsin.Evidence.Records;
using Tocsin.Evidence.WindowsEvents;

namespace Tocsin.Evidence.Evtx;

/// <summary>Reads Windows event logs as the system keeps them (EVTX), whole, dirty, damaged or cut.</summary>
/// <remarks>
/// Fields are those of <see cref="EventJsonReader"/>: <c>Channel</c>, <c>Provider_Name</c>, <c>EventID</c>, <c>Computer</c>, the other
/// values of the system part by their names (<c>Level</c>, <c>Security_UserID</c>), every data field by its own, data without a name as
/// <c>Data</c>; for channel <c>MSExchange Management</c> also <c>Command</c> and <c>Outcome</c>. A record's position is its id and its
/// byte offset; its time as in the other reader. Only what <see cref="IEventFilter"/> wants is rendered.
/// <para>Chunks whose checksum fails are read all the same; records that their chunk does not count, or whose chunk lost its header,
/// are found by their magic and both their sizes. What could not be read is counted and located.</para>
/// <para>Where <see cref="ReadContext.Parts"/> is given, stretches of sound chunks are read side by side.</para>
/// </remarks>
public sealed class EvtxReader : ArtifactReader
{
    static readonly ArtifactKind _kind = new("windows-events", "Windows event log (EVTX)", EventJsonReader.Source);

    EvtxReader()
    {
    }

    /// <summary>How <see cref="Record.Text(int, out bool)"/> and <see cref="Record.Line"/> show an event.</summary>
    public EventTextForm TextForm { get; set; }

    /// <summary>Whether events that a sound chunk of a closed log no longer counts are passed over: what an export left behind its events, for example.</summary>
    public bool SkipsSlack { get; set; }

    /// <inheritdoc />
    public override ArtifactKind Kind => _kind;

    /// <summary>Recognises an event log by its first bytes.</summary>
    /// <param name="head">The first bytes; more than 4,096 of them tell a log whose own header was destroyed.</param>
    /// <param name="path">Not looked at.</param>
    public static EvtxReader? TryRecognise(ReadOnlySpan<byte> head, string path)
    {
        _ = path;
        return EvtxLayout.IsEvtx(head) ? new EvtxReader() : null;
    }

    /// <summary>Chunks in a part that one thread reads: 8 MB, behind which the templates are compiled anew.</summary>
    internal int ChunksOfPart { get; set; } = 128;

    /// <inheritdoc />
    public override void Read(Stream content, ReadContext context)
    {
        LogPart log = Part(context, isDirty: false);
        if (context.Parts is { } parts) new LogParts(content, context, parts, Part, ChunksOfPart).Read(log);
        else log.Read(content, 0);
        log.Finish();
    }

    LogPart Part(ReadContext context, bool isDirty) => new(context, TextForm, SkipsSlack && !isDirty);
}
