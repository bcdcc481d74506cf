using System.Globalization;
using System.Net.Sockets;
using Tocsin.Detection.Indicators;
using Tocsin.Packs.Chain;
using Tocsin.Triage.Reports;
using Tocsin.Triage.Verdicts;

namespace Tocsin.Triage.Sharing;

/// <summary>Decides what of a report others shall look for: addresses of attackers who got in, and what they left.</summary>
/// <remarks>
/// An address counts where one of its own requests proves that the flaw worked, and, less surely, where it tried something in a run of which
/// another record proves it; to ask for what somebody else left is no proof. Attempts alone give no indicator: half the Internet makes them. A file counts where it is itself what was left.
/// </remarks>
internal sealed class IndicatorChoice
{
    // Numbers for high, medium and low, as STIX 2.1 sets them beside words (appendix A).
    const int High = 85, Medium = 50, Low = 15;

    readonly Dictionary<(IndicatorType, string), Seen> _seen = [];

    /// <summary>The indicators, by type and value.</summary>
    /// <param name="findings">What the report proves.</param>
    /// <param name="nowUtc">From when a thing counts that no evidence and no wave dates.</param>
    public static IReadOnlyList<SharedIndicator> Of(IReadOnlyList<SharedFinding> findings, DateTime nowUtc)
    {
        var choice = new IndicatorChoice();
        var broken = findings.SelectMany(f => f.Events, (f, e) => (Run: (f.Server, f.Wave, e.Session), Event: e))
            .Where(x => x.Event.Session > 0 && IsProofOfSender(x.Event) && !NeverIndicators.IsMonitoring(x.Event)).Select(x => x.Run).ToHashSet();
        foreach (SharedFinding finding in findings)
        {
            foreach (ChainEvent happened in finding.Events.Where(e => !NeverIndicators.IsMonitoring(e)))
            {
                choice.Address(finding, happened, broken.Contains((finding.Server, finding.Wave, happened.Session)));
                choice.Left(finding, happened);
            }

            foreach (ArtifactReport file in finding.Files.Where(_ => finding.Finding.Proves >= Stage.Implanted)) choice.File(finding, file);
        }

        return [.. choice._seen.OrderBy(s => s.Key.Item1).ThenBy(s => s.Key.Item2, StringComparer.Ordinal).Select(s => s.Value.Indicator(s.Key.Item1, s.Key.Item2, nowUtc))];
    }

    void Address(SharedFinding finding, ChainEvent happened, bool isOfProvenRun)
    {
        bool isProof = IsProofOfSender(happened);
        if ((!isProof && !isOfProvenRun) || NeverIndicators.Foreign(happened.Client) is not { } address) return;
        Add(address.AddressFamily == AddressFamily.InterNetwork ? IndicatorType.Ipv4 : IndicatorType.Ipv6, address.ToString(), finding, happened.Evidence, happened.TimeUtc, isProof);
    }

    // Whoever only asks for a page and is given it has shown that the page is there. CERTs and scanners ask for the names of known web shells too.
    static bool IsProofOfSender(ChainEvent happened) =>
        happened.Proves >= Stage.Exploited && !(happened.Proves == Stage.Implanted && happened.Observed is { Method: "GET" or "HEAD", Path: { } path } && IsPage(path));

    void Left(SharedFinding finding, ChainEvent happened)
    {
        if (happened.Proves < Stage.Implanted || happened.Outcome == Outcome.Failed) return;
        if (happened.Observed is { Path: { } path } && IsPage(path) && !NeverIndicators.IsName(path)) Add(IndicatorType.UrlPath, path, finding, happened.Evidence, happened.TimeUtc);
        // What was used is not always theirs: a program of Windows, a dump of memory.
        if (happened.Proves == Stage.Implanted && happened.Observed is { File: { } file } && finding.Files.Count == 0 && !NeverIndicators.IsName(file)) Name(finding, file, happened.Evidence, happened.TimeUtc);
    }

