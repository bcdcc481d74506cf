namespace Tocsin.Cli.Exercises;

/// <summary>The days of an exercise. All times are UTC.</summary>
/// <param name="Wave">The wave that the scenario is about.</param>
/// <param name="First">First day of the IIS logs.</param>
/// <param name="Last">Last day of every log; the copy was made at the midnight after it.</param>
/// <param name="AttackUtc">When the first hostile request comes, where there is one.</param>
/// <param name="PatchedUtc">When the fixed build first runs, on a full hour.</param>
/// <param name="Before">The build until then.</param>
/// <param name="After">The build from then on.</param>
internal sealed record Schedule(string Wave, DateOnly First, DateOnly Last, DateTime AttackUtc, DateTime PatchedUtc, Build Before, Build After)
{
    /// <summary>Days whose IIS, HttpProxy and ECP logs somebody deleted.</summary>
    public IReadOnlyList<DateOnly> Removed { get; init; } = [];

    public DateOnly AttackDay => DateOnly.FromDateTime(AttackUtc);

    /// <summary>Exchange itself deletes its text logs after 30 days; IIS never deletes.</summary>
    public DateOnly FirstText => First > Last.AddDays(-29) ? First : Last.AddDays(-29);

    public Build BuildAt(DateTime utc) => utc < PatchedUtc ? Before : After;

    /// <summary>The days in which servers were exposed to a wave, as the packs have them.</summary>
    public static (DateOnly From, DateOnly To) WindowOf(string wave) => wave switch
    {
        Waves.ProxyLogon => (new(2021, 1, 3), new(2021, 3, 31)),
        Waves.ProxyShell => (new(2021, 8, 1), new(2021, 11, 30)),
        Waves.ProxyNotShell => (new(2022, 8, 1), new(2023, 2, 28)),
        _ => throw new ArgumentOutOfRangeException(nameof(wave)),
    };

    public static Schedule For(string scenario, ulong seed, int? days)
    {
        Dice dice = Dice.For(seed, "schedule/" + scenario);
        string wave = Scenarios.WaveOf(scenario);
        DateOnly attack, patch, last;
        switch (scenario)
        {
            // Their verdict rests on coverage: all of the window is there, and the probes lie within the 30 days of HttpProxy.
            case Scenarios.Quiet or Scenarios.Scanned:
                attack = new DateOnly(2021, 3, 5).AddDays(dice.Below(6));
                patch = new DateOnly(2021, 3, 11).AddDays(dice.Below(3));
                last = new DateOnly(2021, 4, 1).AddDays(dice.Below(2));
                break;
            case Scenarios.PatchedThenScanned:
                patch = new DateOnly(2021, 3, 3).AddDays(dice.Below(2));
                attack = new DateOnly(2021, 3, 5).AddDays(dice.Below(6));
                last = new DateOnly(2021, 4, 1).AddDays(dice.Below(2));
                break;
            // OWASSRF was used by the end of 2022, ProxyNotShell before its fix of 8 November; both on servers that lagged behind.
            case Scenarios.ProxyNotShell:
                bool owassrf = Scenarios.UsesOwassrf(seed);
                attack = (owassrf ? new DateOnly(2022, 12, 2) : new DateOnly(2022, 10, 20)).AddDays(dice.Below(13));
                patch = (owassrf ? new DateOnly(2022, 12, 18) : new DateOnly(2022, 11, 9)).AddDays(dice.Below(3));
                last = patch.AddDays(dice.Between(2, 4));
                break;
            case Scenarios.ProxyShell:
                attack = new DateOnly(2021, 8, 12).AddDays(dice.Below(25));
                patch = attack.AddDays(dice.Between(2, 4));
                last = patch.AddDays(dice.Between(2, 4));
                break;
            default:
                attack = new DateOnly(2021, 2, 26).AddDays(dice.Below(13));
                // Logs go missing for the day after the attack too, so the fix comes later than that.
                patch = attack.AddDays(dice.Between(3, 4));
                if (patch < new DateOnly(2021, 3, 3)) patch = new DateOnly(2021, 3, 3);
                last = patch.AddDays(dice.Between(2, 5));
                break;
        }

        DateOnly first = WindowOf(wave).From.AddDays(-6);
        if (days is int reach) first = last.AddDays(1 - Math.Max(reach, last.DayNumber - attack.DayNumber + 2));
        (Build before, Build after) = wave switch
        {
            Waves.ProxyShell => (Build.Cu19March2021, Build.Cu19May2021),
            Waves.ProxyNotShell => (Build.Cu23August2022, Build.Cu23November2022),
            _ => (Build.Cu19, Build.Cu19March2021),
        };
        DateTime attackUtc = attack.ToDateTime(new TimeOnly(dice.Between(1, 20), dice.Below(60), dice.Below(60)), DateTimeKind.Utc).AddMilliseconds(dice.Below(1000));
        DateTime patchUtc = patch.ToDateTime(new TimeOnly(dice.Between(18, 22), 0), DateTimeKind.Utc);
        return new(wave, first, last, attackUtc, patchUtc, before, after)
        {
            Removed = scenario == Scenarios.LogsDeleted ? [attack.AddDays(-1), attack, attack.AddDays(1)] : [],
        };
    }
}

/// <summary>The ids of the waves' packs.</summary>
/// <remarks>Of a wave that no scenario is about, an exercise's logs never hold the whole window: nothing can be told of it.</remarks>
internal static class Waves
{
    public const string ProxyLogon = "proxylogon";
    public const string ProxyShell = "proxyshell";
    public const string ProxyNotShell = "proxynotshell";

    /// <summary>Goes against SharePoint; an exercise is of a server with Exchange.</summary>
    public const string ToolShell = "toolshell";

    /// <summary>In the order of the packs.</summary>
    public static readonly string[] All = ["cve-2020-0688", ProxyLogon, "proxytoken", ProxyShell, "cve-2021-42321", "outlook-leak-2023", ProxyNotShell, ToolShell, "owa-xss-2026"];
}
