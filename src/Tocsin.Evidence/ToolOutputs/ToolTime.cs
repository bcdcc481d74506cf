using Tocsin.Evidence.WindowsEvents;

namespace Tocsin.Evidence.ToolOutputs;

/// <summary>How a time in a tool's output could be read.</summary>
internal enum ToolTimeForm
{
    /// <summary>Not at all.</summary>
    None,
    /// <summary>Year first, as the log has it.</summary>
    Iso,
    /// <summary>As some country writes it, and only one reading is a date.</summary>
    Local,
    /// <summary>Day and month could be exchanged: no time is given.</summary>
    Ambiguous,
}

/// <summary>Reads times that PowerShell or a spreadsheet wrote in the user's own format: <c>03.03.2021 13:39</c>, <c>3/14/2021 1:39:33 PM</c>.</summary>
internal static class ToolTime
{
    /// <summary>Reads the time. Nothing is guessed: with a slash or hyphen, a day of twelve or less that differs from the month is ambiguous.</summary>
    public static ToolTimeForm Read(ReadOnlySpan<byte> text, out DateTime time)
    {
        text = text.Trim(" \t\""u8);
        if (TimeText.TryRead(text, out time)) return ToolTimeForm.Iso;
        time = default;
        Span<int> parts = stackalloc int[6];
        Span<byte> separators = stackalloc byte[6];
        int count = 0, at = 0;
        while (at < text.Length && count < 6 && text[at] is >= (byte)'0' and <= (byte)'9')
        {
            int number = 0;
            for (; at < text.Length && text[at] is >= (byte)'0' and <= (byte)'9'; at++)
            {
                number = number * 10 + text[at] - '0';
                if (number > 9999) return ToolTimeForm.None;
            }

            parts[count] = number;
            separators[count++] = at < text.Length ? text[at] : (byte)0;
            while (at < text.Length && text[at] is (byte)'.' or (byte)'/' or (byte)'-' or (byte)':' or (byte)' ' or (byte)',') at++;
        }

        if (count < 5 || separators[0] is not ((byte)'.' or (byte)'/' or (byte)'-') || separators[0] != separators[1] || separators[3] is not ((byte)':' or (byte)'.')) return ToolTimeForm.None;
        bool isAfternoon = at < text.Length && (text[at] | 0x20) == 'p';
        bool isMorning = at < text.Length && (text[at] | 0x20) == 'a';
        (int first, int second, int year) = (parts[0], parts[1], parts[2]);
        if (first > 1000) return TryMake(first, second, year, parts, isMorning, isAfternoon, count, out time) ? ToolTimeForm.Local : ToolTimeForm.None;
        if (year < 100) year += 2000;

        // Nobody writes the month first with points.
        bool dayFirst = separators[0] == '.' || first > 12;
        if (!dayFirst && second <= 12 && first != second) return ToolTimeForm.Ambiguous;
        (int day, int month) = dayFirst ? (first, second) : (second, first);
        return TryMake(year, month, day, parts, isMorning, isAfternoon, count, out time) ? ToolTimeForm.Local : ToolTimeForm.None;
    }

    static bool TryMake(int year, int month, int day, ReadOnlySpan<int> parts, bool isMorning, bool isAfternoon, int count, out DateTime time)
    {
        time = default;
        int hour = parts[3], minute = parts[4], second = count > 5 ? parts[5] : 0;
        if (isAfternoon && hour < 12) hour += 12;
        if (isMorning && hour == 12) hour = 0;
        if (year is < 1990 or > 9998 || month is 0 or > 12 || day == 0 || day > DateTime.DaysInMonth(year, month) || hour > 23 || minute > 59 || second > 59) return false;
        time = new DateTime(year, month, day, hour, minute, second, DateTimeKind.Utc);
        return true;
    }
}
