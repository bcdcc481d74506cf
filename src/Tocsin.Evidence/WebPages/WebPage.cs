namespace Tocsin.Evidence.WebPages;

/// <summary>What a file is to a web server.</summary>
public enum WebPageKind
{
    /// <summary>A page, handler or service that the server compiles or interprets.</summary>
    Page,
    /// <summary>A <c>.compiled</c> file: which page ASP.NET compiled.</summary>
    CompiledNote,
    /// <summary>An <c>App_Web_*.dll</c>: what it compiled it to.</summary>
    CompiledProgram,
}

/// <summary>What is known of one page, by itself: small, whatever the size of the file. Immutable but for the facts that its surroundings add.</summary>
public sealed class WebPage
{
    /// <summary>What the file is.</summary>
    public required WebPageKind Kind { get; init; }

    /// <summary>Where it lay on the server, as far as known.</summary>
    public required string Path { get; init; }

    /// <summary>The last part of the path.</summary>
    public required string Name { get; init; }

    /// <summary>One of <see cref="PagePlaces"/>; for compiled pages that of the page's virtual path.</summary>
    public required string Place { get; init; }

    /// <summary><c>C#</c>, <c>VB</c>, <c>JScript</c>, <c>VBScript</c>, or empty.</summary>
    public string Language { get; init; } = "";

    /// <summary>The page's path on the web site, where a compiled form names it.</summary>
    public IReadOnlyList<string> Virtual { get; init; } = [];

    /// <summary>Bytes read.</summary>
    public long Length { get; init; }

    /// <summary>When the file was changed, UTC; <see langword="default"/> where it is not known.</summary>
    public DateTime ModifiedUtc { get; init; }

    /// <summary>Lines of the file.</summary>
    public long Lines { get; init; } = 1;

    /// <summary>The facts, in the order of the page; those of its surroundings come last.</summary>
    public List<PageFact> Facts { get; } = [];

    /// <summary>Whether a fact was found.</summary>
    public bool Has(string fact) => Facts.Exists(f => f.Name == fact);

    /// <summary>Adds a fact that is about the file as a whole.</summary>
    public void Add(string fact)
    {
        if (!Has(fact)) Facts.Add(new(fact, 1, 0, ""));
    }
}
