using System.Globalization;
using Tocsin.Detection;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;
using YamlDotNet.RepresentationModel;

namespace Tocsin.Packs.Loading;

/// <summary>Takes the diagnostics about one pack and remembers that there were some.</summary>
sealed class PackReport(ICollection<Diagnostic> target)
{
    public int Errors { get; private set; }

    public void Error(string code, string file, long line, long column, string message, string hint)
    {
        Errors++;
        target.Add(new(code, file, (int)Math.Clamp(line, 1, int.MaxValue), (int)Math.Clamp(column, 1, int.MaxValue), message, hint));
    }
}

/// <summary>A map of a manifest that is read key by key; keys nobody asked for are reported.</summary>
sealed class ManifestMap
{
    /// <summary>Honest manifests have 10 KB and five levels. The YAML library builds its tree by recursion: depth costs stack.</summary>
    const int MaxBytes = 256 * 1024, MaxDepth = 16;

    readonly YamlMappingNode _node;
    readonly string _file;
    readonly PackReport _report;
    readonly HashSet<string> _asked = new(StringComparer.Ordinal);

    ManifestMap(YamlMappingNode node, string file, PackReport report)
    {
        _node = node;
        _file = file;
        _report = report;
    }

    /// <summary>The map that a file consists of; null, with a diagnostic, where it does not.</summary>
    public static ManifestMap? Parse(string yaml, string file, PackReport report)
    {
        if (yaml.Length > MaxBytes)
        {
            report.Error(PackCodes.TooLarge, file, 1, 1, $"The manifest has more than {MaxBytes / 1024} KB.", "Move long texts to the README.");
            return null;
        }

        try
        {
            if (!IsShallow(yaml, file, report)) return null;
            var stream = new YamlStream();
            stream.Load(new StringReader(yaml));
            if (stream.Documents is [{ RootNode: YamlMappingNode map }]) return new(map, file, report);
            report.Error(PackCodes.WrongShape, file, 1, 1, "The manifest is not one map of keys.", "Begin with: id: name-of-the-folder");
        }
        catch (YamlException e)
        {
            report.Error(PackCodes.NotYaml, file, e.Start.Line, e.Start.Column, $"This is not YAML: {e.Message.ReplaceLineEndings("\n").Split('\n')[0]}", "Look for a tab, a missing quote, a key that stands twice or a wrong indent.");
        }
        catch (Exception e) when (e is InvalidOperationException or ArgumentException)
        {
            // YamlDotNet 18.1 meets a flow list that is left open, a tag that is no URI and some events that it does not
            // expect with its own internal errors.
            report.Error(PackCodes.NotYaml, file, 1, 1, "This is not YAML: a bracket or brace is not closed, or a tag is wrong.", "Look for a [ or { without its end, or a word that begins with !.");
        }

        return null;
    }

    static bool IsShallow(string yaml, string file, PackReport report)
    {
        var parser = new Parser(new StringReader(yaml));
        int depth = 0;
        while (parser.MoveNext())
        {
            depth += parser.Current!.NestingIncrease;
            if (depth <= MaxDepth && parser.Current is not AnchorAlias) continue;
            report.Error(PackCodes.TooLarge, file, parser.Current.Start.Line, parser.Current.Start.Column, "The manifest is nested too deep, or repeats itself by alias.", "Write it out flat.");
            return false;
        }

        return true;
    }

    /// <summary>Required text.</summary>
    public string Text(string key) => Required(key) is { } node ? TextOf(node, key) : "";

    /// <summary>Text that may be missing.</summary>
    public string? OptionalText(string key) => Find(key) is { } node ? TextOf(node, key) : null;

    /// <summary>A required list of texts.</summary>
    public IReadOnlyList<string> Texts(string key) => Required(key) is { } node ? TextsOf(node, key) : [];

    /// <summary>A list of texts that may be missing.</summary>
    public IReadOnlyList<string> OptionalTexts(string key) => Find(key) is { } node ? TextsOf(node, key) : [];

