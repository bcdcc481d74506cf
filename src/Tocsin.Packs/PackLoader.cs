using System.Globalization;
using System.Text;
using Tocsin.Detection;
using Tocsin.Detection.Yara;
using Tocsin.Packs.Builds;
using Tocsin.Packs.Loading;
using Tocsin.Packs.Manifests;

namespace Tocsin.Packs;

/// <summary>Loads threat packs. A pack with an error does not load, and every error of it is reported, not the first only.</summary>
public static class PackLoader
{
    /// <summary>The packs that came with the program.</summary>
    public static IReadOnlyList<ThreatPack> LoadEmbedded(ICollection<Diagnostic> diagnostics) => All(PackFiles.Embedded, diagnostics);

    /// <summary>Every pack in a folder of packs, in the order of their windows.</summary>
    /// <param name="files">The folder of packs.</param>
    /// <param name="diagnostics">Takes what is wrong.</param>
    /// <param name="yara">Compiles the packs' YARA rules too, so that a pack with a bad one does not load; null to trust them.</param>
    public static IReadOnlyList<ThreatPack> LoadAll(PackFiles files, ICollection<Diagnostic> diagnostics, YaraOptions? yara = null)
    {
        IReadOnlyList<ThreatPack> packs = All(files, diagnostics);
        return yara is null ? packs : PackYaraCheck.Sound(packs, yara, diagnostics);
    }

    static ThreatPack[] All(PackFiles files, ICollection<Diagnostic> diagnostics) =>
    [
        .. files.Paths.Where(p => p.Split('/') is [_, "pack.yaml"])
            .Select(p => Load(files, p.Split('/')[0], diagnostics)).OfType<ThreatPack>()
            .OrderBy(p => p.Manifest.Window.From).ThenBy(p => p.Id, StringComparer.Ordinal),
    ];

    /// <summary>One pack from its folder on disk, which lies in a folder of packs. Throws what the file system throws.</summary>
    public static ThreatPack? Load(string directory, ICollection<Diagnostic> diagnostics)
    {
        string full = Path.TrimEndingDirectorySeparator(Path.GetFullPath(directory));
        return Load(PackFiles.InDirectory(Path.GetDirectoryName(full) ?? full), Path.GetFileName(full), diagnostics);
    }

    /// <summary>One pack; null, with diagnostics, where something is wrong with it.</summary>
    /// <param name="files">The folder of packs.</param>
    /// <param name="id">The pack's folder in it.</param>
    /// <param name="diagnostics">Takes what is wrong; paths in it are relative to the folder of packs.</param>
    public static ThreatPack? Load(PackFiles files, string id, ICollection<Diagnostic> diagnostics)
    {
        var report = new PackReport(diagnostics);
        string path = $"{id}/pack.yaml";
        if (!files.Paths.Contains(path))
        {
            report.Error(PackCodes.MissingFile, path, 1, 1, "There is no such manifest.", $"Packs are folders with a pack.yaml in {files.Name}.");
            return null;
        }

        if (ManifestMap.Parse(Encoding.UTF8.GetString(files.Read(path).Span).TrimStart('\uFEFF'), path, report) is not { } root) return null;
        PackManifest manifest = ManifestReader.Read(root, id, out string table, out bool newerFixed);
        BuildTable builds = ReadBuilds(files, $"{id}/{table}", newerFixed, report);

        var rules = new PackRules(files, manifest, report);
        rules.Read(id, takenIn: false);
        foreach (string include in manifest.Includes)
        {
            string folder = $"shared/{include}";
            if (!files.Under($"{folder}/rules").Any()) report.Error(PackCodes.MissingFile, path, 1, 1, $"There are no rules in {folder}.", "Correct the name under 'includes'.");
            rules.Read(folder, takenIn: true);
        }

        rules.Close();
        if (manifest.Claims is null && rules.Rules.FirstOrDefault(r => r.OnlyInClaimedTime) is { } dated)
        {
            report.Error(PackCodes.MissingKey, path, 1, 1, $"The rule '{dated.Name}' counts in claimed time only, and the pack claims none.", "Add 'claims', or take out the rule or what is named under 'includes'.");
        }

        if (rules.Rules.Count == 0) report.Error(PackCodes.Unused, path, 1, 1, "The pack has no rules.", $"Put one into {id}/rules/.");
        foreach (Chain.ChainStep step in manifest.Chain.Steps.Where(s => rules.Rules.All(r => r.Step.Id != s.Id)))
        {
            report.Error(PackCodes.Unused, path, 1, 1, $"No rule belongs to the step '{step.Id}'.", "Write one, or take the step out: it could never be seen.");
        }

        return report.Errors > 0 ? null : new(manifest, rules.Rules, builds, rules.Samples) { Yara = rules.Yara };
    }

    // Shape: family,first-fixed,product; a first line of names; first-fixed is empty for a family that never got the fix.
    static BuildTable ReadBuilds(PackFiles files, string path, bool newerFixed, PackReport report)
    {
        var table = new Dictionary<BuildFamily, int?>();
        if (!files.Paths.Contains(path))
        {
            report.Error(PackCodes.MissingFile, path, 1, 1, "There is no such table of builds.", "Name it under 'fixed-builds'.");
            return new(table, newerFixed);
        }

        string[] lines = Encoding.UTF8.GetString(files.Read(path).Span).TrimStart('\uFEFF').Split('\n');
        for (int i = 1; i < lines.Length; i++)
        {
            string line = lines[i].TrimEnd('\r');
            if (line.Length == 0) continue;
            string[] cells = line.Split(',');
            int? first = null;
            bool good = cells.Length >= 2 && BuildFamily.TryParse(cells[0], out _);
            if (good && cells[1].Length > 0)
            {
                good = BuildFamily.TryParse(cells[1], out BuildFamily fixedFamily, out int revision) && fixedFamily.ToString() == cells[0];
                first = revision;
            }

            if (good && BuildFamily.TryParse(cells[0], out BuildFamily family) && table.TryAdd(family, first)) continue;
            report.Error(PackCodes.BadBuildRow, path, i + 1, 1, string.Create(CultureInfo.InvariantCulture, $"Row {i + 1} is no family with a build of its own, or stands there twice."), "Write 15.1.2176,15.1.2176.9,Exchange 2016 CU19.");
        }

        return new(table, newerFixed);
    }
}
