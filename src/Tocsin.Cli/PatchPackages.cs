using Tocsin.Detection;
using Tocsin.Packs.Patches;
using Tocsin.Triage.Reports;

namespace Tocsin.Cli;

/// <summary>Which package of builds and flaws a command uses: one that it is given, else the newer of the user's and the program's own.</summary>
internal static class PatchPackages
{
    const int DiagnosticsShown = 20;

    /// <summary>Where <c>tocsin data update</c> puts a package; null where the user has no folder for data.</summary>
    public static string? UserFile =>
        Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData, Environment.SpecialFolderOption.DoNotVerify) is { Length: > 0 } folder ? Path.Combine(folder, "tocsin", "exchange.zip") : null;

    /// <summary>The package; null, with every error printed, where the one that was asked for does not load.</summary>
    public static PatchTables? Choose(string? path, TextWriter errors)
    {
        if (path is not null) return Load(path, errors);
        if (UserFile is not { } file || !File.Exists(file)) return PatchTables.Embedded;
        if (Load(file, errors) is { } updated) return updated.Date > PatchTables.Embedded.Date ? updated : PatchTables.Embedded;
        errors.WriteLine("tocsin: the updated package is passed over; the one that came with the program is used.");
        return PatchTables.Embedded;
    }

    /// <summary>The package at a path, compared with its hashes; null, with every error printed, where it does not load.</summary>
    public static PatchTables? Load(string path, TextWriter errors)
    {
        var diagnostics = new List<Diagnostic>();
        PatchTables? tables = null;
        try
        {
            if (Directory.Exists(path))
            {
                tables = PatchPackage.ReadFolder(path, diagnostics);
            }
            else
            {
                using FileStream zip = File.OpenRead(path);
                tables = PatchPackage.ReadZip(zip, diagnostics);
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            errors.WriteLine($"tocsin: {Inert.Terminal(path)} could not be read: {Inert.Terminal(e.Message)}");
            return null;
        }

        foreach (Diagnostic diagnostic in diagnostics.Take(DiagnosticsShown)) errors.WriteLine(Inert.Terminal(diagnostic.ToString()));
        if (diagnostics.Count > DiagnosticsShown) errors.WriteLine($"and {diagnostics.Count - DiagnosticsShown} more errors");
        if (tables is null) errors.WriteLine($"tocsin: {Inert.Terminal(path)} is not taken.");
        return tables;
    }
}
