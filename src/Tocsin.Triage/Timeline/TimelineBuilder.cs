using Tocsin.Triage.Reports;
using Tocsin.Triage.Scanning;
using Tocsin.Triage.Servers;

namespace Tocsin.Triage.Timeline;

/// <summary>From a source to one timeline: every record with a time of every artifact of every server, in order, with what is a finding.</summary>
/// <remarks>
/// Rows go to sorted runs in temporary files while the evidence is read, and are merged when it is known whose they are, what their
/// clocks are worth and which of them are findings. Memory does not grow with the evidence. The same evidence, packs and options
/// give the same bytes for any number of threads.
/// </remarks>
public static class TimelineBuilder
{
    /// <summary>More different corrections are no server's zone; each costs another reading of all runs, and the rest stay as written.</summary>
    const int MaxShifts = 8;

    /// <summary>Writes the timeline to <paramref name="output"/>, which stays open.</summary>
    /// <param name="options">What and how.</param>
    /// <param name="output">Takes the bytes.</param>
    /// <param name="written">Told of bytes merged, of all that were spilled.</param>
    /// <param name="cancellation">Stops it; temporary files are closed.</param>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    /// <exception cref="ArgumentException">There is no server of the name that was asked for.</exception>
    public static TimelineSummary Write(TimelineOptions options, Stream output, IProgress<ScanProgress>? written = null, CancellationToken cancellation = default)
    {
        var names = new TimelineNames();
        using var runs = new RunStore(options.TemporaryFile, names.Order, cancellation: cancellation);
        var collector = new TimelineCollector(options, runs, names, BufferBytes(options));
        ScanReport report = Scanner.Scan(options.Scan with { Observer = collector }, cancellation);
        collector.Finish();

        Dictionary<ArtifactScan, Place> places = PlacesOf(collector, options.Server);
        using TimelineWriter writer = options.Format == TimelineFormat.Csv
            ? new CsvTimeline(output, options.Zone)
            : new JsonTimeline(output, options.Zone, options.Format == TimelineFormat.Timesketch);
        TimelineSummary summary = Merge(options, new Merging(runs, names, places, writer), written, cancellation);
        return summary with { Report = report, WithoutTime = collector.WithoutTime };
    }

    /// <summary>Where an artifact's rows belong, and how its clock is set right.</summary>
    sealed record Place(string Server, FindingMarks Marks, long Shift);

    sealed record Merging(RunStore Runs, TimelineNames Names, Dictionary<ArtifactScan, Place> Places, TimelineWriter Writer);

    static int BufferBytes(TimelineOptions options) => Math.Clamp(options.MemoryBytes / Math.Max(1, options.Scan.Threads), 64 * 1024, 16 * 1024 * 1024);

    static Dictionary<ArtifactScan, Place> PlacesOf(TimelineCollector collector, string? only)
    {
        long[] shifts = [.. collector.Servers.SelectMany(s => s.Server.Artifacts).Select(a => a.Report.ClockOffset?.Ticks ?? 0).Where(t => t != 0)
            .GroupBy(t => t).OrderByDescending(g => g.Count()).ThenBy(g => g.Key).Select(g => g.Key).Take(MaxShifts)];
        var places = new Dictionary<ArtifactScan, Place>();
        foreach ((ServerEvidence server, FindingMarks marks) in collector.Servers)
        {
            if (only is not null && !server.Name.Equals(only, StringComparison.OrdinalIgnoreCase)) continue;
            foreach (ArtifactScan artifact in server.Artifacts)
            {
                long shift = artifact.Report.ClockOffset?.Ticks ?? 0;
                places[artifact] = new(server.Name, marks, shifts.Contains(shift) ? shift : 0);
            }
        }

        if (only is not null && places.Count == 0)
        {
            string known = string.Join(", ", collector.Servers.Select(s => s.Server.Name).Distinct(StringComparer.OrdinalIgnoreCase).Take(20));
            throw new ArgumentException($"there is no server '{only}' in this evidence. It has: {(known.Length > 0 ? known : "none")}.");
        }

        return places;
    }

