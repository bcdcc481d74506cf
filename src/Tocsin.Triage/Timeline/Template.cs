using System.Text;
using System.Text.Unicode;
using Tocsin.Evidence.Records;

namespace Tocsin.Triage.Timeline;

/// <summary>A pattern for a short description of a record, such as <c>{cs-method} {cs-uri-stem}[?{cs-uri-query}]</c>. Immutable.</summary>
/// <remarks><c>{a|b}</c> is the first of the fields that has a value. What stands in <c>[…]</c> is left out where none of its fields has one.</remarks>
internal sealed class Template
{
    /// <summary>Longer values are cut: a description is to be read at a glance, and the offset leads to the whole.</summary>
    const int MaxValueBytes = 400;

    readonly record struct Part(byte[] Literal, string[] Fields, int Group);

    readonly Part[] _parts;

    public Template(string pattern) => _parts = Parse(pattern);

    /// <summary>The fields it looks at.</summary>
    public IEnumerable<string> Fields => _parts.SelectMany(p => p.Fields);

    /// <summary>Prepares it for records of a field set.</summary>
    public Bound Bind(FieldSet fields) => new([.. _parts.Select(p => (p.Literal, (int[])[.. p.Fields.Select(fields.IndexOf).Where(i => i >= 0)], p.Group))]);

    static Part[] Parse(string pattern)
    {
        var parts = new List<Part>();
        var literal = new StringBuilder();
        int group = 0, groups = 0;
        for (int i = 0; i < pattern.Length; i++)
        {
            char c = pattern[i];
            if (c is not ('{' or '[' or ']'))
            {
                literal.Append(c);
                continue;
            }

            if (literal.Length > 0) parts.Add(new(Encoding.UTF8.GetBytes(literal.ToString()), [], group));
            literal.Clear();
            if (c == '[')
            {
                group = ++groups;
            }
            else if (c == ']')
            {
                group = 0;
            }
            else
            {
                int end = pattern.IndexOf('}', i);
                parts.Add(new([], pattern[(i + 1)..end].Split('|'), group));
                i = end;
            }
        }

        if (literal.Length > 0) parts.Add(new(Encoding.UTF8.GetBytes(literal.ToString()), [], group));
        return [.. parts];
    }

    /// <summary>A template that knows the indexes of its fields. Safe to share.</summary>
    public sealed class Bound((byte[] Literal, int[] Fields, int Group)[] parts)
    {
        /// <summary>Writes the description; gives its length.</summary>
        public int Write(in Record record, Span<byte> to)
        {
            int length = 0;
            for (int i = 0; i < parts.Length; i++)
            {
                (byte[] literal, int[] fields, int group) = parts[i];
                if (group > 0 && !HasValue(in record, group))
                {
                    while (i + 1 < parts.Length && parts[i + 1].Group == group) i++;
                    continue;
                }

                length += literal.Length > 0 ? Utf8Text.Copy(literal, to[length..]) : Utf8Text.Copy(FirstOf(in record, fields), to[length..Math.Min(to.Length, length + MaxValueBytes)]);
            }

            return length;
        }

        bool HasValue(in Record record, int group)
        {
            foreach ((_, int[] fields, int of) in parts)
            {
                if (of == group && !FirstOf(in record, fields).IsEmpty) return true;
            }

            return false;
        }
    }

    /// <summary>The first value that is one: neither empty nor the dash that logs write for none.</summary>
    public static ReadOnlySpan<byte> FirstOf(in Record record, ReadOnlySpan<int> fields)
    {
        foreach (int field in fields)
        {
            ReadOnlySpan<byte> value = record[field];
            if (!value.IsEmpty && value is not [(byte)'-']) return value;
        }

        return default;
    }
}

/// <summary>Copies text out of evidence as valid UTF-8.</summary>
internal static class Utf8Text
{
    /// <summary>Copies what fits, whole characters only; what is no UTF-8 becomes U+FFFD. Gives the length.</summary>
    public static int Copy(ReadOnlySpan<byte> text, Span<byte> to)
    {
        if (text.Length > to.Length)
        {
            int end = to.Length;
            while (end > 0 && end > to.Length - 4 && (text[end] & 0xC0) == 0x80) end--;
            text = text[..end];
        }

        if (Utf8.IsValid(text))
        {
            text.CopyTo(to);
            return text.Length;
        }

        int length = 0;
        while (!text.IsEmpty)
        {
            Rune.DecodeFromUtf8(text, out Rune rune, out int used);
            if (length + rune.Utf8SequenceLength > to.Length) break;
            length += rune.EncodeToUtf8(to[length..]);
            text = text[used..];
        }

        return length;
    }
}
