using System.Globalization;
using Tocsin.Packs;
using Tocsin.Packs.Chain;
using Tocsin.Packs.Manifests;
using Tocsin.Triage.Coverage;
using Tocsin.Triage.Findings;
using Tocsin.Triage.Reports;
using Tocsin.Triage.Scanning;
using Tocsin.Triage.Servers;

namespace Tocsin.Triage.Verdicts;

/// <summary>Says what the evidence of one server proves of one wave, and no more.</summary>
/// <remarks>
/// The order of the checks is the rule: what proves a success makes the server compromised, however little else was read.
/// Without one, a product that the wave cannot hit is not-applicable; evidence with holes is cannot-tell; only where a
/// success would have been seen over the whole time of exposure are attempts "targeted" and silence "nothing-found", and
/// only if no attempt is among them of which no log shows how it ended. The time of exposure ends with the wave, with the
/// update, or with the last record, whichever comes first: nobody can ask of logs that they show what came after they were copied.
/// </remarks>
internal sealed class Judge(ThreatPack pack, ServerEvidence server, CoverageLedger coverage, PatchHistory patches, WaveFindings findings)
{
    /// <summary>Logs that begin some hours into the first day, or end some hours before the last record of another log, are whole.</summary>
    static readonly TimeSpan EdgeTolerance = TimeSpan.FromHours(24);

    public WaveReport Judgement()
    {
        (DateTime from, DateTime to) = Window();
        IReadOnlyList<TimeSpanUtc> proven = to > from ? coverage.Seen(pack.Manifest.DecisiveCoverage).SpansWithin(from, to) : [];
        List<TimeSpanUtc> open = to > from ? OpenWithin(proven, from, to) : [new(pack.Manifest.Window.FromUtc, pack.Manifest.Window.EndUtc)];
        bool whole = coverage.HasWholeLogs && to > from && open.Count == 0;

        // An attempt whose end no log shows is not one that failed, however whole the logs are.
        bool undecided = findings.Findings.Any(f => f is { Proves: Stage.Targeted, Outcome: Outcome.Unknown });

        ProductLine? notApplicable = findings.Stage == Stage.None ? ProductNotHit() : null;
        Verdict verdict = findings.Stage >= Stage.Exploited ? Verdict.Compromised
            : notApplicable is not null ? Verdict.NotApplicable
            : !whole || undecided ? Verdict.CannotTell
            : findings.Stage == Stage.Targeted ? Verdict.Targeted
            : Verdict.NothingFound;

        PackText text = pack.Manifest.TextFor(Words.Of(verdict), findings.Stage);
        return new WaveReport(
            pack.Id,
            pack.Manifest.Title,
            verdict,
            findings.Stage,
            ConfidenceOf(verdict),
            Headline(verdict, notApplicable),
            text.Meaning,
            text.NextStep,
            Because(verdict, from, to, notApplicable, undecided),
            verdict is Verdict.NotApplicable ? [] : Missing(verdict, open, to > from),
            pack.Manifest.Window.FromUtc,
            to > from ? to : pack.Manifest.Window.EndUtc,
            patches.Describe(pack),
            proven,
            findings.Steps,
            findings.Findings)
        {
            FixedUtc = patches.FixedUtc(pack),
        };
    }

    (DateTime From, DateTime To) Window()
    {
        DateTime to = pack.Manifest.Window.EndUtc;
        if (patches.FixedUtc(pack) is { } day && day < to) to = day;

        if (coverage.LastUtc is { } last && last < to) to = last;
        return (pack.Manifest.Window.FromUtc, to);
    }

    static List<TimeSpanUtc> OpenWithin(IReadOnlyList<TimeSpanUtc> proven, DateTime from, DateTime to)
    {
        var open = HourSet.Open(proven, from, to).ToList();
        open.RemoveAll(o => (o.FromUtc == from || o.ToUtc == to) && o.ToUtc - o.FromUtc <= EdgeTolerance);
        return open;
    }

    ProductLine? ProductNotHit()
    {
        // Only when every product that the evidence names is one that the wave cannot hit.
        string[] products = [.. server.Artifacts.SelectMany(a => a.Report.Products).Distinct(StringComparer.OrdinalIgnoreCase)];
        string[] builds = [.. patches.Builds.Select(b => b.Build)];
        if (products.Length + builds.Length == 0) return null;
        ProductLine?[] reasons =
        [
            .. products.Select(p => pack.Manifest.NotApplicable.FirstOrDefault(n => n.Product.Equals(p, StringComparison.OrdinalIgnoreCase))),
            .. builds.Select(b => pack.Manifest.NotApplicable.FirstOrDefault(n => b.StartsWith(n.Builds, StringComparison.Ordinal))),
        ];
        return reasons.All(r => r is not null) ? reasons[0] : null;
    }

    Confidence ConfidenceOf(Verdict verdict)
    {
        if (verdict is Verdict.NothingFound or Verdict.Targeted or Verdict.NotApplicable) return Confidence.High;
        if (verdict is Verdict.CannotTell) return coverage.HasWholeLogs ? Confidence.Medium : Confidence.Low;

        // What proves the break-in: the findings from "exploited" up, not those of attempts beside them.
        Finding[] telling = [.. findings.Findings.Where(f => f.Proves >= Stage.Exploited)];
        bool damaged = telling.SelectMany(f => f.Evidence).All(e => server.Artifacts.Any(a => a.File.Path == e.Artifact && CoverageLedger.Damaged(a.Report) > 0 && a.Report.IsExtract));
        bool critical = telling.Any(f => f.Level == "critical");
        if (damaged) return critical ? Confidence.Medium : Confidence.Low;
        return critical || telling.Length > 1 ? Confidence.High : Confidence.Medium;
    }

