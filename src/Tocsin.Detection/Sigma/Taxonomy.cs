using Tocsin.Evidence.Records;

namespace Tocsin.Detection.Sigma;

/// <summary>How a value of a field is read before a rule looks at it.</summary>
enum FieldView
{
    Raw,

    /// <summary>What stands before the first question mark.</summary>
    Stem,

    /// <summary>IIS writes a header's spaces as plus signs: both readings count.</summary>
    PlusAsSpace,
}

/// <summary>A field of the record in which a rule's field may be found.</summary>
readonly record struct FieldPlace(string Field, FieldView View);

/// <summary>Where a rule's field is found.</summary>
/// <param name="Places">One of them must satisfy a test.</param>
/// <param name="Own">The fields that must be empty for the rule's field to be null.</param>
sealed record FieldMapping(FieldPlace[] Places, string[] Own)
{
    public static FieldMapping Same(params string[] names) => new([.. names.Select(n => new FieldPlace(n, FieldView.Raw))], names);
}

/// <summary>Which rules concern which artifacts, and what the rules' fields are called there.</summary>
static class Taxonomy
{
    const string Url = "url";

    /// <summary>The address with %-encoding undone; readers add it only where it differs.</summary>
    public const string Decoded = "url-decoded";

    /// <summary>What readers of Exchange's own text logs call their log sources, beside those of category <c>command</c>.</summary>
    static readonly HashSet<string> ExchangeLogs = new(StringComparer.OrdinalIgnoreCase)
    {
        "httpproxy", "rps-http", "oabgenerator", "ecp-activity", "ews", "autodiscover", "mapihttp", "owa", "mitigation",
        "message-tracking", "smtp", "imap", "pop", "agent",
    };

    /// <summary>Log sources of our own, which no other program writes: the state of files, of the registry and of configurations.</summary>
    static readonly LogSource[] OwnSources =
    [
        new("file", "ntfs", "mft"), new("file", "ntfs", "usn"), new("registry", "hive", null),
        new("config", "iis-config", "applicationhost"), new("config", "iis-config", "web"),
        new("config", "exchange-config", "agents"), new("config", "exchange-config", "cmdlet"),
        new("webpage", "iis", null), new("yara", null, null),
    ];

    static readonly HashSet<string> ExchangeCommands = new(StringComparer.OrdinalIgnoreCase) { "ecp-server", "rps-cmdlet", "audit", "pasted" };

    /// <summary>Sigma's names for the columns of a web server's log. A null test looks at the column alone.</summary>
    /// <remarks>
    /// Most of SigmaHQ's rules put the path into <c>cs-uri-query</c>, as their logs hold the whole address there; IIS splits
    /// it at the question mark. So an address may be found in the query, the whole, or the decoded whole.
    /// </remarks>
    static readonly Dictionary<string, FieldMapping> WebFields = new(StringComparer.OrdinalIgnoreCase)
    {
        ["cs-uri-query"] = Address("cs-uri-query"),
        ["c-uri-query"] = Address("cs-uri-query"),
        ["cs-uri"] = new(Address("cs-uri-query").Places, ["cs-uri-stem", "cs-uri-query"]),
        ["c-uri"] = new(Address("cs-uri-query").Places, ["cs-uri-stem", "cs-uri-query"]),
        ["cs-uri-stem"] = Stem(),
        ["c-uri-stem"] = Stem(),
        ["cs-user-agent"] = Header("cs(User-Agent)"),
        ["c-useragent"] = Header("cs(User-Agent)"),
        ["cs-referer"] = Header("cs(Referer)"),
        ["cs-referrer"] = Header("cs(Referer)"),
        ["c-referer"] = Header("cs(Referer)"),
        ["cs-cookie"] = Header("cs(Cookie)"),
        ["cs-host"] = Header("cs(Host)"),
        ["src_ip"] = FieldMapping.Same("c-ip"),
        ["dst_ip"] = FieldMapping.Same("s-ip"),
    };

    static FieldMapping Address(string own) => new([new(own, FieldView.Raw), new(Url, FieldView.Raw), new(Decoded, FieldView.Raw)], [own]);

    static FieldMapping Stem() => new([new("cs-uri-stem", FieldView.Raw), new(Decoded, FieldView.Stem)], ["cs-uri-stem"]);

