using System.Text.RegularExpressions;

namespace Tocsin.Detection.Sigma;

/// <summary>A regular expression, case-sensitive unless <c>i</c> was asked for, as Sigma has it.</summary>
/// <remarks>
/// Compiled to the engine without backtracking, whose time is linear, wherever the expression allows it. Expressions with
/// look-around or back references run with a time limit, because the evidence chooses the text they run on.
/// </remarks>
sealed class RegexTest : ValueTest
{
    /// <summary>A value longer than this is cut: 4 MB of hostile text for each of 200 expressions would hold up the scan.</summary>
    const int MaxLength = 1 << 20;

    /// <summary>With backtracking, time may grow with the square of the length and worse.</summary>
    const int MaxLengthBacktracking = 1 << 15;

    static readonly TimeSpan TimeLimit = TimeSpan.FromSeconds(1);

    readonly Regex _regex;
    readonly int _maxLength;

    /// <exception cref="ArgumentException">The expression is not one.</exception>
    public RegexTest(string pattern, bool ignoreCase, bool multiline, bool singleline)
    {
        RegexOptions options = RegexOptions.CultureInvariant
            | (ignoreCase ? RegexOptions.IgnoreCase : 0)
            | (multiline ? RegexOptions.Multiline : 0)
            | (singleline ? RegexOptions.Singleline : 0);
        Literals = RegexLiterals.Of(pattern, ignoreCase);
        try
        {
            _regex = new(pattern, options | RegexOptions.NonBacktracking);
            _maxLength = MaxLength;
        }
        catch (NotSupportedException)
        {
            _regex = new(pattern, options, TimeLimit);
            _maxLength = MaxLengthBacktracking;
        }
    }

    public override IEnumerable<string> Literals { get; }

    public override bool Matches(ReadOnlySpan<byte> value, MatchScratch scratch)
    {
        ReadOnlySpan<char> text = scratch.Decode(value);
        if (text.Length > _maxLength)
        {
            text = text[.._maxLength];
            scratch.RegexesAbandoned++;
        }

        try
        {
            return _regex.IsMatch(text);
        }
        catch (RegexMatchTimeoutException)
        {
            scratch.RegexesAbandoned++;
            return false;
        }
    }
}
