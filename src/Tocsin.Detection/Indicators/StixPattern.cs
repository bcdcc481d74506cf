using System.Text;

namespace Tocsin.Detection.Indicators;

/// <summary>Indicators as patterns of STIX 2.1 and back: one comparison each, or the name and folder of one file.</summary>
public static class StixPattern
{
    const string RequestValue = "network-traffic:extensions.'http-request-ext'.request_value";
    const string FileName = "file:name", Folder = "file:parent_directory_ref.path";

    /// <summary>The indicator as a pattern.</summary>
    public static string Of(IndicatorType type, string value) => type switch
    {
        IndicatorType.Sha256 => Equal("file:hashes.'SHA-256'", value),
        IndicatorType.Sha1 => Equal("file:hashes.'SHA-1'", value),
        IndicatorType.Md5 => Equal("file:hashes.MD5", value),
        IndicatorType.Ipv4 => Equal("ipv4-addr:value", value),
        IndicatorType.Ipv6 => Equal("ipv6-addr:value", value),
        IndicatorType.Network => $"[{(value.Contains(':', StringComparison.Ordinal) ? "ipv6" : "ipv4")}-addr:value ISSUBSET {Quoted(value)}]",
        IndicatorType.Domain => Equal("domain-name:value", value),
        IndicatorType.Url => Equal("url:value", value),
        IndicatorType.UrlPath => Equal(RequestValue, value),
        IndicatorType.FileName => Equal(FileName, value),
        IndicatorType.FilePath => $"[{FileName} = {Quoted(NameOf(value))} AND {Folder} = {Quoted(FolderOf(value))}]",
        _ => throw new ArgumentOutOfRangeException(nameof(type)),
    };

    /// <summary>
    /// The indicators that a pattern says outright: comparisons for equality, joined by OR; a name AND its folder. Null for every other
    /// pattern: one half of what must hold together would match what its author did not mean.
    /// </summary>
    public static IReadOnlyList<(IndicatorType Type, string Value)>? Read(string pattern)
    {
        var tokens = new Tokens(pattern);
        var found = new List<(IndicatorType, string)>();
        do
        {
            if (!tokens.Take("[")) return null;
            do
            {
                if (Comparison(ref tokens) is not { } one) return null;
                if (!tokens.Take("AND"))
                {
                    if (TypeOf(one.Path, one.IsSubset) is not { } type) return null;
                    found.Add((type == IndicatorType.Ipv4 && one.Value.Contains('/', StringComparison.Ordinal) || type == IndicatorType.Ipv6 && one.Value.Contains('/', StringComparison.Ordinal) ? IndicatorType.Network : type, one.Value));
                    continue;
                }

                if (Comparison(ref tokens) is not { } other || one.IsSubset || other.IsSubset) return null;
                if (one.Path == Folder) (one, other) = (other, one);
                if (one.Path != FileName || other.Path != Folder) return null;
                found.Add((IndicatorType.FilePath, $"{other.Value.TrimEnd('\\', '/')}\\{one.Value}"));
            }
            while (tokens.Take("OR"));
            if (!tokens.Take("]")) return null;
        }
        while (tokens.Take("OR"));
        return tokens.AtEnd ? found : null;
    }

    static (string Path, bool IsSubset, string Value)? Comparison(ref Tokens tokens)
    {
        if (tokens.Path() is not { } path) return null;
        bool subset = tokens.Take("ISSUBSET");
        if (!subset && !tokens.Take("=")) return null;
        return tokens.Text() is { } value ? (path, subset, value) : null;
    }

    static IndicatorType? TypeOf(string path, bool isSubset) => path switch
    {
        "ipv4-addr:value" or "ipv6-addr:value" when isSubset => IndicatorType.Network,
        _ when isSubset => null,
        "ipv4-addr:value" => IndicatorType.Ipv4,
        "ipv6-addr:value" => IndicatorType.Ipv6,
        "domain-name:value" => IndicatorType.Domain,
        "url:value" => IndicatorType.Url,
        RequestValue => IndicatorType.UrlPath,
        FileName => IndicatorType.FileName,
        "file:hashes.'SHA-256'" or "file:hashes.SHA256" or "file:hashes.'SHA256'" => IndicatorType.Sha256,
        "file:hashes.'SHA-1'" or "file:hashes.SHA1" or "file:hashes.'SHA1'" => IndicatorType.Sha1,
        "file:hashes.MD5" or "file:hashes.'MD5'" => IndicatorType.Md5,
        _ => null,
    };

    static string Equal(string path, string value) => $"[{path} = {Quoted(value)}]";

    /// <summary>A text of the pattern language: backslash and apostrophe are escaped, everything else stands for itself.</summary>
    static string Quoted(string value) => $"'{value.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("'", "\\'", StringComparison.Ordinal)}'";

    static string NameOf(string path) => path[(path.LastIndexOf('\\') + 1)..];

    static string FolderOf(string path) => path[..Math.Max(0, path.LastIndexOf('\\'))];

    /// <summary>Reads a pattern from left to right.</summary>
    ref struct Tokens(string pattern)
    {
        ReadOnlySpan<char> _rest = pattern.AsSpan().Trim();

        public readonly bool AtEnd => _rest.IsEmpty;

        public bool Take(string token)
        {
            if (!_rest.StartsWith(token, StringComparison.Ordinal)) return false;
            _rest = _rest[token.Length..].TrimStart();
            return true;
        }

        /// <summary>An object path; apostrophes in it are parts of names.</summary>
        public string? Path()
        {
            bool quoted = false;
            int length = 0;
            for (; length < _rest.Length; length++)
            {
                char c = _rest[length];
                if (c == '\'') quoted = !quoted;
                else if (!quoted && !char.IsAsciiLetterOrDigit(c) && c is not (':' or '.' or '-' or '_' or '[' or ']' or '*')) break;
            }

            if (length == 0 || quoted) return null;
            string path = _rest[..length].ToString();
            _rest = _rest[length..].TrimStart();
            return path;
        }

        public string? Text()
        {
            if (_rest.IsEmpty || _rest[0] != '\'') return null;
            var text = new StringBuilder();
            for (int i = 1; i < _rest.Length; i++)
            {
                char c = _rest[i];
                if (c == '\'')
                {
                    _rest = _rest[(i + 1)..].TrimStart();
                    return text.ToString();
                }

                if (c == '\\' && ++i < _rest.Length) c = _rest[i];
                text.Append(c);
            }

            return null;
        }
    }
}
