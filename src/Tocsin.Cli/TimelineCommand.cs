using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using Tocsin.Packs;
using Tocsin.Triage.Reports;
using Tocsin.Triage.Scanning;
using Tocsin.Triage.Timeline;

namespace Tocsin.Cli;

/// <summary><c>tocsin timeline PATH… -o FILE</c>: everything that has a time, of all evidence, in one order.</summary>
internal static class TimelineCommand
{
    static readonly Dictionary<string, TimelineFormat> _formats = new(StringComparer.Ordinal)
    {
        ["csv"] = TimelineFormat.Csv, ["jsonl"] = TimelineFormat.JsonLines, ["timesketch"] = TimelineFormat.Timesketch,
    };

    public static Command Make()
    {
        var paths = new Argument<string[]>("PATH") { Arity = ArgumentArity.OneOrMore, Description = "Folders, mounted disks, files, .zip or .tar.gz of Exchange servers' files. Only read, never changed." };
        var output = new Option<FileInfo>("--output", "-o") { HelpName = "FILE", Required = true, Description = "Where to. Temporary files, as large as the timeline, are kept in the same folder until it is written." };
        var format = new Option<string?>("--format") { HelpName = "csv|jsonl|timesketch", Description = "Without it: csv for a FILE that ends in .csv, else timesketch (JSON lines; the name must end in .jsonl to be imported)." };
        format.AcceptOnlyFromAmong([.. _formats.Keys]);
        Option<DateTime?> from = Time("--from", "Only what happened at this time or later, UTC: 2021-02-27 or 2021-03-03T07:10:58.");
        Option<DateTime?> to = Time("--to", "Only what happened before this time, UTC. A day alone is included whole.", wholeDay: true);
        var window = new Option<string?>("--window") { HelpName = "WAVE", Description = "Only the days in which this wave hit servers: the id of a pack, such as proxylogon." };
        var findings = new Option<bool>("--findings-only") { Description = "Only records that are findings." };
        var server = new Option<string?>("--server") { HelpName = "NAME", Description = "Only records of this server." };
        var zone = new Option<TimeSpan?>("--zone") { HelpName = "OFFSET", Description = "Also write each time as the server's own clock showed it, as a column 'local': +01:00, -05:00.", CustomParser = Zone };
        var packs = new Option<DirectoryInfo?>("--packs") { HelpName = "DIR", Description = "Use the threat packs in this folder instead of the built-in ones." };
        var threads = new Option<int>("--threads") { HelpName = "N", Description = "How many files to read at once. The timeline does not depend on it.", DefaultValueFactory = _ => Environment.ProcessorCount };
        var command = new Command("timeline", "Put every record that has a time, of every log and server, into one file in order of time, and mark those that are findings.\n\nA busy server writes millions of records a day: --window, --from and --to keep the file to the days that matter.\n\nExample: tocsin timeline /evidence/EX01 -o EX01.jsonl --window proxylogon\n\nExit codes: 0 written, 2 written but something could not be examined, 64 wrong usage, 73 could not be written.")
        {
            paths, output, format, from, to, window, findings, server, zone, packs, threads,
        };
        command.SetAction(result =>
        {
            IReadOnlyList<ThreatPack>? loaded = ChosenPacks.Load(result.GetValue(packs), Console.Error);
            if (loaded is null) return ExitCodes.Usage;
            string[] given = result.GetValue(paths)!;
            if (given.FirstOrDefault(p => !Path.Exists(p)) is { } missing) return Wrong($"there is no file or folder '{Inert.Terminal(missing)}'. Name what holds the copied evidence.");
            FileInfo file = result.GetValue(output)!;
            if (file.Exists) return Wrong($"{file.FullName} is there already. Name a new file, or delete it.");

            DateTime? fromUtc = result.GetValue(from), toUtc = result.GetValue(to);
            if (result.GetValue(window) is { } wave)
            {
                if (loaded.FirstOrDefault(p => p.Id.Equals(wave, StringComparison.OrdinalIgnoreCase)) is not { } pack) return Wrong($"there is no pack '{Inert.Terminal(wave)}'. Known: {string.Join(", ", loaded.Select(p => p.Id))}.");
                fromUtc = Later(fromUtc, pack.Manifest.Window.FromUtc);
                toUtc = Earlier(toUtc, pack.Manifest.Window.EndUtc);
            }

            if (fromUtc >= toUtc) return Wrong("nothing can happen at or after --from and before --to.");
            string fallback = file.Extension.Equals(".csv", StringComparison.OrdinalIgnoreCase) ? "csv" : "timesketch";
            return Run(file, new TimelineOptions
            {
                Scan = new ScanOptions { Paths = given, Packs = loaded, Threads = result.GetValue(threads) },
                TemporaryFile = () => TemporaryIn(file.Directory!.FullName),
                Format = _formats[result.GetValue(format) ?? fallback],
                FromUtc = fromUtc,
                ToUtc = toUtc,
                FindingsOnly = result.GetValue(findings),
                Server = result.GetValue(server),
                Zone = result.GetValue(zone),
            });
        });
        return command;
    }

