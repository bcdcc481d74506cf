using System.Collections.Immutable;
using System.Globalization;

namespace Tocsin.Detection.Sigma.Correlations;

/// <summary>Reads the <c>correlation</c> map of a document.</summary>
sealed class CorrelationParser(YamlMap map, DiagnosticBag report)
{
    /// <summary>A correlation of more rules than this is a mistake; each costs memory for each group.</summary>
    const int MaxRules = 64;

    static readonly string[] Known = ["type", "rules", "group-by", "aliases", "timespan", "condition", "generate", "field"];
    static readonly string[] Operators = ["gt", "gte", "lt", "lte", "eq", "neq"];

    static readonly Dictionary<string, CorrelationType> Types = new(StringComparer.Ordinal)
    {
        ["event_count"] = CorrelationType.EventCount,
        ["value_count"] = CorrelationType.ValueCount,
        ["temporal"] = CorrelationType.Temporal,
        ["temporal_ordered"] = CorrelationType.TemporalOrdered,
        ["value_sum"] = CorrelationType.ValueSum,
        ["value_avg"] = CorrelationType.ValueAvg,
        ["value_percentile"] = CorrelationType.ValuePercentile,
        ["value_median"] = CorrelationType.ValueMedian,
    };

    /// <summary>Adds what the map says to a correlation; null after an error.</summary>
    public SigmaCorrelation? Parse(SigmaCorrelation into)
    {
        int before = report.Errors;
        foreach ((YamlText key, YamlItem _) in map.Entries.Where(e => !Known.Contains(e.Key.Value)))
        {
            report.Error(SigmaCodes.BadCorrelation, key, $"A correlation has no key '{key.Value}'.", $"Known: {string.Join(", ", Known)}.");
        }

        if (Required("type") is not { } type || Required("rules") is null && map["condition"] is not YamlText || Required("timespan") is not { } timespan) return null;
        if (type is not YamlText typeText || !Types.TryGetValue(typeText.Value.Trim().ToLowerInvariant(), out CorrelationType kind))
        {
            report.Error(SigmaCodes.BadCorrelation, type, $"There is no correlation type '{(type as YamlText)?.Value}'.", $"Known: {string.Join(", ", Types.Keys)}.");
            return null;
        }

        SigmaCorrelation correlation = into with
        {
            Type = kind,
            Rules = [.. Texts("rules").Select(t => (t.Value.Trim(), t.Line))],
            GroupBy = [.. Texts("group-by").Select(t => t.Value.Trim())],
            Aliases = Aliases(),
            Timespan = Timespan(timespan),
            Generate = Flag("generate"),
        };
        CheckRules(correlation);
        correlation = Condition(correlation, map["condition"]);
        return report.Errors == before ? correlation : null;
    }

    void CheckRules(SigmaCorrelation correlation)
    {
        YamlItem at = map["rules"] ?? map;
        if (correlation.Rules.Length > MaxRules) report.Error(SigmaCodes.TooLarge, at, $"More than {MaxRules} rules.", "Correlate parts first, and then the correlations.");
        if (correlation.Rules.GroupBy(r => r.Reference, StringComparer.OrdinalIgnoreCase).FirstOrDefault(g => g.Count() > 1) is { } twice) report.Error(SigmaCodes.BadCorrelation, at, $"The rule '{twice.Key}' is listed twice.", "List it once; use event_count for a rule that must match several times.");
    }

    YamlItem? Required(string key)
    {
        if (map[key] is { } item) return item;
        report.Error(SigmaCodes.MissingKey, map, $"'correlation.{key}' is missing.", "A correlation needs type, rules, timespan and, unless it is temporal, condition.");
        return null;
    }

    IReadOnlyList<YamlText> Texts(string key)
    {
        switch (map[key])
        {
            case null: return [];
            case YamlText one when one.Value.Trim().Length > 0: return [one];
            case YamlList list when list.Items.Count > 0 && list.Items.All(i => i is YamlText { Value.Length: > 0 }): return [.. list.Items.Cast<YamlText>()];
            case var other:
                report.Error(SigmaCodes.WrongShape, other, $"'correlation.{key}' is not a list of texts.", "Write one text, or a flat list.");
                return [];
        }
    }

