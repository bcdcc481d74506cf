using Tocsin.Evidence.Records;
using Tocsin.Triage.Reports;

namespace Tocsin.Triage.Findings;

/// <summary>One rule hit at one place, with what is needed to join it to others.</summary>
/// <param name="Rule">Index of the rule in the scan's rule set.</param>
/// <param name="Source">What sort of record it was.</param>
/// <param name="Line">Line number from 1, or record id.</param>
/// <param name="Offset">Byte offset from 0.</param>
/// <param name="TimeUtc">When; null where the record does not say.</param>
/// <param name="Text">The original text, cut at <see cref="MatchCollector.MaxTextBytes"/>.</param>
/// <param name="Cut">Whether the text was longer.</param>
/// <param name="Client">The client's address as logged.</param>
/// <param name="RequestId">The request's id, which HttpProxy and the IIS query share (<c>cafeReqId</c>).</param>
/// <param name="Canary">The beginning of the ECP session's canary, which HttpProxy and the ECP log share.</param>
/// <param name="Host">The server that the record names, for events.</param>
/// <param name="StatesUtc">Whether the record itself says that its time is UTC (Sysmon's <c>UtcTime</c>), whatever its stamp is.</param>
internal sealed record Match(
    int Rule,
    LogSource Source,
    long Line,
    long Offset,
    DateTime? TimeUtc,
    string Text,
    bool Cut,
    string? Client,
    string? RequestId,
    string? Canary,
    string? Host,
    bool StatesUtc)
{
    /// <summary>What the record names that others can look for.</summary>
    public Observed? Observed { get; init; }
}

/// <summary>All hits of one rule in one artifact: every one counted, the first ones kept.</summary>
internal sealed class RuleHits(int rule, int maxKept = RuleHits.MaxKept)
{
    /// <summary>Bounds memory where a scanner filled a log with attempts; a rule has one outcome, so more would say no more.</summary>
    public const int MaxKept = 20;

    public int Rule { get; } = rule;

    public long Count { get; private set; }

    public DateTime? FirstUtc { get; private set; }

    public DateTime? LastUtc { get; private set; }

    public List<Match> Kept { get; } = [];

    /// <summary>Whether the next hit is kept.</summary>
    public bool HasRoom => Kept.Count < maxKept;

    public void Add(DateTime time, Func<Match> match)
    {
        Count++;
        if (time != default)
        {
            if (FirstUtc is null || time < FirstUtc) FirstUtc = time;
            if (LastUtc is null || time > LastUtc) LastUtc = time;
        }

        if (HasRoom) Kept.Add(match());
    }

    /// <summary>Takes the hits of the part of the artifact that follows.</summary>
    public void Join(RuleHits next)
    {
        Count += next.Count;
        if (next.FirstUtc is { } first && (FirstUtc is null || first < FirstUtc)) FirstUtc = first;
        if (next.LastUtc is { } last && (LastUtc is null || last > LastUtc)) LastUtc = last;
        Kept.AddRange(next.Kept.Take(maxKept - Kept.Count));
    }
}
