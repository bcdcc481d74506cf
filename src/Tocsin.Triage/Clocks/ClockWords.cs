using System.Globalization;
using Tocsin.Triage.Scanning;

namespace Tocsin.Triage.Clocks;

/// <summary>Offsets between clocks in words.</summary>
internal static class ClockWords
{
    static readonly TimeSpan _quarter = TimeSpan.FromMinutes(15);

    /// <summary>"5:00 hours", "12 minutes", "40 seconds".</summary>
    public static string Hours(TimeSpan offset)
    {
        offset = offset.Duration();
        if (offset >= TimeSpan.FromDays(2)) return string.Create(CultureInfo.InvariantCulture, $"{offset.TotalDays:0} days");
        if (offset >= TimeSpan.FromHours(1)) return string.Create(CultureInfo.InvariantCulture, $"{(int)offset.TotalHours}:{offset.Minutes:00} hours");
        return offset >= TimeSpan.FromMinutes(2) ? string.Create(CultureInfo.InvariantCulture, $"{offset.TotalMinutes:0} minutes") : string.Create(CultureInfo.InvariantCulture, $"{offset.TotalSeconds:0} seconds");
    }

    /// <summary>A time on another clock; hostile times stay within what there is.</summary>
    public static DateTime Moved(DateTime time, TimeSpan by) => new(Math.Clamp(time.Ticks + by.Ticks, 0, DateTime.MaxValue.Ticks), DateTimeKind.Utc);

    public static string Later(TimeSpan offset) => offset > default(TimeSpan) ? "later" : "earlier";

    /// <summary>Whether an offset is a quarter of an hour or several, as those of time zones are.</summary>
    public static bool IsQuarter(TimeSpan offset, TimeSpan tolerance) => offset.Duration() <= TimeSpan.FromHours(14) + tolerance && (offset - Quarter(offset)).Duration() <= tolerance && Quarter(offset) != default;

    public static TimeSpan Quarter(TimeSpan offset) => Math.Round(offset / _quarter) * _quarter;

    /// <summary>Whether the server's own time zone explains an offset; one hour more or less is daylight saving.</summary>
    public static string ZoneOf(TimeSpan offset, int? bias)
    {
        if (bias is not { } minutes) return "";
        double odd = Math.Abs(Math.Abs(offset.TotalMinutes) - Math.Abs(minutes));
        return odd == 0 ? "That is the server's own time zone, as its registry says. " : odd == 60 ? "That is the server's own time zone, as its registry says, with daylight saving. " : "";
    }

    /// <summary>One file by its path, several by their number.</summary>
    public static string Files(ArtifactScan[] artifacts) =>
        artifacts.Length == 1 ? artifacts[0].File.Path : string.Create(CultureInfo.InvariantCulture, $"Each of {artifacts.Length} files ({artifacts[0].File.Path} and others)");
}
