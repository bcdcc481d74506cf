using Tocsin.Evidence.Records;

namespace Tocsin.Evidence.Lines;

/// <summary>Joins and decodes addresses, so that <c>%2550owershell</c> is seen for what it is.</summary>
public static class UrlText
{
    /// <summary>How often %-encoding is undone. Front ends decode once or twice; attackers have nested it three deep.</summary>
    const int MaxDecodings = 4;

    /// <summary>Adds <c>url</c> (stem?query as logged) and, where decoding changes it, <c>url-decoded</c>.</summary>
    /// <param name="values">Takes the two values.</param>
    /// <param name="url">Index of <c>url</c>, or -1.</param>
    /// <param name="decoded">Index of <c>url-decoded</c>, or -1.</param>
    /// <param name="stem">The path as logged.</param>
    /// <param name="query">The query as logged, with or without its question mark; empty or <c>-</c> for none.</param>
    public static void Add(RecordBuffer values, int url, int decoded, ReadOnlySpan<byte> stem, ReadOnlySpan<byte> query)
    {
        if (url < 0 && decoded < 0) return;
        if (query is [(byte)'?', .. var rest]) query = rest;
        if (query is [(byte)'-']) query = default;

        int length = stem.Length + (query.IsEmpty ? 0 : 1 + query.Length);
        Span<byte> text = values.Reserve(length * 2);
        stem.CopyTo(text);
        if (!query.IsEmpty)
        {
            text[stem.Length] = (byte)'?';
            query.CopyTo(text[(stem.Length + 1)..]);
        }

        Span<byte> joined = text[..length];
        bool encoded = decoded >= 0 && joined.Contains((byte)'%');
        Span<byte> plain = text.Slice(length, length);
        int plainLength = 0;
        if (encoded)
        {
            joined.CopyTo(plain);
            plainLength = Decode(plain);
        }

        if (url >= 0) values.Commit(url, length);
        if (!encoded || plainLength == length) return;

        // Without a "url" the joined text was not kept, and the decoded one stands behind where the next value begins.
        if (url < 0) plain[..plainLength].CopyTo(text);
        values.Commit(decoded, plainLength);
    }

    /// <summary>Undoes %-encoding in place, repeatedly while something is left to undo; returns the new length.</summary>
    public static int Decode(Span<byte> text)
    {
        int length = text.Length;
        for (int i = 0; i < MaxDecodings; i++)
        {
            int shorter = DecodeOnce(text[..length]);
            if (shorter == length) break;
            length = shorter;
        }

        return length;
    }

    static int DecodeOnce(Span<byte> text)
    {
        int to = text.IndexOf((byte)'%');
        if (to < 0) return text.Length;
        for (int from = to; from < text.Length; to++)
        {
            if (text[from] == '%' && from + 2 < text.Length && Hex(text[from + 1]) is >= 0 and var high && Hex(text[from + 2]) is >= 0 and var low)
            {
                text[to] = (byte)(high << 4 | low);
                from += 3;
            }
            else
            {
                text[to] = text[from++];
            }
        }

        return to;
    }

    static int Hex(byte b) => b switch
    {
        >= (byte)'0' and <= (byte)'9' => b - '0',
        >= (byte)'a' and <= (byte)'f' => b - 'a' + 10,
        >= (byte)'A' and <= (byte)'F' => b - 'A' + 10,
        _ => -1,
    };
}