    static FieldMapping Header(string column) => new([new(column, FieldView.PlusAsSpace)], [column]);

    /// <summary>Fields that a reader derives from something else than their text, so that the line need not hold the value.</summary>
    static readonly HashSet<string> NotInTheLine = new(StringComparer.OrdinalIgnoreCase) { "Outcome", "Protocol", "Channel", "Fact", "Element", "Location", "Site", "AppPool" };

    /// <summary>Whether a value of the field surely stands in the bytes of the line, if need be %-encoded.</summary>
    public static bool StandsInTheLine(string field) => !NotInTheLine.Contains(field);

    public static bool IsWindows(LogSource artifact) => Same(artifact.Product, "windows");

    /// <summary>Whether the reader of the artifact derives a decoded address.</summary>
    public static bool HasDecodedAddress(LogSource artifact) =>
        Same(artifact.Category, "webserver") || (Same(artifact.Product, "exchange") && artifact.Service is "httpproxy" or "rps-http");

    /// <summary>Whether any reader produces records for such a rule.</summary>
    public static bool HasReader(LogSource rule)
    {
        if (Same(rule.Product, "windows")) return rule.Category is null && rule.Service is null || WindowsSources.Guards(rule) is not null;
        if (Same(rule.Product, "exchange"))
        {
            return rule.Category switch
            {
                null => rule.Service is null || ExchangeLogs.Contains(rule.Service) || ExchangeCommands.Contains(rule.Service),
                "command" => rule.Service is null || ExchangeCommands.Contains(rule.Service),
                _ => false,
            };
        }

        return Same(rule.Category, "command") && rule.Product is null && rule.Service is null
            || rule.Product is null && WindowsSources.Guards(rule) is not null
            || OwnSources.Any(own => Applies(rule, own, out _))
            || Applies(rule, new("webserver", "iis", null), out _);
    }

    /// <summary>Whether records of an artifact concern a rule, and under which conditions.</summary>
    /// <param name="rule">The rule's log source.</param>
    /// <param name="artifact">The artifact's.</param>
    /// <param name="guards">Conditions on the event of which one must hold; empty where there is none to check.</param>
    public static bool Applies(LogSource rule, LogSource artifact, out EventGuard[] guards)
    {
        guards = [];
        if (IsWindows(artifact))
        {
            EventGuard[]? found = WindowsSources.Guards(rule);
            guards = found ?? [];
            return found is not null;
        }

        // Rules say "service: iis" as often as "product: iis".
        if (Same(artifact.Product, "iis") && Same(rule.Service, "iis")) rule = rule with { Service = null, Product = "iis" };
        return Fits(rule.Category, artifact.Category) && Fits(rule.Product, artifact.Product) && Fits(rule.Service, artifact.Service);
    }

    static bool Fits(string? wanted, string? actual) => wanted is null || Same(wanted, actual);

    static bool Same(string? a, string? b) => string.Equals(a, b, StringComparison.OrdinalIgnoreCase);

    /// <summary>Where a rule's field is found in an artifact.</summary>
    public static FieldMapping FieldOf(LogSource artifact, string field)
    {
        if (Same(artifact.Category, "webserver") && WebFields.TryGetValue(field, out FieldMapping? mapping)) return mapping;
        if (IsWindows(artifact)) return WindowsSources.FieldOf(field);
        // An address in Exchange's own logs: whoever asks for the logged form is also shown what it hides.
        if (HasDecodedAddress(artifact) && field.Equals(Url, StringComparison.OrdinalIgnoreCase)) return new([new(Url, FieldView.Raw), new(Decoded, FieldView.Raw)], [Url]);
        return FieldMapping.Same(field);
    }

    /// <summary>A stem with query signs in it was written for logs that hold the whole address there.</summary>
    public static FieldPlace[] PlacesOf(LogSource artifact, string field, FieldMapping mapping, string value) =>
        Same(artifact.Category, "webserver") && field.EndsWith("-uri-stem", StringComparison.OrdinalIgnoreCase) && value.AsSpan().ContainsAny('?', '=', '&')
            ? [.. mapping.Places, new(Url, FieldView.Raw), new(Decoded, FieldView.Raw)]
            : mapping.Places;
}
