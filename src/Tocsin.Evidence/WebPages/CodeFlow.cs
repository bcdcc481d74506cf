// So many lines belong together because assignments, calls and values are one question, and its parts call each other.
namespace Tocsin.Evidence.WebPages;

/// <summary>Follows what the visitor sent through folded tokens, and notes where it comes to harm.</summary>
/// <remarks>
/// No compiler: statements are stretches between <c>;</c>, braces or line ends; a variable is a name within its function, or of
/// the page where it is given a value outside of one. What a statement's right side has, its left side gets; arguments go to
/// the parameters of the page's own functions, and what they return comes back. Repeated until nothing changes, at most
/// <see cref="MaxPasses"/> times. It errs towards seeing a flow where types would show that there is none.
/// </remarks>
internal sealed class CodeFlow
{
    /// <summary>A flow goes through one more function with each pass; hostile pages may chain thousands.</summary>
    const int MaxPasses = 6;

    /// <summary>How far back a chain <c>a.b[c].d(…)</c> is followed: bounds the work for each token.</summary>
    const int MaxChain = 48;

    /// <summary>How many tokens of arguments one call may have, for the same reason.</summary>
    const int MaxArguments = 4000;

    /// <summary>How often each token may be looked at in all: calls within calls within calls would otherwise be looked at once for each level.</summary>
    const int MaxLooks = 40;

    /// <summary>The longest function whose variables are kept apart from the page's.</summary>
    const int MaxBody = 20_000;

    sealed record Function(string Name, List<string> Parameters, int Start)
    {
        public int End { get; set; } = int.MaxValue;
    }

    readonly List<CodeToken> _tokens;
    readonly CodeLanguage _language;
    readonly HashSet<string> _controls;
    readonly Dictionary<string, Flow> _values;
    readonly Dictionary<string, Function> _functions;
    readonly List<Function> _bodies = [];
    readonly int[] _close;
    readonly string[] _scope;
    readonly Dictionary<(Flow, int), bool> _seen = [];
    readonly StringComparer _names;
    bool _changed;
    long _looks;

    CodeFlow(List<CodeToken> tokens, CodeLanguage language, HashSet<string> controls, IEnumerable<(string Name, Flow Kind)> given)
    {
        _tokens = tokens;
        _language = language;
        _controls = controls;
        _names = Basic ? StringComparer.OrdinalIgnoreCase : StringComparer.Ordinal;
        _values = new(_names);
        _functions = new(_names);
        _looks = 100_000L + MaxLooks * (long)tokens.Count;
        _close = Brackets(tokens);
        _scope = new string[tokens.Count];
        foreach ((string name, Flow kind) in given) _values[name] = kind;
        FindFunctions();
    }

    /// <summary>Harm done by what the visitor sent: kind, and the token at which it is done.</summary>
    public List<(Flow Kind, int At)> Reached { get; } = [];

    /// <summary>Texts of the page that are run as code or loaded.</summary>
    public List<(Flow Kind, CodeToken Text)> Constants { get; } = [];

    /// <summary>What the page is able to do, from the visitor or not.</summary>
    public Dictionary<Flow, int> Present { get; } = [];

    /// <summary>Where the page first reads the request.</summary>
    public int? ReadsRequest { get; private set; }

    /// <summary>Whether the visitor names the file that is written.</summary>
    public int? NamesWrittenFile { get; private set; }

    bool Basic => _language is CodeLanguage.VisualBasic or CodeLanguage.VBScript;

    /// <summary>Follows the flow through a page's code.</summary>
    public static CodeFlow Follow(List<CodeToken> tokens, CodeLanguage language, HashSet<string> controls, IEnumerable<(string Name, Flow Kind)> given)
    {
        var flow = new CodeFlow(tokens, language, controls, given);
        for (int pass = 0; pass < MaxPasses; pass++)
        {
            flow._changed = false;
            flow.Pass();
            if (!flow._changed) break;
        }

        return flow;
    }

