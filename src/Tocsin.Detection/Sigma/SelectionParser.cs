using System.Collections.Immutable;
using System.Text.RegularExpressions;

namespace Tocsin.Detection.Sigma;

/// <summary>Reads the selections of a rule.</summary>
sealed partial class SelectionParser(DiagnosticBag report)
{
    /// <summary>A selection's body, or null after an error.</summary>
    public SelectionItem? Parse(YamlItem item) => item switch
    {
        YamlMap map => ParseMap(map),
        YamlList list => ParseList(list),
        YamlText text when ValueOf(text).Kind == SigmaValueKind.Null => Empty(item),
        YamlText text => Keywords([text], item.Line),
        _ => null,
    };

    SelectionItem? Empty(YamlItem item)
    {
        report.Error(SigmaCodes.EmptySelection, item, "There is nothing to look for here.", "Write a field with values, or a list of keywords.");
        return null;
    }

    SelectionItem? ParseMap(YamlMap map)
    {
        if (map.Entries.Count == 0) return Empty(map);

        List<SelectionItem?> items = [.. map.Entries.Select(e => ParseField(e.Key, e.Value))];
        return Join(items, all: true);
    }

    SelectionItem? ParseList(YamlList list)
    {
        if (list.Items.Count == 0) return Empty(list);

        var items = new List<SelectionItem?>();
        YamlText[] words = [.. list.Items.OfType<YamlText>()];
        if (words.Length > 0) items.Add(Keywords(words, words[0].Line));
        foreach (YamlItem item in list.Items)
        {
            if (item is YamlMap map) items.Add(ParseMap(map));
            if (item is YamlList inner)
            {
                report.Error(SigmaCodes.WrongShape, inner, "A list stands directly in a list.", "A selection is a map, a list of maps, or a list of keywords.");
                items.Add(null);
            }
        }

        return Join(items, all: false);
    }

    static SelectionItem? Join(List<SelectionItem?> items, bool all)
    {
        if (items.Contains(null)) return null;
        if (items.Count == 1) return items[0];
        ImmutableArray<SelectionItem> whole = [.. items.OfType<SelectionItem>()];
        return all ? new AllOf(whole) : new AnyOf(whole);
    }

    FieldTest? Keywords(YamlText[] words, int line) => Build(ModifierChain.ForKeywords(report), words, line);

    FieldTest? ParseField(YamlText key, YamlItem value)
    {
        ModifierChain? chain = ModifierChain.Parse(key, report);
        List<YamlText>? values = ValuesOf(key, value);
        return chain is null || values is null ? null : Build(chain, values, key.Line);
    }

    List<YamlText>? ValuesOf(YamlText key, YamlItem value)
    {
        if (value is YamlText single) return [single];
        if (value is YamlList { Items.Count: > 0 } list && list.Items.All(i => i is YamlText)) return [.. list.Items.Cast<YamlText>()];

        if (value is YamlList { Items.Count: 0 }) Empty(value);
        else report.Error(SigmaCodes.WrongShape, value, $"The value of '{key.Value}' is {value.Shape}{(value is YamlList ? " with more than text in it" : "")}.", "A field has one value or a flat list of values.");
        return null;
    }

    FieldTest? Build(ModifierChain chain, IReadOnlyList<YamlText> texts, int line)
    {
        int before = report.Errors;
        ImmutableArray<SigmaValue> values = [.. texts.Select(ValueOf)];
        // With |all every value must be found, but a value that became several (offsets) only in one of them.
        ImmutableArray<ImmutableArray<ValueTest>> tests = [.. texts.Select((text, i) => chain.Tests(values[i], text).ToImmutableArray())];
        if (report.Errors != before) return null;

        return new FieldTest(chain.Field, chain.Names, values, chain.All, line) { Tests = tests, Negated = chain.Negated };
    }

    /// <summary>What YAML makes of a plain scalar; quoted ones are text.</summary>
    public static SigmaValue ValueOf(YamlText text)
    {
        if (!text.IsPlain) return new(SigmaValueKind.Text, text.Value);
        return text.Value switch
        {
            "" or "~" or "null" or "Null" or "NULL" => new(SigmaValueKind.Null, ""),
            "true" or "True" or "TRUE" or "false" or "False" or "FALSE" => new(SigmaValueKind.Boolean, text.Value),
            var value when NumberShape.IsMatch(value) => new(SigmaValueKind.Number, value),
            var value => new(SigmaValueKind.Text, value),
        };
    }

    // Twenty digits at most, so that the number fits its type.
    [GeneratedRegex(@"^[-+]?[0-9]{1,20}(\.[0-9]{1,8})?$", RegexOptions.CultureInvariant)]
    private static partial Regex NumberShape { get; }
}
