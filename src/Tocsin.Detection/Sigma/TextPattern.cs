using System.Buffers;
using System.Text;

namespace Tocsin.Detection.Sigma;

enum CaseMode
{
    /// <summary>ASCII letters compare without case; the pattern is ASCII.</summary>
    Ascii,

    /// <summary>Bytes compare as they are.</summary>
    Exact,

    /// <summary>The value is folded before it is compared; the pattern is folded already.</summary>
    Folded,
}

readonly record struct PatternPart(PartKind Kind, byte[] Literal);

/// <summary>A text with wildcards, matched against UTF-8. Immutable; linear but for patterns with several stars, and never exponential.</summary>
sealed class TextPattern
{
    readonly PatternPart[][] _segments;
    readonly bool _openStart;
    readonly bool _openEnd;
    readonly CaseMode _mode;

    /// <summary>Splits the parts at their stars.</summary>
    public TextPattern(IReadOnlyList<PatternPart> parts, CaseMode mode)
    {
        _mode = mode;
        _openStart = parts.Count > 0 && parts[0].Kind == PartKind.AnyRun;
        _openEnd = parts.Count > 0 && parts[^1].Kind == PartKind.AnyRun;
        var segments = new List<PatternPart[]>();
        var segment = new List<PatternPart>();
        foreach (PatternPart part in parts.Append(new(PartKind.AnyRun, [])))
        {
            if (part.Kind != PartKind.AnyRun)
            {
                segment.Add(part);
            }
            else if (segment.Count > 0)
            {
                segments.Add([.. segment]);
                segment.Clear();
            }
        }

        _segments = [.. segments];
    }

    /// <summary>The texts that occur in every value that matches, for the prefilter.</summary>
    public IEnumerable<byte[]> Literals => _segments.SelectMany(s => s).Where(p => p.Kind == PartKind.Literal).Select(p => p.Literal);

    public CaseMode Mode => _mode;

    /// <summary>What every value that matches ends with; null where it may end otherwise.</summary>
    public byte[]? Tail => !_openEnd && _segments.Length > 0 && _segments[^1][^1] is { Kind: PartKind.Literal, Literal: var tail } ? tail : null;

    /// <summary>Whether a value that matches is <see cref="Tail"/> and nothing more.</summary>
    public bool IsWhole => !_openStart && _segments is [[_]];

    /// <summary>Whether the whole value fits the pattern.</summary>
    public bool Matches(ReadOnlySpan<byte> value, MatchScratch scratch)
    {
        if (_segments.Length == 0)
        {
            // A lone star asks for something to be there, '' for nothing to be there; "-" is how logs write nothing.
            return _openStart != value is [] or [(byte)'-'];
        }

        if (_mode == CaseMode.Folded) value = scratch.Fold(value);

        int at = 0;
        int first = 0;
        int last = _segments.Length - 1;
        if (!_openStart)
        {
            at = MatchAt(_segments[0], value, 0);
            if (at < 0) return false;
            if (last == 0) return _openEnd || at == value.Length;
            first = 1;
        }

        for (int i = first; i < last; i++)
        {
            at = FindEnd(_segments[i], value, at);
            if (at < 0) return false;
        }

        return _openEnd ? FindEnd(_segments[last], value, at) >= 0 : EndsWith(_segments[last], value, at);
    }

    bool EndsWith(PatternPart[] segment, ReadOnlySpan<byte> value, int from)
    {
        if (segment is [{ Kind: PartKind.Literal, Literal: var literal }])
        {
            return value.Length - from >= literal.Length && Same(value[^literal.Length..], literal);
        }

        for (int at = from; at <= value.Length; at++)
        {
            if (MatchAt(segment, value, at) == value.Length) return true;
        }

        return false;
    }

    int FindEnd(PatternPart[] segment, ReadOnlySpan<byte> value, int from)
    {
        for (int at = from; at <= value.Length; at++)
        {
            if (segment[0].Kind == PartKind.Literal)
            {
                int found = IndexOf(value[at..], segment[0].Literal);
                if (found < 0) return -1;
                at += found;
            }

            int end = MatchAt(segment, value, at);
            if (end >= 0) return end;
        }

        return -1;
    }

    int MatchAt(PatternPart[] segment, ReadOnlySpan<byte> value, int at)
    {
        foreach (PatternPart part in segment)
        {
            ReadOnlySpan<byte> rest = value[at..];
            int length = part.Kind switch
            {
                PartKind.Literal => rest.Length >= part.Literal.Length && Same(rest[..part.Literal.Length], part.Literal) ? part.Literal.Length : -1,
                PartKind.AnyOne => LengthOfCharacter(rest),
                _ => LengthOfDash(rest),
            };
            if (length < 0) return -1;
            at += length;
        }

        return at;
    }

    bool Same(ReadOnlySpan<byte> text, ReadOnlySpan<byte> literal) =>
        _mode == CaseMode.Ascii ? Ascii.EqualsIgnoreCase(text, literal) : text.SequenceEqual(literal);

    int IndexOf(ReadOnlySpan<byte> text, ReadOnlySpan<byte> literal)
    {
        if (_mode != CaseMode.Ascii) return text.IndexOf(literal);

        // A sign or a rare letter in it is seldom found in vain.
        int probe = Rarest(literal);
        byte lower = Lower(literal[probe]);
        byte upper = lower is >= (byte)'a' and <= (byte)'z' ? (byte)(lower - 32) : lower;
        int last = text.Length - literal.Length;
        for (int at = 0; at <= last; at++)
        {
            int found = text[(at + probe)..(last + probe + 1)].IndexOfAny(lower, upper);
            if (found < 0) return -1;
            at += found;
            if (Ascii.EqualsIgnoreCase(text.Slice(at, literal.Length), literal)) return at;
        }

        return -1;
    }

    static int Rarest(ReadOnlySpan<byte> literal)
    {
        int probe = literal.IndexOfAnyExcept(Common);
        return Math.Max(probe, 0);
    }

    static readonly SearchValues<byte> Common = SearchValues.Create(@"ETAOINSRHLDCUMPetaoinsrhldcump \.-/:0123="u8);

    static byte Lower(byte b) => b is >= (byte)'A' and <= (byte)'Z' ? (byte)(b + 32) : b;

    /// <summary>Bytes of the first character; a broken sequence counts byte by byte. -1 at the end.</summary>
    static int LengthOfCharacter(ReadOnlySpan<byte> text)
    {
        if (text.IsEmpty) return -1;
        return Rune.DecodeFromUtf8(text, out _, out int length) == OperationStatus.Done ? length : 1;
    }

    /// <summary>Bytes of the hyphen, slash, en dash, em dash or horizontal bar that the text begins with, or -1.</summary>
    static int LengthOfDash(ReadOnlySpan<byte> text) => text switch
    {
        [(byte)'-' or (byte)'/', ..] => 1,
        [0xE2, 0x80, 0x93 or 0x94 or 0x95, ..] => 3,
        _ => -1,
    };
}
