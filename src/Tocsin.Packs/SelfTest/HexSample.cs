using System.Text;

namespace Tocsin.Packs.SelfTest;

/// <summary>A sample that must not lie about as what it is: a web shell as hex digits, with the path at which it is to be thought.</summary>
/// <remarks>
/// <code>
/// # path: C:\inetpub\wwwroot\aspnet_client\made.aspx
/// # any other remark
/// 3c 25 40 20 50 61 67 65
/// </code>
/// No virus scanner and no web server meets a live file, and a reader who opens it by mistake sees numbers.
/// </remarks>
/// <param name="Path">Where it is to be thought.</param>
/// <param name="Content">The bytes.</param>
public sealed record HexSample(string Path, ReadOnlyMemory<byte> Content)
{
    /// <summary>The ending of such samples.</summary>
    public const string Extension = ".hex";

    /// <summary>Reads a sample; null where it has no path or something that is no hex.</summary>
    public static HexSample? Read(ReadOnlySpan<byte> text)
    {
        const string PathKey = "# path:";
        string? path = null;
        var content = new List<byte>(text.Length / 3);
        int high = -1;
        foreach (string line in Encoding.UTF8.GetString(text).Split('\n'))
        {
            if (line.StartsWith(PathKey, StringComparison.Ordinal)) path = line[PathKey.Length..].Trim();
            if (line.StartsWith('#')) continue;
            foreach (char c in line)
            {
                if (char.IsWhiteSpace(c)) continue;
                if (!char.IsAsciiHexDigit(c)) return null;
                int digit = Convert.ToInt32(c.ToString(), 16);
                if (high >= 0) content.Add((byte)(high << 4 | digit));
                high = high >= 0 ? -1 : digit;
            }
        }

        return path is { Length: > 0 } && high < 0 ? new(path, content.ToArray()) : null;
    }
}
