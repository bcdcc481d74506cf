using System.Text.RegularExpressions;

namespace Tocsin.Detection.Indicators;

/// <summary>A list with one value on each line, whose sort its form tells. Headings begin with <c>#</c>.</summary>
static partial class IndicatorLines
{
    public static void Read(string text, IndicatorFile list)
    {
        int number = 0;
        foreach (ReadOnlySpan<char> line in text.AsSpan().EnumerateLines())
        {
            number++;
            // Lists are copied out of Markdown, in which an underscore is escaped.
            string value = line.Trim().ToString().Replace("\\_", "_", StringComparison.Ordinal);
            if (value.Length == 0 || value[0] == '#') continue;
            if (SortOf(value) is { } type) list.Take(number, type, value, null, null, null);
            else list.Refuse(number, value, "This is no hash, no address and no name of a file.");
        }
    }

    static IndicatorType? SortOf(string value)
    {
        foreach (IndicatorType type in (ReadOnlySpan<IndicatorType>)[IndicatorType.Sha256, IndicatorType.Sha1, IndicatorType.Md5, IndicatorType.Network, IndicatorType.Ipv4, IndicatorType.Ipv6])
        {
            if (Indicator.Normalise(type, value) is not null) return type;
        }

        return FileOfServer().IsMatch(value) ? IndicatorType.FileName : null;
    }

    [GeneratedRegex(@"^[\w.-]+\.(?:aspx|ashx|asmx|asp|js|exe|dll|ps1|bat)$", RegexOptions.IgnoreCase)]
    private static partial Regex FileOfServer();
}
