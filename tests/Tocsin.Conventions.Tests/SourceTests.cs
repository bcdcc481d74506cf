using System.Reflection;
using System.Text.RegularExpressions;
using Tocsin.Conventions.Tests.Support;

namespace Tocsin.Conventions.Tests;

public partial class SourceTests
{
    const int LongFile = 500;

    // Words that say nothing of what a type does.
    static readonly string[] EmptyWords = ["Manager", "Helper", "Helpers", "Util", "Utils", "Utility", "Service", "Processor", "Base", "Impl", "Core", "Common", "Info", "Data"];

    [Fact]
    public void Namespaces_are_file_scoped_and_match_the_folder()
    {
        string[] files = [.. Repository.Sources("src"), .. Repository.Sources("tests")];
        var wrong = new List<string>();
        foreach (string file in files)
        {
            string text = File.ReadAllText(Repository.PathOf(file));
            if (file.EndsWith("/Program.cs", StringComparison.Ordinal) || text.Contains("\n[assembly: ", StringComparison.Ordinal)) continue;
            string expected = string.Join('.', file.Split('/')[1..^1]);
            Match declared = FileScoped().Match(text);
            if (declared.Groups[1].Value != expected) wrong.Add($"{file}: expected 'namespace {expected};', found '{declared.Value}'");
        }

        Assert.True(wrong.Count == 0, string.Join(Environment.NewLine, wrong));
        Assert.True(files.Length >= 200, $"Only {files.Length} files were looked at.");
    }

    [Fact]
    public void A_file_over_500_lines_begins_with_the_reason()
    {
        foreach (string file in Repository.Sources("src"))
        {
            string[] lines = File.ReadAllLines(Repository.PathOf(file));
            if (lines.Length <= LongFile) continue;
            string? first = lines.FirstOrDefault(l => l.Length > 0 && !l.StartsWith("using ", StringComparison.Ordinal));
            Assert.True(
                first?.StartsWith("// ", StringComparison.Ordinal) == true && first.Contains("lines", StringComparison.OrdinalIgnoreCase),
                $"{file} has {lines.Length} lines. Split it, or let its first comment say why so many lines belong together.");
        }
    }

    [Fact]
    public void Types_are_named_by_what_they_do()
    {
        foreach (Assembly assembly in Product.All)
        {
            foreach (Type type in Product.TypesOf(assembly))
            {
                string name = type.Name.Split('`')[0];
                string? word = EmptyWords.FirstOrDefault(w => name.EndsWith(w, StringComparison.Ordinal));
                Assert.True(word is null, $"{type.FullName} ends in '{word}', which says nothing of what it does.");
            }
        }
    }

    [GeneratedRegex(@"^namespace ([\w.]+);", RegexOptions.Multiline)]
    private static partial Regex FileScoped();
}
