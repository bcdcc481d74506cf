using Tocsin.Evidence.Records;

namespace Tocsin.Detection.Sigma;

/// <summary>What Sigma's log sources mean in Windows event logs: channels and event ids, and the fields' other names there.</summary>
/// <remarks>One table; every category and service that SigmaHQ's rules use with product <c>windows</c> has its line, as far as a channel is known.</remarks>
static class WindowsSources
{
    const string Sysmon = "Microsoft-Windows-Sysmon/Operational";
    const string PowerShell = "Microsoft-Windows-PowerShell/Operational";
    const string PowerShell7 = "PowerShellCore/Operational";
    const string ClassicPowerShell = "Windows PowerShell";
    const string Security = "Security";
    const string Defender = "Microsoft-Windows-Windows Defender/Operational";
    const string ExchangeManagement = "MSExchange Management";

    static readonly EventGuard[] ManagementCommands = [new(ExchangeManagement, [])];

    /// <summary>Categories. Sysmon numbers its kinds of event; some have a counterpart in the security log.</summary>
    static readonly Dictionary<string, EventGuard[]> Categories = new(StringComparer.OrdinalIgnoreCase)
    {
        ["process_creation"] = [new(Sysmon, [1]), new(Security, [4688])],
        ["file_change"] = [new(Sysmon, [2])],
        ["network_connection"] = [new(Sysmon, [3])],
        ["sysmon_status"] = [new(Sysmon, [4, 16])],
        ["process_termination"] = [new(Sysmon, [5]), new(Security, [4689])],
        ["driver_load"] = [new(Sysmon, [6])],
        ["image_load"] = [new(Sysmon, [7])],
        ["create_remote_thread"] = [new(Sysmon, [8])],
        ["raw_access_thread"] = [new(Sysmon, [9])],
        ["process_access"] = [new(Sysmon, [10])],
        ["file_event"] = [new(Sysmon, [11])],
        ["registry_event"] = [new(Sysmon, [12, 13, 14])],
        ["registry_add"] = [new(Sysmon, [12])],
        ["registry_delete"] = [new(Sysmon, [12])],
        ["registry_set"] = [new(Sysmon, [13])],
        ["registry_rename"] = [new(Sysmon, [14])],
        ["create_stream_hash"] = [new(Sysmon, [15])],
        ["pipe_created"] = [new(Sysmon, [17, 18])],
        ["wmi_event"] = [new(Sysmon, [19, 20, 21])],
        ["dns_query"] = [new(Sysmon, [22])],
        ["file_delete"] = [new(Sysmon, [23, 26])],
        ["file_delete_detected"] = [new(Sysmon, [26])],
        ["clipboard_change"] = [new(Sysmon, [24])],
        ["clipboard_capture"] = [new(Sysmon, [24])],
        ["process_tampering"] = [new(Sysmon, [25])],
        ["file_block"] = [new(Sysmon, [27, 28])],
        ["file_block_executable"] = [new(Sysmon, [27])],
        ["file_block_shredding"] = [new(Sysmon, [28])],
        ["file_executable_detected"] = [new(Sysmon, [29])],
        ["sysmon_error"] = [new(Sysmon, [255])],
        ["file_access"] = [new("Microsoft-Windows-Kernel-File/Analytic", []), new("Microsoft-Windows-Kernel-File", [])],
        ["file_rename"] = [new("Microsoft-Windows-Kernel-File/Analytic", []), new("Microsoft-Windows-Kernel-File", [])],
        ["ps_module"] = [new(PowerShell, [4103]), new(PowerShell7, [4103])],
        ["ps_script"] = [new(PowerShell, [4104]), new(PowerShell7, [4104])],
        ["ps_classic_start"] = [new(ClassicPowerShell, [400])],
        ["ps_classic_provider_start"] = [new(ClassicPowerShell, [600])],
        ["ps_classic_script"] = [new(ClassicPowerShell, [800])],
        ["command"] = ManagementCommands,
        // What the built-in scanner found, and what it did about it.
        ["antivirus"] = [new(Defender, [1006, 1007, 1015, 1116, 1117, 1118, 1119])],
    };

