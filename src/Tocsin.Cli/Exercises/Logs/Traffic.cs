namespace Tocsin.Cli.Exercises.Logs;

/// <summary>The front end's protocols in the order of their folders, and two kinds of request that only IIS logs.</summary>
internal enum Protocol
{
    Autodiscover, Eas, Ecp, Ews, Mapi, Oab, Owa, OwaCalendar, PowerShell, RpcHttp,

    /// <summary>Scripts, fonts and images of OWA.</summary>
    Static,

    /// <summary>What every server on the Internet gets: crawlers and guesses at other products.</summary>
    Background,
}

/// <summary>One request. Each log that has it writes the same identifier, person and time.</summary>
internal struct Request
{
    public Protocol Protocol;

    /// <summary>Whether this is the product's monitoring or the first leg of a logon rather than somebody's work.</summary>
    public bool Noise;

    /// <summary>When it ended: milliseconds of the day.</summary>
    public int Ms;

    /// <summary>How long it took, in milliseconds.</summary>
    public int Taken;

    public ulong High;

    public ulong Low;

    /// <summary>What else is to be chosen about it.</summary>
    public ulong Choice;

    public Person Person;

    /// <summary>A number from 0 to 99 that decides on rare variants.</summary>
    public readonly int Percent => (int)((uint)(Choice >> 32) * 100UL >> 32);

    /// <summary>One request in a hundred fails at the back end.</summary>
    public readonly bool Failed => !Noise && Percent == 0 && Protocol < Protocol.Static;

    /// <summary>Picks one of a few, by bits that nothing else uses.</summary>
    public readonly int Pick(int count) => (int)((Choice & 0xFFFF) * (ulong)count >> 16);

    /// <summary>Picks again, independently.</summary>
    public readonly int PickOther(int count) => (int)((Choice >> 16 & 0xFFFF) * (ulong)count >> 16);
}

/// <summary>How many requests of a kind a server of this size sees on a working day.</summary>
/// <param name="Protocol">Of which protocol.</param>
/// <param name="Noise">Monitoring and refused first legs, the same at all hours; otherwise people, by day.</param>
/// <param name="PerDay">How many.</param>
internal readonly record struct Flow(Protocol Protocol, bool Noise, double PerDay)
{
    /// <summary>
    /// A customer's server over 14 days: 52,500 requests a day by people and 336,500 by probes and refused first legs in
    /// HttpProxy, 36,000 of static files in IIS. The cut by protocol is an estimate.
    /// </summary>
    public static readonly Flow[] All =
    [
        new(Protocol.Ecp, true, 34000), new(Protocol.Ecp, false, 700),
        new(Protocol.Autodiscover, true, 38000), new(Protocol.Autodiscover, false, 3500),
        new(Protocol.Eas, true, 32000), new(Protocol.Eas, false, 12500),
        new(Protocol.Ews, true, 46000), new(Protocol.Ews, false, 7500),
        new(Protocol.Mapi, true, 40000), new(Protocol.Mapi, false, 19000),
        new(Protocol.Oab, true, 24000), new(Protocol.Oab, false, 500),
        new(Protocol.Owa, true, 42000), new(Protocol.Owa, false, 7000),
        new(Protocol.OwaCalendar, true, 4500), new(Protocol.OwaCalendar, false, 300),
        new(Protocol.PowerShell, true, 40000), new(Protocol.PowerShell, false, 700),
        new(Protocol.RpcHttp, true, 36000), new(Protocol.RpcHttp, false, 800),
        new(Protocol.Static, false, 36000),
        new(Protocol.Background, true, 600),
    ];

    /// <summary>The back end logs 125,000 requests a day: everybody's work and a fifth of the noise.</summary>
    public double BackEndShare => Protocol >= Protocol.Static ? 0 : Noise ? 72500.0 / 336500 : 1;

    /// <summary>How many in one hour, at the real size.</summary>
    public double In(DateOnly day, int hour) => Noise ? PerDay / 24 : PerDay * Rhythm.Of(day, hour);
}

/// <summary>When people work, as a share of a working day's requests.</summary>
internal static class Rhythm
{
    static readonly double[] Hours = [.15, .12, .1, .1, .15, .35, .8, 1.6, 2.2, 2.3, 2.2, 2, 1.8, 2.1, 2.2, 2.1, 1.9, 1.4, .8, .5, .4, .3, .25, .2];
    static readonly double Sum = Hours.Sum();

    public static double Of(DateOnly day, int hour) =>
        Hours[hour] / Sum * day.DayOfWeek switch { DayOfWeek.Saturday => 0.18, DayOfWeek.Sunday => 0.14, DayOfWeek.Friday => 0.85, _ => 1 };
}
