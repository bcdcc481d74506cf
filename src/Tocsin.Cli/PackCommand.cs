using System.CommandLine;
using Tocsin.Detection.Yara;
using Tocsin.Evidence.Artifacts;
using Tocsin.Evidence.WebPages;
using Tocsin.Packs;
using Tocsin.Packs.SelfTest;
using Tocsin.Triage.Reports;

namespace Tocsin.Cli;

/// <summary><c>tocsin pack test</c>: proves that every rule of a pack fires and stays quiet where it must.</summary>
internal static class PackCommand
{
    public static Command Make()
    {
        var folder = new Option<DirectoryInfo?>("--packs") { HelpName = "DIR", Description = "Test the packs in this folder instead of the built-in ones." };
        Option<YaraEngine> engine = YaraFiles.EngineOption();
        Option<string?> cache = YaraFiles.CacheOption();
        var test = new Command("test", "Run every rule of every pack over its samples: each must fire where it should and stay quiet where it should.\n\nExample: tocsin pack test --packs packs\n\nExit codes: 0 all as they should, 1 a rule failed, 64 a pack does not load.") { folder, engine, cache };
        test.SetAction(result => Test(result.GetValue(folder), YaraFiles.Options(result.GetValue(engine), result.GetValue(cache))));
        return new Command("pack", "Look after threat packs.") { test };
    }

    static int Test(DirectoryInfo? folder, YaraOptions yara)
    {
        if (ChosenPacks.Load(folder, Console.Error, yara) is not { } packs) return ExitCodes.Usage;
        int failures = 0;
        foreach (ThreatPack pack in packs)
        {
            PackTestReport report = PackSelfTest.Run(pack, (path, bytes) => WebPageFormat.TryRecognise(path, bytes.Span) ?? ArtifactFormats.Recognise(bytes.Span[..Math.Min(bytes.Length, ArtifactFormats.HeadBytes)], path, bytes.Length), yara, CancellationToken.None);
            Console.Out.WriteLine($"{pack.Id}: {report.Rules} rules, {report.YaraRules} YARA rules, {report.Fires} samples that fire, {report.Quiet} that stay quiet, {report.Failures.Count} failures");
            foreach (PackTestFailure failure in report.Failures)
            {
                Console.Out.WriteLine($"  {failure.Rule}: {Inert.Terminal(failure.Path)}: {Inert.Terminal(failure.Message)}");
            }

            failures += report.Failures.Count;
        }

        return failures == 0 ? ExitCodes.NothingFound : ExitCodes.Findings;
    }
}
