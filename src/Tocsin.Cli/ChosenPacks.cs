using Tocsin.Detection;
using Tocsin.Detection.Yara;
using Tocsin.Packs;
using Tocsin.Packs.Loading;

namespace Tocsin.Cli;

/// <summary>Loads the packs that a command was asked to use, and says what is wrong with them.</summary>
internal static class ChosenPacks
{
    /// <summary>The packs; null, with every error printed, where one does not load.</summary>
    /// <param name="folder">A folder of packs; null for those that came with the program.</param>
    /// <param name="errors">Where errors go.</param>
    /// <param name="yara">Compiles the YARA rules of a folder's packs too; those that came with the program are tested with it.</param>
    public static IReadOnlyList<ThreatPack>? Load(DirectoryInfo? folder, TextWriter errors, YaraOptions? yara = null)
    {
        var diagnostics = new List<Diagnostic>();
        if (folder is { Exists: false })
        {
            errors.WriteLine($"tocsin: there is no folder {folder.FullName}. Name a folder that holds packs, each with a pack.yaml.");
            return null;
        }

        IReadOnlyList<ThreatPack> packs = folder is null ? PackLoader.LoadEmbedded(diagnostics) : PackLoader.LoadAll(PackFiles.InDirectory(folder.FullName), diagnostics, yara ?? new());
        foreach (Diagnostic d in diagnostics)
        {
            errors.WriteLine($"{d.File}({d.Line},{d.Column}): {d.Code} {d.Message} {d.Hint}");
        }

        if (packs.Count > 0 && diagnostics.Count == 0) return packs;
        if (packs.Count == 0) errors.WriteLine("tocsin: no pack was loaded.");
        return diagnostics.Count > 0 || packs.Count == 0 ? null : packs;
    }
}