    static int[] Brackets(List<CodeToken> tokens)
    {
        int[] close = new int[tokens.Count];
        var open = new Stack<int>();
        for (int at = 0; at < tokens.Count; at++)
        {
            close[at] = -1;
            if (tokens[at].Kind != TokenKind.Sign) continue;
            if (tokens[at].Text is "(" or "[" or "{") open.Push(at);
            else if (tokens[at].Text is ")" or "]" or "}" && open.Count > 0)
            {
                int from = open.Pop();
                close[from] = at;
                close[at] = from;
            }
        }

        return close;
    }

    void FindFunctions()
    {
        for (int at = 1; at + 1 < _tokens.Count; at++)
        {
            if (_tokens[at].Kind != TokenKind.Name || !_tokens[at + 1].Is("(") || _close[at + 1] is var end && end < 0) continue;
            CodeToken before = _tokens[at - 1];
            bool declared = before.IsName("function") || before.IsName("Sub");
            if (Basic && !declared) continue;
            // C#: "void Name(…) {", a type before the name and a brace behind.
            if (!declared && (end + 1 >= _tokens.Count || !_tokens[end + 1].Is("{") || before.Kind != TokenKind.Name && !before.Is("]") && !before.Is(">") || before.IsName("new") || before.IsName("else") || before.IsName("return") || IsControl(_tokens[at].Text))) continue;
            if (_functions.Count >= 4096) break;
            int last = Basic ? EndOfBasic(end) : end + 1 < _tokens.Count && _tokens[end + 1].Is("{") && _close[end + 1] >= 0 ? _close[end + 1] : _tokens.Count;
            var function = new Function(_tokens[at].Text, Parameters(at + 2, end), at) { End = last };
            _functions[function.Name] = function;
            _bodies.Add(function);
        }

        // Inner functions come later and take their part of the outer one. VBScript's and JScript's variables are the page's.
        foreach (Function body in _bodies)
        {
            for (int at = body.Start, length = 0; at < Math.Min(body.End, _tokens.Count) && length < MaxBody; at++, length++) _scope[at] = body.Name;
        }
    }

    int EndOfBasic(int from)
    {
        for (int at = from; at + 1 < Math.Min(_tokens.Count, from + MaxBody); at++)
        {
            if (_tokens[at].IsName("End") && (_tokens[at + 1].IsName("Sub") || _tokens[at + 1].IsName("Function"))) return at;
        }

        return _tokens.Count;
    }

    List<string> Parameters(int start, int end)
    {
        var names = new List<string>();
        int depth = 0;
        string last = "";
        bool fixedName = false, web = false;
        for (int at = start; at <= end && at - start < 256; at++)
        {
            CodeToken token = _tokens[at];
            if (token.Is("[") || token.Is("<") || token.Is("(")) depth++;
            else if (token.Is("]") || token.Is(">") || token.Is(")") && at < end) depth--;
            else if (depth == 0 && (token.Is(",") || at == end))
            {
                if (last.Length > 0)
                {
                    names.Add(last);
                    if (web) _values[last] = Flow.Request;
                }

                last = "";
                fixedName = web = false;
            }
            else if (token.Kind == TokenKind.Name)
            {
                // "string[] args = null", "ByVal args As String", "args : String".
                if (token.IsName("As")) fixedName = true;
                if (token.Text is "HttpRequest" or "HttpRequestBase") web = true;
                if (!fixedName && !token.IsName("ByVal") && !token.IsName("ByRef")) last = token.Text;
            }
            else if (token.Is("=") || token.Is(":"))
            {
                fixedName = true;
            }
        }

        return names;
    }

    static bool IsControl(string word) => word is "if" or "for" or "while" or "switch" or "using" or "lock" or "catch" or "foreach" or "with" or "fixed";

    void Pass()
    {
        int start = 0;
        for (int at = 0; at <= _tokens.Count && _looks > 0; at++)
        {
            if (at < _tokens.Count && !EndsStatement(at)) continue;
            if (at > start) Statement(start, at);
            start = at + 1;
        }
    }

