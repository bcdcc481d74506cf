using System.Diagnostics;
using System.Globalization;
using System.Text;
using Tocsin.Evidence.Artifacts;
using Tocsin.Evidence.ExchangeText;
using Tocsin.Evidence.Records;
using Tocsin.Evidence.Tests.Support;
using Tocsin.Evidence.ToolOutputs;
using Tocsin.Evidence.W3c;
using Tocsin.Evidence.WindowsEvents;

namespace Tocsin.Evidence.Tests.Hostile;

/// <summary>
/// A megabyte of one hostile pattern, as one line and as many, goes through every reader in time in proportion to its length.
/// What took the square of its length took minutes here; the limit is far above what a slow machine needs and far below that.
/// </summary>
public sealed class HostileLineTests(ITestOutputHelper output)
{
    const int Bytes = 1 << 20;
    const int CaseCount = 7 * 41;
    static readonly TimeSpan Limit = TimeSpan.FromSeconds(10);

    // As many as the rules of all packs ask for: costs that go with the number of fields show.
    static readonly string[] Fields =
    [
        "cs-uri-stem", "cs-uri-query", "cs-method", "sc-status", "c-ip", "cs-username", "cs(User-Agent)", "cs(Referer)", "cs(Cookie)", "url", "url-decoded", "AnchorMailbox", "UrlStem",
        "UrlQuery", "EventData", "CMD", "EX", "URL", "BLD", "REQID", "ACTID", "SID", "TIME", "Command", "Outcome", "Cmdlet", "Parameters", "Channel", "Provider_Name", "EventID",
        "Computer", "Message", "Level", "Data", "Image", "ParentImage", "CommandLine", "TargetFilename", "UtcTime", "Payload", "Line", "Statement", "Type", "Path", "a", "b", "c",
    ];

    static readonly (string Name, string Begin, string Repeated, string End)[] Patterns =
    [
        ("spaces", "", " ", ""), ("commas", "", ",", ""), ("quotes", "", "\"", ""), ("quotes apart", "", "\" ", ""), ("quoted cells", "", "\"\",", ""), ("letters", "", "a", ""),
        ("nested percents", "", "%25", ""), ("digits", "", "1", ""), ("hyphens", "", "-", ""), ("backslashes", "", "\\", ""), ("zeros", "", "\0", ""), ("controls and dates", "\u0001", "2021-03-0", ""),
        ("empty lines", "", "\n", ""), ("lines of one letter", "", "a\n", ""), ("lines of one mark", "", "\"\n", ""), ("lines of one comma", "", ",\n", ""), ("carriage returns", "", "\r", ""),
        ("headers", "", "#Fields: date time cs-uri-stem\n", ""), ("headers of commas", "", "#Fields: DateTime,a,b\n", ""),
        ("one wide header", "#Fields: ", "a,", "\n"), ("one wide header of free text", $"#Fields: date {string.Join(' ', Enumerable.Repeat("cs(User-Agent)", 500))}\n", $"{string.Concat(Enumerable.Repeat("x ", 600))}\n", ""),
        ("rows with spare cells", "#Fields: date time cs-uri-stem cs-uri-query cs(User-Agent) cs(Cookie) cs(Referer) cs-username sc-status\n", $"2021-03-03 01:02:03 {string.Concat(Enumerable.Repeat("x ", 500))}\n", ""),
        ("rows of changing hours", "#Fields: DateTime,MajorVersion,b,c,d,ServerHostName\n", "2021-03-03T01:00:00Z,15,1,2176,2,A\n2021-03-03T02:00:00Z,15,1,2176,3,B\n", ""),
        ("typed keys", "#Fields: TimeStamp,ServerName,EventId,EventData\n2021-03-03T01:02:03Z,EX,ECP.Request,", "S:", ""),
        ("typed keys with values", "#Fields: TimeStamp,ServerName,EventId,EventData\n2021-03-03T01:02:03Z,EX,ECP.Request,", "S:A=;", ""),
        ("one typed key over and over", "#Fields: TimeStamp,ServerName,EventId,EventData\n2021-03-03T01:02:03Z,EX,ECP.Request,", "S:CMD=a;", ""),
        ("quoted typed values", "2021-03-03T01:02:03.000Z,EX01,ECP.Request,\"", "'S:CMD=';", ""),
        ("pairs", "TimeCreated=2021-03-03T01:02:03Z EventID=1 ", "a=", ""), ("pairs apart", "TimeCreated=2021-03-03T01:02:03Z EventID=1 ", "a=b ", ""), ("pairs in quotes", "TimeCreated=2021-03-03T01:02:03Z EventID=1 a=\"", "b\" ", ""),
        ("open objects", "", "{", ""), ("open arrays", "{\"EventID\":1,\"Channel\":\"a\",\"a\":", "[", ""), ("empty objects", "", "{}", ""), ("small broken objects", "", "{a}\n", ""), ("small objects", "", "{\"a\":1}\n", ""),
        ("one field over and over", "{\"EventID\":1,\"Channel\":\"Security\",\"EventData\":{\"a\":0", ",\"a\":1", "}}\n"),
        ("a list of values", "{\"EventID\":1,\"Channel\":\"Security\",\"Data\":[0", ",1", "]}\n"),
        ("broken payloads", "{\"EventId\":1,\"Channel\":\"Security\",\"a\":0", ",\"Payload\":\"\\n\"", "}\n"),
        ("indented braces", "{\n", "  {\n", ""),
        ("quoted messages", "TimeCreated,MachineName,Message\n", $"a,b,\"{string.Concat(Enumerable.Repeat("\n", 60_000))}\n", ""),
        ("a list in every spelling of its names", "", Spellings("AnchorMailbox"), ""),
    ];

