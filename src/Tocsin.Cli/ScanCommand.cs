using System.CommandLine;
using Tocsin.Packs;
using Tocsin.Triage.Reports;
using Tocsin.Triage.Scanning;

namespace Tocsin.Cli;

/// <summary><c>tocsin scan PATH…</c>: from a copy of a server's evidence to a verdict.</summary>
internal static class ScanCommand
{
    public static Command Make()
    {
        var paths = new Argument<string[]>("PATH") { Arity = ArgumentArity.OneOrMore, Description = "Folders, mounted disks, files, .zip or .tar.gz of an Exchange server's files. Only read, never changed." };
        var report = new Option<DirectoryInfo?>("--report") { HelpName = "DIR", Description = "Write report.html, report.json and timeline.csv into this folder." };
        var quiet = new Option<bool>("--quiet", "-q") { Description = "Print one line for each server and wave: server, wave, verdict, stage, confidence, time; separated by tabs." };
        var packs = new Option<DirectoryInfo?>("--packs") { HelpName = "DIR", Description = "Use the threat packs in this folder instead of the built-in ones." };
        var rules = new Option<string[]>("--rules") { HelpName = "PATH", AllowMultipleArgumentsPerToken = false, DefaultValueFactory = _ => [], Description = "Apply the Sigma rules in this file or folder too; may be given several times. Their matches stand in a section of their own and change no verdict." };
        var placeholders = new Option<FileInfo?>("--placeholders") { HelpName = "FILE", Description = "What %placeholders% in rules stand for: lines such as DomainControllers=DC01$." };
        var threads = new Option<int>("--threads") { HelpName = "N", Description = "How many files to read at once. The report does not depend on it.", DefaultValueFactory = _ => Environment.ProcessorCount };
        var command = new Command("scan", "Tell from a copy of a server's evidence whether it was hit, how far the attackers got, and what to do now.\n\nExample: tocsin scan /evidence/EX01 --report out\n\nExit codes: 0 nothing found, 1 findings, 2 something could not be examined, 64 wrong usage.")
        {
            paths, report, quiet, packs, rules, placeholders, threads,
        };
        command.SetAction(result =>
        {
            IReadOnlyList<ThreatPack>? loaded = ChosenPacks.Load(result.GetValue(packs), Console.Error);
            if (loaded is null) return ExitCodes.Usage;
            string[] given = result.GetValue(paths)!;
            foreach (string path in given)
            {
                if (Path.Exists(path)) continue;
                Console.Error.WriteLine($"tocsin: there is no file or folder '{Inert.Terminal(path)}'. Name what holds the copied evidence.");
                return ExitCodes.Usage;
            }

            OtherRules? other = null;
            if (result.GetValue(rules) is { Length: > 0 } ruled && (other = RuleFiles.Load(ruled, result.GetValue(placeholders), Console.Error)) is null) return ExitCodes.Usage;
            return Run(given, loaded, result.GetValue(threads), result.GetValue(quiet), result.GetValue(report), other);
        });
        return command;
    }

    /// <summary>Scans, prints, writes the reports; gives the exit code.</summary>
    public static int Run(IReadOnlyList<string> paths, IReadOnlyList<ThreatPack> packs, int threads, bool quiet, DirectoryInfo? folder, OtherRules? rules = null)
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
                report = Scanner.Scan(new ScanOptions { Paths = paths, Packs = packs, OtherRules = rules, Threads = threads, Progress = progress }, interrupted.Token);
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
            WriteReports(report, folder);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            Console.Error.WriteLine($"tocsin: the report could not be written into {folder.FullName}: {e.Message}");
            return ExitCodes.CannotWrite;
        }

        if (!quiet) Console.Out.WriteLine($"Report: {Path.Combine(folder.FullName, "report.html")}");
        return report.ExitCode;
    }

    static void WriteReports(ScanReport report, DirectoryInfo folder)
    {
        folder.Create();
        Write("report.html", HtmlReport.Write);
        Write("report.json", JsonReport.Write);
        Write("timeline.csv", TimelineCsv.Write);

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
