namespace Tocsin.Triage.Reports;

/// <summary>What a matching record names that others can look for on their servers. As logged; null where the record does not say.</summary>
/// <param name="Host">The host that a request was sent to.</param>
/// <param name="Path">Its path, without what stands after the question mark.</param>
/// <param name="Method">Its method.</param>
/// <param name="UserAgent">What the client called itself.</param>
/// <param name="File">Path of a file on the server.</param>
/// <param name="Program">Path of the program that ran.</param>
/// <param name="CommandLine">What it was started with.</param>
/// <param name="RegistryKey">A key of the registry.</param>
public sealed record Observed(
    string? Host,
    string? Path,
    string? Method,
    string? UserAgent,
    string? File,
    string? Program,
    string? CommandLine,
    string? RegistryKey)
{
    /// <summary>Nothing.</summary>
    public static Observed Nothing { get; } = new(null, null, null, null, null, null, null, null);
}
