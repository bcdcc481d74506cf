using Tocsin.Packs.Patches;

namespace Tocsin.Cli;

/// <summary>Which package of builds and flaws a command uses.</summary>
internal static class PatchPackages
{
    /// <summary>The package at a path, or the one that came with the program; null, with every error printed, where it does not load.</summary>
    public static PatchTables? Choose(string? path, TextWriter errors)
    {
        if (path is null) return PatchTables.Embedded;
        errors.WriteLine("tocsin: not yet");
        return null;
    }
}
