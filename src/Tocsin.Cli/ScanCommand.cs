using System.CommandLine;
using Tocsin.Detection.Yara;
using Tocsin.Packs;
using Tocsin.Triage.Indicators;
using Tocsin.Triage.Reports;
using Tocsin.Triage.Scanning;
using Tocsin.Triage.Timeline;

namespace Tocsin.Cli;

/// <summary><c>tocsin scan PATH…</c>: from a copy of a server's evidence to a verdict.</summary>
internal static class ScanCommand
{
    public static Command Make()
    {
        var paths = new Argument<string[]>("PATH") { Arity = ArgumentArity.OneOrMore, Description = "Folders, mounted disks, files, .zip or .tar.gz of an Exchange server's files. Only read, never changed." };
        var report = new Option<DirectoryInfo?>("--report") { HelpName = "DIR", Description = "Write report.html, report.json, and the findings as timeline.csv and timeline.jsonl (Timesketch) into this folder." };
        var export = new Option<string[]>("--export") { HelpName = "LIST", AllowMultipleArgumentsPerToken = false, DefaultValueFactory = _ => [], Description = "Write for others' tools too, into the folder of --report: stix (STIX 2.1), navigator (ATT&CK Navigator), misp, indicators (CSV); with commas between them." };
        var quiet = new Option<bool>("--quiet", "-q") { Description = "Print one line for each server and wave: server, wave, verdict, stage, confidence, time; separated by tabs." };
        var packs = new Option<DirectoryInfo?>("--packs") { HelpName = "DIR", Description = "Use the threat packs in this folder instead of the built-in ones." };
        var rules = new Option<string[]>("--rules") { HelpName = "PATH", AllowMultipleArgumentsPerToken = false, DefaultValueFactory = _ => [], Description = "Apply the Sigma rules in this file or folder too; may be given several times. Their matches stand in a section of their own and change no verdict." };
        var placeholders = new Option<FileInfo?>("--placeholders") { HelpName = "FILE", Description = "What %placeholders% in rules stand for: lines such as DomainControllers=DC01$." };
        var threads = new Option<int>("--threads") { HelpName = "N", Description = "How many files to read at once. The report does not depend on it.", DefaultValueFactory = _ => Environment.ProcessorCount };
        var yara = new Option<string[]>("--yara") { HelpName = "PATH", Description = "Compare the files of web folders with these YARA rules too: a file, or a folder of .yar and .yara files. May be given several times." };
        var engine = YaraFiles.EngineOption();
        var cache = YaraFiles.CacheOption();
        var indicators = new Option<string[]>("--indicators") { HelpName = "FILE", DefaultValueFactory = _ => [], Description = "Look for these indicators too: a STIX 2.1 bundle, a MISP event, a CSV table, or a list of hashes and addresses. May be given several times. What is found stands in a section of its own and changes no verdict." };
        var indicatorsDate = new Option<string?>("--indicators-date") { HelpName = "DAY", Description = "When lists of indicators were made that do not say so, such as 2021-03-12: addresses mean an attacker only for a time." };
        var baseline = new Option<string[]>("--baseline") { HelpName = "FILE", Description = "Files known to be good, from 'tocsin baseline': they are marked, and YARA passes them over. May be given several times." };
        var command = new Command("scan", "Tell from a copy of a server's evidence whether it was hit, how far the attackers got, and what to do now.\n\nExample: tocsin scan /evidence/EX01 --report out\n\nExit codes: 0 nothing found, 1 findings, 2 something could not be examined, 64 wrong usage.")
        {
            paths, report, export, quiet, packs, rules, placeholders, yara, engine, cache, baseline, indicators, indicatorsDate, threads,
        };
        command.SetAction(result =>
        {
            YaraOptions options = YaraFiles.Options(result.GetValue(engine), result.GetValue(cache));
            IReadOnlyList<ThreatPack>? loaded = ChosenPacks.Load(result.GetValue(packs), Console.Error, options);
            if (loaded is null) return ExitCodes.Usage;
            if (ReportExport.Named(result.GetValue(export) ?? [], Console.Error) is not { } exports) return ExitCodes.Usage;
            if (exports.Count > 0 && result.GetValue(report) is null)
            {
                Console.Error.WriteLine("tocsin: --export needs a folder to write into. Name it with --report DIR.");
                return ExitCodes.Usage;
            }

            string[] given = result.GetValue(paths)!;
            foreach (string path in given)
            {
                if (Path.Exists(path)) continue;
                Console.Error.WriteLine($"tocsin: there is no file or folder '{Inert.Terminal(path)}'. Name what holds the copied evidence.");
                return ExitCodes.Usage;
            }

            OtherRules? other = null;
            if (result.GetValue(rules) is { Length: > 0 } ruled && (other = RuleFiles.Load(ruled, result.GetValue(placeholders), Console.Error)) is null) return ExitCodes.Usage;
            GivenIndicators? wanted = null;
            if (result.GetValue(indicators) is { Length: > 0 } lists && (wanted = IndicatorLists.Load(lists, result.GetValue(indicatorsDate), Console.Error)) is null) return ExitCodes.Usage;
            if (YaraFiles.Set(loaded, result.GetValue(yara) ?? [], options, Console.Error) is not { } patterns) return ExitCodes.Usage;
            using (patterns)
            {
                if (KnownBaselines.Load(result.GetValue(baseline) ?? [], Console.Error) is not { } known) return ExitCodes.Usage;
                var scan = new ScanOptions { Paths = given, Packs = loaded, OtherRules = other, Indicators = wanted, Threads = result.GetValue(threads), Yara = patterns, Known = known };
                return Run(scan, result.GetValue(quiet), result.GetValue(report), exports);
            }
        });
        return command;
    }

