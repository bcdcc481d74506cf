using System.Collections.Concurrent;
using Tocsin.Cli.Exercises.Attacks;
using Tocsin.Cli.Exercises.Logs;
using Tocsin.Packs.Chain;
using Tocsin.Triage.Verdicts;

namespace Tocsin.Cli.Exercises;

/// <summary>Writes the logs of a made-up mail server to which something happened, and beside them what a fair examination must say of it.</summary>
/// <remarks>
/// For training, tests and benchmarks. It writes logs and attacks nothing: no shell file is written, the script in the logs has
/// an empty body, tokens are cut short, names end in <c>.example</c> and outside addresses are those reserved for documentation.
/// </remarks>
public static class Exercise
{
    /// <summary>What can be asked for.</summary>
    public static IReadOnlyList<ExerciseScenario> Scenarios => Exercises.Scenarios.All;

    /// <summary>Writes an exercise.</summary>
    /// <param name="options">What and where to.</param>
    /// <param name="progress">Is told how many bytes are written so far, from any thread.</param>
    /// <param name="cancel">Stops between two hours of a log; what was written stays.</param>
    /// <returns>What <c>truth.json</c> says.</returns>
    /// <exception cref="ArgumentException">There is no such scenario, or a number makes no sense.</exception>
    /// <exception cref="IOException">The directory holds something already, or cannot be written.</exception>
    public static ExerciseTruth Write(ExerciseOptions options, IProgress<long>? progress = null, CancellationToken cancel = default)
    {
        ArgumentNullException.ThrowIfNull(options);
        if (Scenarios.All(s => s.Name != options.Scenario)) throw new ArgumentException($"There is no scenario \"{options.Scenario}\".", nameof(options));
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(options.SizeBytes, nameof(options));
        ArgumentOutOfRangeException.ThrowIfLessThan(options.IisBytes ?? 1, 1, nameof(options));
        ArgumentOutOfRangeException.ThrowIfLessThan(options.HttpProxyBytes ?? 1, 1, nameof(options));
        ArgumentOutOfRangeException.ThrowIfLessThan(options.Days ?? 1, 1, nameof(options));
        ArgumentOutOfRangeException.ThrowIfLessThan(options.Degree, 1, nameof(options));
        if (Directory.Exists(options.Directory) && Directory.EnumerateFileSystemEntries(options.Directory).Any()) throw new IOException($"The directory \"{options.Directory}\" is not empty.");

        Schedule schedule = Schedule.For(options.Scenario, options.Seed, options.Days);
        Estate estate = new(options.Seed, schedule.Last);
        Ledger ledger = new(estate, schedule, Dice.For(options.Seed, "script/" + options.Scenario));
        Stage happened = Script.Run(options.Scenario, ledger);
        Plan plan;
        using (LogWriter scratch = new()) plan = new(estate, schedule, ledger.Rows, options, scratch);

        List<DayJob> done = WriteLogs(options, schedule, ledger, plan, progress, cancel);
        List<PlantedLine> lines = Sorted(done.SelectMany(j => j.Lines)), lookalikes = Sorted(done.SelectMany(j => j.Lookalikes));
        List<WrittenFile> files = [.. done.SelectMany(j => j.Files).OrderBy(f => f.Path, StringComparer.Ordinal)];
        Planted[] left = [.. ledger.Rows.Where(r => r.Hostile && !plan.IsRemoved(r.Log, DateOnly.FromDateTime(r.Utc)))];
        ExerciseTruth truth = new(
            options.Scenario,
            options.Seed,
            estate.Server,
            estate.Fqdn,
            estate.MailDomain,
            schedule.Last.AddDays(1).ToDateTime(TimeOnly.MinValue, DateTimeKind.Utc),
            happened,
            happened == Stage.None ? null : schedule.AttackUtc,
            [new(schedule.Before.ToString(), schedule.First.ToDateTime(TimeOnly.MinValue, DateTimeKind.Utc)), new(schedule.After.ToString(), schedule.PatchedUtc)],
            schedule.Removed,
            [.. Waves.All.Select(wave => Judge(wave, schedule, happened, left))],
            lines,
            lookalikes,
            files,
            files.Sum(f => f.Bytes));
        TruthFile.Write(truth, options, Path.Combine(options.Directory, "truth.json"));
        return truth;
    }

    static List<DayJob> WriteLogs(ExerciseOptions options, Schedule schedule, Ledger ledger, Plan plan, IProgress<long>? progress, CancellationToken cancel)
    {
        Dictionary<(string, DateOnly), Planted[]> planted = ledger.Rows.GroupBy(r => (r.Log, DateOnly.FromDateTime(r.Utc))).ToDictionary(g => g.Key, g => g.OrderBy(r => r.Utc).ToArray());
        List<(LogFamily Family, DateOnly Day)> days = [];
        foreach (LogFamily family in plan.Families)
        {
            Directory.CreateDirectory(Path.Combine(options.Directory, family.Folder));
            for (DateOnly day = family.First; day <= schedule.Last; day = day.AddDays(1))
            {
                if (!plan.IsRemoved(family.Id, day)) days.Add((family, day));
            }
        }

        ConcurrentBag<DayJob> done = [];
        long written = 0;
        ParallelOptions parallel = new() { MaxDegreeOfParallelism = options.Degree, CancellationToken = cancel };
        Parallel.ForEach(Partitioner.Create(days, EnumerablePartitionerOptions.NoBuffering), parallel, static () => new LogWriter(), (day, _, writer) =>
        {
            DayJob job = new(day.Family, day.Day, schedule, options.Directory, planted.GetValueOrDefault((day.Family.Id, day.Day), []), writer);
            job.Run(cancel);
            done.Add(job);
            progress?.Report(Interlocked.Add(ref written, job.Files.Sum(f => f.Bytes)));
            return writer;
        }, static writer => writer.Dispose());
        return [.. done];
    }

    /// <summary>What the logs that are left support.</summary>
    static WaveTruth Judge(string wave, Schedule schedule, Stage happened, Planted[] left)
    {
        if (wave != schedule.Wave) return new(wave, wave == Waves.ToolShell ? Verdict.NotApplicable : Verdict.CannotTell, Stage.None, null, null, [], null);
        (DateOnly from, _) = Schedule.WindowOf(wave);
        bool covered = schedule.First <= from && schedule.Removed.Count == 0;
        Stage stage = left.Length == 0 ? Stage.None : happened;
        Verdict verdict = stage >= Stage.Exploited ? Verdict.Compromised : !covered ? Verdict.CannotTell : stage == Stage.Targeted ? Verdict.Targeted : Verdict.NothingFound;
        string[] clients = [.. left.Select(r => r.Client).OfType<string>().Distinct().Order(StringComparer.Ordinal)];
        return new(wave, verdict, stage, left.Length == 0 ? null : left.Min(r => r.Utc), left.Length == 0 ? null : left.Max(r => r.Utc), clients, schedule.PatchedUtc);
    }

    static List<PlantedLine> Sorted(IEnumerable<PlantedLine> lines) => [.. lines.OrderBy(l => l.Utc).ThenBy(l => l.File, StringComparer.Ordinal).ThenBy(l => l.Line)];
}
