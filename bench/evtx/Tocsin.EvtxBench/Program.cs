// Reads event logs over and over, from memory, for some seconds, and says how fast.
//   Tocsin.EvtxBench WHAT THREADS SECONDS RULES.tar.gz FOLDER [joined|full]
// WHAT: count (nothing wanted), fields (every field that SigmaHQ's Windows rules name), json (every event as text), match (those rules).
using System.Diagnostics;
using System.Formats.Tar;
using System.Globalization;
using System.IO.Compression;
using Tocsin.Detection;
using Tocsin.Detection.Sigma;
using Tocsin.Evidence.Artifacts;
using Tocsin.Evidence.Evtx;
using Tocsin.Evidence.Records;

string what = args[0];
int threads = int.Parse(args[1], CultureInfo.InvariantCulture);
double seconds = double.Parse(args[2], CultureInfo.InvariantCulture);
byte[][] files = [.. Directory.GetFiles(args[4], "*.evtx", SearchOption.AllDirectories).Order(StringComparer.Ordinal).Select(File.ReadAllBytes)];

// A server's log has thousands of events for each template; the files of the corpora have 27. Chunks stand alone: one behind the other
// they are one large log with the events and the templates of all. "joined" takes every chunk with events in it, of which three in five
// bytes are unused and half hold a single event; "full" takes those that are filled, as all of a server's log are but the last.
if (args[^1] is "joined" or "full")
{
    uint least = args[^1] == "full" ? 7 * 8192u : 512u;
    const int Header = 4096, Chunk = 65536;
    var all = new MemoryStream();
    all.Write(files[0].AsSpan(0, Header));
    all.GetBuffer()[120] |= 1; // dirty: the header's counts are not those of the joined log
    foreach (byte[] file in files)
    {
        for (int at = Header; at + Chunk <= file.Length; at += Chunk)
        {
            if (BitConverter.ToUInt32(file, at + 48) > least && file.AsSpan(at).StartsWith("ElfChnk"u8)) all.Write(file.AsSpan(at, Chunk));
        }
    }

    files = [.. Enumerable.Repeat(all.ToArray(), 16)];
}

var diagnostics = new List<Diagnostic>();
var parsed = new List<SigmaRule>();
if (what is "fields" or "match")
{
    using var tar = new TarReader(new GZipStream(File.OpenRead(args[3]), CompressionMode.Decompress));
    while (tar.GetNextEntry() is { } entry)
    {
        if (entry.DataStream is null || !entry.Name.EndsWith(".yml", StringComparison.Ordinal)) continue;
        using var text = new StreamReader(entry.DataStream);
        parsed.AddRange(SigmaParser.Parse(text.ReadToEnd(), entry.Name, diagnostics));
    }
}

SourceRules rules = RuleSet.Compile(parsed, [], diagnostics).For(new LogSource(null, "windows", null));
long bytes = files.Sum(f => (long)f.Length), records = 0, matches = 0;
int next = 0, rounds = 0;
Run(1); // once for the compiler
(records, matches) = (0, 0);
long started = Stopwatch.GetTimestamp();
do
{
    next = 0;
    Run(threads);
    rounds++;
}
while (Stopwatch.GetElapsedTime(started).TotalSeconds < seconds);

double took = Stopwatch.GetElapsedTime(started).TotalSeconds;
Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
    $"{what}\t{threads}\t{rules.Rules.Count}\t{bytes * (double)rounds / took / 1e6:F0} MB/s\t{records / took:F0} events/s\t{records / rounds} events\t{matches / rounds} matches\t{Process.GetCurrentProcess().PeakWorkingSet64 / 1048576} MB"));

void Run(int count)
{
    Task[] others = [.. Enumerable.Range(1, count - 1).Select(_ => Task.Factory.StartNew(Work, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default))];
    Work();
    Task.WaitAll(others);
    next = 0;
}

void Work()
{
    var sink = new Sink(what == "match" ? rules : null);
    IEventFilter? events = what switch { "count" => new Same(EventInterest.None), "json" => new Same(new EventInterest([], wantsText: true)), "match" => rules, _ => null };
    var target = new RecordTarget(rules.Fields, rules, sink) { Events = events };
    long read = 0;
    for (int i; (i = Interlocked.Increment(ref next) - 1) < files.Length;)
    {
        var report = new ReadReport();
        EvtxReader.TryRecognise(files[i], "x")?.Read(new MemoryStream(files[i]), new ReadContext(_ => target, report));
        read += report.Records;
    }

    Interlocked.Add(ref records, read);
    Interlocked.Add(ref matches, sink.Matches);
}

sealed class Same(EventInterest interest) : IEventFilter
{
    public EventInterest InterestIn(ReadOnlySpan<byte> channel, ReadOnlySpan<byte> provider, int eventId) => interest;
}

sealed class Sink(SourceRules? rules) : IRecordSink
{
    readonly MatchScratch _scratch = new();
    readonly List<int> _hits = [];

    public long Matches { get; private set; }

    public void Accept(in Record record)
    {
        if (rules is null) return;
        _hits.Clear();
        rules.Match(in record, _scratch, _hits);
        Matches += _hits.Count;
    }
}
