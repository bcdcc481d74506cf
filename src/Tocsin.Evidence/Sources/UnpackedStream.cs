namespace Tocsin.Evidence.Sources;

/// <summary>What one visit of an archive has unpacked so far, at all depths.</summary>
internal sealed class UnpackTotals
{
    /// <summary>Packed bytes of the outermost archive. Deeper ones do not count: a bomb would pay for itself with its own expansion.</summary>
    public long Packed;

    public long Expanded;

    /// <summary>Set when a limit of the whole archive was passed: nothing more is unpacked.</summary>
    public bool Stopped;
}

/// <summary>Unpacked bytes with a limit to everything. Damage ends the stream and is reported; it never throws into a reader.</summary>
internal sealed class UnpackedStream(
    Stream unpacking, string path, long declared, Func<long> packed, SourceLimits limits, UnpackTotals totals,
    ProblemLog problems, CancellationToken cancellation) : ForwardStream
{
    readonly byte[] _one = new byte[1];
    bool _ended;

    /// <summary>Bytes delivered.</summary>
    public long Count { get; private set; }

    /// <summary>True if the stream ended before its content did, which has then been reported.</summary>
    public bool Failed { get; private set; }

    public override int Read(Span<byte> buffer)
    {
        if (_ended || buffer.IsEmpty) return 0;
        cancellation.ThrowIfCancellationRequested();
        if (totals.Stopped) return Fail(SourceProblemKind.Refused, "not unpacked: the archive passed its limits");
        if (Count == declared) return AtDeclaredEnd();
        if (declared >= 0) buffer = buffer[..(int)Math.Min(buffer.Length, declared - Count)];

        int read;
        try
        {
            read = unpacking.Read(buffer);
        }
        catch (Exception damage) when (damage is InvalidDataException or IOException or NotSupportedException)
        {
            return Fail(SourceProblemKind.Damaged, $"damaged or cut off: the first {Count} bytes were read ({damage.Message})");
        }

        if (read == 0)
        {
            if (Count < declared) return Fail(SourceProblemKind.Damaged, $"cut off: {Count} of {declared} bytes were read");
            _ended = true;
            return 0;
        }

        Count += read;
        totals.Expanded += read;
        if (Count > limits.RatioFloorBytes && Count / limits.MaxRatio > packed())
        {
            return Fail(SourceProblemKind.Refused, $"refused as a bomb: {packed()} bytes had grown to {Count}, more than {limits.MaxRatio} times. If it is real, unpack it and scan the result");
        }

        if (totals.Expanded > limits.MaxExpandedBytes || totals.Expanded > limits.ArchiveRatioFloorBytes && totals.Expanded / limits.MaxRatio > totals.Packed)
        {
            totals.Stopped = true;
            return Fail(SourceProblemKind.Refused, $"refused as a bomb: the archive's {totals.Packed} bytes had grown to {totals.Expanded}. If it is real, unpack it and scan the result");
        }

        return read;
    }

    // One more read: it makes the unpacker compare the checksum, and shows whether there is more than was declared.
    int AtDeclaredEnd()
    {
        _ended = true;
        try
        {
            return unpacking.Read(_one) == 0 ? 0 : Fail(SourceProblemKind.Damaged, $"longer than the {declared} bytes it declares; the rest was not read");
        }
        catch (Exception damage) when (damage is InvalidDataException or IOException)
        {
            return Fail(SourceProblemKind.Damaged, $"all {Count} bytes were read, but the checksum does not fit them: the content is not what was packed");
        }
    }

    int Fail(SourceProblemKind kind, string reason)
    {
        _ended = true;
        Failed = true;
        problems.Add(path, kind, reason);
        return 0;
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing) unpacking.Dispose();
        base.Dispose(disposing);
    }
}

/// <summary>Bytes read ahead of a stream, and then the stream.</summary>
internal sealed class PeekedStream : ForwardStream
{
    readonly Stream _rest;
    readonly byte[] _head;
    readonly int _length;
    int _taken;

    public PeekedStream(Stream content, int headBytes)
    {
        _rest = content;
        _head = new byte[headBytes];
        _length = content.ReadAtLeast(_head, headBytes, throwOnEndOfStream: false);
    }

    public ReadOnlySpan<byte> Head => _head.AsSpan(0, _length);

    public override int Read(Span<byte> buffer)
    {
        if (_taken == _length) return _rest.Read(buffer);
        int count = Math.Min(buffer.Length, _length - _taken);
        _head.AsSpan(_taken, count).CopyTo(buffer);
        _taken += count;
        return count;
    }
}

/// <summary>Streams one after another. A read never spans two.</summary>
internal sealed class JoinedStream(params Stream[] parts) : ForwardStream
{
    int _part;

    public override int Read(Span<byte> buffer)
    {
        while (_part < parts.Length)
        {
            int read = parts[_part].Read(buffer);
            if (read > 0 || buffer.IsEmpty) return read;
            _part++;
        }

        return 0;
    }
}