    bool EndsStatement(int at)
    {
        CodeToken token = _tokens[at];
        if (token.Kind == TokenKind.End) return true;
        if (Basic) return token.IsName("Then") || token.IsName("Else");
        if (token.Is(";")) return true;
        if (!token.Is("{") && !token.Is("}")) return false;
        int open = token.Is("{") ? at : _close[at];
        return open < 0 || !IsInitialiser(open);
    }

    // "new X { A = b }", "new X(y) { … }", "new[] { … }" go on; all other braces end a statement.
    bool IsInitialiser(int open)
    {
        if (open == 0) return false;
        CodeToken before = _tokens[open - 1];
        if (before.Is("=") || before.Is("(") || before.Is(",") || before.Is("]")) return true;
        int at = before.Is(")") ? _close[open - 1] - 1 : open - 1;
        for (int steps = 0; at >= 0 && steps < 16; at--, steps++)
        {
            if (_tokens[at].IsName("new")) return true;
            if (_tokens[at].Kind != TokenKind.Name && !_tokens[at].Is(".") && !_tokens[at].Is("<") && !_tokens[at].Is(">") && !_tokens[at].Is(",")) return false;
            if (at > 0 && _tokens[at].Kind == TokenKind.Name && _tokens[at - 1].Kind == TokenKind.Name && !_tokens[at - 1].IsName("new")) return false;
        }

        return false;
    }

    void Statement(int start, int end)
    {
        for (int at = start; at < end; at++)
        {
            CodeToken token = _tokens[at];
            if (token.Kind == TokenKind.Name)
            {
                Ability(at);
                if (IsCall(at, end)) Call(at, end);
                else if (Basic && IsBareCall(at, start, end)) Harm(CallKind(at), at, at + 1, end);
                else if (Basic && at > start + 1 && token.IsName("New") && _tokens[at - 1].IsName("As")) Give(at - 2, Of(at, end));
                else if (token.IsName("return")) Returned(at, at + 1, end);
                else if (token.IsName("in") && at > start && _tokens[at - 1].Kind == TokenKind.Name) Give(at - 1, Of(at + 1, end));
            }
            else if (token.IsText)
            {
                if (CodeWords.Label(token.Text) is var label and not Flow.None) Note(label, at);
                if (at > start && _tokens[at - 1].Is("[") && at + 2 < end && _tokens[at + 1].Is("]") && _tokens[at + 2].Is("(")) NamedCall(at, at + 2);
            }
            else if (at > start && (token.Is("=") || token.Is("+=") || token.Is("&=")))
            {
                Assign(at, RightEnd(at, end));
            }
        }
    }

    bool IsCall(int at, int end) => at + 1 < end && _tokens[at + 1].Is("(") || at + 1 < end && _tokens[at + 1].Is("{") && at > 0 && IsInitialiser(at + 1);

    bool IsBareCall(int at, int start, int end) => at + 1 < end && (at == start || _tokens[at - 1].Is(".") || _tokens[at - 1].IsName("Call") || _tokens[at - 1].IsName("Set"))
        && _tokens[at + 1].Kind is TokenKind.Name or TokenKind.Text && CallKind(at) != Flow.None;

    int RightEnd(int at, int end)
    {
        int depth = 0, last = Math.Min(end, at + MaxArguments);
        for (int i = at + 1; i < last && _looks > 0; i++)
        {
            _looks--;
            if (_tokens[i].Is("(") || _tokens[i].Is("[") || _tokens[i].Is("{")) depth++;
            else if (_tokens[i].Is(")") || _tokens[i].Is("]") || _tokens[i].Is("}"))
            {
                if (--depth < 0) return i;
            }
            else if (depth == 0 && _tokens[i].Is(",")) return i;
        }

        return last;
    }

    // What a page is able to do, whoever decides about it.
    void Ability(int at)
    {
        CodeToken token = _tokens[at];
        Flow kind = CallKind(at);
        if (kind is Flow.None && CodeWords.Label(token.Text) is var label and not Flow.None) kind = label;
        if (kind is Flow.None && token.IsName("Process") && at + 1 < _tokens.Count && (_tokens[at + 1].Kind == TokenKind.Name || _tokens[at + 1].Is(".")) && !IsFunction("Process")) kind = Flow.Process;
        if (kind != Flow.None) Note(kind, at);
        if (token.IsName("Request") && IsRequest(at)) ReadsRequest ??= at;
    }

