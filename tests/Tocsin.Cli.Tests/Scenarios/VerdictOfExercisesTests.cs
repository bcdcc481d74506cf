using System.Collections.Concurrent;
using Tocsin.Cli.Exercises;
using Tocsin.Detection;
using Tocsin.Packs;
using Tocsin.Packs.Chain;
using Tocsin.Triage.Reports;
using Tocsin.Triage.Scanning;
using Tocsin.Triage.Verdicts;

namespace Tocsin.Cli.Tests.Scenarios;

public class VerdictOfExercisesTests
{
    const int Seeds = 20;

    [Fact]
    public void Ten_scenarios_with_twenty_seeds_each_get_the_verdicts_that_are_true()
    {
        var diagnostics = new List<Diagnostic>();
        IReadOnlyList<ThreatPack> packs = PackLoader.LoadEmbedded(diagnostics);
        Assert.Empty(diagnostics);
        Assert.Equal(10, Exercise.Scenarios.Count);

        var wrong = new ConcurrentBag<string>();
        int judged = 0;
        var runs = from scenario in Exercise.Scenarios from seed in Enumerable.Range(1, Seeds) select (scenario.Name, Seed: (ulong)seed);
        Parallel.ForEach(runs, new ParallelOptions { MaxDegreeOfParallelism = Environment.ProcessorCount }, run =>
        {
            string folder = Directory.CreateTempSubdirectory("tocsin-exercise").FullName;
            try
            {
                string directory = Path.Combine(folder, "x");
                ExerciseTruth truth = Exercise.Write(new ExerciseOptions(run.Name, run.Seed, 5_000_000, directory));
                ScanReport report = Scanner.Scan(new ScanOptions { Paths = [directory], Packs = packs, Threads = 1 });
                ServerReport server = Assert.Single(report.Servers);
                foreach (WaveTruth wave in truth.Waves)
                {
                    WaveReport found = server.Waves.Single(w => w.Pack == wave.Wave);
                    Interlocked.Increment(ref judged);
                    if ((found.Verdict, found.Stage) != (wave.Verdict, wave.Stage))
                    {
                        wrong.Add($"{run.Name} seed {run.Seed}, {wave.Wave}: {Words.Of(found.Verdict)}/{found.Stage} where {Words.Of(wave.Verdict)}/{wave.Stage} is true; {string.Join("; ", found.Findings.Take(2).Select(f => $"{f.RuleTitle} @{f.Evidence[0].Artifact}:{f.Evidence[0].Line}"))}");
                    }
                }

                if (run.Name == "quiet" && server.Waves.Any(w => w.Stage >= Stage.Targeted)) wrong.Add($"The healthy server of seed {run.Seed} was called {server.Waves.Max(w => w.Stage)}.");
                if (server.Name != truth.Server) wrong.Add($"{run.Name} seed {run.Seed}: the server is {truth.Server}, not {server.Name}.");
            }
            finally
            {
                Directory.Delete(folder, recursive: true);
            }
        });

        Assert.Empty(wrong);
        Assert.Equal(10 * Seeds * packs.Count, judged);
    }
}
