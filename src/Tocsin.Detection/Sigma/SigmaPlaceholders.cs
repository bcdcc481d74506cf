using System.Text.RegularExpressions;

namespace Tocsin.Detection.Sigma;

/// <summary>What the placeholders of rules stand for in one organisation. Immutable.</summary>
/// <remarks>
/// A text file has a line for each value: <c>DomainControllers=DC01$</c>. A name may stand in several lines; lines that are empty or
/// begin with <c>#</c> say nothing. Values may have wildcards, as values in rules.
/// </remarks>
public sealed partial class SigmaPlaceholders
{
    /// <summary>Bounds what one value of a rule may become: a directory of all users as a placeholder would be a mistake, and two in one value multiply.</summary>
    const int MaxValues = 10_000;

    readonly Dictionary<string, List<string>> _values = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>None: every placeholder is an error.</summary>
    public static SigmaPlaceholders None { get; } = new();

    /// <summary>Reads the lines of a file; what is no line of one is told of.</summary>
    /// <param name="text">The file's text.</param>
    /// <param name="file">What to call it.</param>
    /// <param name="diagnostics">Takes errors.</param>
    public static SigmaPlaceholders Parse(string text, string file, ICollection<Diagnostic> diagnostics)
    {
        var placeholders = new SigmaPlaceholders();
        string[] lines = text.ReplaceLineEndings("\n").Split('\n');
        for (int i = 0; i < lines.Length; i++)
        {
            string line = lines[i].Trim();
            if (line.Length == 0 || line[0] == '#') continue;
            int equals = line.IndexOf('=', StringComparison.Ordinal);
            string name = equals < 0 ? "" : line[..equals].Trim().Trim('%');
            if (name.Length == 0)
            {
                new DiagnosticBag(file, diagnostics).Error(SigmaCodes.Placeholder, i + 1, 1, "The line names no placeholder.", "Write NAME=VALUE, a line for each value.");
                continue;
            }

            if (!placeholders._values.TryGetValue(name, out List<string>? values)) placeholders._values[name] = values = [];
            values.Add(line[(equals + 1)..].Trim());
        }

        return placeholders;
    }

    /// <summary>The values that a value with placeholders stands for.</summary>
    /// <param name="value">As the rule has it; <c>\%</c> is an ordinary sign.</param>
    /// <param name="unknown">The first placeholder that nothing is known of, or null.</param>
    internal IReadOnlyList<string> Expand(string value, out string? unknown)
    {
        unknown = null;
        IEnumerable<string> texts = [""];
        long count = 1;
        int from = 0;
        foreach (Match match in Placeholder.Matches(value))
        {
            string name = match.Groups[1].Value;
            if (!_values.TryGetValue(name, out List<string>? values) || (count *= values.Count) > MaxValues)
            {
                unknown = name;
                return [];
            }

            string before = value[from..match.Index].Replace("\\%", "%", StringComparison.Ordinal);
            texts = texts.SelectMany(head => values.Select(v => head + before + v));
            from = match.Index + match.Length;
        }

        string rest = value[from..].Replace("\\%", "%", StringComparison.Ordinal);
        return [.. texts.Select(t => t + rest)];
    }

    [GeneratedRegex(@"(?<!\\)%([A-Za-z0-9_.\- ]+)%", RegexOptions.CultureInvariant)]
    private static partial Regex Placeholder { get; }
}
