namespace Tocsin.Triage.Tests.Support;

/// <summary>Where the repository is, seen from the built tests.</summary>
static class Repository
{
    public static string Root { get; } = Find(AppContext.BaseDirectory);

    static string Find(string? folder)
    {
        while (folder is not null && !File.Exists(Path.Combine(folder, "Tocsin.slnx"))) folder = Path.GetDirectoryName(folder);
        return folder ?? throw new InvalidOperationException("The tests do not run inside of the repository.");
    }
}
