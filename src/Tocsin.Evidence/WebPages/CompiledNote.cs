using System.Text;
using System.Xml;

namespace Tocsin.Evidence.WebPages;

/// <summary>A <c>.compiled</c> file: ASP.NET's note of which page it compiled. It stays when the page is deleted.</summary>
/// <remarks>
/// <code>
/// &lt;preserve resultType="3" virtualPath="/owa/auth/x.aspx" hash="…" assembly="App_Web_x.aspx.f5dba9b9.abcdefgh" type="ASP.auth_x_aspx"&gt;
///     &lt;filedeps&gt;&lt;filedep name="/owa/auth/x.aspx" /&gt;&lt;/filedeps&gt;
/// &lt;/preserve&gt;
/// </code>
/// Source: files of <c>\Temporary ASP.NET Files\</c> as ASP.NET 4 writes them.
/// </remarks>
internal static class CompiledNote
{
    /// <summary>Real notes have under 2 KB and name one page and the controls that it takes in.</summary>
    const int MaxBytes = 256 * 1024;
    const int MaxPaths = 64;

    public static bool Looks(ReadOnlySpan<byte> head) => head[..Math.Min(head.Length, 512)].IndexOf("<preserve"u8) >= 0 && head[..Math.Min(head.Length, 2048)].IndexOf("virtualPath"u8) >= 0;

    /// <summary>The page's path and those of what it takes in; empty where the note cannot be read.</summary>
    public static List<string> Read(ReadOnlySpan<byte> bytes)
    {
        var paths = new List<string>();
        var settings = new XmlReaderSettings { DtdProcessing = DtdProcessing.Prohibit, XmlResolver = null, MaxCharactersInDocument = MaxBytes };
        try
        {
            using var reader = XmlReader.Create(new StringReader(Encoding.UTF8.GetString(bytes[..Math.Min(bytes.Length, MaxBytes)]).TrimStart('\uFEFF')), settings);
            while (reader.Read() && paths.Count < MaxPaths)
            {
                if (reader.NodeType != XmlNodeType.Element) continue;
                if (reader.GetAttribute(reader.LocalName == "preserve" ? "virtualPath" : "name") is { Length: > 0 and < 1024 } path && !paths.Contains(path, StringComparer.OrdinalIgnoreCase)) paths.Add(path);
            }
        }
        catch (XmlException)
        {
            // What stood before the damage counts.
        }

        return paths;
    }
}