    /// <summary>Services: the channels of which one must be the event's.</summary>
    static readonly Dictionary<string, string[]> Services = new(StringComparer.OrdinalIgnoreCase)
    {
        ["application"] = ["Application"],
        ["application-experience"] = ["Microsoft-Windows-Application-Experience/Program-Telemetry", "Microsoft-Windows-Application-Experience/Program-Compatibility-Assistant"],
        ["applocker"] =
        [
            "Microsoft-Windows-AppLocker/EXE and DLL", "Microsoft-Windows-AppLocker/MSI and Script",
            "Microsoft-Windows-AppLocker/Packaged app-Deployment", "Microsoft-Windows-AppLocker/Packaged app-Execution",
        ],
        ["appmodel-runtime"] = ["Microsoft-Windows-AppModel-Runtime/Admin"],
        ["appxdeployment-server"] = ["Microsoft-Windows-AppXDeploymentServer/Operational"],
        ["appxpackaging-om"] = ["Microsoft-Windows-AppxPackaging/Operational"],
        ["bitlocker"] = ["Microsoft-Windows-BitLocker/BitLocker Management"],
        ["bits-client"] = ["Microsoft-Windows-Bits-Client/Operational"],
        ["capi2"] = ["Microsoft-Windows-CAPI2/Operational"],
        ["certificateservicesclient-lifecycle-system"] = ["Microsoft-Windows-CertificateServicesClient-Lifecycle-System/Operational"],
        ["codeintegrity-operational"] = ["Microsoft-Windows-CodeIntegrity/Operational"],
        ["dhcp"] = ["Microsoft-Windows-DHCP-Server/Operational"],
        ["diagnosis-scripted"] = ["Microsoft-Windows-Diagnosis-Scripted/Operational"],
        ["dns-client"] = ["Microsoft-Windows-DNS Client Events/Operational", "Microsoft-Windows-DNS-Client/Operational"],
        ["dns-server"] = ["DNS Server"],
        ["dns-server-analytic"] = ["Microsoft-Windows-DNS-Server/Analytical"],
        ["dns-server-audit"] = ["Microsoft-Windows-DNS-Server/Audit"],
        ["driver-framework"] = ["Microsoft-Windows-DriverFrameworks-UserMode/Operational"],
        ["firewall-as"] = ["Microsoft-Windows-Windows Firewall With Advanced Security/Firewall"],
        ["hyper-v-worker"] = ["Microsoft-Windows-Hyper-V-Worker", "Microsoft-Windows-Hyper-V-Worker-Admin", "Microsoft-Windows-Hyper-V-Worker-Operational"],
        ["iis-configuration"] = ["Microsoft-IIS-Configuration/Operational"],
        ["kernel-event-tracing"] = ["Microsoft-Windows-Kernel-EventTracing", "Microsoft-Windows-Kernel-EventTracing/Admin"],
        ["kernel-shimengine"] = ["Microsoft-Windows-Kernel-ShimEngine/Operational", "Microsoft-Windows-Kernel-ShimEngine/Diagnostic"],
        ["ldap"] = ["Microsoft-Windows-LDAP-Client/Debug"],
        ["ldap_debug"] = ["Microsoft-Windows-LDAP-Client/Debug"],
        ["lsa-server"] = ["Microsoft-Windows-LSA/Operational"],
        ["microsoft-servicebus-client"] = ["Microsoft-ServiceBus-Client", "Microsoft-ServiceBus-Client/Admin", "Microsoft-ServiceBus-Client/Operational"],
        ["msexchange-management"] = [ExchangeManagement],
        ["ntfs"] = ["Microsoft-Windows-Ntfs/Operational"],
        ["ntlm"] = ["Microsoft-Windows-NTLM/Operational"],
        ["openssh"] = ["OpenSSH/Operational"],
        ["powershell"] = [PowerShell, PowerShell7],
        ["powershell-classic"] = [ClassicPowerShell],
        ["printservice-admin"] = ["Microsoft-Windows-PrintService/Admin"],
        ["printservice-operational"] = ["Microsoft-Windows-PrintService/Operational"],
        ["security"] = [Security],
        ["security-mitigations"] = ["Microsoft-Windows-Security-Mitigations/Kernel Mode", "Microsoft-Windows-Security-Mitigations/User Mode"],
        ["sense"] = ["Microsoft-Windows-SENSE/Operational"],
        ["servicebus-client"] = ["Microsoft-ServiceBus-Client"],
        ["shell-core"] = ["Microsoft-Windows-Shell-Core/Operational"],
        ["smbclient-connectivity"] = ["Microsoft-Windows-SmbClient/Connectivity"],
        ["smbclient-security"] = ["Microsoft-Windows-SmbClient/Security"],
        ["smbserver-connectivity"] = ["Microsoft-Windows-SMBServer/Connectivity"],
        ["sysmon"] = [Sysmon],
        ["system"] = ["System"],
        ["taskscheduler"] = ["Microsoft-Windows-TaskScheduler/Operational"],
        ["terminalservices-localsessionmanager"] = ["Microsoft-Windows-TerminalServices-LocalSessionManager/Operational"],
        ["vhdmp"] = ["Microsoft-Windows-VHDMP/Operational"],
        ["wmi"] = ["Microsoft-Windows-WMI-Activity/Operational"],
        ["windefend"] = [Defender],
    };

