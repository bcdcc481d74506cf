using Tocsin.Evidence.Records;

namespace Tocsin.Evidence.Evtx;

/// <summary>A piece of an element's content or of an attribute's value. Immutable.</summary>
/// <param name="Text">Literal text, UTF-8; null for the others.</param>
/// <param name="Child">A child element; null for the others.</param>
/// <param name="Substitution">Index of the value that belongs here, or -1.</param>
/// <param name="IsOptional">Whether an absent value takes away what it stands in.</param>
/// <param name="Type">The type that the template gives the value; what is substituted may be of another, or absent.</param>
internal readonly record struct Part(byte[]? Text, Element? Child, int Substitution, bool IsOptional, byte Type)
{
    public static Part Literal(byte[] text) => new(text, null, -1, false, 0);

    public static Part Of(Element child) => new(null, child, -1, false, 0);
}

/// <summary>An attribute of a compiled element.</summary>
internal sealed record Attribute(byte[] Name, Part[] Value);

/// <summary>An element of a compiled fragment.</summary>
internal sealed class Element(byte[] name)
{
    public byte[] Name { get; } = name;

    public Attribute[] Attributes { get; set; } = [];

    public Part[] Content { get; set; } = [];

    public bool Is(ReadOnlySpan<byte> other) => Name.AsSpan().SequenceEqual(other);

    public Attribute? Find(ReadOnlySpan<byte> attribute)
    {
        foreach (Attribute candidate in Attributes)
        {
            if (candidate.Name.AsSpan().SequenceEqual(attribute)) return candidate;
        }

        return null;
    }
}

/// <summary>
/// A fragment of binary XML, compiled: of a template definition, or of a record that was written without one (then there is
/// nothing to substitute). Immutable but for what readers remember with it; belongs to one thread.
/// </summary>
internal sealed class Template(Element? root)
{
    /// <summary>Most definitions that a file may have under one id, length and GUID: more are hostile, and each costs a comparison.</summary>
    public const int MaxVariants = 8;

    /// <summary>A place where the definition names something: the rest of its bytes is the same in every chunk, the offset of the name is not.</summary>
    public readonly record struct NameAt(int At, bool IsInline, byte[] Name);

    public Element? Root { get; } = root;

    /// <summary>Whether this is no template but a fragment as it stood in one event.</summary>
    public bool IsLiteral => Source.Length == 0;

    /// <summary>Tells templates apart in a table.</summary>
    public int Number { get; init; }

    /// <summary>The parts of an event's head that stand in this fragment.</summary>
    public EventHead Head { get; } = EventHead.Of(root);

    /// <summary>Sysmon's <c>UtcTime</c>.</summary>
    public HeadValue SysmonUtc { get; } = EventHead.SysmonUtcOf(root);

    /// <summary>The definition's bytes and the names in it, by which it is known again in another chunk.</summary>
    public byte[] Source { get; set; } = [];

    public NameAt[] Names { get; set; } = [];

    /// <summary>The kinds of events that were written with this template, and how many they are.</summary>
    public EventKind? Kinds { get; set; }

    public int KindCount { get; set; }

    IWordFilter? _words;
    bool _mayHold;

    /// <summary>Whether words may stand in the template itself. A fragment without one stands in the record, which is looked through anyway.</summary>
    public bool MayHold(IWordFilter words)
    {
        if (IsLiteral) return false;
        if (!ReferenceEquals(_words, words)) (_words, _mayHold) = (words, words.MayHold(Source) || Array.Exists(Names, n => words.MayHold(n.Name)) || Joins(Root));
        return _mayHold;
    }

    // A value between two texts of the template makes one text with them, which stands nowhere as such.
    static bool Joins(Element? element) =>
        element is not null && (IsJoined(element.Content) || Array.Exists(element.Attributes, a => IsJoined(a.Value)) || Array.Exists(element.Content, p => Joins(p.Child)));

    static bool IsJoined(Part[] parts) => parts.Count(p => p.Child is null) > 1;

    /// <summary>Whether the definition at a place of a chunk, of the same length, says the same.</summary>
    public bool Equals(ReadOnlySpan<byte> chunk, int at)
    {
        ReadOnlySpan<byte> own = Source, other = chunk.Slice(at, own.Length);
        int from = 0;
        foreach (ref readonly NameAt name in Names.AsSpan())
        {
            if (!own[from..name.At].SequenceEqual(other[from..name.At])) return false;
            uint offset = EvtxLayout.UInt32(other, name.At);
            if (name.IsInline)
            {
                if (offset != at + name.At + 4) return false;
                from = name.At + 8; // where the next name of its bucket stands differs, too
            }
            else
            {
                if (offset > EvtxLayout.ChunkBytes || !chunk[(int)offset..].StartsWithAt(4, name.Name)) return false;
                from = name.At + 4;
            }
        }

        return own[from..].SequenceEqual(other[from..]);
    }
}

/// <summary>Small words for spans.</summary>
internal static class SpanWords
{
    /// <summary>Whether other bytes stand at a place, which may lie outside.</summary>
    public static bool StartsWithAt(this ReadOnlySpan<byte> bytes, int at, ReadOnlySpan<byte> other) => bytes.Length >= at && bytes[at..].StartsWith(other);
}
