using System.Collections.Concurrent;
using Tocsin.Detection.Sigma.Correlations;
using Tocsin.Evidence.Records;

namespace Tocsin.Detection.Sigma;

/// <summary>Rules that are used together, compiled for each log source when it is first asked for. Safe to share between threads.</summary>
public sealed class RuleSet
{
    readonly Func<LogSource, IEnumerable<string>> _extraFields;
    readonly ConcurrentDictionary<LogSource, SourceRules> _bySource = new();

    RuleSet(SigmaRule[] rules, CorrelationSet correlations, Func<LogSource, IEnumerable<string>> extraFields)
    {
        Rules = rules;
        Correlations = correlations;
        _extraFields = extraFields;
    }

    /// <summary>The rules; matches are indexes into this list.</summary>
    public IReadOnlyList<SigmaRule> Rules { get; }

    /// <summary>The correlations of them.</summary>
    public CorrelationSet Correlations { get; }

    /// <summary>Puts rules together. Of two with one id the later is refused; one that no reader serves is kept with a warning.</summary>
    /// <param name="rules">In the order in which matches shall be reported.</param>
    /// <param name="extraFields">Fields that the caller will read from every record beside the rules' own.</param>
    /// <param name="diagnostics">Takes errors and warnings.</param>
    public static RuleSet Compile(IEnumerable<SigmaRule> rules, IEnumerable<string> extraFields, ICollection<Diagnostic> diagnostics) => Compile(rules, [], extraFields, diagnostics);

    /// <summary>The same, with correlations of the rules; one that refers to what is not there is refused.</summary>
    /// <param name="rules">In the order in which matches shall be reported.</param>
    /// <param name="correlations">Correlations of them and of each other.</param>
    /// <param name="extraFields">Fields that the caller will read from every record beside the rules' own.</param>
    /// <param name="diagnostics">Takes errors and warnings.</param>
    public static RuleSet Compile(IEnumerable<SigmaRule> rules, IEnumerable<SigmaCorrelation> correlations, IEnumerable<string> extraFields, ICollection<Diagnostic> diagnostics)
    {
        string[] everywhere = [.. extraFields];
        return Compile(rules, correlations, _ => everywhere, diagnostics);
    }

    /// <summary>The same, for a caller that reads other fields of each log source.</summary>
    public static RuleSet Compile(IEnumerable<SigmaRule> rules, IEnumerable<SigmaCorrelation> correlations, Func<LogSource, IEnumerable<string>> extraFields, ICollection<Diagnostic> diagnostics)
    {
        var kept = new List<SigmaRule>();
        var byId = new Dictionary<string, SigmaRule>(StringComparer.OrdinalIgnoreCase);
        foreach (SigmaRule rule in rules)
        {
            var report = new DiagnosticBag(rule.File, diagnostics);
            if (!byId.TryAdd(rule.Id, rule))
            {
                report.Error(SigmaCodes.DuplicateId, rule.Line, 1, $"The id {rule.Id} belongs to the rule in {byId[rule.Id].File} already.", "Give the rule an id of its own, or take out the copy.");
                continue;
            }

            if (!Taxonomy.HasReader(rule.LogSource))
            {
                report.Warn(SigmaCodes.NoReader, rule.LogSourceLine, 1, $"No reader produces the log source {rule.LogSource}: the rule cannot fire.", "Look for the log source under another name, or leave the rule out.");
            }

            kept.Add(rule);
        }

        return new([.. kept], CorrelationSet.Resolve(correlations, kept, diagnostics), extraFields);
    }

    /// <summary>The rules that concern an artifact's log source; the same object each time.</summary>
    public SourceRules For(LogSource artifact) =>
        _bySource.GetOrAdd(artifact, static (source, set) => new(source, set.Rules, [.. set._extraFields(source)], set.Correlations.Captures), this);
}
