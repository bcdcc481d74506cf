using System.Text;
using System.Text.RegularExpressions;

namespace Tocsin.Detection.Sigma;

enum PartKind
{
    Literal,

    /// <summary><c>*</c>: any characters, or none.</summary>
    AnyRun,

    /// <summary><c>?</c>: one character.</summary>
    AnyOne,

    /// <summary>What <c>windash</c> makes of a dash: any sign that Windows programs accept before an option.</summary>
    Dash,
}

readonly record struct StringPart(PartKind Kind, string Text);

/// <summary>A Sigma value with its wildcards recognised.</summary>
sealed partial class SigmaString
{
    readonly List<StringPart> _parts = [];

    public IReadOnlyList<StringPart> Parts => _parts;

    public bool HasWildcards => _parts.Exists(p => p.Kind is PartKind.AnyRun or PartKind.AnyOne);

    /// <summary>All literal text joined; the whole value where there are no wildcards.</summary>
    public string Plain => string.Concat(_parts.Select(p => p.Text));

    /// <summary>Reads Sigma's escapes: a backslash makes a following <c>*</c>, <c>?</c> or backslash ordinary, and stands for itself before anything else.</summary>
    public static SigmaString FromEscaped(string value)
    {
        var result = new SigmaString();
        var literal = new StringBuilder();
        for (int i = 0; i < value.Length; i++)
        {
            char c = value[i];
            if (c == '\\' && i + 1 < value.Length && value[i + 1] is ('*' or '?' or '\\'))
            {
                literal.Append(value[++i]);
            }
            else if (c is '*' or '?')
            {
                result.AddLiteral(literal.ToString());
                literal.Clear();
                result._parts.Add(new(c == '*' ? PartKind.AnyRun : PartKind.AnyOne, ""));
            }
            else
            {
                literal.Append(c);
            }
        }

        result.AddLiteral(literal.ToString());
        return result;
    }

    public static SigmaString FromPlain(string text)
    {
        var result = new SigmaString();
        result.AddLiteral(text);
        return result;
    }

    /// <summary>Replaces each dash or slash that begins an option by the whole family of them.</summary>
    public SigmaString WithDashes()
    {
        var result = new SigmaString();
        foreach (StringPart part in _parts)
        {
            int from = 0;
            foreach (Match dash in OptionSign.Matches(part.Text))
            {
                result.AddLiteral(part.Text[from..dash.Index]);
                result._parts.Add(new(PartKind.Dash, ""));
                from = dash.Index + 1;
            }

            if (part.Kind == PartKind.Literal) result.AddLiteral(part.Text[from..]);
            else result._parts.Add(part);
        }

        return result;
    }

    void AddLiteral(string text)
    {
        if (text.Length > 0) _parts.Add(new(PartKind.Literal, text));
    }

    // A sign with no word character before it and one after it: "-enc" in "cmd -enc", not the dash of "x-y".
    [GeneratedRegex(@"\B[-/]\b", RegexOptions.CultureInvariant)]
    private static partial Regex OptionSign { get; }
}
