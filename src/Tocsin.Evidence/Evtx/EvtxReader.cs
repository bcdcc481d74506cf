using System.Buffers;
using System.Globalization;
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

    /// <inheritdoc />
    public override void Read(Stream content, ReadContext context)
    {
        ReadReport report = context.Report;
        var tally = new EventTally(report);
        var walk = new ChunkWalk(new EventParser(context.TargetOf(EventJsonReader.Source), tally, TextForm), report) { SkipsSlack = SkipsSlack };
        byte[] block = ArrayPool<byte>.Shared.Rent(EvtxLayout.ChunkBytes);
        try
        {
            new Blocks(content, block, context, walk).Read();
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(block);
        }

        tally.Finish();
        if (walk.PassedOver > 0) report.Notes.Add(string.Create(CultureInfo.InvariantCulture, $"{walk.PassedOver} events lie in places where the log no longer counts any, and were passed over"));
        if (walk.Recovered > 0)
        {
            report.Notes.Add(string.Create(CultureInfo.InvariantCulture, $"{walk.Recovered} events were recovered from places where the log no longer counts any"));
        }
    }

    sealed class Blocks(Stream content, byte[] block, ReadContext context, ChunkWalk walk)
    {
        /// <summary>Fewest bytes behind which a chunk that stands elsewhere than it should is looked for.</summary>
        const int MinShift = 1;

        readonly byte[] _ahead = new byte[8];
        int _aheadBytes;
        long _offset;
        int _held;
        long _zeroFrom = -1;
        long _chunksDue = -1;

        public void Read()
        {
            Fill();
            if (block.AsSpan(0, _held).StartsWith(EvtxLayout.FileMagic)) ReadHeader();
            else if (!block.AsSpan(0, _held).StartsWith(EvtxLayout.ChunkMagic)) Lost(EvtxLayout.FileHeaderBytes);
            while (Fill() > 0)
            {
                context.Cancellation.ThrowIfCancellationRequested();
                if (block.AsSpan(0, _held).StartsWith(EvtxLayout.ChunkMagic)) ReadChunk();
                else if (!block.AsSpan(0, _held).ContainsAnyExcept((byte)0)) SkipZeros();
                else ReadWithoutHeader();
            }

            if (_chunksDue <= 0) return;
            // The header promises chunks that are not there, or that are nothing but zeros.
            context.Report.Add(DamageKind.CutOff, context.Report.Lines, _zeroFrom >= 0 ? _zeroFrom : _offset);
        }

        void ReadHeader()
        {
            ReadOnlySpan<byte> header = block;
            bool isDirty = (EvtxLayout.UInt32(header, 120) & 1) != 0;
            if (EvtxLayout.UInt32(header, 124) != Crc32.Of(header[..120])) context.Report.Add(DamageKind.Checksum, 0, 0);
            else if (!isDirty) _chunksDue = EvtxLayout.UInt16(header, 42);
            if (isDirty) walk.SkipsSlack = false;
            if (isDirty) context.Report.Notes.Add("the log was copied while it was open: what its headers count may be behind what it holds");
            Drop(Math.Min(_held, EvtxLayout.FileHeaderBytes));
        }

        void ReadChunk()
        {
            Found();
            int length = _held;
            block.AsSpan(length, EvtxLayout.ChunkBytes - length).Clear();
            bool isSound = ChunkWalk.AreRecordsSound(block, length);
            // A chunk of which bytes are missing is overtaken by the next one: that begins inside this one's 64 KB. Not among records whose
            // checksum holds: somebody may have an event say what a chunk's header says, to hide what stands behind it. Behind them only a
            // header is believed whose own checksum holds.
            int next = isSound ? NextSoundChunk((int)EvtxLayout.UInt32(block, 48)) : NextChunk(EvtxLayout.FirstRecord);
            if (next > 0)
            {
                byte[] part = ArrayPool<byte>.Shared.Rent(EvtxLayout.ChunkBytes);
                block.AsSpan(0, next).CopyTo(part);
                part.AsSpan(next, EvtxLayout.ChunkBytes - next).Clear();
                walk.Read(part, next, _offset, isSound);
                ArrayPool<byte>.Shared.Return(part);
                Drop(next);
                return;
            }

            walk.Read(block, length, _offset, isSound);
            Drop(length);
        }

        void SkipZeros()
        {
            if (_zeroFrom < 0) _zeroFrom = _offset;
            Drop(_held);
        }

        // A chunk that lost its magic, or bytes between chunks: records are looked for one by one, and the next chunk where it is.
        void ReadWithoutHeader()
        {
            Found();
            int next = NextChunk(MinShift);
            int length = next > 0 ? next : _held;
            context.Report.Add(DamageKind.Malformed, context.Report.Lines, _offset);
            byte[] part = ArrayPool<byte>.Shared.Rent(EvtxLayout.ChunkBytes);
            block.AsSpan(0, length).CopyTo(part);
            part.AsSpan(length, EvtxLayout.ChunkBytes - length).Clear();
            walk.Carve(part, length, _offset);
            ArrayPool<byte>.Shared.Return(part);
            Drop(length);
        }

        // Something that is no zero: zeros before it were chunks that were wiped.
        void Found()
        {
            if (_zeroFrom >= 0) context.Report.Add(DamageKind.Malformed, context.Report.Lines, _zeroFrom);
            _zeroFrom = -1;
            _chunksDue--;
        }

        int NextChunk(int from)
        {
            ReadOnlySpan<byte> held = block.AsSpan(0, _held);
            while (from < held.Length && held[from..].IndexOf(EvtxLayout.ChunkMagic) is >= 0 and var found)
            {
                from += found;
                // A header's size follows; text in an event that says the same has none.
                if (held.Length - from < 44 || EvtxLayout.UInt32(held, from + 40) == 128) return from;
                from++;
            }

            return CutMagic(from);
        }

        // A chunk whose magic the end of the block cuts in two.
        int CutMagic(int from)
        {
            for (int length = EvtxLayout.ChunkMagic.Length - 1; length > 0; length--)
            {
                int at = EvtxLayout.ChunkBytes - length;
                if (_held < EvtxLayout.ChunkBytes || at < from || !block.AsSpan(at, length).SequenceEqual(EvtxLayout.ChunkMagic[..length])) continue;
                int rest = EvtxLayout.ChunkMagic.Length - length;
                if (_aheadBytes < rest) _aheadBytes += content.ReadAtLeast(_ahead.AsSpan(_aheadBytes, rest - _aheadBytes), rest - _aheadBytes, throwOnEndOfStream: false);
                if (_ahead.AsSpan(0, Math.Min(_aheadBytes, rest)).SequenceEqual(EvtxLayout.ChunkMagic[length..])) return at;
            }

            return -1;
        }

        void Lost(int bytes)
        {
            context.Report.Add(DamageKind.Malformed, 0, 0);
            Drop(Math.Min(_held, bytes));
        }

        int NextSoundChunk(int from)
        {
            while ((from = NextChunk(from)) >= 0)
            {
                ReadOnlySpan<byte> header = block.AsSpan(from, _held - from);
                if (header.Length < EvtxLayout.FirstRecord || ChunkWalk.IsHeaderSound(header)) return from;
                from++;
            }

            return -1;
        }

        int Fill()
        {
            int ahead = Math.Min(_aheadBytes, EvtxLayout.ChunkBytes - _held);
            _ahead.AsSpan(0, ahead).CopyTo(block.AsSpan(_held));
            _ahead.AsSpan(ahead).CopyTo(_ahead);
            (_held, _aheadBytes) = (_held + ahead, _aheadBytes - ahead);
            _held += content.ReadAtLeast(block.AsSpan(_held, EvtxLayout.ChunkBytes - _held), EvtxLayout.ChunkBytes - _held, throwOnEndOfStream: false);
            return _held;
        }

        void Drop(int bytes)
        {
            block.AsSpan(bytes, _held - bytes).CopyTo(block);
            _held -= bytes;
            _offset += bytes;
        }
    }
}
