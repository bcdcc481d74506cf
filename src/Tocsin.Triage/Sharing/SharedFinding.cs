using Tocsin.Packs.Chain;
using Tocsin.Triage.Reports;

namespace Tocsin.Triage.Sharing;

/// <summary>A finding that is worth telling others: it proves something, be it an attempt.</summary>
/// <param name="Server">The server that it was found on.</param>
/// <param name="Wave">The wave that it belongs to; null for a sign of no known wave.</param>
/// <param name="Finding">The finding.</param>
/// <param name="Events">Its events on the timeline.</param>
/// <param name="Files">The artifacts that are what was found, not logs that tell of it: pages.</param>
/// <param name="Logs">The other artifacts that its evidence stands in.</param>
internal sealed record SharedFinding(
    ServerReport Server,
    WaveReport? Wave,
    Finding Finding,
    IReadOnlyList<ChainEvent> Events,
    IReadOnlyList<ArtifactReport> Files,
    IReadOnlyList<ArtifactReport> Logs)
{
    const string PageKind = "web-page";

    /// <summary>The wave's name, for sentences.</summary>
    public string WaveTitle => Wave?.Title ?? "no known wave";

    /// <summary>All findings of a report that prove something, in its order. Matches of rules beside the packs prove nothing and are left out.</summary>
    public static IReadOnlyList<SharedFinding> Of(ScanReport report)
    {
        var shared = new List<SharedFinding>();
        foreach (ServerReport server in report.Servers)
        {
            ILookup<string, ArtifactReport> artifacts = server.Artifacts.ToLookup(a => a.Path, StringComparer.Ordinal);
            foreach (WaveReport wave in server.Waves)
            {
                ILookup<(string, Stage), ChainEvent> events = wave.Steps.SelectMany(s => s.Events).ToLookup(e => (e.FindingId, e.Proves));
                shared.AddRange(wave.Findings.Where(f => f.Proves > Stage.None).Select(f => Make(wave, f, [.. events[(RuleOf(f), f.Proves)]])));
            }

            shared.AddRange(server.Loose.Where(f => f.Proves > Stage.None).Select(f => Make(null, f, [])));

            SharedFinding Make(WaveReport? wave, Finding finding, ChainEvent[] events)
            {
                ArtifactReport[] named = [.. finding.Evidence.Select(e => e.Artifact).Distinct(StringComparer.Ordinal).SelectMany(path => artifacts[path])];
                return new(server, wave, finding, events, [.. named.Where(a => a.Kind == PageKind)], [.. named.Where(a => a.Kind != PageKind)]);
            }
        }

        return shared;
    }

    // A finding that one log alone could not decide has its rule's id with a word behind it.
    static string RuleOf(Finding finding) => finding.Id.EndsWith("/undecided", StringComparison.Ordinal) ? finding.Id[..^"/undecided".Length] : finding.Id;
}
