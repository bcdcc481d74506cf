using System.Text;
using Tocsin.Detection.Sigma;
using Tocsin.Evidence.Records;

namespace Tocsin.Detection.Tests.Sigma;

/// <summary>Turns a line of an IIS log into a record as the reader does: columns as they are, the address joined and decoded.</summary>
static class W3cLine
{
    public static readonly string[] Columns =
    [
        "date", "time", "s-ip", "cs-method", "cs-uri-stem", "cs-uri-query", "s-port", "cs-username", "c-ip", "cs(User-Agent)",
        "cs(Referer)", "cs(Cookie)", "cs(Host)", "sc-status", "sc-substatus", "sc-win32-status", "time-taken", "cs-content-type",
    ];

    public const string Benign =
        "2021-03-03 10:00:00 192.168.1.10 POST /owa/service.svc action=GetItem&EP=1&ID=-12&AC=1 443 CONTOSO\\anna 192.168.1.77 " +
        "Mozilla/5.0+(Windows+NT+10.0;+Win64;+x64)+AppleWebKit/537.36+(KHTML,+like+Gecko)+Chrome/88.0.4324.190+Safari/537.36 " +
        "https://mail.contoso.example/owa/ ClientId=AB12 mail.contoso.example 200 0 0 31 application/json";

    public static IEnumerable<(string Name, string Value)> Fields(string line)
    {
        string[] cells = line.Split(' ');
        Assert.Equal(Columns.Length, cells.Length);
        for (int i = 0; i < cells.Length; i++) yield return (Columns[i], cells[i]);

        string url = cells[5] == "-" ? cells[4] : cells[4] + "?" + cells[5];
        yield return ("url", url);
        string decoded = Decode(url);
        if (decoded != url) yield return ("url-decoded", decoded);
    }

    public static string Decode(string url)
    {
        byte[] text = Encoding.UTF8.GetBytes(url);
        for (int i = 0; i < 4; i++)
        {
            var plain = new List<byte>();
            for (int at = 0; at < text.Length; at++)
            {
                bool escape = text[at] == '%' && at + 2 < text.Length && char.IsAsciiHexDigit((char)text[at + 1]) && char.IsAsciiHexDigit((char)text[at + 2]);
                plain.Add(escape ? Convert.ToByte($"{(char)text[at + 1]}{(char)text[at + 2]}", 16) : text[at]);
                if (escape) at += 2;
            }

            text = [.. plain];
        }

        return Encoding.UTF8.GetString(text);
    }

    public static List<int> Match(SourceRules rules, string line) => Some.Match(rules, line, Fields(line));
}
