using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace Tocsin.Detection.Sigma;

/// <summary>A YAML node with its place. Nodes behind an alias are shared.</summary>
abstract class YamlItem(int line, int column)
{
    public int Line => line;

    public int Column => column;

    /// <summary>How many nodes a walk over this one meets, aliases counted each time.</summary>
    public long Size { get; protected set; } = 1;

    protected static int Number(long value) => (int)Math.Min(value, int.MaxValue);

    /// <summary>What the author sees: "text", "a list", "a map".</summary>
    public abstract string Shape { get; }
}

sealed class YamlText(Scalar scalar) : YamlItem(Number(scalar.Start.Line), Number(scalar.Start.Column))
{
    public string Value { get; } = scalar.Value;

    public bool IsPlain { get; } = scalar.Style == ScalarStyle.Plain;

    /// <summary>Whether a character of the value stands as many columns behind the start as it does in the value.</summary>
    public bool IsOnOneLine { get; } = scalar.Start.Line == scalar.End.Line;

    /// <summary>The column of a character of the value, as far as it can be told.</summary>
    public int ColumnOf(int index) => IsOnOneLine ? Column + index + (IsPlain ? 0 : 1) : Column;

    public override string Shape => "text";
}

sealed class YamlList(Mark start) : YamlItem(Number(start.Line), Number(start.Column))
{
    readonly List<YamlItem> _items = [];

    public IReadOnlyList<YamlItem> Items => _items;

    public void Add(YamlItem item)
    {
        _items.Add(item);
        Size += item.Size;
    }

    public override string Shape => "a list";
}

sealed class YamlMap(Mark start) : YamlItem(Number(start.Line), Number(start.Column))
{
    readonly List<(YamlText Key, YamlItem Value)> _entries = [];

    public IReadOnlyList<(YamlText Key, YamlItem Value)> Entries => _entries;

    public YamlItem? this[string key] => _entries.Find(e => e.Key.Value == key).Value;

    public bool TryAdd(YamlText key, YamlItem value)
    {
        if (_entries.Exists(e => e.Key.Value == key.Value)) return false;
        _entries.Add((key, value));
        Size += value.Size;
        return true;
    }

    public override string Shape => "a map";
}

/// <summary>Builds the documents of a YAML file from the parser's events, within limits.</summary>
/// <remarks>The library's own tree is built by recursion without a limit; a rule file from a stranger could end the program.</remarks>
sealed class SigmaYaml
{
    /// <summary>Honest rules need seven; each level costs stack.</summary>
    const int MaxDepth = 32;

    /// <summary>The longest rule of SigmaHQ has about 2,000 nodes; aliases can multiply without limit.</summary>
    const long MaxNodes = 200_000;

    readonly Parser _parser;
    readonly DiagnosticBag _report;
    readonly Dictionary<string, YamlItem> _anchors = [];

    SigmaYaml(string yaml, DiagnosticBag report)
    {
        _parser = new Parser(new StringReader(yaml));
        _report = report;
    }

    /// <summary>The documents that could be read; those before a syntax error are kept.</summary>
    public static List<YamlItem> Read(string yaml, DiagnosticBag report)
    {
        var documents = new List<YamlItem>();
        var reader = new SigmaYaml(yaml, report);
        try
        {
            reader._parser.Consume<StreamStart>();
            while (reader._parser.Accept<DocumentStart>(out _))
            {
                reader._parser.MoveNext();
                reader._anchors.Clear();
                YamlItem root = reader.ReadNode(0);
                reader._parser.Consume<DocumentEnd>();
                if (root is not YamlText { Value: "" }) documents.Add(root);
            }
        }
        catch (YamlLimitException limit)
        {
            report.Error(SigmaCodes.TooLarge, (int)limit.Start.Line, (int)limit.Start.Column, limit.Message, "Split the rule, or write the values out in a flat list.");
        }
        catch (YamlException e)
        {
            report.Error(SigmaCodes.NotYaml, (int)e.Start.Line, (int)e.Start.Column, $"This is not YAML: {FirstLine(e.Message)}", "Look for a tab, a missing quote or a wrong indent at or before this place.");
        }
        catch (Exception e) when (e is InvalidOperationException or ArgumentException)
        {
            // YamlDotNet 18.1 meets a flow list that is left open, a tag that is no URI and some events that it does not
            // expect with its own internal errors.
            report.Error(SigmaCodes.NotYaml, 1, 1, "This is not YAML: a bracket or brace is not closed, or a tag is wrong.", "Look for a [ or { without its end, or a word that begins with !.");
        }

        return documents;
    }

    YamlItem ReadNode(int depth)
    {
        ParsingEvent next = _parser.Current!;
        if (depth >= MaxDepth) throw new YamlLimitException(next.Start, $"Nested deeper than {MaxDepth} levels.");
        switch (next)
        {
            case Scalar scalar:
                _parser.MoveNext();
                return Remember(scalar.Anchor, new YamlText(scalar));

            case SequenceStart start:
                _parser.MoveNext();
                var list = new YamlList(start.Start);
                while (!_parser.TryConsume<SequenceEnd>(out _))
                {
                    list.Add(ReadNode(depth + 1));
                    CheckSize(list, start.Start);
                }

                return Remember(start.Anchor, list);

            case MappingStart start:
                _parser.MoveNext();
                var map = new YamlMap(start.Start);
                while (!_parser.TryConsume<MappingEnd>(out _))
                {
                    ReadEntry(map, depth);
                    CheckSize(map, start.Start);
                }

                return Remember(start.Anchor, map);

            case AnchorAlias alias:
                _parser.MoveNext();
                return _anchors.GetValueOrDefault(alias.Value.Value)
                    ?? throw new YamlException(alias.Start, alias.End, $"there is no anchor called '{alias.Value.Value}' before this place");

            default:
                throw new YamlException(next.Start, next.End, "a value is missing here");
        }
    }

    void ReadEntry(YamlMap map, int depth)
    {
        YamlItem key = ReadNode(depth + 1);
        YamlItem value = ReadNode(depth + 1);
        if (key is not YamlText text)
        {
            _report.Error(SigmaCodes.WrongShape, key.Line, key.Column, $"A key is {key.Shape}.", "Keys are text.");
        }
        else if (!map.TryAdd(text, value))
        {
            _report.Error(SigmaCodes.DuplicateKey, text.Line, text.Column, $"The key '{text.Value}' stands here twice.", "Join the two values into one list, or make a second selection.");
        }
    }

    static void CheckSize(YamlItem item, Mark start)
    {
        if (item.Size > MaxNodes) throw new YamlLimitException(start, $"More than {MaxNodes} values.");
    }

    YamlItem Remember(AnchorName anchor, YamlItem item)
    {
        if (!anchor.IsEmpty) _anchors[anchor.Value] = item;
        return item;
    }

    static string FirstLine(string message) => message.ReplaceLineEndings("\n").Split('\n')[0];

    sealed class YamlLimitException(Mark start, string message) : YamlException(start, start, message);
}
