using System.Text;

namespace Tocsin.Detection.Sigma;

/// <summary>Finds texts that every match of a regular expression contains. Finds none rather than a wrong one.</summary>
static class RegexLiterals
{
    /// <summary>Runs of ordinary characters outside groups and classes, in the order of the expression: every match has them one behind the other.</summary>
    public static string[] Of(string pattern, bool ignoreCase)
    {
        if (pattern.StartsWith("(?i)", StringComparison.Ordinal))
        {
            pattern = pattern[4..];
            ignoreCase = true;
        }

        var runs = new List<string>();
        var run = new StringBuilder();
        int depth = 0;
        for (int i = 0; i < pattern.Length; i++)
        {
            char c = pattern[i];
            char? ordinary = null;
            switch (c)
            {
                case '\\':
                    if (++i == pattern.Length) return [];
                    // \d \w \b \1 \x41 …: classes, anchors, references. Only escaped signs are surely themselves.
                    if (!char.IsAsciiLetterOrDigit(pattern[i])) ordinary = pattern[i];
                    else i = SkipEscape(pattern, i);
                    break;
                case '[':
                    i = SkipClass(pattern, i);
                    if (i < 0) return [];
                    break;
                case '(':
                    // A mode such as (?x) in the middle changes what follows; leave such expressions alone.
                    if (i + 2 < pattern.Length && pattern[i + 1] == '?' && char.IsAsciiLetter(pattern[i + 2])) return [];
                    if (i + 2 < pattern.Length && pattern[i + 1] == '?' && pattern[i + 2] is '-' or '#') return [];
                    depth++;
                    break;
                case ')':
                    if (--depth < 0) return [];
                    break;
                case '|':
                    if (depth == 0) return [];
                    break;
                case '*' or '?' or '{':
                    // The character before may be missing. A brace that is no quantifier costs only a shorter run.
                    if (depth == 0 && run.Length > 0) run.Length--;
                    if (c == '{') i = SkipBrace(pattern, i);
                    break;
                case '.' or '^' or '$' or '+':
                    break;
                default:
                    ordinary = c;
                    break;
            }

            if (ordinary is { } text && depth == 0 && char.IsAscii(text))
            {
                run.Append(text);
                continue;
            }

            if (run.Length > 0) runs.Add(run.ToString());
            run.Clear();
        }

        if (run.Length > 0) runs.Add(run.ToString());
        return ignoreCase ? [.. runs.SelectMany(FoldSafe.Split)] : [.. runs];
    }

    /// <summary>Escapes with an argument: the digits of \x41, \u0041, \123 and the braces of \p{L} are not text.</summary>
    static int SkipEscape(string pattern, int letter)
    {
        if (pattern[letter] is 'x') return letter + 2;
        if (pattern[letter] is 'u') return letter + 4;
        if (pattern[letter] is 'c') return letter + 1;
        if (pattern[letter] is 'p' or 'P' or 'k')
        {
            int end = pattern.AsSpan(letter).IndexOfAny('}', '>', '\'');
            return end < 0 ? pattern.Length : letter + end;
        }

        while (char.IsAsciiDigit(pattern[letter]) && letter + 1 < pattern.Length && char.IsAsciiDigit(pattern[letter + 1])) letter++;
        return letter;
    }

    static int SkipClass(string pattern, int open)
    {
        int i = open + 1;
        if (i < pattern.Length && pattern[i] == '^') i++;
        if (i < pattern.Length && pattern[i] == ']') i++;
        for (; i < pattern.Length; i++)
        {
            if (pattern[i] == '\\') i++;
            else if (pattern[i] == '[') return -1; // a class within a class: subtraction
            else if (pattern[i] == ']') return i;
        }

        return -1;
    }

    static int SkipBrace(string pattern, int open)
    {
        int i = open + 1;
        while (i < pattern.Length && (char.IsAsciiDigit(pattern[i]) || pattern[i] == ',')) i++;
        return i < pattern.Length && pattern[i] == '}' ? i : open;
    }
}
