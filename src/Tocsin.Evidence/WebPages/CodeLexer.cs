using System.Globalization;
using System.Text;

namespace Tocsin.Evidence.WebPages;

/// <summary>Cuts server code of any of the four languages into tokens. Comments are dropped, escapes undone; every step moves forward.</summary>
internal sealed class CodeLexer
{
    /// <summary>Tokens of one page: the longest real pages have some ten thousand. Bounds memory and the passes over them.</summary>
    public const int MaxTokens = 300_000;

    /// <summary>Depth of <c>$"{…}"</c> within itself.</summary>
    const int MaxDepth = 8;

    /// <summary>A slash that begins no expression is looked at for so long, and not to the end of a line of a million slashes.</summary>
    const int MaxRegex = 1024;

    /// <summary>Blanks before the end of a line, for the same reason.</summary>
    const int MaxBlanks = 256;

    readonly string _text;
    readonly CodeLanguage _language;
    readonly List<CodeToken> _tokens;
    readonly int? _anchor;
    readonly int _depth;
    readonly int _end;
    int _at;

    CodeLexer(string text, int start, int end, CodeLanguage language, List<CodeToken> tokens, int? anchor, int depth)
    {
        _text = text;
        _at = start;
        _end = end;
        _language = language;
        _tokens = tokens;
        _anchor = anchor;
        _depth = depth;
    }

    bool Basic => _language is CodeLanguage.VisualBasic or CodeLanguage.VBScript;

    /// <summary>Adds the tokens of a stretch.</summary>
    /// <param name="text">The page, or decoded code.</param>
    /// <param name="start">Where the stretch begins.</param>
    /// <param name="end">Where it ends.</param>
    /// <param name="language">How to read it.</param>
    /// <param name="tokens">Takes them.</param>
    /// <param name="anchor">Where in the page decoded code stands; null where <paramref name="text"/> is the page.</param>
    /// <returns>False where there were too many.</returns>
    public static bool Read(string text, int start, int end, CodeLanguage language, List<CodeToken> tokens, int? anchor = null)
    {
        new CodeLexer(text, start, end, language, tokens, anchor, 0).Read();
        return tokens.Count < MaxTokens;
    }

    void Read()
    {
        while (_at < _end && _tokens.Count < MaxTokens)
        {
            char c = _text[_at];
            if (c is '\n' or '\r') EndOfLine();
            else if (c <= ' ' || c == '\u00A0') _at++;
            else if (StartsName(c)) Name();
            else if (char.IsAsciiDigit(c)) Number();
            else if (c == '"') Quoted();
            else if (c == '\'') Apostrophe();
            else if (c == '@' && Next('"') && !Basic) Verbatim(1);
            else if (c == '@' && _at + 1 < _end && StartsName(_text[_at + 1])) _at++;
            else if (c == '$' && !Basic && (Next('"') || Next('@'))) Interpolated();
            else if (c == '/' && !Basic && Slash()) continue;
            else if (c == '&' && Basic && _at + 2 < _end && _text[_at + 1] is 'H' or 'h' && char.IsAsciiHexDigit(_text[_at + 2])) BasicHex();
            else Sign();
        }
    }

    bool Next(char c) => _at + 1 < _end && _text[_at + 1] == c;

    void Add(TokenKind kind, string text, int at, TokenMarks marks = TokenMarks.None) => _tokens.Add(new(kind, text, _anchor ?? at, marks));

    void EndOfLine()
    {
        // A line that ends in " _" goes on.
        if (Basic && _text[_at] == '\n')
        {
            int back = _at - 1;
            while (back > 0 && _at - back < MaxBlanks && (_text[back] is ' ' or '\t' or '\r')) back--;
            bool continues = back > 0 && _text[back] == '_' && (_text[back - 1] is ' ' or '\t');
            if (continues && _tokens.Count > 0 && _tokens[^1].IsName("_")) _tokens.RemoveAt(_tokens.Count - 1);
            if (!continues) Add(TokenKind.End, "\n", _at);
        }

        _at++;
    }

    // Bytes above ASCII are letters of other languages in UTF-8.
    static bool StartsName(char c) => char.IsAsciiLetter(c) || c is '_' or '\\' || c >= 0x80 && c != 0xA0;

