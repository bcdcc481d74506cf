using System.Globalization;
using System.Text;

namespace Tocsin.Evidence.Sources;

/// <summary>Reads a tar from front to back (POSIX ustar and pax, GNU long names). One thread.</summary>
/// <remarks>
/// Shape: blocks of 512 bytes; a header block, its content filled up to whole blocks, … and two blocks of zeros. The BCL's reader takes
/// a header's word for how much memory its names need and stops at the first damage; this one has limits, and looks for the next header
/// whose checksum is right.
/// </remarks>
internal sealed class TarReading(Stream input, string path, ProblemLog? problems)
{
    const int BlockBytes = 512;
    const int MaxNamesBytes = 256 * 1024;

    // Larger than any disk, and small enough to add to an offset without overflow, which would lead back to the front.
    const long MaxLength = 1L << 60;

    readonly byte[] _block = new byte[BlockBytes];
    readonly byte[] _discard = new byte[64 * 1024];
    long _offset;
    long _contentLeft;
    int _padding;
    bool _ended;

    /// <summary>True after the closing zeros, false if the archive just stops.</summary>
    public bool IsClosed { get; private set; }

    /// <summary>Moves to the next entry, over what was not read of the last one's content.</summary>
    public bool TryNext(out TarMember member)
    {
        member = default;
        string? longName = null;
        long? longLength = null;
        DateTime? paxTime = null;
        bool sparse = false;
        while (Skip() && TryReadHeader(out var header))
        {
            char kind = (char)header[156];
            long length = Number(header[124..136]);
            if (kind is 'x' or 'g' or 'L' or 'K')
            {
                if (kind is not ('x' or 'L') || length > MaxNamesBytes)
                {
                    if (length > MaxNamesBytes) problems?.Add(path, SourceProblemKind.Damaged, $"a name of {length} bytes at {_offset} was passed over");
                    Begin(length);
                    continue;
                }

                Begin(length);
                byte[] names = new byte[(int)length];
                if (ReadContent(names) < names.Length) return false;
                if (kind == 'L') longName = Text(names);
                else ReadPax(names, ref longName, ref longLength, ref paxTime, ref sparse);
                continue;
            }

            string name = longName ?? HeaderName(header);
            TarKind what = KindOf(kind, name, sparse);
            length = what is TarKind.File or TarKind.Unreadable ? longLength ?? length : 0;
            long seconds = Number(header[136..148]);
            DateTime? modified = paxTime ?? (seconds is > 0 and < 253402300800 ? DateTime.UnixEpoch.AddSeconds(seconds) : null);
            Begin(length);
            member = new TarMember(name, what, length, modified, _offset);
            return true;
        }

        return false;
    }

    /// <summary>Reads content of the entry stood at.</summary>
    public int ReadContent(Span<byte> buffer)
    {
        int total = 0;
        while (total < buffer.Length && _contentLeft > 0)
        {
            int read = input.Read(buffer[total..(int)Math.Min(buffer.Length, total + _contentLeft)]);
            if (read == 0) break;
            total += read;
            _offset += read;
            _contentLeft -= read;
        }

        return total;
    }

    /// <summary>Reads to the end of the stream, which lets an unpacker compare its checksum.</summary>
    /// <returns>Whether there is more than the zeros with which tar fills its last blocks.</returns>
    public bool Drain()
    {
        bool more = false;
        while (input.Read(_discard) is > 0 and var read) more |= _discard.AsSpan(0, read).ContainsAnyExcept((byte)0);
        return more;
    }

    void Begin(long length)
    {
        _contentLeft = length;
        _padding = (int)(-length & (BlockBytes - 1));
    }

    bool Skip()
    {
        long left = _contentLeft + _padding;
        _contentLeft = _padding = 0;
        if (input.CanSeek)
        {
            _offset = input.Seek(left, SeekOrigin.Current);
            return !_ended;
        }

        while (left > 0 && !_ended)
        {
            int read = input.Read(_discard.AsSpan(0, (int)Math.Min(left, _discard.Length)));
            left -= read;
            _offset += read;
            _ended = read == 0;
        }

        return !_ended;
    }

