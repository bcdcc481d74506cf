using Tocsin.Packs.Patches;
using Tocsin.Triage.Reports;

namespace Tocsin.Triage.Patches;

/// <summary>Whether a fix came after attackers had begun to use the flaw: then patching has removed nothing that was left behind.</summary>
internal static class Exposure
{
    public static IEnumerable<string> Of(BuildHistory history, CheckOptions options)
    {
        var check = new PatchCheck(options.Tables);
        IEnumerable<KnownCve> flaws = options.Only is { } only ? [only] : options.Tables.Cves;
        var late = new List<(DateOnly From, DateTime? Fixed, KnownCve Flaw)>();
        foreach (KnownCve flaw in flaws)
        {
            DateOnly? begin = options.ExploitedFrom.TryGetValue(flaw.Id, out DateOnly known) ? known : flaw.Kev?.Added;
            if (begin is not { } from || history.Builds.Count == 0) continue;
            (DateTime? first, bool wasWithout) = history.FirstWith(b => !check.Decide(flaw, new PatchQuestion(b) { Done = options.Done }).NeedsUpdate);
            DateTime until = first ?? history.Builds.Max(b => b.Seen.LastUtc);
            if (wasWithout && until >= from.ToDateTime(TimeOnly.MinValue, DateTimeKind.Utc)) late.Add((from, first, flaw));
        }

        // One sentence for all flaws of a wave whose fix came on the same day.
        foreach (var group in late.GroupBy(l => (l.From, l.Fixed, l.Flaw.Wave ?? l.Flaw.Id)).OrderBy(g => g.Key.From))
        {
            string flawsOf = string.Join(", ", group.Select(l => l.Flaw.Id));
            yield return group.Key.Fixed is { } day
                ? $"{flawsOf}: exploited since {group.Key.From:yyyy-MM-dd} at the latest, and the logs first show the fix on {Wording.Day(day)}. Patching removes nothing that was left behind before: run tocsin scan over the evidence."
                : $"{flawsOf}: exploited since {group.Key.From:yyyy-MM-dd} at the latest, and the logs never show the fix. Patching will remove nothing that was left behind: run tocsin scan over the evidence.";
        }
    }
}
