using System.Buffers.Text;
using System.Text;

namespace Tocsin.Evidence.Configuration;

/// <summary>The attributes of one start tag, found once and decoded when asked for. Values are valid until the next tag.</summary>
internal sealed class XmlAttributes
{
    readonly (int Name, int NameLength, int Value, int ValueLength)[] _found = new (int, int, int, int)[XmlWalk.MaxAttributes];
    int _count;
    byte[] _decoded = new byte[1024];
    int _used;

    /// <summary>Forgets the tag before.</summary>
    public void Forget() => (_count, _used) = (0, 0);

    /// <summary>Finds the attributes of a tag. False where something else stands among them; those before it are found.</summary>
    /// <param name="tag">From its opening bracket; its end may be missing.</param>
    /// <param name="from">Where its name ends.</param>
    public bool Take(ReadOnlySpan<byte> tag, int from)
    {
        Forget();
        int at = from;
        while (true)
        {
            while (at < tag.Length && IsBlank(tag[at])) at++;
            if (at >= tag.Length || tag[at] is (byte)'>' or (byte)'/') return at >= tag.Length - 2;
            int name = at;
            while (at < tag.Length && !IsBlank(tag[at]) && tag[at] is not ((byte)'=' or (byte)'>' or (byte)'/')) at++;
            int nameLength = at - name;
            while (at < tag.Length && IsBlank(tag[at])) at++;
            if (at >= tag.Length || tag[at] != '=' || nameLength == 0) return false;
            at++;
            while (at < tag.Length && IsBlank(tag[at])) at++;
            if (at >= tag.Length || tag[at] is not ((byte)'"' or (byte)'\'')) return false;
            int length = tag[(at + 1)..].IndexOf(tag[at]);
            if (length < 0 || _count == _found.Length) return false;
            _found[_count++] = (name, nameLength, at + 1, length);
            at += length + 2;
        }
    }

    /// <summary>The value of an attribute, references undone; empty where the tag has none.</summary>
    public ReadOnlySpan<byte> Find(ReadOnlySpan<byte> tag, ReadOnlySpan<byte> attribute)
    {
        for (int i = 0; i < _count; i++)
        {
            (int name, int nameLength, int value, int valueLength) = _found[i];
            if (tag.Slice(name, nameLength).SequenceEqual(attribute)) return Decode(tag.Slice(value, valueLength));
        }

        return default;
    }

    /// <summary>Undoes the five named references and the numbered ones; any other stays as it is.</summary>
    public ReadOnlySpan<byte> Decode(ReadOnlySpan<byte> text)
    {
        int at = text.IndexOf((byte)'&');
        if (at < 0) return text;
        if (_decoded.Length - _used < text.Length)
        {
            // Values given before keep the old array.
            _decoded = new byte[Math.Max(_decoded.Length * 2, text.Length)];
            _used = 0;
        }

        Span<byte> into = _decoded.AsSpan(_used);
        int written = 0;
        while (at >= 0)
        {
            text[..at].CopyTo(into[written..]);
            written += at;
            text = text[at..];
            int length = Reference(text, out Rune rune);
            if (length == 0) into[written++] = (byte)'&';
            else written += rune.EncodeToUtf8(into[written..]);
            text = text[Math.Max(1, length)..];
            at = text.IndexOf((byte)'&');
        }

        text.CopyTo(into[written..]);
        written += text.Length;
        _used += written;
        return into[..written];
    }

    // No character takes more bytes than the reference that names it, so decoded text is never longer.
    static int Reference(ReadOnlySpan<byte> text, out Rune rune)
    {
        const int Longest = 12;
        rune = default;
        int end = text[..Math.Min(text.Length, Longest)].IndexOf((byte)';');
        if (end < 2) return 0;
        ReadOnlySpan<byte> name = text[1..end];
        char plain = name.SequenceEqual("lt"u8) ? '<' : name.SequenceEqual("gt"u8) ? '>' : name.SequenceEqual("amp"u8) ? '&'
            : name.SequenceEqual("quot"u8) ? '"' : name.SequenceEqual("apos"u8) ? '\'' : '\0';
        if (plain != '\0')
        {
            rune = new Rune(plain);
            return end + 1;
        }

        if (name[0] != '#') return 0;
        bool isHex = name.Length > 2 && name[1] == 'x';
        ReadOnlySpan<byte> digits = name[(isHex ? 2 : 1)..];
        return Utf8Parser.TryParse(digits, out uint number, out int used, isHex ? 'X' : 'D') && used == digits.Length && Rune.TryCreate(number, out rune) ? end + 1 : 0;
    }

    static bool IsBlank(byte b) => b is (byte)' ' or (byte)'\t' or (byte)'\r' or (byte)'\n';
}