    /// <summary>Scans, prints, writes the reports; gives the exit code.</summary>
    public static int Run(ScanOptions options, bool quiet, DirectoryInfo? folder, IReadOnlyList<ReportExport> exports)
    {
        using var interrupted = new CancellationTokenSource();
        Console.CancelKeyPress += (_, e) =>
        {
            e.Cancel = true;
            interrupted.Cancel();
        };

        ScanReport report;
        using (var progress = new ProgressLine(Console.Error, quiet || Console.IsErrorRedirected))
        {
            try
            {
                report = Scanner.Scan(options with { Progress = progress }, interrupted.Token);
            }
            catch (OperationCanceledException)
            {
                Console.Error.WriteLine("tocsin: interrupted; nothing is said of evidence that was not read to its end.");
                return ExitCodes.Interrupted;
            }
        }

        bool colour = !Console.IsOutputRedirected && string.IsNullOrEmpty(Environment.GetEnvironmentVariable("NO_COLOR"));
        TextReport.Write(report, Console.Out, new TextReportOptions(colour, Width(), quiet));
        if (folder is null) return report.ExitCode;

        try
        {
            WriteReports(report, folder, exports);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            Console.Error.WriteLine($"tocsin: the report could not be written into {folder.FullName}: {e.Message}");
            return ExitCodes.CannotWrite;
        }

        if (!quiet) Console.Out.WriteLine($"Report: {Path.Combine(folder.FullName, "report.html")}");
        return report.ExitCode;
    }

    static void WriteReports(ScanReport report, DirectoryInfo folder, IReadOnlyList<ReportExport> exports)
    {
        folder.Create();
        Write("report.html", HtmlReport.Write);
        Write("report.json", JsonReport.Write);
        Write("timeline.csv", TimelineCsv.Write);
        Write("timeline.jsonl", FindingTimeline.Write);
        DateTime now = DateTime.UtcNow;
        foreach (ReportExport export in exports) Write(export.File, (of, file) => export.Write(of, now, file));

        void Write(string name, Action<ScanReport, Stream> writer)
        {
            using FileStream file = File.Create(Path.Combine(folder.FullName, name));
            writer(report, file);
        }
    }

    static int Width()
    {
        try
        {
            return Console.IsOutputRedirected ? 100 : Math.Clamp(Console.WindowWidth, 60, 160);
        }
        catch (IOException)
        {
            return 100;
        }
    }
}
