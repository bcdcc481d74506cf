using System.Buffers;
using Tocsin.Evidence.Artifacts;
using Tocsin.Evidence.Sources;

namespace Tocsin.Evidence.Evtx;

/// <summary>Cuts a log into stretches of chunks, which other threads read, and joins what they came to in the log's order. One thread, once.</summary>
/// <remarks>
/// A stretch ends where a whole chunk ends and the next one begins: both have their magic in the place where it belongs, so that reading
/// from there on gives what reading on would give. Where that is not so the log is damaged, and all that is left of it is read in one go.
/// Where it is cut depends on the log alone, and so does the result.
/// </remarks>
internal sealed class LogParts(Stream content, ReadContext context, IPartReading parts, Func<ReadContext, bool, LogPart> begin, int chunksOfPart)
{
    /// <summary>Parts that wait for one before them.</summary>
    const int MaxOpen = 32;

    readonly Queue<(Task Task, LogPart Part)> _open = [];
    bool _isDirty;

    /// <summary>Reads all of the log.</summary>
    /// <param name="log">Takes what the parts come to.</param>
    public void Read(LogPart log)
    {
        long offset = 0;
        byte[] ahead = [];
        try
        {
            while (true)
            {
                context.Cancellation.ThrowIfCancellationRequested();
                int size = (offset == 0 ? EvtxLayout.FileHeaderBytes : 0) + chunksOfPart * EvtxLayout.ChunkBytes;
                byte[] buffer = ArrayPool<byte>.Shared.Rent(size + EvtxLayout.ChunkMagic.Length);
                ahead.CopyTo(buffer, 0);
                int length = ahead.Length + content.ReadAtLeast(buffer.AsSpan(ahead.Length, size + EvtxLayout.ChunkMagic.Length - ahead.Length), size + EvtxLayout.ChunkMagic.Length - ahead.Length, throwOnEndOfStream: false);
                if (offset == 0) _isDirty = EvtxLayout.IsDirty(buffer.AsSpan(0, length));
                bool isCut = length == size + EvtxLayout.ChunkMagic.Length && Begins(buffer, size) && Begins(buffer, size - EvtxLayout.ChunkBytes) && (offset > 0 || buffer.AsSpan().StartsWith(EvtxLayout.FileMagic));
                ahead = isCut ? buffer.AsSpan(size, length - size).ToArray() : [];
                Begin(buffer, isCut ? size : length, offset, isCut ? null : content);
                offset += size;
                while (_open.TryPeek(out var first) && (first.Task.IsCompleted || !isCut || _open.Count > MaxOpen)) JoinFirst(log);
                if (!isCut) return;
            }
        }
        finally
        {
            // Nobody may write into the report, or read a buffer that was given back, behind this.
            foreach ((Task task, LogPart _) in _open) Task.WaitAny(task);
        }
    }

    static bool Begins(byte[] buffer, int at) => buffer.AsSpan(at).StartsWith(EvtxLayout.ChunkMagic);

    void Begin(byte[] buffer, int length, long offset, Stream? rest)
    {
        ReadContext own = parts.Begin();
        LogPart part = begin(own, _isDirty);
        void ReadPart()
        {
            try
            {
                using var bytes = new MemoryStream(buffer, 0, length, writable: false);
                using Stream whole = rest is null ? bytes : new JoinedStream(bytes, rest);
                part.Read(whole, offset);
            }
            finally
            {
                ArrayPool<byte>.Shared.Return(buffer);
            }
        }

        // What is left of the log can only be read here: the stream is this thread's.
        if (rest is null)
        {
            _open.Enqueue((parts.Run(ReadPart), part));
            return;
        }

        ReadPart();
        _open.Enqueue((Task.CompletedTask, part));
    }

    void JoinFirst(LogPart log)
    {
        (Task task, LogPart part) = _open.Peek();
        task.GetAwaiter().GetResult();
        _open.Dequeue();
        log.Join(part);
        parts.Join(part.Context);
    }
}
