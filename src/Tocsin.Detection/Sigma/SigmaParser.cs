using System.Buffers;
using Tocsin.Detection.Sigma.Correlations;
using Tocsin.Evidence.Records;

namespace Tocsin.Detection.Sigma;

/// <summary>Reads Sigma rules (specification v2) from YAML.</summary>
/// <remarks>
/// Rules come from strangers: nothing here throws for what a file says, and depth and size are bounded. A rule with an
/// error is refused whole, and every error of a file is reported, not the first only.
/// </remarks>
public static class SigmaParser
{
    static readonly string[] OtherDocuments = ["filter", "action", "global"];

    // What a condition could not tell from its own grammar.
    static readonly SearchValues<char> Grammar = SearchValues.Create(" \t\r\n()|*?");

    /// <summary>The rules of a file that have no errors. A correlation is refused: for who has no use for them.</summary>
    /// <param name="yaml">The file's text; may hold several documents.</param>
    /// <param name="file">What to call it.</param>
    /// <param name="diagnostics">Takes errors and warnings.</param>
    public static IReadOnlyList<SigmaRule> Parse(string yaml, string file, ICollection<Diagnostic> diagnostics) => ParseAll(yaml, file, new DiagnosticBag(file, diagnostics), correlations: false).Rules;

    /// <summary>The rules and correlations of a file that have no errors.</summary>
    /// <param name="yaml">The file's text; may hold several documents.</param>
    /// <param name="file">What to call it.</param>
    /// <param name="diagnostics">Takes errors and warnings.</param>
    public static SigmaDocuments ParseAll(string yaml, string file, ICollection<Diagnostic> diagnostics) => ParseAll(yaml, file, SigmaPlaceholders.None, diagnostics);

    /// <summary>The same, with what placeholders stand for.</summary>
    /// <param name="yaml">The file's text; may hold several documents.</param>
    /// <param name="file">What to call it.</param>
    /// <param name="placeholders">What <c>%name%</c> stands for behind <c>|expand</c>.</param>
    /// <param name="diagnostics">Takes errors and warnings.</param>
    public static SigmaDocuments ParseAll(string yaml, string file, SigmaPlaceholders placeholders, ICollection<Diagnostic> diagnostics) =>
        ParseAll(yaml, file, new DiagnosticBag(file, diagnostics) { Placeholders = placeholders }, correlations: true);

    static SigmaDocuments ParseAll(string yaml, string file, DiagnosticBag report, bool correlations)
    {
        var rules = new List<SigmaRule>();
        var joined = new List<SigmaCorrelation>();
        List<YamlItem> documents = SigmaYaml.Read(yaml, report);
        if (documents.Count == 0 && report.Errors == 0) report.Error(SigmaCodes.NotAMap, 1, 1, "The file holds no rule.", "A rule begins with title, logsource and detection.");

        // A key that stands twice or a broken document later in the file leaves doubt about what the author meant.
        if (report.Errors > 0) return new(rules, joined);

        for (int i = 0; i < documents.Count; i++)
        {
            int before = report.Errors;
            string fallbackId = documents.Count == 1 ? file : $"{file}#{i + 1}";
            if (documents[i] is YamlMap map && map["correlation"] is { } correlation)
            {
                if (!correlations) report.Error(SigmaCodes.NotADetection, correlation, "This is a 'correlation' document.", "Only rules over single records belong here.");
                else if (ParseCorrelation(map, correlation, fallbackId, report) is { } parsed && report.Errors == before) joined.Add(parsed);
            }
            else if (ParseRule(documents[i], fallbackId, report) is { } rule && report.Errors == before) rules.Add(rule);
        }

        return new(rules, joined);
    }

    static SigmaCorrelation? ParseCorrelation(YamlMap map, YamlItem correlation, string fallbackId, DiagnosticBag report)
    {
        if (correlation is not YamlMap inner)
        {
            report.Error(SigmaCodes.WrongShape, correlation, $"'correlation' is {correlation.Shape}.", "Write type, rules, timespan and condition under it.");
            return null;
        }

        var keys = new RuleKeys(map, report);
        return new CorrelationParser(inner, report).Parse(new SigmaCorrelation
        {
            Id = keys.Text("id") is { Length: > 0 } id ? id : fallbackId,
            Name = keys.Text("name"),
            Title = keys.RequiredText("title"),
            Description = keys.Text("description"),
            Status = keys.Word<RuleStatus>("status"),
            Level = keys.Word<RuleLevel>("level"),
            Tags = keys.List("tags"),
            References = keys.List("references"),
            Author = string.Join(", ", keys.List("author")),
            License = keys.Text("license"),
            File = report.File,
            Line = map.Line,
        });
    }

