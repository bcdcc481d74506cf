using System.Reflection;

namespace Tocsin.Packs.Patches;

/// <summary>The files of a data package: where they come from, and whether they are those that its manifest names.</summary>
public static class PatchPackage
{
    static readonly Assembly Here = typeof(PatchPackage).Assembly;

    /// <summary>A file of the package that came with the program; null where it does not have it.</summary>
    public static Stream? OpenEmbedded(string file) => Here.GetManifestResourceStream("exchange/" + file);
}
