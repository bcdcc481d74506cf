namespace Tocsin.Evidence.Configuration;

/// <summary>The words of field <c>Fact</c>: what a reader derives from an element, for rules to name. Closed; <c>docs/formats/configuration-facts.md</c> explains each.</summary>
public static class ConfigurationFact
{
    /// <summary>A native module or filter whose library lies outside the folders of IIS, the .NET Framework and Exchange.</summary>
    public const string ModuleOutsideSystem = "module-image-outside-system";

    /// <summary>A native module or filter whose library lies where anybody or a web page may write.</summary>
    public const string ModuleWritable = "module-image-writable-place";

    /// <summary>A managed module whose type is neither of the .NET Framework nor of Exchange.</summary>
    public const string ModuleForeignType = "module-type-foreign";

    /// <summary>All managed modules are run for all requests.</summary>
    public const string AllManagedModules = "all-managed-modules-run";

    /// <summary>A handler whose type is neither of the .NET Framework nor of Exchange.</summary>
    public const string HandlerForeignType = "handler-type-foreign";

    /// <summary>A handler that starts a command interpreter of Windows.</summary>
    public const string HandlerShell = "handler-starts-shell";

    /// <summary>A handler that starts another program or script engine.</summary>
    public const string HandlerProgram = "handler-starts-program";

    /// <summary>A handler that runs files as pages which are none: pictures, styles, texts.</summary>
    public const string HandlerHarmlessExtension = "handler-runs-harmless-extension";

    /// <summary>A virtual directory or application that points outside the folders of IIS and Exchange.</summary>
    public const string DirectoryOutsideProduct = "directory-outside-product";

    /// <summary>A virtual directory that points to where anybody may write.</summary>
    public const string DirectoryWritable = "directory-writable-place";

    /// <summary>A virtual directory that points to a folder with the name of a device (<c>AUX</c>, <c>COM1</c>), which ordinary programs cannot open.</summary>
    public const string DirectoryDeviceName = "directory-device-name";

    /// <summary>Keys that sign and encrypt page state stand in the file instead of being made by the server.</summary>
    public const string MachineKeyExplicit = "machine-key-explicit";

    /// <summary>The web server writes no log of requests.</summary>
    public const string LoggingOff = "request-log-off";

    /// <summary>The administration channel of Exchange takes requests without logon.</summary>
    public const string AnonymousPowerShell = "anonymous-powershell";

    /// <summary>Inherited rewrite rules are dropped for a part of a site, and with them mitigations.</summary>
    public const string RewriteRulesCleared = "rewrite-rules-cleared";

    /// <summary>A transport agent whose library lies outside Exchange's folders.</summary>
    public const string AgentOutsideProduct = "agent-outside-product";

    /// <summary>A transport agent whose library lies where anybody or a web page may write, or on another machine.</summary>
    public const string AgentWritable = "agent-writable-place";

    /// <summary>An address of a virtual directory holds script.</summary>
    public const string ScriptInUrl = "script-in-url";

    /// <summary>Mail is passed on to an address that is no recipient of this organisation's directory.</summary>
    public const string ForwardsOutside = "forwards-outside";

    /// <summary>Mail is passed on to such an address and kept from the owner's sight.</summary>
    public const string ForwardsOutsideHidden = "forwards-outside-hidden";

    /// <summary>A mitigation of the vendor's is in force. Its name follows.</summary>
    public const string Mitigation = "rewrite-rule-mitigation:";

    /// <summary>A mitigation of the vendor's in a form that attackers get around. Its name follows.</summary>
    public const string MitigationBypassable = "rewrite-rule-bypassable:";

    /// <summary>A mitigation of the vendor's is there and switched off. Its name follows.</summary>
    public const string MitigationDisabled = "rewrite-rule-disabled:";

    /// <summary>A mitigation of the vendor's stands in an older copy of the configuration and no longer in the current one. Its name follows.</summary>
    public const string MitigationWiped = "mitigation-wiped:";
}
