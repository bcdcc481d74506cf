using System.Text;
using Tocsin.Evidence.Tests.Hive;

namespace Tocsin.Packs.Tests.Registry;

/// <summary>The sample hives of <c>packs/shared/registry</c>: what stands in each. All made, with names kept for examples.</summary>
static class MadeRegistrySamples
{
    const string Run = @"Microsoft\Windows\CurrentVersion\Run";
    const string Winlogon = @"Microsoft\Windows NT\CurrentVersion\Winlogon";
    const string Options = @"Microsoft\Windows NT\CurrentVersion\Image File Execution Options";
    const string Windows = @"Microsoft\Windows NT\CurrentVersion\Windows";
    const string Wsman = @"Microsoft\Windows\CurrentVersion\WSMAN\Service";
    const string Defender = @"Policies\Microsoft\Windows Defender";
    const string Requests = @"Microsoft\SystemCertificates\REQUEST\Certificates\0123456789ABCDEF0123456789ABCDEF01234567";
    const string Setup = @"Microsoft\ExchangeServer\v15\Setup";
    const string Services = @"ControlSet001\Services";
    const string Lsa = @"ControlSet001\Control\Lsa";
    const string Tasks = @"Microsoft\Windows NT\CurrentVersion\Schedule\TaskCache\Tasks\{11111111-2222-3333-4444-555555555555}";

