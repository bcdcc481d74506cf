using Microsoft.Win32.SafeHandles;

namespace Tocsin.Evidence.Sources;

/// <summary>Bytes that can be read at any offset: a file, a part of one, or a nested archive held in memory. Any thread.</summary>
internal abstract class RandomBytes
{
    /// <summary>How many there are.</summary>
    public abstract long Length { get; }

    /// <summary>Reads some bytes; 0 at the end or beyond it.</summary>
    public abstract int Read(long offset, Span<byte> buffer);

    /// <summary>Fills the buffer as far as there are bytes.</summary>
    public int Fill(long offset, Span<byte> buffer)
    {
        int filled = 0;
        while (filled < buffer.Length && Read(offset + filled, buffer[filled..]) is > 0 and var read) filled += read;
        return filled;
    }

    /// <summary>A part of these bytes; as much of it as there is.</summary>
    public RandomBytes Slice(long offset, long length) =>
        new Part(this, Math.Min(offset, Length), Math.Clamp(length, 0, Math.Max(0, Length - offset)));

    /// <summary>A stream from the first byte on.</summary>
    public Stream Open() => new RandomStream(this);

    public static RandomBytes Of(SafeFileHandle handle) => new OnDisk(handle);

    public static RandomBytes Of(byte[] bytes, int length) => new InMemory(bytes, length);

    /// <summary>Several stretches read as one.</summary>
    public static RandomBytes Join(params RandomBytes[] parts) => new Joined(parts);

    sealed class Joined(RandomBytes[] parts) : RandomBytes
    {
        public override long Length { get; } = parts.Sum(part => part.Length);

        public override int Read(long offset, Span<byte> buffer)
        {
            foreach (RandomBytes part in parts)
            {
                if (offset < part.Length) return part.Read(offset, buffer);
                offset -= part.Length;
            }

            return 0;
        }
    }

    sealed class OnDisk(SafeFileHandle handle) : RandomBytes
    {
        // Taken once: a log that is being written must not grow while it is read.
        public override long Length { get; } = RandomAccess.GetLength(handle);

        public override int Read(long offset, Span<byte> buffer) => RandomAccess.Read(handle, buffer, offset);
    }

    sealed class InMemory(byte[] bytes, int length) : RandomBytes
    {
        public override long Length => length;

        public override int Read(long offset, Span<byte> buffer)
        {
            if (offset >= length) return 0;
            int count = (int)Math.Min(buffer.Length, length - offset);
            bytes.AsSpan((int)offset, count).CopyTo(buffer);
            return count;
        }
    }

    sealed class Part(RandomBytes whole, long start, long length) : RandomBytes
    {
        public override long Length => length;

        public override int Read(long offset, Span<byte> buffer)
        {
            if (offset >= length) return 0;
            return whole.Read(start + offset, buffer[..(int)Math.Min(buffer.Length, length - offset)]);
        }
    }

    sealed class RandomStream(RandomBytes bytes) : ForwardStream
    {
        public override bool CanSeek => true;

        public override long Length => bytes.Length;

        public override long Position { get; set; }

        public override int Read(Span<byte> buffer)
        {
            int read = bytes.Read(Position, buffer);
            Position += read;
            return read;
        }

        public override long Seek(long offset, SeekOrigin origin) => Position = Math.Max(0, offset + origin switch
        {
            SeekOrigin.Current => Position,
            SeekOrigin.End => Length,
            _ => 0,
        });
    }
}
