using System.Collections.Immutable;
using System.IO.Enumeration;

namespace Tocsin.Detection.Sigma;

/// <summary>Reads a condition.</summary>
/// <remarks>
/// <code>
/// or    = and { "or" and }
/// and   = not { "and" not }
/// not   = "not" not | "(" or ")" | count "of" ( "them" | pattern ) | selection
/// count = "all" | "any" | number
/// </code>
/// </remarks>
sealed class ConditionParser
{
    /// <summary>Parentheses and nots may nest so deep; each level costs stack.</summary>
    const int MaxDepth = 64;

    readonly record struct Token(string Text, int Start);

    readonly YamlText _source;
    readonly IReadOnlyList<Selection> _selections;
    readonly DiagnosticBag _report;
    readonly HashSet<string> _used;
    readonly List<Token> _tokens;
    int _next;
    bool _failed;

    ConditionParser(YamlText source, IReadOnlyList<Selection> selections, HashSet<string> used, DiagnosticBag report)
    {
        _source = source;
        _selections = selections;
        _used = used;
        _report = report;
        _tokens = Split(source.Value);
    }

    /// <summary>The condition, or null after an error.</summary>
    /// <param name="source">The condition's text.</param>
    /// <param name="selections">What it may name.</param>
    /// <param name="used">Takes the names that it names.</param>
    /// <param name="report">Takes what is wrong.</param>
    public static ConditionNode? Parse(YamlText source, IReadOnlyList<Selection> selections, HashSet<string> used, DiagnosticBag report)
    {
        var parser = new ConditionParser(source, selections, used, report);
        if (parser.FindPipe()) return null;

        ConditionNode? node = parser.ParseOr(0);
        if (!parser._failed && parser._next < parser._tokens.Count)
        {
            parser.Fail($"'{parser.Peek}' stands where 'and', 'or' or the end was expected.", "Join selections with and, or, not and parentheses.");
        }

        return parser._failed ? null : node;
    }

    static List<Token> Split(string text)
    {
        var tokens = new List<Token>();
        for (int i = 0; i < text.Length;)
        {
            int start = i;
            if (char.IsWhiteSpace(text[i])) i++;
            else if (text[i] is '(' or ')' or '|') tokens.Add(new(text[i++].ToString(), start));
            else
            {
                while (i < text.Length && !char.IsWhiteSpace(text[i]) && text[i] is not ('(' or ')' or '|')) i++;
                tokens.Add(new(text[start..i], start));
            }
        }

        return tokens;
    }

    bool FindPipe()
    {
        int pipe = _tokens.FindIndex(t => t.Text == "|");
        if (pipe < 0) return false;

        _report.Error(SigmaCodes.Aggregation, _source.Line, _source.ColumnOf(_tokens[pipe].Start), "The condition counts records behind '|'.", "Sigma moved this to correlation rules; test single records here.");
        return true;
    }

    string Peek => _next < _tokens.Count ? _tokens[_next].Text : "";

    bool Take(string word)
    {
        if (!Peek.Equals(word, StringComparison.OrdinalIgnoreCase)) return false;
        _next++;
        return true;
    }

    ConditionNode? Fail(string message, string hint, string code = SigmaCodes.BadCondition)
    {
        if (!_failed)
        {
            int index = _next < _tokens.Count ? _tokens[_next].Start : _source.Value.Length;
            _report.Error(code, _source.Line, _source.ColumnOf(index), message, hint);
        }

        _failed = true;
        return null;
    }

    ConditionNode? ParseOr(int depth) => ParseChain("or", depth, ParseAnd, operands => new ConditionOr(operands));

    ConditionNode? ParseAnd(int depth) => ParseChain("and", depth, ParseNot, operands => new ConditionAnd(operands));

    ConditionNode? ParseChain(string word, int depth, Func<int, ConditionNode?> parse, Func<ImmutableArray<ConditionNode>, ConditionNode> join)
    {
        var operands = new List<ConditionNode>();
        do
        {
            if (parse(depth) is not { } operand) return null;
            operands.Add(operand);
        }
        while (Take(word));

        return operands.Count == 1 ? operands[0] : join([.. operands]);
    }

    ConditionNode? ParseNot(int depth)
    {
        if (depth > MaxDepth) return Fail($"Nested deeper than {MaxDepth} levels.", "Give parts of the condition selections of their own.", SigmaCodes.TooLarge);
        if (Take("not")) return ParseNot(depth + 1) is { } operand ? new ConditionNot(operand) : null;
        if (Take("("))
        {
            ConditionNode? inner = ParseOr(depth + 1);
            if (_failed) return null;
            return Take(")") ? inner : Fail("A parenthesis is not closed.", "Add ')'.");
        }

        return IsCount() ? ParseCount() : ParseSelection();
    }

    bool IsCount() =>
        _next + 1 < _tokens.Count && _tokens[_next + 1].Text.Equals("of", StringComparison.OrdinalIgnoreCase);

    ConditionNode? ParseCount()
    {
        string count = Peek;
        bool all = count.Equals("all", StringComparison.OrdinalIgnoreCase);
        int needed = count.Equals("any", StringComparison.OrdinalIgnoreCase) ? 1 : 0;
        if (!all && needed == 0 && (!int.TryParse(count, out needed) || needed < 1)) return Fail($"'{count}' is not a count.", "Write 1 of, 2 of, all of.");

        _next += 2;
        string pattern = Peek;
        if (pattern is "" or ")") return Fail("A name is missing behind 'of'.", "Write them, or a pattern such as selection_*.");

        bool them = pattern.Equals("them", StringComparison.OrdinalIgnoreCase);
        // By Sigma's convention a leading underscore takes a selection out of "them".
        ImmutableArray<Selection> chosen = [.. _selections.Where(s => them ? s.Name[0] != '_' : FileSystemName.MatchesSimpleExpression(pattern, s.Name, ignoreCase: false))];
        if (chosen.IsEmpty) return Fail($"No selection is called '{pattern}'.", Choices(), SigmaCodes.UndefinedSelection);
        if (needed > chosen.Length) return Fail($"{needed} of '{pattern}', which names {chosen.Length}.", "Lower the count, or add selections.");

        _next++;
        foreach (Selection selection in chosen) _used.Add(selection.Name);
        return new ConditionCount(all ? chosen.Length : needed, chosen);
    }

    ConditionNode? ParseSelection()
    {
        string name = Peek;
        if (name is "" or ")") return Fail("The condition ends where a selection was expected.", Choices());
        if (_selections.FirstOrDefault(s => s.Name == name) is not { } selection)
        {
            bool grammar = name.ToLowerInvariant() is "and" or "or" or "of" or "them" or "near";
            return grammar
                ? Fail($"'{name}' stands where a selection was expected.", Choices())
                : Fail($"No selection is called '{name}'.", Choices(), SigmaCodes.UndefinedSelection);
        }

        _next++;
        _used.Add(name);
        return new ConditionSelection(selection);
    }

    string Choices() => $"The rule has: {string.Join(", ", _selections.Select(s => s.Name))}.";
}
