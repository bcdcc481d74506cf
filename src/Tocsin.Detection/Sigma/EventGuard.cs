using System.Text;

namespace Tocsin.Detection.Sigma;

/// <summary>Which Windows events a log source means.</summary>
/// <param name="Channel">The event's channel.</param>
/// <param name="EventIds">One of them; empty for every event of the channel.</param>
/// <param name="Provider">The event's provider, where the channel has several; null for any.</param>
sealed record EventGuard(string Channel, int[] EventIds, string? Provider = null)
{
    readonly byte[] _channel = Encoding.UTF8.GetBytes(Channel);
    readonly byte[]? _provider = Provider is null ? null : Encoding.UTF8.GetBytes(Provider);

    /// <summary>The same for guards that admit the same events.</summary>
    public string Key => $"{Channel.ToUpperInvariant()}|{string.Join(',', EventIds)}|{Provider}";

    /// <summary>Whether the log source means an event.</summary>
    public bool Admits(ReadOnlySpan<byte> channel, ReadOnlySpan<byte> provider, int eventId) =>
        Ascii.EqualsIgnoreCase(_channel, channel)
        && (EventIds.Length == 0 || EventIds.Contains(eventId))
        && (_provider is null || Ascii.EqualsIgnoreCase(_provider, provider));
}