    /// <summary>A required list of lists of texts.</summary>
    public IReadOnlyList<IReadOnlyList<string>> TextLists(string key) =>
        Items(key).Select(n => TextsOf(n, key)).Where(l => l.Count > 0).ToList();

    /// <summary>A required map.</summary>
    public ManifestMap? Map(string key) => Required(key) is { } node ? MapOf(node, key) : null;

    /// <summary>A map that may be missing.</summary>
    public ManifestMap? OptionalMap(string key) => Find(key) is { } node ? MapOf(node, key) : null;

    /// <summary>A required list of maps.</summary>
    public IEnumerable<ManifestMap> Maps(string key) => Items(key).Select(n => MapOf(n, key)).OfType<ManifestMap>();

    /// <summary>A required day.</summary>
    public DateOnly Day(string key) => Required(key) is { } node ? DayOf(node, key) ?? default : default;

    /// <summary>A day that may be missing.</summary>
    public DateOnly? OptionalDay(string key) => Find(key) is { } node ? DayOf(node, key) : null;

    /// <summary>Required: <c>true</c> or <c>false</c>.</summary>
    public bool Flag(string key)
    {
        if (Required(key) is not { } node) return false;
        string text = TextOf(node, key);
        if (text is not ("true" or "false" or "")) Error(PackCodes.BadValue, node, $"'{key}' is '{text}'.", "Write true or false.");
        return text == "true";
    }

    /// <summary>Reports keys that nobody asked for: a misspelt key would silently do nothing.</summary>
    public void Close()
    {
        foreach (YamlNode key in _node.Children.Keys)
        {
            string name = (key as YamlScalarNode)?.Value ?? "";
            if (!_asked.Contains(name)) Error(PackCodes.UnknownKey, key, $"There is no key '{name}' here.", $"Known here: {string.Join(", ", _asked.Order(StringComparer.Ordinal))}.");
        }
    }

    /// <summary>Reports something about a key's value, or about the map where it has none.</summary>
    public void Error(string code, string key, string message, string hint) => Error(code, Find(key) ?? _node, message, hint);

    void Error(string code, YamlNode at, string message, string hint) => _report.Error(code, _file, at.Start.Line, at.Start.Column, message, hint);

    YamlNode? Find(string key)
    {
        _asked.Add(key);
        return _node.Children.TryGetValue(new YamlScalarNode(key), out YamlNode? node) ? node : null;
    }

    YamlNode? Required(string key)
    {
        if (Find(key) is { } node) return node;
        Error(PackCodes.MissingKey, _node, $"The key '{key}' is missing.", "See docs/formats/pack.md for what belongs here.");
        return null;
    }

    string TextOf(YamlNode node, string key)
    {
        if (node is YamlScalarNode { Value: { } text } && text.Trim() is { Length: > 0 } trimmed) return trimmed;
        Error(PackCodes.WrongShape, node, $"'{key}' must be text.", "Write it behind the colon.");
        return "";
    }

    IReadOnlyList<string> TextsOf(YamlNode node, string key)
    {
        if (node is YamlSequenceNode list) return [.. list.Children.Select(n => TextOf(n, key)).Where(t => t.Length > 0)];
        Error(PackCodes.WrongShape, node, $"'{key}' must be a list.", "Put each entry on a line of its own behind a dash.");
        return [];
    }

    ManifestMap? MapOf(YamlNode node, string key)
    {
        if (node is YamlMappingNode map) return new(map, _file, _report);
        Error(PackCodes.WrongShape, node, $"'{key}' must be a map of keys.", "See docs/formats/pack.md for its keys.");
        return null;
    }

    IEnumerable<YamlNode> Items(string key)
    {
        if (Required(key) is not { } node) return [];
        if (node is YamlSequenceNode list) return list.Children;
        Error(PackCodes.WrongShape, node, $"'{key}' must be a list.", "Put each entry behind a dash.");
        return [];
    }

    DateOnly? DayOf(YamlNode node, string key)
    {
        string text = TextOf(node, key);
        if (DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out DateOnly day)) return day;
        if (text.Length > 0) Error(PackCodes.BadDay, node, $"'{text}' is no day.", "Write it as 2021-03-02.");
        return null;
    }
}
