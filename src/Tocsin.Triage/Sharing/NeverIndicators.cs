using System.Net;
using Tocsin.Detection.Indicators;
using Tocsin.Triage.Reports;

namespace Tocsin.Triage.Sharing;

/// <summary>What is never told others to look for, whatever it stands beside: it would make them block or blame the innocent.</summary>
internal static class NeverIndicators
{
    // Not routed on the Internet. Those for documentation (192.0.2.0/24 …) are not among them: no real log has them, every exercise does.
    static readonly IPNetwork[] _private =
    [
        .. new[]
        {
            "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24", "192.168.0.0/16", "198.18.0.0/15", "224.0.0.0/3",
            "::/127", "64:ff9b::/96", "fc00::/7", "fe80::/10", "fec0::/10", "ff00::/8",
        }.Select(n => IPNetwork.Parse(n)),
    ];

    // Known by where they come from and not by what they call themselves: every attacker can take their name. Networks that these organisations
    // give as theirs; they were not asked again when this was written, so that a new one may be missing.
    static readonly IPNetwork[] _scanners =
    [
        .. new[]
        {
            // Censys.
            "74.120.14.0/24", "162.142.125.0/24", "167.94.138.0/24", "167.94.145.0/24", "167.94.146.0/24", "167.248.133.0/24", "192.35.168.0/23",
            // The Shadowserver Foundation, which tells national CERTs what it finds.
            "64.62.197.0/24", "65.49.20.64/26", "74.82.47.0/26", "184.105.139.64/26", "184.105.143.128/26", "184.105.247.192/26", "216.218.206.64/26",
        }.Select(n => IPNetwork.Parse(n)),
    ];

    // What Exchange does to itself all day.
    static readonly string[] _monitoring = ["HealthMailbox", "ActiveMonitoring", "AMProbe"];

    /// <summary>The address of a client, if it can be an attacker's.</summary>
    public static IPAddress? Foreign(string? client)
    {
        if (client is null || Indicator.AddressOf(client) is not { } address) return null;
        return _private.Any(n => n.Contains(address)) || _scanners.Any(n => n.Contains(address)) ? null : address;
    }

    /// <summary>Whether an event is the product watching itself.</summary>
    public static bool IsMonitoring(ChainEvent happened) =>
        Array.Exists(_monitoring, word => happened.Evidence.Text.Contains(word, StringComparison.OrdinalIgnoreCase) || happened.Observed?.UserAgent?.Contains(word, StringComparison.OrdinalIgnoreCase) == true);

    /// <summary>Whether a file's name is every server's: the product's own, or one that ASP.NET made up on this server alone.</summary>
    public static bool IsName(string path)
    {
        string name = path[(path.AsSpan().LastIndexOfAny('/', '\\') + 1)..];
        return ProductNames.IsOfProduct(name) || name.StartsWith("App_Web_", StringComparison.OrdinalIgnoreCase) || name.EndsWith(".compiled", StringComparison.OrdinalIgnoreCase)
            || name.Length > 255 || !name.Contains('.', StringComparison.Ordinal);
    }
}
