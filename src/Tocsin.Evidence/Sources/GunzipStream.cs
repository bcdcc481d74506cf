using System.IO.Compression;

namespace Tocsin.Evidence.Sources;

/// <summary>Unpacks gzip and notices when it was cut off, over which <see cref="GZipStream"/> ends as if all were well.</summary>
/// <remarks>
/// Gzip members may follow each other, so a small one of our own is put behind the input. If the input is whole, that one unpacks to
/// the text known; if it was cut off, our bytes are taken for its missing rest and give anything else. Nothing of it is delivered:
/// the unpacker asks for more input only when it has given all it could make of the last.
/// </remarks>
internal sealed class GunzipStream : ForwardStream
{
    static readonly byte[] EndText = [.. "the end of a gzip stream"u8];
    static readonly byte[] EndMember = Pack(EndText);

    readonly Input _input;
    readonly GZipStream _unpacking;
    bool _ended;

    public GunzipStream(Stream packed)
    {
        _input = new Input(packed);
        _unpacking = new GZipStream(_input, CompressionMode.Decompress);
    }

    /// <summary>Packed bytes taken.</summary>
    public long Taken => _input.Taken;

    /// <exception cref="InvalidDataException">The input is damaged, cut off, or followed by something else.</exception>
    public override int Read(Span<byte> buffer)
    {
        if (_ended || buffer.IsEmpty) return 0;
        int read = _unpacking.Read(buffer);
        if (read > 0 && !_input.IsAtEnd) return read;
        _ended = true;
        if (!_input.IsAtEnd) throw new InvalidDataException("what follows is no gzip");
        byte[] end = new byte[EndText.Length + 1];
        int length = Math.Min(read, end.Length);
        buffer[..length].CopyTo(end);
        length += _unpacking.ReadAtLeast(end.AsSpan(length), end.Length - length, throwOnEndOfStream: false);
        return end.AsSpan(0, length).SequenceEqual(EndText) ? 0 : throw new InvalidDataException("the packed bytes stop too early");
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing) _unpacking.Dispose();
        base.Dispose(disposing);
    }

    static byte[] Pack(byte[] text)
    {
        using var bytes = new MemoryStream();
        using (var gzip = new GZipStream(bytes, CompressionLevel.Fastest, leaveOpen: true)) gzip.Write(text);
        return bytes.ToArray();
    }

    sealed class Input(Stream packed) : ForwardStream
    {
        int _ownTaken;

        public long Taken { get; private set; }

        public bool IsAtEnd { get; private set; }

        public override int Read(Span<byte> buffer)
        {
            if (!IsAtEnd && !buffer.IsEmpty)
            {
                int read = packed.Read(buffer);
                Taken += read;
                if (read > 0) return read;
                IsAtEnd = true;
            }

            int count = Math.Min(buffer.Length, EndMember.Length - _ownTaken);
            EndMember.AsSpan(_ownTaken, count).CopyTo(buffer);
            _ownTaken += count;
            return count;
        }
    }
}
