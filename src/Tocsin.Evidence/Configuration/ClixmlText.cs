using System.Globalization;
using System.Text;

namespace Tocsin.Evidence.Configuration;

/// <summary>Small texts of serialised PowerShell objects.</summary>
internal static class ClixmlText
{
    /// <summary>Types whose names do not tell the cmdlet.</summary>
    static readonly Dictionary<string, string> Cmdlets = new(StringComparer.OrdinalIgnoreCase)
    {
        ["ADMobileVirtualDirectory"] = "Get-ActiveSyncVirtualDirectory",
        ["ADRpcHttpVirtualDirectory"] = "Get-OutlookAnywhere",
        ["Rule"] = "Get-TransportRule",
        ["ExchangeRoleAssignmentPresentation"] = "Get-ManagementRoleAssignment",
        ["ExchangeRoleAssignment"] = "Get-ManagementRoleAssignment",
        ["MailboxAcePresentationObject"] = "Get-MailboxPermission",
        ["ADAcePresentationObject"] = "Get-ADPermission",
        ["TransportAgentObject"] = "Get-TransportAgent",
        ["AgentRow"] = "Get-TransportAgent",
    };

    /// <summary>The command that gives objects of a type: <c>…ADOwaVirtualDirectory</c> is <c>Get-OwaVirtualDirectory</c>.</summary>
    public static string CmdletOf(string type)
    {
        int generic = type.IndexOfAny(['`', '[']);
        string name = generic < 0 ? type : type[..generic];
        name = name[(name.LastIndexOf('.') + 1)..];
        if (Cmdlets.GetValueOrDefault(name) is { } known) return known;
        if (name.EndsWith("VirtualDirectory", StringComparison.Ordinal) && name.StartsWith("AD", StringComparison.Ordinal)) name = name[2..];
        return name.Length == 0 || name.Length > 100 ? "" : "Get-" + name;
    }

    /// <summary>Undoes <c>_x000A_</c>, as PowerShell writes characters that XML cannot hold.</summary>
    public static string Unescape(string text)
    {
        int at = text.IndexOf("_x", StringComparison.Ordinal);
        if (at < 0) return text;
        var plain = new StringBuilder(text.Length);
        int from = 0;
        for (; at >= 0; at = text.IndexOf("_x", at, StringComparison.Ordinal))
        {
            if (at + 7 <= text.Length && text[at + 6] == '_' && ushort.TryParse(text.AsSpan(at + 2, 4), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out ushort code))
            {
                plain.Append(text, from, at - from).Append((char)code);
                at = from = at + 7;
            }
            else at += 2;
        }

        return plain.Append(text, from, text.Length - from).ToString();
    }

    /// <summary>A time as serialised, as UTC; default where it is none.</summary>
    public static DateTime Time(string text) =>
        DateTime.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AdjustToUniversal | DateTimeStyles.AssumeUniversal, out DateTime time) ? time : default;
}
