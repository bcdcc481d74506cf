using System.Globalization;
using System.Text;
using Tocsin.Evidence.Artifacts;
using Tocsin.Evidence.Records;

namespace Tocsin.Evidence.WindowsEvents;

/// <summary>Counts every event of an artifact into its report: hours, hosts, and whether the record's clock agrees with Sysmon's.</summary>
/// <remarks>Allocates only when the hour or the host changes.</remarks>
internal sealed class EventTally(ReadReport report)
{
    // Sysmon stamps the moment before Windows writes the event; more than this apart and the two say different things.
    const long ToleranceTicks = 90 * TimeSpan.TicksPerSecond;
    const long QuarterTicks = 15 * TimeSpan.TicksPerMinute;
    const int MaxQuarters = 14 * 4;
    const int MinAgreeing = 3;

    readonly long[] _offsets = new long[2 * MaxQuarters + 1];
    long _compared;
    int _hour = -1;
    long _inHour;
    bool _isStated;

    // Events that are only stamped: where they belong is known when the stamps were compared with what Sysmon states.
    readonly Dictionary<int, long> _stampedHours = [];
    DateTime _firstStamp, _lastStamp;
    byte[] _hostBytes = [];
    string _host = "";
    long _ofHost;

    /// <summary>Counts one event.</summary>
    /// <param name="time">When it happened, as the reader decided; default where unknown.</param>
    /// <param name="host">The computer that logged it; empty where unknown.</param>
    /// <param name="statesUtc">Whether the event itself states that time, so that it is not moved with the log's clock.</param>
    public void Add(DateTime time, ReadOnlySpan<byte> host, bool statesUtc = false)
    {
        report.Records++;
        if (time != default)
        {
            int hour = (int)(time.Ticks / TimeSpan.TicksPerHour);
            if (hour != _hour || statesUtc != _isStated) Flush(hour);
            _isStated = statesUtc;
            _inHour++;
            if (statesUtc) report.AddTime(time);
            else (_firstStamp, _lastStamp) = (_firstStamp == default || time < _firstStamp ? time : _firstStamp, time > _lastStamp ? time : _lastStamp);
        }

        if (host.IsEmpty) return;
        if (!host.SequenceEqual(_hostBytes))
        {
            if (host.Length > 255) return;
            FlushHost();
            _hostBytes = host.ToArray();
            _host = Encoding.UTF8.GetString(host);
        }

        _ofHost++;
    }

    /// <summary>Compares the stamp that the log gave the record with the UTC that Sysmon wrote into it.</summary>
    public void Compare(DateTime stamp, DateTime sysmonUtc, Position at = default)
    {
        long ticks = sysmonUtc.Ticks - stamp.Ticks;
        long quarters = (long)Math.Round(ticks / (double)QuarterTicks);
        if (Math.Abs(quarters) > MaxQuarters || Math.Abs(ticks - quarters * QuarterTicks) > ToleranceTicks) return;
        _compared++;
        _offsets[quarters + MaxQuarters]++;
        if (quarters != 0) report.AddClockPair(at, stamp, sysmonUtc);
    }

    /// <summary>Takes what was counted in the part of the artifact that follows; that part's tally is not to be finished. The reports are joined by the caller.</summary>
    public void Join(EventTally next)
    {
        next.Flush(-1);
        next.FlushHost();
        for (int i = 0; i < _offsets.Length; i++) _offsets[i] += next._offsets[i];
        _compared += next._compared;
        foreach ((int hour, long records) in next._stampedHours) AddStamped(hour, records);
        if (next._lastStamp == default) return;
        if (_firstStamp == default || next._firstStamp < _firstStamp) _firstStamp = next._firstStamp;
        if (next._lastStamp > _lastStamp) _lastStamp = next._lastStamp;
    }

    /// <summary>Writes what is still held, and what the comparison of the clocks gave.</summary>
    public void Finish()
    {
        Flush(-1);
        FlushHost();
        FindOffset();
        TimeSpan offset = report.ClockOffset ?? default;
        foreach ((int hour, long records) in _stampedHours) report.AddHour((int)Math.Max(0, ((hour * TimeSpan.TicksPerHour) + offset.Ticks) / TimeSpan.TicksPerHour), records);
        if (_lastStamp == default) return;
        report.AddTime(Moved(_firstStamp, offset));
        report.AddTime(Moved(_lastStamp, offset));
    }

    static DateTime Moved(DateTime time, TimeSpan by) => new(Math.Clamp(time.Ticks + by.Ticks, 0, DateTime.MaxValue.Ticks), DateTimeKind.Utc);

    void FindOffset()
    {
        if (_compared == 0) return;
        int best = 0;
        for (int i = 1; i < _offsets.Length; i++)
        {
            if (_offsets[i] > _offsets[best]) best = i;
        }

        long odd = _compared - _offsets[MaxQuarters];
        if (best != MaxQuarters && _offsets[best] >= MinAgreeing && _offsets[best] * 10 >= _compared * 9)
        {
            TimeSpan offset = TimeSpan.FromTicks((best - MaxQuarters) * QuarterTicks);
            report.ClockOffset = offset;
            report.Notes.Add(string.Create(CultureInfo.InvariantCulture,
                $"times in this file are local time marked UTC: Sysmon's own UtcTime is {Math.Abs((int)offset.TotalHours)}:{Math.Abs(offset.Minutes):00} hours {(offset > default(TimeSpan) ? "later" : "earlier")}; events that state UtcTime have that time, all others are set right by as much when they are put on one clock with other logs"));
        }
        else if (odd >= MinAgreeing)
        {
            report.Notes.Add("the clocks in this file disagree by changing amounts: the record's time stamp and Sysmon's UtcTime differ by whole hours in some events; events that state UtcTime are shown at that time, all others as written");
        }
    }

    void FlushHost()
    {
        if (_ofHost > 0) report.AddHost(_host, _ofHost);
        _ofHost = 0;
    }

    void Flush(int hour)
    {
        if (_inHour > 0 && _isStated) report.AddHour(_hour, _inHour);
        else if (_inHour > 0) AddStamped(_hour, _inHour);
        _hour = hour;
        _inHour = 0;
    }

    void AddStamped(int hour, long records)
    {
        if (_stampedHours.Count < ReadReport.MaxHours || _stampedHours.ContainsKey(hour)) _stampedHours[hour] = _stampedHours.GetValueOrDefault(hour) + records;
    }
}
