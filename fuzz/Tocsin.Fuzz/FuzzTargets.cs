namespace Tocsin.Fuzz;

/// <summary>The fuzz targets by name. A target takes any bytes, and throws only where a promise of the parser is broken.</summary>
public static class FuzzTargets
{
    /// <summary>Every target; the names are those of the folders in <c>fuzz/corpus</c>.</summary>
    public static IReadOnlyDictionary<string, Action<byte[]>> All { get; } = new SortedDictionary<string, Action<byte[]>>(StringComparer.Ordinal)
    {
        ["w3c"] = LogTargets.W3c,
        ["exchange"] = LogTargets.Exchange,
        ["event-json"] = LogTargets.EventJson,
        ["event-kv"] = LogTargets.EventKeyValue,
        ["evtx"] = LogTargets.Evtx,
        ["proxylogon-output"] = LogTargets.ProxyLogonOutput,
        ["iis-config"] = ConfigurationTargets.IisConfig,
        ["clixml"] = ConfigurationTargets.Clixml,
        ["pasted"] = LogTargets.Pasted,
        ["page"] = PageTargets.Page,
        ["page-dll"] = PageTargets.Compiled,
        ["scan"] = LogTargets.Scan,
        ["utf16"] = SourceTargets.Utf16,
        ["zip"] = SourceTargets.Zip,
        ["tar-gz"] = SourceTargets.TarGz,
        ["mft"] = NtfsTargets.Mft,
        ["usn"] = NtfsTargets.Usn,
        ["sigma"] = RuleTargets.Sigma,
        ["sigma-match"] = RuleTargets.SigmaMatch,
        ["pack"] = RuleTargets.Pack,
        ["hive"] = HiveTargets.Hive,
    };
}
