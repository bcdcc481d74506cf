namespace Tocsin.Detection.Yara;

/// <summary>A rule as its file declares it.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Line">Line from 1.</param>
/// <param name="IsPrivate">Whether it is never reported itself.</param>
public readonly record struct YaraRuleName(string Name, int Line, bool IsPrivate);

/// <summary>The names of the rules of a file, read without an engine.</summary>
/// <remarks>
/// Passes over comments, quoted text and regular expressions, in which the word <c>rule</c> may stand. Division is a
/// backslash in YARA, so a slash always begins a comment or an expression. Text that is no YARA gives some list or other,
/// in time that grows with its length alone.
/// </remarks>
public static class YaraOutline
{
    /// <summary>The rules in order.</summary>
    public static IReadOnlyList<YaraRuleName> Of(string text)
    {
        var rules = new List<YaraRuleName>();
        bool isPrivate = false, nameNext = false;
        int line = 1, at = 0;
        while (at < text.Length)
        {
            char c = text[at];
            if (c == '\n') line++;
            if (char.IsAsciiLetter(c) || c is '_' or '$' or '#' or '@' or '!')
            {
                int from = at++;
                while (at < text.Length && (char.IsAsciiLetterOrDigit(text[at]) || text[at] == '_')) at++;
                ReadOnlySpan<char> word = text.AsSpan(from, at - from);
                if (nameNext) rules.Add(new(word.ToString(), line, isPrivate));
                isPrivate = !nameNext && (word is "private" || isPrivate && word is "global" or "rule");
                nameNext = !nameNext && word is "rule";
                continue;
            }

            if (!char.IsWhiteSpace(c) && c != '/') isPrivate = nameNext = false;
            at = c switch
            {
                '"' => Skip(text, at, '"', ref line),
                '/' when Next(text, at) == '/' => EndOfLine(text, at),
                '/' when Next(text, at) == '*' => EndOfComment(text, at, ref line),
                '/' => Skip(text, at, '/', ref line),
                _ => at + 1,
            };
        }

        return rules;
    }

    static char Next(string text, int at) => at + 1 < text.Length ? text[at + 1] : '\0';

    static int EndOfLine(string text, int at) => text.IndexOf('\n', at) is >= 0 and var end ? end : text.Length;

    static int EndOfComment(string text, int at, ref int line)
    {
        int end = text.IndexOf("*/", at + 2, StringComparison.Ordinal);
        end = end < 0 ? text.Length : end + 2;
        line += text.AsSpan(at, end - at).Count('\n');
        return end;
    }

    // Quoted text and expressions end on their line; an open one does not swallow the rest of the file.
    static int Skip(string text, int at, char end, ref int line)
    {
        for (int i = at + 1; i < text.Length; i++)
        {
            if (text[i] == '\\') i++;
            else if (text[i] == end) return i + 1;
            else if (text[i] == '\n') return i;
        }

        _ = line;
        return text.Length;
    }
}
