using System.Reflection;
using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;
using Tocsin.Conventions.Tests.Support;

namespace Tocsin.Conventions.Tests;

/// <remarks>
/// An analyzer names the place while one writes; it says nothing of an entry that is misspelt or of another overload. So
/// these tests ask what exists, and what the built libraries really call.
/// </remarks>
public class BannedSymbolTests
{
    static readonly string[] Banned = [.. File.ReadAllLines(Repository.PathOf("BannedSymbols.txt"))
        .Where(l => l.Length > 0 && !l.StartsWith("//", StringComparison.Ordinal))
        .Select(l => l.Split(';')[0])];

    static readonly Assembly[] Platform = [.. ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!)
        .Split(Path.PathSeparator)
        .Where(p => Path.GetFileName(p).StartsWith("System.", StringComparison.Ordinal) && !p.StartsWith(AppContext.BaseDirectory, StringComparison.Ordinal))
        .Select(p => Assembly.Load(Path.GetFileNameWithoutExtension(p)))];

    [Fact]
    public void Every_banned_symbol_exists()
    {
        Assert.True(Banned.Length >= 40, $"Only {Banned.Length} symbols are banned.");
        foreach (string symbol in Banned) Assert.True(Exists(symbol), $"BannedSymbols.txt: {symbol} does not exist, so it bans nothing.");
    }

    [Fact]
    public void No_library_calls_a_banned_symbol()
    {
        foreach (Assembly library in Product.Libraries)
        {
            string[] used = [.. Banned.Where(References(library.Location).IsUsed)];
            Assert.True(used.Length == 0, $"{library.GetName().Name} uses {string.Join(", ", used)}; BannedSymbols.txt says why not.");
        }
    }

    [Fact]
    public void The_search_for_calls_finds_those_that_the_command_line_makes()
    {
        Use use = References(Product.Cli.Location);
        Assert.True(use.IsUsed("T:System.Console"));
        Assert.True(use.IsUsed("M:System.IO.File.Create(System.String)"));
        Assert.False(use.IsUsed("T:System.Diagnostics.Process"));
    }

    static bool Exists(string symbol)
    {
        string name = symbol[2..].Split('(')[0];
        if (symbol[0] == 'N') return Platform.Any(a => a.GetExportedTypes().Any(t => t.Namespace == name));
        if (symbol[0] == 'T') return TypeOf(name) is not null;
        int dot = name.LastIndexOf('.');
        if (TypeOf(name[..dot]) is not { } type) return false;
        if (symbol[0] == 'P') return type.GetProperty(name[(dot + 1)..]) is not null;
        string parameters = symbol.Contains('(', StringComparison.Ordinal) ? symbol[(symbol.IndexOf('(', StringComparison.Ordinal) + 1)..^1] : "";
        return type.GetMethods().Any(m => m.Name == name[(dot + 1)..] && string.Join(',', m.GetParameters().Select(p => p.ParameterType.FullName)) == parameters);
    }

    static Type? TypeOf(string name) => Platform.Select(a => a.GetType(name)).FirstOrDefault(t => t is not null);

    static Use References(string assembly)
    {
        using var stream = File.OpenRead(assembly);
        using var image = new PEReader(stream);
        MetadataReader metadata = image.GetMetadataReader();
        var types = new HashSet<string>(StringComparer.Ordinal);
        foreach (TypeReferenceHandle handle in metadata.TypeReferences) types.Add(NameOf(metadata, handle));
        var members = new HashSet<string>(StringComparer.Ordinal);
        foreach (MemberReferenceHandle handle in metadata.MemberReferences)
        {
            MemberReference member = metadata.GetMemberReference(handle);
            if (member.Parent.Kind == HandleKind.TypeReference) members.Add($"{NameOf(metadata, (TypeReferenceHandle)member.Parent)}.{metadata.GetString(member.Name)}");
        }

        return new(types, members);
    }

    static string NameOf(MetadataReader metadata, TypeReferenceHandle handle)
    {
        TypeReference type = metadata.GetTypeReference(handle);
        return $"{metadata.GetString(type.Namespace)}.{metadata.GetString(type.Name)}";
    }

    sealed record Use(IReadOnlySet<string> Types, IReadOnlySet<string> Members)
    {
        /// <summary>Whether the symbol, or another overload of it, is called.</summary>
        public bool IsUsed(string symbol)
        {
            string name = symbol[2..].Split('(')[0];
            return symbol[0] switch
            {
                'N' => Types.Any(t => t.StartsWith(name + ".", StringComparison.Ordinal)),
                'T' => Types.Contains(name),
                'P' => Members.Contains(name.Insert(name.LastIndexOf('.') + 1, "get_")),
                _ => Members.Contains(name),
            };
        }
    }
}
