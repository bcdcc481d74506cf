namespace Tocsin.Evidence.WebPages;

/// <summary>From a page's bytes to its facts.</summary>
/// <remarks>Grammar, tokens, folding, flow, in this order, once for each language of the page; then once more for code that was found encoded in it.</remarks>
internal sealed class PageAnalysis
{
    /// <summary>Code in code in code: shells nest two deep.</summary>
    const int MaxDepth = 3;

    /// <summary>Facts of one kind at different places; more would say no more.</summary>
    const int MaxOfKind = 5;

    /// <summary>Facts of one page: they are held until the whole web root is known, and a page could have as many as it has bytes.</summary>
    const int MaxFacts = 64;

    /// <summary>Signs of a constant from which chance can be told from text.</summary>
    const int LongConstant = 256;

    readonly PageText _page;
    readonly List<PageFact> _facts = [];
    int _longest, _longestAt, _codeLength;
    double _entropy;

    PageAnalysis(PageText page) => _page = page;

    /// <summary>Looks at one page.</summary>
    /// <param name="bytes">The page; UTF-16 already as UTF-8.</param>
    /// <param name="extension">By which it is executed.</param>
    /// <param name="language">Gives the language, empty where the page names none.</param>
    /// <param name="lines">Gives the number of lines.</param>
    public static List<PageFact> Of(ReadOnlySpan<byte> bytes, string extension, out string language, out int lines)
    {
        var page = new PageText(bytes);
        var analysis = new PageAnalysis(page);
        lines = page.Lines;
        language = analysis.Look(bytes, extension);
        return analysis._facts;
    }

    string Look(ReadOnlySpan<byte> bytes, string extension)
    {
        var grammar = new PageGrammar(_page.Text, extension);
        string text = _page.Text;
        if (PageShape.Head(bytes) is { } head) Add(head, 0);
        if (text.IndexOf("-----BEGIN NEW CERTIFICATE REQUEST-----", StringComparison.Ordinal) is > 0 and var request) Add(PageFacts.CertificateRequest, request);

        if (IsUtf7(grammar, text, out int utf7))
        {
            Add(PageFacts.OddEncoding, utf7);
            text = Decoded.Utf7(text);
            grammar = new PageGrammar(text, extension);
        }
        else if (grammar.Directives.TryGetValue("codepage", out var codepage) && PageShape.IsOddCodePage(codepage.Value))
        {
            Add(PageFacts.OddEncoding, codepage.At);
        }

        if (PageShape.DirectoryDump(text) is >= 0 and var dump) Add(PageFacts.VirtualDirectoryDump, dump);
        Describe(grammar, text);
        string named = grammar.Directives.TryGetValue("language", out var stated) ? stated.Value : "";
        bool classic = extension is ".asp" or ".asa" or ".cer" or ".cdx";
        CodeLanguage page = Known(named, classic) ?? Unnamed(extension, classic, grammar, text);
        foreach (var group in grammar.Regions.GroupBy(r => Known(r.Language, classic) ?? page).OrderBy(g => g.Key))
        {
            Code([.. group], text, group.Key, grammar, decoded: utf7 >= 0);
        }

        Constants();
        _facts.Sort((a, b) => a.Offset != b.Offset ? a.Offset.CompareTo(b.Offset) : string.CompareOrdinal(a.Name, b.Name));
        CodeLanguage shown = grammar.Regions.Select(r => Known(r.Language, classic)).FirstOrDefault(l => l is not null) ?? page;
        return grammar.Regions.Count == 0 && named.Length == 0 ? "" : shown switch { CodeLanguage.CSharp => "C#", CodeLanguage.JScript => "JScript", CodeLanguage.VisualBasic => "VB", _ => "VBScript" };
    }

    void Describe(PageGrammar grammar, string text)
    {
        foreach (CodeRegion region in grammar.Regions)
        {
            if (text.AsSpan(region.Start, region.End - region.Start).IsWhiteSpace()) continue;
            if (region.Kind is RegionKind.Code or RegionKind.Script) Add(PageFacts.ServerScript, region.Start, once: true);
            else Add(PageFacts.ServerExpression, region.Start, once: true);
        }

        foreach (string name in (ReadOnlySpan<string>)["Inherits", "CodeBehind", "CodeFile", "Class", "Service"])
        {
            if (!grammar.Directives.TryGetValue(name, out var value)) continue;
            Add(PageFacts.CodeBehind, value.At, once: true);
            if (value.Value.StartsWith("Microsoft.Exchange.", StringComparison.OrdinalIgnoreCase)) Add(PageFacts.InheritsProduct, value.At, once: true);
        }

        foreach (int at in grammar.Includes) Add(PageFacts.Include, at, once: true);
        foreach (var (_, _, at) in grammar.Objects) Add(PageFacts.ServerObject, at, once: true);
        if (text.IndexOf("#@~^", StringComparison.Ordinal) is >= 0 and var encoded) Add(PageFacts.EncodedScript, encoded);
    }

