using System.Globalization;
using Tocsin.Detection.Sigma;

namespace Tocsin.Detection.Tests.Sigma;

/// <summary>Evaluates a rule from its words, slowly and without any prefilter, for comparison.</summary>
sealed class PlainEvaluator(string line, Func<string, IReadOnlyList<string>> valuesOf, Func<string, bool> isNull, IReadOnlyList<string> besideLine)
{
    public bool Holds(ConditionNode node) => node switch
    {
        ConditionSelection one => Holds(one.Selection.Body),
        ConditionNot not => !Holds(not.Operand),
        ConditionAnd and => and.Operands.All(Holds),
        ConditionOr or => or.Operands.Any(Holds),
        ConditionCount count => count.Selections.Count(s => Holds(s.Body)) >= count.Needed,
        _ => throw new InvalidOperationException(),
    };

    bool Holds(SelectionItem item) => item switch
    {
        AllOf all => all.Items.All(Holds),
        AnyOf any => any.Items.Any(Holds),
        FieldTest test => test.All ? test.Values.All(v => Holds(test, v)) : test.Values.Any(v => Holds(test, v)),
        _ => throw new InvalidOperationException(),
    };

    bool Holds(FieldTest test, SigmaValue value)
    {
        if (value.Kind == SigmaValueKind.Null) return isNull(test.Field!);

        bool keyword = test.Field is null;
        bool openStart = keyword || test.Modifiers.Contains("contains") || test.Modifiers.Contains("endswith");
        bool openEnd = keyword || test.Modifiers.Contains("contains") || test.Modifiers.Contains("startswith");
        string pattern = (openStart ? "*" : "") + value.Text + (openEnd ? "*" : "");
        IEnumerable<string> values = keyword ? besideLine.Prepend(line) : valuesOf(test.Field!);
        return values.Any(v => Fits(pattern, v) || (value.Kind == SigmaValueKind.Number && !keyword && SameNumber(value.Text, v)));
    }

    static bool SameNumber(string a, string b) =>
        decimal.TryParse(b, NumberStyles.AllowDecimalPoint | NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out decimal number)
        && number == decimal.Parse(a, CultureInfo.InvariantCulture);

    static bool Fits(ReadOnlySpan<char> pattern, ReadOnlySpan<char> text)
    {
        if (pattern.IsEmpty) return text.IsEmpty;
        switch (pattern[0])
        {
            case '*':
                for (int i = 0; i <= text.Length; i++)
                {
                    if (Fits(pattern[1..], text[i..])) return true;
                }

                return false;
            case '?':
                return !text.IsEmpty && Fits(pattern[1..], text[1..]);
            case '\\' when pattern.Length > 1 && pattern[1] is ('*' or '?' or '\\'):
                return !text.IsEmpty && text[0] == pattern[1] && Fits(pattern[2..], text[1..]);
            default:
                return !text.IsEmpty && char.ToUpperInvariant(text[0]) == char.ToUpperInvariant(pattern[0]) && Fits(pattern[1..], text[1..]);
        }
    }
}
