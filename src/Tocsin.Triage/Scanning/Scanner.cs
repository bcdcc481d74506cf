using System.Collections.Concurrent;
using System.Reflection;
using Tocsin.Detection;
using Tocsin.Detection.Sigma;
using Tocsin.Detection.Yara;
using Tocsin.Evidence.Sources;
using Tocsin.Evidence.WebPages;
using Tocsin.Packs;
using Tocsin.Triage.Clocks;
using Tocsin.Triage.Coverage;
using Tocsin.Triage.Findings;
using Tocsin.Triage.Indicators;
using Tocsin.Triage.Reports;
using Tocsin.Triage.Servers;
using Tocsin.Triage.Verdicts;
using Tocsin.Triage.WebRoots;
using Tocsin.Triage.Yara;

namespace Tocsin.Triage.Scanning;

/// <summary>From a source to a report. The report depends on the evidence and the packs alone, not on threads or the order of a listing.</summary>
public static class Scanner
{
    /// <summary>Scans and judges.</summary>
    /// <exception cref="InvalidOperationException">A pack has a rule that cannot be compiled; packs are checked when they are loaded.</exception>
    /// <exception cref="OperationCanceledException">The scan was cancelled.</exception>
    public static ScanReport Scan(ScanOptions options, CancellationToken cancellation = default)
    {
        PackRule[] packRules = [.. options.Packs.SelectMany(p => p.Rules)];
        IReadOnlyList<SigmaRule> indicatorRules = options.Indicators is { } given ? IndicatorRules.Of(given.Set) : [];
        var diagnostics = new List<Diagnostic>();
        RuleSet set = RuleSet.Compile(
            packRules.Select(r => r.Rule).Concat(options.OtherRules?.Rules ?? []).Concat(indicatorRules),
            options.OtherRules?.Correlations ?? [],
            source => [.. JoinKeys.Fields, .. ObservedFields.Of(source), .. options.Observer?.FieldsOf(source) ?? []],
            diagnostics);
        if (!set.Rules.Take(packRules.Length).SequenceEqual(packRules.Select(r => r.Rule), ReferenceEqualityComparer.Instance)) throw new InvalidOperationException(string.Join(Environment.NewLine, diagnostics));

        IndicatorMatching? indicators = options.Indicators is null ? null : new(options.Indicators);
        var rules = new ScanRules(set, packRules.Length, set.Rules.Count - indicatorRules.Count, indicators);
        var problems = new List<SourceProblem>();
        IReadOnlyList<SourceUnit> units = new SourceWalker(options.Limits).Discover(options.Paths, problems, cancellation);
        using YaraSet? own = options.Yara is null ? YaraSet.OfPacks(options.Packs, new YaraOptions()) : null;
        using var yara = new YaraExaminer(options.Yara ?? own!, options.Known);
        var pages = new WebPageExaminer();
        var clocks = new ClockSamples();
        ArtifactScan[] artifacts = ReadAll(units, rules, options, [pages, yara], clocks, problems, cancellation);
        SecondLook.Run(artifacts, rules, yara, problems, cancellation);
        foreach (ArtifactScan artifact in artifacts)
        {
            if (options.Known.Find(artifact.Sha256) is { } known) artifact.Report.Notes.Add($"Known good: {known}.");
        }

        List<ArtifactScan> distinct = Distinct(artifacts);
        new WebRootReview(rules, options.Packs, hash => options.Known.Find(hash) is not null, new FileBirths(distinct).Of).Review(distinct, pages);
        ConfigurationHistory.Compare(distinct);
        ScanReport report = Judged(options, packRules, new OtherFindings(set, packRules.Length), distinct, clocks, problems);
        IReadOnlyList<IndicatorMatch> matches = indicators?.Of(distinct) ?? [];
        return report with
        {
            ExitCode = matches.Count > 0 ? 1 : report.ExitCode,
            IndicatorMatches = matches,
            Indicators = indicators?.Summary(),
            YaraHits = yara.HitsIn(distinct),
            Yara = yara.Summary(),
            OtherRules = options.OtherRules is { } other ? OtherFindings.Summary(other, rules, diagnostics) : null,
        };
    }

