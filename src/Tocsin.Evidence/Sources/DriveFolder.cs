using System.Collections.Frozen;

namespace Tocsin.Evidence.Sources;

/// <summary>Recognises the folder that stands for a drive, and what lies at the root of Windows drives.</summary>
/// <remarks>
/// KAPE and CyLR write <c>C/</c>, people copy to <c>C_</c> and from <c>C$</c>, Velociraptor percent-encodes <c>C:</c> or
/// the device <c>\\.\C:</c> (<c>%5C%5C.%5CC%3A</c>), and names shadow copies by their device.
/// </remarks>
internal static class DriveFolder
{
    const string ShadowDevice = @"GLOBALROOT\Device\HarddiskVolumeShadowCopy";

    static readonly FrozenSet<string> RootNames = new[]
    {
        "inetpub", "Windows", "WINNT", "Program Files", "Program Files (x86)", "ProgramData", "Users", "Documents and Settings", "PerfLogs",
        "ExchangeDatabases", "ExchangeDatabase", "ExchangeSetupLogs", "ExchangeServer", "Exchange", "Exchsrvr", "System Volume Information",
        "Recovery", "LogFiles", "IISLogs", "$MFT", "$LogFile", "$Extend", "$Boot", "$Secure_$SDS", "$Recycle.Bin",
    }.ToFrozenSet(StringComparer.OrdinalIgnoreCase);

    /// <summary>Whether a name is one found at the root of a Windows drive.</summary>
    public static bool IsAtRoot(string name) => RootNames.Contains(name);

    /// <summary>Whether a name is one that examiners' own machines have at their root as well.</summary>
    public static bool IsPersonal(string name) => name.Equals("Users", StringComparison.OrdinalIgnoreCase);

    /// <summary>Reads a folder name as a drive.</summary>
    /// <param name="name">As it stands in the source.</param>
    /// <param name="drive"><c>C:</c>, or the device of a shadow copy.</param>
    /// <param name="certain">False for bare letters, which need something below them to prove it.</param>
    public static bool TryRead(string name, out string drive, out bool certain)
    {
        drive = "";
        certain = true;
        if (name.Length is 0 or > 128) return false;
        string plain = Decode(name);
        bool device = plain.StartsWith(@"\\.\", StringComparison.Ordinal) || plain.StartsWith(@"\\?\", StringComparison.Ordinal);
        if (device && plain.AsSpan(4).StartsWith(ShadowDevice, StringComparison.OrdinalIgnoreCase))
        {
            drive = plain;
            return true;
        }

        if (device) plain = plain[4..];
        if (plain.Length is 0 or > 2 || !char.IsAsciiLetter(plain[0])) return false;
        drive = $"{char.ToUpperInvariant(plain[0])}:";
        certain = plain.Length == 2 && plain[1] is ':' or '$';
        return certain || plain.Length == 1 || plain[1] == '_';
    }

    /// <summary>Undoes percent-encoding where it gives one file name; leaves anything else as it stands.</summary>
    public static string Decode(string name) => name.Contains('%') ? Uri.UnescapeDataString(name) : name;
}
