using System.Buffers;
using System.Numerics;
using System.Runtime.InteropServices;
using System.Text;
using Tocsin.Detection.Matching;
using Tocsin.Evidence.Records;

namespace Tocsin.Detection.Sigma;

/// <summary>Looks for words in the bytes of an event that has not been rendered. Immutable; safe to share between threads.</summary>
/// <remarks>
/// One rule that looks for words anywhere would otherwise have every event of a log written out as text. UTF-16 is looked through
/// with the upper byte of each unit left out, at both places where it may begin: that lets some more pass, and withholds nothing.
/// </remarks>
sealed class WordFilter : IWordFilter
{
    // What numbers, identifiers, times and bytes are written with: such a word may be the text of a value that is none in the bytes.
    static readonly SearchValues<char> ValueSigns = SearchValues.Create("0123456789abcdefx{}-:.+stz");

    static readonly string[] ValueWords = ["true", "false", "nan", "infinity"];

    static readonly int[][] One = [[0]];

    readonly GramIndex _words;

    WordFilter(GramIndex words) => _words = words;

    /// <summary>A filter for the words; null where one of them may stand in an event without standing in its bytes.</summary>
    public static WordFilter? Of(IEnumerable<string> words)
    {
        string[] all = [.. words.Distinct(StringComparer.Ordinal)];
        bool isText = all.Length > 0 && all.All(w => w.All(char.IsAscii) && w.AsSpan().ContainsAnyExcept(ValueSigns) && !ValueWords.Any(v => v.Contains(w, StringComparison.Ordinal)));
        return isText ? new(new GramIndex(all.Select(w => (Encoding.ASCII.GetBytes(w), 0)))) : null;
    }

    /// <inheritdoc />
    public bool MayHold(ReadOnlySpan<byte> bytes)
    {
        Span<ulong> found = [0];
        _words.Collect(bytes, One, found);
        if (found[0] != 0) return true;
        byte[] letters = ArrayPool<byte>.Shared.Rent(bytes.Length / 2 + Vector<byte>.Count);
        for (int from = 0; from < 2 && found[0] == 0 && from < bytes.Length; from++) _words.Collect(Letters(bytes[from..], letters), One, found);
        ArrayPool<byte>.Shared.Return(letters);
        return found[0] != 0;
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
