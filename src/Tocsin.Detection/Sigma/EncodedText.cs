namespace Tocsin.Detection.Sigma;

/// <summary>Finds %-encoding that hides a text which needed none: <c>%50owershell</c>, <c>%2570owershell</c>.</summary>
/// <remarks>
/// Honest software encodes only what it must (RFC 3986 calls the rest unreserved), so <c>%5C</c>, <c>%40</c>, <c>%2F</c>
/// are everyday and pass; an encoded letter, digit, point, dash, underscore or tilde, or an encoded percent sign, is worth
/// a look. Whatever hides a character of a prefilter's text, however deeply nested, shows one of these in the raw line:
/// the innermost encoding needs a percent sign or a hexadecimal digit that is itself encoded.
/// </remarks>
static class EncodedText
{
    static readonly bool[] Unreserved = [.. Enumerable.Range(0, 256).Select(b => char.IsAsciiLetterOrDigit((char)b) || (char)b is '-' or '.' or '_' or '~')];

    /// <summary>Whether URL encoders leave the character as it is.</summary>
    public static bool IsUnreserved(byte b) => Unreserved[b];

    /// <summary>Where the next such encoding begins, or -1.</summary>
    public static int Find(ReadOnlySpan<byte> text)
    {
        for (int at = 0; at + 2 < text.Length; at++)
        {
            int found = text[at..^2].IndexOf((byte)'%');
            if (found < 0) return -1;
            at += found;
            int value = Hex(text[at + 1]) << 4 | Hex(text[at + 2]);
            if (value >= 0 && (Unreserved[value] || value == '%')) return at;
        }

        return -1;
    }

    /// <summary>The digit's value; negative for others, so that combining two keeps the sign.</summary>
    static int Hex(byte b) => b switch
    {
        >= (byte)'0' and <= (byte)'9' => b - '0',
        >= (byte)'a' and <= (byte)'f' => b - 'a' + 10,
        >= (byte)'A' and <= (byte)'F' => b - 'A' + 10,
        _ => -1,
    };
}
