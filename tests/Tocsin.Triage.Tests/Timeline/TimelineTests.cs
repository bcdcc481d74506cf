using System.Globalization;
using System.Text;
using System.Text.Json;
using Tocsin.Triage.Reports;
using Tocsin.Triage.Tests.Reports;
using Tocsin.Triage.Tests.Support;
using Tocsin.Triage.Timeline;

namespace Tocsin.Triage.Tests.Timeline;

public sealed class TimelineTests
{
    static readonly DateTime _start = Made.Utc("2021-03-03T04:00:00Z");

    // Two servers, four kinds of evidence, an attack; rows of one second in several files.
    static (string, byte[])[] Files() =>
    [
        ("EX01/u_ex210303.log", Made.Iis([.. Enumerable.Range(0, 900).Select(i => Made.IisRow(_start.AddSeconds(i / 3))), Made.Attack])),
        ("EX01/HttpProxy_1.LOG", Made.Proxy([.. Enumerable.Range(0, 900).Select(i => Made.ProxyRow(_start.AddSeconds(i / 2), Guid(i)))])),
        ("EX02/HttpProxy_1.LOG", Made.Proxy([.. Enumerable.Range(0, 500).Select(i => Made.ProxyRow(_start.AddSeconds(i), Guid(i), "EX02"))])),
        ("EX01/events.jsonl", Support.Evidence.Lines([.. Enumerable.Range(0, 60).Select(i =>
            $$"""{"Channel":"Security","EventID":4688,"Computer":"EX01","TimeCreated":"{{_start.AddSeconds(i * 7):yyyy-MM-dd'T'HH:mm:ss}}Z","NewProcessName":"C:\\Windows\\System32\\cmd.exe","CommandLine":"cmd /c whoami","SubjectUserName":"EX01$"}""")])),
    ];

    static string Guid(int i) => string.Create(CultureInfo.InvariantCulture, $"{i:x8}-0000-4000-8000-000000000000");

