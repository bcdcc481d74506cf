using Tocsin.Detection.Sigma;
using Tocsin.Evidence.Artifacts;
using Tocsin.Evidence.Sources;
using Tocsin.Triage.Clocks;
using Tocsin.Triage.Findings;
using Tocsin.Triage.Reports;
using Tocsin.Triage.Scanning;
using Tocsin.Triage.Tests.Support;

namespace Tocsin.Triage.Tests.Scanning;

/// <summary>A disk that fails in mid-file costs what lies behind, and nothing before it.</summary>
public sealed class FailingDiskTests
{
    const string EveryEvent = "title: One\nid: 11111111-0000-4000-8000-000000000009\nlevel: high\nlogsource: {product: windows}\ndetection: {selection: {Channel: '*'}, condition: selection}\n";

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void A_long_event_log_is_read_up_to_where_the_disk_fails_by_however_many_threads(int spare)
    {
        const int Chunks = 600, Good = 450;
        byte[] file = File.ReadAllBytes(Path.Combine(Repository.Root, "fuzz", "corpus", "evtx", "file"));
        byte[] chunk = new byte[65536], log = new byte[4096 + Chunks * chunk.Length];
        file.AsSpan(4096).CopyTo(chunk);
        file.AsSpan(0, 4096).CopyTo(log);
        for (int i = 0; i < Chunks; i++) chunk.CopyTo(log, 4096 + i * chunk.Length);

        ArtifactScan scan = Scan("C/Windows/System32/winevt/Logs/Security.evtx", log, 4096 + Good * chunk.Length, spare);

        long inChunk = Scan("C/Security.evtx", log[..(4096 + chunk.Length)], long.MaxValue, 0).Report.Records;
        Assert.True(inChunk > 0);
        Assert.Equal((ArtifactState.Unreadable, "windows-events", Good * inChunk), (scan.State, scan.Kind?.Id, scan.Report.Records));
        Assert.Equal(Good * inChunk, Assert.Single(scan.Hits).Value.Count);
        Assert.Equal(Good * inChunk, scan.Report.Hours.Values.Sum());
        Assert.Equal(1, scan.Report.Count(DamageKind.Unreadable));
        Assert.Null(scan.Sha256);
    }

    [Fact]
    public void The_last_hour_of_a_text_log_counts_too()
    {
        byte[] log = Support.Evidence.Lines(["#Fields: date time cs-method cs-uri-stem c-ip sc-status", .. Enumerable.Range(0, 5000).Select(i => $"2021-03-03 {i / 1000:00}:00:00 GET /owa/ 192.0.2.7 200")]);
        ArtifactScan scan = Scan("u_ex210303.log", log, log.Length / 2, 0);

        Assert.Equal((ArtifactState.Unreadable, "iis"), (scan.State, scan.Kind?.Id));
        Assert.InRange(scan.Report.Records, 2490, 2510);
        Assert.Equal(scan.Report.Records, scan.Report.Hours.Values.Sum());
    }

    static ArtifactScan Scan(string path, byte[] content, long failsAt, int spare)
    {
        var set = RuleSet.Compile(SigmaParser.Parse(EveryEvent, "a.yml", []), [], _ => JoinKeys.Fields, []);
        using var threads = new SpareThreads(spare);
        var scanner = new ArtifactScanner(new ScanRules(set, 0, int.MaxValue, null), [], _ => { }, new ClockSamples(), threads, CancellationToken.None);
        return scanner.Scan(new SourceFile { Path = path, Length = content.Length }, new FailingStream(content, failsAt));
    }

    sealed class FailingStream(byte[] content, long failsAt) : ForwardStream
    {
        int _at;

        public override int Read(Span<byte> buffer)
        {
            if (_at >= failsAt) throw new IOException("The device is not ready.");
            int length = (int)Math.Min(Math.Min(buffer.Length, 100_000), Math.Min(failsAt, content.Length) - _at);
            content.AsSpan(_at, length).CopyTo(buffer);
            _at += length;
            return length;
        }
    }
}
