using System.Buffers;
using System.Globalization;
using System.Text;

namespace Tocsin.Triage.Reports;

/// <summary>Makes text harmless for the place where it will be shown. The only way on which text reaches an output.</summary>
/// <remarks>
/// An attacker wrote part of every log. What cannot be seen is made visible as <c>\t \r \n \x1b \u202e \U000e0041</c>: control
/// characters, marks that turn the direction of writing, characters without width, halves of surrogate pairs, and heaps of
/// combining marks. A backslash stays single, so that Windows paths stay readable; the exact text is in the JSON report and,
/// by its byte offset, in the evidence.
/// </remarks>
public static class Inert
{
    /// <summary>Longer texts are cut. The model cuts evidence earlier; this bounds whatever else comes: names, paths, notes.</summary>
    public const int MaxCharacters = 8192;

    /// <summary>More combining marks than this on one letter are no language, and would be drawn over the lines around.</summary>
    const int MaxMarks = 4;

    /// <summary>For a terminal: one line, no escapes, nothing invisible.</summary>
    public static string Terminal(string text) => Visible(Capped(text));

    /// <summary>For HTML and XML: text or the value of a quoted attribute.</summary>
    public static string Html(string text)
    {
        string visible = Visible(Capped(text));
        if (visible.AsSpan().IndexOfAny("&<>\"'") < 0) return visible;

        var html = new StringBuilder(visible.Length + 32);
        foreach (char c in visible)
        {
            switch (c)
            {
                case '&': html.Append("&amp;"); break;
                case '<': html.Append("&lt;"); break;
                case '>': html.Append("&gt;"); break;
                case '"': html.Append("&quot;"); break;
                case '\'': html.Append("&#39;"); break;
                default: html.Append(c); break;
            }
        }

        return html.ToString();
    }

    /// <summary>For a cell of a CSV file, quotes around it included where they are needed.</summary>
    /// <remarks>
    /// An apostrophe in front of what a spreadsheet would take for a formula makes it text. The same after a semicolon, because a
    /// spreadsheet in a country with decimal commas cuts the row there, whatever the quotes say.
    /// </remarks>
    public static string Csv(string text)
    {
        string visible = Visible(Capped(text));
        var cell = new StringBuilder(visible.Length + 8);
        bool quote = false, atStart = true;
        foreach (char c in visible)
        {
            if (atStart && (c is '=' or '+' or '-' or '@' or '＝' or '＋' or '－' or '＠')) cell.Append('\'');
            // Blanks and quotes before a formula do not keep it from being one.
            atStart = c == ';' || (atStart && (char.IsWhiteSpace(c) || c is '"' or '\''));
            quote |= c is '"' or ',' or ';' or ' ';
            cell.Append(c);
            if (c == '"') cell.Append('"');
        }

        return quote ? cell.Insert(0, '"').Append('"').ToString() : cell.ToString();
    }

    /// <summary>The same for UTF-8, for tables of many rows: a cell in which nothing has to be changed is copied and allocates nothing.</summary>
    public static void Csv(ReadOnlySpan<byte> utf8, IBufferWriter<byte> to)
    {
        bool plain = utf8.Length <= MaxCharacters && utf8.IndexOfAnyExcept(_plainInCsv) < 0;
        if (!plain || utf8 is [(byte)' ' or (byte)'\'' or (byte)'=' or (byte)'+' or (byte)'-' or (byte)'@', ..])
        {
            Encoding.UTF8.GetBytes(Csv(Encoding.UTF8.GetString(utf8)), to);
            return;
        }

        bool quote = utf8.IndexOfAny((byte)',', (byte)' ') >= 0;
        Span<byte> cell = to.GetSpan(utf8.Length + 2);
        utf8.CopyTo(cell[(quote ? 1 : 0)..]);
        if (quote) cell[0] = cell[utf8.Length + 1] = (byte)'"';
        to.Advance(utf8.Length + (quote ? 2 : 0));
    }

    /// <summary>What stands in a cell as it is: ASCII without the quote and the semicolon.</summary>
    static readonly SearchValues<byte> _plainInCsv = SearchValues.Create([.. Enumerable.Range(' ', '~' - ' ' + 1).Select(i => (byte)i).Where(b => b is not ((byte)'"' or (byte)';'))]);

    /// <summary>
    /// For the JSON writer, which escapes everything outside ASCII. Halves of surrogate pairs become U+FFFD: escaped, they are
    /// no valid text, and strict readers would refuse the whole report.
    /// </summary>
    public static string Json(string text)
    {
        text = Capped(text);
        if (text.AsSpan().IndexOfAnyInRange('\ud800', '\udfff') < 0) return text;
        var whole = new StringBuilder(text.Length);
        foreach (Rune rune in text.EnumerateRunes()) whole.Append(rune);
        return whole.ToString();
    }

    internal static string Capped(string text, int characters = MaxCharacters)
    {
        if (text.Length <= characters) return text;
        int kept = char.IsHighSurrogate(text[characters - 1]) ? characters - 1 : characters;
        return string.Create(CultureInfo.InvariantCulture, $"{text.AsSpan(0, kept)}... ({text.Length - kept} more characters)");
    }

    static string Visible(string text)
    {
        if (text.AsSpan().IndexOfAnyExceptInRange(' ', '~') < 0) return text;

        var visible = new StringBuilder(text.Length + 16);
        int marks = 0;
        for (int i = 0; i < text.Length;)
        {
            if (!Rune.TryGetRuneAt(text, i, out Rune rune))
            {
                visible.Append(CultureInfo.InvariantCulture, $"\\u{(int)text[i]:x4}");
                marks = 0;
                i++;
                continue;
            }

            UnicodeCategory category = Rune.GetUnicodeCategory(rune);
            marks = category is UnicodeCategory.NonSpacingMark or UnicodeCategory.EnclosingMark ? marks + 1 : 0;
            if (marks > MaxMarks || IsHidden(rune.Value, category)) AppendEscape(visible, rune.Value);
            else visible.Append(rune);
            i += rune.Utf16SequenceLength;
        }

        return visible.ToString();
    }

    static bool IsHidden(int character, UnicodeCategory category) =>
        category is UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator
            or UnicodeCategory.ParagraphSeparator or UnicodeCategory.PrivateUse or UnicodeCategory.OtherNotAssigned
        // Letters and symbols by category, but drawn as nothing: fillers of Hangul, the empty Braille cell, the joiner of graphemes.
        || character is 0x115F or 0x1160 or 0x3164 or 0xFFA0 or 0x2800 or 0x034F;

    static void AppendEscape(StringBuilder visible, int character)
    {
        _ = character switch
        {
            '\t' => visible.Append("\\t"),
            '\r' => visible.Append("\\r"),
            '\n' => visible.Append("\\n"),
            <= 0xFF => visible.Append(CultureInfo.InvariantCulture, $"\\x{character:x2}"),
            <= 0xFFFF => visible.Append(CultureInfo.InvariantCulture, $"\\u{character:x4}"),
            _ => visible.Append(CultureInfo.InvariantCulture, $"\\U{character:x8}"),
        };
    }
}
