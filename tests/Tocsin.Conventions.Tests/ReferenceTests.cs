using System.Reflection;
using System.Xml.Linq;
using Tocsin.Conventions.Tests.Support;

namespace Tocsin.Conventions.Tests;

public class ReferenceTests
{
    [Theory]
    [InlineData("Tocsin.Evidence", "")]
    [InlineData("Tocsin.Detection", "Tocsin.Evidence Wasmtime.Dotnet YamlDotNet")]
    [InlineData("Tocsin.Packs", "Tocsin.Evidence Tocsin.Detection YamlDotNet")]
    [InlineData("Tocsin.Triage", "Tocsin.Evidence Tocsin.Detection Tocsin.Packs")]
    [InlineData("tocsin", "Tocsin.Evidence Tocsin.Detection Tocsin.Packs Tocsin.Triage System.CommandLine")]
    public void An_assembly_knows_only_those_below_it(string name, string allowed)
    {
        Assembly assembly = Product.All.Single(a => a.GetName().Name == name);
        string[] strangers = [.. assembly.GetReferencedAssemblies()
            .Select(r => r.Name!)
            .Where(r => !IsBaseClassLibrary(r) && !allowed.Split(' ').Contains(r))];
        Assert.True(strangers.Length == 0, $"{name} references {string.Join(", ", strangers)}. Allowed beside the base class library: {(allowed.Length == 0 ? "nothing" : allowed)}. ARCHITECTURE.md says why.");
    }

    [Fact]
    public void Project_files_reference_downwards_and_nobody_but_tests_references_the_command_line()
    {
        string[] order = ["Tocsin.Evidence", "Tocsin.Detection", "Tocsin.Packs", "Tocsin.Triage", "Tocsin.Cli"];
        string[] projects = Directory.GetFiles(Repository.PathOf("src"), "*.csproj", SearchOption.AllDirectories);
        Assert.Equal(order.Order(), projects.Select(p => Path.GetFileNameWithoutExtension(p)!).Order());
        foreach (string project in projects)
        {
            int own = Array.IndexOf(order, Path.GetFileNameWithoutExtension(project));
            foreach (XElement reference in XDocument.Load(project).Descendants("ProjectReference"))
            {
                string to = Path.GetFileNameWithoutExtension(reference.Attribute("Include")!.Value.Replace('\\', '/'));
                Assert.True(Array.IndexOf(order, to) is >= 0 and var other && other < own, $"{order[own]} may not reference {to}: references go {string.Join(" <- ", order)}.");
            }
        }
    }

    // System.CommandLine begins like the base class library and is none of it.
    static bool IsBaseClassLibrary(string name) => name.StartsWith("System.", StringComparison.Ordinal) && name != "System.CommandLine";
}