    void Code(List<CodeRegion> regions, string text, CodeLanguage language, PageGrammar grammar, bool decoded)
    {
        var tokens = new List<CodeToken>();
        foreach (CodeRegion region in regions)
        {
            _codeLength += region.End - region.Start;
            if (!CodeLexer.Read(text, region.Start, region.End, language, tokens)) break;
            tokens.Add(new(TokenKind.End, "", region.End));
            if (language is CodeLanguage.CSharp or CodeLanguage.JScript) tokens.Add(new(TokenKind.Sign, ";", region.End));
        }

        foreach (CodeToken token in tokens)
        {
            if (token.Kind == TokenKind.Text && token.Text.Length > _longest) (_longest, _longestAt, _entropy) = (token.Text.Length, token.At, Decoded.Entropy(token.Text));
        }

        Follow(tokens, language, grammar.Controls, [.. grammar.Objects.Where(o => o.Id.Length > 0).Select(o => (o.Id, CodeWords.Label(o.ProgId)))], depth: 0);
    }

    void Follow(List<CodeToken> raw, CodeLanguage language, HashSet<string> controls, IEnumerable<(string, Flow)> given, int depth)
    {
        List<CodeToken> tokens = CodeFolding.Fold(raw, language);
        int budget = 8 * 1024 * 1024;
        var hidden = new List<CodeToken>();
        foreach (CodeToken token in tokens)
        {
            Marks(token);
            if (token.IsText && Encoded(token, ref budget) is { } code) hidden.Add(code);
        }

        CodeFlow flow = CodeFlow.Follow(tokens, language, controls, given);
        if (flow.ReadsRequest is { } reads && depth == 0) Add(PageFacts.ReadsRequest, tokens[reads].At, once: true);
        foreach ((Flow kind, int at) in flow.Present)
        {
            string? ability = kind switch { Flow.Eval => PageFacts.EvaluatesCode, Flow.Process => PageFacts.StartsProcess, Flow.CodeLoad => PageFacts.LoadsCode, Flow.FileWrite => PageFacts.WritesFile, Flow.Native => PageFacts.NativeCode, _ => null };
            if (ability is not null) Add(ability, at, once: true);
        }

        foreach ((Flow kinds, int at) in flow.Reached)
        {
            foreach (Flow kind in CodeFlow.Each(kinds))
            {
                if (FactOf(kind, kinds) is { } fact) Add(fact, at);
            }
        }

        if (flow.NamesWrittenFile is { } names) Add(PageFacts.RequestNamesWrittenFile, names, once: true);

        // Code that stands in a text: what is run is read as code too, and what is hidden, if the page runs text at all.
        bool runs = flow.Present.ContainsKey(Flow.Eval) || flow.Present.ContainsKey(Flow.CodeLoad);
        foreach ((Flow kind, CodeToken text) in flow.Constants)
        {
            if ((kind & Flow.CodeLoad) != 0) Add(PageFacts.ConstantReachesCodeLoad, text.At, once: true);
            else Add(PageFacts.ConstantReachesEval, text.At, once: true);
            if ((kind & Flow.Eval) != 0 && !hidden.Exists(h => h.At == text.At)) hidden.Add(text);
        }

        if (!runs || depth >= MaxDepth) return;
        foreach (CodeToken code in hidden.Take(16))
        {
            var inner = new List<CodeToken>();
            CodeLanguage inside = language is CodeLanguage.VBScript or CodeLanguage.JScript ? language : CodeLanguage.CSharp;
            CodeLexer.Read(code.Text, 0, code.Text.Length, inside, inner, code.At);
            Follow(inner, inside, controls, given, depth + 1);
        }
    }

    static string? FactOf(Flow kind, Flow all) => kind switch
    {
        Flow.Eval => PageFacts.RequestReachesEval,
        Flow.Process => PageFacts.RequestReachesProcess,
        Flow.CodeLoad or Flow.Native => PageFacts.RequestReachesCodeLoad,
        Flow.FileWrite => (all & Flow.Request) != 0 ? PageFacts.RequestReachesFileWrite : PageFacts.UploadSaved,
        Flow.FileRead => PageFacts.RequestReachesFileRead,
        Flow.Sql => PageFacts.RequestReachesSql,
        Flow.Network => PageFacts.RequestReachesNetwork,
        Flow.Deserialize => PageFacts.RequestReachesDeserializer,
        Flow.Decrypt => PageFacts.RequestDecrypted,
        _ => null,
    };

