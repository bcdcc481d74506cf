using System.Runtime.InteropServices;
using System.Text;
using System.Xml;

namespace Tocsin.Evidence.Evtx;

/// <summary>Compiles fragments of binary XML. Bad input gives null, never an exception. One thread.</summary>
internal sealed class TemplateCompiler(WorkBudget budget)
{
    /// <summary>Elements inside elements. Real events have five; the stack is bounded by it, here and in the writers.</summary>
    const int MaxDepth = 48;

    /// <summary>Characters in a name. Real ones have some forty; a definition may name a huge one thousands of times.</summary>
    const int MaxName = 512;

    readonly List<Template.NameAt> _names = [];

    // By their place in the chunk at hand; events without a template name the same elements again and again.
    readonly Dictionary<uint, byte[]?> _known = [];
    byte[] _text = new byte[256];
    int _begin;
    int _compiled;
    bool _isDefinition;
    bool _isBad;

    /// <summary>Forgets the names of the chunk before.</summary>
    public void StartChunk() => _known.Clear();

    /// <summary>Compiles what stands in a chunk from one place to another.</summary>
    /// <param name="chunk">All of the chunk: names stand anywhere in it.</param>
    /// <param name="from">The fragment's first byte.</param>
    /// <param name="end">Behind its last.</param>
    /// <param name="isDefinition">Whether it is that of a template: only there elements have a dependency id.</param>
    public Template? Compile(ReadOnlySpan<byte> chunk, int from, int end, bool isDefinition)
    {
        if (!budget.Spend((end - from) * 4)) return null;
        _names.Clear();
        (_begin, _isDefinition, _isBad) = (from, isDefinition, false);
        ReadOnlySpan<byte> text = chunk[..end];
        int at = from;
        Element? root = null;
        while (at < end && root is null && !_isBad)
        {
            byte token = (byte)(text[at] & ~Token.More);
            if (token == Token.End) break;
            if (token == Token.FragmentHeader) at += 4;
            else if (token == Token.OpenElement) root = ReadElement(chunk, text, ref at, 0);
            else if (token is Token.InstructionTarget or Token.InstructionData) SkipInstruction(chunk, text, ref at, token);
            else _isBad = true;
        }

        if (_isBad) return null;
        return isDefinition ? new Template(root) { Number = ++_compiled, Source = chunk[from..end].ToArray(), Names = [.. _names] } : new Template(root);
    }

    Element? ReadElement(ReadOnlySpan<byte> chunk, ReadOnlySpan<byte> text, ref int at, int depth)
    {
        bool hasAttributes = (text[at] & Token.More) != 0;
        int fixedBytes = 1 + (_isDefinition ? 2 : 0) + 4;
        if (depth > MaxDepth || !Has(text, at, fixedBytes + 4)) return Bad();
        at += fixedBytes;
        if (ReadName(chunk, text, ref at) is not { } name) return Bad();
        var element = new Element(name);
        if (hasAttributes)
        {
            if (!Has(text, at, 4)) return Bad();
            at += 4;
            var attributes = new List<Attribute>();
            while (Has(text, at, 1) && (text[at] & ~Token.More) == Token.Attribute)
            {
                at++;
                if (ReadName(chunk, text, ref at) is not { } attribute) return Bad();
                Part[] value = ReadParts(chunk, text, ref at, depth, withElements: false);
                if (_isBad) return null;
                attributes.Add(new Attribute(attribute, value));
            }

            element.Attributes = [.. attributes];
        }

        if (!Has(text, at, 1)) return Bad();
        byte close = text[at++];
        if (close == Token.CloseEmpty) return element;
        if (close != Token.CloseStart) return Bad();
        element.Content = ReadParts(chunk, text, ref at, depth, withElements: true);
        if (_isBad || !Has(text, at, 1) || text[at] != Token.EndElement) return Bad();
        at++;
        return element;
    }

