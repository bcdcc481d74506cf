using System.Globalization;
using System.Text;

namespace Tocsin.Detection.Sigma;

/// <summary>What one value of a rule asks of one value of a record. Immutable; knows nothing of fields.</summary>
abstract class ValueTest
{
    /// <summary>Whether the record's value satisfies the test.</summary>
    public abstract bool Matches(ReadOnlySpan<byte> value, MatchScratch scratch);

    /// <summary>ASCII texts, each of which stands (in any case) in every value that satisfies the test.</summary>
    public virtual IEnumerable<string> Literals => [];

    /// <summary>The same with what is known of where they stand.</summary>
    protected virtual IEnumerable<Needle> Needles => Anywhere(Literals);

    /// <summary>The needle that is found least often by chance; null where there is none.</summary>
    /// <param name="anywhere">Whether only needles count that may stand anywhere.</param>
    public Needle? BestNeedle(bool anywhere)
    {
        _needles ??= [.. Needles.OrderBy(n => n.Cost)];
        foreach (Needle needle in _needles)
        {
            if (!anywhere || needle.Anchor == NeedleAnchor.Anywhere) return needle;
        }

        return null;
    }

    Needle[]? _needles;

    /// <summary>Whether no value of ASCII characters alone can satisfy the test.</summary>
    public virtual bool NeedsForeignLetters => false;

    protected static IEnumerable<Needle> Anywhere(IEnumerable<string> literals) =>
        literals.SelectMany(LiteralChoice.AsciiRuns).Select(r => Needle.Of(r.ToLowerInvariant(), NeedleAnchor.Anywhere)).OfType<Needle>();
}

sealed class TextTest(TextPattern pattern) : ValueTest
{
    public override bool Matches(ReadOnlySpan<byte> value, MatchScratch scratch) => pattern.Matches(value, scratch);

    public override IEnumerable<string> Literals =>
        pattern.Literals.Select(Encoding.Latin1.GetString).SelectMany(text => pattern.Mode == CaseMode.Folded ? FoldSafe.Split(text) : [text]);

    public override bool NeedsForeignLetters => pattern.Literals.Any(l => !Ascii.IsValid(l));

    protected override IEnumerable<Needle> Needles => Anchored.Concat(pattern.Mode == CaseMode.Exact ? Exact : Anywhere(Literals));

    // Bytes as they are, signs of other scripts among them: a needle is compared as bytes.
    IEnumerable<Needle> Exact => pattern.Literals.Select(l => Needle.Of(Small(l), NeedleAnchor.Anywhere)).OfType<Needle>();

    static string Small(byte[] text) => string.Create(text.Length, text, static (small, bytes) =>
    {
        for (int i = 0; i < bytes.Length; i++) small[i] = (char)(bytes[i] is >= (byte)'A' and <= (byte)'Z' ? bytes[i] | 0x20 : bytes[i]);
    });

    IEnumerable<Needle> Anchored
    {
        get
        {
            if (pattern.Mode == CaseMode.Folded || pattern.Tail is not { } tail || !Ascii.IsValid(tail)) yield break;
            string text = Encoding.ASCII.GetString(tail).ToLowerInvariant();
            if (pattern.IsWhole && Needle.Of(text, NeedleAnchor.Whole) is { } whole) yield return whole;
            int slash = text.LastIndexOf('\\');
            if (slash >= 0 && Needle.Of(text[(slash + 1)..], NeedleAnchor.Name) is { } name) yield return name;
        }
    }
}

/// <summary>Splits text where a letter outside ASCII folds to the one in it: ſ to S, ı to I, the Kelvin sign to K.</summary>
static class FoldSafe
{
    public static string[] Split(string text) => text.Split(['s', 'S', 'i', 'I', 'k', 'K'], StringSplitOptions.RemoveEmptyEntries);
}

/// <summary>A number as written, or written otherwise with the same value: 200, 0200, 200.0.</summary>
sealed class NumberTest(string text) : ValueTest
{
    readonly byte[] _text = Encoding.ASCII.GetBytes(text);
    readonly decimal? _number = Numbers.Parse(Encoding.ASCII.GetBytes(text));

    public override bool Matches(ReadOnlySpan<byte> value, MatchScratch scratch) =>
        value.SequenceEqual(_text) || (_number is { } number && Numbers.Parse(value) == number);

