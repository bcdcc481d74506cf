using System.Globalization;
using System.Text;

namespace Tocsin.Evidence.WindowsEvents;

/// <summary>Takes the escapes out of JSON string text. Never fails: what is no escape stays as it is, half a surrogate pair becomes U+FFFD.</summary>
/// <remarks>
/// Serialisers differ in what they escape: PowerShell and .NET write <c>&lt;script</c> as <c>\u003cscript</c>, so a search
/// for plain text in raw JSON misses it. The result is never longer than the input.
/// </remarks>
internal static class JsonText
{
    /// <summary>Writes the unescaped text and returns its length.</summary>
    /// <param name="text">What stands between the quotes, or any stretch of JSON.</param>
    /// <param name="destination">At least as long as <paramref name="text"/>.</param>
    public static int Unescape(ReadOnlySpan<byte> text, Span<byte> destination) => Unescape(text, destination, (byte)'\n');

    /// <summary>Unescapes whole lines of JSON for a line filter: escaped line feeds become spaces, so that lines stay lines.</summary>
    public static int UnescapeLines(ReadOnlySpan<byte> lines, Span<byte> destination) => Unescape(lines, destination, (byte)' ');

    static int Unescape(ReadOnlySpan<byte> text, Span<byte> destination, byte lineFeed)
    {
        int written = 0;
        while (text.IndexOf((byte)'\\') is >= 0 and var plain)
        {
            text[..plain].CopyTo(destination[written..]);
            written += plain;
            text = text[plain..];
            if (text.Length < 2) break;
            byte simple = text[1] switch
            {
                (byte)'"' or (byte)'\\' or (byte)'/' => text[1],
                (byte)'n' => lineFeed,
                (byte)'r' => (byte)'\r',
                (byte)'t' => (byte)'\t',
                (byte)'b' => (byte)'\b',
                (byte)'f' => (byte)'\f',
                _ => 0,
            };
            if (simple != 0)
            {
                destination[written++] = simple;
                text = text[2..];
            }
            else if (TryRune(text, out Rune rune, out int length))
            {
                if (rune.Value == '\n') destination[written++] = lineFeed;
                else written += rune.EncodeToUtf8(destination[written..]);
                text = text[length..];
            }
            else
            {
                destination[written++] = (byte)'\\';
                text = text[1..];
            }
        }

        text.CopyTo(destination[written..]);
        return written + text.Length;
    }

    static bool TryRune(ReadOnlySpan<byte> text, out Rune rune, out int length)
    {
        length = 6;
        rune = Rune.ReplacementChar;
        if (!TryUnit(text, out char first)) return false;
        if (Rune.TryCreate(first, out Rune single))
        {
            rune = single;
            return true;
        }

        if (TryUnit(text[6..], out char second) && Rune.TryCreate(first, second, out Rune pair))
        {
            rune = pair;
            length = 12;
        }

        return true;
    }

    static bool TryUnit(ReadOnlySpan<byte> text, out char unit)
    {
        unit = default;
        if (text.Length < 6 || text[0] != '\\' || text[1] != 'u') return false;
        if (!ushort.TryParse(text.Slice(2, 4), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out ushort value)) return false;
        unit = (char)value;
        return true;
    }
}
