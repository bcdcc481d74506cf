using System.Text.RegularExpressions;
using Tocsin.Conventions.Tests.Support;

namespace Tocsin.Conventions.Tests;

/// <summary>Pages for developers name paths and types; these tests hold that they exist.</summary>
public partial class PageTests
{
    // Beginnings of which a word in backticks is meant as a path of the repository.
    static readonly string[] Folders = [".ci/", ".config/", "bench/", "docs/", "fuzz/", "packs/", "src/", "tests/"];

    static readonly string[] Pages = ["README.md", "ARCHITECTURE.md", "CONTRIBUTING.md", "SECURITY.md", "CHANGELOG.md"];

    static IEnumerable<string> PagesWithPaths() =>
        [.. Pages.Where(p => File.Exists(Repository.PathOf(p))), "docs/guides/add-a-log-format.md", .. Decisions()];

    static IEnumerable<string> Decisions() => Directory.GetFiles(Repository.PathOf("docs/decisions"), "*.md").Select(Repository.Relative).Order(StringComparer.Ordinal);

    [Fact]
    public void Paths_in_backticks_exist()
    {
        int paths = 0;
        var missing = new List<string>();
        foreach (string page in PagesWithPaths())
        {
            foreach (string word in InBackticks(page).Select(w => w.StartsWith("./", StringComparison.Ordinal) ? w[2..] : w))
            {
                if (!LooksLikePath(word)) continue;
                paths++;
                if (!Path.Exists(Repository.PathOf(word))) missing.Add($"{page}: {word}");
            }
        }

        Assert.True(missing.Count == 0, $"These do not exist:{Environment.NewLine}{string.Join(Environment.NewLine, missing)}");
        Assert.True(paths >= 40, $"Only {paths} paths were looked at.");
    }

    [Fact]
    public void Links_between_pages_lead_somewhere()
    {
        int links = 0;
        foreach (string page in PagesWithPaths())
        {
            foreach (Match link in Link().Matches(Text(page)))
            {
                string target = link.Groups[1].Value.Split('#')[0];
                if (target.Length == 0 || target.Contains(':', StringComparison.Ordinal)) continue;
                links++;
                Assert.True(Path.Exists(Path.Combine(Path.GetDirectoryName(Repository.PathOf(page))!, target)), $"{page} links to {target}, which does not exist.");
            }
        }

        Assert.True(links >= 8, $"Only {links} links were looked at.");
    }

    [Fact]
    public void Types_and_members_that_the_map_names_exist()
    {
        ILookup<string, Type> types = Product.All.SelectMany(Product.TypesOf).ToLookup(t => t.Name.Split('`')[0], StringComparer.Ordinal);
        string columns = File.ReadAllText(Repository.PathOf("src/Tocsin.Evidence/ExchangeText/KnownColumns.cs"));
        var missing = new List<string>();
        int names = 0;
        foreach (string page in (string[])["ARCHITECTURE.md", "docs/guides/add-a-log-format.md", .. Decisions()])
        {
            foreach (string word in InBackticks(page))
            {
                Match name = TypeName().Match(word);
                if (!name.Success) continue;
                string type = name.Groups[1].Value, member = name.Groups[2].Value;
                if (columns.Contains(word) || !types.Contains(type) && IsOfThePlatform(type)) continue;
                names++;
                if (!types.Contains(type)) missing.Add($"{page}: no type {word}");
                else if (member.Length > 0 && !types[type].Any(t => t.GetMembers(AnyMember).Any(m => m.Name == member))) missing.Add($"{page}: no member {word}");
            }
        }

        Assert.True(missing.Count == 0, $"These do not exist:{Environment.NewLine}{string.Join(Environment.NewLine, missing)}");
        Assert.True(names >= 60, $"Only {names} names were looked at.");
    }

    [Fact]
    public void Decisions_are_numbered_without_gaps()
    {
        string[] numbers = [.. Decisions().Select(p => Path.GetFileName(p)[..4])];
        Assert.Equal(Enumerable.Range(1, numbers.Length).Select(n => n.ToString("0000")), numbers);
        Assert.True(numbers.Length >= 6);
    }

    const System.Reflection.BindingFlags AnyMember = System.Reflection.BindingFlags.Public | System.Reflection.BindingFlags.NonPublic
        | System.Reflection.BindingFlags.Instance | System.Reflection.BindingFlags.Static | System.Reflection.BindingFlags.FlattenHierarchy;

    static bool IsOfThePlatform(string name) => typeof(System.IO.Compression.ZipArchive).Assembly.GetExportedTypes()
        .Concat(typeof(System.Formats.Tar.TarReader).Assembly.GetExportedTypes())
        .Concat(typeof(System.Text.Json.Utf8JsonReader).Assembly.GetExportedTypes())
        .Any(t => t.Name == name);

    static bool LooksLikePath(string word) => word.IndexOfAny([' ', '*', '<', '{', '…', '%', '\\']) < 0
        && (Folders.Any(f => word.StartsWith(f, StringComparison.Ordinal)) || RootFile().IsMatch(word));

    // Fenced blocks hold commands and examples, among them files that the reader is to make.
    static IEnumerable<string> InBackticks(string page) => Inline().Matches(Fence().Replace(Text(page), "")).Select(m => m.Groups[1].Value);

    static string Text(string page) => File.ReadAllText(Repository.PathOf(page));

    [GeneratedRegex("^```.*?^```", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Fence();

    [GeneratedRegex("`([^`\n]+)`")]
    private static partial Regex Inline();

    [GeneratedRegex(@"(?<!!)\[[^\]]+\]\(([^)\s]+)\)")]
    private static partial Regex Link();

    // Two capitals with a small letter before the second, so that words of the log formats (URL, POST, Ecp) are none.
    [GeneratedRegex(@"^([A-Z][a-z0-9]+[A-Z]\w+|Judge|Scanner|Sessions|Record|Taxonomy)(?:\.([A-Z]\w+))?$")]
    private static partial Regex TypeName();

    [GeneratedRegex(@"^(?!NAME)[A-Z][\w.]+\.(md|props|slnx|txt)$|^(global\.json|test\.cmd|tocsin\.cmd)$")]
    private static partial Regex RootFile();
}