    void File(SharedFinding finding, ArtifactReport file)
    {
        if (file.Notes.Any(n => n.StartsWith("Known good", StringComparison.Ordinal))) return;
        EvidenceLine at = finding.Finding.Evidence.First(e => e.Artifact == file.Path);
        if (file.Sha256 is { } hash) Add(IndicatorType.Sha256, hash, finding, at, at.TimeUtc);
        string path = file.OriginalPath ?? file.Path[(file.Path.AsSpan().LastIndexOfAny('/', '\\') + 1)..];
        if (!NeverIndicators.IsName(path)) Name(finding, path, at, at.TimeUtc);
    }

    void Name(SharedFinding finding, string path, EvidenceLine at, DateTime? time) =>
        Add(path.AsSpan().IndexOfAny('/', '\\') >= 0 ? IndicatorType.FilePath : IndicatorType.FileName, path, finding, at, time);

    void Add(IndicatorType type, string value, SharedFinding finding, EvidenceLine at, DateTime? time, bool isProof = true)
    {
        if (Indicator.Normalise(type, Inert.Json(value)) is not { } normal) return;
        if (!_seen.TryGetValue((type, normal), out Seen? seen)) _seen.Add((type, normal), seen = new Seen());
        seen.Add(finding, at, time, isProof);
    }

    static bool IsPage(string path) => path.AsSpan(path.LastIndexOf('.') + 1) is "aspx" or "ashx" or "asmx" or "asp" or "ASPX" or "ASHX" or "ASMX" or "ASP";

    /// <summary>One indicator while its sightings are collected.</summary>
    sealed class Seen
    {
        readonly List<IndicatorSighting> _sightings = [];
        EvidenceLine? _first;
        int _confidence;

        public void Add(SharedFinding finding, EvidenceLine at, DateTime? time, bool isProof)
        {
            if (_first is null || time < (_first.TimeUtc ?? DateTime.MaxValue)) _first = at;
            _confidence = Math.Max(_confidence, (finding.Wave?.Confidence ?? Confidence.Medium, isProof) switch
            {
                (Confidence.High, true) => High,
                (Confidence.High, false) or (Confidence.Medium, true) => Medium,
                _ => Low,
            });
            int same = _sightings.FindIndex(s => ReferenceEquals(s.Of, finding));
            if (same < 0) _sightings.Add(new(finding, time, time, 1));
            else _sightings[same] = _sightings[same] with { FirstUtc = Earlier(_sightings[same].FirstUtc, time), LastUtc = Later(_sightings[same].LastUtc, time), Count = _sightings[same].Count + 1 };
        }

        public SharedIndicator Indicator(IndicatorType type, string value, DateTime nowUtc)
        {
            DateTime? first = _sightings.Min(s => s.FirstUtc), last = _sightings.Max(s => s.LastUtc);
            DateTime from = first ?? _sightings.Min(s => s.Of.Wave?.WindowFromUtc) ?? nowUtc;
            DateTime? until = Detection.Indicators.Indicator.ChangesHands(type) ? Moved(last ?? from) : null;
            string source = string.Create(CultureInfo.InvariantCulture, $"{_first!.Artifact} line {_first.Line}, byte {_first.Offset}");
            return new(new Indicator(type, value, Millisecond(from), until is { } end ? Millisecond(end) : null, source, _confidence), last, _sightings);
        }

        static DateTime Moved(DateTime last) => last > DateTime.MaxValue - Detection.Indicators.Indicator.AddressLife ? DateTime.MaxValue : last + Detection.Indicators.Indicator.AddressLife;

        // Exports write milliseconds; what is written and what is meant are one.
        static DateTime Millisecond(DateTime time) => new(time.Ticks - (time.Ticks % TimeSpan.TicksPerMillisecond), DateTimeKind.Utc);

        static DateTime? Earlier(DateTime? a, DateTime? b) => a is null || b < a ? b : a;

        static DateTime? Later(DateTime? a, DateTime? b) => a is null || b > a ? b : a;
    }
}
