using System.Globalization;
using System.Text;

namespace Tocsin.Triage.Reports;

/// <summary>How a stretch of text is shown where colours are wanted; never the only sign of what it means.</summary>
internal enum Ink
{
    Plain,
    Bold,
    Faint,
    Red,
    Yellow,
    Green,
    Violet,
}

/// <summary>Lines of a width for a terminal. Everything that is written through it is made inert; it alone writes escapes.</summary>
internal sealed class TextPage(TextWriter writer, int width, bool colour)
{
    /// <summary>Where values stand beside their labels.</summary>
    public const int LabelWidth = 17;

    public int Width { get; } = Math.Clamp(width, 60, 200);

    /// <summary>One line, cut at the width.</summary>
    public void Line(string text = "", Ink ink = Ink.Plain) => Put(Fit(Inert.Terminal(text), Width), ink);

    public void Rule(char of) => Put(new string(of, Width), Ink.Faint);

    /// <summary>Text broken between words, with its label in front of the first line.</summary>
    public void Labelled(string label, string text, Ink ink = Ink.Plain) => Wrapped($"  {label}".PadRight(LabelWidth), text, ink);

    /// <summary>Text broken between words; the lines after the first are indented as far as the first is.</summary>
    public void Wrapped(string lead, string text, Ink ink = Ink.Plain)
    {
        string indent = new(' ', lead.Length);
        foreach (string line in Lines(Wording.OneLine(text), Width - lead.Length))
        {
            writer.Write(Inert.Terminal(lead));
            Put(line, ink);
            lead = indent;
        }
    }

    /// <summary>A line of evidence, cut after a few lines of the screen.</summary>
    public void Evidence(string indent, string text, bool cut)
    {
        const int MaxLines = 3;
        string rest = Inert.Terminal(text);
        int room = Width - indent.Length;
        for (int line = 0; line < MaxLines && rest.Length > 0; line++)
        {
            string part = Start(rest, room);
            rest = rest[part.Length..];
            Put(indent + part, Ink.Plain);
        }

        if (rest.Length > 0) Line($"{indent}[{Wording.Count(rest.Length)} more characters]", Ink.Faint);
        else if (cut) Line($"{indent}[longer in the file]", Ink.Faint);
    }

    /// <summary>The text, filled with blanks or cut to exactly so many columns.</summary>
    public static string Cell(string text, int columns)
    {
        string fitting = Fit(Inert.Terminal(text), columns);
        return fitting + new string(' ', columns - Columns(fitting));
    }

    static IEnumerable<string> Lines(string text, int room)
    {
        var line = new StringBuilder();
        int used = 0;
        foreach (string raw in text.Split(' '))
        {
            string word = Inert.Terminal(raw);
            if (used > 0 && used + 1 + Columns(word) > room)
            {
                yield return line.ToString();
                line.Clear();
                used = 0;
            }

            // A path may be longer than the line.
            for (; Columns(word) > room; word = word[Start(word, room).Length..]) yield return Start(word, room);
            if (used > 0) line.Append(' ');
            line.Append(word);
            used = Columns(line.ToString());
        }

        yield return line.ToString();
    }

    static string Fit(string visible, int columns) =>
        Columns(visible) <= columns ? visible : Start(visible, columns - 3) + "...";

    /// <summary>As much of the text as fits, at least one character.</summary>
    static string Start(string visible, int columns)
    {
        int used = 0, length = 0;
        foreach (Rune rune in visible.EnumerateRunes())
        {
            used += Columns(rune);
            if (used > columns && length > 0) break;
            length += rune.Utf16SequenceLength;
        }

        return visible[..length];
    }

    static int Columns(string visible)
    {
        int columns = 0;
        foreach (Rune rune in visible.EnumerateRunes()) columns += Columns(rune);
        return columns;
    }

    /// <summary>Terminals draw Chinese, Japanese and Korean letters and most pictures over two columns, combining marks over none.</summary>
    static int Columns(Rune rune) => rune.Value switch
    {
        < 0x300 => 1,
        (>= 0x1100 and <= 0x115F) or (>= 0x2E80 and <= 0xA4CF) or (>= 0xAC00 and <= 0xD7A3) or (>= 0xF900 and <= 0xFAFF)
            or (>= 0xFE30 and <= 0xFE6F) or (>= 0xFF00 and <= 0xFF60) or (>= 0xFFE0 and <= 0xFFE6)
            or (>= 0x1F300 and <= 0x1FAFF) or (>= 0x20000 and <= 0x3FFFD) => 2,
        _ => Rune.GetUnicodeCategory(rune) is UnicodeCategory.NonSpacingMark or UnicodeCategory.EnclosingMark ? 0 : 1,
    };

    void Put(string inert, Ink ink)
    {
        inert = inert.TrimEnd(' ');
        string? code = !colour || inert.Length == 0 ? null : ink switch
        {
            Ink.Bold => "1",
            Ink.Faint => "2",
            Ink.Red => "1;31",
            Ink.Yellow => "1;33",
            Ink.Green => "1;32",
            Ink.Violet => "1;35",
            _ => null,
        };
        // Always the same line end: the report of one scan is the same file on every system.
        writer.Write(code is null ? $"{inert}\n" : $"\x1b[{code}m{inert}\x1b[0m\n");
    }
}
