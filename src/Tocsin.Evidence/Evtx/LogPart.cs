using System.Buffers;
using System.Globalization;
using Tocsin.Evidence.Artifacts;
using Tocsin.Evidence.WindowsEvents;

namespace Tocsin.Evidence.Evtx;

/// <summary>A log, or a stretch of its chunks, with what it came to. One thread.</summary>
internal sealed class LogPart
{
    readonly EventTally _tally;
    readonly ChunkWalk _walk;
    long _zeroFrom = -1, _end, _chunks, _promised = -1, _passedOver, _recovered;

    public LogPart(ReadContext context, EventTextForm form, bool skipsSlack)
    {
        Context = context;
        _tally = new EventTally(context.Report);
        _walk = new ChunkWalk(new EventParser(context.TargetOf(EventJsonReader.Source), _tally, form), context.Report) { SkipsSlack = skipsSlack };
    }

    /// <summary>What it is read with.</summary>
    public ReadContext Context { get; }

    /// <summary>Reads to the end of the stream.</summary>
    /// <param name="content">The bytes.</param>
    /// <param name="offset">Where they stand in the log.</param>
    public void Read(Stream content, long offset)
    {
        byte[] block = ArrayPool<byte>.Shared.Rent(EvtxLayout.ChunkBytes);
        try
        {
            var blocks = new LogBlocks(content, block, Context, _walk, offset);
            blocks.Read();
            (_zeroFrom, _end, _chunks, _promised) = (blocks.ZeroFrom, blocks.Offset, blocks.Chunks, blocks.Promised);
            (_passedOver, _recovered) = (_walk.PassedOver, _walk.Recovered);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(block);
        }
    }

    /// <summary>Takes what the part that follows came to.</summary>
    public void Join(LogPart next)
    {
        _tally.Join(next._tally);
        Context.Report.Join(next.Context.Report);
        (_zeroFrom, _end) = (next._zeroFrom, next._end);
        _chunks += next._chunks;
        if (next._promised >= 0) _promised = next._promised;
        _passedOver += next._passedOver;
        _recovered += next._recovered;
    }

    /// <summary>Writes what was counted into the report.</summary>
    public void Finish()
    {
        ReadReport report = Context.Report;
        // The header promises chunks that are not there, or that are nothing but zeros.
        if (_promised > _chunks) report.Add(DamageKind.CutOff, report.Lines, _zeroFrom >= 0 ? _zeroFrom : _end);
        _tally.Finish();
        if (_passedOver > 0) report.Notes.Add(string.Create(CultureInfo.InvariantCulture, $"{_passedOver} events lie in places where the log no longer counts any, and were passed over"));
        if (_recovered > 0) report.Notes.Add(string.Create(CultureInfo.InvariantCulture, $"{_recovered} events were recovered from places where the log no longer counts any"));
    }
}