    [Fact]
    public void Every_record_of_every_log_is_in_it_once_and_in_order()
    {
        (string text, TimelineSummary summary) = Made.Timeline(Files());
        List<List<string>> rows = Csv.Parse(text, ',');
        Assert.Equal(CsvTimeline.Columns.Split(','), rows[0]);
        Assert.Equal(901 + 900 + 500 + 60, rows.Count - 1);
        Assert.Equal((rows.Count - 1, 0), (summary.Rows, summary.WithoutTime));
        Assert.Equal(summary.Report.Totals.Records, summary.Rows);
        string[] keys = [.. rows.Skip(1).Select(r => $"{r[0]} {r[4]} {long.Parse(r[6], CultureInfo.InvariantCulture):D12}")];
        Assert.Equal(keys.Order(StringComparer.Ordinal), keys);
        Assert.Equal(keys.Length, keys.Distinct(StringComparer.Ordinal).Count());
        Assert.Equal(["EX01", "EX02"], rows.Skip(1).Select(r => r[3]).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal));
        Assert.Contains(rows, r => r[2] == "Security 4688: process started: cmd /c whoami (C:\\Windows\\System32\\cmd.exe), user EX01$");
        Assert.Contains(rows, r => r[2].StartsWith("GET /owa/ answered 200, Mozilla/5.0", StringComparison.Ordinal) && r[8] == "10.0.0.9");
    }

    [Fact]
    public void It_is_the_same_for_any_number_of_threads_and_any_memory()
    {
        using var folder = new TemporaryFolder();
        foreach ((string name, byte[] content) in Files()) folder.Write(Path.Combine("src", name), content);
        string source = Path.Combine(folder.Path, "src");
        foreach (TimelineFormat format in Enum.GetValues<TimelineFormat>())
        {
            string first = Made.Timeline(source, format, threads: 1).Text;
            foreach ((int threads, int memory) in ((int, int)[])[(4, 1), (2, 64 << 20), (3, 1 << 20)])
            {
                Assert.Equal(first, Made.Timeline(source, format, o => o with { MemoryBytes = memory }, threads).Text);
            }
        }
    }

    [Fact]
    public void What_the_scan_finds_is_marked_and_nothing_else()
    {
        (string text, TimelineSummary summary) = Made.Timeline(Files());
        string[] found = [.. Csv.Parse(text, ',').Skip(1).Where(r => r[11].Length > 0).Select(r => $"{r[4]}@{r[6]}").Order(StringComparer.Ordinal)];
        string[] reported = [.. summary.Report.Servers.SelectMany(s => s.Waves).SelectMany(w => w.Findings).SelectMany(f => f.Evidence).Select(e => $"{e.Artifact}@{e.Offset}").Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];
        Assert.NotEmpty(reported);
        Assert.All(reported, r => Assert.Contains(r, found));
        Assert.Equal(found.Length, summary.Findings);

        (string only, TimelineSummary few) = Made.Timeline(Files(), with: o => o with { FindingsOnly = true });
        Assert.Equal(found.Length, few.Rows);
        Assert.All(Csv.Parse(only, ',').Skip(1), r => Assert.NotEqual("", r[11]));
    }

    [Fact]
    public void It_can_be_kept_to_a_time_and_to_a_server()
    {
        DateTime from = _start.AddSeconds(100), to = _start.AddSeconds(200);
        List<List<string>> rows = Csv.Parse(Made.Timeline(Files(), with: o => o with { FromUtc = from, ToUtc = to, Server = "ex02" }).Text, ',');
        Assert.Equal(100, rows.Count - 1);
        Assert.All(rows.Skip(1), r => Assert.Equal("EX02", r[3]));
        Assert.StartsWith("2021-03-03T04:01:40.000000+00:00", rows[1][0], StringComparison.Ordinal);
        ArgumentException none = Assert.Throws<ArgumentException>(() => Made.Timeline(Files(), with: o => o with { Server = "EX03" }));
        Assert.Contains("EX01, EX02", none.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_zone_adds_the_time_that_the_servers_own_clock_showed()
    {
        List<List<string>> rows = Csv.Parse(Made.Timeline([("u_ex.log", Made.Iis(Made.IisRow(_start)))], with: o => o with { Zone = TimeSpan.FromHours(-5) }).Text, ',');
        Assert.Equal(("local", "2021-03-02T23:00:00.000000-05:00"), (rows[0][^1], rows[1][^1]));
    }

    [Fact]
    public void Records_without_a_time_are_counted_and_said()
    {
        (string text, TimelineSummary summary) = Made.Timeline([("u_ex.log", Made.Iis(Made.IisRow(_start), "no time 10.0.0.1 GET / - 443 - 10.0.0.9 x - 200 0 0 5"))]);
        Assert.Equal((1, 1), (summary.Rows, summary.WithoutTime));
        Assert.Equal(2, Csv.Parse(text, ',').Count);
    }

    [Fact]
    public void The_same_file_collected_twice_is_told_once()
    {
        byte[] log = Made.Iis(Made.IisRow(_start), Made.Attack);
        Assert.Equal(2, Made.Timeline([("a/u_ex.log", log), ("b/u_ex.log", log)]).Summary.Rows);
    }

    [Fact]
    public void Timesketch_takes_every_line()
    {
        Assert.Equal(2361, Timesketch.Check(Made.Timeline(Files(), TimelineFormat.Timesketch).Text));
        using var to = new MemoryStream();
        FindingTimeline.Write(Some.ReportOfACompromisedServer(), to);
        Assert.True(Timesketch.Check(Encoding.UTF8.GetString(to.ToArray())) > 10);
        if (Support.Evidence.Shared is not { } shared) return;
        Assert.Equal(72, Timesketch.Check(Made.Timeline(Path.Combine(shared, "evidence", "02-lab-windows-events"), TimelineFormat.Timesketch).Text));
    }

    [Fact]
    public void A_clock_that_the_evidence_corrects_is_corrected_and_said()
    {
        if (Support.Evidence.Shared is not { } shared) return;
        (string text, _) = Made.Timeline(Path.Combine(shared, "evidence", "02-lab-windows-events"));
        List<List<string>> rows = Csv.Parse(text, ',');
        Assert.All(rows.Skip(1), r => Assert.StartsWith("2021-03-14T06:", r[0], StringComparison.Ordinal));
        var clocks = rows.Skip(1).GroupBy(r => r[10]).ToDictionary(g => g.Key, g => g.Count());
        Assert.Equal(["corrected by +05:00", "states UTC"], clocks.Keys.Order(StringComparer.Ordinal));
        Assert.Equal(72, clocks.Values.Sum());
        Assert.Contains(rows, r => r[12] == "operated");
    }

    public static TheoryData<string> Hostile => HostileText.Names;

    [Theory, MemberData(nameof(Hostile))]
    public void Hostile_text_is_inert_in_every_format(string name)
    {
        string poison = HostileText.All[name].Replace("\n", "", StringComparison.Ordinal).Replace("\r", "", StringComparison.Ordinal);
        string quoted = poison.Replace("\"", "\"\"", StringComparison.Ordinal);
        (string, byte[])[] files = [("HttpProxy.LOG", Made.Proxy($"2021-03-03T04:00:00.000Z,{Guid(1)},Owa,\"{quoted}\",\"{quoted}\",EX01,200,\"{quoted}\",\"{quoted}\""))];
        List<List<string>> rows = Csv.Parse(Made.Timeline(files).Text, ',');
        Assert.All(rows, r => Assert.Equal(16, r.Count));
        Assert.All(rows.SelectMany(r => r), cell =>
        {
            Assert.DoesNotContain(cell, char.IsControl);
            Assert.False(cell.Length > 0 && "=+-@".Contains(cell.TrimStart(' ', '"')[..Math.Min(1, cell.TrimStart(' ', '"').Length)], StringComparison.Ordinal) && cell.Trim(' ', '"').Length > 0, cell);
            Assert.DoesNotContain('\u202e', cell);
        });
        Assert.Equal(rows.Count - 1, Timesketch.Check(Made.Timeline(files, TimelineFormat.Timesketch).Text));
    }

    [Fact]
    public void An_interrupted_timeline_leaves_no_temporary_file_open()
    {
        var open = new HashSet<RowSortTests.Tracked>();
        using var interrupted = new CancellationTokenSource();
        using var folder = new TemporaryFolder();
        foreach ((string name, byte[] content) in Files()) folder.Write(Path.Combine("src", name), content);
        var options = new TimelineOptions
        {
            Scan = new() { Paths = [Path.Combine(folder.Path, "src")], Packs = Support.Evidence.Packs, Threads = 2 },
            MemoryBytes = 1,
            TemporaryFile = () =>
            {
                interrupted.Cancel();
                var file = new RowSortTests.Tracked(open);
                lock (open) open.Add(file);
                return file;
            },
        };
        Assert.Throws<OperationCanceledException>(() => TimelineBuilder.Write(options, new MemoryStream(), null, interrupted.Token));
        Assert.Empty(open);
    }

    [Theory]
    [InlineData("csv", TimelineFormat.Csv)]
    [InlineData("jsonl", TimelineFormat.JsonLines)]
    [InlineData("timesketch", TimelineFormat.Timesketch)]
    public void Formats_look_as_they_did(string name, TimelineFormat format)
    {
        (string, byte[])[] files =
        [
            ("u_ex210303.log", Made.Iis(Made.IisRow(_start, "a=1,2"), Made.Attack)),
            ("HttpProxy.LOG", Made.Proxy(Made.ProxyRow(_start.AddMilliseconds(250), Guid(1)))),
            ("events.jsonl", Support.Evidence.Lines("""{"Channel":"Application","EventID":99,"SourceName":"Made","Computer":"EX01","TimeCreated":"2021-03-03T04:00:01Z","Message":"Grüße; =1+1"}""")),
        ];
        string text = Made.Timeline(files, format).Text;
        string golden = Path.Combine(Repository.Root, "tests", "Tocsin.Triage.Tests", "Timeline", "cases", $"made.{name}");
        if (Environment.GetEnvironmentVariable("UPDATE_GOLDEN") == "1") File.WriteAllText(golden, text, new UTF8Encoding(false));
        Assert.Equal(File.ReadAllText(golden), text);
    }

    [Fact]
    public void Our_own_timelines_are_not_taken_for_evidence()
    {
        int formats = 0;
        foreach (TimelineFormat format in Enum.GetValues<TimelineFormat>())
        {
            byte[] own = Encoding.UTF8.GetBytes(Made.Timeline([("u_ex.log", Made.Iis(Made.Attack))], format).Text);
            Assert.Empty(Support.Evidence.Scan(("timeline.txt", own)).Servers);
            formats++;
        }

        Assert.Equal(3, formats);
    }
}
