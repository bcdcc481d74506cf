using System.Buffers;
using System.Security.Cryptography;

namespace Tocsin.Evidence.Sources;

/// <summary>Passes bytes through and computes their SHA-256 on the way, so that evidence is read once.</summary>
/// <remarks>Stands below any transcoding: the hash is that of the original bytes. One thread. Owns its hash, not the inner stream.</remarks>
public sealed class HashingStream(Stream inner) : ForwardStream
{
    const int DrainBytes = 128 * 1024;

    readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    string? _sha256;

    /// <summary>Bytes that passed so far.</summary>
    public long Count { get; private set; }

    /// <inheritdoc/>
    public override int Read(Span<byte> buffer)
    {
        int read = inner.Read(buffer);
        if (_sha256 is null && read > 0) _hash.AppendData(buffer[..read]);
        Count += read;
        return read;
    }

    /// <summary>Reads whatever the consumer left and gives the SHA-256 of all bytes, in lower-case hex.</summary>
    /// <remarks>Ends when the inner stream does; streams out of archives end at the latest at their limits.</remarks>
    public string Finish(CancellationToken cancellation = default)
    {
        if (_sha256 is not null) return _sha256;
        byte[] rest = ArrayPool<byte>.Shared.Rent(DrainBytes);
        try
        {
            while (Read(rest) > 0) cancellation.ThrowIfCancellationRequested();
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(rest);
        }

        Span<byte> digest = stackalloc byte[SHA256.HashSizeInBytes];
        _hash.GetHashAndReset(digest);
        return _sha256 = Convert.ToHexStringLower(digest);
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing) _hash.Dispose();
        base.Dispose(disposing);
    }
}
