using System.Collections.Immutable;
using System.Globalization;
using System.Text;

namespace Tocsin.Detection.Sigma;

/// <summary>The modifiers behind a field's name, checked, and what they make of a value.</summary>
sealed class ModifierChain
{
    static readonly string[] Positions = ["contains", "startswith", "endswith"];
    static readonly string[] Encodings = ["base64", "base64offset", "wide", "utf16", "utf16le", "utf16be"];
    static readonly string[] Comparisons = ["lt", "lte", "gt", "gte"];
    static readonly string[] TimeParts = ["minute", "hour", "day", "week", "month", "year"];
    static readonly string[] RegexFlags = ["i", "m", "s"];
    static readonly string[] Others = ["all", "re", "cased", "exists", "cidr", "neq", "windash", "fieldref", "expand"];

    static readonly HashSet<string> Known = [.. Positions, .. Encodings, .. Comparisons, .. TimeParts, .. RegexFlags, .. Others];

    readonly List<string> _names = [];
    readonly DiagnosticBag _report;

    ModifierChain(string field, DiagnosticBag report)
    {
        Field = field.Length == 0 ? null : field;
        _report = report;
    }

    /// <summary>The field, or null for keywords.</summary>
    public string? Field { get; }

    /// <summary>As written, without <c>all</c>.</summary>
    public ImmutableArray<string> Names => [.. _names.Where(n => n != "all")];

    public bool All => Has("all");

    public bool Negated => Has("neq");

    bool Has(string name) => _names.Contains(name);

    bool HasAny(string[] names) => _names.Exists(n => names.Contains(n));

    /// <summary>A chain without modifiers, for keywords.</summary>
    public static ModifierChain ForKeywords(DiagnosticBag report) => new("", report);

    /// <summary>Reads <c>field|modifier|modifier</c>; null after an error.</summary>
    public static ModifierChain? Parse(YamlText key, DiagnosticBag report)
    {
        string[] words = key.Value.Split('|');
        var chain = new ModifierChain(words[0], report);
        int before = report.Errors;
        int index = words[0].Length + 1;
        foreach (string word in words.Skip(1))
        {
            string name = word.ToLowerInvariant();
            if (Known.Contains(name)) chain._names.Add(name);
            else report.Error(SigmaCodes.UnknownModifier, key.Line, key.ColumnOf(index), $"There is no modifier '{word}'.", $"Sigma has: {string.Join(", ", Known.Order(StringComparer.Ordinal))}.");
            index += word.Length + 1;
        }

        if (report.Errors == before) chain.CheckCombination(key);
        return report.Errors == before ? chain : null;
    }

    void CheckCombination(YamlText key)
    {
        void Refuse(string message, string hint) => _report.Error(SigmaCodes.ModifierCombination, key, message, hint);

        string[] repeated = [.. _names.GroupBy(n => n).Where(g => g.Count() > 1).Select(g => g.Key)];
        if (repeated.Length > 0) Refuse($"The modifier '{repeated[0]}' stands twice.", "Keep one.");

        if (_names.Count(n => Positions.Contains(n)) > 1) Refuse("More than one of contains, startswith, endswith.", "Keep one; the others would undo it.");

        // Each of these decides alone how a value is read.
        string[] kinds = [.. _names.Where(n => n is "re" or "cidr" or "exists" or "fieldref" || Comparisons.Contains(n))];
        if (kinds.Length > 1) Refuse($"'{kinds[0]}' and '{kinds[1]}' read the value in two ways.", "Keep one of them.");
        if (kinds is ["re" or "cidr" or "exists" or "lt" or "lte" or "gt" or "gte", ..])
        {
            string[] strangers = [.. _names.Where(n => Positions.Contains(n) || Encodings.Contains(n) || n is "windash" or "cased" or "neq")];
            if (strangers.Length > 0) Refuse($"'{strangers[0]}' does not go with '{kinds[0]}'.", $"Take out '{strangers[0]}'.");
        }

        if (kinds is ["fieldref"] && (HasAny(Encodings) || Has("windash"))) Refuse("A field's name cannot be encoded.", "Keep fieldref, with contains, startswith, endswith or cased if needed.");

        if (HasAny(RegexFlags) && (!Has("re") || _names.FindIndex(n => RegexFlags.Contains(n)) < _names.IndexOf("re"))) Refuse("i, m and s belong behind 're'.", "Write |re|i.");

        if (_names.Count(n => TimeParts.Contains(n)) > 1) Refuse("More than one part of a time.", "Test each part in a line of its own.");
        if (HasAny(TimeParts) && _names.Exists(n => n is not ("all" or "neq") && !TimeParts.Contains(n) && !Comparisons.Contains(n))) Refuse("Parts of a time go with lt, lte, gt, gte and neq only.", "Take out the other modifiers.");

        int position = _names.FindIndex(n => Positions.Contains(n));
        int encoding = _names.FindLastIndex(n => Encodings.Contains(n));
        if (position >= 0 && position < encoding) Refuse($"'{_names[position]}' stands before '{_names[encoding]}' and would encode its wildcards.", $"Write |{_names[encoding]}|{_names[position]}.");
        if (encoding >= 0 && encoding < _names.IndexOf("windash")) Refuse("windash stands behind an encoding, where there are no dashes left.", "Write windash first.");
        if (Has("base64") && Has("base64offset")) Refuse("base64 and base64offset encode the value twice.", "Keep one.");
        if (_names.FindIndex(n => n.StartsWith("base64", StringComparison.Ordinal)) is >= 0 and var base64 && _names.FindLastIndex(n => n is "wide" || n.StartsWith("utf16", StringComparison.Ordinal)) > base64) Refuse("The character encoding stands behind base64.", "Write |wide|base64offset|contains.");
        if (_names.Count(n => n is "wide" || n.StartsWith("utf16", StringComparison.Ordinal)) > 1) Refuse("More than one character encoding.", "Keep one of wide, utf16, utf16le, utf16be.");

        if (Field is null && _names.Exists(n => n is "exists" or "fieldref" or "cidr" || Comparisons.Contains(n) || TimeParts.Contains(n))) Refuse("Keywords have no field to test so.", "Name a field, or take out the modifier.");
        if (Has("all") && Has("exists")) Refuse("'all' has nothing to count with 'exists'.", "Take out 'all'.");
    }

