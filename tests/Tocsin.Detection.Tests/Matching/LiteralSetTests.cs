using System.Text;
using CsCheck;
using Tocsin.Detection.Matching;

namespace Tocsin.Detection.Tests.Matching;

public class LiteralSetTests
{
    [Fact]
    public void Finds_what_a_plain_search_finds_whatever_the_case_and_the_place()
    {
        // A small alphabet makes near misses and overlaps common; lengths run over the vector widths.
        Gen<byte[]> text = OneOf("abAB%/._").Array[0, 300];
        Gen<byte[]> literal = OneOf("abAB%/._\u00E4").Array[1, 9];
        int found = 0;
        Gen.Select(text, literal.Array[1, 40], Gen.Int[0, 80]).Sample((haystack, literals, from) =>
        {
            var set = new LiteralSet(literals);
            from = Math.Min(from, haystack.Length);
            int expected = Enumerable.Range(from, haystack.Length - from).FirstOrDefault(i => literals.Any(l => StandsAt(haystack, l, i)), -1);
            int actual = set.Find(haystack, from);
            // The first hit by fingerprint need not begin first, but it must be a hit, and none may be missed.
            Assert.Equal(expected < 0, actual < 0);
            if (actual >= 0) Assert.Contains(literals, l => StandsAt(haystack, l, actual));
            if (actual >= 0) Interlocked.Increment(ref found);

            ulong[] bits = new ulong[(literals.Length + 63) / 64];
            set.Collect(haystack, bits);
            for (int i = 0; i < literals.Length; i++)
            {
                bool occurs = Enumerable.Range(0, haystack.Length).Any(p => StandsAt(haystack, literals[i], p));
                Assert.Equal(occurs, (bits[i / 64] >> (i % 64) & 1) == 1);
            }
        }, iter: 5_000);
        Assert.True(found > 1_000, "The generator must make hits as well as misses.");
    }

    [Fact]
    public void Refuses_an_empty_literal() => Assert.Throws<ArgumentException>(() => new LiteralSet([[]]));

    static bool StandsAt(byte[] text, byte[] literal, int at) =>
        at + literal.Length <= text.Length && Ascii.ToLower(text.AsSpan(at, literal.Length)) == Ascii.ToLower(literal);

    static Gen<byte> OneOf(string alphabet) => Gen.Int[0, alphabet.Length - 1].Select(i => (byte)alphabet[i]);

    static class Ascii
    {
        public static string ToLower(ReadOnlySpan<byte> bytes) => Encoding.Latin1.GetString(bytes) is var s ? string.Concat(s.Select(c => c is >= 'A' and <= 'Z' ? (char)(c | 32) : c)) : "";
    }
}
