using System.Text;
using Tocsin.Detection.Indicators;
using Tocsin.Detection.Sigma;
using Tocsin.Evidence.Records;
using Tocsin.Triage.Clocks;
using Tocsin.Triage.Indicators;
using Tocsin.Triage.Scanning;

namespace Tocsin.Triage.Findings;

/// <summary>Puts the records of one log source to its rules and keeps what matched. Used on one thread, for one artifact.</summary>
internal sealed class MatchCollector(LogSource source, ScanRules all, MatchScratch scratch, ArtifactScan scan, ClockWatch? clock = null, IRecordObserver? observer = null) : IRecordSink
{
    /// <summary>How much of a matching line is kept for the report. The whole line can be found by its offset.</summary>
    public const int MaxTextBytes = 4096;

    readonly SourceRules _rules = all.For(source);
    readonly List<int> _matched = [];

    /// <inheritdoc />
    public void Accept(in Record record)
    {
        _matched.Clear();
        clock?.Accept(in record);
        _rules.Match(in record, scratch, _matched);
        observer?.Accept(in record, _matched);
        if (_matched.Count == 0) return;

        Match? match = null;
        bool sought = false;
        foreach (int rule in _matched)
        {
            if (all.IsOfIndicators(rule))
            {
                // Several rules may lead to one record; what it shows is counted once.
                if (!sought) match = AddIndicators(in record, rule, match);
                sought = true;
                continue;
            }

            if (_rules.Captured(rule, in record) is { } captured) scan.Correlated.Add(rule, captured, in record);
            if (all.IsSilent(rule)) continue;
            if (!scan.Hits.TryGetValue(rule, out RuleHits? of)) scan.Hits.Add(rule, of = new RuleHits(rule, all.IsOfPack(rule) ? RuleHits.MaxKept : OtherFindings.MaxKept));
            if (of.HasRoom) match = match is null ? Describe(in record, rule) : match with { Rule = rule };
            Match? kept = match;
            of.Add(record.TimeUtc, () => kept!);
        }
    }

    Match? AddIndicators(in Record record, int rule, Match? match)
    {
        foreach (Indicator indicator in all.Indicators!.In(in record))
        {
            if (!scan.Indicators.TryGetValue(indicator, out RuleHits? of)) scan.Indicators.Add(indicator, of = new RuleHits(rule, IndicatorMatching.MaxKept));
            if (of.HasRoom) match ??= Describe(in record, rule);
            Match? kept = match;
            of.Add(record.TimeUtc, () => kept!);
        }

        return match;
    }

    Match Describe(in Record record, int rule)
    {
        string text = record.Text(MaxTextBytes, out bool cut);
        return new Match(
            rule,
            source,
            record.Position.Line,
            record.Position.Offset,
            record.TimeUtc == default ? null : record.TimeUtc,
            text,
            cut,
            JoinKeys.Client(in record),
            JoinKeys.RequestId(in record),
            JoinKeys.Canary(in record),
            record["Computer"] is { IsEmpty: false } host ? Encoding.UTF8.GetString(host) : null,
            !record["UtcTime"].IsEmpty)
        {
            Observed = ObservedFields.Of(source, in record),
        };
    }
}
