using System.Collections.Immutable;
using Tocsin.Evidence.Records;

namespace Tocsin.Detection.Sigma;

/// <summary>Reads the keys of a rule that stand beside its detection.</summary>
sealed class RuleKeys(YamlMap map, DiagnosticBag report)
{
    public T? Missing<T>(string key)
        where T : class
    {
        report.Error(SigmaCodes.MissingKey, map, $"'{key}' is missing.", "A rule needs title, logsource and detection.");
        return null;
    }

    public string RequiredText(string key)
    {
        string text = Text(key);
        if (text.Length == 0 && map[key] is null or YamlText) Missing<string>(key);
        return text;
    }

    public string Text(string key)
    {
        if (map[key] is null) return "";
        if (map[key] is YamlText text) return text.Value.Trim();
        report.Error(SigmaCodes.WrongShape, map[key]!, $"'{key}' is {map[key]!.Shape}.", "Write text.");
        return "";
    }

    public ImmutableArray<string> List(string key) => map[key] switch
    {
        null => [],
        YamlText text when SelectionParser.ValueOf(text).Kind == SigmaValueKind.Null => [],
        YamlText text => [text.Value.Trim()],
        YamlList list when list.Items.All(i => i is YamlText) => [.. list.Items.Cast<YamlText>().Select(t => t.Value.Trim())],
        var other => Refuse(key, other),
    };

    ImmutableArray<string> Refuse(string key, YamlItem item)
    {
        report.Error(SigmaCodes.WrongShape, item, $"'{key}' is not a list of texts.", "Write one text, or a flat list.");
        return [];
    }

    public T Word<T>(string key)
        where T : struct, Enum
    {
        string word = Text(key);
        if (word.Length == 0) return default;
        foreach (T value in Enum.GetValues<T>().Skip(1))
        {
            if (value.ToString().Equals(word, StringComparison.OrdinalIgnoreCase)) return value;
        }

        string choices = string.Join(", ", Enum.GetNames<T>().Skip(1).Select(n => n.ToLowerInvariant()));
        report.Error(SigmaCodes.UnknownWord, map[key]!, $"There is no {key} '{word}'.", $"Sigma has: {choices}.");
        return default;
    }

    public IReadOnlyDictionary<string, string> Map(string key)
    {
        if (map[key] is null) return ImmutableDictionary<string, string>.Empty;
        if (map[key] is not YamlMap inner)
        {
            report.Error(SigmaCodes.WrongShape, map[key]!, $"'{key}' is {map[key]!.Shape}.", "Write keys and texts under it.");
            return ImmutableDictionary<string, string>.Empty;
        }

        var texts = ImmutableDictionary.CreateBuilder<string, string>(StringComparer.Ordinal);
        foreach ((YamlText name, YamlItem value) in inner.Entries)
        {
            if (value is YamlText text) texts[name.Value] = text.Value.Trim();
            else report.Error(SigmaCodes.WrongShape, value, $"'{key}.{name.Value}' is {value.Shape}.", "Write text.");
        }

        return texts.ToImmutable();
    }

    public LogSource LogSource(out int line)
    {
        line = map.Line;
        if (map["logsource"] is not { } item)
        {
            Missing<object>("logsource");
            return default;
        }

        line = item.Line;
        if (item is not YamlMap source)
        {
            report.Error(SigmaCodes.WrongShape, item, $"'logsource' is {item.Shape}.", "Write category, product or service under it.");
            return default;
        }

        var parts = new LogSource(Part(source, "category"), Part(source, "product"), Part(source, "service"));
        if (parts == default) report.Error(SigmaCodes.EmptyLogSource, source, "'logsource' names no category, product or service.", "Name at least one, or the rule would apply to everything.");
        return parts;
    }

    string? Part(YamlMap source, string key)
    {
        if (source[key] is null) return null;
        if (source[key] is YamlText text) return text.Value.Trim() is { Length: > 0 } part ? part.ToLowerInvariant() : null;
        report.Error(SigmaCodes.WrongShape, source[key]!, $"'logsource.{key}' is {source[key]!.Shape}.", "Write one word.");
        return null;
    }
}