    void Note(Flow kind, int at)
    {
        foreach (Flow one in Each(kind)) Present.TryAdd(one, _tokens[at].At);
    }

    bool IsFunction(string name) => _functions.ContainsKey(name);

    /// <summary>What a call does to its arguments.</summary>
    Flow CallKind(int at)
    {
        CodeToken token = _tokens[at];
        string name = token.Text;
        bool member = at > 0 && _tokens[at - 1].Is(".");
        string receiver = member && at > 1 && _tokens[at - 2].Kind == TokenKind.Name ? _tokens[at - 2].Text : "";
        if (IsFunction(name)) return Flow.None;
        bool calls = at + 1 < _tokens.Count && (_tokens[at + 1].Is("(") || _tokens[at + 1].Is("{") && IsInitialiser(at + 1) || Basic && _tokens[at + 1].Kind is TokenKind.Name or TokenKind.Text);
        if (!calls && !(at > 0 && _tokens[at - 1].IsName("new"))) return Flow.None;
        switch (name.ToUpperInvariant())
        {
            // In C# and VB.NET, Eval of a data binding reads a column.
            case "EVAL" when _language is CodeLanguage.JScript or CodeLanguage.VBScript ? !member || receiver is "this" or "window" or "engine" : name == "eval" && !member:
                return Flow.Eval;
            case "EVAL" when member && (Value(receiver, at) & Flow.Eval) != 0:
                return Flow.Eval;
            case "EXECUTE" when _language == CodeLanguage.VBScript && !member:
                return Flow.Eval;
            case "EXECUTE" when member && (Value(receiver, at) & Flow.Sql) != 0:
                return Flow.Sql;
            case "FUNCTION" when at > 0 && _tokens[at - 1].IsName("new"):
                return Flow.Eval;
            case "START" when receiver == "Process":
                return Flow.Process;
            case "SHELL" when _language == CodeLanguage.VisualBasic && (!member || receiver == "Interaction"):
                return Flow.Process;
            case "LOAD" when receiver is "Assembly" or "CurrentDomain" || (Value(receiver, at) & Flow.CodeLoad) != 0:
                return Flow.CodeLoad;
            case "CREATEINSTANCE" when receiver == "Activator":
            case "GETTYPE" when receiver == "Type":
                return Flow.CodeLoad;
            case "CREATE" when receiver is "WebRequest" or "HttpWebRequest":
                return Flow.Network;
            case "CONNECT" when member && (Value(receiver, at) & Flow.Network) != 0:
                return Flow.Network;
            case "MOVE" or "COPY" or "DELETE" or "REPLACE" or "SETATTRIBUTES" when receiver is "File" or "Directory":
                return Flow.FileWrite;
            case "FILESTREAM" when ReadsOnly(at):
                return Flow.FileRead;
            case "STREAMWRITER" or "BINARYWRITER" when IntoResponse(at):
                return Flow.None;
            case "WRITEFILE" when receiver is not ("Response" or ""):
                return Flow.None;
            case "DESERIALIZE" when (Value(receiver, at) & Flow.Deserialize) == 0 && !IsLabelled(at, Flow.Deserialize):
                return Flow.None;
            default:
                return CodeWords.Call(name);
        }
    }

    bool IsLabelled(int at, Flow kind)
    {
        for (int i = Math.Max(0, at - 8); i < at; i++)
        {
            if (_tokens[i].Kind == TokenKind.Name && CodeWords.Label(_tokens[i].Text).HasFlag(kind)) return true;
        }

        return false;
    }

