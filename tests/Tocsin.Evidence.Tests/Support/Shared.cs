namespace Tocsin.Evidence.Tests.Support;

/// <summary>The folder of real evidence, which lies beside the repository in CI and is not part of it.</summary>
static class Shared
{
    /// <summary>Its path, or null where it is not there: the suites that read it then say so and check nothing.</summary>
    public static string? Folder { get; } = Find();

    public static bool IsThere(out string folder)
    {
        folder = Folder ?? "";
        if (Folder is null) TestContext.Current.SendDiagnosticMessage("The folder of real evidence is not there: nothing was checked.");
        return Folder is not null;
    }

    static string? Find()
    {
        if (Environment.GetEnvironmentVariable("TOCSIN_SHARED") is { Length: > 0 } set) return Directory.Exists(set) ? set : null;
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (!File.Exists(Path.Combine(folder.FullName, "Tocsin.slnx"))) continue;
            string shared = Path.Combine(folder.Parent?.FullName ?? "", "shared");
            return Directory.Exists(Path.Combine(shared, "evidence")) ? shared : null;
        }

        return null;
    }
}
