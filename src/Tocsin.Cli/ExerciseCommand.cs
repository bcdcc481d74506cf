using System.CommandLine;
using Tocsin.Cli.Exercises;

namespace Tocsin.Cli;

/// <summary><c>tocsin exercise NAME</c>: a made-up server's logs, for training, tests and benchmarks.</summary>
internal static class ExerciseCommand
{
    public static Command Make()
    {
        string names = string.Join("\n", Exercise.Scenarios.Select(s => $"  {s.Name,-22} {s.Title}"));
        var name = new Argument<string>("NAME") { Description = "The scenario; see the list above." };
        name.AcceptOnlyFromAmong([.. Exercise.Scenarios.Select(s => s.Name)]);
        var seed = new Option<ulong>("--seed") { HelpName = "N", Description = "Chooses the server, its people, the day and the attacker. Same seed, same bytes.", DefaultValueFactory = _ => 1UL };
        var size = SizeOption("--size", "Roughly how large, such as 20MB or 2GB.", "20MB");
        var iis = SizeOption("--iis", "How much of it IIS logs.", null);
        var proxy = SizeOption("--httpproxy", "How much of it HttpProxy logs.", null);
        var days = new Option<int?>("--days") { HelpName = "N", Description = "How many days the IIS logs reach back." };
        var output = new Option<DirectoryInfo>("--output", "-o") { HelpName = "DIR", Required = true, Description = "Where to; must be empty or new." };
        var command = new Command("exercise", $"Write the logs of a made-up Exchange server, with an attack or without, and truth.json. It writes files and attacks nothing.\n\nScenarios:\n{names}\n\nExample: tocsin exercise used --seed 7 --size 50MB -o training")
        {
            name, seed, size, iis, proxy, days, output,
        };
        command.SetAction(result =>
        {
            var options = new ExerciseOptions(result.GetValue(name)!, result.GetValue(seed), result.GetValue(size) ?? 20_000_000, result.GetValue(output)!.FullName)
            {
                IisBytes = result.GetValue(iis),
                HttpProxyBytes = result.GetValue(proxy),
                Days = result.GetValue(days),
                Degree = Environment.ProcessorCount,
            };
            return Write(options);
        });
        return command;
    }

    /// <summary>Writes an exercise and says where it is.</summary>
    public static int Write(ExerciseOptions options)
    {
        try
        {
            ExerciseTruth truth = Exercise.Write(options);
            Console.Out.WriteLine($"Wrote the exercise '{options.Scenario}' (seed {options.Seed}) to {options.Directory}. What is true of it stands in truth.json.");
            _ = truth;
            return ExitCodes.NothingFound;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
        {
            Console.Error.WriteLine($"tocsin: the exercise could not be written: {e.Message}");
            return ExitCodes.CannotWrite;
        }
    }

    static Option<long?> SizeOption(string name, string description, string? fallback) => new(name)
    {
        HelpName = "SIZE",
        Description = description,
        DefaultValueFactory = _ => fallback is not null && ByteSize.TryParse(fallback, out long bytes) ? bytes : null,
        CustomParser = result =>
        {
            string text = result.Tokens.Count > 0 ? result.Tokens[0].Value : "";
            if (ByteSize.TryParse(text, out long bytes)) return bytes;
            result.AddError($"'{text}' is no size. Write it like 20MB or 2GB.");
            return null;
        },
    };
}
