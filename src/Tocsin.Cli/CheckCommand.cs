using System.CommandLine;
using Tocsin.Packs;
using Tocsin.Packs.Patches;
using Tocsin.Triage.Patches;
using Tocsin.Triage.Reports;
using Tocsin.Triage.Scanning;

namespace Tocsin.Cli;

/// <summary><c>tocsin check</c>: from a build, typed or seen in evidence, to the flaws that are open and the way to the fix.</summary>
internal static class CheckCommand
{
    public static Command Make()
    {
        var paths = new Argument<string[]>("PATH") { Arity = ArgumentArity.ZeroOrMore, Description = "Folders, mounted disks, files, .zip or .tar.gz of Exchange servers' files: their logs tell the build. Only read, never changed." };
        var build = new Option<string?>("--build") { HelpName = "BUILD", Description = "The build to decide for: 15.2.792.3, the version of exsetup.exe. 'Version 15.2 (Build 792.3)' is taken too, and tells the cumulative update only." };
        var cve = new Option<string?>("--cve") { HelpName = "ID", Description = "Ask for one flaw only, such as CVE-2021-26855." };
        var form = new Option<string>("--format") { HelpName = "FORM", Description = "text; json: a row for each flaw with cve, status and reason; vex: a VEX document of CSAF 2.0.", DefaultValueFactory = _ => "text" };
        form.AcceptOnlyFromAmong("text", "json", "vex");
        var done = new Option<string[]>("--done") { HelpName = "STEP", AllowMultipleArgumentsPerToken = false, DefaultValueFactory = _ => [], Description = "A step beside updates that is done, such as extended-protection, or a package that is installed, such as KB4471389; several with commas between, or given several times." };
        var mitigated = new Option<string[]>("--mitigated") { HelpName = "CVE=WHAT", AllowMultipleArgumentsPerToken = false, DefaultValueFactory = _ => [], Description = "What holds attackers off from a flaw meanwhile. It is shown as mitigated, and stays open." };
        var all = new Option<bool>("--all") { Description = "Show every flaw with its reason." };
        var data = new Option<string?>("--data") { HelpName = "PATH", Description = "Use this package of builds and flaws (.zip or folder) instead of the built-in or the updated one." };
        var threads = new Option<int>("--threads") { HelpName = "N", Description = "How many files to read at once.", DefaultValueFactory = _ => Environment.ProcessorCount };
        var command = new Command("check", "Tell which flaws an Exchange server is open to, which step is missing, and which updates to install in which order.\n\nExamples:\n  tocsin check --build 15.2.792.3\n  tocsin check /evidence/EX01 --done extended-protection,schema\n  tocsin check --build 15.1.2507.61 --cve CVE-2026-42897 --format json\n\nExit codes: 0 nothing open, 1 something open, 2 it cannot be told, 64 wrong usage.")
        {
            paths, build, cve, form, done, mitigated, all, data, threads,
        };
        command.SetAction(result =>
        {
            if (PatchPackages.Choose(result.GetValue(data), Console.Error) is not { } tables) return ExitCodes.Usage;
            string[] given = result.GetValue(paths) ?? [];
            string? typed = result.GetValue(build);
            if (given.Length == 0 == typed is null) return Refuse("Name either evidence or --build. The version of exsetup.exe tells the build.");
            if (Options(tables, result.GetValue(cve), result.GetValue(done) ?? [], result.GetValue(mitigated) ?? []) is not { } options) return ExitCodes.Usage;
            CheckReport report;
            if (typed is not null)
            {
                if (!BuildNumber.TryParse(typed, out BuildNumber number, out BuildForm told)) return Refuse($"'{Inert.Terminal(typed)}' is no build. Write four numbers, such as 15.2.792.3, as the version of exsetup.exe has them.");
                report = PatchReview.OfBuild(number, told, options);
            }
            else
            {
                foreach (string path in given)
                {
                    if (!Path.Exists(path)) return Refuse($"There is no file or folder '{Inert.Terminal(path)}'. Name what holds the copied evidence.");
                }

                if (Scan(given, result.GetValue(threads), options) is not { } scanned) return ExitCodes.Interrupted;
                report = scanned;
            }

            if (result.GetValue(form) == "vex" && report.Servers.All(s => s.Build is null))
            {
                Console.Error.WriteLine("tocsin: no build was found, so there is no product that a VEX document could speak of. Give the version of exsetup.exe with --build.");
                return ExitCodes.NotAllExamined;
            }

            Write(report, result.GetValue(form)!, result.GetValue(all));
            return report.ExitCode;
        });
        return command;
    }

