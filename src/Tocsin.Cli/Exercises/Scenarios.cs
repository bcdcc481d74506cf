namespace Tocsin.Cli.Exercises;

/// <summary>The scenarios' names and what each trains.</summary>
internal static class Scenarios
{
    public const string Quiet = "quiet";
    public const string Scanned = "scanned";
    public const string Session = "session";
    public const string Planted = "planted";
    public const string Used = "used";
    public const string LogsDeleted = "logs-deleted";
    public const string TwoGangs = "two-gangs";
    public const string PatchedThenScanned = "patched-then-scanned";
    public const string ProxyShell = "proxyshell";
    public const string ProxyNotShell = "proxynotshell";

    public static readonly ExerciseScenario[] All =
    [
        new(Quiet, "Nothing happened: people at work, monitoring, administrators and the Internet's ordinary noise."),
        new(Scanned, "Probes by defenders and criminals, and people who look for other people's shells. Nobody got in."),
        new(Session, "An administrator's session without a password; nothing was written."),
        new(Planted, "A web shell was written; strangers saw that it is there, nobody used it."),
        new(Used, "A web shell was written and commands went through it."),
        new(LogsDeleted, "The server was attacked and the logs of those days are gone."),
        new(TwoGangs, "Two groups came at different times, each with a shell of its own."),
        new(PatchedThenScanned, "The update came first, the attackers afterwards; all of their attempts failed."),
        new(ProxyShell, "ProxyShell: a shell written by way of a mailbox export, and used."),
        new(ProxyNotShell, "ProxyNotShell or OWASSRF with a stolen password; with an odd seed a shell follows."),
    ];

    public static string WaveOf(string scenario) => scenario switch
    {
        ProxyShell => Waves.ProxyShell,
        ProxyNotShell => Waves.ProxyNotShell,
        _ => Waves.ProxyLogon,
    };

    /// <summary>Every third seed of proxynotshell takes the way through OWA instead of Autodiscover.</summary>
    public static bool UsesOwassrf(ulong seed) => seed % 3 == 2;

    /// <summary>Every odd seed of proxynotshell ends with a shell.</summary>
    public static bool LeavesShell(ulong seed) => seed % 2 == 1;
}