    // Every spelling that Numbers.Parse takes for the same whole number has its digits side by side.
    public override IEnumerable<string> Literals =>
        _number is { } number && number == decimal.Truncate(number) ? [decimal.Truncate(Math.Abs(number)).ToString(CultureInfo.InvariantCulture)] : [];
}

enum Comparison
{
    Equal,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
}

sealed class CompareTest(Comparison comparison, decimal bound) : ValueTest
{
    public override bool Matches(ReadOnlySpan<byte> value, MatchScratch scratch) =>
        Numbers.Parse(value) is { } number && Numbers.Holds(comparison, number, bound);
}

static class Numbers
{
    /// <summary>Reads sign, digits and a point; null for anything else, exponents and thousands signs among it.</summary>
    public static decimal? Parse(ReadOnlySpan<byte> value) =>
        decimal.TryParse(value, NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out decimal number) ? number : null;

    public static bool Holds(Comparison comparison, decimal number, decimal bound) => comparison switch
    {
        Comparison.Equal => number == bound,
        Comparison.Less => number < bound,
        Comparison.LessOrEqual => number <= bound,
        Comparison.Greater => number > bound,
        _ => number >= bound,
    };
}

enum TimePart
{
    Minute,
    Hour,
    Day,
    Week,
    Month,
    Year,
}

/// <summary>A part of a time of day or date, in UTC.</summary>
sealed class TimePartTest(TimePart part, Comparison comparison, decimal bound) : ValueTest
{
    public override bool Matches(ReadOnlySpan<byte> value, MatchScratch scratch)
    {
        const DateTimeStyles Utc = DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal;
        if (!DateTime.TryParse(scratch.Decode(value), CultureInfo.InvariantCulture, Utc, out DateTime time)) return false;

        int number = part switch
        {
            TimePart.Minute => time.Minute,
            TimePart.Hour => time.Hour,
            TimePart.Day => time.Day,
            TimePart.Week => ISOWeek.GetWeekOfYear(time),
            TimePart.Month => time.Month,
            _ => time.Year,
        };
        return Numbers.Holds(comparison, number, bound);
    }
}

/// <summary>Not a test of a value: whether the field is empty. Compiled apart.</summary>
sealed class NullTest : ValueTest
{
    public override bool Matches(ReadOnlySpan<byte> value, MatchScratch scratch) => value is [] or [(byte)'-'];
}

/// <summary>Not a test of a value: whether the field is there. Compiled apart.</summary>
sealed class ExistsTest(bool wanted) : ValueTest
{
    public bool Wanted => wanted;

    public override bool Matches(ReadOnlySpan<byte> value, MatchScratch scratch) => wanted;
}

/// <summary>Compares with another field of the same record. Compiled apart, because it needs the record.</summary>
sealed class FieldReferenceTest(string otherField, bool openStart, bool openEnd, bool cased) : ValueTest
{
    public string OtherField => otherField;

    public override bool Matches(ReadOnlySpan<byte> value, MatchScratch scratch) => throw new InvalidOperationException("Needs the other value.");

    public bool Matches(ReadOnlySpan<byte> value, ReadOnlySpan<byte> other, MatchScratch scratch)
    {
        if (value.IsEmpty || other.IsEmpty) return false;
        if (cased) return Same(value, other);
        if (Ascii.IsValid(value) && Ascii.IsValid(other)) return SameInAscii(value, other);

        // Two folded values at once would need two buffers; this path is for the odd non-ASCII pair of names.
        return Same(scratch.Fold(value).ToArray(), scratch.Fold(other));
    }

    bool Same(ReadOnlySpan<byte> value, ReadOnlySpan<byte> other) => (openStart, openEnd) switch
    {
        (true, true) => value.IndexOf(other) >= 0,
        (true, false) => value.EndsWith(other),
        (false, true) => value.StartsWith(other),
        _ => value.SequenceEqual(other),
    };

    bool SameInAscii(ReadOnlySpan<byte> value, ReadOnlySpan<byte> other)
    {
        if (value.Length < other.Length) return false;
        if (!openStart) return (openEnd || value.Length == other.Length) && Ascii.EqualsIgnoreCase(value[..other.Length], other);
        if (!openEnd) return Ascii.EqualsIgnoreCase(value[^other.Length..], other);
        for (int at = 0; at + other.Length <= value.Length; at++)
        {
            if (Ascii.EqualsIgnoreCase(value.Slice(at, other.Length), other)) return true;
        }

        return false;
    }
}