    bool ReadsOnly(int at)
    {
        bool opens = false;
        for (int i = at + 1; i < Math.Min(ArgumentsEnd(at), at + 40); i++)
        {
            if (_tokens[i].Text is "Create" or "CreateNew" or "OpenOrCreate" or "Append" or "Truncate" or "Write" or "ReadWrite" && _tokens[i].Kind == TokenKind.Name && _tokens[i - 1].Is(".") && _tokens[i - 2].Text is "FileMode" or "FileAccess") return false;
            if (_tokens[i].Text is "Open" or "Read") opens = true;
        }

        return opens;
    }

    bool IntoResponse(int at)
    {
        for (int i = at + 1; i < Math.Min(ArgumentsEnd(at), at + 40); i++)
        {
            if (_tokens[i].IsName("Response") || _tokens[i].IsName("OutputStream") || _tokens[i].IsName("MemoryStream") || _tokens[i].IsName("GetRequestStream")) return true;
        }

        return false;
    }

    int ArgumentsEnd(int at) => at + 1 < _tokens.Count && _close[at + 1] > at ? Math.Min(_close[at + 1], at + MaxArguments) : at + 1;

    void Call(int at, int end)
    {
        CodeToken token = _tokens[at];
        int open = at + 1, close = Math.Min(ArgumentsEnd(at), end);
        // "new ProcessStartInfo(…) { FileName = … }"
        if (close + 1 < end && _tokens[close].Is(")") && _tokens[close + 1].Is("{") && IsInitialiser(close + 1) && _close[close + 1] > 0) close = Math.Min(_close[close + 1], end);
        int argumentsEnd = Basic && CallKind(at) != Flow.None && close + 1 < end && (_tokens[close + 1].Is("&") || _tokens[close + 1].Is("+")) ? end : close;
        Flow arguments = Of(open + 1, argumentsEnd);
        Flow kind = CallKind(at);
        if (kind != Flow.None) Harm(kind, at, open + 1, argumentsEnd, arguments);

        if (_functions.TryGetValue(token.Text, out Function? function)) Enter(function, open, close);
        if (at == 0 || !_tokens[at - 1].Is(".")) return;

        int root = Root(at - 1);
        if (root < 0) return;
        Flow receiver = _tokens[root].Kind == TokenKind.Name ? Value(_tokens[root].Text, root) | (IsRequest(root) ? Flow.Request : 0) : Flow.None;
        Flow harm = receiver & Flow.Sinks & ~Flow.Decrypt;
        if (Chain(root, at, "Parameters")) harm &= ~Flow.Sql;
        // MethodInfo m = typeof(Process).GetMethod("Start"); m.Invoke(null, …); p.StandardInput.WriteLine(…); w.Write(…)
        if (harm != Flow.None && (arguments & Flow.FromVisitor) != 0) Harm(harm, at, open + 1, close, arguments);
        if (token.IsName("Invoke") || token.IsName("InvokeMember") || token.IsName("CreateInstance"))
        {
            Flow named = NamedIn(root, close);
            if (named != Flow.None) Harm(named, at, open + 1, close, arguments);
        }

        // Upload controls and posted files.
        if (token.IsName("SaveAs") && (_controls.Contains(_tokens[root].Text) || (receiver & Flow.Upload) != 0 || Of(root, at - 1).HasFlag(Flow.Upload))) Reach(Flow.FileWrite | Flow.Upload, at);
        if (CodeWords.IsFilling(token.Text) && (Of(root, at) & Flow.FromVisitor) is var filled and not Flow.None) GiveAll(open + 1, close, filled);
        if (CodeWords.IsCopying(token.Text) && (arguments & Flow.FromVisitor) != 0) GiveAll(open + 1, close, arguments & Flow.FromVisitor);
        if ((arguments & (Flow.FromVisitor | Flow.Hidden)) != 0 && _tokens[root].Kind == TokenKind.Name && CodeWords.IsVariable(_tokens[root].Text) && !_functions.ContainsKey(token.Text) && !Chain(root, at, "Parameters")) Give(root, arguments & (Flow.FromVisitor | Flow.Hidden));
    }

