namespace Tocsin.Evidence.WebPages;

internal enum RegionKind
{
    /// <summary><c>&lt;% code %&gt;</c>.</summary>
    Code,
    /// <summary><c>&lt;%= value %&gt;</c>, <c>&lt;%: value %&gt;</c>.</summary>
    Expression,
    /// <summary><c>&lt;%# binding %&gt;</c>, in which <c>Eval("Name")</c> reads a column and runs nothing.</summary>
    Binding,
    /// <summary><c>&lt;script runat="server"&gt;</c>, or a file that is code as a whole.</summary>
    Script,
}

/// <summary>A stretch of server code.</summary>
internal readonly record struct CodeRegion(RegionKind Kind, int Start, int End, string Language);

/// <summary>The parts of a page that a server looks at.</summary>
/// <remarks>
/// <code>
/// &lt;%@ Page Language="C#" Inherits="…" %&gt;      directive
/// &lt;%-- … --%&gt;                                 comment: not executed
/// &lt;% … %&gt;  &lt;%= … %&gt;  &lt;%: … %&gt;  &lt;%# … %&gt;       code; ends at the first %&gt;, be it in a string
/// &lt;script runat="server" language="…"&gt; … &lt;/script&gt;
/// &lt;object runat="server" progid="…"&gt;  &lt;asp:TextBox runat="server" id="…"&gt;  &lt;!-- #include file="…" --&gt;
/// </code>
/// HTML comments and scripts for the browser do not shield code from the server. Handlers and services
/// (<c>.ashx .asmx .svc</c>) are code behind their directive. One pass; every step moves forward. Source: the ASP.NET page
/// syntax of Microsoft's documentation, and what its parser accepts.
/// </remarks>
internal sealed class PageGrammar
{
    /// <summary>Real pages have some hundred parts; a file of a million signs "&lt;%" would otherwise cost memory for each.</summary>
    const int MaxParts = 20_000;

    /// <summary>Tags are short; a quote that is never closed would otherwise be looked for to the end, again and again.</summary>
    const int MaxTag = 4096;

    readonly string _text;

    public PageGrammar(string text, string extension)
    {
        _text = text;
        Read(extension is ".cshtml" or ".vbhtml");
        if (extension is ".ashx" or ".asmx" or ".svc" or ".soap" or ".axd" or ".rem") CodeBehindDirective();
    }

    public List<CodeRegion> Regions { get; } = [];

    /// <summary>Attributes of all directives by name, with where they stand; the first of a name counts.</summary>
    public Dictionary<string, (string Value, int At)> Directives { get; } = new(StringComparer.OrdinalIgnoreCase);

    public List<int> Includes { get; } = [];

    /// <summary>COM objects made by tags: the variable's name and the program's.</summary>
    public List<(string Id, string ProgId, int At)> Objects { get; } = [];

    /// <summary>Names of controls whose values the visitor sends.</summary>
    public HashSet<string> Controls { get; } = new(StringComparer.OrdinalIgnoreCase);

    public int? FirstDirective { get; private set; }

    int _directiveEnd;

    void Read(bool razor)
    {
        for (int at = 0; at < _text.Length && Regions.Count < MaxParts;)
        {
            at = _text.AsSpan(at).IndexOfAny(razor ? "<@" : "<") is >= 0 and var found ? at + found : _text.Length;
            if (at + 1 >= _text.Length) return;
            if (_text[at] == '@') at = Razor(at);
            else if (_text[at + 1] == '%' && !razor) at = Block(at);
            else if (_text[at + 1] == '!') at = Comment(at);
            else if (char.IsAsciiLetter(_text[at + 1])) at = Tag(at);
            else at++;
        }
    }

