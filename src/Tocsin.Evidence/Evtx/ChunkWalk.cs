using System.Buffers.Binary;
using Tocsin.Evidence.Artifacts;
using Tocsin.Evidence.Records;

namespace Tocsin.Evidence.Evtx;

/// <summary>Finds the records of a chunk: those that it counts, and behind them and between damage those that it does not. One thread.</summary>
internal sealed class ChunkWalk(EventParser parser, ReadReport report)
{
    readonly List<(ulong Id, ulong Written)> _counted = [];

    /// <summary>Events found where the chunk's header counts none.</summary>
    public long Recovered { get; private set; }

    /// <summary>Events found there and passed over.</summary>
    public long PassedOver { get; private set; }

    /// <summary>Whether what a sound chunk of a closed log does not count is passed over.</summary>
    public bool SkipsSlack { get; set; }

    /// <summary>Reads a chunk that has its magic.</summary>
    /// <param name="chunk">64 KB; what the file lacks of them is zero.</param>
    /// <param name="length">How much of it the file has.</param>
    /// <param name="offset">Its place in the file.</param>
    /// <param name="isSound">Whether the checksum of the records holds.</param>
    public void Read(byte[] chunk, int length, long offset, bool isSound)
    {
        parser.StartChunk(chunk);
        uint free = EvtxLayout.UInt32(chunk, 48);
        bool isFreeKnown = free is >= EvtxLayout.FirstRecord and <= EvtxLayout.ChunkBytes;
        int end = isFreeKnown ? (int)free : EvtxLayout.FirstRecord;
        if (!IsHeaderSound(chunk) || !isFreeKnown) report.Add(DamageKind.Checksum, report.Lines, offset);
        else if (length >= end && !isSound) report.Add(DamageKind.Checksum, report.Lines, offset + EvtxLayout.FirstRecord);
        if (length < end) report.Add(DamageKind.CutOff, report.Lines, offset + length);
        int at = Counted(chunk, Math.Min(end, length), offset);
        Carve(chunk, at, length, offset, SkipsSlack && isSound);
    }

    /// <summary>Whether the checksum of a chunk's header holds.</summary>
    public static bool IsHeaderSound(ReadOnlySpan<byte> chunk) =>
        EvtxLayout.UInt32(chunk, 124) == Crc32.Of(chunk[..120], chunk.Slice(128, 384));

    /// <summary>Whether the checksum of a chunk's records holds.</summary>
    public static bool AreRecordsSound(ReadOnlySpan<byte> chunk, int length) =>
        EvtxLayout.UInt32(chunk, 48) is >= EvtxLayout.FirstRecord and var free && free <= (uint)length
        && EvtxLayout.UInt32(chunk, 52) == Crc32.Of(chunk[EvtxLayout.FirstRecord..(int)free]);

    /// <summary>Reads what has no chunk's header: every record that can be found.</summary>
    public void Carve(byte[] chunk, int length, long offset)
    {
        parser.StartChunk(chunk);
        _counted.Clear();
        Carve(chunk, 0, length, offset, onlyCounts: false);
    }

    // Record behind record, up to where the header says that they end; gives where the last one did.
    int Counted(byte[] chunk, int end, long offset)
    {
        int at = EvtxLayout.FirstRecord;
        _counted.Clear();
        while (at < end)
        {
            int size = SizeAt(chunk, at, end);
            bool isWhole = size > 0 && EvtxLayout.UInt32(chunk, at + size - 4) == size;
            // One damaged size is forgiven where a record begins just behind, or where the records end.
            if (size > 0 && (isWhole || at + size == end || chunk.AsSpan().StartsWithAt(at + size, EvtxLayout.RecordMagic)))
            {
                if (!isWhole) report.Add(DamageKind.Malformed, report.Lines, offset + at);
                Take(chunk, at, size, offset, isRecovered: false);
                _counted.Add(StampOf(chunk, at));
                at += size;
                continue;
            }

            // A record whose end was lost may still say what happened; where it ends is not believed.
            report.Add(DamageKind.Malformed, report.Lines, offset + at);
            if (size > 0 && TryTake(chunk, at, size, offset, isRecovered: false)) _counted.Add(StampOf(chunk, at));
            int next = Find(chunk, at + 1, end);
            if (next < 0) return at + 1;
            at = next;
        }

        return at;
    }

    void Carve(byte[] chunk, int at, int end, long offset, bool onlyCounts)
    {
        while ((at = Find(chunk, at, end)) >= 0)
        {
            int size = SizeAt(chunk, at, end);
            // An export copies the records it keeps to the front, and leaves the originals where they were.
            bool isCopy = _counted.Contains(StampOf(chunk, at));
            if (onlyCounts && !isCopy) PassedOver++;
            at += onlyCounts || isCopy || Take(chunk, at, size, offset, isRecovered: true) ? size : EvtxLayout.RecordMagic.Length;
        }
    }

    static (ulong Id, ulong Written) StampOf(ReadOnlySpan<byte> chunk, int at) =>
        (BinaryPrimitives.ReadUInt64LittleEndian(chunk[(at + 8)..]), BinaryPrimitives.ReadUInt64LittleEndian(chunk[(at + 16)..]));

    bool Take(byte[] chunk, int at, int size, long offset, bool isRecovered)
    {
        bool taken = TryTake(chunk, at, size, offset, isRecovered);
        if (taken && isRecovered) Recovered++;
        if (!taken && !isRecovered) report.Add(parser.IsSpent ? DamageKind.TooLong : DamageKind.Malformed, report.Lines, offset + at);
        return taken;
    }

    bool TryTake(byte[] chunk, int at, int size, long offset, bool isRecovered)
    {
        ulong id = BinaryPrimitives.ReadUInt64LittleEndian(chunk.AsSpan(at + 8));
        bool taken = parser.TryTake(at, size, new Position(id <= long.MaxValue ? (long)id : 0, offset + at), isRecovered);
        if (taken) report.Lines++;
        return taken;
    }

    // A record that says its size twice.
    static int Find(ReadOnlySpan<byte> chunk, int from, int end)
    {
        for (int at = from; at <= end - EvtxLayout.MinRecordBytes;)
        {
            int found = chunk[at..end].IndexOf(EvtxLayout.RecordMagic);
            if (found < 0) return -1;
            at += found;
            int size = SizeAt(chunk, at, end);
            if (size > 0 && EvtxLayout.UInt32(chunk, at + size - 4) == size) return at;
            at++;
        }

        return -1;
    }

    // The size that a record gives of itself, if a record begins here and that much is there; else 0.
    static int SizeAt(ReadOnlySpan<byte> chunk, int at, int end)
    {
        if (end - at < EvtxLayout.MinRecordBytes || !chunk[at..].StartsWith(EvtxLayout.RecordMagic)) return 0;
        uint size = EvtxLayout.UInt32(chunk, at + 4);
        return size >= EvtxLayout.MinRecordBytes && size <= (uint)(end - at) ? (int)size : 0;
    }
}
