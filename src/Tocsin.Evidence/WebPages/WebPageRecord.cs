using System.Globalization;
using System.Text;
using Tocsin.Evidence.Artifacts;
using Tocsin.Evidence.Records;

namespace Tocsin.Evidence.WebPages;

/// <summary>Hands a page on as a record, and writes it out for people.</summary>
public static class WebPageRecord
{
    /// <summary>What stands between the facts in <see cref="Text"/>: evidence is shown on one line, and line ends in it as signs.</summary>
    public const string Separator = " \u2022 ";

    /// <summary>Puts a page to the rules of its log source.</summary>
    /// <param name="page">The page, with all facts that will be added.</param>
    /// <param name="target">Where records of <see cref="WebPageReader.Source"/> go.</param>
    /// <param name="timeUtc">When it counts as having happened, where that is not when the file was changed.</param>
    public static void Hand(WebPage page, RecordTarget target, DateTime? timeUtc = null)
    {
        var buffer = new RecordBuffer(target.Fields);
        void Add(string field, string value) => buffer.Add(target.Fields.IndexOf(field), Encoding.UTF8.GetBytes(value));

        Add("Path", page.Path.Replace('/', '\\'));
        Add("Name", page.Name);
        Add("Extension", page.Kind == WebPageKind.Page ? PageNames.ExecutedAs(page.Name, out _) : Path.GetExtension(page.Name).ToLowerInvariant());
        Add("Place", page.Place);
        Add("Kind", page.Kind switch { WebPageKind.Page => "page", WebPageKind.CompiledNote => "compiled-note", _ => "compiled-program" });
        if (page.Language.Length > 0) Add("Language", page.Language);
        foreach (string path in page.Virtual) Add("Virtual", path);
        foreach (string fact in page.Facts.Select(f => f.Name).Distinct(StringComparer.Ordinal)) Add("Fact", fact);
        Add("Length", page.Length.ToString(CultureInfo.InvariantCulture));
        if (page.ModifiedUtc != default) Add("Modified", page.ModifiedUtc.ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture));
        Add("SourceGone", page.Has(PageFacts.CompiledPageGone) ? "true" : "false");

        PageFact first = page.Facts.FirstOrDefault(IsGrave, page.Facts.FirstOrDefault(f => f.Excerpt.Length > 0, new("", 1, 0, "")));
        target.Sink.Accept(new Record([], buffer, new Position(Math.Max(1, first.Line), first.Offset), timeUtc ?? page.ModifiedUtc, new Rendering(page)));
    }

    static bool IsGrave(PageFact fact) => fact.Name.StartsWith("request-reaches-", StringComparison.Ordinal);

    /// <summary>The page and its facts: the grave ones first, then in the order of the page.</summary>
    public static string Text(WebPage page)
    {
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"{page.Path} ({page.Length} bytes");
        if (page.Language.Length > 0) text.Append(CultureInfo.InvariantCulture, $", {page.Language}");
        if (page.ModifiedUtc != default) text.Append(CultureInfo.InvariantCulture, $", changed {page.ModifiedUtc:yyyy-MM-dd HH:mm:ss} UTC");
        text.Append(')');
        foreach (string path in page.Virtual.Take(3)) text.Append(CultureInfo.InvariantCulture, $"{Separator}made from {path}");
        foreach (PageFact fact in page.Facts.OrderBy(f => IsGrave(f) ? 0 : f.Excerpt.Length > 0 ? 1 : 2))
        {
            text.Append(Separator);
            if (fact.Excerpt.Length > 0) text.Append(CultureInfo.InvariantCulture, $"line {fact.Line}: ");
            text.Append(CultureInfo.InvariantCulture, $"{fact.Name}: {PageFacts.MeaningOf(fact.Name)}");
            if (fact.Excerpt.Length > 0) text.Append(CultureInfo.InvariantCulture, $": {fact.Excerpt}");
        }

        return text.ToString();
    }

    sealed class Rendering(WebPage page) : IRecordText
    {
        public ReadOnlySpan<byte> Render() => Encoding.UTF8.GetBytes(Text(page));
    }
}