    static TimelineSummary Merge(TimelineOptions options, Merging to, IProgress<ScanProgress>? progress, CancellationToken cancellation)
    {
        (RunStore runs, TimelineNames names, Dictionary<ArtifactScan, Place> places, TimelineWriter writer) = to;
        var place = new Place?[names.Count];
        for (int i = 0; i < place.Length; i++) place[i] = places.GetValueOrDefault(names.Artifact(i));
        long from = options.FromUtc?.Ticks ?? long.MinValue, end = options.ToUtc?.Ticks ?? long.MaxValue;

        long? ShiftOf(in Row row) => place[row.Artifact] is { } of ? (row.Flags & Row.StatesUtc) != 0 ? 0 : of.Shift : null;
        long[] shifts = [0, .. places.Values.Select(p => p.Shift).Where(s => s != 0).Distinct().Order()];

        long seen = 0, rows = 0, findings = 0, done = 0, total = runs.Bytes;
        DateTime? first = null, last = null;
        var marks = new List<FindingMark>();
        var words = new RowWords();
        using var merge = new RunMerge(runs.Runs, names.Order, new RowFilter(shifts, ShiftOf));
        while (merge.MoveNext())
        {
            Row row = merge.Current;
            done += row.Bytes.Length + 4;
            if ((++seen & 0x3FFF) == 0)
            {
                cancellation.ThrowIfCancellationRequested();
                progress?.Report(new ScanProgress(done, total, names.Count));
            }

            if (merge.Ticks < from || merge.Ticks >= end || merge.Ticks <= 0 || merge.Ticks > DateTime.MaxValue.Ticks) continue;
            var time = new DateTime(merge.Ticks, DateTimeKind.Utc);
            Place of = place[row.Artifact]!;
            ArtifactScan artifact = names.Artifact(row.Artifact);
            MarksOf(in row, of, artifact.File.Path, time, marks);
            if (options.FindingsOnly && marks.Count == 0) continue;

            rows++;
            if (marks.Count > 0) findings++;
            first ??= time;
            last = time;
            RowKind kind = names.Kind(row.What);
            row.Texts(out ReadOnlySpan<byte> client, out ReadOnlySpan<byte> user, out ReadOnlySpan<byte> message);
            writer.Write(new TimelineRow
            {
                TimeUtc = time,
                TimeIs = kind.TimeIs,
                Server = of.Server,
                Artifact = artifact.File.Path,
                Line = row.Line,
                Offset = row.Offset,
                Source = words.Source(artifact, kind),
                Clock = words.Clock((row.Flags & Row.StatesUtc) != 0, of.Shift),
                Client = client,
                User = user,
                Message = message,
                Findings = marks,
            });
        }

        writer.Flush();
        return new TimelineSummary(null!, rows, findings, 0, first, last);
    }

    static void MarksOf(in Row row, Place of, string artifact, DateTime time, List<FindingMark> marks)
    {
        marks.Clear();
        for (int i = 0; i < row.Rules; i++)
        {
            if (of.Marks.Of(artifact, row.Rule(i), row.Offset, time) is { } mark) marks.Add(mark);
        }

        if (marks.Count > 1) marks.Sort(static (a, b) => a.Stage != b.Stage ? b.Stage.CompareTo(a.Stage) : string.CompareOrdinal(a.Rule, b.Rule));
    }

    /// <summary>Words that many rows share, made once.</summary>
    sealed class RowWords
    {
        readonly Dictionary<RowKind, string> _sources = [];
        readonly Dictionary<long, string> _clocks = [];

        // The kind of the artifact tells more than the log source (which HttpProxy log), unless another reader looked at the same file.
        public string Source(ArtifactScan artifact, RowKind kind)
        {
            if (artifact.Kind is { } known && known.LogSource == kind.Source) return known.Id;
            if (!_sources.TryGetValue(kind, out string? words))
            {
                string?[] parts = [kind.Source.Category, kind.Source.Product, kind.Source.Service];
                _sources.Add(kind, words = string.Join('/', parts.OfType<string>()));
            }

            return words;
        }

        public string Clock(bool statesUtc, long shift)
        {
            if (statesUtc) return "states UTC";
            if (shift == 0) return "as written";
            if (!_clocks.TryGetValue(shift, out string? words)) _clocks.Add(shift, words = $"corrected by {TimelineTime.Zone(TimeSpan.FromTicks(shift))}");
            return words;
        }
    }
}
