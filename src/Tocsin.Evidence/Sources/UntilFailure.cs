using System.Runtime.ExceptionServices;

namespace Tocsin.Evidence.Sources;

/// <summary>Ends a stream where its disk or archive fails, and keeps the failure until everything before it was taken in. The inner stream is not its to close.</summary>
/// <remarks>A reader that an exception stops in mid-file forgets what it has not handed on: the last hour, the parts that other threads read.</remarks>
public sealed class UntilFailure(Stream inner) : ForwardStream
{
    ExceptionDispatchInfo? _failure;

    /// <summary>Whether the bytes end before the file does.</summary>
    public bool HasFailed => _failure is not null;

    /// <inheritdoc />
    public override int Read(Span<byte> buffer)
    {
        if (HasFailed) return 0;
        try
        {
            return inner.Read(buffer);
        }
        catch (Exception e) when (e is IOException or InvalidDataException or UnauthorizedAccessException)
        {
            _failure = ExceptionDispatchInfo.Capture(e);
            return 0;
        }
    }

    /// <summary>Throws what the stream failed with, if it did.</summary>
    public void ThrowIfFailed() => _failure?.Throw();
}
