using System.Globalization;
using System.Text;

namespace Tocsin.Evidence.WebPages;

/// <summary>Works out texts that are written as sums: <c>"un"+"safe"</c>, <c>Chr(101)&amp;"val"</c>, <c>StrReverse("lave")</c>, <c>FromBase64String("…")</c>.</summary>
/// <remarks>
/// Tokens are put on a stack; whenever its top is the right side of a rule below, it is replaced by the one text that it
/// stands for. Every replacement makes the stack shorter, so the work is proportional to the tokens and the length of the texts.
/// A variable that is given one text, and nothing else anywhere, is replaced by it where it is used.
/// </remarks>
internal sealed class CodeFolding
{
    /// <summary>All texts that folding makes together: a page that joins a text to itself again and again would double it each time.</summary>
    const int MaxMade = 8 * 1024 * 1024;

    /// <summary>Parts of one array or call that are put together.</summary>
    const int MaxParts = 4096;

    readonly List<CodeToken> _stack = [];
    readonly Dictionary<string, CodeToken?> _constants;
    readonly Dictionary<string, int> _assignments;
    readonly List<int> _openings = [];
    int _made;

    CodeFolding(IReadOnlyList<CodeToken> tokens, CodeLanguage language)
    {
        StringComparer names = language is CodeLanguage.VisualBasic or CodeLanguage.VBScript ? StringComparer.OrdinalIgnoreCase : StringComparer.Ordinal;
        _constants = new(names);
        _assignments = new(names);
        for (int at = 0; at + 1 < tokens.Count; at++)
        {
            if (tokens[at].Kind == TokenKind.Name && tokens[at + 1].Is("=")) _assignments[tokens[at].Text] = _assignments.GetValueOrDefault(tokens[at].Text) + 1;
        }

        for (int at = 0; at < tokens.Count; at++) Push(tokens[at], at + 1 < tokens.Count ? tokens[at + 1] : default);
        EndStatement();
    }

    /// <summary>The folded tokens.</summary>
    public static List<CodeToken> Fold(IReadOnlyList<CodeToken> tokens, CodeLanguage language) => new CodeFolding(tokens, language)._stack;

    CodeToken Top(int below = 0) => _stack.Count > below ? _stack[^(below + 1)] : default;

    void Push(CodeToken token, CodeToken next)
    {
        bool ends = token.Kind == TokenKind.End || token.Is(";") || token.Is("}") || token.Is("{")
            || token.Is(",") && (_openings.Count == 0 || _openings[^1] < _stack.Count && _stack[_openings[^1]].Is("{") && !IsInitialiser());
        if (ends && !(token.Is("{") && Opens()) && !(token.Is("}") && IsInitialiser())) EndStatement();
        if (token.Kind == TokenKind.Name && _constants.Count > 0 && !Top().Is(".") && !IsAssigned(next) && _constants.TryGetValue(token.Text, out CodeToken? value) && value is { } constant) token = constant with { At = token.At };
        if (token.Is("(") || token.Is("{") || token.Is("[")) _openings.Add(_stack.Count);
        _stack.Add(token);
        while (Reduce(next))
        {
        }

        if ((token.Is(")") || token.Is("}") || token.Is("]")) && Top().Text == token.Text && Top().Kind == TokenKind.Sign && _openings.Count > 0) _openings.RemoveAt(_openings.Count - 1);
    }

    bool Opens() => Top().Is("]") || Top().Is("=") || Top().Is("(") || Top().Is(",") || Top().Is(">");

    bool IsInitialiser() => _openings.Count > 0 && _openings[^1] is var at && at < _stack.Count && at > 0 && _stack[at].Is("{") && (_stack[at - 1].Is("]") || _stack[at - 1].Is("=") || _stack[at - 1].Is("(") || _stack[at - 1].Is(","));

    static bool IsAssigned(CodeToken next) => next.Is("=") || next.Is("+=") || next.Is("&=") || next.Is("++");

    // "name = text" at the end of a statement: the name stands for the text, if it is given a value nowhere else.
    void EndStatement()
    {
        if (_stack.Count < 3 || !Top(1).Is("=") && !Top(1).Is("+=") && !Top(1).Is("&=") || Top(2).Kind != TokenKind.Name) return;
        string name = Top(2).Text;
        if (_stack.Count > 3 && Top(3).Is(".")) return;
        if (!Top().IsText)
        {
            if (_constants.ContainsKey(name)) _constants[name] = null;
            return;
        }

        if (!Top(1).Is("="))
        {
            if (_constants.TryGetValue(name, out CodeToken? before) && before is { } text && Spend(text.Text.Length + Top().Text.Length)) _constants[name] = Joined(text, Top());
            return;
        }

        if (_constants.Count < MaxParts && _assignments.GetValueOrDefault(name) == 1) _constants[name] = Top();
    }