    int Block(int at)
    {
        if (Is(at, "<%--")) return After(at + 4, "--%>");
        int start = at + 2, end = _text.IndexOf("%>", start, StringComparison.Ordinal);
        if (end < 0) end = _text.Length;
        char sign = start < end ? _text[start] : ' ';
        if (sign == '@') Directive(start + 1, end);
        else if (sign is '=' or ':') Regions.Add(new(RegionKind.Expression, start + 1, end, ""));
        else if (sign == '#') Regions.Add(new(RegionKind.Binding, start + 1, end, ""));
        else if (sign != '$') Regions.Add(new(RegionKind.Code, start, end, ""));
        return Math.Min(_text.Length, end + 2);
    }

    void Directive(int start, int end)
    {
        FirstDirective ??= start - 3;
        _directiveEnd = Math.Min(_text.Length, end + 2);
        foreach (var (name, value, at) in Attributes(start, Math.Min(end, start + MaxTag)))
        {
            if (Directives.Count < 256) Directives.TryAdd(name, (value, at));
        }
    }

    int Comment(int at)
    {
        if (!Is(at, "<!--")) return at + 2;
        ReadOnlySpan<char> inside = _text.AsSpan(at + 4, Math.Min(64, _text.Length - at - 4)).TrimStart();
        if (inside.StartsWith("#include", StringComparison.OrdinalIgnoreCase) && Includes.Count < MaxParts) Includes.Add(at);
        return at + 4;
    }

    int Tag(int at)
    {
        int end = TagEnd(at);
        if (end < 0) return at + 1;
        int nameEnd = at + 1;
        while (nameEnd < end && (char.IsAsciiLetterOrDigit(_text[nameEnd]) || _text[nameEnd] is ':' or '-' or '_')) nameEnd++;
        ReadOnlySpan<char> name = _text.AsSpan(at + 1, nameEnd - at - 1);
        // Nearly all tags are the browser's: only those that say so are looked at closely.
        if (_text.AsSpan(nameEnd, end - nameEnd).IndexOf("runat", StringComparison.OrdinalIgnoreCase) < 0) return end + 1;

        var attributes = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        foreach (var (key, value, _) in Attributes(nameEnd, end)) attributes.TryAdd(key, value);
        if (!attributes.TryGetValue("runat", out string? runat) || !runat.Trim().Equals("server", StringComparison.OrdinalIgnoreCase)) return end + 1;

        if (name.Equals("script", StringComparison.OrdinalIgnoreCase))
        {
            int close = _text.IndexOf("</script", end + 1, StringComparison.OrdinalIgnoreCase);
            if (close < 0) close = _text.Length;
            if (attributes.ContainsKey("src")) Includes.Add(at);
            Regions.Add(new(RegionKind.Script, end + 1, close, attributes.GetValueOrDefault("language") ?? attributes.GetValueOrDefault("type") ?? ""));
            return close;
        }

        string id = attributes.GetValueOrDefault("id") ?? "";
        if (name.Equals("object", StringComparison.OrdinalIgnoreCase))
        {
            if (Objects.Count < MaxParts) Objects.Add((id, attributes.GetValueOrDefault("progid") ?? attributes.GetValueOrDefault("classid") ?? attributes.GetValueOrDefault("class") ?? "", at));
        }
        else if (id.Length > 0 && Controls.Count < MaxParts && name.ToString().ToLowerInvariant() is "input" or "textarea" or "select" or "asp:textbox" or "asp:fileupload" or "asp:hiddenfield" or "asp:dropdownlist" or "asp:listbox")
        {
            Controls.Add(id);
        }

        return end + 1;
    }

    // A tag may have code in it: <a href="<%= … %>">. Such a tag is left to be read on from its second sign.
    int TagEnd(int at)
    {
        char quote = '\0';
        int last = Math.Min(_text.Length, at + MaxTag);
        for (int i = at + 1; i < last; i++)
        {
            char c = _text[i];
            if (quote != '\0')
            {
                if (c == quote) quote = '\0';
                else if (c == '<' && i + 1 < last && _text[i + 1] == '%') return -1;
            }
            else if (c is '"' or '\'') quote = c;
            else if (c == '>') return i;
            else if (c == '<') return -1;
        }

        return -1;
    }

