using Tocsin.Detection;
using Tocsin.Detection.Sigma;
using Tocsin.Triage.Reports;
using Tocsin.Triage.Scanning;

namespace Tocsin.Cli;

/// <summary>Reads the Sigma rules that a command was asked to apply beside the packs.</summary>
internal static class RuleFiles
{
    /// <summary>Bounds what is read whole: the longest rule of SigmaHQ has 110 KB.</summary>
    const long MaxBytes = 4 * 1024 * 1024;

    const int MaxPrinted = 50;

    /// <summary>The rules; null, with the reason printed, where a path is wrong or holds none. What is refused is printed and left out.</summary>
    /// <param name="paths">Files, and folders with <c>.yml</c> and <c>.yaml</c> files in them, however deep.</param>
    /// <param name="placeholders">A file with what placeholders stand for; null for none.</param>
    /// <param name="errors">Where errors go.</param>
    public static OtherRules? Load(IReadOnlyList<string> paths, FileInfo? placeholders, TextWriter errors)
    {
        var diagnostics = new List<Diagnostic>();
        var files = new List<(string, string)>();
        SigmaPlaceholders known = SigmaPlaceholders.None;
        try
        {
            if (placeholders is not null) known = SigmaPlaceholders.Parse(File.ReadAllText(placeholders.FullName), placeholders.Name, diagnostics);
            foreach (string path in paths)
            {
                if (!Path.Exists(path))
                {
                    errors.WriteLine($"tocsin: there is no file or folder '{Inert.Terminal(path)}'. Name a Sigma rule, or a folder of them.");
                    return null;
                }

                foreach (string file in FilesOf(path))
                {
                    if (new FileInfo(file).Length <= MaxBytes) files.Add((file, File.ReadAllText(file)));
                    else diagnostics.Add(new(SigmaCodes.TooLarge, file, 1, 1, $"The file has more than {MaxBytes} bytes.", "Split it."));
                }
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            errors.WriteLine($"tocsin: the rules could not be read: {Inert.Terminal(e.Message)}");
            return null;
        }

        OtherRules read = OtherRules.Read(files, known);
        OtherRules rules = read with { Diagnostics = [.. diagnostics, .. read.Diagnostics] };
        Diagnostic[] refused = [.. rules.Diagnostics.Where(d => !d.IsWarning)];
        foreach (Diagnostic d in refused.Take(MaxPrinted)) errors.WriteLine(Inert.Terminal($"{d.File}({d.Line},{d.Column}): {d.Code} {d.Message} {d.Hint}"));
        if (refused.Length > MaxPrinted) errors.WriteLine($"tocsin: {refused.Length - MaxPrinted} more refusals; report.json has them all.");
        if (rules.Rules.Count > 0) return rules;
        errors.WriteLine($"tocsin: no rule was found in {string.Join(", ", paths.Select(Inert.Terminal))}. Rules are .yml files.");
        return null;
    }

    // In an order that does not depend on the disk: of two rules with one id the first counts. Links are not followed, they may go round.
    static IEnumerable<string> FilesOf(string path)
    {
        if (File.Exists(path)) return [path];
        var options = new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = FileAttributes.ReparsePoint, IgnoreInaccessible = false };
        return Directory.EnumerateFiles(path, "*", options)
            .Where(f => Path.GetExtension(f).ToLowerInvariant() is ".yml" or ".yaml").Order(StringComparer.Ordinal);
    }
}