    /// <summary>The hive of a path below <c>tests</c>.</summary>
    public static SortedDictionary<string, byte[]> All { get; } = new(StringComparer.Ordinal)
    {
        ["fires/autorun-encoded-command/SOFTWARE"] = Software(h => h.Text(Run, "Updater", "powershell.exe -nop -w hidden -enc ZQB4AGEAbQBwAGwAZQA=")),
        ["quiet/autorun-encoded-command/SOFTWARE"] = Software(h => h.Text(Run, "Inventory", @"powershell.exe -File C:\Admin\inventory.ps1 -Encoding utf8").Text(Run, "SecurityHealth", @"%windir%\system32\SecurityHealthSystray.exe", 2)),
        ["fires/autorun-odd-place/SOFTWARE"] = Software(h => h.Text(Run, "Updater", @"C:\Users\Public\example.exe")),
        ["quiet/autorun-odd-place/SOFTWARE"] = Software(h => h.Text(Run, "VMware User Process", @"""C:\Program Files\VMware\VMware Tools\vmtoolsd.exe"" -n vmusr")),
        ["fires/winlogon-program-added/SOFTWARE"] = Software(h => h.Text(Winlogon, "Userinit", @"C:\Windows\system32\userinit.exe,C:\ProgramData\example.exe")),
        ["quiet/winlogon-program-added/SOFTWARE"] = Software(h => h.Text(Winlogon, "Userinit", @"C:\Windows\system32\userinit.exe,").Text(Winlogon, "Shell", "explorer.exe")),
        ["fires/logon-screen-debugger/SOFTWARE"] = Software(h => h.Text($@"{Options}\sethc.exe", "Debugger", @"C:\Windows\System32\cmd.exe")),
        ["quiet/logon-screen-debugger/SOFTWARE"] = Software(h => h.Text($@"{Options}\w3wp.exe", "Debugger", "vsjitdebugger.exe").Number($@"{Options}\sethc.exe", "MitigationOptions", 256)),
        ["fires/appinit-dll/SOFTWARE"] = Software(h => h.Text(Windows, "AppInit_DLLs", @"C:\ProgramData\example.dll")),
        ["quiet/appinit-dll/SOFTWARE"] = Software(h => h.Text(Windows, "AppInit_DLLs", "").Number(Windows, "LoadAppInit_DLLs", 0)),
        ["fires/lsa-foreign-package/SYSTEM"] = System(h => h.Texts(Lsa, "Notification Packages", "scecli", "rassfm", @"C:\Windows\example.dll")),
        ["quiet/lsa-foreign-package/SYSTEM"] = System(h => h.Texts(Lsa, "Notification Packages", "scecli", "rassfm").Texts(Lsa, "Security Packages", "kerberos", "msv1_0", "schannel", "wdigest", "tspkg", "pku2u")),
        ["fires/service-runs-command/SYSTEM"] = System(h => h.Text($@"{Services}\ExampleSvc", "ImagePath", @"%COMSPEC% /Q /c echo example ^> \\127.0.0.1\C$\__output", 2)),
        ["fires/service-runs-command/SYSTEM-deleted"] = System(h => h.Text($@"{Services}\ExampleSvc", "ImagePath", "cmd.exe /c powershell -nop -w hidden -encodedcommand ZQB4AGEAbQBwAGwAZQA=", 2).Delete($@"{Services}\ExampleSvc")),
        ["quiet/service-runs-command/SYSTEM"] = System(h => h.Text($@"{Services}\MSExchangeOWAAppPool", "ImagePath", @"C:\Windows\System32\svchost.exe -k netsvcs", 2)
            .Text($@"{Services}\MSExchangeTransport", "ImagePath", @"""C:\Program Files\Microsoft\Exchange Server\V15\Bin\MSExchangeTransport.exe""", 2)),
        ["fires/service-in-web-folder/SYSTEM"] = System(h => h.Text($@"{Services}\ExampleSvc\Parameters", "ServiceDll", @"C:\inetpub\wwwroot\aspnet_client\example.dll", 2)),
        ["quiet/service-in-web-folder/SYSTEM"] = System(h => h.Text($@"{Services}\W3SVC\Parameters", "ServiceDll", @"%windir%\system32\inetsrv\iisw3adm.dll", 2)),
        ["fires/service-dll-elsewhere/SYSTEM"] = System(h => h.Text($@"{Services}\ExampleSvc\Parameters", "ServiceDll", @"C:\ProgramData\example.dll", 2)),
        ["quiet/service-dll-elsewhere/SYSTEM"] = System(h => h.Text($@"{Services}\Dnscache\Parameters", "ServiceDll", @"%SystemRoot%\System32\dnsrslvr.dll", 2)),
        ["fires/winrm-through-web/SOFTWARE"] = Software(h => h.Number(Wsman, "CompatibilityHttpsListener", 1)),
        ["quiet/winrm-through-web/SOFTWARE"] = Software(h => h.Number(Wsman, "CompatibilityHttpsListener", 0).Number(Wsman, "auth_kerberos", 1)),
        ["fires/wdigest-keeps-passwords/SYSTEM"] = System(h => h.Number(@"ControlSet001\Control\SecurityProviders\WDigest", "UseLogonCredential", 1)),
        ["quiet/wdigest-keeps-passwords/SYSTEM"] = System(h => h.Number(@"ControlSet001\Control\SecurityProviders\WDigest", "UseLogonCredential", 0)),
        ["fires/restricted-admin-opened/SYSTEM"] = System(h => h.Number(Lsa, "DisableRestrictedAdmin", 0)),
        ["quiet/restricted-admin-opened/SYSTEM"] = System(h => h.Number(Lsa, "DisableRestrictedAdmin", 1)),
        ["fires/remote-admin-unfiltered/SOFTWARE"] = Software(h => h.Number(@"Microsoft\Windows\CurrentVersion\Policies\System", "LocalAccountTokenFilterPolicy", 1)),
        ["quiet/remote-admin-unfiltered/SOFTWARE"] = Software(h => h.Number(@"Microsoft\Windows\CurrentVersion\Policies\System", "EnableLUA", 1)),
        ["fires/remote-desktop-allowed/SYSTEM"] = System(h => h.Number(@"ControlSet001\Control\Terminal Server", "fDenyTSConnections", 0)),
        ["quiet/remote-desktop-allowed/SYSTEM"] = System(h => h.Number(@"ControlSet001\Control\Terminal Server", "fDenyTSConnections", 1)),
        ["fires/defender-turned-off/SOFTWARE"] = Software(h => h.Number($@"{Defender}\Real-Time Protection", "DisableRealtimeMonitoring", 1)),
        ["quiet/defender-turned-off/SOFTWARE"] = Software(h => h.Number(@"Microsoft\Windows Defender", "DisableAntiSpyware", 0).Number(@"Microsoft\Windows Defender", "ProductStatus", 1)),
        ["fires/defender-spares-pages/SOFTWARE"] = Software(h => h.Number(@"Microsoft\Windows Defender\Exclusions\Paths", @"C:\inetpub\wwwroot\aspnet_client", 0)),
        ["quiet/defender-spares-pages/SOFTWARE"] = Software(h => h.Number(@"Microsoft\Windows Defender\Exclusions\Paths", @"C:\Program Files\Microsoft\Exchange Server\V15\Mailbox", 0)
            .Number(@"Microsoft\Windows Defender\Exclusions\Paths", @"C:\Program Files\Microsoft\Exchange Server\V15\ClientAccess\OAB", 0)),
        ["fires/certificate-holds-script/SOFTWARE"] = Software(h => h.Value(Requests, "Blob", 3, Certificate(Encoding.ASCII.GetBytes("""CN=<script language="x" runat="server">example</script>""")))),
        ["fires/certificate-holds-script/SOFTWARE-two-bytes"] = Software(h => h.Value(Requests, "Blob", 3, Certificate(Encoding.BigEndianUnicode.GetBytes("""<%@ Page Language="x" %>example""")))),
        ["quiet/certificate-holds-script/SOFTWARE"] = Software(h => h.Value(Requests, "Blob", 3, Certificate("CN=mail.example.com, O=Example Organisation"u8.ToArray()))),
        ["fires/exchange-settings-hold-script/SOFTWARE"] = Software(h => h.Text(Setup, "Services", """<script language="x" runat="server">example</script>""")),
        ["quiet/exchange-settings-hold-script/SOFTWARE"] = Software(h => h.Text(Setup, "MsiInstallPath", @"C:\Program Files\Microsoft\Exchange Server\V15\").Number(Setup, "MsiBuildMajor", 2375)),
        ["fires/account-hidden-from-logon/SOFTWARE"] = Software(h => h.Number($@"{Winlogon}\SpecialAccounts\UserList", "example", 0)),
        ["quiet/account-hidden-from-logon/SOFTWARE"] = Software(h => h.Number($@"{Winlogon}\SpecialAccounts\UserList", "example", 1)),
        ["fires/local-account-dollar/SAM"] = Sam("example$"),
        ["quiet/local-account-dollar/SAM"] = Sam("Administrator", "HomeGroupUser$"),
        ["fires/task-runs-hidden-command/SOFTWARE"] = Software(h => h.Value(Tasks, "Actions", 3, Action("powershell.exe", "-nop -w hidden -enc ZQB4AGEAbQBwAGwAZQA="))),
        ["quiet/task-runs-hidden-command/SOFTWARE"] = Software(h => h.Value(Tasks, "Actions", 3, Action("powershell.exe", @"-File C:\Admin\cleanup-logs.ps1"))),
    };

    static byte[] Software(Action<MadeHive> fill)
    {
        MadeHive hive = new MadeHive().Key("Classes").Key("Policies").Text(@"Microsoft\Windows NT\CurrentVersion", "ProductName", "Windows Server 2016 Standard");
        fill(hive);
        return hive.Build();
    }

    static byte[] System(Action<MadeHive> fill)
    {
        MadeHive hive = new MadeHive().Number("Select", "Current", 1).Text(@"ControlSet001\Control\ComputerName\ComputerName", "ComputerName", "EXAMPLE-EX01");
        fill(hive);
        return hive.Build();
    }

    // The type of an account's value is its number.
    static byte[] Sam(params string[] accounts)
    {
        var hive = new MadeHive();
        for (uint i = 0; i < accounts.Length; i++) hive.Value($@"SAM\Domains\Account\Users\Names\{accounts[i]}", "", 1001 + i, []);
        return hive.Build();
    }

    // A property (number, 1, length) with what stands for a certificate around a name.
    static byte[] Certificate(byte[] name) => [0x20, 0, 0, 0, 1, 0, 0, 0, (byte)(name.Length + 9), 0, 0, 0, 0x30, 0x82, 0x01, 0x0A, 0x31, 0x0B, 0x06, 0x1E, (byte)name.Length, .. name, 0x30, 0x81];

    // Version, context and command, with a length before each text.
    static byte[] Action(string program, string arguments) =>
        [3, 0, 12, 0, 0, 0, .. Encoding.Unicode.GetBytes("Author"), 0x66, 0x66, 0, 0, 0, 0, (byte)(2 * program.Length), 0, 0, 0, .. Encoding.Unicode.GetBytes(program), (byte)(2 * arguments.Length), 0, 0, 0, .. Encoding.Unicode.GetBytes(arguments)];
}
