using Tocsin.Evidence.Records;

namespace Tocsin.Triage.Findings;

/// <summary>A record that correlations look at, as it is kept until all of a server was read.</summary>
/// <param name="Rule">Index of the rule that matched.</param>
/// <param name="TimeUtc">When.</param>
/// <param name="Captured">The values by which correlations group and count.</param>
/// <param name="Position">Where it stands.</param>
/// <param name="Text">The original text; empty for all but the first ones.</param>
/// <param name="Cut">Whether the text was longer.</param>
/// <param name="StatesUtc">Whether the record itself says that its time is UTC.</param>
internal sealed record CorrelationRecord(int Rule, DateTime TimeUtc, string?[] Captured, Position Position, string Text, bool Cut, bool StatesUtc);

/// <summary>The records of one artifact that correlations look at. Used on one thread.</summary>
internal sealed class CorrelationRecords
{
    /// <summary>Bounds memory where somebody guesses passwords for weeks: of each rule so many records of a file are kept, which is far more than any correlation asks for.</summary>
    const int MaxOfRule = 10_000;

    /// <summary>Of so many the text is kept too; the others are found by their place.</summary>
    const int MaxTextsOfRule = 200;
    const int MaxTextBytes = 1024;

    readonly Dictionary<int, int> _counts = [];

    public List<CorrelationRecord> Kept { get; } = [];

    /// <summary>Rules of which records were left out.</summary>
    public SortedSet<int> Full { get; } = [];

    /// <summary>Takes what was kept of the part of the artifact that follows.</summary>
    public void Join(CorrelationRecords next)
    {
        foreach (CorrelationRecord record in next.Kept)
        {
            if (TryCount(record.Rule, out int count)) Kept.Add(count < MaxTextsOfRule ? record : record with { Text = "", Cut = true });
        }

        Full.UnionWith(next.Full);
    }

    bool TryCount(int rule, out int before)
    {
        before = _counts.GetValueOrDefault(rule);
        if (before == MaxOfRule) Full.Add(rule);
        else _counts[rule] = before + 1;
        return before < MaxOfRule;
    }

    public void Add(int rule, string?[] captured, in Record record)
    {
        // Without a time nothing is near anything.
        if (record.TimeUtc == default) return;
        if (!TryCount(rule, out int count)) return;
        bool cut = true;
        string text = count < MaxTextsOfRule ? record.Text(MaxTextBytes, out cut) : "";
        Kept.Add(new(rule, record.TimeUtc, captured, record.Position, text, cut, !record["UtcTime"].IsEmpty));
    }
}