    IEnumerable<(string Name, string Value, int At)> Attributes(int start, int end)
    {
        for (int at = start; at < end;)
        {
            while (at < end && !IsNameSign(_text[at])) at++;
            int name = at;
            while (at < end && IsNameSign(_text[at])) at++;
            if (at == name) yield break;
            string key = _text[name..at];
            while (at < end && char.IsWhiteSpace(_text[at])) at++;
            if (at >= end || _text[at] != '=')
            {
                yield return (key, "", name);
                continue;
            }

            at++;
            while (at < end && char.IsWhiteSpace(_text[at])) at++;
            if (at >= end) yield break;
            int value = at;
            if (_text[at] is '"' or '\'' && _text.IndexOf(_text[at], at + 1, end - at - 1) is >= 0 and var close)
            {
                value++;
                at = close;
            }
            else
            {
                while (at < end && !char.IsWhiteSpace(_text[at]) && _text[at] != '>') at++;
            }

            yield return (key, _text[value..at], name);
            at++;
        }

        static bool IsNameSign(char c) => char.IsAsciiLetterOrDigit(c) || c is '_' or ':' or '-' or '.';
    }

    void CodeBehindDirective()
    {
        if (FirstDirective is not null) Regions.Insert(0, new(RegionKind.Script, _directiveEnd, _text.Length, ""));
    }

    // Razor: "@{ … }", "@functions { … }", "@if (…) { … }" to the brace that closes; "@Model.Name", "@(…)" as far as names and brackets go; "@@" and addresses are text.
    int Razor(int at)
    {
        if (at + 1 >= _text.Length || _text[at + 1] == '@' || at > 0 && char.IsAsciiLetterOrDigit(_text[at - 1])) return at + 2;
        if (_text[at + 1] == '*') return After(at + 2, "*@");
        int word = at + 1;
        while (word < _text.Length && char.IsAsciiLetter(_text[word])) word++;
        bool block = _text[at + 1] == '{' || _text.AsSpan(at + 1, word - at - 1) is "if" or "for" or "foreach" or "while" or "switch" or "using" or "lock" or "try" or "do" or "functions" or "helper" or "code";
        int end = block ? BraceEnd(word) : ExpressionEnd(at + 1);
        Regions.Add(new(block ? RegionKind.Code : RegionKind.Expression, at + 1, end, ""));
        return Math.Max(at + 1, end);
    }

    int BraceEnd(int from)
    {
        int depth = 0;
        for (int at = from; at < _text.Length; at++)
        {
            if (_text[at] == '{') depth++;
            else if (_text[at] == '}' && --depth <= 0) return at + 1;
            else if (_text[at] == '\n' && depth == 0)
            {
                // "@using System" has no braces; those of "@if" may stand on the next line.
                int next = at;
                while (next < _text.Length && char.IsWhiteSpace(_text[next])) next++;
                if (next == _text.Length || _text[next] != '{') return at;
                at = next - 1;
            }
        }

        return _text.Length;
    }

    int ExpressionEnd(int from)
    {
        int depth = 0;
        for (int at = from; at < _text.Length; at++)
        {
            char c = _text[at];
            if (c is '(' or '[') depth++;
            else if (c is ')' or ']') depth--;
            else if (c == '\n' || depth == 0 && !char.IsAsciiLetterOrDigit(c) && c is not ('_' or '.')) return at;
        }

        return _text.Length;
    }

    bool Is(int at, string text) => string.CompareOrdinal(_text, at, text, 0, text.Length) == 0;

    int After(int from, string end) => from < _text.Length && _text.IndexOf(end, from, StringComparison.Ordinal) is >= 0 and var at ? at + end.Length : _text.Length;
}
