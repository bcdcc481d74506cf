using Tocsin.Detection.Sigma;

namespace Tocsin.Detection.Tests.Sigma;

/// <summary>Writes the line that IIS would write for the request that a rule describes. Knows the rule's words only, not how they are matched.</summary>
sealed class WebLineWriter
{
    readonly Dictionary<string, string> _columns = new(StringComparer.OrdinalIgnoreCase);
    readonly List<string> _path = [];
    readonly List<string> _address = [];
    readonly List<string> _queryStart = [];
    string _addressEnd = "";

    /// <summary>Lines that between them use every alternative of the condition and every value of a list.</summary>
    public static IEnumerable<string> Lines(SigmaRule rule)
    {
        foreach ((List<FieldTest> Wanted, List<FieldTest> Unwanted) way in Ways(rule.Detection.Condition, true))
        {
            int rounds = way.Wanted.Where(t => !t.All).Select(t => t.Values.Length).DefaultIfEmpty(1).Max();
            for (int round = 0; round < rounds; round++)
            {
                var writer = new WebLineWriter();
                foreach (FieldTest test in way.Wanted) writer.Add(test, round);
                foreach (FieldTest test in way.Unwanted) writer.Avoid(test);
                yield return writer.ToString();
            }
        }
    }

    static IEnumerable<(List<FieldTest>, List<FieldTest>)> Ways(ConditionNode node, bool wanted) => node switch
    {
        ConditionNot not => Ways(not.Operand, !wanted),
        ConditionSelection one => Ways(one.Selection.Body, wanted),
        ConditionAnd and => wanted ? Product(and.Operands.Select(o => Ways(o, true))) : Product(and.Operands.Select(o => Ways(o, false))),
        ConditionOr or => wanted ? or.Operands.SelectMany(o => Ways(o, true)) : Product(or.Operands.Select(o => Ways(o, false))),
        ConditionCount { Needed: 1 } count when wanted => count.Selections.SelectMany(s => Ways(s.Body, true)),
        ConditionCount count => Product(count.Selections.Select(s => Ways(s.Body, wanted))),
        _ => throw new InvalidOperationException(node.ToString()),
    };

    static IEnumerable<(List<FieldTest>, List<FieldTest>)> Ways(SelectionItem item, bool wanted) => item switch
    {
        FieldTest test => [wanted ? ([test], []) : ([], [test])],
        AllOf all => Product(all.Items.Select(i => Ways(i, wanted))),
        AnyOf any => wanted ? any.Items.SelectMany(i => Ways(i, true)) : Product(any.Items.Select(i => Ways(i, false))),
        _ => throw new InvalidOperationException(item.ToString()),
    };

    static IEnumerable<(List<FieldTest>, List<FieldTest>)> Product(IEnumerable<IEnumerable<(List<FieldTest> Wanted, List<FieldTest> Unwanted)>> parts)
    {
        IEnumerable<(List<FieldTest> Wanted, List<FieldTest> Unwanted)> ways = [([], [])];
        foreach (var part in parts)
        {
            ways = ways.SelectMany(w => part.Select(p => (w.Wanted.Concat(p.Wanted).ToList(), w.Unwanted.Concat(p.Unwanted).ToList())));
        }

        return ways;
    }

    void Add(FieldTest test, int round)
    {
        IEnumerable<SigmaValue> chosen = test.All ? test.Values : [test.Values[round % test.Values.Length]];
        foreach (SigmaValue value in chosen)
        {
            string text = Concrete(value.Text);
            bool starts = test.Modifiers.Contains("startswith");
            bool ends = test.Modifiers.Contains("endswith");
            bool whole = test.Modifiers.IsEmpty && test.Field is not null;
            switch (test.Field)
            {
                case null:
                    _address.Add(text);
                    break;
                case "cs-uri-stem" when whole || !text.Contains('='):
                    _path.Add(text);
                    break;
                case "cs-uri-stem":
                    _address.Add(text);
                    break;
                case "cs-uri-query" when value.Kind == SigmaValueKind.Null:
                    break;
                case "cs-uri-query" when starts:
                    _queryStart.Add(text);
                    break;
                case "cs-uri-query" when ends:
                    _addressEnd = text;
                    break;
                case "cs-uri-query":
                    _address.Add(text);
                    break;
                case var field:
                    if (test.Modifiers.Contains("re")) text = Regex(value.Text);
                    _columns[Column(field)] = value.Kind == SigmaValueKind.Null ? "-" : whole ? text : $"x{text}".TrimStart(starts ? 'x' : '\0');
                    break;
            }
        }
    }

    /// <summary>Gives a value to what must not be null; other values are not hit by chance.</summary>
    void Avoid(FieldTest test)
    {
        if (test.Values[0].Kind != SigmaValueKind.Null) return;
        if (test.Field == "cs-uri-query") _address.Add("?a=1");
        else _columns.TryAdd(Column(test.Field!), "something");
    }

    static string Column(string field) => field switch
    {
        "cs-user-agent" => "cs(User-Agent)",
        "cs-referer" => "cs(Referer)",
        "cs-cookie" => "cs(Cookie)",
        "cs-host" => "cs(Host)",
        _ => field,
    };

    /// <summary>The value with something in place of its wildcards.</summary>
    static string Concrete(string value) =>
        value.Replace(@"\?", "\u0001").Replace(@"\*", "\u0002").Replace("*", "w").Replace("?", IsPattern(value) ? "w" : "?").Replace('\u0001', '?').Replace('\u0002', '*').Replace(@"\\", @"\");

    // A lone question mark in these rules means a character too; keep it, for a question mark is one.
    static bool IsPattern(string value) => value.StartsWith("*?", StringComparison.Ordinal);

    /// <summary>The only expression in these rules asks for a length.</summary>
    static string Regex(string pattern) =>
        pattern is ['.', '{', .. var number, '}'] ? new string('h', int.Parse(number)) : throw new InvalidOperationException($"Write text for {pattern}.");

    /// <summary>The path up to the first question mark is the stem, what follows the query; spaces were encoded by the client.</summary>
    (string Stem, string Query) Address()
    {
        string address = string.Concat(_path);
        foreach (string part in _address)
        {
            bool startsQuery = !address.Contains('?') && (address.Length > 0 || !part.StartsWith('/')) && !part.Contains('?') && !part.StartsWith('/') && part.Contains('=');
            address += startsQuery ? "?" + part : _path.Count > 0 && !address.Contains('?') ? "?" + part : part;
        }

        address += _addressEnd;
        if (!address.StartsWith('/')) address = "/" + address;
        // Whoever wrote a value up to the question mark saw a query behind it.
        if (address.EndsWith('?')) address += "a=1";
        address = address.Replace(" ", "%20");
        int mark = address.IndexOf('?');
        string query = string.Concat(_queryStart) + (mark < 0 ? "" : address[(mark + 1)..]);
        return (mark < 0 ? address : address[..mark], query.Length == 0 ? "-" : query);
    }

    public override string ToString()
    {
        (string stem, string query) = Address();
        string Cell(string column) => column switch
        {
            "cs-uri-stem" => stem,
            "cs-uri-query" => query,
            _ when _columns.TryGetValue(column, out string? value) => value.Replace(' ', '+'),
            "date" => "2021-03-03",
            "time" => "10:00:00",
            "cs-method" => "GET",
            "sc-status" => "200",
            "s-ip" or "c-ip" => "192.0.2.7",
            "cs(User-Agent)" => "Mozilla/5.0",
            _ => "-",
        };
        return string.Join(' ', W3cLine.Columns.Select(Cell));
    }
}
