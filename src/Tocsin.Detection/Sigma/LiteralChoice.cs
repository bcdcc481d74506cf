using System.Text;

namespace Tocsin.Detection.Sigma;

/// <summary>Where the texts of a rule are looked for, which decides what they may be made of.</summary>
enum LiteralReach
{
    /// <summary>The raw line, in whatever way its format writes signs.</summary>
    Line,

    /// <summary>The raw line, which may hold an address with signs %-encoded; <see cref="EncodedText"/> watches for letters that are.</summary>
    Address,
}

/// <summary>Texts of which at least one stands in the raw line whenever a rule matches; and how often lines hold one by chance.</summary>
/// <param name="Texts">Lower case ASCII.</param>
/// <param name="Cost">A guess; only its order matters.</param>
/// <param name="Alternatives">All that is known: one of the alternatives holds, and in it every group has a text in the line.</param>
sealed record LiteralChoice(HashSet<string> Texts, double Cost, LiteralChoice.Group[][] Alternatives)
{
    /// <summary>Bounds what is kept to confirm a line; leaving out a group or an alternative's detail is safe, only slower.</summary>
    const int MaxAlternatives = 32;
    const int MaxGroups = 4;

    /// <summary>Texts of which one stands in the line.</summary>
    public sealed record Group(HashSet<string> Texts, double Cost);

    LiteralChoice(HashSet<string> texts, double cost)
        : this(texts, cost, [[new Group(texts, cost)]]) { }

    /// <summary>Shorter texts are in too many lines to tell anything.</summary>
    const int MinLength = 3;

    /// <summary>Longer ones tell no more.</summary>
    const int MaxLength = 24;

    /// <summary>Words that stand in nearly every line of a web, mail or event log: no better than no text at all.</summary>
    static readonly string[] Everywhere =
    [
        "get", "post", "http", "https", "mozilla", "windows", "microsoft", "200", "443", "444", "500", "401", "null", "true", "false", "http/1.1", "http/2",
    ];

    /// <summary>Words that honest lines of Exchange and IIS logs are full of.</summary>
    static readonly string[] Frequent =
    [
        "owa", "auth", "ecp", "mapi", "ews", "exchange", "autodiscover", "autodiscover.json", "autodiscover.xml", "powershell", "server-activesync",
        "rpc", "oab", "aspx", "ashx", ".aspx", ".asmx", ".js", ".css", ".svc", ".png", ".gif", "current", "themes", "resources", "emsmdb", "nspi", "default", "logon",
        "version", "prem", "script", "scripts", "styles", "images", "service.svc", "action", "user", "users", "deviceid", "devicetype", "cmd", "sync", "ping",
        "mailbox", "mailboxid", "application", "outlook", "chrome", "safari", "gecko", "applewebkit", "khtml", "win64", "system", "system32", "program", "files",
        "program files", "operational", "security", "sysmon", "level", "event", "eventid", "channel", "provider", "process", "appdata", "local", "temp",
        "anonymous", "localhost", "healthmailbox", "monitoring", "com", ".com", "net", "org", "www", "api", "login", "json", "xml", "html", "test", "data",
        "default.aspx", "error", "url", "uri", "type", "name", "path", "code", "token", "session", "client", "server", "host", "302", "304", "404", "403", "207", "301",
        ".exe", "exe", "cmd.exe", "powershell.exe", "svchost.exe", ".dll",
        "compatible", "like", "linux", "x11", "x86_64", "android", "mobile", "iphone", "trident", ".html", "search", "password", "project", "projects",
        "command", "manager", "console", "portal", "calendar", "connection", "reference", "icons", "index.php", "upload", "download", "java", "lower", "upper",
        "/owa/", "/ecp/", "/ews/", "/mapi/", "/rpc/", "/oab/", "/autodiscover/", "/powershell/", "/owa/auth/", ".aspx?", ".js?", "%20", "%5c", "%40", "%2f",
        "fetch", "position", "root", "software", "currentversion", "services", "parameters", "device", "public", "startup", "program files (x86)",
    ];

    /// <summary>The alternatives joined; null if one of them can match without any text.</summary>
    /// <param name="parts">The parts.</param>
    /// <param name="needed">How many of them hold when the whole holds: all but needed − 1 of them may be left out of account.</param>
    public static LiteralChoice? Join(IEnumerable<LiteralChoice?> parts, int needed)
    {
        LiteralChoice?[] sorted = [.. parts.OrderBy(p => p?.Cost ?? double.PositiveInfinity)];
        int kept = sorted.Length - (needed - 1);
        var texts = new HashSet<string>(StringComparer.Ordinal);
        double cost = 0;
        foreach (LiteralChoice? part in sorted.Take(kept))
        {
            if (part is null) return null;
            texts.UnionWith(part.Texts);
            cost += part.Cost;
        }

        if (kept <= 0) return null;
        if (kept == 1) return new(texts, cost, Together([.. sorted.OfType<LiteralChoice>()]));
        Group[][] either = [.. sorted.Take(kept).SelectMany(p => p!.Alternatives)];
        return either.Length <= MaxAlternatives ? new(texts, cost, either) : new(texts, cost);
    }

