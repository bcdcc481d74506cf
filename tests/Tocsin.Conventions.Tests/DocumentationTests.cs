using System.Reflection;
using System.Xml.Linq;
using Tocsin.Conventions.Tests.Support;

namespace Tocsin.Conventions.Tests;

public class DocumentationTests
{
    [Fact]
    public void Every_public_type_of_the_libraries_has_a_summary()
    {
        int types = 0;
        var missing = new List<string>();
        foreach (Assembly library in Product.Libraries)
        {
            XDocument docs = XDocument.Load(Path.ChangeExtension(library.Location, ".xml"));
            HashSet<string> told = [.. docs.Descendants("member")
                .Where(m => m.Element("summary")?.Value.Trim().Length > 0)
                .Select(m => m.Attribute("name")!.Value)];
            foreach (Type type in library.GetExportedTypes())
            {
                types++;
                if (!told.Contains("T:" + type.FullName!.Replace('+', '.'))) missing.Add(type.FullName);
            }
        }

        Assert.True(missing.Count == 0, $"Public types without a summary: {string.Join(", ", missing)}.");
        Assert.True(types >= 80, $"Only {types} public types were looked at.");
    }
}