    // obj["eval"](…)
    void NamedCall(int text, int open)
    {
        Flow kind = CodeWords.Named(_tokens[text].Text);
        if (kind != Flow.None && _close[open] > 0) Harm(kind, text, open + 1, Math.Min(_close[open], open + MaxArguments));
    }

    // typeof(Assembly).GetMethod("Load").Invoke(…), InvokeMember("Start", …): what is called is said by a text.
    Flow NamedIn(int from, int to)
    {
        Flow named = Flow.None, labels = Flow.None;
        for (int at = from; at < Math.Min(to, from + 200); at++)
        {
            if (_tokens[at].IsText) named |= CodeWords.Named(_tokens[at].Text);
            else if (_tokens[at].Kind == TokenKind.Name) labels |= CodeWords.Label(_tokens[at].Text) | Value(_tokens[at].Text, at) & Flow.Sinks | (_tokens[at].Text switch { "Assembly" => Flow.CodeLoad, "Process" => Flow.Process, "File" => Flow.FileWrite, _ => 0 });
        }

        return named & (labels == Flow.None ? named : labels);
    }

    void Harm(Flow kind, int at, int from, int to) => Harm(kind, at, from, to, Of(from, to));

    void Harm(Flow kind, int at, int from, int to, Flow arguments)
    {
        if ((arguments & Flow.FromVisitor) != 0)
        {
            // A stream reader of the request reads no file; a name of a column narrows nothing else.
            if (kind == Flow.FileRead && IsStream(from, to)) return;
            if (kind.HasFlag(Flow.FileWrite) && (arguments & Flow.Request) != 0) NamesFile(at, from, to);
            Reach(kind | arguments & Flow.FromVisitor, at);
        }
        else if ((kind & (Flow.Eval | Flow.CodeLoad)) != 0)
        {
            for (int i = from; i < Math.Min(to, from + 200); i++)
            {
                if (_tokens[i].IsText && (_tokens[i].Text.Length >= 16 || CodeWords.HasTelling(_tokens[i].Text)) && Constants.Count < 64 && _seen.TryAdd((kind | Flow.Hidden, i), true)) Constants.Add((kind, _tokens[i]));
            }
        }
    }

    bool IsStream(int from, int to)
    {
        for (int i = from; i < Math.Min(to, from + 40); i++)
        {
            if (_tokens[i].IsName("InputStream") || _tokens[i].IsName("GetResponseStream") || _tokens[i].IsName("FileContent")) return true;
        }

        return false;
    }

    void NamesFile(int at, int from, int to)
    {
        int end = from, depth = 0;
        for (; end < to; end++)
        {
            if (_tokens[end].Is("(") || _tokens[end].Is("[")) depth++;
            else if (_tokens[end].Is(")") || _tokens[end].Is("]")) depth--;
            else if (depth == 0 && _tokens[end].Is(",")) break;
        }

        // Only where the first argument is the name: not w.Write(…), nor Stream.Write(…).
        if ((CodeWords.Call(_tokens[at].Text) & Flow.FileWrite) != 0 && !_tokens[at].IsName("DownloadFile") && (Of(from, end) & Flow.Request) != 0) NamesWrittenFile ??= _tokens[at].At;
    }

    void Reach(Flow kind, int at)
    {
        if (Reached.Count < 512 && _seen.TryAdd((kind, at), true)) Reached.Add((kind, _tokens[at].At));
    }

    void Enter(Function function, int open, int close)
    {
        int from = open + 1, depth = 0, parameter = 0;
        for (int at = from; at <= close && parameter < function.Parameters.Count; at++)
        {
            if (at < close && (_tokens[at].Is("(") || _tokens[at].Is("[") || _tokens[at].Is("{"))) depth++;
            else if (at < close && (_tokens[at].Is(")") || _tokens[at].Is("]") || _tokens[at].Is("}"))) depth--;
            else if (at == close || depth == 0 && _tokens[at].Is(","))
            {
                Set($"{function.Name}/{function.Parameters[parameter++]}", Of(from, at));
                from = at + 1;
            }
        }
    }

    void Returned(int at, int from, int to)
    {
        if (_scope[at] is { } function) Set(function + "()", Of(from, to));
    }

