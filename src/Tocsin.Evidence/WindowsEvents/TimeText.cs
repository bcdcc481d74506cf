using System.Buffers.Text;

namespace Tocsin.Evidence.WindowsEvents;

/// <summary>Reads the times that event exports write, without allocating.</summary>
internal static class TimeText
{
    /// <summary>
    /// Reads <c>2021-03-14T01:39:39.830Z</c>, <c>2021-03-14 06:39:39.829</c>, an offset at the end (<c>+01:00</c>), seven or
    /// nine decimals, or PowerShell's <c>/Date(1615686013000)/</c>. A time without a zone is taken as UTC.
    /// </summary>
    /// <param name="text">The time from its first character; may go on behind it only when <paramref name="length"/> is wanted.</param>
    /// <param name="utc">The time, UTC.</param>
    /// <param name="length">How many bytes the time takes.</param>
    public static bool TryRead(ReadOnlySpan<byte> text, out DateTime utc, out int length)
    {
        utc = default;
        length = 0;
        if (text.StartsWith("/Date("u8)) return TryTicks(text, 6, out utc, out length);
        if (text.StartsWith("\\/Date("u8)) return TryTicks(text, 7, out utc, out length);
        if (text.Length < 19 || text[4] != '-' || text[7] != '-' || text[10] is not ((byte)'T' or (byte)' ') || text[13] != ':' || text[16] != ':') return false;
        if (!TryNumber(text[..4], out int year) || !TryNumber(text.Slice(5, 2), out int month) || !TryNumber(text.Slice(8, 2), out int day)) return false;
        if (!TryNumber(text.Slice(11, 2), out int hour) || !TryNumber(text.Slice(14, 2), out int minute) || !TryNumber(text.Slice(17, 2), out int second)) return false;
        if (year is 0 or > 9998 || month is 0 or > 12 || day == 0 || day > DateTime.DaysInMonth(year, month) || hour > 23 || minute > 59 || second > 60) return false;
        if (year == 1 && month == 1) return false; // an offset could lead before the first day that there is
        utc = new DateTime(year, month, day, hour, minute, Math.Min(second, 59), DateTimeKind.Utc);
        length = 19;
        if (length < text.Length && text[length] is (byte)'.' or (byte)',')
        {
            long ticks = 0;
            int scale = 0;
            for (length++; length < text.Length && text[length] is >= (byte)'0' and <= (byte)'9'; length++)
            {
                if (scale < 7) (ticks, scale) = (ticks * 10 + text[length] - '0', scale + 1);
            }

            for (; scale < 7; scale++) ticks *= 10;
            utc = utc.AddTicks(ticks);
        }

        if (length < text.Length && text[length] == 'Z') length++;
        else if (length + 3 <= text.Length && text[length] is (byte)'+' or (byte)'-') ReadOffset(text, ref utc, ref length);
        return true;
    }

    /// <summary>Reads a time that stands at the beginning of the text.</summary>
    public static bool TryRead(ReadOnlySpan<byte> text, out DateTime utc) => TryRead(text, out utc, out _);

    static void ReadOffset(ReadOnlySpan<byte> text, ref DateTime utc, ref int length)
    {
        int sign = text[length] == '-' ? -1 : 1;
        if (!TryNumber(text.Slice(length + 1, 2), out int hours) || hours > 14) return;
        int at = length + 3;
        if (at < text.Length && text[at] == ':') at++;
        int minutes = 0;
        if (at + 2 <= text.Length && TryNumber(text.Slice(at, 2), out minutes) && minutes < 60) at += 2;
        else minutes = 0;
        utc -= sign * new TimeSpan(hours, minutes, 0);
        length = at;
    }

    static bool TryTicks(ReadOnlySpan<byte> text, int start, out DateTime utc, out int length)
    {
        utc = default;
        length = 0;
        if (!Utf8Parser.TryParse(text[start..], out long milliseconds, out int digits)) return false;
        if (milliseconds is < -62_000_000_000_000 or > 250_000_000_000_000) return false;
        utc = DateTime.UnixEpoch.AddMilliseconds(milliseconds);
        length = start + digits;
        return true;
    }

    static bool TryNumber(ReadOnlySpan<byte> digits, out int number)
    {
        number = 0;
        foreach (byte digit in digits)
        {
            if (digit is < (byte)'0' or > (byte)'9') return false;
            number = number * 10 + digit - '0';
        }

        return true;
    }
}
