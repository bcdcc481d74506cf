using System.Text;
using System.Text.RegularExpressions;

namespace Tocsin.Detection.Sigma;

/// <summary>A regular expression, case-sensitive unless <c>i</c> was asked for, as Sigma has it.</summary>
/// <remarks>
/// The evidence chooses the text that an expression runs on. The engine with backtracking is the faster one on ordinary text
/// and has no bound on hostile text, so it runs under a short time limit; whenever it is stopped, the engine without
/// backtracking, whose time is linear, decides, and an expression that was stopped a few times is left to that engine
/// altogether. Both give the same answer. Expressions with look-around or back references have no linear form: they are
/// given up on where they are stopped, and no longer tried after the same few times.
/// </remarks>
sealed class RegexTest : ValueTest
{
    /// <summary>A value longer than this is cut: 4 MB of hostile text for each of 200 expressions would hold up the scan.</summary>
    const int MaxLength = 1 << 20;

    /// <summary>Without a linear form, time may grow with the square of the length and worse.</summary>
    const int MaxLengthBacktracking = 1 << 15;

    /// <summary>How often an expression may be stopped: each stop costs the limit, and hostile evidence can provoke one with every record.</summary>
    const int MaxStops = 8;

    static readonly TimeSpan TimeLimit = TimeSpan.FromMilliseconds(50);
    static readonly TimeSpan TimeLimitWithoutLinearForm = TimeSpan.FromSeconds(1);

    readonly TextPattern? _needed;
    readonly Regex _regex;
    readonly Lazy<Regex?> _linear;
    int _stops;

    /// <exception cref="ArgumentException">The expression is not one.</exception>
    public RegexTest(string pattern, bool ignoreCase, bool multiline, bool singleline)
    {
        RegexOptions options = RegexOptions.CultureInvariant
            | (ignoreCase ? RegexOptions.IgnoreCase : 0)
            | (multiline ? RegexOptions.Multiline : 0)
            | (singleline ? RegexOptions.Singleline : 0);
        string[] literals = RegexLiterals.Of(pattern, ignoreCase);
        Literals = literals;
        PatternPart any = new(PartKind.AnyRun, []);
        _needed = literals.Length == 0 ? null : new([any, .. literals.SelectMany(l => new[] { new(PartKind.Literal, Encoding.ASCII.GetBytes(l)), any })], CaseMode.Ascii);
        bool mayLackLinearForm = HasLookOrReference(pattern);
        _linear = new(() => Linear(pattern, options));
        _regex = new(pattern, options, mayLackLinearForm && _linear.Value is null ? TimeLimitWithoutLinearForm : TimeLimit);
    }

    // (?= (?! (?<= (?<! (?> (?( and \1 … \9, \k: what the linear engine may refuse. Asking it costs more than all the rest of loading a rule.
    static bool HasLookOrReference(string pattern)
    {
        for (int i = 0; i + 1 < pattern.Length; i++)
        {
            if (pattern[i] == '\\')
            {
                if (pattern[++i] is (>= '1' and <= '9') or 'k' or 'G') return true;
            }
            else if (pattern[i] == '(' && pattern[i + 1] == '?' && i + 2 < pattern.Length && pattern[i + 2] is not (':' or 'i' or 'm' or 's' or '-' or 'n')) return true;
        }

        return false;
    }

    static Regex? Linear(string pattern, RegexOptions options)
    {
        try
        {
            return new(pattern, options | RegexOptions.NonBacktracking);
        }
        catch (NotSupportedException)
        {
            return null;
        }
    }

    public override IEnumerable<string> Literals { get; }

    public override bool Matches(ReadOnlySpan<byte> value, MatchScratch scratch)
    {
        // Its texts stand in every match one behind the other: cheaper to find missing than the expression is to fail.
        if (_needed is not null && !_needed.Matches(value, scratch)) return false;

        ReadOnlySpan<char> text = scratch.Decode(value);
        if (_stops < MaxStops)
        {
            int maxLength = _regex.MatchTimeout == TimeLimit ? MaxLength : MaxLengthBacktracking;
            if (text.Length > maxLength)
            {
                text = text[..maxLength];
                scratch.RegexesAbandoned++;
            }

            try
            {
                return _regex.IsMatch(text);
            }
            catch (RegexMatchTimeoutException)
            {
                Interlocked.Increment(ref _stops);
            }
        }

        if (_linear.Value is { } linear) return linear.IsMatch(text.Length > MaxLength ? text[..MaxLength] : text);
        scratch.RegexesAbandoned++;
        return false;
    }
}
