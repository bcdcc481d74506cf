using System.Buffers;
using System.Globalization;

namespace Tocsin.Triage.Reports;

/// <summary>
/// Writes HTML that is also well-formed XML. Names of elements and attributes come from code alone; every text and every
/// attribute's value is made inert. Elements close in the order in which they were opened, so that nothing can break out.
/// </summary>
internal sealed class Markup(TextWriter writer)
{
    static readonly SearchValues<char> _pathData = SearchValues.Create("MLHVZmlhvzac0123456789.- ");

    readonly Stack<string> _open = new();

    /// <summary>Opens an element that closes when the scope ends.</summary>
    public Scope In(string element, params ReadOnlySpan<(string Name, string? Value)> attributes)
    {
        // Blocks start a line, so that the file can be read and compared; blanks inside of running text would be shown.
        if (!IsInline(element)) writer.Write('\n');
        WriteStart(element, attributes);
        writer.Write('>');
        _open.Push(element);
        return new Scope(this);
    }

    /// <summary>Opens an element of a class.</summary>
    public Scope In(string element, string cssClass) => In(element, ("class", cssClass));

    /// <summary>An element that cannot have content.</summary>
    public void Empty(string element, params ReadOnlySpan<(string Name, string? Value)> attributes)
    {
        WriteStart(element, attributes);
        writer.Write(" />");
    }

    /// <summary>An element that holds only text.</summary>
    public void Leaf(string element, string? cssClass, string text)
    {
        using (In(element, ("class", cssClass))) Text(text);
    }

    /// <summary>A shape of a drawing. Its data may be long, so it is not cut as texts are; it is numbers and letters of commands only.</summary>
    public void Path(string cssClass, string data)
    {
        if (data.Length == 0) return;
        if (data.AsSpan().ContainsAnyExcept(_pathData)) throw new ArgumentException("Not the data of a path.", nameof(data));
        writer.Write($"<path class=\"{Inert.Html(cssClass)}\" d=\"{data}\" />");
    }

    /// <summary>The text, exactly, with what cannot be seen made visible.</summary>
    public void Text(string text) => writer.Write(Inert.Html(text));

    /// <summary>The text as prose: line breaks and runs of blanks are one blank.</summary>
    public void Prose(string text) => Text(Wording.OneLine(text));

    /// <summary>The style sheet, which is a constant of the program and never evidence.</summary>
    public void Style(string css)
    {
        using (In("style")) writer.Write(css);
    }

    /// <summary>A number for an attribute of a drawing.</summary>
    public static string N(double number) => number.ToString("0.##", CultureInfo.InvariantCulture);

    void WriteStart(string element, ReadOnlySpan<(string Name, string? Value)> attributes)
    {
        writer.Write('<');
        writer.Write(element);
        foreach ((string name, string? value) in attributes)
        {
            if (value is null) continue;
            writer.Write($" {name}=\"{Inert.Html(value)}\"");
        }
    }

    void Close() => writer.Write($"</{_open.Pop()}>");

    static bool IsInline(string element) =>
        element is "a" or "span" or "strong" or "code" or "b" or "abbr" or "bdi" or "time" or "small" or "tspan" or "title" or "em" or "sup";

    /// <summary>An open element.</summary>
    public readonly struct Scope(Markup markup) : IDisposable
    {
        public void Dispose() => markup.Close();
    }
}