    bool Reduce(CodeToken next)
    {
        CodeToken top = Top();
        if (top.IsText) return Sum(next) || Character();
        if (top.Kind == TokenKind.Number) return CharacterNumber();
        if (top.Is(")")) return Closed();
        if (top.Is("}")) return Array();
        if (top.Is("]")) return Index() || List();
        return false;
    }

    // text + text
    bool Sum(CodeToken next)
    {
        // What follows binds tighter: "a" + "b".Replace(…), "a" + "b"[0].
        if (next.Is(".") || next.Is("[")) return false;
        if (_stack.Count < 3 || !Top(2).IsText || !(Top(1).Is("+") || Top(1).Is("&")) || !Spend(Top().Text.Length + Top(2).Text.Length)) return false;
        Replace(3, Joined(Top(2), Top()));
        return true;
    }

    static CodeToken Joined(CodeToken left, CodeToken right)
    {
        string text = left.Text + right.Text;
        TokenMarks marks = left.Marks | right.Marks;
        // A telling word that stands whole in one of the parts was not put together.
        if (CodeWords.HasTelling(text) && !CodeWords.HasTelling(left.Text) && !CodeWords.HasTelling(right.Text)
            || CodeWords.IsTelling(text) && !CodeWords.IsTelling(left.Text) && !CodeWords.IsTelling(right.Text)) marks |= TokenMarks.Joined;
        return new(TokenKind.Text, text, left.At, marks);
    }

    // ( char ) text is the text itself.
    bool Character()
    {
        if (_stack.Count < 4 || !Top(1).Is(")") || Top(2).Kind != TokenKind.Name || !Top(3).Is("(") || Top(2).Text is not ("char" or "string" or "object" or "String")) return false;
        Replace(4, Top());
        return true;
    }

    // ( char ) number
    bool CharacterNumber()
    {
        if (_stack.Count < 4 || !Top(1).Is(")") || !Top(2).IsName("char") || !Top(3).Is("(") || !int.TryParse(Top().Text, NumberStyles.None, CultureInfo.InvariantCulture, out int code) || code is 0 or > 0xFFFF) return false;
        Replace(4, new(TokenKind.Text, ((char)code).ToString(), Top().At, TokenMarks.Codes));
        return true;
    }

    bool Closed()
    {
        if (_openings.Count == 0) return false;
        int open = _openings[^1];
        if (open >= _stack.Count || !_stack[open].Is("(")) return false;
        int count = _stack.Count - open - 2;
        string name = open > 0 && _stack[open - 1].Kind == TokenKind.Name ? _stack[open - 1].Text : "";
        bool onText = open > 2 && _stack[open - 2].Is(".") && _stack[open - 3].IsText;
        if (name.Length > 0 && Called(name, open, count, onText)) return true;

        // ( text ), ( number ) standing for itself and not a call or a cast.
        if (count == 1 && name.Length == 0 && (open == 0 || !_stack[open - 1].Is(")") && !_stack[open - 1].Is("]") && !_stack[open - 1].IsText) && _stack[open + 1].Kind is TokenKind.Text or TokenKind.Number)
        {
            CodeToken inner = _stack[open + 1];
            Replace(3, inner);
            return true;
        }

        return false;
    }