    string Headline(Verdict verdict, ProductLine? notApplicable)
    {
        string when = FirstOf(Stage.Exploited) is { } first ? $" on {WaveFindings.Day(first)}" : "";
        switch (verdict)
        {
            case Verdict.Compromised:
                string what = findings.Stage switch
                {
                    Stage.Exploited => $"Attackers got in{when}",
                    Stage.Implanted => $"Attackers got in{when} and left something of theirs behind",
                    Stage.Operated => $"Attackers got in{when} and gave the server orders",
                    _ => $"Attackers got in{when} and did damage",
                };
                return patches.FixedUtc(pack) is { } update && FirstOf(Stage.Exploited) is { } day && update > day
                    ? $"{what}; the update came on {WaveFindings.Day(update)}."
                    : $"{what}.";
            case Verdict.Targeted:
                return $"Somebody tried{Tried()}, and did not get in.";
            case Verdict.NothingFound:
                return "Nothing of this attack in the whole time in which it mattered.";
            case Verdict.NotApplicable:
                return $"This attack cannot hit {notApplicable!.Product}.";
            default:
                return findings.Stage == Stage.Targeted
                    ? $"Somebody tried{Tried()}; whether anybody got in cannot be told from this evidence."
                    : WhyNot();
        }

        string WhyNot() =>
            !coverage.HasWholeLogs ? "Cannot be told: no whole log was given, and without one nothing is excluded."
            : coverage.LastUtc is { } last && last < pack.Manifest.Window.FromUtc ? $"Cannot be told: the logs end on {WaveFindings.Day(last)}, before this wave began."
            : coverage.FirstUtc is { } first && first > pack.Manifest.Window.EndUtc ? $"Cannot be told: the logs begin on {WaveFindings.Day(first)}, when this wave was over."
            : "Cannot be told: the logs have gaps in the time that matters.";

        string Tried() => FirstOf(Stage.Targeted) is { } tried ? $" on {WaveFindings.Day(tried)}" : "";
    }

    DateTime? FirstOf(Stage stage) => findings.Findings.Where(f => f.Proves >= stage).Min(f => f.FirstUtc);

    List<string> Because(Verdict verdict, DateTime from, DateTime to, ProductLine? notApplicable, bool undecided)
    {
        var reasons = new List<string>();
        if (notApplicable is not null) reasons.Add(notApplicable.Reason!);
        foreach (Finding finding in findings.Findings.Where(f => f.Proves > Stage.None).Take(4))
        {
            string count = finding.Count == 1 ? "once" : string.Create(CultureInfo.InvariantCulture, $"{finding.Count:N0} times");
            string time = finding.FirstUtc is { } first ? string.Create(CultureInfo.InvariantCulture, $", first at {first:yyyy-MM-dd HH:mm:ss} UTC") : "";
            reasons.Add($"{finding.RuleTitle} ({count}{time}).");
        }

        if (verdict is Verdict.NothingFound or Verdict.Targeted)
        {
            reasons.Add($"The logs that would show a success are whole from {WaveFindings.Day(from)} to {WaveFindings.Day(to)}.");
        }

        if (verdict is Verdict.CannotTell)
        {
            if (undecided && coverage.HasWholeLogs) reasons.Add("The logs show an attempt and not how it ended.");
            if (!coverage.HasWholeLogs) reasons.Add("Only extracts or files without a history were given (pasted rows, another tool's output, pages, settings): they show what they show and exclude nothing.");
        }

        return reasons;
    }

    List<string> Missing(Verdict verdict, List<TimeSpanUtc> open, bool windowIsOpen)
    {
        var missing = new List<string>();
        if (verdict is Verdict.NothingFound or Verdict.Targeted) return missing;

        if (verdict is Verdict.CannotTell || coverage.HasWholeLogs)
        {
            foreach (TimeSpanUtc span in open.Take(6))
            {
                missing.Add(windowIsOpen || !coverage.HasWholeLogs
                    ? $"No log that would show a success covers {Stretch(span)}."
                    : $"No log covers the time of this wave, {Stretch(span)}.");
            }

            if (open.Count > 6) missing.Add(string.Create(CultureInfo.InvariantCulture, $"{open.Count - 6} more gaps; see the coverage."));
        }

        var kinds = coverage.Logs.Where(l => !l.IsExtract && l.Records > 0).Select(l => l.Kind).ToHashSet(StringComparer.Ordinal);
        foreach (EvidenceKind place in pack.Manifest.Evidence.Where(p => !kinds.Contains(p.Kind)))
        {
            missing.Add($"{place.Where}: {place.Shows}. Not in what was given.");
        }

        foreach (ArtifactScan artifact in server.Artifacts.Where(a => a.State is ArtifactState.Unreadable).Take(5))
        {
            missing.Add($"{artifact.File.Path} could not be read.");
        }

        return missing;
    }

    static string Stretch(TimeSpanUtc span) => string.Create(CultureInfo.InvariantCulture, $"{span.FromUtc:yyyy-MM-dd HH:mm} to {span.ToUtc:yyyy-MM-dd HH:mm} UTC");
}
