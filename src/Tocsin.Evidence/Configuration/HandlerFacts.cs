using System.Text;

namespace Tocsin.Evidence.Configuration;

/// <summary>What is odd in the mapping of addresses to what answers them.</summary>
internal static class HandlerFacts
{
    static readonly string[] Shells = ["cmd.exe", "powershell.exe", "pwsh.exe", "wscript.exe", "cscript.exe", "mshta.exe", "rundll32.exe", "regsvr32.exe", "msbuild.exe", "installutil.exe"];

    // What every installation has: ASP.NET, classic ASP, server side includes, WebDAV, RPC, Exchange's own extensions.
    static readonly string[] Own = ["aspnet_isapi.dll", "asp.dll", "ssinc.dll", "isapi.dll", "owaauth.dll", "rpcproxy.dll", "rpcproxyshim.dll", "msw3prt.dll"];

    // Not .xml, .js or .htm: Exchange itself maps autodiscover.xml to ASP.NET, and others make scripts and old pages by program.
    static readonly string[] Harmless = [".jpg", ".jpeg", ".png", ".gif", ".ico", ".bmp", ".svg", ".css", ".txt", ".log", ".woff", ".woff2", ".pdf"];

    /// <summary>What the program or library behind a handler means; null where it is one of IIS's or Exchange's own, or none.</summary>
    public static string? OfProgram(ReadOnlySpan<byte> processor)
    {
        if (processor.IsEmpty) return null;
        // FastCGI writes arguments behind a bar.
        int bar = processor.IndexOf((byte)'|');
        string path = WindowsPath.Normalise(bar < 0 ? processor : processor[..bar]);
        string name = path[(path.LastIndexOf('\\') + 1)..];
        int blank = name.IndexOf(".exe ", StringComparison.Ordinal);
        if (blank > 0) name = name[..(blank + 4)];
        if (Shells.Contains(name, StringComparer.Ordinal)) return ConfigurationFact.HandlerShell;
        return Own.Contains(name, StringComparer.Ordinal) && WindowsPath.PlaceOf(path, null) is not (Place.Writable or Place.WebRoot or Place.Share) ? null : ConfigurationFact.HandlerProgram;
    }

    /// <summary>Whether files that are shown and never run are run here as pages.</summary>
    public static bool RunsHarmlessExtension(ReadOnlySpan<byte> path, ReadOnlySpan<byte> type, ReadOnlySpan<byte> processor)
    {
        bool runs = type.IndexOf("PageHandlerFactory"u8) >= 0 || type.IndexOf("SimpleHandlerFactory"u8) >= 0 || type.IndexOf("WebServiceHandlerFactory"u8) >= 0
            || processor.IndexOf("aspnet_isapi.dll"u8) >= 0 || processor.IndexOf("asp.dll"u8) >= 0;
        if (!runs) return false;
        string mapped = Encoding.UTF8.GetString(path[..Math.Min(path.Length, 256)]).Trim().ToLowerInvariant();
        return Harmless.Any(extension => mapped.EndsWith(extension, StringComparison.Ordinal));
    }
}
