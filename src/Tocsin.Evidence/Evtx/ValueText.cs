using System.Buffers.Binary;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text.Unicode;

namespace Tocsin.Evidence.Evtx;

/// <summary>Writes substituted values as UTF-8 text, in the forms of evtx_dump: GUIDs without braces, times with six decimals, hex in lower case.</summary>
internal static class ValueText
{
    /// <summary>No value but text and bytes is longer: a security identifier with 15 parts takes 187.</summary>
    const int LongestNumber = 192;

    /// <summary>The most bytes that a value of a type and length may take as text.</summary>
    public static int MaxLength(byte type, int length) => type switch
    {
        EvtxType.Utf16 => length / 2 * 3,
        EvtxType.Ansi or EvtxType.Binary or EvtxType.Xml or EvtxType.EventHandle => length * 2,
        <= EvtxType.Hex64 => LongestNumber,
        _ => length * 2,
    };

    /// <summary>Whether JSON writes the type without quotes.</summary>
    public static bool IsNumber(byte type) => type is >= EvtxType.Int8 and <= EvtxType.Boolean;

    /// <summary>Writes one value; gives its length, or -1 where the bytes are none of the type.</summary>
    public static int Write(byte type, ReadOnlySpan<byte> value, Span<byte> text)
    {
        switch (type)
        {
            case EvtxType.Utf16: return Utf16(value, text);
            case EvtxType.Int8 when value.Length >= 1: return Number((sbyte)value[0], text);
            case EvtxType.UInt8 when value.Length >= 1: return Number(value[0], text);
            case EvtxType.Int16 when value.Length >= 2: return Number(BinaryPrimitives.ReadInt16LittleEndian(value), text);
            case EvtxType.UInt16 when value.Length >= 2: return Number(EvtxLayout.UInt16(value, 0), text);
            case EvtxType.Int32 when value.Length >= 4: return Number(BinaryPrimitives.ReadInt32LittleEndian(value), text);
            case EvtxType.UInt32 when value.Length >= 4: return Number(EvtxLayout.UInt32(value, 0), text);
            case EvtxType.Int64 when value.Length >= 8: return Number(BinaryPrimitives.ReadInt64LittleEndian(value), text);
            case EvtxType.UInt64 when value.Length >= 8: return Format(BinaryPrimitives.ReadUInt64LittleEndian(value), text);
            case EvtxType.Single when value.Length >= 4: return Format(BinaryPrimitives.ReadSingleLittleEndian(value), text);
            case EvtxType.Double when value.Length >= 8: return Format(BinaryPrimitives.ReadDoubleLittleEndian(value), text);
            case EvtxType.Boolean when value.Length >= 1: return Copy(value.ContainsAnyExcept((byte)0) ? "true"u8 : "false"u8, text);
            case EvtxType.Guid when value.Length >= 16: return Guid(value, text);
            case EvtxType.Size when value.Length is >= 4 and < 8: return Hex(EvtxLayout.UInt32(value, 0), text);
            case EvtxType.Size or EvtxType.Hex64 when value.Length >= 8: return Hex(BinaryPrimitives.ReadUInt64LittleEndian(value), text);
            case EvtxType.Hex32 when value.Length >= 4: return Hex(EvtxLayout.UInt32(value, 0), text);
            case EvtxType.FileTime when value.Length >= 8: return Time(EvtxLayout.Time(BinaryPrimitives.ReadInt64LittleEndian(value)), text);
            case EvtxType.SystemTime when value.Length >= 16: return Time(SystemTime(value), text);
            case EvtxType.Sid: return Sid(value, text);
            case EvtxType.Ansi: return Latin1(value, text);
            case EvtxType.Binary or EvtxType.EventHandle or EvtxType.Xml: return Bytes(value, text);
            default: return -1;
        }
    }

    /// <summary>The length of one item of an array's type; 0 where items have no fixed length.</summary>
    public static int ItemLength(byte type) => type switch
    {
        EvtxType.Int8 or EvtxType.UInt8 => 1,
        EvtxType.Int16 or EvtxType.UInt16 => 2,
        EvtxType.Int32 or EvtxType.UInt32 or EvtxType.Single or EvtxType.Boolean or EvtxType.Hex32 => 4,
        EvtxType.Int64 or EvtxType.UInt64 or EvtxType.Double or EvtxType.Size or EvtxType.FileTime or EvtxType.Hex64 => 8,
        EvtxType.Guid or EvtxType.SystemTime => 16,
        _ => 0,
    };

    /// <summary>Takes the next item off an array; false at its end.</summary>
    public static bool TryItem(byte type, scoped ref ReadOnlySpan<byte> rest, out ReadOnlySpan<byte> item)
    {
        item = default;
        if (rest.IsEmpty) return false;
        int length = ItemLength(type), taken;
        if (length > 0)
        {
            if (rest.Length < length) return false;
            taken = length;
        }
        else if (type == EvtxType.Utf16)
        {
            int end = MemoryMarshal.Cast<byte, char>(rest).IndexOf('\0');
            length = end < 0 ? rest.Length & ~1 : end * 2;
            taken = Math.Min(rest.Length, end < 0 ? rest.Length : length + 2);
        }
        else if (type == EvtxType.Ansi)
        {
            int end = rest.IndexOf((byte)0);
            length = end < 0 ? rest.Length : end;
            taken = end < 0 ? rest.Length : end + 1;
        }
        else if (type == EvtxType.Sid && rest.Length >= 8 && 8 + rest[1] * 4 <= rest.Length)
        {
            taken = length = 8 + rest[1] * 4;
        }
        else
        {
            taken = length = rest.Length;
        }

        item = rest[..length];
        rest = rest[taken..];
        return true;
    }