    bool Called(string name, int open, int count, bool onText)
    {
        if (count > MaxParts * 2) return false;
        CodeToken first = count > 0 ? _stack[open + 1] : default;
        int at = _stack[open - 1].At;
        switch (name.ToUpperInvariant())
        {
            case "CHR" or "CHRW" or "CHAR" or "TOCHAR" when count == 1 && first.Kind == TokenKind.Number:
            case "FROMCHARCODE" when first.Kind == TokenKind.Number:
                return Numbers(open, out string letters) && Finish(open, letters, first.Marks | TokenMarks.Codes, at);
            case "STRREVERSE" when count == 1 && first.IsText:
                return Finish(open, Reversed(first.Text), first.Marks | TokenMarks.Reversed, at);
            case "REVERSE" when count == 0 && onText:
                return FinishOnText(open, Reversed(_stack[open - 3].Text), _stack[open - 3].Marks | TokenMarks.Reversed);
            case "REPLACE" when onText && count == 3 && first.IsText && _stack[open + 3].IsText && first.Text.Length > 0:
                return Spend(_stack[open - 3].Text.Length * (1 + _stack[open + 3].Text.Length)) && FinishOnText(open, _stack[open - 3].Text.Replace(first.Text, _stack[open + 3].Text, StringComparison.Ordinal), _stack[open - 3].Marks | TokenMarks.Replaced);
            case "REPLACE" when count == 5 && first.IsText && _stack[open + 3].IsText && _stack[open + 5].IsText && _stack[open + 3].Text.Length > 0:
                return Spend(first.Text.Length * (1 + _stack[open + 5].Text.Length)) && Finish(open, first.Text.Replace(_stack[open + 3].Text, _stack[open + 5].Text, StringComparison.Ordinal), first.Marks | TokenMarks.Replaced, at);
            case "SPLIT" or "TOCHARARRAY" or "TOSTRING" or "TRIM" or "TOARRAY" or "ASENUMERABLE" or "NORMALIZE" when onText && (count == 0 || count == 1 && first.IsText && first.Text.Length == 0):
                return FinishOnText(open, _stack[open - 3].Text, _stack[open - 3].Marks);
            case "TOLOWER" or "TOUPPER" or "TOLOWERINVARIANT" or "TOLOWERCASE" or "TOUPPERCASE" when onText && count == 0:
                return FinishOnText(open, name.Contains("LOW", StringComparison.OrdinalIgnoreCase) ? _stack[open - 3].Text.ToLowerInvariant() : _stack[open - 3].Text.ToUpperInvariant(), _stack[open - 3].Marks);
            case "JOIN" when onText && count == 1 && first.IsText && first.Text.Length == 0:
                return FinishOnText(open, _stack[open - 3].Text, _stack[open - 3].Marks);
            case "SUBSTRING" or "SUBSTR" when onText && count is 1 or 3:
                return Part(open, count);
            case "CONCAT" or "JOIN" when count > 0 && !onText:
                return Texts(open + 1, _stack.Count - 2, name.Equals("Join", StringComparison.OrdinalIgnoreCase), out string text, out TokenMarks marks) && Finish(open, text, marks, at);
            case "STRING" when count == 1 && first.IsText:
            case "GETSTRING" or "CSTR" when count == 1 && first.IsText:
            case "REVERSE" when count == 1 && first.IsText:
                return Finish(open, name.Equals("Reverse", StringComparison.OrdinalIgnoreCase) ? Reversed(first.Text) : first.Text, first.Marks, at);
            case "GETBYTES" when count == 1 && first.IsText:
                return Finish(open, first.Text, first.Marks, at);
            case "FROMBASE64STRING" or "ATOB" or "BASE64DECODE" when count == 1 && first.IsText:
                return Decoded.Base64(first.Text) is { } plain && Spend(plain.Length) && Finish(open, plain, first.Marks | TokenMarks.Encoded, at);
            case "UNESCAPE" or "URLDECODE" or "DECODEURICOMPONENT" or "UNESCAPEDATASTRING" or "HTMLDECODE" when count == 1 && first.IsText:
                string unescaped = Decoded.Percent(first.Text);
                return Finish(open, unescaped, unescaped == first.Text ? first.Marks : first.Marks | TokenMarks.Escaped, at);
            default:
                return false;
        }
    }

    // The call, with "X.Y." and "new" before it, becomes one text.
    bool Finish(int open, string text, TokenMarks marks, int at)
    {
        int from = open - 1;
        while (from >= 2 && _stack[from - 1].Is("."))
        {
            if (_stack[from - 2].Kind == TokenKind.Name) from -= 2;
            else if (from >= 5 && _stack[from - 2].Is(")") && _stack[from - 4].Is("(") && _stack[from - 5].IsName("GetEncoding")) from -= 5;
            else break;
        }

        if (from >= 1 && _stack[from - 1].IsName("new")) from--;
        // (…).GetString("…") and the like: what stands before the point is a value, and goes with the call.
        if (from >= 1 && _stack[from - 1].Is(".")) return false;
        Replace(_stack.Count - from, new(TokenKind.Text, text, at, marks));
        return true;
    }

    bool FinishOnText(int open, string text, TokenMarks marks)
    {
        CodeToken before = _stack[open - 3];
        Replace(_stack.Count - open + 3, new(TokenKind.Text, text, before.At, marks));
        return true;
    }

    bool Part(int open, int count)
    {
        string text = _stack[open - 3].Text;
        if (_stack[open + 1].Kind != TokenKind.Number || !int.TryParse(_stack[open + 1].Text, NumberStyles.None, CultureInfo.InvariantCulture, out int from) || from > text.Length) return false;
        int length = text.Length - from;
        if (count == 3 && (_stack[open + 3].Kind != TokenKind.Number || !int.TryParse(_stack[open + 3].Text, NumberStyles.None, CultureInfo.InvariantCulture, out length) || length > text.Length - from)) return false;
        return FinishOnText(open, text.Substring(from, length), _stack[open - 3].Marks | TokenMarks.Joined);
    }

