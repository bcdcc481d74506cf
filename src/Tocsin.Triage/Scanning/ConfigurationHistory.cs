using Tocsin.Evidence.Configuration;

namespace Tocsin.Triage.Scanning;

/// <summary>Compares the configuration of IIS with the older copies of it that IIS keeps, and remarks on mitigations that are gone.</summary>
/// <remarks>
/// IIS copies <c>applicationHost.config</c> to <c>inetpub\history\CFGHISTORY_0000000001</c> and so on when it changes; backups lie
/// in <c>inetsrv\backup\NAME</c>. One copy alone cannot say that something was taken out; cumulative updates of Exchange are known to.
/// </remarks>
internal static class ConfigurationHistory
{
    const string History = "/inetpub/history/cfghistory_";
    const string Backup = "/inetsrv/backup/";

    /// <summary>Adds the remarks to the current configurations.</summary>
    public static void Compare(IReadOnlyList<ArtifactScan> artifacts)
    {
        foreach (var machine in artifacts.Where(a => a.Kind?.Id == "iis-config").GroupBy(a => a.File.Collection, StringComparer.Ordinal))
        {
            ArtifactScan[] older = [.. machine.Where(IsOlder).OrderBy(a => Spelling(a), StringComparer.Ordinal)];
            ArtifactScan[] current = [.. machine.Where(a => !IsOlder(a))];

            // The newest copy of the history is the configuration as it stands, where that itself was not collected.
            if (current.Length == 0 && older.LastOrDefault(a => Spelling(a).Contains(History, StringComparison.Ordinal)) is { } newest) current = [newest];

            // Two machines in one folder: which copy is whose cannot be told.
            if (current.Length == 1) Compare(current[0], older);
        }
    }

    /// <summary>The mitigations that a server's current configurations have in force; none where the copies contradict each other.</summary>
    public static IReadOnlyList<string> InForce(IEnumerable<ArtifactScan> artifacts)
    {
        string[] states = [.. artifacts.Where(IsOfSite).SelectMany(a => a.Report.States)];
        string[] weak = [.. states.Where(s => !s.StartsWith(ConfigurationFact.Mitigation, StringComparison.Ordinal)).Select(NameOf)];
        return [.. states.Where(s => s.StartsWith(ConfigurationFact.Mitigation, StringComparison.Ordinal)).Select(NameOf).Distinct(StringComparer.Ordinal).Except(weak).Order(StringComparer.Ordinal)];
    }

    static void Compare(ArtifactScan current, ArtifactScan[] older)
    {
        var seen = new HashSet<string>(current.Report.States.Select(NameOf), StringComparer.Ordinal);
        foreach (ArtifactScan copy in older.Where(a => a != current))
        {
            foreach (string state in copy.Report.States.Where(s => !s.StartsWith(ConfigurationFact.MitigationDisabled, StringComparison.Ordinal)))
            {
                if (seen.Add(NameOf(state))) current.Report.Notes.Add($"{ConfigurationFact.MitigationWiped}{NameOf(state)}: in force in {copy.File.Path}, and gone from here.");
            }
        }
    }

    /// <summary>Rules in the web.config of one application guard that one alone; those that matter lie at the top of the site, or in OWA's own.</summary>
    static bool IsOfSite(ArtifactScan artifact) => artifact.Kind?.Id switch
    {
        "iis-config" => !IsOlder(artifact),
        "web-config" => Spelling(artifact) is var path && (path.EndsWith("/wwwroot/web.config", StringComparison.Ordinal) || path.EndsWith("/frontend/httpproxy/owa/web.config", StringComparison.Ordinal)),
        _ => false,
    };

    static string NameOf(string state) => state[(state.IndexOf(':', StringComparison.Ordinal) + 1)..];

    static bool IsOlder(ArtifactScan artifact) => Spelling(artifact) is var path && (path.Contains(History, StringComparison.Ordinal) || path.Contains(Backup, StringComparison.Ordinal));

    static string Spelling(ArtifactScan artifact) => "/" + artifact.File.Path.Replace('\\', '/').ToLowerInvariant();
}
