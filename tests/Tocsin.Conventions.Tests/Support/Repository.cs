namespace Tocsin.Conventions.Tests.Support;

/// <summary>The working tree that the tests were built from.</summary>
static class Repository
{
    public static string Root { get; } = Find();

    public static string PathOf(string relative) => Path.Combine(Root, relative);

    /// <summary>C# files below a folder, as paths from the root with <c>/</c>; what builds leave behind is not looked at.</summary>
    public static string[] Sources(string folder) =>
        [.. Directory.EnumerateFiles(PathOf(folder), "*.cs", SearchOption.AllDirectories)
            .Select(Relative)
            .Where(p => !p.Contains("/obj/", StringComparison.Ordinal) && !p.Contains("/bin/", StringComparison.Ordinal))
            .Order(StringComparer.Ordinal)];

    public static string Relative(string path) => Path.GetRelativePath(Root, path).Replace('\\', '/');

    static string Find()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "Tocsin.slnx"))) return folder.FullName;
        }

        throw new InvalidOperationException("The tests read the working tree, and there is no Tocsin.slnx above " + AppContext.BaseDirectory);
    }
}