    static ArtifactScan[] ReadAll(IReadOnlyList<SourceUnit> units, ScanRules rules, ScanOptions options, IReadOnlyList<IContentExaminer> examiners, ClockSamples clocks, List<SourceProblem> problems, CancellationToken cancellation)
    {
        var artifacts = new ConcurrentBag<ArtifactScan>();
        long done = 0, total = units.Sum(u => Math.Max(0, u.Length));
        int files = 0;

        // The longest first, so that the last file to be read is a short one and no thread waits long.
        var queue = new ConcurrentQueue<SourceUnit>(units.OrderByDescending(u => u.Length).ThenBy(u => u.Path, StringComparer.Ordinal));
        int threads = Math.Clamp(options.Threads, 1, Math.Max(1, units.Count));
        using var spare = new SpareThreads(Math.Max(0, options.Threads - threads));
        void Work()
        {
            long open = 0;
            var scanner = new ArtifactScanner(rules, examiners, read => Advance(read), clocks, spare, cancellation, options.Observer);
            while (queue.TryDequeue(out SourceUnit? unit))
            {
                open = Math.Max(0, unit.Length);
                var found = new List<SourceProblem>();
                try
                {
                    unit.Visit(
                        (file, content) =>
                        {
                            Interlocked.Increment(ref files);
                            ArtifactScan scan = scanner.Scan(file, content);
                            scan.Unit = unit;
                            artifacts.Add(scan);
                        },
                        found,
                        cancellation);
                }
                catch (IOException e)
                {
                    found.Add(new SourceProblem(unit.Path, $"Reading failed: {e.Message}"));
                }

                lock (problems) problems.AddRange(found);
                Advance(open);
            }

            spare.Add();

            // Members of an archive give more bytes than the archive has: a unit counts for as much as it has on disk.
            void Advance(long read)
            {
                long counted = Math.Min(read, open);
                open -= counted;
                options.Progress?.Report(new ScanProgress(Interlocked.Add(ref done, counted), total, files));
            }
        }

        Task[] others = [.. Enumerable.Range(1, threads - 1).Select(_ => Task.Factory.StartNew(Work, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default))];
        Exception? failure = null;
        try
        {
            Work();
        }
        catch (Exception e) when (others.Length > 0)
        {
            failure = e;
            queue.Clear();
        }

        try
        {
            Task.WaitAll(others, CancellationToken.None);
        }
        catch (AggregateException e)
        {
            failure ??= e.InnerException;
        }

        if (failure is not null) System.Runtime.ExceptionServices.ExceptionDispatchInfo.Throw(failure);
        return [.. artifacts.OrderBy(a => a.File.Path, StringComparer.Ordinal).ThenBy(a => a.Sha256, StringComparer.Ordinal)];
    }

    // The same file collected twice proves nothing twice: the first by path counts, the others are named.
    static List<ArtifactScan> Distinct(ArtifactScan[] artifacts)
    {
        var kept = new List<ArtifactScan>();
        var seen = new Dictionary<(string, string, string?), ArtifactScan>();
        foreach (ArtifactScan artifact in artifacts)
        {
            // One shell in two web folders is two shells to be taken out.
            string? place = artifact.Kind?.LogSource == WebPageReader.Source ? artifact.File.OriginalPath ?? artifact.File.Path : null;
            var key = (artifact.File.Collection, artifact.Sha256 ?? "", place);
            if (artifact.Kind is null || artifact.Sha256 is null || seen.TryAdd(key, artifact))
            {
                kept.Add(artifact);
                continue;
            }

            seen[key].Report.Notes.Add($"Also found as {artifact.File.Path}; counted once.");
        }

        return kept;
    }

