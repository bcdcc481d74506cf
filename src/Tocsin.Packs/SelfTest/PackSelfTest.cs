using System.Runtime.InteropServices;
using Tocsin.Detection;
using Tocsin.Detection.Sigma;
using Tocsin.Detection.Yara;
using Tocsin.Evidence.Artifacts;
using Tocsin.Evidence.Records;

namespace Tocsin.Packs.SelfTest;

/// <summary>Runs a pack's samples: every rule must match in those that fire and nowhere in those that must stay quiet.</summary>
public static class PackSelfTest
{
    /// <summary>Runs all samples of a pack with all its rules compiled together, as a scan does, so that the filter is tested too.</summary>
    /// <param name="pack">The pack.</param>
    /// <param name="recognise">Gives a reader for a path and the bytes; null where nothing reads them.</param>
    /// <param name="cancellation">Looked at between samples.</param>
    public static PackTestReport Run(ThreatPack pack, Func<string, ReadOnlyMemory<byte>, ArtifactReader?> recognise, CancellationToken cancellation = default) =>
        Run(pack, recognise, new YaraOptions(), cancellation);

    /// <summary>The same, with YARA run as told.</summary>
    public static PackTestReport Run(ThreatPack pack, Func<string, ReadOnlyMemory<byte>, ArtifactReader?> recognise, YaraOptions yara, CancellationToken cancellation)
    {
        var diagnostics = new List<Diagnostic>();
        RuleSet rules = RuleSet.Compile(pack.Rules.Select(r => r.Rule), [], diagnostics);
        YaraSource[] sources = [.. pack.Yara.Select(y => new YaraSource(y.Path, y.Path, y.Text))];
        using YaraRules? yaraRules = sources.Length == 0 ? null : YaraCompiler.Compile(sources, yara, diagnostics);
        using YaraScanner? scanner = yaraRules?.NewScanner();
        var failures = diagnostics.Select(d => new PackTestFailure("", d.File, $"{d.Code}: {d.Message}")).ToList();
        int fires = 0;
        foreach (PackSample sample in pack.Samples)
        {
            cancellation.ThrowIfCancellationRequested();
            if (sample.MustFire) fires++;
            string? wrong = sample.Path.EndsWith(HexSample.Extension, StringComparison.Ordinal)
                ? YaraSelfTest.WhatIsWrong(pack, rules, scanner, sample)
                : WhatIsWrong(pack, rules, sample, recognise, cancellation);
            if (wrong is not null) failures.Add(new(sample.Rule, sample.Path, wrong));
        }

        return new(pack.Id, pack.Rules.Count, fires, pack.Samples.Count - fires, failures) { YaraRules = pack.Yara.Sum(y => y.Rules.Count) };
    }

    static string? WhatIsWrong(ThreatPack pack, RuleSet rules, PackSample sample, Func<string, ReadOnlyMemory<byte>, ArtifactReader?> recognise, CancellationToken cancellation)
    {
        if (recognise(sample.Path, sample.Content) is not { } reader) return "Nothing recognises this sample.";

        var report = new ReadReport();
        var sinks = new Dictionary<LogSource, Sink>();
        var context = new ReadContext(TargetOf, report, cancellation);
        using (Stream content = AsStream(sample.Content)) reader.Read(content, context);

        if (pack.Rules.FirstOrDefault(r => r.Name == sample.Rule)?.Rule is not { } rule) return $"Samples of YARA rules are hex, in files that end in {HexSample.Extension}.";
        long matches = sinks.Values.Sum(s => s.Count(rule));
        if (report.Records == 0) return $"Read as {reader.Kind.Title}, and no record was found in it.";
        if (sample.MustFire && matches == 0) return $"Read as {reader.Kind.Title}: {report.Records} records, and the rule matches in none.";
        if (!sample.MustFire && matches > 0) return $"Read as {reader.Kind.Title}: the rule matches in {matches} of {report.Records} records.";
        return null;

        RecordTarget TargetOf(LogSource source)
        {
            if (!sinks.TryGetValue(source, out Sink? sink)) sinks[source] = sink = new(rules, rules.For(source));
            return sink.Target;
        }
    }

    static MemoryStream AsStream(ReadOnlyMemory<byte> content) =>
        MemoryMarshal.TryGetArray(content, out ArraySegment<byte> bytes)
            ? new(bytes.Array!, bytes.Offset, bytes.Count, writable: false)
            : new(content.ToArray(), writable: false);

    /// <summary>Puts records to the rules of their source and counts.</summary>
    internal sealed class Sink : IRecordSink
    {
        readonly RuleSet _rules;
        readonly SourceRules _source;
        readonly MatchScratch _scratch = new();
        readonly List<int> _hits = [];
        readonly Dictionary<SigmaRule, long> _counts = new(ReferenceEqualityComparer.Instance);

        public Sink(RuleSet rules, SourceRules source)
        {
            _rules = rules;
            _source = source;
            Target = new(source.Fields, source, this);
        }

        public RecordTarget Target { get; }

        public long Count(SigmaRule rule) => _counts.GetValueOrDefault(rule);

        public void Accept(in Record record)
        {
            _hits.Clear();
            _source.Match(in record, _scratch, _hits);
            foreach (int hit in _hits) CollectionsMarshal.GetValueRefOrAddDefault(_counts, _rules.Rules[hit], out _)++;
        }
    }
}

/// <summary>What a self-test gave.</summary>
/// <param name="Pack">The pack's id.</param>
/// <param name="Rules">How many rules it has.</param>
/// <param name="Fires">How many samples that must fire were run.</param>
/// <param name="Quiet">How many samples that must stay quiet were run.</param>
/// <param name="Failures">What went wrong, in the order of the samples.</param>
public sealed record PackTestReport(string Pack, int Rules, int Fires, int Quiet, IReadOnlyList<PackTestFailure> Failures)
{
    /// <summary>How many YARA rules it has beside them.</summary>
    public int YaraRules { get; init; }
}

/// <summary>One sample that did not do what it must.</summary>
/// <param name="Rule">The rule's name; empty for what concerns the pack.</param>
/// <param name="Path">The sample.</param>
/// <param name="Message">What happened instead.</param>
public sealed record PackTestFailure(string Rule, string Path, string Message);
