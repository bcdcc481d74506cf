using Tocsin.Evidence.Artifacts;
using Tocsin.Evidence.Records;

namespace Tocsin.Evidence.WebPages;

/// <summary>Reads one page, or what ASP.NET compiled of one, and gives one record with everything that can be said of it.</summary>
/// <remarks>
/// The fields: <c>Path</c>, <c>Name</c>, <c>Extension</c>, <c>Place</c>, <c>Language</c>, <c>Fact</c> (many), <c>Virtual</c>
/// (many), <c>Length</c>, <c>Modified</c>, <c>SourceGone</c>; see <c>docs/formats/web-page-facts.md</c>. The record's time is when
/// the file was changed. Whatever the bytes are, there is a record: a page that cannot be understood still has a name and a place.
/// </remarks>
/// <param name="path">Where the file lay on the server, as far as known.</param>
/// <param name="kind">What it is.</param>
/// <param name="modifiedUtc">When it was changed; <see langword="default"/> where it is not known.</param>
/// <param name="hold">Takes the page instead of the rules, for whoever will add what its surroundings say; null to hand on the record at once.</param>
public sealed class WebPageReader(string path, WebPageKind kind, DateTime modifiedUtc = default, Action<WebPage>? hold = null) : ArtifactReader
{
    /// <summary>How much of a file is looked at. A page in an exported mailbox lies within its first megabytes; real pages have some hundred KB.</summary>
    public const int MaxBytes = 8 * 1024 * 1024;

    /// <summary>What rules call the records.</summary>
    public static LogSource Source { get; } = new("webpage", "iis", null);

    static readonly ArtifactKind PageKind = new("web-page", "Web page", Source);
    static readonly ArtifactKind CompiledKind = new("compiled-page", "Compiled web page", Source);

    /// <inheritdoc />
    public override ArtifactKind Kind => kind == WebPageKind.Page ? PageKind : CompiledKind;

    /// <inheritdoc />
    public override void Read(Stream content, ReadContext context)
    {
        byte[] bytes = Bytes(content, out int length, out bool cut);
        ReadReport report = context.Report;
        // An empty file says nothing, and nothing could be shown of it.
        if (length == 0) return;
        if (cut) report.Notes.Add($"Only the first {MaxBytes} bytes of the page were looked at.");

        WebPage page = Page(bytes.AsSpan(0, length), report);
        report.Records++;
        report.Lines += page.Lines;
        // A file says when it was changed last and nothing of any other hour: it proves what it shows and excludes nothing.
        report.IsExtract = true;
        if (hold is not null) hold(page);
        else WebPageRecord.Hand(page, context.TargetOf(Source));
    }

    WebPage Page(ReadOnlySpan<byte> bytes, ReadReport report)
    {
        string name = WebPageFormat.NameOf(path);
        if (kind == WebPageKind.Page) return Whole(bytes, name, report);

        bool damaged = false;
        CompiledProgram? program = kind == WebPageKind.CompiledProgram ? CompiledProgram.Read(bytes.ToArray(), out damaged) : null;
        List<string> paths = kind == WebPageKind.CompiledNote ? CompiledNote.Read(bytes) : [.. program?.Paths.Select(OfSite) ?? []];
        if (damaged || kind == WebPageKind.CompiledNote && paths.Count == 0) report.Add(DamageKind.Malformed, 1, 0);
        string of = paths.Count > 0 ? paths[0] : "";
        var page = new WebPage { Kind = kind, Path = path, Name = name, Place = of.Length > 0 ? PagePlaces.Of(of) : PagePlaces.Of(path), Virtual = paths, Length = bytes.Length, ModifiedUtc = modifiedUtc };
        page.Add(PageFacts.Compiled);
        if (of.Length > 0) Names(page, of);
        if (program is null) return page;
        foreach ((Flow kind, string with, string able) in (ReadOnlySpan<(Flow, string, string)>)
            [
                (Flow.Eval, PageFacts.CompiledRequestWithEval, PageFacts.EvaluatesCode),
                (Flow.Process, PageFacts.CompiledRequestWithProcess, PageFacts.StartsProcess),
                (Flow.CodeLoad, PageFacts.CompiledRequestWithCodeLoad, PageFacts.LoadsCode),
                (Flow.FileWrite, "", PageFacts.WritesFile),
                (Flow.Request, "", PageFacts.ReadsRequest),
            ])
        {
            if (with.Length > 0 && (program.WithRequest & kind) != 0) page.Add(with);
            if ((program.Able & kind) != 0) page.Add(able);
        }

        return page;
    }

    WebPage Whole(ReadOnlySpan<byte> bytes, string name, ReadReport report)
    {
        string extension = PageNames.ExecutedAs(name, out bool isDouble);
        List<PageFact> facts = PageAnalysis.Of(bytes, extension, out string language, out int lines);
        var page = new WebPage { Kind = kind, Path = path, Name = name, Place = PagePlaces.Of(path), Language = language, Length = bytes.Length, ModifiedUtc = modifiedUtc, Lines = lines };
        page.Facts.AddRange(facts);
        if (report.IsTranscoded) page.Add(PageFacts.OddEncoding);
        if (isDouble) page.Add(PageFacts.DoubleExtension);
        Names(page, path);
        return page;
    }

    static void Names(WebPage page, string of)
    {
        string name = WebPageFormat.NameOf(of);
        string? own = PageNames.Compare(of, name, out bool looksLike);
        if (own is not null) page.Add(own);
        if (looksLike) page.Add(PageFacts.NameLikeProduct);
        if (own != PageFacts.NameOfProduct && PageNames.LooksRandom(name)) page.Add(PageFacts.NameRandom);
    }

    // "~" is the application, which is the folder below "Temporary ASP.NET Files": …\owa\8e05b027\e164d61b\App_Web_….dll
    string OfSite(string own)
    {
        if (own[0] != '~') return own;
        string[] parts = PagePlaces.Split(path);
        int at = Array.FindIndex(parts, p => p.Equals("Temporary ASP.NET Files", StringComparison.OrdinalIgnoreCase));
        string application = at >= 0 && at + 1 < parts.Length - 1 && !parts[at + 1].Equals("root", StringComparison.OrdinalIgnoreCase) ? "/" + parts[at + 1] : "";
        return application + own[1..];
    }

    static byte[] Bytes(Stream content, out int length, out bool cut)
    {
        byte[] bytes = new byte[64 * 1024];
        length = 0;
        cut = false;
        while (content.Read(bytes, length, bytes.Length - length) is > 0 and var read)
        {
            length += read;
            if (length < bytes.Length) continue;
            if (length >= MaxBytes)
            {
                cut = content.ReadByte() >= 0;
                break;
            }

            Array.Resize(ref bytes, Math.Min(MaxBytes, bytes.Length * 2));
        }

        return bytes;
    }
}