    static readonly (string Name, Func<ArtifactReader?> Make)[] Readers =
    [
        ("w3c", () => W3cFormat.TryRecognise("#Fields: date time cs-uri-stem cs-uri-query sc-status"u8, "a.log")),
        ("ecp", () => ExchangeFormat.TryRecognise("#Log-type: ECP Server Log\n#Fields: TimeStamp,ServerName,EventId,EventData"u8, "a.log")),
        ("json lines", () => EventJsonReader.TryRecognise("{\"EventID\":1,\"Channel\":1}\n"u8, "a.json")),
        ("json values", () => EventJsonReader.TryRecognise("{\"EventID\":1,\n\"Channel\":1}"u8, "a.json")),
        ("key=value", () => EventKeyValueReader.TryRecognise("TimeCreated=2021-03-03T01:02:03Z EventID=1"u8, "a.txt")),
        ("proxylogon", () => ProxyLogonOutputReader.TryRecognise("DateTime,AnchorMailbox"u8, "a.csv")),
        ("pasted", () => PastedTextReader.TryRecognise("x"u8, "a.txt")),
    ];

    [Fact]
    public void A_megabyte_of_any_hostile_pattern_is_read_in_a_moment()
    {
        int cases = 0;
        var slow = new List<string>();
        foreach ((string pattern, string begin, string repeated, string end) in Patterns)
        {
            byte[] input = Encoding.Latin1.GetBytes(begin + string.Concat(Enumerable.Repeat(repeated, Math.Max(1, (Bytes - begin.Length - end.Length) / repeated.Length))) + end);
            foreach ((string reader, Func<ArtifactReader?> make) in Readers)
            {
                cases++;
                TimeSpan time = Time(make()!, input);
                if (time > TimeSpan.FromMilliseconds(100)) output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{time.TotalMilliseconds,8:0} ms  {reader}: {pattern}"));
                if (time > Limit) slow.Add($"{reader}: {pattern} took {time}");
            }
        }

        Assert.Equal(CaseCount, cases);
        Assert.Empty(slow);
    }

    static TimeSpan Time(ArtifactReader reader, byte[] input)
    {
        var target = new RecordTarget(new FieldSet(Fields), Scan.EveryLine.Filter, new ReadAllSink());
        long start = Stopwatch.GetTimestamp();
        reader.Read(new MemoryStream(input), new ReadContext(_ => target, new ReadReport()));
        return Stopwatch.GetElapsedTime(start);
    }

    static string Spellings(string name)
    {
        var text = new StringBuilder();
        for (int bits = 0; bits < 1 << name.Length; bits++)
        {
            text.Append(string.Concat(name.Select((c, i) => (bits >> i & 1) == 0 ? char.ToLowerInvariant(c) : char.ToUpperInvariant(c)))).Append(" : x\n");
        }

        return text.ToString();
    }

    sealed class ReadAllSink : IRecordSink
    {
        public void Accept(in Record record)
        {
            for (int field = 0; field < record.Fields.Count; field++)
            {
                foreach (ReadOnlySpan<byte> value in record.Values(field)) Assert.True(value.Length <= 2 * Bytes);
            }
        }
    }
}
