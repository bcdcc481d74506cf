using System.Globalization;
using System.Text;
using Tocsin.Triage.Scanning;
using Tocsin.Triage.Tests.Support;
using Tocsin.Triage.Timeline;

namespace Tocsin.Triage.Tests.Timeline;

/// <summary>Made logs, and timelines of them.</summary>
static class Made
{
    public const string IisHeader = "#Fields: date time s-ip cs-method cs-uri-stem cs-uri-query s-port cs-username c-ip cs(User-Agent) cs(Referer) sc-status sc-substatus sc-win32-status time-taken";
    public const string Attack = "2021-03-03 05:05:05 10.0.0.1 POST /ecp/y.js - 443 - 203.0.113.4 python-requests/2.25.1 - 241 0 0 5";

    public static byte[] Iis(params string[] rows) => Support.Evidence.Lines(["#Software: Microsoft Internet Information Services 10.0", IisHeader, .. rows]);

    public static byte[] Proxy(params string[] rows) => Support.Evidence.Lines(
        ["#Software: Microsoft Exchange Server", "#Log-type: HttpProxy Logs", "#Fields: DateTime,RequestId,Protocol,UrlStem,AnchorMailbox,ServerHostName,HttpStatus,Method,ClientIpAddress", .. rows]);

    public static string IisRow(DateTime time, string query = "-", string client = "10.0.0.9") =>
        string.Create(CultureInfo.InvariantCulture, $"{time:yyyy-MM-dd HH:mm:ss} 10.0.0.1 GET /owa/ {query} 443 - {client} Mozilla/5.0 - 200 0 0 5");

    public static string ProxyRow(DateTime time, string id, string server = "EX01") =>
        string.Create(CultureInfo.InvariantCulture, $"{time:yyyy-MM-dd'T'HH:mm:ss.fff}Z,{id},Owa,/owa/,,{server},200,GET,10.0.0.9");

    public static DateTime Utc(string time) => DateTime.Parse(time, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal);

    public static (string Text, TimelineSummary Summary) Timeline(string path, TimelineFormat format = TimelineFormat.Csv, Func<TimelineOptions, TimelineOptions>? with = null, int threads = 2)
    {
        var options = new TimelineOptions
        {
            Scan = new ScanOptions { Paths = [path], Packs = Support.Evidence.Packs, Threads = threads }, Format = format, TemporaryFile = () => new MemoryStream(), MemoryBytes = 1,
        };
        using var to = new MemoryStream();
        TimelineSummary summary = TimelineBuilder.Write(with?.Invoke(options) ?? options, to);
        return (new UTF8Encoding(false, throwOnInvalidBytes: true).GetString(to.ToArray()), summary);
    }

    public static (string Text, TimelineSummary Summary) Timeline((string Name, byte[] Content)[] files, TimelineFormat format = TimelineFormat.Csv, Func<TimelineOptions, TimelineOptions>? with = null, int threads = 2)
    {
        using var folder = new TemporaryFolder();
        foreach ((string name, byte[] content) in files) folder.Write(Path.Combine("src", name), content);
        return Timeline(Path.Combine(folder.Path, "src"), format, with, threads);
    }
}