    void Name()
    {
        int start = _at;
        var name = new StringBuilder();
        TokenMarks marks = TokenMarks.None;
        while (_at < _end)
        {
            char c = _text[_at];
            if (c == '\\' && Escape(out char escaped, out int length))
            {
                name.Append(escaped);
                marks |= TokenMarks.Escaped;
                _at += length;
            }
            else if (Invisible() is > 0 and var skip)
            {
                marks |= TokenMarks.Escaped;
                _at += skip;
            }
            else if (c != '\\' && (StartsName(c) || char.IsAsciiDigit(c)) || c == '$' && _language == CodeLanguage.JScript)
            {
                name.Append(c);
                _at++;
            }
            else if (c == '/' && !Basic && Next('*') && Torn(name) is { } joined)
            {
                name.Clear().Append(joined);
                marks |= TokenMarks.Commented;
            }
            else
            {
                break;
            }
        }

        if (_at == start) _at++;
        if (name.Length == 0) return;
        if (Basic && name.Length == 3 && name.ToString().Equals("REM", StringComparison.OrdinalIgnoreCase))
        {
            SkipLine();
            return;
        }

        Add(TokenKind.Name, name.ToString(), start, marks);
    }

    // "ev/**/al": two names to a compiler, one word to who hides it from a search and puts it together later.
    string? Torn(StringBuilder name)
    {
        int close = _text.IndexOf("*/", _at + 2, Math.Min(_end - _at - 2, 256), StringComparison.Ordinal);
        if (close < 0 || close + 2 >= _end || !char.IsAsciiLetter(_text[close + 2])) return null;
        int end = close + 2;
        while (end < _end && char.IsAsciiLetterOrDigit(_text[end]) && end - close < 64) end++;
        string joined = name.ToString() + _text[(close + 2)..end];
        if (!CodeWords.IsTelling(joined) || CodeWords.IsTelling(name.ToString()) || CodeWords.IsTelling(_text[(close + 2)..end])) return null;
        _at = end;
        return joined;
    }

