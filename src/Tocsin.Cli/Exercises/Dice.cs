using System.Globalization;

namespace Tocsin.Cli.Exercises;

/// <summary>splitmix64 (Steele, Lea and Flood, 2014): the same numbers from the same start, in every version of the runtime.</summary>
/// <remarks>A value type: a copy repeats what the original would have given. Fit for making traffic up, not for secrets.</remarks>
internal struct Dice(ulong state)
{
    /// <summary>The step of the sequence: 2^64 divided by the golden ratio.</summary>
    public const ulong Step = 0x9E3779B97F4A7C15;

    ulong _state = state;

    /// <summary>Dice of their own for a named purpose, so that one file's draws never move another's.</summary>
    public static Dice For(ulong seed, string purpose, long number = 0)
    {
        ulong hash = 14695981039346656037;
        foreach (char c in purpose) hash = (hash ^ c) * 1099511628211;
        return new(Mix(Mix(seed + Step) ^ hash) + Mix((ulong)number + Step));
    }

    /// <summary>Scatters 64 bits over 64 bits, one to one.</summary>
    public static ulong Mix(ulong bits)
    {
        bits = (bits ^ (bits >> 30)) * 0xBF58476D1CE4E5B9;
        bits = (bits ^ (bits >> 27)) * 0x94D049BB133111EB;
        return bits ^ (bits >> 31);
    }

    public ulong Next() => Mix(_state += Step);

    /// <summary>A number from 0 to below <paramref name="limit"/>.</summary>
    public int Below(int limit) => (int)(((Next() >> 32) * (ulong)limit) >> 32);

    /// <summary>A number within both ends.</summary>
    public int Between(int low, int high) => low + Below(high - low + 1);

    public bool Chance(int percent) => Below(100) < percent;

    public T Pick<T>(ReadOnlySpan<T> from) => from[Below(from.Length)];

    /// <summary>A random (version 4) identifier in its usual form.</summary>
    public string Guid()
    {
        string hex = Hex(32);
        return $"{hex[..8]}-{hex[8..12]}-4{hex[13..16]}-a{hex[17..20]}-{hex[20..]}";
    }

    /// <summary>Lower-case hexadecimal digits, at most 32 of them.</summary>
    public string Hex(int digits) =>
        (Next().ToString("x16", CultureInfo.InvariantCulture) + Next().ToString("x16", CultureInfo.InvariantCulture))[..digits];

    /// <summary>Characters of base64url, as canaries and tokens have them.</summary>
    public string Letters(int count)
    {
        const string alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
        Dice dice = new(Next());
        return string.Create(count, dice, static (text, dice) =>
        {
            for (int i = 0; i < text.Length; i++) text[i] = alphabet[dice.Below(alphabet.Length)];
        });
    }
}
