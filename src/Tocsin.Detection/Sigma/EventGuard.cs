namespace Tocsin.Detection.Sigma;

/// <summary>Which Windows events a log source means.</summary>
/// <param name="Channel">The event's channel.</param>
/// <param name="EventIds">One of them; empty for every event of the channel.</param>
/// <param name="Provider">The event's provider, where the channel has several; null for any.</param>
sealed record EventGuard(string Channel, int[] EventIds, string? Provider = null);