    /// <summary>Names that the security log has for what Sysmon and Sigma call otherwise, and Defender's, which have spaces.</summary>
    static readonly Dictionary<string, FieldMapping> Fields = new(StringComparer.OrdinalIgnoreCase)
    {
        ["Image"] = FieldMapping.Same("Image", "NewProcessName"),
        ["ParentImage"] = FieldMapping.Same("ParentImage", "ParentProcessName"),
        ["LogonId"] = FieldMapping.Same("LogonId", "SubjectLogonId"),
        // Classic events carry their strings without names; readers number or join them differently.
        ["Data"] = FieldMapping.Same("Data", "Message"),
        ["ActionName"] = FieldMapping.Same("ActionName", "Action Name"),
        ["CategoryName"] = FieldMapping.Same("CategoryName", "Category Name"),
        ["DetectionUser"] = FieldMapping.Same("DetectionUser", "Detection User"),
        ["Feature_Name"] = FieldMapping.Same("Feature_Name", "Feature Name"),
        ["NewValue"] = FieldMapping.Same("NewValue", "New Value"),
        ["OldValue"] = FieldMapping.Same("OldValue", "Old Value"),
        ["ProcessName"] = FieldMapping.Same("ProcessName", "Process Name"),
        ["SeverityName"] = FieldMapping.Same("SeverityName", "Severity Name"),
        ["SourceName"] = FieldMapping.Same("SourceName", "Source Name"),
        ["Signature"] = FieldMapping.Same("Signature", "Threat Name"),
        ["Filename"] = FieldMapping.Same("Filename", "Path"),
        ["ThreatName"] = FieldMapping.Same("ThreatName", "Threat Name"),
    };

    /// <summary>The events that a rule's log source means; empty for all, null for none.</summary>
    public static EventGuard[]? Guards(LogSource rule)
    {
        if (rule is { Product: "exchange", Category: "command", Service: null }) return ManagementCommands;
        if (rule.Product is not ("windows" or null)) return null;
        // A rule without product means Windows only if its category or service is one of Windows'.
        if (rule is { Category: null, Service: null }) return rule.Product is null ? null : [];

        EventGuard[]? byCategory = rule.Category is null ? null : Categories.GetValueOrDefault(rule.Category);
        string[]? channels = rule.Service is null ? null : Services.GetValueOrDefault(rule.Service);
        if (rule.Category is not null && byCategory is null) return null;
        if (rule.Service is not null && channels is null) return null;
        if (rule.Product is null && byCategory is null) return null;

        if (byCategory is null) return [.. channels!.Select(c => new EventGuard(c, []))];
        if (channels is null) return byCategory;
        EventGuard[] both = [.. byCategory.Where(g => channels.Contains(g.Channel, StringComparer.OrdinalIgnoreCase))];
        return both.Length == 0 ? null : both;
    }

    public static FieldMapping FieldOf(string field) => Fields.GetValueOrDefault(field) ?? FieldMapping.Same(field);
}
