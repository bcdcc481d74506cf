using Tocsin.Detection.Indicators;

namespace Tocsin.Triage.Sharing;

/// <summary>An indicator that a report gives, and where it was seen.</summary>
/// <param name="Indicator">What to look for, and in which time. Its source is the place in the evidence that first shows it.</param>
/// <param name="LastUtc">When it was last seen; null where the evidence does not say.</param>
/// <param name="Sightings">Where it was seen, in the report's order.</param>
internal sealed record SharedIndicator(Indicator Indicator, DateTime? LastUtc, IReadOnlyList<IndicatorSighting> Sightings)
{
    /// <summary>The techniques of the findings that show it.</summary>
    public IEnumerable<string> Techniques => Sightings.SelectMany(s => s.Of.Finding.Techniques).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal);
}

/// <summary>An indicator in one finding.</summary>
/// <param name="Of">The finding.</param>
/// <param name="FirstUtc">First seen; null where the evidence does not say.</param>
/// <param name="LastUtc">Last seen.</param>
/// <param name="Count">How often, among the events that the report keeps.</param>
internal sealed record IndicatorSighting(SharedFinding Of, DateTime? FirstUtc, DateTime? LastUtc, int Count);
