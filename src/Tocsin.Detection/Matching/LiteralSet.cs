namespace Tocsin.Detection.Matching;

/// <summary>Finds which of many texts occur in another, ASCII letters without regard to case. Immutable; safe to share between threads.</summary>
public sealed class LiteralSet
{
    readonly byte[][] _literals;
    readonly int[][] _byPair = new int[1 << 16][];
    readonly int[] _single;

    /// <summary>Takes the texts; their bits in <see cref="Collect"/> are their indexes. None may be empty.</summary>
    public LiteralSet(IReadOnlyList<byte[]> literals)
    {
        _literals = [.. literals.Select(l => l.Select(Lower).ToArray())];
        if (_literals.Any(l => l.Length == 0)) throw new ArgumentException("A literal is empty.", nameof(literals));

        _single = [.. Enumerable.Range(0, _literals.Length).Where(i => _literals[i].Length == 1)];
        foreach (IGrouping<int, int> group in Enumerable.Range(0, _literals.Length).Where(i => _literals[i].Length > 1).GroupBy(i => Pair(_literals[i][0], _literals[i][1])))
        {
            _byPair[group.Key] = [.. group];
        }
    }

    /// <summary>Where the next occurrence of any literal begins, at or after <paramref name="from"/>; or -1.</summary>
    public int Find(ReadOnlySpan<byte> text, int from)
    {
        for (int at = from; at < text.Length; at++)
        {
            foreach (int literal in Candidates(text, at))
            {
                if (StandsAt(text, at, literal)) return at;
            }

            foreach (int literal in _single)
            {
                if (StandsAt(text, at, literal)) return at;
            }
        }

        return -1;
    }

    /// <summary>Sets the bit of every literal that occurs; leaves the others.</summary>
    public void Collect(ReadOnlySpan<byte> line, Span<ulong> found)
    {
        for (int at = 0; at < line.Length; at++)
        {
            foreach (int literal in Candidates(line, at))
            {
                if (StandsAt(line, at, literal)) found[literal >> 6] |= 1UL << literal;
            }

            foreach (int literal in _single)
            {
                if (StandsAt(line, at, literal)) found[literal >> 6] |= 1UL << literal;
            }
        }
    }

    int[] Candidates(ReadOnlySpan<byte> text, int at) => at + 1 < text.Length ? _byPair[Pair(Lower(text[at]), Lower(text[at + 1]))] ?? [] : [];

    bool StandsAt(ReadOnlySpan<byte> text, int at, int literal)
    {
        byte[] wanted = _literals[literal];
        if (text.Length - at < wanted.Length) return false;
        for (int i = 0; i < wanted.Length; i++)
        {
            if (Lower(text[at + i]) != wanted[i]) return false;
        }

        return true;
    }

    static int Pair(byte first, byte second) => first << 8 | second;

    static byte Lower(byte b) => b is >= (byte)'A' and <= (byte)'Z' ? (byte)(b + 32) : b;
}
