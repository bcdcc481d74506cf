using System.Text;
using CsCheck;
using Tocsin.Triage.Reports;
using Tocsin.Triage.Tests.Support;

namespace Tocsin.Triage.Tests.Scanning;

public class ScanPropertyTests
{
    const string Attack = "2021-03-03 05:05:05 10.0.0.1 POST /ecp/y.js - 443 - 203.0.113.4 python-requests/2.25.1 - 241 0 0 5";
    const string Header = "#Fields: date time s-ip cs-method cs-uri-stem cs-uri-query s-port cs-username c-ip cs(User-Agent) cs(Referer) sc-status sc-substatus sc-win32-status time-taken";

    static byte[] Html(ScanReport report) => Written(report, HtmlReport.Write);

    static byte[] Written(ScanReport report, Action<ScanReport, Stream> write)
    {
        using var to = new MemoryStream();
        write(report, to);
        return to.ToArray();
    }

    [Fact]
    public void The_report_is_the_same_for_any_number_of_threads_and_any_order_of_files()
    {
        byte[][] logs = [.. Enumerable.Range(0, 12).Select(i => Support.Evidence.Lines(Header, Attack.Replace("05:05:05", $"05:{i:00}:05", StringComparison.Ordinal), $"2021-03-03 06:{i:00}:00 10.0.0.1 GET /owa/ - 443 - 10.0.0.9 x - 200 0 0 5"))];
        using var folder = new TemporaryFolder();
        using var other = new TemporaryFolder();
        foreach (int i in Enumerable.Range(0, 12)) folder.Write($"logs/u_ex{i:00}.log", logs[i]);
        foreach (int i in Enumerable.Range(0, 12).Reverse()) other.Write($"logs/u_ex{i:00}.log", logs[i]);

        byte[][] reports = [.. new[] { (folder, 1), (folder, 4), (other, 2), (other, 1) }.Select(r =>
        {
            ScanReport report = Support.Evidence.Scan(System.IO.Path.Combine(r.Item1.Path, "logs"), r.Item2) with { Sources = ["logs"] };
            return (byte[])[.. Written(report, JsonReport.Write), .. Html(report), .. Written(report, TimelineCsv.Write)];
        })];
        Assert.All(reports, r => Assert.Equal(reports[0], r));
    }

    [Fact]
    public void An_attack_is_found_wherever_a_log_is_cut_or_hurt_beside_it()
    {
        string[] quiet = [.. Enumerable.Range(0, 40).Select(i => $"2021-03-03 04:00:{i:00} 10.0.0.1 GET /owa/ - 443 - 10.0.0.9 x - 200 0 0 5")];
        byte[] log = Support.Evidence.Lines([Header, .. quiet, Attack, .. quiet]);
        int start = log.AsSpan().IndexOf(Encoding.UTF8.GetBytes(Attack)), end = start + Attack.Length + 2;
        Gen.Select(Gen.Int[Header.Length + 2, log.Length - 1], Gen.Byte.Array[1, 60], Gen.Int[0, 2]).Sample((at, noise, how) =>
        {
            if (at > start - 200 && at < end) return;
            byte[] hurt = how switch
            {
                0 => [.. log[..at]],
                1 => [.. log[..at], .. noise, .. log[at..]],
                _ => [.. log[..at], .. noise.Take(log.Length - at), .. log[Math.Min(log.Length, at + noise.Length)..]],
            };
            bool kept = how == 0 ? at >= end : at >= end || at + noise.Length < start - 130;
            ScanReport report = Support.Evidence.Scan(("u_ex210303.log", hurt));
            if (kept && !noise.Contains((byte)'#')) Assert.Equal(("compromised", "exploited"), Support.Evidence.Of(report, "proxylogon"));
        }, iter: 300, threads: 2);
    }

    [Theory]
    [InlineData("httpproxy", "DateTime,UrlStem,AnchorMailbox,HttpStatus", "2021-03-03T05:05:05.000Z,/ecp/y.js,ServerInfo~a]@b:444/ecp/proxyLogon.ecp?{0}#,241")]
    [InlineData("iis", null, "2021-03-03 05:05:05 10.0.0.1 POST /ecp/y.js {0} 443 - 203.0.113.4 x - 241 0 0 5")]
    public void A_hostile_line_is_inert_in_every_output(string kind, string? fields, string row)
    {
        string[] poisons =
        [
            "\u001b]0;owned\u0007\u001b[31m", "</script><script>alert(1)</script>", "=cmd|'/C calc'!A0", "\u202Etxt.exe", "\"onmouseover=alert(1)", "javascript:alert(1)", new string('A', 300_000),
        ];
        foreach (string poison in poisons)
        {
            string line = string.Format(System.Globalization.CultureInfo.InvariantCulture, row, kind == "iis" ? poison.Replace(' ', '+') : poison);
            byte[] log = fields is null ? Support.Evidence.Lines(Header, line) : Support.Evidence.Lines("#Software: Microsoft Exchange Server", "#Log-type: HttpProxy Logs", "#Fields: " + fields, line);
            ScanReport report = Support.Evidence.Scan(("x.log", log));
            Assert.Equal(("compromised", "exploited"), Support.Evidence.Of(report, "proxylogon"));

            using var text = new StringWriter();
            TextReport.Write(report, text, new TextReportOptions(Colour: false, Width: 100, Quiet: false));
            Assert.DoesNotContain(text.ToString(), c => char.IsControl(c) && c != '\n' || c is '\u202E');
            string html = Encoding.UTF8.GetString(Html(report));
            Assert.DoesNotContain("<script", html, StringComparison.OrdinalIgnoreCase);
            Assert.DoesNotContain('\u202E', html);
            string csv = Encoding.UTF8.GetString(Written(report, TimelineCsv.Write));
            Assert.DoesNotContain(",=cmd", csv, StringComparison.Ordinal);
            Assert.DoesNotContain(",\"=cmd", csv, StringComparison.Ordinal);
            Assert.All(Written(report, JsonReport.Write), b => Assert.True(b < 128 && (b >= 32 || b == '\n')));
        }
    }
}
