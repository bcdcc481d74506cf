using System.Text;

namespace Tocsin.Evidence.WebPages;

/// <summary>A page's bytes as text, one character a byte, so that every place in it is a byte offset. Immutable.</summary>
internal sealed class PageText
{
    const int MaxExcerpt = 72;
    const int MaxBefore = 32;

    readonly int[] _lineStarts;

    public PageText(ReadOnlySpan<byte> bytes)
    {
        Text = Encoding.Latin1.GetString(bytes);
        var starts = new List<int> { 0 };
        for (int at = Text.IndexOf('\n'); at >= 0 && at + 1 < Text.Length; at = Text.IndexOf('\n', at + 1)) starts.Add(at + 1);
        _lineStarts = [.. starts];
    }

    public string Text { get; }

    public int Lines => _lineStarts.Length;

    /// <summary>The line of an offset, from 1.</summary>
    public int LineOf(int offset)
    {
        int found = Array.BinarySearch(_lineStarts, offset);
        return found >= 0 ? found + 1 : ~found;
    }

    /// <summary>A fact at a place, with the text there.</summary>
    public PageFact Fact(string name, int offset)
    {
        offset = Math.Clamp(offset, 0, Math.Max(0, Text.Length - 1));
        // From the beginning of the line if that is near, to its end: what stands before a name says what it is about.
        int line = LineOf(offset), from = offset - _lineStarts[line - 1] <= MaxBefore ? _lineStarts[line - 1] : offset;
        int length = Math.Min(MaxExcerpt + 1, Text.Length - from), end = Text.AsSpan(from, length).IndexOf('\n');
        // The place may be the end of its line, as that of code that begins on the next.
        if (end >= 0 && Text.AsSpan(from, end).IsWhiteSpace()) end = -1;
        return new(name, line, offset, Inert(Text.Substring(from, end < 0 ? length : end), MaxExcerpt));
    }

    /// <summary>Text of the page on one line, without what is no text.</summary>
    static string Inert(string latin, int max)
    {
        var text = new StringBuilder(Math.Min(latin.Length, max) + 1);
        foreach (Rune rune in Encoding.UTF8.GetString(Encoding.Latin1.GetBytes(latin)).EnumerateRunes())
        {
            if (text.Length >= max)
            {
                text.Append('…');
                break;
            }

            if (Rune.IsControl(rune) || Rune.IsWhiteSpace(rune))
            {
                if (text.Length > 0 && text[^1] != ' ') text.Append(' ');
            }
            else if (Rune.GetUnicodeCategory(rune) is not (System.Globalization.UnicodeCategory.Format or System.Globalization.UnicodeCategory.PrivateUse or System.Globalization.UnicodeCategory.OtherNotAssigned))
            {
                text.Append(rune.ToString());
            }
        }

        return text.ToString().TrimEnd();
    }
}
