using Tocsin.Detection;
using Tocsin.Detection.Sigma;
using Tocsin.Detection.Sigma.Correlations;

namespace Tocsin.Triage.Scanning;

/// <summary>Anybody's Sigma rules, applied beside the packs. Immutable.</summary>
/// <param name="Rules">Those that were read.</param>
/// <param name="Correlations">Correlations of them.</param>
/// <param name="Files">How many files were read.</param>
/// <param name="Diagnostics">What was refused, and what was remarked on.</param>
public sealed record OtherRules(IReadOnlyList<SigmaRule> Rules, IReadOnlyList<SigmaCorrelation> Correlations, int Files, IReadOnlyList<Diagnostic> Diagnostics)
{
    /// <summary>Reads the rules out of files.</summary>
    /// <param name="files">The name and the text of each, in the order in which they shall count.</param>
    /// <param name="placeholders">What their placeholders stand for.</param>
    public static OtherRules Read(IReadOnlyList<(string Name, string Text)> files, SigmaPlaceholders placeholders)
    {
        // Reading 3,000 rules is most of the time in which a small scan seems to do nothing.
        (SigmaDocuments Documents, List<Diagnostic> Diagnostics)[] read =
        [
            .. files.AsParallel().AsOrdered().Select(file =>
            {
                var diagnostics = new List<Diagnostic>();
                return (SigmaParser.ParseAll(file.Text, file.Name, placeholders, diagnostics), diagnostics);
            }),
        ];
        return new([.. read.SelectMany(r => r.Documents.Rules)], [.. read.SelectMany(r => r.Documents.Correlations)], files.Count, [.. read.SelectMany(r => r.Diagnostics)]);
    }
}