    static int Run(FileInfo file, TimelineOptions options)
    {
        using var interrupted = new CancellationTokenSource();
        Console.CancelKeyPress += (_, e) =>
        {
            e.Cancel = true;
            interrupted.Cancel();
        };

        bool whole = false;
        try
        {
            file.Directory!.Create();
            TimelineSummary summary;
            using (var progress = new ProgressLine(Console.Error, Console.IsErrorRedirected))
            using (FileStream to = new(file.FullName, FileMode.CreateNew, FileAccess.Write, FileShare.Read, bufferSize: 0))
            {
                summary = TimelineBuilder.Write(options with { Scan = options.Scan with { Progress = progress } }, to, progress, interrupted.Token);
                whole = true;
            }

            Tell(summary, file);
            return summary.Report.Problems.Count > 0 || summary.Report.Totals.Unread > 0 ? ExitCodes.NotAllExamined : ExitCodes.NothingFound;
        }
        catch (OperationCanceledException)
        {
            Console.Error.WriteLine("tocsin: interrupted; no timeline was written.");
            return ExitCodes.Interrupted;
        }
        catch (ArgumentException e)
        {
            return Wrong(Inert.Terminal(e.Message));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            Console.Error.WriteLine($"tocsin: the timeline could not be written to {file.FullName}: {e.Message}");
            return ExitCodes.CannotWrite;
        }
        finally
        {
            if (!whole) TryDelete(file);
        }
    }

    static void Tell(TimelineSummary summary, FileInfo file)
    {
        ScanTotals totals = summary.Report.Totals;
        string span = summary.FirstUtc is { } first && summary.LastUtc is { } last
            ? string.Create(CultureInfo.InvariantCulture, $", from {first:yyyy-MM-dd HH:mm:ss}Z to {last:yyyy-MM-dd HH:mm:ss}Z") : "";
        Console.Out.WriteLine(string.Create(CultureInfo.InvariantCulture, $"Wrote {summary.Rows:#,0} rows, {summary.Findings:#,0} of them findings{span}, to {file.FullName}."));
        Console.Out.WriteLine(string.Create(CultureInfo.InvariantCulture, $"They are from {totals.Artifacts:#,0} artifacts of {summary.Report.Servers.Count:#,0} servers ({totals.Records:#,0} records read)."));
        if (summary.WithoutTime > 0) Console.Out.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{summary.WithoutTime:#,0} records say no time and are not in it; `tocsin scan` judges them all the same."));
        if (totals.Unread > 0) Console.Out.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{totals.Unread:#,0} files could not be read, or not wholly; `tocsin scan` names them."));
        foreach (ServerReport server in summary.Report.Servers)
        {
            foreach (ClockReport clock in server.Clocks.Where(c => c.Finding != ClockFinding.Agree)) Console.Out.WriteLine($"{Inert.Terminal(server.Name)}: {Inert.Terminal(clock.Says)}");
        }
    }

    static FileStream TemporaryIn(string folder) => new(
        Path.Combine(folder, $".tocsin-{Path.GetRandomFileName()}.tmp"), FileMode.CreateNew, FileAccess.ReadWrite, FileShare.None, bufferSize: 0, FileOptions.DeleteOnClose);

    static void TryDelete(FileInfo file)
    {
        try
        {
            file.Delete();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            Console.Error.WriteLine($"tocsin: {file.FullName} is not whole and could not be deleted: {e.Message}");
        }
    }

    static int Wrong(string what)
    {
        Console.Error.WriteLine($"tocsin: {what}");
        return ExitCodes.Usage;
    }

    static Option<DateTime?> Time(string name, string description, bool wholeDay = false) => new(name)
    {
        HelpName = "TIME",
        Description = description,
        CustomParser = result =>
        {
            string text = result.Tokens.Count > 0 ? result.Tokens[0].Value : "";
            const DateTimeStyles Utc = DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal;
            if (DateTime.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, Utc, out DateTime day)) return wholeDay ? day.AddDays(1) : day;
            string[] forms = ["yyyy-MM-dd'T'HH:mm", "yyyy-MM-dd'T'HH:mm:ss", "yyyy-MM-dd'T'HH:mm:ss'Z'", "yyyy-MM-dd HH:mm", "yyyy-MM-dd HH:mm:ss", "yyyy-MM-dd HH:mm:ss'Z'"];
            if (DateTime.TryParseExact(text, forms, CultureInfo.InvariantCulture, Utc, out DateTime time)) return time;
            result.AddError($"'{text}' is no time. Write it in UTC, like 2021-03-03 or 2021-03-03T07:10:58.");
            return null;
        },
    };

    static TimeSpan? Zone(ArgumentResult result)
    {
        string text = result.Tokens.Count > 0 ? result.Tokens[0].Value : "";
        bool read = TimeSpan.TryParseExact(text.TrimStart('+', '-'), ["hh\\:mm", "h\\:mm"], CultureInfo.InvariantCulture, out TimeSpan offset) && offset <= TimeSpan.FromHours(14);
        if (read && text[0] is '+' or '-') return text[0] == '-' ? -offset : offset;
        result.AddError($"'{text}' is no offset from UTC. Write it like +01:00 or -05:00.");
        return null;
    }

    static DateTime? Later(DateTime? a, DateTime b) => a > b ? a : b;

    static DateTime? Earlier(DateTime? a, DateTime b) => a < b ? a : b;
}
