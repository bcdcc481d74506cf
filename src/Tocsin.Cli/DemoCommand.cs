using System.CommandLine;
using Tocsin.Cli.Exercises;
using Tocsin.Triage.Scanning;

namespace Tocsin.Cli;

/// <summary><c>tocsin demo</c>: makes an exercise server, scans it and shows the verdict.</summary>
internal static class DemoCommand
{
    public static Command Make()
    {
        var output = new Option<DirectoryInfo?>("--output", "-o") { HelpName = "DIR", Description = "Where to put the made-up server and the report; a folder 'tocsin-demo' here if not given." };
        var command = new Command("demo", "Make the logs of a made-up server that was attacked, scan them and show the verdict.\n\nExample: tocsin demo") { output };
        command.SetAction(result => Run(result.GetValue(output) ?? new DirectoryInfo("tocsin-demo")));
        return command;
    }

    static int Run(DirectoryInfo folder)
    {
        string server = Path.Combine(folder.FullName, "server");
        if (Directory.Exists(server))
        {
            Console.Out.WriteLine($"Using the made-up server in {server}.");
        }
        else
        {
            Console.Out.WriteLine("Making the logs of a server that was attacked in March 2021 (all made up) …");
            int code = ExerciseCommand.Write(new ExerciseOptions("used", 20210303, 25_000_000, server) { Degree = Environment.ProcessorCount });
            if (code != 0) return code;
        }

        if (ChosenPacks.Load(null, Console.Error) is not { } packs) return ExitCodes.Usage;
        Console.Out.WriteLine($"Scanning it as you would scan yours:  tocsin scan {Path.GetRelativePath(Environment.CurrentDirectory, server)} --report {Path.GetRelativePath(Environment.CurrentDirectory, Path.Combine(folder.FullName, "report"))}");
        Console.Out.WriteLine();
        int scan = ScanCommand.Run(new ScanOptions { Paths = [server], Packs = packs }, quiet: false, new DirectoryInfo(Path.Combine(folder.FullName, "report")), []);

        // A demonstration that finds what was put there has done its work.
        return scan == ExitCodes.Findings ? 0 : scan;
    }
}
