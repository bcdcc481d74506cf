using System.Diagnostics;
using System.Text.RegularExpressions;
using Tocsin.Conventions.Tests.Support;

namespace Tocsin.Conventions.Tests;

/// <summary>What the README tells people to type must be what the program takes.</summary>
public partial class ReadmeTests
{
    [Fact]
    public void Commands_of_the_README_are_commands_of_the_program_with_their_options()
    {
        string readme = Repository.PathOf("README.md");
        if (!File.Exists(readme))
        {
            TestContext.Current.AddWarning("There is no README.md yet: nothing was checked.");
            return;
        }

        string[][] commands = [.. CommandsIn(File.ReadAllText(readme))];
        foreach (string[] command in commands) Assert.True(WhyNot(command) is null, $"README.md says 'tocsin {string.Join(' ', command)}', but {WhyNot(command)}");
        Assert.True(commands.Length >= 4, $"README.md has only {commands.Length} commands.");
    }

    [Theory]
    [InlineData("scan /evidence/EX01 --report out", null)]
    [InlineData("exercise used --seed 7 -o training", null)]
    [InlineData("pack test --packs packs", null)]
    [InlineData("--version", null)]
    [InlineData("scam /evidence/EX01", "there is no command 'scam'.")]
    [InlineData("pack tset", "there is no command 'pack tset'.")]
    [InlineData("scan /evidence/EX01 --json", "'scan' has no option --json.")]
    public void A_command_that_the_program_does_not_take_is_noticed(string command, string? reason) => Assert.Equal(reason, WhyNot(command.Split(' ')));

    [Fact]
    public void Commands_are_found_in_blocks_and_in_backticks_up_to_what_belongs_to_the_shell()
    {
        const string Page = "Type `tocsin demo`, or:\n```\n$ ./tocsin scan a --report b | less   # looks\n./tocsin pack test\nthe tocsin rings\n```\n`tocsin.cmd` is no command.\n";
        Assert.Equal(["scan a --report b", "pack test", "demo"], CommandsIn(Page).Select(c => string.Join(' ', c)));
    }

    static IEnumerable<string[]> CommandsIn(string page)
    {
        foreach (Match fence in Fence().Matches(page))
        {
            foreach (Match line in CommandLine().Matches(fence.Value)) yield return Words(line.Groups[1].Value);
        }

        foreach (Match inline in Inline().Matches(Fence().Replace(page, ""))) yield return Words(inline.Groups[1].Value);
    }

    static string[] Words(string line) =>
        [.. line.Split(' ', StringSplitOptions.RemoveEmptyEntries).TakeWhile(w => w is not ("|" or "&&" or "||" or ";" or ">" or "2>" or "\\") && w[0] != '#')];

    /// <summary>Why the program does not take the command; null if it does. Asks the help, so that nothing is scanned or written.</summary>
    static string? WhyNot(string[] words)
    {
        var path = new List<string>();
        string help = Help(path);
        foreach (string word in words)
        {
            if (word[0] == '-' || !HasCommands(help)) break;
            path.Add(word);
            if (!CommandNames(help).Contains(word)) return $"there is no command '{string.Join(' ', path)}'.";
            help = Help(path);
        }

        string[] known = [.. OptionName().Matches(help).Select(m => m.Value)];
        string? unknown = words.Where(w => w.Length > 1 && w[0] == '-').Select(w => w.Split('=')[0]).FirstOrDefault(w => !known.Contains(w));
        return unknown is null ? null : $"'{string.Join(' ', path)}' has no option {unknown}.";
    }

    static bool HasCommands(string help) => help.Contains("\nCommands:", StringComparison.Ordinal);

    static IEnumerable<string> CommandNames(string help) =>
        help[help.IndexOf("\nCommands:", StringComparison.Ordinal)..].Split('\n').Skip(2).TakeWhile(l => l.StartsWith("  ", StringComparison.Ordinal)).Where(l => l.Length > 2 && l[2] != ' ').Select(l => l.Trim().Split(' ')[0]);

    static string Help(IEnumerable<string> path)
    {
        var start = new ProcessStartInfo("dotnet") { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (string argument in (string[])[Product.Cli.Location, .. path, "--help"]) start.ArgumentList.Add(argument);
        using Process program = Process.Start(start)!;
        Task<string> errors = program.StandardError.ReadToEndAsync();
        string text = program.StandardOutput.ReadToEnd().ReplaceLineEndings("\n");
        program.WaitForExit();
        Assert.True(program.ExitCode == 0, $"--help ended with {program.ExitCode}: {errors.Result}");
        return text;
    }

    [GeneratedRegex("^```.*?^```", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Fence();

    [GeneratedRegex(@"^(?:\$ )?(?:\./)?tocsin(?:\.cmd)? ([^\n]+)$", RegexOptions.Multiline)]
    private static partial Regex CommandLine();

    [GeneratedRegex(@"`(?:\./)?tocsin ([^`\n]+)`")]
    private static partial Regex Inline();

    [GeneratedRegex(@"(?<=[\s,])--?[A-Za-z][\w-]*")]
    private static partial Regex OptionName();
}
