using System.Text;

namespace Tocsin.Evidence.Configuration;

/// <summary>What kind of folder a path of Windows leads to, as far as its text tells.</summary>
internal enum Place
{
    /// <summary>No path at all.</summary>
    None,

    /// <summary>Where Windows keeps what IIS loads: <c>System32\inetsrv</c>, <c>System32\RpcProxy</c>, WinRM's library.</summary>
    IisSystem,

    /// <summary>The .NET Framework.</summary>
    DotNet,

    /// <summary>Exchange's own folders.</summary>
    Product,

    /// <summary>The rest of Windows' folder.</summary>
    Windows,

    /// <summary>Folders for programs of others.</summary>
    Programs,

    /// <summary>The root of web sites that IIS comes with.</summary>
    WebRoot,

    /// <summary>Folders in which anybody may write, or a worker process may: ProgramData, profiles, temporary folders.</summary>
    Writable,

    /// <summary>Another machine's folder.</summary>
    Share,

    /// <summary>Anywhere else.</summary>
    Elsewhere,
}

/// <summary>Paths as configurations write them, brought to one form.</summary>
internal static class WindowsPath
{
    // Bounds the work on one path: Windows takes no longer ones.
    const int MaxPathBytes = 4096;

    static readonly (string Name, string Value)[] Variables =
    [
        ("%windir%", @"c:\windows"), ("%systemroot%", @"c:\windows"), ("%systemdrive%", "c:"), ("%programfiles%", @"c:\program files"),
        ("%programfiles(x86)%", @"c:\program files (x86)"), ("%programdata%", @"c:\programdata"), ("%allusersprofile%", @"c:\programdata"),
        ("%public%", @"c:\users\public"), ("%temp%", @"c:\windows\temp"), ("%tmp%", @"c:\windows\temp"), ("%exchangeinstallpath%", ExchangeRoot),
    ];

    const string ExchangeRoot = @"c:\program files\microsoft\exchange server\v15\";

    static readonly string[] DeviceNames = ["con", "aux", "prn", "nul", .. Enumerable.Range(1, 9).SelectMany(i => new[] { $"com{i}", $"lpt{i}" })];

    /// <summary>Small letters, backslashes, variables of a standard installation filled in, <c>..</c> resolved, no <c>\\?\</c> before it.</summary>
    public static string Normalise(ReadOnlySpan<byte> path)
    {
        string text = Encoding.UTF8.GetString(path[..Math.Min(path.Length, MaxPathBytes)]).Trim(' ', '"').ToLowerInvariant().Replace('/', '\\');
        if (text.StartsWith(@"\\?\unc\", StringComparison.Ordinal)) text = @"\\" + text[8..];
        if (text.StartsWith(@"\\?\", StringComparison.Ordinal) || text.StartsWith(@"\\.\", StringComparison.Ordinal)) text = text[4..];
        foreach ((string name, string value) in Variables)
        {
            if (text.StartsWith(name, StringComparison.Ordinal)) text = value + text[name.Length..];
        }

        bool isShare = text.StartsWith(@"\\", StringComparison.Ordinal);
        var parts = new List<string>();
        foreach (string part in text.Split('\\', StringSplitOptions.RemoveEmptyEntries))
        {
            if (part == "..")
            {
                if (parts.Count > 1) parts.RemoveAt(parts.Count - 1);
            }
            else if (part != ".")
            {
                // Windows drops blanks and dots at the end of a name.
                parts.Add(part.TrimEnd(' ', '.') is { Length: > 0 } trimmed ? trimmed : part);
            }
        }

        return (isShare ? @"\\" : "") + string.Join('\\', parts);
    }

    /// <summary>What kind of folder a normalised path leads to.</summary>
    /// <param name="path">As <see cref="Normalise"/> gives it.</param>
    /// <param name="exchangeRoot">Where Exchange is installed if the configuration says so, normalised; else null.</param>
    public static Place PlaceOf(string path, string? exchangeRoot)
    {
        if (path.Length == 0) return Place.None;
        if (path.StartsWith(@"\\", StringComparison.Ordinal)) return Place.Share;
        if (path.Length < 3 || path[1] != ':') return Place.Elsewhere;
        string inside = path[2..] + @"\";
        if (Any(inside, @"\programdata\", @"\users\", @"\documents and settings\", @"\windows\temp\", @"\temp\", @"\tmp\", @"\perflogs\", @"\$recycle.bin\", @"\recycler\",
            @"\windows\tasks\", @"\windows\debug\", @"\windows\tracing\", @"\windows\system32\spool\", @"\windows\system32\tasks\", @"\inetpub\temp\")) return Place.Writable;
        if (Any(inside, @"\inetpub\")) return Place.WebRoot;
        if (Any(inside, @"\windows\system32\inetsrv\", @"\windows\system32\rpcproxy\", @"\windows\system32\wsmsvc.dll\")) return Place.IisSystem;
        if (Any(inside, @"\windows\microsoft.net\")) return Place.DotNet;
        if (Any(inside, @"\windows\")) return Place.Windows;
        if (Any(inside, @"\program files\microsoft\exchange server\") || exchangeRoot is not null && (path + @"\").StartsWith(exchangeRoot + @"\", StringComparison.Ordinal)) return Place.Product;
        return Any(inside, @"\program files\", @"\program files (x86)\") ? Place.Programs : Place.Elsewhere;
    }

    /// <summary>Whether a part of the path is the name of a device, which ordinary programs cannot open as a folder.</summary>
    public static bool HasDeviceName(string path) => path.Split('\\').Any(part => DeviceNames.Contains(part.Split('.')[0].TrimEnd(' '), StringComparer.Ordinal));

    static bool Any(string text, params ReadOnlySpan<string> starts)
    {
        foreach (string start in starts)
        {
            if (text.StartsWith(start, StringComparison.Ordinal)) return true;
        }

        return false;
    }
}