    bool Escape(out char escaped, out int length)
    {
        escaped = '\0';
        length = _at + 1 < _end ? _text[_at + 1] switch { 'u' => 6, 'U' => 10, 'x' => 4, _ => 0 } : 0;
        if (length == 0 || _at + length > _end || !uint.TryParse(_text.AsSpan(_at + 2, length - 2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out uint code)) return false;
        escaped = code < 0x10000 ? (char)code : '?';
        return true;
    }

    // Signs that C# and JScript take no notice of in names: soft hyphen, zero width signs, marks of direction, in UTF-8.
    int Invisible()
    {
        if (_at + 1 < _end && _text[_at] == 0xC2 && _text[_at + 1] == 0xAD) return 2;
        if (_at + 2 >= _end) return 0;
        return (_text[_at], _text[_at + 1], _text[_at + 2]) is ('\u00E2', '\u0080', >= '\u008B' and <= '\u008F') or ('\u00E2', '\u0080', >= '\u00AA' and <= '\u00AE')
            or ('\u00E2', '\u0081', >= '\u00A0' and <= '\u00AF') or ('\u00EF', '\u00BB', '\u00BF') ? 3 : 0;
    }

    void Number()
    {
        int start = _at;
        while (_at < _end && (char.IsAsciiLetterOrDigit(_text[_at]) || _text[_at] == '.' && _at + 1 < _end && char.IsAsciiDigit(_text[_at + 1]))) _at++;
        string text = _text[start.._at];
        if (text.StartsWith("0x", StringComparison.OrdinalIgnoreCase) && int.TryParse(text.AsSpan(2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out int hex)) text = hex.ToString(CultureInfo.InvariantCulture);
        Add(TokenKind.Number, text, start);
    }

    void BasicHex()
    {
        int start = _at;
        _at += 2;
        while (_at < _end && char.IsAsciiHexDigit(_text[_at])) _at++;
        bool read = int.TryParse(_text.AsSpan(start + 2, _at - start - 2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out int value);
        Add(TokenKind.Number, read ? value.ToString(CultureInfo.InvariantCulture) : "0", start);
    }

    void Quoted()
    {
        if (Basic) Doubled(1);
        else Escaped('"');
        // VB writes a single letter as "a"c.
        if (Basic && _at < _end && _text[_at] is 'c' or 'C' && (_at + 1 >= _end || !char.IsAsciiLetterOrDigit(_text[_at + 1]))) _at++;
    }

    void Apostrophe()
    {
        if (Basic) SkipLine();
        else Escaped('\'');
    }

    void Verbatim(int prefix) => Doubled(prefix + 1);

    // In VB, and behind @ in C#, two quotes stand for one.
    void Doubled(int prefix)
    {
        int start = _at;
        _at += prefix;
        var value = new StringBuilder();
        while (_at < _end)
        {
            char c = _text[_at++];
            if (c == '"')
            {
                if (_at >= _end || _text[_at] != '"') break;
                _at++;
            }
            else if (Basic && c == '\n')
            {
                _at--;
                break;
            }

            value.Append(c);
        }

        Add(TokenKind.Text, value.ToString(), start);
    }

    void Escaped(char quote)
    {
        int start = _at++;
        var value = new StringBuilder();
        TokenMarks marks = TokenMarks.None;
        while (_at < _end)
        {
            char c = _text[_at];
            if (c == quote || c == '\n')
            {
                if (c == quote) _at++;
                break;
            }

            if (c == '\\' && _at + 1 < _end)
            {
                if (Escape(out char escaped, out int length))
                {
                    value.Append(escaped);
                    if (char.IsAsciiLetterOrDigit(escaped)) marks |= TokenMarks.Escaped;
                    _at += length;
                    continue;
                }

                char after = _text[_at + 1];
                value.Append(after switch { 'n' => '\n', 'r' => '\r', 't' => '\t', '0' => '\0', _ => after });
                _at += 2;
                continue;
            }

            value.Append(c);
            _at++;
        }

        Add(TokenKind.Text, value.ToString(), start, marks);
    }

    // $"a{x}b" is ("a"+(x)+"b").
    void Interpolated()
    {
        int start = _at;
        bool verbatim = Next('@');
        _at += verbatim ? 3 : 2;
        if (_at > _end || _text[_at - 1] != '"')
        {
            _at = start + 1;
            return;
        }

        var value = new StringBuilder();
        Add(TokenKind.Sign, "(", start);
        while (_at < _end)
        {
            char c = _text[_at];
            if (c == '"')
            {
                _at++;
                if (!verbatim || _at >= _end || _text[_at] != '"') break;
            }
            else if (c == '\n' && !verbatim)
            {
                break;
            }
            else if (c == '{' && !Next('{') && _depth < MaxDepth)
            {
                Hole(value.ToString(), start);
                value.Clear();
                continue;
            }
            else if (c is '{' or '}' && Next(c) || c == '\\' && !verbatim && _at + 1 < _end)
            {
                _at++;
                c = _text[_at];
            }

            value.Append(c);
            _at++;
        }

        Add(TokenKind.Text, value.ToString(), start);
        Add(TokenKind.Sign, ")", start);
    }

    void Hole(string before, int start)
    {
        Add(TokenKind.Text, before, start);
        Add(TokenKind.Sign, "+", start);
        Add(TokenKind.Sign, "(", start);
        int from = ++_at, depth = 1;
        for (; _at < _end && depth > 0 && _text[_at] != '\n'; _at++)
        {
            if (_text[_at] == '{') depth++;
            else if (_text[_at] == '}') depth--;
            else if (_text[_at] == '"' && _text.IndexOf('"', _at + 1, _end - _at - 1) is >= 0 and var close) _at = close;
        }

        int to = Math.Max(from, depth == 0 ? _at - 1 : _at);
        new CodeLexer(_text, from, to, _language, _tokens, _anchor, _depth + 1).Read();
        Add(TokenKind.Sign, ")", start);
        Add(TokenKind.Sign, "+", start);
    }

    bool Slash()
    {
        if (Next('/'))
        {
            SkipLine();
            return true;
        }

        if (Next('*'))
        {
            int close = _text.IndexOf("*/", _at + 2, Math.Max(0, _end - _at - 2), StringComparison.Ordinal);
            _at = close < 0 ? _end : close + 2;
            return true;
        }

        if (_language != CodeLanguage.JScript || !ExpectsValue()) return false;
        // A regular expression: quotes in it begin no text.
        bool inClass = false;
        for (int i = _at + 1, last = Math.Min(_end, _at + MaxRegex); i < last && _text[i] is not ('\n' or '\r'); i++)
        {
            char c = _text[i];
            if (c == '\\') i++;
            else if (c == '[') inClass = true;
            else if (c == ']') inClass = false;
            else if (c == '/' && !inClass)
            {
                Add(TokenKind.Text, _text[(_at + 1)..i], _at);
                _at = i + 1;
                return true;
            }
        }

        return false;
    }

    bool ExpectsValue() => _tokens.Count == 0 || _tokens[^1].Kind == TokenKind.Sign && _tokens[^1].Text is not (")" or "]" or "}") || _tokens[^1].IsName("return");

    void SkipLine()
    {
        int end = _text.IndexOf('\n', _at, _end - _at);
        _at = end < 0 ? _end : end;
    }

    void Sign()
    {
        string sign = _at + 1 < _end && _text.AsSpan(_at, 2) is "==" or "!=" or "<=" or ">=" or "=>" or "+=" or "&=" or "-=" or "*=" or "&&" or "||" or "++" or "--" or "<>" or "??" or "?." or "::" or "->"
            ? _text.Substring(_at, 2) : _text.Substring(_at, 1);
        if (Basic && sign == ":") Add(TokenKind.End, ":", _at);
        else Add(TokenKind.Sign, sign == "?." ? "." : sign, _at);
        _at += sign.Length;
    }
}