    bool Numbers(int open, out string letters)
    {
        var text = new StringBuilder();
        letters = "";
        for (int i = open + 1; i < _stack.Count - 1; i++)
        {
            if (_stack[i].Is(",")) continue;
            if (_stack[i].Kind != TokenKind.Number || !int.TryParse(_stack[i].Text, NumberStyles.None, CultureInfo.InvariantCulture, out int code) || code is 0 or > 0xFFFF) return false;
            text.Append((char)code);
        }

        letters = text.ToString();
        return letters.Length > 0;
    }

    bool Texts(int from, int to, bool skipsFirst, out string joined, out TokenMarks marks)
    {
        var text = new StringBuilder();
        joined = "";
        marks = TokenMarks.None;
        int parts = 0;
        bool whole = false;
        string separator = "";
        for (int i = from; i <= to; i++)
        {
            CodeToken part = _stack[i];
            if (part.Is(",")) continue;
            if (!part.IsText) return false;
            if (parts++ == 0 && skipsFirst && to > from)
            {
                separator = part.Text;
                continue;
            }

            if (text.Length > 0) text.Append(separator);
            text.Append(part.Text);
            marks |= part.Marks;
            whole |= CodeWords.HasTelling(part.Text);
        }

        joined = text.ToString();
        if (!whole && parts != 1 && CodeWords.HasTelling(joined)) marks |= TokenMarks.Joined;
        return Spend(joined.Length);
    }

    // new char[] { 'a', 'b' }, new[] { "a", "b" }, new byte[] { 101, 118 } as one text.
    bool Array()
    {
        if (!IsInitialiser()) return false;
        int open = _openings[^1];
        int from = open;
        while (from > 0 && open - from < 6 && (_stack[from - 1].Is("[") || _stack[from - 1].Is("]") || _stack[from - 1].Kind is TokenKind.Name or TokenKind.Number))
        {
            from--;
            if (_stack[from].IsName("new")) break;
        }

        if (!_stack[from].IsName("new")) from = open;
        return Items(open, out string text, out TokenMarks marks) && Swap(from, text, marks, _stack[open].At);
    }

    // ["a","b"] of JScript, where a value is expected.
    bool List()
    {
        if (_openings.Count == 0) return false;
        int open = _openings[^1];
        if (open >= _stack.Count || !_stack[open].Is("[") || open > 0 && (_stack[open - 1].Kind is TokenKind.Name or TokenKind.Text || _stack[open - 1].Is(")") || _stack[open - 1].Is("]"))) return false;
        return _stack.Count - open > 3 && Items(open, out string text, out TokenMarks marks) && Swap(open, text, marks, _stack[open].At);
    }

    bool Swap(int from, string text, TokenMarks marks, int at)
    {
        Replace(_stack.Count - from, new(TokenKind.Text, text, at, marks));
        return true;
    }

    // Letters become a word; whole texts of an array stay apart, or a list of file names would be read as one.
    bool Items(int open, out string text, out TokenMarks marks)
    {
        text = "";
        marks = TokenMarks.None;
        int count = _stack.Count - open - 2;
        if (count is < 3 or > MaxParts * 2) return false;
        if (_stack[open + 1].Kind == TokenKind.Number)
        {
            marks = TokenMarks.Codes;
            return Numbers(open, out text);
        }

        for (int i = open + 1; i < _stack.Count - 1; i++)
        {
            if (!_stack[i].Is(",") && (!_stack[i].IsText || _stack[i].Text.Length > 6)) return false;
        }

        return Texts(open + 1, _stack.Count - 2, skipsFirst: false, out text, out marks);
    }

    // "abc" [ 1 ]
    bool Index()
    {
        if (_stack.Count < 4 || Top(1).Kind != TokenKind.Number || !Top(2).Is("[") || !Top(3).IsText) return false;
        string text = Top(3).Text;
        if (!int.TryParse(Top(1).Text, NumberStyles.None, CultureInfo.InvariantCulture, out int at) || at >= text.Length) return false;
        Replace(4, new(TokenKind.Text, text.Substring(at, 1), Top(3).At, Top(3).Marks | TokenMarks.Joined));
        return true;
    }

    void Replace(int count, CodeToken by)
    {
        int start = _stack.Count - count;
        _stack.RemoveRange(start, count);
        while (_openings.Count > 0 && _openings[^1] >= start) _openings.RemoveAt(_openings.Count - 1);
        _stack.Add(by);
    }

    bool Spend(int length)
    {
        if (_made > MaxMade - length) return false;
        _made += length;
        return true;
    }

    static string Reversed(string text) => string.Create(text.Length, text, (span, from) =>
    {
        from.CopyTo(span);
        span.Reverse();
    });
}