    /// <summary>What the chain makes of one value, or several (offsets of base64); nothing after an error.</summary>
    public IEnumerable<ValueTest> Tests(SigmaValue value, YamlText at)
    {
        if (!Has("expand")) return PlainTests(value, at);
        IReadOnlyList<string> values = _report.Placeholders.Expand(value.Text, out string? unknown);
        if (unknown is null) return values.SelectMany(v => PlainTests(new(SigmaValueKind.Text, v), at));
        _report.Error(SigmaCodes.Placeholder, at, $"The placeholder '%{unknown}%' has no value.", "Give the values of your organisation in a file (--placeholders), or write them into the rule and take out |expand.");
        return [];
    }

    IEnumerable<ValueTest> PlainTests(SigmaValue value, YamlText at)
    {
        if (value.Kind == SigmaValueKind.Null)
        {
            if (_names.Exists(n => n is not ("all" or "neq" or "cased"))) return Unsuitable(at, "null does not go with these modifiers.", "Write field: null.");
            return Field is null ? Unsuitable(at, "A keyword is empty.", "Write a text to look for.") : [new NullTest()];
        }

        if (Has("re")) return Regex(value, at);
        if (Has("cidr")) return CidrTest.Parse(value.Text) is { } cidr ? [cidr] : Unsuitable(at, $"'{value.Text}' is not a network.", "Write 10.0.0.0/8 or fe80::/10.");
        if (Has("exists")) return value.Kind == SigmaValueKind.Boolean ? [new ExistsTest(IsTrue(value))] : Unsuitable(at, $"'{value.Text}' is neither true nor false.", "Write exists: true or exists: false.");
        if (Has("fieldref")) return [new FieldReferenceTest(value.Text, Has("contains") || Has("endswith"), Has("contains") || Has("startswith"), Has("cased"))];
        if (HasAny(TimeParts) || HasAny(Comparisons)) return Compare(value, at);
        if (value.Kind == SigmaValueKind.Number && Field is not null && !HasAny(Positions) && !HasAny(Encodings)) return [new NumberTest(value.Text)];
        return Text(value, at);
    }

    static bool IsTrue(SigmaValue value) => value.Text.Equals("true", StringComparison.OrdinalIgnoreCase);

    IEnumerable<ValueTest> Unsuitable(YamlText at, string message, string hint)
    {
        _report.Error(SigmaCodes.UnsuitableValue, at, message, hint);
        return [];
    }

    IEnumerable<ValueTest> Regex(SigmaValue value, YamlText at)
    {
        try
        {
            return [new RegexTest(value.Text, Has("i"), Has("m"), Has("s"))];
        }
        catch (ArgumentException e)
        {
            _report.Error(SigmaCodes.BadRegex, at, $"This is not a regular expression: {e.Message.ReplaceLineEndings(" ")}", "Check brackets and escapes; in YAML write the expression in single quotes.");
            return [];
        }
    }