    Part[] ReadParts(ReadOnlySpan<byte> chunk, ReadOnlySpan<byte> text, ref int at, int depth, bool withElements)
    {
        List<Part>? parts = null;
        while (Has(text, at, 1) && !_isBad)
        {
            if (!budget.Spend(8))
            {
                _isBad = true;
                break;
            }

            byte token = (byte)(text[at] & ~Token.More);
            switch (token)
            {
                case Token.Text when Has(text, at, 4) && text[at + 1] == EvtxType.Utf16:
                    at += 2;
                    AddText(text, ref at);
                    continue;
                case Token.CData:
                    at++;
                    AddText(text, ref at);
                    continue;
                case Token.CharacterReference when Has(text, at, 3):
                    Add(Rune.TryCreate(EvtxLayout.UInt16(text, at + 1), out Rune rune) ? Encoding.UTF8.GetBytes(rune.ToString()) : "\uFFFD"u8.ToArray());
                    at += 3;
                    continue;
                case Token.EntityReference:
                    at++;
                    if (ReadName(chunk, text, ref at) is { } entity) Add(TextOf(entity));
                    else _isBad = true;
                    continue;
                case Token.Substitution or Token.OptionalSubstitution when Has(text, at, 4) && _isDefinition:
                    (parts ??= []).Add(new Part(null, null, EvtxLayout.UInt16(text, at + 1), token == Token.OptionalSubstitution, text[at + 3]));
                    at += 4;
                    continue;
                case Token.OpenElement when withElements:
                    if (ReadElement(chunk, text, ref at, depth + 1) is { } child) (parts ??= []).Add(Part.Of(child));
                    continue;
                case Token.InstructionTarget or Token.InstructionData when withElements:
                    SkipInstruction(chunk, text, ref at, token);
                    continue;
                case Token.EndElement when withElements:
                case Token.Attribute or Token.CloseStart or Token.CloseEmpty when !withElements:
                    return parts is null ? [] : [.. parts];
            }

            _isBad = true;
        }

        _isBad = true;
        return [];

        void AddText(ReadOnlySpan<byte> from, ref int place)
        {
            int length = Has(from, place, 2) ? EvtxLayout.UInt16(from, place) * 2 : 0;
            if (!Has(from, place, 2 + length))
            {
                _isBad = true;
                return;
            }

            if (_text.Length < length / 2 * 3) _text = new byte[length * 3];
            int written = ValueText.Utf16(from.Slice(place + 2, length), _text);
            place += 2 + length;
            Add(_text.AsSpan(0, written).ToArray());
        }

        // Neighbouring texts are one: a reference in the middle of a word does not split it.
        void Add(byte[] literal)
        {
            parts ??= [];
            if (parts.Count > 0 && parts[^1].Text is { } before && before.Length + literal.Length <= EvtxLayout.ChunkBytes && budget.Spend(before.Length)) parts[^1] = Part.Literal([.. before, .. literal]);
            else parts.Add(Part.Literal(literal));
        }
    }

    byte[]? ReadName(ReadOnlySpan<byte> chunk, ReadOnlySpan<byte> text, ref int at)
    {
        if (!Has(text, at, 4)) return null;
        uint offset = EvtxLayout.UInt32(text, at);
        int place = at;
        at += 4;
        if (offset > EvtxLayout.ChunkBytes - 8 || !Has(chunk, (int)offset, 8)) return null;
        int characters = EvtxLayout.UInt16(chunk, (int)offset + 6);
        if (characters is 0 or > MaxName || !Has(chunk, (int)offset, 8 + characters * 2) || !budget.Spend(characters * 2)) return null;
        bool isInline = offset == at;
        if (isInline) at += 8 + characters * 2 + 2;
        if (at > text.Length) return null;
        if (!_known.TryGetValue(offset, out byte[]? name)) _known[offset] = name = NameOf(chunk.Slice((int)offset + 8, characters * 2));
        if (name is null) return null;
        if (_isDefinition) _names.Add(new(place - _begin, isInline, chunk.Slice((int)offset + 4, 4 + characters * 2).ToArray()));
        return name;
    }

    static byte[]? NameOf(ReadOnlySpan<byte> utf16)
    {
        if (!IsName(MemoryMarshal.Cast<byte, char>(utf16))) return null;
        Span<byte> utf8 = stackalloc byte[MaxName * 3];
        return utf8[..ValueText.Utf16(utf16, utf8)].ToArray();
    }

    // Where a definition was overwritten, its names point at whatever stands there now.
    static bool IsName(ReadOnlySpan<char> text)
    {
        if (!XmlConvert.IsStartNCNameChar(text[0])) return false;
        foreach (char c in text[1..])
        {
            if (!XmlConvert.IsNCNameChar(c) && c != ':') return false;
        }

        return true;
    }

    void SkipInstruction(ReadOnlySpan<byte> chunk, ReadOnlySpan<byte> text, ref int at, byte token)
    {
        at++;
        if (token == Token.InstructionTarget)
        {
            _isBad |= ReadName(chunk, text, ref at) is null;
            return;
        }

        int length = Has(text, at, 2) ? 2 + EvtxLayout.UInt16(text, at) * 2 : 2;
        _isBad |= !Has(text, at, length);
        at += length;
    }

    static byte[] TextOf(ReadOnlySpan<byte> entity) =>
        entity.SequenceEqual("amp"u8) ? "&"u8.ToArray()
        : entity.SequenceEqual("lt"u8) ? "<"u8.ToArray()
        : entity.SequenceEqual("gt"u8) ? ">"u8.ToArray()
        : entity.SequenceEqual("quot"u8) ? "\""u8.ToArray()
        : entity.SequenceEqual("apos"u8) ? "'"u8.ToArray()
        : [(byte)'&', .. entity, (byte)';'];

    Element? Bad()
    {
        _isBad = true;
        return null;
    }

    static bool Has(ReadOnlySpan<byte> bytes, int at, int length) => (uint)at <= (uint)bytes.Length && length <= bytes.Length - at;
}