    /// <summary>UTF-16 as UTF-8; terminators at the end are dropped, halves of surrogate pairs become U+FFFD.</summary>
    public static int Utf16(ReadOnlySpan<byte> value, Span<byte> text)
    {
        ReadOnlySpan<char> characters = MemoryMarshal.Cast<byte, char>(value);
        while (characters is [.., '\0']) characters = characters[..^1];
        Utf8.FromUtf16(characters, text, out _, out int written);
        return written;
    }

    static int Number(long value, Span<byte> text)
    {
        // Most are one digit: levels, versions, opcodes.
        if (value is >= 0 and < 10)
        {
            text[0] = (byte)('0' + value);
            return 1;
        }

        return Format(value, text);
    }

    static int Format<T>(T value, Span<byte> text) where T : IUtf8SpanFormattable =>
        value.TryFormat(text, out int written, default, CultureInfo.InvariantCulture) ? written : -1;

    static int Copy(ReadOnlySpan<byte> from, Span<byte> text)
    {
        from.CopyTo(text);
        return from.Length;
    }

    static int Hex(ulong value, Span<byte> text)
    {
        "0x"u8.CopyTo(text);
        return value.TryFormat(text[2..], out int written, "x", CultureInfo.InvariantCulture) ? written + 2 : -1;
    }

    static int Bytes(ReadOnlySpan<byte> value, Span<byte> text) => Convert.TryToHexString(value, text, out int written) ? written : -1;

    static int Latin1(ReadOnlySpan<byte> value, Span<byte> text)
    {
        int at = 0;
        value = value.TrimEnd((byte)0);
        foreach (byte b in value)
        {
            if (b < 0x80) text[at++] = b;
            else (text[at++], text[at++]) = ((byte)(0xC0 | b >> 6), (byte)(0x80 | b & 0x3F));
        }

        return at;
    }

    static int Guid(ReadOnlySpan<byte> value, Span<byte> text)
    {
        ReadOnlySpan<byte> digits = "0123456789ABCDEF"u8;
        ReadOnlySpan<byte> order = [3, 2, 1, 0, 255, 5, 4, 255, 7, 6, 255, 8, 9, 255, 10, 11, 12, 13, 14, 15];
        int at = 0;
        foreach (byte index in order)
        {
            if (index == 255)
            {
                text[at++] = (byte)'-';
                continue;
            }

            text[at++] = digits[value[index] >> 4];
            text[at++] = digits[value[index] & 15];
        }

        return at;
    }

    /// <summary>A security identifier, <c>S-1-5-21-…</c>.</summary>
    static int Sid(ReadOnlySpan<byte> value, Span<byte> text)
    {
        if (value.Length < 8 || value[1] > 15 || value.Length < 8 + value[1] * 4) return -1;
        "S-"u8.CopyTo(text);
        int at = 2 + Number(value[0], text[2..]);
        text[at++] = (byte)'-';
        at += Number((long)BinaryPrimitives.ReadUInt16BigEndian(value[2..]) << 32 | BinaryPrimitives.ReadUInt32BigEndian(value[4..]), text[at..]);
        for (int part = 0; part < value[1]; part++)
        {
            text[at++] = (byte)'-';
            at += Number(EvtxLayout.UInt32(value, 8 + part * 4), text[at..]);
        }

        return at;
    }

    /// <summary>The time that a SYSTEMTIME says: year, month, day of week, day, hour, minute, second, milliseconds.</summary>
    public static DateTime SystemTime(ReadOnlySpan<byte> value)
    {
        int year = EvtxLayout.UInt16(value, 0), month = EvtxLayout.UInt16(value, 2), day = EvtxLayout.UInt16(value, 6);
        int hour = EvtxLayout.UInt16(value, 8), minute = EvtxLayout.UInt16(value, 10), second = EvtxLayout.UInt16(value, 12), millisecond = EvtxLayout.UInt16(value, 14);
        if (year is 0 or > 9998 || month is 0 or > 12 || day == 0 || day > DateTime.DaysInMonth(year, month) || hour > 23 || minute > 59 || second > 59 || millisecond > 999) return default;
        return new DateTime(year, month, day, hour, minute, second, millisecond, DateTimeKind.Utc);
    }

    /// <summary><c>2021-03-14T01:39:39.830000Z</c>; a time that there is not is written as 1601 begins.</summary>
    public static int Time(DateTime time, Span<byte> text)
    {
        if (time == default) time = new DateTime(504_911_232_000_000_000, DateTimeKind.Utc);
        "0000-00-00T00:00:00.000000Z"u8.CopyTo(text);
        (int year, int month, int day) = time;
        Digits(year, text[..4]);
        Digits(month, text[5..7]);
        Digits(day, text[8..10]);
        Digits(time.Hour, text[11..13]);
        Digits(time.Minute, text[14..16]);
        Digits(time.Second, text[17..19]);
        Digits((int)(time.Ticks % TimeSpan.TicksPerSecond / 10), text[20..26]);
        return 27;
    }

    static void Digits(int value, Span<byte> text)
    {
        for (int at = text.Length - 1; at >= 0; at--, value /= 10) text[at] = (byte)('0' + value % 10);
    }
}
