namespace Tocsin.Detection.Sigma;

/// <summary>Where in a value a needle stands.</summary>
enum NeedleAnchor
{
    Anywhere,

    /// <summary>It is the whole value.</summary>
    Whole,

    /// <summary>It is what stands behind the last backslash: the name of a file or a registry value.</summary>
    Name,
}

/// <summary>A text that stands in every value which satisfies a test.</summary>
/// <param name="Text">Bytes, one a character; ASCII letters are small.</param>
/// <param name="Anchor">Where.</param>
readonly record struct Needle(string Text, NeedleAnchor Anchor)
{
    /// <summary>Longer ones tell no more.</summary>
    const int MaxLength = 32;

    /// <summary>What stands in nearly every path and command.</summary>
    static readonly string[] Everyday =
    [
        @"c:\program files (x86)\", @"c:\program files\", @"c:\windows\system32\", @"c:\windows\syswow64\", @"\windows\system32\", @"\windows\syswow64\", @"c:\windows\",
        @"\windows\", @"\appdata\local\temp\", @"\appdata\local\", @"\appdata\roaming\", @"\appdata\", @"c:\users\", @"\users\", @"\temp\", @"\software\microsoft\windows\currentversion\",
        @"\software\microsoft\", @"hklm\system\currentcontrolset\services\", @"\currentcontrolset\", @"\system\", @"\services\", @"c:\", ".exe", ".dll", "microsoft", "windows", "http", "nt authority", "system32",
    ];

    /// <summary>Programs of which a healthy server starts many.</summary>
    static readonly HashSet<string> Busy = new(StringComparer.Ordinal)
    {
        "svchost.exe", "cmd.exe", "powershell.exe", "conhost.exe", "explorer.exe", "services.exe", "rundll32.exe", "w3wp.exe", "wmiprvse.exe", "msiexec.exe", "taskhostw.exe", "dllhost.exe",
        "chrome.exe", "msedge.exe", "lsass.exe", "pwsh.exe", "true", "false", "system", "microsoft corporation", "medium", "high", "3", "5", "kerberos", "ntlm",
    };

    /// <summary>The needles out of an ASCII text, cut to what can be searched; null if it tells nothing.</summary>
    public static Needle? Of(string text, NeedleAnchor anchor)
    {
        if (anchor != NeedleAnchor.Anywhere) return text.Length == 0 ? null : new(text, anchor);
        if (text.Length < Matching.GramIndex.MinLength) return null;
        return new(text.Length > MaxLength ? text[^MaxLength..] : text, anchor);
    }

    /// <summary>How often values hold it by chance. A guess; only its order matters.</summary>
    public double Cost
    {
        get
        {
            if (Anchor != NeedleAnchor.Anywhere) return Busy.Contains(Text) ? 60 : 3;
            if (Text.AsSpan().ContainsAnyInRange((char)128, (char)255)) return 0.1;
            string rest = Text;
            foreach (string everyday in Everyday) rest = rest.Replace(everyday, "", StringComparison.Ordinal);
            return 4000 / Math.Pow(2, Math.Min(rest.Length, 10));
        }
    }
}

/// <summary>Needles, each in a field, of which one is found whenever a condition holds; and how often one is found by chance.</summary>
/// <param name="Places">Field indexes, or <see cref="Line"/>; with the needles sought there.</param>
/// <param name="Cost">The sum.</param>
sealed record NeedleChoice(HashSet<(int Field, Needle Needle)> Places, double Cost)
{
    /// <summary>Instead of a field: the text of the record and every field of it.</summary>
    public const int Line = -1;

    /// <summary>The alternatives joined; null if one of them can hold without any needle.</summary>
    /// <param name="parts">The parts.</param>
    /// <param name="needed">How many of them hold when the whole holds: all but needed − 1 of them may be left out of account.</param>
    public static NeedleChoice? Join(IEnumerable<NeedleChoice?> parts, int needed)
    {
        NeedleChoice?[] all = [.. parts];
        if (all.Length == 1) return all[0];
        int kept = all.Length - (needed - 1);
        if (kept <= 0) return null;
        if (needed > 1) Array.Sort(all, (a, b) => (a?.Cost ?? double.PositiveInfinity).CompareTo(b?.Cost ?? double.PositiveInfinity));
        if (kept == 1) return all[0];
        var places = new HashSet<(int, Needle)>();
        double cost = 0;
        foreach (NeedleChoice? part in all.AsSpan(0, kept))
        {
            if (part is null) return null;
            places.UnionWith(part.Places);
            cost += part.Cost;
        }

        return new(places, cost);
    }
}
