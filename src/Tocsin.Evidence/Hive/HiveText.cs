using System.Buffers.Text;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text.Unicode;

namespace Tocsin.Evidence.Hive;

/// <summary>A growing piece of UTF-8 of one line: control characters become blanks, a zero within a name becomes the sign for it.</summary>
/// <remarks>Names with a zero in them are hidden from the registry editor, so the zero must be seen. Grows to the largest line and is reused.</remarks>
internal sealed class HiveText
{
    const string Digits = "0123456789ABCDEF";

    byte[] _bytes = new byte[4096];

    public int Length { get; private set; }

    public ReadOnlySpan<byte> Span => _bytes.AsSpan(0, Length);

    /// <summary>Forgets what stands behind a length.</summary>
    public void Cut(int length) => Length = length;

    public void Add(ReadOnlySpan<byte> utf8)
    {
        utf8.CopyTo(Room(utf8.Length));
        Length += utf8.Length;
    }

    public void Add(long number)
    {
        Utf8Formatter.TryFormat(number, Room(24), out int written);
        Length += written;
    }

    /// <summary>A time as ISO 8601 with seven decimals.</summary>
    public void Add(DateTime utc)
    {
        utc.TryFormat(Room(40), out int written, "O", CultureInfo.InvariantCulture);
        Length += written;
    }

    public void AddHex(ReadOnlySpan<byte> data)
    {
        Span<byte> room = Room(data.Length * 2);
        for (int i = 0; i < data.Length; i++)
        {
            room[2 * i] = (byte)Digits[data[i] >> 4];
            room[2 * i + 1] = (byte)Digits[data[i] & 15];
        }

        Length += data.Length * 2;
    }

    /// <summary>A name or text as the hive stores it: one byte a character, or UTF-16.</summary>
    public void AddStored(ReadOnlySpan<byte> stored, bool narrow)
    {
        if (!narrow)
        {
            AddWide(MemoryMarshal.Cast<byte, char>(stored));
            return;
        }

        Span<byte> room = Room(3 * stored.Length);
        int at = 0;
        foreach (byte b in stored)
        {
            if (b is >= 0x20 and < 0x7F) room[at++] = b;
            else if (b >= 0x80)
            {
                room[at++] = (byte)(0xC0 | b >> 6);
                room[at++] = (byte)(0x80 | b & 0x3F);
            }
            else at += AddControl(room[at..], b);
        }

        Length += at;
    }

    void AddWide(ReadOnlySpan<char> text)
    {
        Span<byte> room = Room(3 * text.Length);
        Utf8.FromUtf16(text, room, out _, out int written, replaceInvalidSequences: true, isFinalBlock: true);
        room = room[..written];
        if (room.IndexOfAnyInRange((byte)0, (byte)0x1F) < 0 && room.IndexOf((byte)0x7F) < 0)
        {
            Length += written;
            return;
        }

        byte[] plain = room.ToArray();
        room = Room(3 * plain.Length);
        int at = 0;
        foreach (byte b in plain)
        {
            if (b is < 0x20 or 0x7F) at += AddControl(room[at..], b);
            else room[at++] = b;
        }

        Length += at;
    }

    static int AddControl(Span<byte> room, byte control)
    {
        if (control != 0)
        {
            room[0] = (byte)' ';
            return 1;
        }

        "␀"u8.CopyTo(room);
        return 3;
    }

    Span<byte> Room(int bytes)
    {
        if (_bytes.Length - Length < bytes) Array.Resize(ref _bytes, Math.Max(_bytes.Length * 2, Length + bytes));
        return _bytes.AsSpan(Length);
    }
}
