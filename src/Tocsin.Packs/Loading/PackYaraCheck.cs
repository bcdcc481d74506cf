using Tocsin.Detection;
using Tocsin.Detection.Yara;

namespace Tocsin.Packs.Loading;

/// <summary>Compiles the YARA rules of packs to see whether they can be; costs seconds, so the packs that came with the program are trusted and this is for others.</summary>
static class PackYaraCheck
{
    /// <summary>The packs whose YARA rules all compile.</summary>
    public static IReadOnlyList<ThreatPack> Sound(IReadOnlyList<ThreatPack> packs, YaraOptions options, ICollection<Diagnostic> diagnostics)
    {
        YaraSource[] sources = [.. packs.SelectMany(p => p.Yara).DistinctBy(y => y.Path).Select(y => new YaraSource(y.Path, y.Path, y.Text))];
        if (sources.Length == 0) return packs;
        using YaraRules? rules = YaraCompiler.Compile(sources, options, diagnostics);
        var good = (rules?.Sources ?? []).Select(s => s.File).ToHashSet(StringComparer.Ordinal);
        return [.. packs.Where(p => p.Yara.All(y => good.Contains(y.Path)))];
    }
}
