using System.Buffers;
using System.Numerics;
using System.Runtime.InteropServices;
using Tocsin.Detection.Matching;
using Tocsin.Evidence.Records;

namespace Tocsin.Detection.Sigma;

/// <summary>Looks for words in the bytes of an event that has not been rendered. Immutable; safe to share between threads.</summary>
/// <remarks>
/// One rule that looks for words anywhere would otherwise have every event of a log written out as text. UTF-16 is looked through
/// with the upper byte of each unit left out, at both places where it may begin: that lets some more pass, and withholds nothing
/// but a word that only the writing made, from the letter of an escape: <c>news</c> in a value that has a line end before <c>ews</c>.
/// </remarks>
sealed class WordFilter : IWordFilter
{
    // What numbers, identifiers, times and bytes are written with: such a word may be the text of a value that is none in the bytes.
    static readonly SearchValues<char> ValueSigns = SearchValues.Create("0123456789abcdefx{}-:.+stz");

    // What values are written as that stand in the bytes otherwise, and the names that only the writing has.
    static readonly string[] ValueWords = ["true", "false", "nan", "infinity", "null", "attributes", "text"];

    // What the writing of an event as text puts between and around values.
    static readonly SearchValues<char> Markup = SearchValues.Create("\",{}[]#");

    readonly LiteralSet _words;

    WordFilter(LiteralSet words) => _words = words;

    /// <summary>A filter for the words; null where one of them may stand in an event's text without standing in its bytes.</summary>
    /// <param name="words">In lower case.</param>
    public static WordFilter? Of(IEnumerable<string> words)
    {
        string[] all = [.. words.Distinct(StringComparer.Ordinal)];
        return all.Length > 0 && all.All(StandsInBytes) ? new(new LiteralSet(LiteralChoice.ToBytes(all))) : null;
    }

    static bool StandsInBytes(string word) =>
        word.All(char.IsAscii) && !word.AsSpan().ContainsAny(Markup) && word.AsSpan().ContainsAnyExcept(ValueSigns)
        && !ValueWords.Any(v => v.Contains(word, StringComparison.Ordinal)) && !HasEscape(word) && !HasNumberedName(word);

    // A backslash is written as two, so that a word with one inside does not stand in the text as it does in the bytes; \n and the like are others.
    static bool HasEscape(string word) => word.LastIndexOf('\\') is var at && (at > 0 || at == 0 && word.Length > 1 && "nrtu\\".Contains(word[1]));

    // The second element of one name is written as Name_1.
    static bool HasNumberedName(string word)
    {
        for (int at = word.IndexOf('_'); at >= 0; at = word.IndexOf('_', at + 1))
        {
            if (at + 1 == word.Length || char.IsAsciiDigit(word[at + 1])) return true;
        }

        return false;
    }

    /// <inheritdoc />
    public bool MayHold(ReadOnlySpan<byte> bytes)
    {
        if (_words.Find(bytes, 0) >= 0) return true;
        byte[] letters = ArrayPool<byte>.Shared.Rent(bytes.Length / 2 + Vector<byte>.Count);
        bool may = _words.Find(Letters(bytes, letters), 0) >= 0 || bytes.Length > 1 && _words.Find(Letters(bytes[1..], letters), 0) >= 0;
        ArrayPool<byte>.Shared.Return(letters);
        return may;
    }

    static ReadOnlySpan<byte> Letters(ReadOnlySpan<byte> utf16, byte[] letters)
    {
        ReadOnlySpan<ushort> units = MemoryMarshal.Cast<byte, ushort>(utf16);
        int at = 0;
        for (; at <= units.Length - 2 * Vector<ushort>.Count; at += 2 * Vector<ushort>.Count)
        {
            Vector.Narrow(new Vector<ushort>(units[at..]), new Vector<ushort>(units[(at + Vector<ushort>.Count)..])).CopyTo(letters, at);
        }

        for (; at < units.Length; at++) letters[at] = (byte)units[at];
        return letters.AsSpan(0, units.Length);
    }
}