    void Assign(int at, int end)
    {
        Flow value = Of(at + 1, end);
        if (value == Flow.None) return;
        int root = Root(at);
        // "Dim a As String = …"
        if (Basic && root > 1)
        {
            int type = root;
            while (type > 1 && _tokens[type - 1].IsName("New")) type--;
            if (_tokens[type - 1].IsName("As")) root = type - 2;
        }

        if (root < 0 || _tokens[root].Kind != TokenKind.Name) return;
        string name = _tokens[root].Text;
        if (_scope[root] is { } function && _names.Equals(function, name)) Set(function + "()", value);
        if (root < at - 1 && (value & Flow.FromVisitor) != 0)
        {
            Flow receiver = Value(name, root) & (Flow.Process | Flow.Eval | Flow.Sql);
            if (receiver != Flow.None) Reach(receiver | value & Flow.FromVisitor, at - 1);
        }

        if (CodeWords.IsVariable(name)) Give(root, value);
    }

    // The first name of a.b[c].d, seen from the sign behind it.
    int Root(int behind)
    {
        int at = behind - 1;
        for (int steps = 0; at >= 0 && steps < MaxChain; steps++)
        {
            if (_tokens[at].Is(")") || _tokens[at].Is("]"))
            {
                int open = _close[at];
                if (open < 0) return -1;
                // A value in brackets, ((X)y).z: what is in them.
                if (open == 0 || _tokens[open - 1].Kind != TokenKind.Name && !_tokens[open - 1].Is(")") && !_tokens[open - 1].Is("]"))
                {
                    int inner = at - 1;
                    while (inner > open && _tokens[inner].Kind != TokenKind.Name) inner--;
                    return inner > open ? inner : -1;
                }

                at = open - 1;
                continue;
            }

            if (_tokens[at].Kind is not (TokenKind.Name or TokenKind.Text)) return -1;
            if (at < 2 || !_tokens[at - 1].Is(".")) return at;
            if (_tokens[at - 2].IsName("this") || _tokens[at - 2].IsName("me")) return at;
            at -= 2;
        }

        return -1;
    }

    bool Chain(int root, int at, string name)
    {
        for (int i = root; i < at; i++)
        {
            if (_tokens[i].IsName(name)) return true;
        }

        return false;
    }

    void GiveAll(int from, int to, Flow value)
    {
        for (int at = from; at < Math.Min(to, from + 40); at++)
        {
            if (_tokens[at].Kind == TokenKind.Name && !_tokens[at - 1].Is(".") && CodeWords.IsVariable(_tokens[at].Text)) Give(at, value);
        }
    }

    void Give(int name, Flow value)
    {
        if (value != Flow.None) Set(Key(_tokens[name].Text, name, forWriting: true), value);
    }

    void Set(string key, Flow value)
    {
        Flow before = _values.GetValueOrDefault(key);
        if ((before | value) == before || _values.Count >= 20_000 && before == Flow.None) return;
        _values[key] = before | value;
        _changed = true;
    }

    // Within a function a name is the function's, unless it is known outside: a field, or a variable that the script languages share.
    string Key(string name, int at, bool forWriting)
    {
        if (_scope[at] is not { } function) return name;
        if (forWriting && (_language is CodeLanguage.VBScript or CodeLanguage.JScript && !IsParameter(function, name) || _values.ContainsKey(name) || at > 1 && _tokens[at - 1].Is(".") && _tokens[at - 2].IsName("this"))) return name;
        return $"{function}/{name}";
    }

    bool IsParameter(string function, string name) => _functions.TryGetValue(function, out Function? of) && of.Parameters.Exists(p => _names.Equals(p, name));

    Flow Value(string name, int at)
    {
        if (name.Length == 0) return Flow.None;
        Flow value = _values.GetValueOrDefault(name);
        return _scope[at] is { } function ? value | _values.GetValueOrDefault($"{function}/{name}") : value;
    }