    bool Flag(string key)
    {
        switch (map[key])
        {
            case null or YamlText { Value: "false" or "False" or "FALSE" }: return false;
            case YamlText { Value: "true" or "True" or "TRUE" }: return true;
            case var other:
                report.Error(SigmaCodes.WrongShape, other, $"'correlation.{key}' is neither true nor false.", "Write true or false.");
                return false;
        }
    }

    TimeSpan Timespan(YamlItem item)
    {
        string text = (item as YamlText)?.Value.Trim() ?? "";
        int seconds = text.Length < 2 ? 0 : text[^1] switch
        {
            's' => 1,
            'm' => 60,
            'h' => 3600,
            'd' => 86400,
            'w' => 604800,
            'M' => 2629746,
            'y' => 31556952,
            _ => 0,
        };

        // A hundred years at most, so that times can be added.
        if (seconds > 0 && uint.TryParse(text.AsSpan(0, text.Length - 1), NumberStyles.None, CultureInfo.InvariantCulture, out uint number) && number > 0 && (long)number * seconds <= 3_155_760_000) return TimeSpan.FromSeconds((long)number * seconds);
        report.Error(SigmaCodes.BadCorrelation, item, $"'{text}' is not a timespan.", "Write a number and s, m, h, d or w: 90m.");
        return TimeSpan.Zero;
    }

    ImmutableArray<(string, string, string, int)> Aliases()
    {
        if (map["aliases"] is not { } item) return [];
        var aliases = ImmutableArray.CreateBuilder<(string, string, string, int)>();
        foreach ((YamlText alias, YamlItem fields) in (item as YamlMap)?.Entries ?? [])
        {
            foreach ((YamlText rule, YamlItem field) in (fields as YamlMap)?.Entries ?? [])
            {
                if (field is YamlText { Value.Length: > 0 } text) aliases.Add((alias.Value, rule.Value, text.Value.Trim(), rule.Line));
                else report.Error(SigmaCodes.WrongShape, field, $"The field of '{rule.Value}' is {field.Shape}.", "Write the name of one field.");
            }
        }

        if (aliases.Count == 0) report.Error(SigmaCodes.WrongShape, item, "'correlation.aliases' names no field of any rule.", "Write alias: {rule: field}.");
        return aliases.ToImmutable();
    }

    SigmaCorrelation Condition(SigmaCorrelation correlation, YamlItem? item)
    {
        bool temporal = correlation.Type is CorrelationType.Temporal or CorrelationType.TemporalOrdered;
        switch (item)
        {
            case null when temporal:
                return correlation with { Bounds = [new("gte", correlation.Rules.Length)] };
            case null:
                Required("condition");
                return correlation;
            case YamlMap bounds:
                return Bounds(correlation, bounds, temporal);
            case YamlText text when temporal:
                return Expression(correlation, text);
            case var other:
                report.Error(SigmaCodes.WrongShape, other, $"The condition is {other.Shape}.", "Write a map such as gte: 10.");
                return correlation;
        }
    }

