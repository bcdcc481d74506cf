using System.Globalization;
using System.Text.RegularExpressions;

namespace Tocsin.Detection.Yara.Portable;

/// <summary>Takes a message of YARA-X apart.</summary>
/// <remarks>
/// Its shape, after rustc's:
/// <code>
/// error[E009]: unknown identifier `filename`
///  --> line:3:21
///   |
/// 3 | rule b { condition: filename == "x" }
///   |                     ^^^^^^^^ this identifier has not been declared
/// </code>
/// </remarks>
internal static partial class PortableErrors
{
    public static Diagnostic Read(string message, string file)
    {
        string[] lines = message.Split('\n');
        Match place = Place().Match(message);
        int line = place.Success ? int.Parse(place.Groups[1].ValueSpan, CultureInfo.InvariantCulture) : 1;
        int column = place.Success ? int.Parse(place.Groups[2].ValueSpan, CultureInfo.InvariantCulture) : 1;
        string title = Code().Replace(lines[0], "").Trim();
        string label = lines.Select(l => Label().Match(l)).FirstOrDefault(m => m.Success)?.Groups[1].Value.Trim() ?? "";
        string what = label.Length > 0 ? $"{Sentence(title)} ({label})." : $"{Sentence(title)}.";
        return new(YaraCodes.Refused, file, line, column, what, "Correct the rule; its whole file is left out until then.");
    }

    static string Sentence(string text) => text.Length == 0 ? "The rule was refused" : char.ToUpperInvariant(text[0]) + text[1..].TrimEnd('.');

    [GeneratedRegex(@"--> [^\n]*?(\d{1,9}):(\d{1,9})", RegexOptions.CultureInvariant)]
    private static partial Regex Place();

    [GeneratedRegex(@"^error(\[E\d+\])?:\s*", RegexOptions.CultureInvariant)]
    private static partial Regex Code();

    [GeneratedRegex(@"^\s*\|\s+[\^-]+\s+(.+)$", RegexOptions.CultureInvariant)]
    private static partial Regex Label();
}