    static int Refuse(string why)
    {
        Console.Error.WriteLine($"tocsin: {why}");
        return ExitCodes.Usage;
    }

    static CheckOptions? Options(PatchTables tables, string? cve, string[] done, string[] mitigated)
    {
        KnownCve? only = null;
        if (cve is not null && (only = tables.CveOf(cve)) is null)
        {
            Refuse($"The table of {tables.Date:yyyy-MM-dd} does not have '{Inert.Terminal(cve)}'. It has CVE-… and ADV… of Exchange; is it written rightly, is there a newer table?");
            return null;
        }

        var steps = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        foreach (string id in done.SelectMany(d => d.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)))
        {
            if (tables.StepOf(id) is null && !tables.Specials.Any(s => s.Kb.Equals(id, StringComparison.OrdinalIgnoreCase)))
            {
                Refuse($"There is no step '{Inert.Terminal(id)}'. There are {string.Join(", ", tables.Steps.Select(s => s.Id))}, and the packages that the special updates of March 2021 lack (KB…).");
                return null;
            }

            steps.Add(id);
        }

        var by = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        foreach (string one in mitigated)
        {
            string[] parts = one.Split('=', 2, StringSplitOptions.TrimEntries);
            if (parts.Length < 2 || parts[1].Length == 0 || tables.CveOf(parts[0]) is null)
            {
                Refuse($"'{Inert.Terminal(one)}' does not say what is mitigated by what. Write --mitigated \"CVE-2021-26855=EOMT, rewrite rule tried on 23 November\".");
                return null;
            }

            by[parts[0]] = parts[1];
        }

        return new() { Tables = tables, Today = DateOnly.FromDateTime(DateTime.UtcNow), Only = only, Done = steps, Mitigations = by };
    }

    static CheckReport? Scan(string[] paths, int threads, CheckOptions options)
    {
        using var interrupted = new CancellationTokenSource();
        Console.CancelKeyPress += (_, e) =>
        {
            e.Cancel = true;
            interrupted.Cancel();
        };
        using var progress = new ProgressLine(Console.Error, Console.IsErrorRedirected);
        try
        {
            // Without rules nothing is looked for: only the versions are read.
            ScanReport scan = Scanner.Scan(new ScanOptions { Paths = paths, Packs = [], Threads = threads, Progress = progress }, interrupted.Token);
            return PatchReview.OfEvidence(scan, options with { ExploitedFrom = Windows() });
        }
        catch (OperationCanceledException)
        {
            Console.Error.WriteLine("tocsin: interrupted; nothing is said of evidence that was not read to its end.");
            return null;
        }
    }

    /// <summary>From when the flaws of the waves that packs know were exploited.</summary>
    static Dictionary<string, DateOnly> Windows()
    {
        var windows = new Dictionary<string, DateOnly>(StringComparer.OrdinalIgnoreCase);
        foreach (ThreatPack pack in ChosenPacks.Load(null, Console.Error) ?? [])
        {
            foreach (string cve in pack.Manifest.Cves) windows[cve] = pack.Manifest.Window.From;
        }

        return windows;
    }

    static void Write(CheckReport report, string form, bool all)
    {
        if (form == "text")
        {
            bool colour = !Console.IsOutputRedirected && string.IsNullOrEmpty(Environment.GetEnvironmentVariable("NO_COLOR"));
            using var writer = new StreamWriter(Console.OpenStandardOutput());
            CheckText.Write(report, writer, ScreenWidth(), colour, all);
            return;
        }

        using var output = new BufferedStream(Console.OpenStandardOutput());
        if (form == "json") CheckJson.Write(report, output);
        else CheckVex.Write(report, output, "The operator of the servers", DateTime.UtcNow);
    }

    static int ScreenWidth()
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