    static ScanReport Judged(ScanOptions options, PackRule[] packRules, OtherFindings other, List<ArtifactScan> artifacts, ClockSamples clocks, List<SourceProblem> problems)
    {
        var servers = new List<ServerReport>();
        foreach (ServerEvidence server in ServerGrouping.Group(artifacts.Where(ServerGrouping.IsEvidence)))
        {
            servers.Add(ReportOf(server, options, packRules, clocks) with { OtherFindings = other.Of(server.Artifacts) });
        }

        ArtifactScan[] skipped = [.. artifacts.Where(a => a.State == ArtifactState.Skipped)];
        ArtifactScan[] unread = [.. artifacts.Where(a => a.State is ArtifactState.Unreadable or ArtifactState.NotRead)];
        Problem[] told = [.. problems.OrderBy(p => p.Path, StringComparer.Ordinal).ThenBy(p => p.Reason, StringComparer.Ordinal).Select(p => new Problem(p.Path, p.Reason))];
        bool notWhole = unread.Length > 0 || problems.Any(p => p.Kind is not (SourceProblemKind.Note or SourceProblemKind.Skipped)) || artifacts.Count == skipped.Length;
        bool found = servers.SelectMany(s => s.Waves).Any(w => w.Stage >= Packs.Chain.Stage.Targeted) || servers.SelectMany(s => s.Loose).Any(LooseFindings.IsSign)
            || servers.SelectMany(s => s.OtherFindings).Any(OtherFindings.IsNews);
        return new ScanReport(
            typeof(Scanner).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0] ?? "0",
            [.. options.Packs.Select(p => new PackSummary(p.Id, p.Manifest.Title, p.Manifest.Version, p.Rules.Count) { Cves = p.Manifest.Cves })],
            options.Paths,
            [.. servers.OrderBy(s => s.Waves.Select(w => Severity(w)).DefaultIfEmpty(9).Min()).ThenBy(s => s.Name, StringComparer.OrdinalIgnoreCase).ThenBy(s => s.Name, StringComparer.Ordinal)],
            new ScanTotals(
                artifacts.Count(a => a.Kind is not null),
                skipped.Length,
                unread.Length,
                artifacts.Sum(a => a.Bytes),
                artifacts.Sum(a => a.Report.Records),
                artifacts.Sum(a => CoverageLedger.Damaged(a.Report))),
            told)
        {
            ExitCode = found ? 1 : notWhole ? 2 : 0,
        };
    }

    static ServerReport ReportOf(ServerEvidence server, ScanOptions options, PackRule[] packRules, ClockSamples clocks)
    {
        var coverage = new CoverageLedger(server.Artifacts);
        PatchHistory patches = PatchHistory.Of(server.Artifacts);
        var waves = new List<WaveReport>();
        var found = new List<(ThreatPack, int, WaveFindings)>();
        int first = 0;
        foreach (ThreatPack pack in options.Packs)
        {
            var rules = Enumerable.Range(first, pack.Rules.Count).ToDictionary(i => i, i => packRules[i]);
            WaveFindings findings = WaveFindings.Build(pack, rules, server.Artifacts, coverage);
            found.Add((pack, first, findings));
            first += pack.Rules.Count;
            waves.Add(new Judge(pack, server, coverage, patches, findings).Judgement());
        }

        options.Observer?.Judged(server, found);
        return new ServerReport(
            server.Name,
            server.NameFrom,
            [.. waves.OrderBy(Severity).ThenByDescending(w => w.Stage).ThenBy(w => Apart(w, coverage)).ThenBy(w => w.WindowFromUtc)],
            patches.Builds,
            coverage.Logs,
            [.. server.Artifacts.Select(ArtifactText.Of)],
            [])
        {
            Clocks = ClockReview.Of(server, clocks),
            Mitigations = ConfigurationHistory.InForce(server.Artifacts),
            Loose = LooseFindings.Of(server, packRules, found.Select(f => f.Item3)),
        };
    }

    // How far a wave's time is from that of the logs: of waves of which nothing can be told, the ones that the logs reach are told first.
    static TimeSpan Apart(WaveReport wave, CoverageLedger coverage) =>
        coverage.FirstUtc is not { } first || coverage.LastUtc is not { } last ? default
        : last < wave.WindowFromUtc ? wave.WindowFromUtc - last
        : first > wave.WindowToUtc ? first - wave.WindowToUtc
        : default;

    static int Severity(WaveReport wave) => wave.Verdict switch
    {
        Verdict.Compromised => 0,
        Verdict.Targeted => 1,
        Verdict.CannotTell => wave.Stage == Packs.Chain.Stage.Targeted ? 2 : 3,
        Verdict.NothingFound => 4,
        _ => 5,
    };
}
