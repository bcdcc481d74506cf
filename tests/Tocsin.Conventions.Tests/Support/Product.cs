using System.Reflection;

namespace Tocsin.Conventions.Tests.Support;

/// <summary>The assemblies that are shipped, as built for these tests.</summary>
static class Product
{
    /// <summary>The libraries, from the one that knows least to the one that knows most.</summary>
    public static IReadOnlyList<Assembly> Libraries { get; } =
    [
        typeof(Evidence.Records.Record).Assembly,
        typeof(Detection.Sigma.RuleSet).Assembly,
        typeof(Packs.ThreatPack).Assembly,
        typeof(Triage.Scanning.Scanner).Assembly,
    ];

    /// <summary>The command line; its assembly is called <c>tocsin</c>.</summary>
    public static Assembly Cli { get; } = Assembly.Load("tocsin");

    public static IReadOnlyList<Assembly> All { get; } = [.. Libraries, Cli];

    /// <summary>Types that somebody wrote, without what the compiler adds.</summary>
    public static IEnumerable<Type> TypesOf(Assembly assembly) =>
        assembly.GetTypes().Where(t => !t.FullName!.Contains('<', StringComparison.Ordinal) && t.Namespace?.StartsWith("Tocsin", StringComparison.Ordinal) == true);
}
