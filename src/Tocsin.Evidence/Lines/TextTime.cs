using System.Buffers.Binary;

namespace Tocsin.Evidence.Lines;

/// <summary>Times as logs write them. Culture plays no part; every time is taken as UTC.</summary>
public static class TextTime
{
    /// <summary>Length of <c>2021-03-03T07</c>, by which records of one hour are known.</summary>
    internal const int HourLength = 13;

    /// <summary>Reads <c>2021-03-03</c>.</summary>
    public static bool TryReadDate(ReadOnlySpan<byte> text, out DateTime date)
    {
        date = default;
        if (text.Length < 10 || text[4] != '-' || text[7] != '-') return false;
        if (!Digits(text[..4], out int year) || !Digits(text.Slice(5, 2), out int month) || !Digits(text.Slice(8, 2), out int day)) return false;
        if (year is < 1980 or > 2200 || month is < 1 or > 12 || day < 1 || day > DateTime.DaysInMonth(year, month)) return false;
        date = new DateTime(year, month, day, 0, 0, 0, DateTimeKind.Utc);
        return true;
    }

    /// <summary>Reads <c>07:10:58</c> or <c>07:10:58.123</c> (also with a comma) at the beginning of a text.</summary>
    public static bool TryReadTime(ReadOnlySpan<byte> text, out TimeSpan time)
    {
        time = default;
        if (text.Length < 8 || text[2] != ':' || text[5] != ':') return false;
        if (!Digits(text[..2], out int hour) || !Digits(text.Slice(3, 2), out int minute) || !Digits(text.Slice(6, 2), out int second)) return false;
        if (hour > 23 || minute > 59 || second > 60) return false;

        long ticks = 0;
        if (text.Length > 9 && text[8] is (byte)'.' or (byte)',')
        {
            long unit = TimeSpan.TicksPerSecond / 10;
            for (int i = 9; i < text.Length && char.IsAsciiDigit((char)text[i]) && unit > 0; i++, unit /= 10) ticks += (text[i] - '0') * unit;
        }

        time = new TimeSpan(hour, minute, Math.Min(second, 59)) + new TimeSpan(ticks);
        return true;
    }

    /// <summary>Reads <c>2021-03-03T07:10:58.123Z</c>; the separator may be a space and the fraction and the Z may be missing.</summary>
    public static bool TryRead(ReadOnlySpan<byte> text, out DateTime utc)
    {
        utc = default;
        if (text.Length < 19 || text[10] is not ((byte)'T' or (byte)' ')) return false;
        if (!TryReadDate(text, out DateTime date) || !TryReadTime(text[11..], out TimeSpan time)) return false;
        utc = date + time;
        return true;
    }

    /// <summary>Whole hours since 0001-01-01.</summary>
    public static int HourOf(DateTime utc) => (int)(utc.Ticks / TimeSpan.TicksPerHour);

    /// <summary>Whether two texts agree in their first <see cref="HourLength"/> bytes. Both have at least that many.</summary>
    internal static bool SameHour(ReadOnlySpan<byte> a, ReadOnlySpan<byte> b) =>
        BinaryPrimitives.ReadUInt64LittleEndian(a) == BinaryPrimitives.ReadUInt64LittleEndian(b)
        && BinaryPrimitives.ReadUInt64LittleEndian(a[5..]) == BinaryPrimitives.ReadUInt64LittleEndian(b[5..]);

    static bool Digits(ReadOnlySpan<byte> text, out int value)
    {
        value = 0;
        foreach (byte b in text)
        {
            int digit = b - '0';
            if ((uint)digit > 9) return false;
            value = value * 10 + digit;
        }

        return true;
    }
}