    void Marks(CodeToken token)
    {
        if (token.Marks == TokenMarks.None) return;
        bool telling = token.IsText ? CodeWords.HasTelling(token.Text) : CodeWords.IsTelling(token.Text);
        if (!telling) return;
        (TokenMarks, string)[] facts =
        [
            (TokenMarks.Joined, PageFacts.SplitKeyword), (TokenMarks.Escaped, PageFacts.EscapedIdentifier), (TokenMarks.Commented, PageFacts.CommentInsideToken),
            (TokenMarks.Codes, PageFacts.CharCodes), (TokenMarks.Reversed, PageFacts.ReversedText), (TokenMarks.Replaced, PageFacts.ReplacedText), (TokenMarks.Encoded, PageFacts.EncodedConstant),
        ];
        foreach ((TokenMarks mark, string fact) in facts)
        {
            if ((token.Marks & mark) != 0) Add(fact, token.At);
        }
    }

    // Decoded where the page decodes it, or on suspicion where a text is nothing but base64.
    CodeToken? Encoded(CodeToken token, ref int budget)
    {
        string? plain = (token.Marks & TokenMarks.Encoded) != 0 ? token.Text : null;
        if (plain is null && token.Text.Length >= 64 && token.Text.Length <= budget && !token.Text.AsSpan().ContainsAnyExcept(Base64Signs))
        {
            budget -= token.Text.Length;
            plain = Decoded.Base64(token.Text);
        }

        if (plain is null) return null;
        if (plain.Length > 128 && plain[0] == 'M' && plain[1] == 'Z' && plain.Contains("PE\0\0", StringComparison.Ordinal)) Add(PageFacts.EncodedProgram, token.At, once: true);
        if (!CodeWords.HasTelling(plain)) return null;
        Add(PageFacts.EncodedConstant, token.At);
        return token with { Text = plain };
    }

    static readonly System.Buffers.SearchValues<char> Base64Signs = System.Buffers.SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/=");

    void Constants()
    {
        if (_longest < LongConstant) return;
        // Prose has 4 to 5 bits a sign, base64 close to 6.
        if (_entropy >= 5.6) Add(PageFacts.HighEntropyConstant, _longestAt);
        if (_longest * 10L >= _codeLength * 7L) Add(PageFacts.MostlyOneConstant, _longestAt);
    }

    static CodeLanguage? Known(string named, bool classic)
    {
        string name = named.Trim().ToUpperInvariant();
        if (name.Length == 0) return null;
        if (name.Contains("JSCRIPT", StringComparison.Ordinal) || name.Contains("JAVASCRIPT", StringComparison.Ordinal) || name is "JS") return CodeLanguage.JScript;
        if (name.Contains("VBSCRIPT", StringComparison.Ordinal)) return CodeLanguage.VBScript;
        if (name is "VB" or "VBS" or "VISUALBASIC") return classic ? CodeLanguage.VBScript : CodeLanguage.VisualBasic;
        return name is "C#" or "CS" or "CSHARP" or "C#V3.5" or "C#V4.0" ? CodeLanguage.CSharp : null;
    }

    static CodeLanguage Unnamed(string extension, bool classic, PageGrammar grammar, string text)
    {
        if (extension == ".vbhtml") return CodeLanguage.VisualBasic;
        if (classic) return CodeLanguage.VBScript;

        // No language is named: the site's default, which the page's words tell.
        int basic = 0, script = 0;
        foreach (CodeRegion region in grammar.Regions.Take(50))
        {
            ReadOnlySpan<char> code = text.AsSpan(region.Start, Math.Min(region.End - region.Start, 65_536));
            if (code.Contains("End Sub", StringComparison.OrdinalIgnoreCase) || code.Contains("Dim ", StringComparison.OrdinalIgnoreCase) || code.Contains("End If", StringComparison.OrdinalIgnoreCase)) basic++;
            if (code.Contains("function ", StringComparison.Ordinal) || code.Contains("eval(", StringComparison.Ordinal) || code.Contains("var ", StringComparison.Ordinal) && !code.Contains("string ", StringComparison.Ordinal)) script++;
        }

        return basic > 0 && basic >= script ? CodeLanguage.VisualBasic : script > 0 && extension != ".cshtml" ? CodeLanguage.JScript : CodeLanguage.CSharp;
    }

    static bool IsUtf7(PageGrammar grammar, string text, out int at)
    {
        at = -1;
        if (grammar.Directives.TryGetValue("codepage", out var codepage) && codepage.Value.Trim() == "65000" || grammar.Directives.TryGetValue("responseencoding", out codepage) && codepage.Value.Equals("utf-7", StringComparison.OrdinalIgnoreCase)) at = codepage.At;
        // "<%", "<s" in UTF-7, where no code stands plainly.
        else if (grammar.Regions.Count == 0) at = Math.Max(text.IndexOf("+ADwAJQ", StringComparison.Ordinal), text.IndexOf("+ADw-%", StringComparison.Ordinal));
        return at >= 0;
    }

    void Add(string fact, int at, bool once = false)
    {
        int of = 0;
        foreach (PageFact known in _facts)
        {
            if (known.Name != fact) continue;
            if (once || known.Offset == at || ++of >= MaxOfKind) return;
        }

        if (_facts.Count < MaxFacts || of == 0 && _facts.Count < 2 * MaxFacts) _facts.Add(_page.Fact(fact, at));
    }
}
