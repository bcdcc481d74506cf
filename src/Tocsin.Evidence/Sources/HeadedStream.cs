namespace Tocsin.Evidence.Sources;

/// <summary>Gives back the bytes that were taken from a stream to recognise it, then the rest. Neither is its to close.</summary>
public sealed class HeadedStream(ReadOnlyMemory<byte> head, Stream rest) : ForwardStream
{
    int _given;

    /// <inheritdoc />
    public override int Read(Span<byte> buffer)
    {
        if (_given == head.Length) return rest.Read(buffer);
        int length = Math.Min(buffer.Length, head.Length - _given);
        head.Span.Slice(_given, length).CopyTo(buffer);
        _given += length;
        return length;
    }
}
