namespace Tocsin.Evidence.ToolOutputs;

/// <summary>Sets the fields <c>url</c> and <c>url-decoded</c> of a request.</summary>
internal static class UrlFields
{
    // Attackers encode the encoding; clients never do so more than twice.
    const int MaxRounds = 4;

    /// <summary>Joins stem and query as logged, and decodes the result until nothing changes; the decoded form is set only if it differs.</summary>
    /// <param name="record">A record that was begun.</param>
    /// <param name="stem">The path.</param>
    /// <param name="query">The query without its question mark; empty or <c>-</c> for none.</param>
    public static void Set(RecordWriter record, ReadOnlySpan<byte> stem, ReadOnlySpan<byte> query)
    {
        bool hasQuery = !query.IsEmpty && !query.SequenceEqual("-"u8);
        byte[] url = new byte[stem.Length + (hasQuery ? 1 + query.Length : 0)];
        stem.CopyTo(url);
        if (hasQuery)
        {
            url[stem.Length] = (byte)'?';
            query.CopyTo(url.AsSpan(stem.Length + 1));
        }

        record.Set("url", url);
        int length = url.Length;
        for (int round = 0; round < MaxRounds; round++)
        {
            int decoded = Decode(url.AsSpan(0, length));
            if (decoded == length) break;
            length = decoded;
        }

        if (length < url.Length) record.Set("url-decoded", url.AsSpan(0, length));
    }

    // In place: the result is shorter whenever anything was decoded.
    static int Decode(Span<byte> text)
    {
        int written = 0;
        for (int i = 0; i < text.Length; i++)
        {
            if (text[i] == '%' && i + 2 < text.Length && char.IsAsciiHexDigit((char)text[i + 1]) && char.IsAsciiHexDigit((char)text[i + 2]))
            {
                text[written++] = (byte)(Digit(text[i + 1]) << 4 | Digit(text[i + 2]));
                i += 2;
            }
            else
            {
                text[written++] = text[i];
            }
        }

        return written;
    }

    static int Digit(byte hex) => hex <= '9' ? hex - '0' : (hex | 0x20) - 'a' + 10;
}
