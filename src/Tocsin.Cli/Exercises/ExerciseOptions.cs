namespace Tocsin.Cli.Exercises;

/// <summary>What exercise to write. Equal options give equal bytes, whatever the degree.</summary>
/// <param name="Scenario">The name of a scenario of <see cref="Exercise.Scenarios"/>.</param>
/// <param name="Seed">Chooses the server, the people, the day and the attacker.</param>
/// <param name="SizeBytes">Roughly how many bytes of logs. The least that keeps a row in every hour is written even if that is more.</param>
/// <param name="Directory">Where to; created if it is not there, and refused if it holds anything.</param>
public sealed record ExerciseOptions(string Scenario, ulong Seed, long SizeBytes, string Directory)
{
    /// <summary>Bytes of IIS logs; null for the usual share, 60 percent.</summary>
    public long? IisBytes { get; init; }

    /// <summary>Bytes of HttpProxy logs; null for the usual share, 30 percent.</summary>
    public long? HttpProxyBytes { get; init; }

    /// <summary>How many days the IIS logs reach back (the others at most 30 of them); never less than the attack needs. Null for the wave's whole window.</summary>
    public int? Days { get; init; }

    /// <summary>How many files are written at a time.</summary>
    public int Degree { get; init; } = 1;
}

/// <summary>A scenario that can be asked for.</summary>
/// <param name="Name">Its name on the command line.</param>
/// <param name="Title">What it trains, in a sentence.</param>
public sealed record ExerciseScenario(string Name, string Title);
