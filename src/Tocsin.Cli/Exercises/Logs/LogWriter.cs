using System.Text;
using Microsoft.Win32.SafeHandles;

namespace Tocsin.Cli.Exercises.Logs;

/// <summary>Writes one file after another through one buffer, and knows the line and the offset at which it stands.</summary>
/// <remarks>A row may have up to 64 KiB. Not for use by several threads at a time.</remarks>
internal sealed class LogWriter : IDisposable
{
    const int Reserve = 64 << 10;

    static readonly byte[] Pairs = MakePairs();
    static readonly byte[] HexPairs = MakeHexPairs();

    readonly byte[] _buffer = new byte[(1 << 20) + Reserve];
    readonly byte[] _day = "0000-00-00"u8.ToArray();
    SafeFileHandle? _file;
    long _flushed;
    int _length;

    /// <summary>Lines that are complete in the open file.</summary>
    public long Lines { get; private set; }

    /// <summary>Bytes of the open file.</summary>
    public long Length => _flushed + _length;

    /// <summary>Bytes of all files since the beginning.</summary>
    public long Total { get; private set; }

    /// <summary>The day that all stamps are in.</summary>
    public DateOnly Day
    {
        set
        {
            Pairs.AsSpan(value.Year / 100 * 2, 2).CopyTo(_day);
            Pairs.AsSpan(value.Year % 100 * 2, 2).CopyTo(_day.AsSpan(2));
            Pairs.AsSpan(value.Month * 2, 2).CopyTo(_day.AsSpan(5));
            Pairs.AsSpan(value.Day * 2, 2).CopyTo(_day.AsSpan(8));
        }
    }

    public void Open(string path)
    {
        _file = File.OpenHandle(path, FileMode.CreateNew, FileAccess.Write);
        Lines = _flushed = _length = 0;
    }

    public void Close()
    {
        Flush();
        Total += _flushed;
        _file?.Dispose();
        _file = null;
        _flushed = 0;
    }

    /// <summary>Drops what was added since the last <see cref="Open"/>; for measuring rows without a file.</summary>
    public void Rewind() => Lines = _flushed = _length = 0;

    public void EndRow()
    {
        Add("\r\n"u8);
        Lines++;
        if (_length >= _buffer.Length - Reserve) Flush();
    }

    public void Add(ReadOnlySpan<byte> text)
    {
        text.CopyTo(_buffer.AsSpan(_length));
        _length += text.Length;
    }

    public void Add(byte one) => _buffer[_length++] = one;

    public void Add(string text) => _length += Encoding.UTF8.GetBytes(text, _buffer.AsSpan(_length));

    public void Add(int number)
    {
        if (number < 100)
        {
            if (number >= 10) Add(Pairs[number * 2]);
            Add(Pairs[number * 2 + 1]);
            return;
        }

        Add(number / 100);
        Add(Pairs.AsSpan(number % 100 * 2, 2));
    }

    /// <summary>An identifier of 128 bits in its usual form, as version 4.</summary>
    public void AddGuid(ulong high, ulong low)
    {
        Span<byte> to = _buffer.AsSpan(_length, 36);
        high = high & 0xFFFFFFFFFFFF0FFF | 0x4000;
        low = low & 0x3FFFFFFFFFFFFFFF | 0x8000000000000000;
        Hex(high >> 32, 4, to);
        to[8] = (byte)'-';
        Hex(high >> 16, 2, to[9..]);
        to[13] = (byte)'-';
        Hex(high, 2, to[14..]);
        to[18] = (byte)'-';
        Hex(low >> 48, 2, to[19..]);
        to[23] = (byte)'-';
        Hex(low, 6, to[24..]);
        _length += 36;
    }

    /// <summary>Sixteen hexadecimal digits.</summary>
    public void AddHex(ulong bits)
    {
        Hex(bits, 8, _buffer.AsSpan(_length, 16));
        _length += 16;
    }

    /// <summary><c>2021-03-03 04:12:59</c>, as IIS writes it.</summary>
    public void AddIisTime(int ms)
    {
        Span<byte> to = _buffer.AsSpan(_length, 19);
        _day.CopyTo(to);
        to[10] = (byte)' ';
        Clock(ms, to[11..]);
        _length += 19;
    }

    /// <summary><c>2021-03-03T04:12:59.123Z</c>, as Exchange writes it.</summary>
    public void AddStamp(int ms)
    {
        if (ms < 0) ms = 0;
        Span<byte> to = _buffer.AsSpan(_length, 24);
        _day.CopyTo(to);
        to[10] = (byte)'T';
        Clock(ms, to[11..]);
        to[19] = (byte)'.';
        int fraction = ms % 1000;
        to[20] = (byte)('0' + fraction / 100);
        Pairs.AsSpan(fraction % 100 * 2, 2).CopyTo(to[21..]);
        to[23] = (byte)'Z';
        _length += 24;
    }

    public void Dispose() => _file?.Dispose();

    static void Clock(int ms, Span<byte> to)
    {
        int seconds = ms / 1000;
        Pairs.AsSpan(seconds / 3600 * 2, 2).CopyTo(to);
        to[2] = (byte)':';
        Pairs.AsSpan(seconds / 60 % 60 * 2, 2).CopyTo(to[3..]);
        to[5] = (byte)':';
        Pairs.AsSpan(seconds % 60 * 2, 2).CopyTo(to[6..]);
    }

    static void Hex(ulong bits, int bytes, Span<byte> to)
    {
        for (int i = bytes - 1; i >= 0; i--, bits >>= 8) HexPairs.AsSpan((int)(bits & 0xFF) * 2, 2).CopyTo(to[(i * 2)..]);
    }

    static byte[] MakePairs()
    {
        byte[] pairs = new byte[200];
        for (int i = 0; i < 100; i++) (pairs[i * 2], pairs[i * 2 + 1]) = ((byte)('0' + i / 10), (byte)('0' + i % 10));
        return pairs;
    }

    static byte[] MakeHexPairs()
    {
        byte[] pairs = new byte[512];
        for (int i = 0; i < 256; i++) (pairs[i * 2], pairs[i * 2 + 1]) = ("0123456789abcdef"u8[i >> 4], "0123456789abcdef"u8[i & 15]);
        return pairs;
    }

    void Flush()
    {
        if (_file is not null) RandomAccess.Write(_file, _buffer.AsSpan(0, _length), _flushed);
        _flushed += _length;
        _length = 0;
    }
}
