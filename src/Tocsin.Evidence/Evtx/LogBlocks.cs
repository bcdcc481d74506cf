using System.Buffers;
using Tocsin.Evidence.Artifacts;

namespace Tocsin.Evidence.Evtx;

/// <summary>Finds the chunks of a log, or of a part of one, and has each read. One thread, once.</summary>
internal sealed class LogBlocks(Stream content, byte[] block, ReadContext context, ChunkWalk walk, long offset)
{
    /// <summary>Fewest bytes behind which a chunk that stands elsewhere than it should is looked for.</summary>
    const int MinShift = 1;

    readonly byte[] _ahead = new byte[8];
    int _aheadBytes;
    long _offset = offset;
    int _held;

    /// <summary>Where zeros begin that reach up to here; -1 for none.</summary>
    public long ZeroFrom { get; private set; } = -1;

    /// <summary>Where reading stands in the log.</summary>
    public long Offset => _offset;

    /// <summary>Chunks, or what is left of them, that were found.</summary>
    public long Chunks { get; private set; }

    /// <summary>Chunks that the log's header promises; -1 where it promises nothing.</summary>
    public long Promised { get; private set; } = -1;

    /// <summary>Reads to the end.</summary>
    public void Read()
    {
        Fill();
        if (_offset == 0 && block.AsSpan(0, _held).StartsWith(EvtxLayout.FileMagic)) ReadHeader();
        else if (_offset == 0 && !block.AsSpan(0, _held).StartsWith(EvtxLayout.ChunkMagic)) Lost(EvtxLayout.FileHeaderBytes);
        while (Fill() > 0)
        {
            context.Cancellation.ThrowIfCancellationRequested();
            if (block.AsSpan(0, _held).StartsWith(EvtxLayout.ChunkMagic)) ReadChunk();
            else if (!block.AsSpan(0, _held).ContainsAnyExcept((byte)0)) SkipZeros();
            else ReadWithoutHeader();
        }
    }

    void ReadHeader()
    {
        ReadOnlySpan<byte> header = block;
        bool isDirty = EvtxLayout.IsDirty(header);
        if (EvtxLayout.UInt32(header, 124) != Crc32.Of(header[..120])) context.Report.Add(DamageKind.Checksum, 0, 0);
        else if (!isDirty) Promised = EvtxLayout.UInt16(header, 42);
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
        if (ZeroFrom < 0) ZeroFrom = _offset;
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
        if (ZeroFrom >= 0) context.Report.Add(DamageKind.Malformed, context.Report.Lines, ZeroFrom);
        ZeroFrom = -1;
        Chunks++;
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
