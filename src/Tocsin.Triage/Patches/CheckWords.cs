using System.Globalization;
using Tocsin.Packs.Patches;

namespace Tocsin.Triage.Patches;

/// <summary>How reports write what was decided.</summary>
internal static class CheckWords
{
    public static string Of(PatchStatus status) => status switch
    {
        PatchStatus.NotApplicable => "not-applicable",
        PatchStatus.Fixed => "fixed",
        PatchStatus.FixedButNeedsStep => "fixed-but-needs-step",
        PatchStatus.Mitigated => "mitigated",
        PatchStatus.PartialInstall => "partial-install",
        PatchStatus.Unsupported => "unsupported",
        PatchStatus.Vulnerable => "vulnerable",
        _ => "unknown",
    };

    public static string Day(DateOnly day) => day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);

    /// <summary>"Exchange 2019 CU8 (15.2.792.3)".</summary>
    public static string Build(CheckedServer server) =>
        server.Build is not { } build ? "no build found" : server.BuildName is { } name ? $"{name} ({build})" : $"build {build}";

    /// <summary>What an attacker gets, the wave, CISA's day and the fix, in one line.</summary>
    public static string Facts(PatchDecision decision)
    {
        KnownCve flaw = decision.Flaw;
        var words = new List<string>();
        if (flaw.Impact is { } impact) words.Add(impact.Split(" (")[0]);
        if (flaw.Kev is { } kev)
        {
            words.Add(kev.Due is { } due ? $"due {Day(due)}" : $"listed {Day(kev.Added)}");
            if (kev.Ransomware == "Known") words.Add("ransomware");
        }

        if (decision.Status == PatchStatus.FixedButNeedsStep) words.Add($"needs {string.Join(", ", decision.Steps.Select(s => s.Id))}");
        else if (decision.Steps.Count > 0 && decision.IsOpen) words.Add($"install {string.Join(", ", decision.Steps.Select(s => s.Id))}");
        else if (decision.NeedsUpdate && decision.FixedIn is { } first) words.Add($"fixed from {first}");
        else if (decision.Status == PatchStatus.Vulnerable) words.Add("no fix in this update");
        if (flaw.Wave is { } wave && !wave.StartsWith(flaw.Id, StringComparison.OrdinalIgnoreCase)) words.Add(wave);
        if (flaw.Cvss is { } score) words.Add($"CVSS {score.ToString("0.0", CultureInfo.InvariantCulture)}{(flaw.CvssNote is "v2" or "unverified" ? $" ({flaw.CvssNote})" : "")}");
        return string.Join(", ", words);
    }
}
