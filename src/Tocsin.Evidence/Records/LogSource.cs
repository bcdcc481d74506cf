namespace Tocsin.Evidence.Records;

/// <summary>Sigma's <c>category / product / service</c>. A part that is null says nothing.</summary>
/// <remarks>
/// The log sources that readers produce:
/// <list type="table">
/// <item><term>IIS W3C</term><description><c>webserver / iis / null</c></description></item>
/// <item><term>HttpProxy of every protocol</term><description><c>null / exchange / httpproxy</c></description></item>
/// <item><term>ECP Server</term><description><c>command / exchange / ecp-server</c></description></item>
/// <item><term>Rps Cmdlet, admin audit</term><description><c>command / exchange / rps-cmdlet</c>, <c>command / exchange / audit</c></description></item>
/// <item><term>other Exchange text logs</term><description><c>null / exchange / NAME</c>, see <c>ArtifactKind</c></description></item>
/// <item><term>Windows events of every channel</term><description><c>null / windows / null</c>; the channel and id are fields</description></item>
/// <item><term>text that somebody pasted</term><description><c>command / exchange / pasted</c></description></item>
/// </list>
/// </remarks>
public readonly record struct LogSource(string? Category, string? Product, string? Service)
{
    /// <inheritdoc />
    public override string ToString() => $"{Category ?? "*"}/{Product ?? "*"}/{Service ?? "*"}";
}
