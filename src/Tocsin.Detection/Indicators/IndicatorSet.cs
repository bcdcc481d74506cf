using System.Net;

namespace Tocsin.Detection.Indicators;

/// <summary>Indicators, found by what a record or a file shows. Immutable; safe to share between threads.</summary>
public sealed class IndicatorSet
{
    readonly Dictionary<(IndicatorType, string), List<Indicator>> _byValue = new(new IgnoringCaseOfNames());
    readonly List<(IPNetwork Network, Indicator Indicator)> _networks = [];
    readonly List<Indicator> _all = [];

    /// <summary>Takes indicators; one that another says in the same words and for the same time is kept once.</summary>
    public IndicatorSet(IEnumerable<Indicator> indicators)
    {
        foreach (Indicator indicator in indicators)
        {
            if (!_byValue.TryGetValue((indicator.Type, indicator.Value), out List<Indicator>? same)) _byValue.Add((indicator.Type, indicator.Value), same = []);
            if (same.Exists(s => s.ValidFromUtc == indicator.ValidFromUtc && s.ValidUntilUtc == indicator.ValidUntilUtc)) continue;
            same.Add(indicator);
            _all.Add(indicator);
            if (indicator.Type == IndicatorType.Network && Indicator.NetworkOf(indicator.Value) is { } network) _networks.Add((network, indicator));
        }
    }

    /// <summary>All, in the order given.</summary>
    public IReadOnlyList<Indicator> All => _all;

    /// <summary>The indicators of a value that mean the attacker at a time; what has no time is within no period.</summary>
    public IEnumerable<Indicator> Find(IndicatorType type, string value, DateTime? utc) =>
        _byValue.TryGetValue((type, value), out List<Indicator>? found) ? found.Where(i => Holds(i, utc)) : [];

    /// <summary>The same for an address as a log writes it, ranges included.</summary>
    public IEnumerable<Indicator> FindAddress(string text, DateTime? utc)
    {
        if (Indicator.AddressOf(text) is not { } address) return [];
        string value = address.ToString();
        return Find(IndicatorType.Ipv4, value, utc).Concat(Find(IndicatorType.Ipv6, value, utc)).Concat(_networks.Where(n => n.Network.Contains(address) && Holds(n.Indicator, utc)).Select(n => n.Indicator));
    }

    static bool Holds(Indicator indicator, DateTime? utc) => utc is { } time ? indicator.IsValidAt(time) : indicator is { ValidFromUtc: null, ValidUntilUtc: null } || !Indicator.ChangesHands(indicator.Type);

    /// <summary>Windows tells names of files and paths of requests apart by nothing but letters, whatever their case.</summary>
    sealed class IgnoringCaseOfNames : IEqualityComparer<(IndicatorType Type, string Value)>
    {
        static StringComparer For(IndicatorType type) => type is IndicatorType.FileName or IndicatorType.FilePath or IndicatorType.UrlPath ? StringComparer.OrdinalIgnoreCase : StringComparer.Ordinal;

        public bool Equals((IndicatorType Type, string Value) x, (IndicatorType Type, string Value) y) => x.Type == y.Type && For(x.Type).Equals(x.Value, y.Value);

        public int GetHashCode((IndicatorType Type, string Value) key) => HashCode.Combine(key.Type, For(key.Type).GetHashCode(key.Value));
    }
}
