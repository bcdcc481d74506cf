using System.Numerics;
using System.Text;
using Tocsin.Detection.Matching;
using Tocsin.Evidence.Records;

namespace Tocsin.Detection.Sigma;

/// <summary>A rule, or a part of one, bound to the field indexes of a log source. Immutable.</summary>
abstract class RecordMatcher
{
    /// <summary>Whether the record satisfies it.</summary>
    public abstract bool Matches(in Record record, MatchScratch scratch);
}

sealed class AllMatcher(RecordMatcher[] parts) : RecordMatcher
{
    public override bool Matches(in Record record, MatchScratch scratch)
    {
        foreach (RecordMatcher part in parts)
        {
            if (!part.Matches(record, scratch)) return false;
        }

        return true;
    }
}

/// <summary>At least <paramref name="needed"/> of the parts.</summary>
sealed class CountMatcher(RecordMatcher[] parts, int needed) : RecordMatcher
{
    public override bool Matches(in Record record, MatchScratch scratch)
    {
        int found = 0;
        foreach (RecordMatcher part in parts)
        {
            if (part.Matches(record, scratch) && ++found == needed) return true;
        }

        return false;
    }
}

sealed class NotMatcher(RecordMatcher part) : RecordMatcher
{
    public override bool Matches(in Record record, MatchScratch scratch) => !part.Matches(record, scratch);
}

/// <summary>A field's index and how its values are read.</summary>
readonly record struct BoundPlace(int Field, FieldView View);

/// <summary>Some value in one of the places satisfies one of the tests.</summary>
sealed class FieldMatcher(BoundPlace[] places, ValueTest[] tests) : RecordMatcher
{
    // Rules against homoglyphs have thousands of signs that stand in hardly any value.
    readonly TestList _ordinary = new([.. tests.Where(t => !t.NeedsForeignLetters)]);
    readonly TestList _foreign = new([.. tests.Where(t => t.NeedsForeignLetters)]);

    public override bool Matches(in Record record, MatchScratch scratch)
    {
        foreach (BoundPlace place in places)
        {
            foreach (ReadOnlySpan<byte> value in record.Values(place.Field))
            {
                if (AnyMatches(place.View, value, scratch)) return true;
            }
        }

        return false;
    }

    bool AnyMatches(FieldView view, ReadOnlySpan<byte> value, MatchScratch scratch)
    {
        if (view == FieldView.Stem && value.IndexOf((byte)'?') is >= 0 and var mark) value = value[..mark];
        return Any(value, scratch) || view == FieldView.PlusAsSpace && value.Contains((byte)'+') && Any(scratch.PlusAsSpace(value), scratch);
    }

    bool Any(ReadOnlySpan<byte> value, MatchScratch scratch) =>
        _ordinary.AnyMatches(value, scratch) || !_foreign.IsEmpty && !Ascii.IsValid(value) && _foreign.AnyMatches(value, scratch);
}

/// <summary>Tests of which one must be satisfied. One pass over the value says which of a long list are worth trying. Immutable.</summary>
sealed class TestList
{
    /// <summary>So many tests cost about what the pass does.</summary>
    const int IndexedFrom = 6;

    /// <summary>More than fit on the stack are tried one by one.</summary>
    const int MaxIndexed = 4096;

    readonly ValueTest[] _tests;
    readonly GramIndex? _needles;
    readonly ValueTest[] _withNeedle = [];
    readonly int[][] _numbers = [];

    public TestList(ValueTest[] tests)
    {
        _tests = tests;
        (ValueTest Test, Needle Needle)[] indexed = [.. tests.Select(t => (Test: t, Needle: t.BestNeedle(anywhere: true))).Where(t => t.Needle is not null).Select(t => (t.Test, t.Needle!.Value))];
        if (indexed.Length is < IndexedFrom or > MaxIndexed) return;
        _tests = [.. tests.Where(t => t.BestNeedle(anywhere: true) is null)];
        _withNeedle = [.. indexed.Select(t => t.Test)];
        _numbers = [.. Enumerable.Range(0, indexed.Length).Select(i => new[] { i })];
        _needles = new(indexed.Select((t, i) => (Encoding.Latin1.GetBytes(t.Needle.Text), i)));
    }

    public bool IsEmpty => _tests.Length == 0 && _needles is null;

    public bool AnyMatches(ReadOnlySpan<byte> value, MatchScratch scratch)
    {
        foreach (ValueTest test in _tests)
        {
            if (test.Matches(value, scratch)) return true;
        }

        return _needles is not null && AnyWithNeedle(value, scratch);
    }

    bool AnyWithNeedle(ReadOnlySpan<byte> value, MatchScratch scratch)
    {
        Span<ulong> found = stackalloc ulong[(_withNeedle.Length + 63) / 64];
        found.Clear();
        _needles!.Collect(value, _numbers, found);
        for (int word = 0; word < found.Length; word++)
        {
            for (ulong bits = found[word]; bits != 0; bits &= bits - 1)
            {
                if (_withNeedle[word * 64 + BitOperations.TrailingZeroCount(bits)].Matches(value, scratch)) return true;
            }
        }

        return false;
    }
}

/// <summary>Every field is absent, empty or <c>-</c>.</summary>
sealed class NullMatcher(int[] fields) : RecordMatcher
{
    public override bool Matches(in Record record, MatchScratch scratch)
    {
        foreach (int field in fields)
        {
            foreach (ReadOnlySpan<byte> value in record.Values(field))
            {
                if (value is not ([] or [(byte)'-'])) return false;
            }
        }

        return true;
    }
}

/// <summary>Some field is there, be it empty. A lone <c>-</c> is how a log with fixed columns says that it is not.</summary>
sealed class ExistsMatcher(int[] fields, bool wanted) : RecordMatcher
{
    public override bool Matches(in Record record, MatchScratch scratch)
    {
        foreach (int field in fields)
        {
            foreach (ReadOnlySpan<byte> value in record.Values(field))
            {
                if (value is not [(byte)'-']) return wanted;
            }
        }

        return !wanted;
    }
}

/// <summary>A value of one field agrees with a value of another.</summary>
sealed class FieldReferenceMatcher(BoundPlace[] places, BoundPlace[] others, FieldReferenceTest test) : RecordMatcher
{
    public override bool Matches(in Record record, MatchScratch scratch)
    {
        foreach (BoundPlace place in places)
        {
            foreach (ReadOnlySpan<byte> value in record.Values(place.Field))
            {
                foreach (BoundPlace other in others)
                {
                    foreach (ReadOnlySpan<byte> second in record.Values(other.Field))
                    {
                        if (test.Matches(value, second, scratch)) return true;
                    }
                }
            }
        }

        return false;
    }
}

/// <summary>One of the tests is satisfied somewhere in the record: in the line as it is, or in a value that a reader made of it.</summary>
sealed class KeywordMatcher(ValueTest[] tests, int[] fields) : RecordMatcher
{
    public override bool Matches(in Record record, MatchScratch scratch)
    {
        foreach (ValueTest test in tests)
        {
            if (test.Matches(record.Line, scratch)) return true;
            foreach (int field in fields)
            {
                foreach (ReadOnlySpan<byte> value in record.Values(field))
                {
                    if (test.Matches(value, scratch)) return true;
                }
            }
        }

        return false;
    }
}