    static SigmaRule? ParseRule(YamlItem document, string fallbackId, DiagnosticBag report)
    {
        if (document is not YamlMap map)
        {
            report.Error(SigmaCodes.NotAMap, document, $"The document is {document.Shape}.", "A rule is a map that begins with title, logsource and detection.");
            return null;
        }

        if (OtherDocuments.FirstOrDefault(k => map[k] is not null) is { } kind)
        {
            string hint = kind == "filter"
                ? "Specification and reference program disagree on whether a filter's condition keeps or drops a match; write a filter selection into the rules themselves."
                : "Sigma v2 has no actions over several documents; write each rule out.";
            report.Error(SigmaCodes.NotADetection, map[kind]!, $"This is a '{kind}' document.", hint);
            return null;
        }

        var keys = new RuleKeys(map, report);
        string title = keys.RequiredText("title");
        LogSource source = keys.LogSource(out int sourceLine);
        RuleDetection? detection = map["detection"] is null ? keys.Missing<RuleDetection>("detection") : ParseDetection(map["detection"]!, report);
        var rule = new SigmaRule
        {
            Id = keys.Text("id") is { Length: > 0 } id ? id : fallbackId,
            Name = keys.Text("name"),
            Title = title,
            Description = keys.Text("description"),
            Status = keys.Word<RuleStatus>("status"),
            Level = keys.Word<RuleLevel>("level"),
            Tags = keys.List("tags"),
            References = keys.List("references"),
            FalsePositives = keys.List("falsepositives"),
            Author = string.Join(", ", keys.List("author")),
            License = keys.Text("license"),
            Tocsin = keys.Map("tocsin"),
            LogSource = source,
            Detection = detection!,
            File = report.File,
            Line = map.Line,
            LogSourceLine = sourceLine,
        };
        return detection is null ? null : rule;
    }

    static RuleDetection? ParseDetection(YamlItem item, DiagnosticBag report)
    {
        if (item is not YamlMap map)
        {
            report.Error(SigmaCodes.WrongShape, item, $"'detection' is {item.Shape}.", "Write selections and a condition under it.");
            return null;
        }

        if (map["timeframe"] is { } timeframe) report.Error(SigmaCodes.Aggregation, timeframe, "'timeframe' has nothing to act on in a rule over single records.", "Sigma moved this to correlation rules; take it out.");

        List<Selection> selections = ParseSelections(map, report, out bool complete);
        if (map["condition"] is not { } condition)
        {
            report.Error(SigmaCodes.MissingKey, map, "'condition' is missing.", "Say which selections must hold: condition: selection.");
            return null;
        }

        // Without all selections the condition would be blamed for names that are there.
        if (!complete) return null;

        var used = new HashSet<string>(StringComparer.Ordinal);
        ConditionNode? node = ParseConditions(condition, selections, used, report);
        if (node is null) return null;

        foreach (Selection unused in selections.Where(s => !used.Contains(s.Name)))
        {
            report.Warn(SigmaCodes.UnusedSelection, unused.Line, 1, $"No condition uses the selection '{unused.Name}'.", "Name it in the condition, or take it out.");
        }

        return new([.. selections], node);
    }

    static List<Selection> ParseSelections(YamlMap map, DiagnosticBag report, out bool complete)
    {
        var parser = new SelectionParser(report);
        var selections = new List<Selection>();
        complete = true;
        foreach ((YamlText key, YamlItem value) in map.Entries)
        {
            if (key.Value is "condition" or "timeframe") continue;
            if (key.Value.Length == 0 || key.Value.AsSpan().ContainsAny(Grammar))
            {
                report.Error(SigmaCodes.WrongShape, key, $"A selection cannot be called '{key.Value}'.", "Use letters, digits, '_' and '-', so that the condition can name it.");
                complete = false;
            }
            else if (parser.Parse(value) is { } body)
            {
                selections.Add(new(key.Value, body, key.Line));
            }
            else
            {
                complete = false;
            }
        }

        if (complete && selections.Count == 0)
        {
            report.Error(SigmaCodes.EmptySelection, map, "The rule has no selection.", "Write at least one selection beside the condition.");
            complete = false;
        }

        return selections;
    }

    static ConditionNode? ParseConditions(YamlItem condition, List<Selection> selections, HashSet<string> used, DiagnosticBag report)
    {
        YamlItem[] items = condition is YamlList list ? [.. list.Items] : [condition];
        var nodes = new List<ConditionNode>();
        foreach (YamlItem item in items)
        {
            if (item is not YamlText text) report.Error(SigmaCodes.WrongShape, item, $"A condition is {item.Shape}.", "A condition is text, or a list of texts of which one must hold.");
            else if (ConditionParser.Parse(text, selections, used, report) is { } node) nodes.Add(node);
        }

        if (items.Length == 0) report.Error(SigmaCodes.BadCondition, condition, "The list of conditions is empty.", "Write at least one.");
        if (nodes.Count != items.Length || nodes.Count == 0) return null;
        return nodes.Count == 1 ? nodes[0] : new ConditionOr([.. nodes]);
    }
}
