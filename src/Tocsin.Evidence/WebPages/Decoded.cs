using System.Globalization;
using System.Text;

namespace Tocsin.Evidence.WebPages;

/// <summary>Undoes the encodings in which pages hide text. Nothing is executed; what does not decode stays what it is.</summary>
internal static class Decoded
{
    /// <summary>The longest constant that is decoded: programs in shells are some hundred KB.</summary>
    const int MaxBase64 = 4 * 1024 * 1024;

    /// <summary>The bytes of a base64 text, one character a byte; UTF-16 as its letters. Null where it is none.</summary>
    public static string? Base64(string text)
    {
        if (text.Length is < 4 or > MaxBase64) return null;
        byte[] bytes = new byte[text.Length * 3 / 4 + 3];
        string padded = text.Trim();
        padded = (padded.Length % 4) switch { 2 => padded + "==", 3 => padded + "=", _ => padded };
        if (!Convert.TryFromBase64String(padded, bytes, out int length) || length == 0) return null;
        ReadOnlySpan<byte> plain = bytes.AsSpan(0, length);
        if (plain.Length >= 8 && plain.Length % 2 == 0 && plain[1] == 0 && plain[3] == 0 && plain[5] == 0 && plain[7] == 0 && plain[0] != 0) return Encoding.Unicode.GetString(plain);
        return Encoding.Latin1.GetString(plain);
    }

    /// <summary>Undoes <c>%65</c> and <c>%u0065</c>.</summary>
    public static string Percent(string text)
    {
        if (!text.Contains('%', StringComparison.Ordinal)) return text;
        var plain = new StringBuilder(text.Length);
        for (int at = 0; at < text.Length; at++)
        {
            int skip = text[at] != '%' ? 0 : at + 5 < text.Length && text[at + 1] is 'u' or 'U' ? 2 : 1;
            int digits = skip == 2 ? 4 : 2;
            if (skip > 0 && at + skip + digits <= text.Length && int.TryParse(text.AsSpan(at + skip, digits), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out int code))
            {
                plain.Append((char)code);
                at += skip + digits - 1;
            }
            else
            {
                plain.Append(text[at]);
            }
        }

        return plain.ToString();
    }

    /// <summary>Undoes UTF-7 (<c>+ADw-</c>), in which classic ASP pages can be stored: code page 65000.</summary>
    public static string Utf7(string text)
    {
        var plain = new StringBuilder(text.Length);
        for (int at = 0; at < text.Length; at++)
        {
            if (text[at] != '+')
            {
                plain.Append(text[at]);
                continue;
            }

            int end = at + 1;
            while (end < text.Length && (char.IsAsciiLetterOrDigit(text[end]) || text[end] is '+' or '/')) end++;
            string run = text[(at + 1)..end];
            if (run.Length == 0 && end < text.Length && text[end] == '-') plain.Append('+');
            else
            {
                byte[] bytes = new byte[run.Length + 3];
                if (!Convert.TryFromBase64String(run.PadRight((run.Length + 3) / 4 * 4, run.Length % 4 == 1 ? 'A' : '='), bytes, out int length))
                {
                    plain.Append(text, at, end - at);
                    at = end - 1;
                    continue;
                }

                for (int i = 0; i + 1 < length; i += 2) plain.Append(bytes[i] == 0 ? (char)bytes[i + 1] : '?');
            }

            at = end < text.Length && text[end] == '-' ? end : end - 1;
        }

        return plain.ToString();
    }

    /// <summary>Bits of chance in each sign: text 4 to 5, base64 near 6, encrypted bytes near 8.</summary>
    public static double Entropy(ReadOnlySpan<char> text)
    {
        Span<int> counts = stackalloc int[256];
        counts.Clear();
        foreach (char c in text) counts[c & 0xFF]++;
        double bits = 0;
        foreach (int count in counts)
        {
            if (count > 0) bits -= (double)count / text.Length * Math.Log2((double)count / text.Length);
        }

        return bits;
    }
}
