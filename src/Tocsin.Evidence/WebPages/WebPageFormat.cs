namespace Tocsin.Evidence.WebPages;

/// <summary>Chooses the files that a web server executes, and what it compiled of them.</summary>
/// <remarks>
/// Here the name decides, other than with logs: a server executes by name, whatever a file holds.
/// </remarks>
public static class WebPageFormat
{
    /// <summary>A reader for the file; null where no web server executes it.</summary>
    /// <param name="path">Where it lay on the server, or lies in the source.</param>
    /// <param name="head">Its first bytes.</param>
    /// <param name="modifiedUtc">When it was changed.</param>
    /// <param name="hold">See <see cref="WebPageReader"/>.</param>
    public static WebPageReader? TryRecognise(string path, ReadOnlySpan<byte> head, DateTime modifiedUtc = default, Action<WebPage>? hold = null) =>
        KindOf(path, head) is { } kind ? new WebPageReader(path, kind, modifiedUtc, hold) : null;

    static WebPageKind? KindOf(string path, ReadOnlySpan<byte> head)
    {
        string name = NameOf(path);
        if (name.EndsWith(".compiled", StringComparison.OrdinalIgnoreCase)) return CompiledNote.Looks(head) ? WebPageKind.CompiledNote : null;
        if (name.EndsWith(".dll", StringComparison.OrdinalIgnoreCase)) return name.StartsWith("App_Web_", StringComparison.OrdinalIgnoreCase) && head.StartsWith("MZ"u8) ? WebPageKind.CompiledProgram : null;
        // What a collector or a person has put beside a page is none: x.aspx.txt is handled by its own name.
        return PageNames.ExecutedAs(name, out _).Length > 0 ? WebPageKind.Page : null;
    }

    internal static string NameOf(string path) => path[(path.LastIndexOfAny(['/', '\\']) + 1)..];
}
