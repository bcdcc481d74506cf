using System.CommandLine;
using System.Text;
using Tocsin.Evidence.Sources;
using Tocsin.Triage.Baselines;
using Tocsin.Triage.Reports;

namespace Tocsin.Cli;

/// <summary><c>tocsin baseline make|import</c>: lists of files known to be good.</summary>
internal static class BaselineCommand
{
    public static Command Make() => new("baseline", "Make lists of files known to be good, for 'tocsin scan --baseline'.") { MakeOf(), Import() };

    static Command MakeOf()
    {
        var path = new Argument<string>("DIR") { Description = "Install media (unpacked or .zip), or the files of a server known to be healthy. Only read." };
        var name = new Option<string>("--name") { HelpName = "TEXT", Description = "What the files are: product and version.", DefaultValueFactory = _ => "" };
        Option<FileInfo> output = Output();
        var command = new Command("make", "Hash every file of install media or of a healthy server.\n\nExample: tocsin baseline make /media/exchange --name \"Exchange 2019 CU12\" -o cu12.baseline\n\nExit codes: 0 done, 2 something could not be read, 64 wrong usage, 73 the file cannot be written.") { path, name, output };
        command.SetAction(result => Make(result.GetValue(path)!, result.GetValue(name)!, result.GetValue(output)!));
        return command;
    }

    static Command Import()
    {
        var lists = new Argument<string[]>("FILE") { Arity = ArgumentArity.OneOrMore, Description = "Hash lists: NSRL's NSRLFile.txt (RDS 2), CSV with a column SHA256, SHA1, MD5 or Hash, sha256sum and its like, hashdeep, rows of path and hash, other baselines." };
        var name = new Option<string>("--name") { HelpName = "TEXT", Description = "What the files are.", DefaultValueFactory = _ => "" };
        Option<FileInfo> output = Output();
        var command = new Command("import", "Make a baseline of hash lists that others publish, or join baselines.\n\nExample: tocsin baseline import NSRLFile.txt --name \"NSRL 2.83\" -o nsrl.baseline\n\nExit codes: 0 done, 2 lines were refused, 64 wrong usage, 73 the file cannot be written.") { lists, name, output };
        command.SetAction(result => Import(result.GetValue(lists)!, result.GetValue(name)!, result.GetValue(output)!));
        return command;
    }

    static Option<FileInfo> Output() => new("--output", "-o") { HelpName = "FILE", Required = true, Description = "The baseline to write." };

    static int Make(string path, string name, FileInfo output)
    {
        if (!Path.Exists(path))
        {
            Console.Error.WriteLine($"tocsin: there is no file or folder '{Inert.Terminal(path)}'. Name what holds the good files.");
            return ExitCodes.Usage;
        }

        var baseline = new Baseline(name.Length > 0 ? name : Path.GetFileName(Path.TrimEndingDirectorySeparator(path)));
        var problems = new List<SourceProblem>();
        using (var progress = new ProgressLine(Console.Error, Console.IsErrorRedirected)) BaselineMaker.Make(path, baseline, problems, progress);
        foreach (SourceProblem problem in problems.Take(20)) Console.Error.WriteLine(Inert.Terminal($"{problem.Path}: {problem.Reason}"));
        return Write(baseline, output, problems.Count, "places that could not be read");
    }

    static int Import(string[] lists, string name, FileInfo output)
    {
        var baseline = new Baseline(name.Length > 0 ? name : string.Join(", ", lists.Select(Path.GetFileName)));
        long refused = 0;
        foreach (string list in lists)
        {
            try
            {
                using FileStream content = File.OpenRead(list);
                HashListReport report = HashLists.Read(content, list, baseline);
                foreach (RefusedLine line in report.First) Console.Error.WriteLine(Inert.Terminal($"{line.File}({line.Line}): {line.Reason}."));
                Console.Error.WriteLine(Inert.Terminal($"{list}: read as {report.Format}: {report.Taken} lines taken, {report.Refused} refused."));
                refused += report.Refused;
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                Console.Error.WriteLine($"tocsin: the list '{Inert.Terminal(list)}' cannot be read: {Inert.Terminal(e.Message)}");
                return ExitCodes.Usage;
            }
        }

        if (baseline.Count > 0) return Write(baseline, output, refused, "lines refused");
        Console.Error.WriteLine("tocsin: no hash was found in the lists; nothing was written. See 'tocsin baseline import --help' for what is read.");
        return ExitCodes.Usage;
    }

    static int Write(Baseline baseline, FileInfo output, long missing, string what)
    {
        try
        {
            using var file = new StreamWriter(output.FullName, append: false, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false));
            baseline.Write(file);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            Console.Error.WriteLine($"tocsin: the baseline could not be written to {output.FullName}: {e.Message}");
            return ExitCodes.CannotWrite;
        }

        Console.Out.WriteLine($"Wrote {baseline.Count} files known as '{baseline.Name}' to {output.FullName}; {missing} {what}.");
        return missing > 0 ? ExitCodes.NotAllExamined : ExitCodes.NothingFound;
    }
}