    bool TryReadHeader(out ReadOnlySpan<byte> header)
    {
        long damagedAt = -1;
        header = _block;
        while (input.ReadAtLeast(_block, BlockBytes, throwOnEndOfStream: false) == BlockBytes)
        {
            _offset += BlockBytes;
            if (!_block.AsSpan().ContainsAnyExcept((byte)0))
            {
                IsClosed = _ended = true;
                break;
            }

            if (HasChecksum(_block) && Number(_block.AsSpan(124, 12)) >= 0)
            {
                if (damagedAt >= 0) problems?.Add(path, SourceProblemKind.Damaged, $"damaged at byte {damagedAt}; reading went on at byte {_offset - BlockBytes}");
                return true;
            }

            if (damagedAt < 0) damagedAt = _offset - BlockBytes;
        }

        if (damagedAt >= 0) problems?.Add(path, SourceProblemKind.Damaged, $"damaged from byte {damagedAt} on; nothing could be read behind it");
        _ended = true;
        return false;
    }

    static bool HasChecksum(ReadOnlySpan<byte> block)
    {
        long sum = 8 * ' ';
        for (int at = 0; at < BlockBytes; at++)
        {
            if (at is < 148 or >= 156) sum += block[at];
        }

        return sum == Number(block[148..156]);
    }

    // Octal text, or big-endian binary behind a first byte of 0x80. Negative: not a number.
    static long Number(ReadOnlySpan<byte> field)
    {
        long value = 0;
        if (field[0] == 0x80)
        {
            foreach (byte part in field[1..])
            {
                value = value << 8 | part;
                if (value > MaxLength) return -1;
            }

            return value;
        }

        foreach (byte digit in field.Trim(" \0"u8))
        {
            if (digit is < (byte)'0' or > (byte)'7') return -1;
            value = value << 3 | (uint)(digit - '0');
        }

        return value;
    }

    static TarKind KindOf(char kind, string name, bool sparse) => kind switch
    {
        '0' or '\0' or '7' when name.EndsWith('/') => TarKind.Folder,
        '0' or '\0' or '7' => sparse ? TarKind.Unreadable : TarKind.File,
        '5' or 'D' => TarKind.Folder,
        '1' or '2' => TarKind.Link,
        '3' or '4' or '6' => TarKind.Device,
        _ => TarKind.Unreadable,
    };

    static string HeaderName(ReadOnlySpan<byte> header)
    {
        string name = Text(header[..100]);
        bool isPosix = header[257..263].SequenceEqual("ustar\0"u8);
        return isPosix && header[345] != 0 ? $"{Text(header[345..500])}/{name}" : name;
    }

    static string Text(ReadOnlySpan<byte> field)
    {
        int end = field.IndexOf((byte)0);
        return Encoding.UTF8.GetString(end < 0 ? field : field[..end]);
    }

    /// <summary>Records of the form <c>LENGTH NAME=VALUE\n</c>, the length counting all of it.</summary>
    static void ReadPax(ReadOnlySpan<byte> records, ref string? name, ref long? length, ref DateTime? modified, ref bool sparse)
    {
        while (records.IndexOf((byte)' ') is > 0 and var space && int.TryParse(records[..space], NumberStyles.None, CultureInfo.InvariantCulture, out int size))
        {
            if (size <= space + 1 || size > records.Length) return;
            var record = records[(space + 1)..size].TrimEnd((byte)'\n');
            records = records[size..];
            int equals = record.IndexOf((byte)'=');
            if (equals < 0) continue;
            var key = record[..equals];
            var value = record[(equals + 1)..];
            if (key.StartsWith("GNU.sparse."u8)) sparse = true;
            if (key.SequenceEqual("path"u8)) name = Encoding.UTF8.GetString(value);
            else if (key.SequenceEqual("size"u8) && long.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out long bytes)) length = Math.Min(bytes, MaxLength);
            else if (key.SequenceEqual("mtime"u8) && decimal.TryParse(value, NumberStyles.Float, CultureInfo.InvariantCulture, out decimal seconds) &&
                seconds is > 0 and < 253402300800) modified = DateTime.UnixEpoch.AddTicks((long)(seconds * TimeSpan.TicksPerSecond));
        }
    }
}

/// <summary>The content of the entry that a <see cref="TarReading"/> stands at. What is cut off is reported and never thrown.</summary>
internal sealed class TarContent(TarReading reading, string path, long length, ProblemLog problems, CancellationToken cancellation) : ForwardStream
{
    long _count;
    bool _reported;

    public override int Read(Span<byte> buffer)
    {
        cancellation.ThrowIfCancellationRequested();
        int read = reading.ReadContent(buffer);
        _count += read;
        if (read == 0 && _count < length && !_reported && !buffer.IsEmpty)
        {
            _reported = true;
            problems.Add(path, SourceProblemKind.Damaged, $"cut off: {_count} of {length} bytes were read");
        }

        return read;
    }
}