    // All parts hold: each alternative of one with each of the next, as far as that stays small.
    static Group[][] Together(LiteralChoice[] parts)
    {
        Group[][] together = parts[0].Alternatives;
        foreach (LiteralChoice part in parts.Skip(1))
        {
            if (together.Length * part.Alternatives.Length > MaxAlternatives) continue;
            together = [.. together.SelectMany(a => part.Alternatives.Select(b => a.Concat(b).OrderBy(g => g.Cost).Take(MaxGroups).ToArray()))];
        }

        return together;
    }

    /// <summary>The best text out of texts that all stand in the value of a field.</summary>
    /// <param name="texts">ASCII and other text, in any case.</param>
    /// <param name="reach">Where the text will be looked for.</param>
    public static LiteralChoice? Best(IEnumerable<string> texts, LiteralReach reach)
    {
        LiteralChoice[] parts = [.. texts.Select(t => BestOf(t.ToLowerInvariant(), reach)).OfType<LiteralChoice>().OrderBy(c => c.Cost).Take(MaxGroups)];
        return parts.Length == 0 ? null : parts[0] with { Alternatives = Together(parts) };
    }

    static LiteralChoice? BestOf(string text, LiteralReach reach)
    {
        IEnumerable<string> runs = Runs(text, reach == LiteralReach.Address);
        IEnumerable<LiteralChoice?> choices = runs.Where(r => r.Length >= MinLength).Select(One);
        if (reach == LiteralReach.Address) choices = choices.Concat(Stretches(text));
        return choices.OfType<LiteralChoice>().MinBy(c => c.Cost);
    }

    /// <summary>The parts of a text that are ASCII.</summary>
    public static IEnumerable<string> AsciiRuns(string text) => Ascii.IsValid(text) ? [text] : new string([.. text.Select(c => char.IsAscii(c) ? c : '\u0080')]).Split('\u0080');

    /// <summary>Runs of letters, digits, points, dashes, underscores and tildes.</summary>
    /// <remarks>
    /// These are what URL encoders leave alone, JSON and XML and CSV write as they are, and no reader turns into something
    /// else. Whoever encodes one of them nevertheless, or a percent sign, is watched for by <see cref="EncodedText"/>.
    /// </remarks>
    static IEnumerable<string> Runs(string text, bool withPercent)
    {
        int start = 0;
        for (int i = 0; i <= text.Length; i++)
        {
            if (i < text.Length && ((withPercent && text[i] == '%') || EncodedText.IsUnreserved((byte)Math.Min(text[i], (char)255)))) continue;
            if (i > start) yield return text[start..i];
            start = i + 1;
        }
    }

    static LiteralChoice? One(string run)
    {
        if (Array.Exists(Everywhere, word => word.Contains(run, StringComparison.Ordinal))) return null;

        // Digits alone stand in every time and every size.
        bool digits = !run.AsSpan().ContainsAnyExceptInRange('0', '9');
        return new([run], CostOf(run) * (digits ? 8 : 1));
    }

    static double CostOf(string run)
    {
        double cost = 4000 / Math.Pow(2, Math.Min(run.Length, 10));
        return Array.Exists(Frequent, word => word.Contains(run, StringComparison.Ordinal)) ? cost + 1000 : cost;
    }

    /// <summary>Stretches with a few signs, such as <c>/ecp/</c>, <c>=net+user</c> or <c>={{</c>, in each way in which an address may hold them.</summary>
    static IEnumerable<LiteralChoice> Stretches(string text)
    {
        for (int start = 0; start < text.Length; start++)
        {
            int signs = 0;
            int end = start;
            while (end < text.Length && end - start < MaxLength && (IsPlain(text[end]) || (IsSign(text[end]) && (signs < 2 || end - start < 3))))
            {
                if (!IsPlain(text[end++])) signs++;
            }

            // Each sign doubles the spellings. Two characters tell little, but more than none.
            if (signs == 0 || end - start < 2) continue;
            string stretch = text[start..end];
            yield return new([.. Spellings(stretch)], CostOf(stretch) * Math.Pow(2, signs) + (stretch.Length == 2 ? 2000 : 0));
        }
    }

    static IEnumerable<string> Spellings(string text)
    {
        IEnumerable<string> spellings = [""];
        foreach (char c in text)
        {
            string[] forms = IsPlain(c) ? [c.ToString()] : [c.ToString(), $"%{(int)c:x2}"];
            spellings = spellings.SelectMany(head => forms.Select(tail => head + tail));
        }

        return spellings;
    }

    static bool IsPlain(char c) => c == '%' || (char.IsAscii(c) && EncodedText.IsUnreserved((byte)c));

    // Not the space, for which a plus sign may stand; not the quote, which CSV doubles; not the backslash, which
    // JSON does; not the question mark, where logs split the address and the reader joins it.
    static bool IsSign(char c) => c is > ' ' and < (char)127 and not ('"' or '\\' or '?');

    /// <summary>The texts as bytes, in an order that depends on nothing but themselves.</summary>
    public static byte[][] ToBytes(IEnumerable<string> texts) => [.. texts.Order(StringComparer.Ordinal).Select(Encoding.ASCII.GetBytes)];
}
