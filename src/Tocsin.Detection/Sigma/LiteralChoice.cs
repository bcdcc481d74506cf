using System.Text;

namespace Tocsin.Detection.Sigma;

/// <summary>Texts of which at least one stands in the raw line whenever a rule matches; and how often lines hold one by chance.</summary>
/// <param name="Texts">Lower case ASCII.</param>
/// <param name="Cost">A guess; only its order matters.</param>
sealed record LiteralChoice(HashSet<string> Texts, double Cost)
{
    /// <summary>Shorter texts are in too many lines to tell anything.</summary>
    const int MinLength = 3;

    /// <summary>Words that stand in nearly every line of a web, mail or event log: no better than no text at all.</summary>
    static readonly string[] Everywhere =
    [
        "get", "post", "http", "https", "mozilla", "windows", "microsoft", "200", "443", "444", "500", "401", "null", "true", "false", "http/1.1", "http/2",
    ];

    /// <summary>Words that honest lines of Exchange and IIS logs are full of.</summary>
    static readonly string[] Frequent =
    [
        "owa", "auth", "ecp", "mapi", "ews", "exchange", "autodiscover", "autodiscover.json", "autodiscover.xml", "powershell", "server-activesync",
        "rpc", "oab", "aspx", "ashx", ".aspx", ".js", ".css", ".svc", ".png", ".gif", "current", "themes", "resources", "emsmdb", "nspi", "default", "logon",
        "version", "prem", "script", "scripts", "styles", "images", "service.svc", "action", "user", "users", "deviceid", "devicetype", "cmd", "sync", "ping",
        "mailbox", "mailboxid", "application", "outlook", "chrome", "safari", "gecko", "applewebkit", "khtml", "win64", "system", "system32", "program", "files",
        "program files", "operational", "security", "sysmon", "level", "event", "eventid", "channel", "provider", "process", "appdata", "local", "temp",
        "anonymous", "localhost", "healthmailbox", "monitoring", "com", ".com", "net", "org", "www", "api", "login", "json", "xml", "html", "test", "data",
        "default.aspx", "error", "url", "uri", "type", "name", "path", "code", "token", "session", "client", "server", "host", "302", "304", "404", "403", "207", "301",
        ".exe", "exe", "cmd.exe", "powershell.exe", "svchost.exe", ".dll",
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

        return kept <= 0 ? null : new(texts, cost);
    }

    /// <summary>The best text out of texts that all stand in the value of a field.</summary>
    /// <param name="texts">ASCII and other text, in any case.</param>
    /// <param name="maybeEncoded">Whether the line may hold the value %-encoded, and <see cref="EncodedText"/> watches for letters that are.</param>
    public static LiteralChoice? Best(IEnumerable<string> texts, bool maybeEncoded)
    {
        string[] all = [.. texts.Select(t => t.ToLowerInvariant())];
        LiteralChoice? best = all.SelectMany(Runs).Where(r => r.Length >= MinLength).Select(One).OfType<LiteralChoice>().MinBy(c => c.Cost);
        if (best is null && maybeEncoded) best = all.Select(Signs).OfType<LiteralChoice>().MinBy(c => c.Cost);
        return best;
    }

    /// <summary>Runs of letters, digits, points, dashes, underscores and tildes.</summary>
    /// <remarks>
    /// These are what URL encoders leave alone, JSON and XML and CSV write as they are, and no reader turns into something
    /// else. Whoever encodes one of them nevertheless is watched for by <see cref="EncodedText"/>.
    /// </remarks>
    static IEnumerable<string> Runs(string text)
    {
        int start = 0;
        for (int i = 0; i <= text.Length; i++)
        {
            if (i < text.Length && EncodedText.IsUnreserved((byte)Math.Min(text[i], (char)255))) continue;
            if (i > start) yield return text[start..i];
            start = i + 1;
        }
    }

    static LiteralChoice? One(string run)
    {
        if (Array.Exists(Everywhere, word => word.Contains(run, StringComparison.Ordinal))) return null;

        // Digits alone stand in every time and every size.
        bool digits = !run.AsSpan().ContainsAnyExceptInRange('0', '9');
        double cost = 4000 / Math.Pow(2, Math.Min(run.Length, 10));
        if (digits) cost *= 8;
        if (Array.Exists(Frequent, word => word.Contains(run, StringComparison.Ordinal))) cost += 1000;
        return new([run], cost);
    }

    /// <summary>Signs without letters, such as <c>={{</c>, in each way in which an address may hold them.</summary>
    static LiteralChoice? Signs(string text)
    {
        for (int length = MinLength; length >= 2; length--)
        {
            for (int i = 0; i + length <= text.Length; i++)
            {
                string run = text.Substring(i, length);
                if (!run.All(IsSign)) continue;

                IEnumerable<string> spellings = [""];
                foreach (char c in run)
                {
                    string[] forms = EncodedText.IsUnreserved((byte)c) || c == '%' ? [c.ToString()] : [c.ToString(), $"%{(int)c:x2}"];
                    spellings = spellings.SelectMany(head => forms.Select(tail => head + tail));
                }

                return new(new(spellings, StringComparer.Ordinal), length == 2 ? 900 : 300);
            }
        }

        return null;
    }

    // Not the space and plus sign, which stand for each other; not the quote, which CSV doubles; not the backslash, which JSON does.
    static bool IsSign(char c) => c is > ' ' and < (char)127 and not ('+' or '"' or '\\');

    /// <summary>The texts as bytes, in an order that depends on nothing but themselves.</summary>
    public static byte[][] ToBytes(IEnumerable<string> texts) => [.. texts.Order(StringComparer.Ordinal).Select(Encoding.ASCII.GetBytes)];
}