    bool IsRequest(int at)
    {
        if (!_tokens[at].IsName("Request") || !Basic && _tokens[at].Text != "Request") return false;
        if (at > 0 && _tokens[at - 1].Is(".") && at > 1 && _tokens[at - 2].Kind == TokenKind.Name && _tokens[at - 2].Text is not ("Current" or "Context" or "context" or "this" or "Page" or "HttpContext" or "base" or "ctx" or "c" or "Me" or "MyBase" or "httpContext" or "_context" or "filterContext")) return false;
        if (at + 1 < _tokens.Count && _tokens[at + 1].Kind == TokenKind.Name && !Basic) return false;
        return at + 2 >= _tokens.Count || !_tokens[at + 1].Is(".") || !CodeWords.IsHarmless(_tokens[at + 2].Text);
    }

    /// <summary>What a stretch of tokens holds.</summary>
    Flow Of(int from, int to)
    {
        Flow flow = Flow.None, before = Flow.None;
        to = Math.Min(to, from + MaxArguments);
        for (int at = from; at < to && _looks > 0; at++)
        {
            _looks--;
            CodeToken token = _tokens[at];
            if (token.Kind == TokenKind.Sign && token.Text is not ("." or "[" or "]" or "(" or ")")) before = flow;
            if (token.IsText)
            {
                flow |= CodeWords.Label(token.Text);
                if ((token.Marks & ~(TokenMarks.Joined | TokenMarks.Escaped)) != 0) flow |= Flow.Hidden;
                continue;
            }

            if (token.Kind != TokenKind.Name) continue;
            bool member = at > 0 && _tokens[at - 1].Is(".");
            if (at + 1 < to && _tokens[at + 1].Is("(") && CodeWords.IsNarrowing(token.Text))
            {
                // Convert.ToInt32(…) is a number whatever the visitor sent; x.Contains(…) is yes or no, whatever x is.
                if (_close[at + 1] > 0) at = Math.Min(_close[at + 1], to);
                if (member) flow = before | flow & ~Flow.FromVisitor;
                continue;
            }

            if (IsRequest(at))
            {
                flow |= at + 2 < _tokens.Count && _tokens[at + 1].Is(".") && _tokens[at + 2].Text is "Files" ? Flow.Upload : Flow.Request;
                continue;
            }

            if (_controls.Contains(token.Text) && at + 2 < _tokens.Count && _tokens[at + 1].Is("."))
            {
                flow |= _tokens[at + 2].Text.ToUpperInvariant() switch
                {
                    "TEXT" or "VALUE" or "SELECTEDVALUE" or "INNERTEXT" or "INNERHTML" => Flow.Request,
                    "POSTEDFILE" or "FILENAME" or "FILEBYTES" or "FILECONTENT" or "POSTEDFILES" => Flow.Upload,
                    _ => Flow.None,
                };
                continue;
            }

            flow |= CodeWords.Label(token.Text) & ~(IsFunction(token.Text) ? Flow.Sinks : Flow.None);
            if (token.Text == "Process" && (at > 0 && _tokens[at - 1].IsName("new") || member && at > 1 && _tokens[at - 2].IsName("Diagnostics"))) flow |= Flow.Process;
            if (token.Text is "GetMethod" or "GetType" or "GetTypeFromProgID" or "GetTypeFromCLSID") flow |= NamedIn(Math.Max(0, at - 8), Math.Min(to, at + 8));
            if (token.Text is "StreamWriter" or "FileStream" && (IntoResponse(at) || ReadsOnly(at))) flow &= ~Flow.FileWrite;
            if (!member || at > 1 && (_tokens[at - 2].IsName("this") || _tokens[at - 2].IsName("me"))) flow |= Value(token.Text, at);
            if (_functions.ContainsKey(token.Text)) flow |= _values.GetValueOrDefault(token.Text + "()");
        }

        return flow;
    }

    /// <summary>The single kinds in a set.</summary>
    public static IEnumerable<Flow> Each(Flow kinds)
    {
        for (int bits = (int)(kinds & Flow.Sinks); bits != 0; bits &= bits - 1) yield return (Flow)(bits & -bits);
    }
}
