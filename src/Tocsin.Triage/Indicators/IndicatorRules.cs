using System.Text;
using Tocsin.Detection;
using Tocsin.Detection.Indicators;
using Tocsin.Detection.Sigma;

namespace Tocsin.Triage.Indicators;

/// <summary>
/// Indicators as Sigma rules, so that lines are looked through once for rules and indicators together. A match only
/// says where to look: whether the value is the indicator, and the time within its period, <see cref="IndicatorMatching"/> decides.
/// </summary>
internal static class IndicatorRules
{
    /// <summary>What one rule holds; the parser bounds the length of rules.</summary>
    const int MaxValues = 50_000;

    /// <summary>The rules; empty where no record could hold any of the indicators.</summary>
    public static IReadOnlyList<SigmaRule> Of(IndicatorSet set)
    {
        string[] addresses = Values(IndicatorType.Ipv4, IndicatorType.Ipv6), networks = Values(IndicatorType.Network), paths = Values(IndicatorType.UrlPath);
        string[] names = [.. Values(IndicatorType.FileName), .. Values(IndicatorType.FilePath).Select(p => p[(p.LastIndexOf('\\') + 1)..])];
        var rules = new List<SigmaRule>();
        Add("web", "category: webserver, product: iis", [
            .. Clients("c-ip"), ("X-Forwarded-For|contains", addresses), ("cs-uri-stem", paths), ("cs-uri-stem|endswith", [.. names.Select(n => "/" + n)])]);
        Add("exchange", "product: exchange", [.. Clients("ClientIpAddress"), ("UrlStem", paths), ("UrlStem|endswith", [.. names.Select(n => "/" + n)])]);
        Add("windows", "product: windows", [.. Clients("IpAddress"), .. Clients("SourceIp"), .. Clients("DestinationIp"), ("TargetFilename|endswith", [.. names.Select(n => "\\" + n)])]);
        Add("mft", "category: file, product: ntfs, service: mft", [("Name", names)]);
        Add("usn", "category: file, product: ntfs, service: usn", [("Name", names)]);
        return rules;

        string[] Values(params IndicatorType[] types) => [.. set.All.Where(i => types.Contains(i.Type)).Select(i => i.Value).Where(v => !v.Any(char.IsControl)).Distinct(StringComparer.Ordinal)];

        (string, string[])[] Clients(string field) => [(field, addresses), (field + "|cidr", networks)];

        void Add(string name, string source, (string Field, string[] Values)[] selections)
        {
            int number = 0;
            foreach ((string field, string[] values) in selections)
            {
                foreach (string[] some in values.Chunk(MaxValues))
                {
                    var yaml = new StringBuilder($"title: Indicators that you gave\nid: tocsin-indicators-{name}-{++number}\nlogsource: {{ {source} }}\ndetection:\n  sel:\n    {field}:\n");
                    foreach (string value in some) yaml.Append("      - '").Append(Literal(value, field)).Append("'\n");
                    yaml.Append("  condition: sel\n");
                    var diagnostics = new List<Diagnostic>();
                    rules.AddRange(SigmaParser.Parse(yaml.ToString(), "indicators", diagnostics));
                    if (diagnostics.Any(d => !d.IsWarning)) throw new InvalidOperationException(string.Join(Environment.NewLine, diagnostics.Take(5)));
                }
            }
        }
    }

    // Sigma's wildcards and YAML's quote stand for themselves.
    static string Literal(string value, string field) =>
        (field.EndsWith("|cidr", StringComparison.Ordinal) ? value : value.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("*", "\\*", StringComparison.Ordinal).Replace("?", "\\?", StringComparison.Ordinal))
        .Replace("'", "''", StringComparison.Ordinal);
}
