using Tocsin.Evidence.Artifacts;

namespace Tocsin.Evidence.Configuration;

/// <summary>Recognises configuration files of IIS and of Exchange's transport by the elements they open with.</summary>
/// <remarks>Copies under <c>inetpub\history\CFGHISTORY_…</c> and <c>inetsrv\backup</c> are the same file at another time.</remarks>
public static class IisConfigFormat
{
    internal static readonly ArtifactKind ApplicationHost = new("iis-config", "IIS configuration (applicationHost.config)", new("config", "iis-config", "applicationhost"));
    internal static readonly ArtifactKind Web = new("web-config", "Configuration of a web folder (web.config)", new("config", "iis-config", "web"));
    internal static readonly ArtifactKind Agents = new("exchange-agents", "Transport agents (agents.config)", new("config", "exchange-config", "agents"));

    /// <summary>A reader for the file; null where it is none of these.</summary>
    /// <param name="head">Up to 64 KB from the beginning, UTF-8, a byte order mark allowed.</param>
    /// <param name="path">Its name settles whether a configuration without telling sections is that of a web folder.</param>
    public static ArtifactReader? TryRecognise(ReadOnlySpan<byte> head, string path)
    {
        if (head.StartsWith("\uFEFF"u8)) head = head[3..];
        head = head.TrimStart(" \t\r\n"u8);
        if (head.IsEmpty || head[0] != '<') return null;
        int root = RootOf(head);
        if (root < 0) return null;
        ReadOnlySpan<byte> body = head[root..];
        if (body.IndexOf("<mexRuntime"u8) >= 0) return new AgentsConfigReader();
        if (body.IndexOf("<system.applicationHost"u8) >= 0 || body.IndexOf("name=\"system.applicationHost\""u8) >= 0 || body.IndexOf("<globalModules"u8) >= 0) return new IisConfigReader(ApplicationHost);
        bool isWeb = body.IndexOf("<system.webServer"u8) >= 0 || body.IndexOf("<system.web>"u8) >= 0 || body.IndexOf("<system.web "u8) >= 0;
        return isWeb || path.EndsWith("web.config", StringComparison.OrdinalIgnoreCase) ? new IisConfigReader(Web) : null;
    }

    // Where the element "configuration" opens, behind comments, instructions and whatever else may stand before it.
    static int RootOf(ReadOnlySpan<byte> head)
    {
        ReadOnlySpan<byte> name = "<configuration"u8;
        for (int at = 0; ;)
        {
            int next = head[at..].IndexOf((byte)'<');
            if (next < 0) return -1;
            at += next;
            ReadOnlySpan<byte> rest = head[at..];
            if (rest.StartsWith(name)) return rest.Length > name.Length && rest[name.Length] is (byte)'>' or (byte)' ' or (byte)'\r' or (byte)'\n' or (byte)'\t' ? at : -1;
            bool isComment = rest.StartsWith("<!--"u8);
            if (!isComment && !rest.StartsWith("<?"u8) && !rest.StartsWith("<!"u8)) return -1;
            int end = isComment ? rest.IndexOf("-->"u8) : rest.StartsWith("<!DOCTYPE"u8) ? rest.IndexOf("<configuration"u8) - 1 : rest.IndexOf((byte)'>');
            if (end < 0) return -1;
            at += end + 1;
        }
    }
}
