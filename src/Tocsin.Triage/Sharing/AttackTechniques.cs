namespace Tocsin.Triage.Sharing;

/// <summary>Names of the ATT&amp;CK techniques that the packs' rules name (ATT&amp;CK for Enterprise 16).</summary>
internal static class AttackTechniques
{
    /// <summary>Breaking in through a program that the Internet can reach.</summary>
    public const string ExploitPublicFacing = "T1190";

    /// <summary>The version of ATT&amp;CK that the ids and names are from.</summary>
    public const string Version = "16";

    static readonly Dictionary<string, string> _names = new(StringComparer.Ordinal)
    {
        ["T1003"] = "OS Credential Dumping",
        ["T1003.001"] = "LSASS Memory",
        ["T1003.002"] = "Security Account Manager",
        ["T1003.003"] = "NTDS",
        ["T1003.004"] = "LSA Secrets",
        ["T1003.006"] = "DCSync",
        ["T1021.001"] = "Remote Desktop Protocol",
        ["T1021.006"] = "Windows Remote Management",
        ["T1036.008"] = "Masquerade File Type",
        ["T1053.005"] = "Scheduled Task",
        ["T1059"] = "Command and Scripting Interpreter",
        ["T1059.001"] = "PowerShell",
        ["T1059.003"] = "Windows Command Shell",
        ["T1068"] = "Exploitation for Privilege Escalation",
        ["T1070"] = "Indicator Removal",
        ["T1070.001"] = "Clear Windows Event Logs",
        ["T1070.004"] = "File Deletion",
        ["T1070.006"] = "Timestomp",
        ["T1074"] = "Data Staged",
        ["T1074.001"] = "Local Data Staging",
        ["T1078"] = "Valid Accounts",
        ["T1082"] = "System Information Discovery",
        ["T1087.003"] = "Email Account",
        ["T1098"] = "Account Manipulation",
        ["T1098.002"] = "Additional Email Delegate Permissions",
        ["T1098.003"] = "Additional Cloud Roles",
        ["T1098.007"] = "Additional Local or Domain Groups",
        ["T1105"] = "Ingress Tool Transfer",
        ["T1112"] = "Modify Registry",
        ["T1114.002"] = "Remote Email Collection",
        ["T1114.003"] = "Email Forwarding Rule",
        ["T1134.002"] = "Create Process with Token",
        ["T1136.001"] = "Local Account",
        ["T1136.002"] = "Domain Account",
        ["T1187"] = "Forced Authentication",
        ["T1190"] = "Exploit Public-Facing Application",
        ["T1203"] = "Exploitation for Client Execution",
        ["T1486"] = "Data Encrypted for Impact",
        ["T1490"] = "Inhibit System Recovery",
        ["T1505.002"] = "Transport Agent",
        ["T1505.003"] = "Web Shell",
        ["T1505.004"] = "IIS Components",
        ["T1531"] = "Account Access Removal",
        ["T1543.003"] = "Windows Service",
        ["T1546.003"] = "Windows Management Instrumentation Event Subscription",
        ["T1546.008"] = "Accessibility Features",
        ["T1546.010"] = "AppInit DLLs",
        ["T1547.001"] = "Registry Run Keys / Startup Folder",
        ["T1547.004"] = "Winlogon Helper DLL",
        ["T1547.005"] = "Security Support Provider",
        ["T1550.002"] = "Pass the Hash",
        ["T1552"] = "Unsecured Credentials",
        ["T1552.001"] = "Credentials In Files",
        ["T1556.002"] = "Password Filter DLL",
        ["T1560.001"] = "Archive via Utility",
        ["T1562.001"] = "Disable or Modify Tools",
        ["T1562.002"] = "Disable Windows Event Logging",
        ["T1564.001"] = "Hidden Files and Directories",
        ["T1564.002"] = "Hidden Users",
        ["T1566"] = "Phishing",
        ["T1569.002"] = "Service Execution",
        ["T1572"] = "Protocol Tunneling",
        ["T1592.002"] = "Software",
        ["T1595.002"] = "Vulnerability Scanning",
    };

    /// <summary>The technique's name; null where it is not known here.</summary>
    public static string? NameOf(string technique) => _names.GetValueOrDefault(technique);

    /// <summary>Whether the text has the form of an id: <c>T1505.003</c>.</summary>
    public static bool IsId(string technique) => technique.Length is 5 or 9 && technique[0] == 'T' && technique.Skip(1).Select((c, i) => i == 4 ? c == '.' : char.IsAsciiDigit(c)).All(fits => fits);
}