    SigmaCorrelation Bounds(SigmaCorrelation correlation, YamlMap item, bool temporal)
    {
        var bounds = ImmutableArray.CreateBuilder<CorrelationBound>();
        var fields = ImmutableArray<string>.Empty;
        decimal percentile = -1;
        foreach ((YamlText key, YamlItem value) in item.Entries)
        {
            if (key.Value == "field") fields = Fields(value);
            else if (key.Value == "percentile" && Number(value) is >= 0 and <= 100 and var share) percentile = share;
            else if (Operators.Contains(key.Value) && Number(value) is { } bound) bounds.Add(new(key.Value, bound));
            else report.Error(SigmaCodes.BadCorrelation, key, $"The condition cannot use '{key.Value}' so.", $"Write {string.Join(", ", Operators)} with a number, field with a name, percentile with a number from 0 to 100.");
        }

        if (fields.IsEmpty && map["field"] is { } beside) fields = Fields(beside);
        bool needsField = correlation.Type is not CorrelationType.EventCount && !temporal;
        if (bounds.Count == 0) report.Error(SigmaCodes.BadCorrelation, item, "The condition compares with nothing.", "Write gte: 10, or two of them for a range.");
        if (needsField && fields.IsEmpty) report.Error(SigmaCodes.MissingKey, item, "The condition names no field to take values from.", "Write field: NAME beside the comparison.");
        if (!needsField && !fields.IsEmpty) report.Error(SigmaCodes.BadCorrelation, item, "This type of correlation takes no values from a field.", "Take out field, or use value_count.");
        if (correlation.Type > CorrelationType.TemporalOrdered && fields.Length > 1) report.Error(SigmaCodes.BadCorrelation, item, "Numbers are taken from one field.", "Name one field.");
        if ((correlation.Type == CorrelationType.ValuePercentile) != (percentile >= 0)) report.Error(SigmaCodes.BadCorrelation, item, "'percentile' goes with value_percentile, and value_percentile needs it.", "Write percentile: 95 beside field.");
        if (correlation.Type == CorrelationType.TemporalOrdered && !(bounds is [{ Operator: "gte" or "eq", Bound: var all }] && all == correlation.Rules.Length)) report.Error(SigmaCodes.BadCorrelation, item, "An order of some of the rules is not defined.", "Take out the condition: all rules in their order. Or list fewer rules.");
        return correlation with { Bounds = bounds.ToImmutable(), Fields = fields, Percentile = percentile };
    }

    ImmutableArray<string> Fields(YamlItem item)
    {
        if (item is YamlText { Value.Length: > 0 } one) return [one.Value.Trim()];
        if (item is YamlList { Items.Count: > 0 } list && list.Items.All(i => i is YamlText)) return [.. list.Items.Cast<YamlText>().Select(t => t.Value.Trim())];
        report.Error(SigmaCodes.WrongShape, item, "'field' is not the name of a field.", "Write one name, or a flat list.");
        return [];
    }

    static decimal? Number(YamlItem item) =>
        item is YamlText text && decimal.TryParse(text.Value, NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out decimal number) ? number : null;

    // The rules stand where a detection has its selections.
    SigmaCorrelation Expression(SigmaCorrelation correlation, YamlText text)
    {
        string[] names = correlation.Rules.IsEmpty
            ? [.. text.Value.Split([' ', '\t', '\r', '\n', '(', ')'], StringSplitOptions.RemoveEmptyEntries).Where(w => w.ToLowerInvariant() is not ("and" or "or" or "not")).Distinct(StringComparer.Ordinal)]
            : [.. correlation.Rules.Select(r => r.Reference)];
        if (names.Length > MaxRules) report.Error(SigmaCodes.TooLarge, text, $"More than {MaxRules} rules.", "Correlate parts first, and then the correlations.");
        Selection[] selections = [.. names.Take(MaxRules).Select(n => new Selection(n, new AllOf([]), text.Line))];
        var used = new HashSet<string>(StringComparer.Ordinal);
        if (ConditionParser.Parse(text, selections, used, report) is not { } node) return correlation;
        if (selections.FirstOrDefault(s => !used.Contains(s.Name)) is { } unused) report.Error(SigmaCodes.BadCorrelation, text, $"The condition does not name the rule '{unused.Name}'.", "Name every rule of the list, or take it out of the list.");
        bool isAll = node is ConditionAnd and && and.Operands.All(o => o is ConditionSelection) || node is ConditionSelection;
        if (correlation.Type == CorrelationType.TemporalOrdered && !isAll) report.Error(SigmaCodes.BadCorrelation, text, "Only rules joined by 'and' have an order.", "Use type temporal, or take out the condition.");
        correlation = correlation with { Rules = [.. names.Select(n => (n, text.Line))] };
        return isAll ? correlation with { Bounds = [new("gte", names.Length)] } : correlation with { Expression = node };
    }
}
