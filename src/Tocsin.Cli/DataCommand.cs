using System.CommandLine;
using Tocsin.Packs.Patches;
using Tocsin.Triage.Reports;

namespace Tocsin.Cli;

/// <summary><c>tocsin data update|show</c>: the package of builds, flaws and fixes that <c>tocsin check</c> decides by.</summary>
internal static class DataCommand
{
    public static Command Make() => new("data", "See and update the package of builds, flaws and fixes that 'tocsin check' decides by.") { Update(), Show() };

    static Command Update()
    {
        var file = new Argument<FileInfo>("FILE") { Description = "The package, a .zip file. Nothing is fetched: bring it here yourself." };
        var command = new Command("update", "Take a newer package into use, if it is whole and sound.\n\nExample: tocsin data update tocsin-exchange-2026.12.09.zip\n\nExit codes: 0 taken, 64 refused, 73 it cannot be written.") { file };
        command.SetAction(result => Run(result.GetValue(file)!));
        return command;
    }

    static Command Show()
    {
        var command = new Command("show", "Tell which package is in use.\n\nExample: tocsin data show");
        command.SetAction(_ =>
        {
            PatchTables tables = PatchPackages.Choose(null, Console.Error)!;
            string from = ReferenceEquals(tables, PatchTables.Embedded) ? "came with the program" : $"from {PatchPackages.UserFile}";
            Console.Out.WriteLine($"{Told(tables)}; {from}.");
            if (tables.IsOldOn(DateOnly.FromDateTime(DateTime.UtcNow))) Console.Error.WriteLine("tocsin: it is more than 60 days old; take a newer one.");
            return ExitCodes.NothingFound;
        });
        return command;
    }

    static int Run(FileInfo file)
    {
        if (!file.Exists)
        {
            Console.Error.WriteLine($"tocsin: there is no file {Inert.Terminal(file.FullName)}. Name a package, a .zip file.");
            return ExitCodes.Usage;
        }

        if (PatchPackages.Load(file.FullName, Console.Error) is not { } tables) return ExitCodes.Usage;
        PatchTables used = PatchPackages.Choose(null, Console.Error)!;
        if (tables.Date < used.Date)
        {
            Console.Error.WriteLine($"tocsin: this package is of {tables.Date:yyyy-MM-dd}, older than the one in use, of {used.Date:yyyy-MM-dd}. It is not taken; 'tocsin check --data' uses it once.");
            return ExitCodes.Usage;
        }

        if (PatchPackages.UserFile is not { } target)
        {
            Console.Error.WriteLine("tocsin: there is no folder for the user's data. Set XDG_DATA_HOME, or use 'tocsin check --data'.");
            return ExitCodes.CannotWrite;
        }

        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            // Whole or not at all: a check that runs meanwhile reads the old one.
            string written = target + ".new";
            file.CopyTo(written, overwrite: true);
            File.Move(written, target, overwrite: true);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            Console.Error.WriteLine($"tocsin: {target} could not be written: {e.Message}");
            return ExitCodes.CannotWrite;
        }

        Console.Out.WriteLine($"{Told(tables)}; written to {target}.");
        return ExitCodes.NothingFound;
    }

    static string Told(PatchTables tables) => $"Package {Inert.Terminal(tables.Version)} of {tables.Date:yyyy-MM-dd}: {tables.Builds.Count} builds, {tables.Cves.Count} flaws";
}
