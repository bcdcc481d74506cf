using Tocsin.Cli.Exercises.Attacks;
using Tocsin.Cli.Exercises.Logs;

namespace Tocsin.Cli.Exercises;

/// <summary>Which logs are kept from which day on, and how full they are, so that the size asked for comes out.</summary>
/// <remarks>
/// A file that holds a row in each of its hours costs its head and that row. With little to spend, fewer protocols are kept and
/// they reach back less far, as on a server whose logs meet their limit; those with planted rows always reach back to them.
/// </remarks>
internal sealed class Plan
{
    /// <summary>How much of a share may go into heads and least rows before fewer logs are kept.</summary>
    const double MostFixed = 0.6;

    readonly LogWriter _scratch;
    readonly Schedule _schedule;

    public Plan(Estate estate, Schedule schedule, IReadOnlyList<Planted> planted, ExerciseOptions options, LogWriter scratch)
    {
        (_schedule, _scratch) = (schedule, scratch);
        FrontEndLog front = new(estate);
        BackEndLog back = new(estate);
        // In the order in which they matter to somebody who looks for an intrusion.
        HttpProxyLog[] proxy = [.. new[] { Protocol.Ecp, Protocol.Owa, Protocol.Autodiscover, Protocol.PowerShell, Protocol.Ews, Protocol.Mapi, Protocol.Eas, Protocol.Oab, Protocol.RpcHttp, Protocol.OwaCalendar }.Select(p => new HttpProxyLog(estate, p))];
        LogFamily[] other = [new EcpServerLog(estate), new RpsHttpLog(estate), new RpsCmdletLog(estate), new OabGeneratorLog(estate), new EcpActivityLog(estate), new EwsLog(estate), new MessageTrackingLog(estate)];

        long iisBytes = options.IisBytes ?? options.SizeBytes * 60 / 100;
        long proxyBytes = options.HttpProxyBytes ?? options.SizeBytes * 30 / 100;
        Dictionary<string, DateOnly> needed = planted.Where(r => r.Hostile && !IsRemoved(r.Log, DateOnly.FromDateTime(r.Utc)))
            .GroupBy(r => r.Log).ToDictionary(g => g.Key, g => g.Min(r => DateOnly.FromDateTime(r.Utc)));

        front.First = back.First = schedule.First;
        Fill([front, back], iisBytes);
        LogFamily[] keptProxy = Keep(proxy, needed, proxyBytes);
        Fill(keptProxy, proxyBytes);
        long otherBytes = Math.Max(0, options.SizeBytes - iisBytes - proxyBytes);
        LogFamily[] keptOther = Keep(other, needed, otherBytes);
        Fill(keptOther, otherBytes);
        Families = [front, back, .. keptProxy, .. keptOther];

        foreach (TrafficLog log in Families.OfType<TrafficLog>())
        {
            log.Happening = (flow, day) => Math.Max(Math.Max(front.Keeps(flow), back.Keeps(flow)), keptProxy.OfType<HttpProxyLog>().Where(p => day >= p.First).Sum(p => p.Keeps(flow)));
        }
    }

    public IReadOnlyList<LogFamily> Families { get; }

    /// <summary>Whether somebody deleted that day of that log.</summary>
    public bool IsRemoved(string log, DateOnly day) =>
        _schedule.Removed.Contains(day) && (log.StartsWith("W3SVC", StringComparison.Ordinal) || log.StartsWith("HttpProxy/", StringComparison.Ordinal) || log.StartsWith("ECP/", StringComparison.Ordinal));

    /// <summary>Chooses the logs of a share, and from which day on they are kept.</summary>
    LogFamily[] Keep(LogFamily[] families, Dictionary<string, DateOnly> needed, long bytes)
    {
        double left = bytes * MostFixed;
        HashSet<LogFamily> kept = [];
        foreach (LogFamily family in families)
        {
            if (!needed.TryGetValue(family.Id, out DateOnly first)) continue;
            family.First = first;
            left -= DayCost(family) * Days(first);
            kept.Add(family);
        }

        // At first the days around the attack (of a quiet server, the last three) of as many logs as possible, then farther back.
        DateOnly near = needed.Count > 0 ? needed.Values.Min() : _schedule.Last.AddDays(-2);
        foreach (LogFamily family in families)
        {
            double cost = DayCost(family) * Days(near);
            if (kept.Contains(family) || (cost > left && !(kept.Count == 0 && family == families[0]))) continue;
            family.First = near;
            left -= cost;
            kept.Add(family);
        }

        foreach (LogFamily family in families.Where(kept.Contains))
        {
            int more = Math.Clamp((int)(left / DayCost(family)), 0, Math.Max(0, family.First.DayNumber - _schedule.FirstText.DayNumber));
            family.First = family.First.AddDays(-more);
            left -= more * DayCost(family);
        }

        return [.. families.Where(kept.Contains)];
    }

    /// <summary>Sets the scale of the logs of a share so that they have so many bytes together.</summary>
    void Fill(LogFamily[] families, long bytes)
    {
        double heads = 0;
        List<(double Least, double Steady, double Others)> hours = [];
        foreach (LogFamily family in families)
        {
            double head = Head(family), least = family.LeastRow(_scratch, _schedule.Before);
            for (DateOnly day = family.First; day <= _schedule.Last; day = day.AddDays(1))
            {
                if (IsRemoved(family.Id, day)) continue;
                heads += head * (family.Hourly ? 24 : 1);
                for (int hour = 0; hour < 24; hour++)
                {
                    (double steady, double others) = family.BytesAt(_scratch, day, hour, _schedule.Before);
                    hours.Add((least, steady, others));
                }
            }
        }

        double low = 0, high = 1e6;
        for (int i = 0; i < 60; i++)
        {
            double middle = (low + high) / 2, total = heads;
            foreach ((double least, double steady, double others) in hours) total += Math.Max(least, steady * middle) + others * middle;
            if (total > bytes) high = middle;
            else low = middle;
        }

        foreach (LogFamily family in families) family.Scale = low;
    }

    int Days(DateOnly first) => _schedule.Last.DayNumber - first.DayNumber + 1;

    double DayCost(LogFamily family) => Head(family) * (family.Hourly ? 24 : 1) + family.LeastRow(_scratch, _schedule.Before) * 24;

    double Head(LogFamily family)
    {
        _scratch.Rewind();
        family.Head(_scratch, 0, _schedule.Before);
        return _scratch.Length;
    }
}
