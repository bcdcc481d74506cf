using System.Diagnostics;
using System.Globalization;
using Tocsin.Triage.Scanning;

namespace Tocsin.Cli;

/// <summary>A bar with gigabytes done and time left, on one line of the error stream; nothing where that is no terminal.</summary>
/// <remarks>Own lines rather than a console library: it must cost a scan nothing and leave no trace in pipes.</remarks>
internal sealed class ProgressLine(TextWriter to, bool silent) : IProgress<ScanProgress>, IDisposable
{
    const int BarWidth = 30;
    static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(200);

    readonly Stopwatch _clock = Stopwatch.StartNew();
    readonly Lock _lock = new();
    TimeSpan _next = TimeSpan.FromMilliseconds(300);
    bool _shown;

    public void Report(ScanProgress value)
    {
        if (silent || value.BytesTotal <= 0) return;
        lock (_lock)
        {
            if (_clock.Elapsed < _next) return;
            _next = _clock.Elapsed + Pause;
            _shown = true;
            double share = Math.Clamp((double)value.BytesDone / value.BytesTotal, 0, 1);
            int filled = (int)(share * BarWidth);
            string left = share < 0.02 ? "" : $"{Duration(_clock.Elapsed * ((1 - share) / share))} left";
            to.Write(string.Create(CultureInfo.InvariantCulture, $"\r[{new string('#', filled)}{new string('.', BarWidth - filled)}] {share,4:P0}  {value.BytesDone / 1e9:F2} of {value.BytesTotal / 1e9:F2} GB  {value.Files} files  {left,-14}"));
        }
    }

    static string Duration(TimeSpan time) => time.TotalMinutes < 1
        ? string.Create(CultureInfo.InvariantCulture, $"{Math.Ceiling(time.TotalSeconds):F0} s")
        : string.Create(CultureInfo.InvariantCulture, $"{(int)time.TotalHours}:{time.Minutes:00}:{time.Seconds:00}");

    public void Dispose()
    {
        if (_shown) to.Write("\r" + new string(' ', 100) + "\r");
    }
}