    IEnumerable<ValueTest> Compare(SigmaValue value, YamlText at)
    {
        if (Numbers.Parse(Encoding.UTF8.GetBytes(value.Text)) is not { } bound)
        {
            return Unsuitable(at, $"'{value.Text}' is not a number.", "Write digits, with a point for fractions.");
        }

        Comparison comparison =
            Has("lt") ? Comparison.Less
            : Has("lte") ? Comparison.LessOrEqual
            : Has("gt") ? Comparison.Greater
            : Has("gte") ? Comparison.GreaterOrEqual
            : Comparison.Equal;
        int part = Array.FindIndex(TimeParts, Has);
        return part >= 0 ? [new TimePartTest((TimePart)part, comparison, bound)] : [new CompareTest(comparison, bound)];
    }

    IEnumerable<ValueTest> Text(SigmaValue value, YamlText at)
    {
        SigmaString text = SigmaString.FromEscaped(value.Text);
        if (Field is null && text.Parts.All(p => p.Kind == PartKind.AnyRun)) return Unsuitable(at, "A keyword is empty.", "Write a text to look for.");
        if (HasAny(Encodings))
        {
            if (text.HasWildcards) return Unsuitable(at, $"'{value.Text}' has wildcards, which cannot be encoded.", @"Write \* and \? for the signs themselves, and |contains behind the encoding.");
            if (text.Plain.Length == 0) return Unsuitable(at, "An empty value cannot be encoded.", "Write a text to look for.");
        }

        if (Has("windash")) text = text.WithDashes();
        if (!HasAny(Encodings)) return [Pattern([.. text.Parts.Select(p => new PatternPart(p.Kind, Encoding.UTF8.GetBytes(p.Text)))])];

        // A dash that became a family has as many encodings as members.
        if (text.Parts.Count(p => p.Kind == PartKind.Dash) > 3) return Unsuitable(at, "More than three option signs to encode in every form.", "Encode a shorter part of the command.");
        return WithEachDash(text.Parts).SelectMany(Encoded).Select(bytes => Pattern([new(PartKind.Literal, bytes)]));
    }

    static IEnumerable<string> WithEachDash(IReadOnlyList<StringPart> parts)
    {
        IEnumerable<string> texts = [""];
        foreach (StringPart part in parts)
        {
            string[] choices = part.Kind == PartKind.Dash ? ["-", "/", "\u2013", "\u2014", "\u2015"] : [part.Text];
            texts = texts.SelectMany(head => choices.Select(tail => head + tail));
        }

        return texts;
    }

    IEnumerable<byte[]> Encoded(string text)
    {
        byte[] bytes =
            Has("wide") || Has("utf16le") ? Encoding.Unicode.GetBytes(text)
            : Has("utf16be") ? Encoding.BigEndianUnicode.GetBytes(text)
            : Has("utf16") ? [0xFF, 0xFE, .. Encoding.Unicode.GetBytes(text)]
            : Encoding.UTF8.GetBytes(text);
        if (Has("base64")) return [Encoding.ASCII.GetBytes(Convert.ToBase64String(bytes))];
        return Has("base64offset") ? Enumerable.Range(0, 3).Select(offset => AtOffset(bytes, offset)) : [bytes];
    }

    /// <summary>The characters that are the same whatever surrounds the bytes, when these begin at an offset within a group of three.</summary>
    static byte[] AtOffset(byte[] bytes, int offset)
    {
        string text = Convert.ToBase64String([.. new byte[offset], .. bytes]);
        int start = offset switch { 0 => 0, 1 => 2, _ => 3 };
        int cut = ((bytes.Length + offset) % 3) switch { 0 => 0, 1 => 3, _ => 2 };
        return Encoding.ASCII.GetBytes(text[start..Math.Max(start, text.Length - cut)]);
    }

    TextTest Pattern(IEnumerable<PatternPart> parts)
    {
        List<PatternPart> all = [.. parts];
        var star = new PatternPart(PartKind.AnyRun, []);
        if ((Has("contains") || Has("endswith") || Field is null) && all is not [{ Kind: PartKind.AnyRun }, ..]) all.Insert(0, star);
        if ((Has("contains") || Has("startswith") || Field is null) && all is not [.., { Kind: PartKind.AnyRun }]) all.Add(star);

        bool ascii = all.TrueForAll(p => Ascii.IsValid(p.Literal));
        bool isText = !HasAny(Encodings);
        bool hasCase = isText && all.Exists(p => Encoding.UTF8.GetString(p.Literal).Any(c => char.ToUpperInvariant(c) != c || char.ToLowerInvariant(c) != c));
        CaseMode mode = Has("cased") || (!ascii && !hasCase) ? CaseMode.Exact : ascii ? CaseMode.Ascii : CaseMode.Folded;
        if (mode == CaseMode.Folded) all = [.. all.Select(p => p with { Literal = Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(p.Literal).ToUpper(CultureInfo.InvariantCulture)) })];
        return new(new TextPattern(all, mode));
    }
}
