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
/// <item><term>entries of a <c>$MFT</c>, of a USN journal</term><description><c>file / ntfs / mft</c>, <c>file / ntfs / usn</c></description></item>
/// <item><term>values of a registry hive</term><description><c>registry / hive / null</c></description></item>
/// <item><term>elements of IIS configuration files</term><description><c>config / iis-config / applicationhost</c>, <c>config / iis-config / web</c></description></item>
/// <item><term>Exchange configuration: <c>agents.config</c>, CLIXML of <c>Get-…</c></term><description><c>config / exchange-config / agents</c>, <c>…/ cmdlet</c></description></item>
/// <item><term>files that a web server would execute, and what it compiled of them</term><description><c>webpage / iis / null</c></description></item>
/// <item><term>matches of YARA rules</term><description><c>yara / null / null</c></description></item>
/// <item><term>text that somebody pasted</term><description><c>command / exchange / pasted</c></description></item>
/// </list>
/// </remarks>
public readonly record struct LogSource(string? Category, string? Product, string? Service)
{
    /// <inheritdoc />
    public override string ToString() => $"{Category ?? "*"}/{Product ?? "*"}/{Service ?? "*"}";
}
