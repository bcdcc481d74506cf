using Tocsin.Detection;
using Tocsin.Packs.Chain;
using Tocsin.Packs.Tests.Support;

namespace Tocsin.Packs.Tests.Evidence;

/// <summary>The packs against public real cases, whose truth is known, and against what healthy servers write.</summary>
/// <remarks>The cases are not part of the repository; <c>TOCSIN_SHARED</c> names the folder that holds <c>evidence/</c>.</remarks>
public sealed class RealEvidenceTests
{
    static readonly string? Shared = FindShared();

    public static TheoryData<string, Stage, Stage, Stage> Cases => new()
    {
        { "02-lab-windows-events/key-events.jsonl", Stage.Operated, Stage.None, Stage.None },
        { "05-session-no-write/exchange-Cve-2021-26855.csv", Stage.Exploited, Stage.None, Stage.None },
        { "06-one-hit/hit.txt", Stage.Targeted, Stage.None, Stage.None },
        { "08-oab-script-url/oab-externalurl.txt", Stage.Implanted, Stage.None, Stage.None },
        { "09-scanner-full-row/HttpProxy_Owa.line.LOG", Stage.Targeted, Stage.None, Stage.None },
        { "12-proxyshell-lab/Rps_Http_2023110922-1.LOG", Stage.None, Stage.Exploited, Stage.None },
        { "13-proxyshell-mangled/iis-and-cmdlet-lines.txt", Stage.None, Stage.Implanted, Stage.None },
        // Among ordinary rows of this fixture of another project stands one of 2021-10-09 that is ProxyShell, answered 200.
        { "21-benign-iis/velociraptor_iis.log", Stage.None, Stage.Exploited, Stage.None },
        { "15-synthetic/aptsimulator_hafnium-dummy.log", Stage.None, Stage.Exploited, Stage.None },
        { "15-synthetic/markernan_iis_logs.log", Stage.None, Stage.None, Stage.Operated },
        { "15-synthetic/markernan_windows_events.log", Stage.None, Stage.None, Stage.Operated },
    };

    [Theory]
    [MemberData(nameof(Cases))]
    public void A_case_comes_out_at_the_stage_that_its_evidence_proves(string path, Stage proxyLogon, Stage proxyShell, Stage proxyNotShell)
    {
        if (!HasShared()) return;
        List<PackRun> runs = [.. Packs().Select(p => new PackRun(p).Read(Path.Combine(Shared!, "evidence", path)))];

        string what = string.Join("; ", runs.Select(r => $"{r.Pack} {r.Stage}: {string.Join(", ", r.Names)}"));
        var expected = new Dictionary<string, Stage> { ["proxylogon"] = proxyLogon, ["proxyshell"] = proxyShell, ["proxynotshell"] = proxyNotShell };
        Assert.True(runs.Count > expected.Count && runs.All(r => r.Stage == expected.GetValueOrDefault(r.Pack)), what);
    }

    [Theory]
    [InlineData("20-benign-exchange2016", 12)]
    [InlineData("21-benign-iis", 16)]
    [InlineData("22-benign-config", 7)]
    [InlineData("23-benign-lines", 4)]
    public void Healthy_servers_and_other_servers_give_no_finding(string folder, int files)
    {
        if (!HasShared()) return;
        string[] paths = Directory.GetFiles(Path.Combine(Shared!, "evidence", folder));
        Assert.Equal(files, paths.Length);
        foreach (ThreatPack pack in Packs())
        {
            var run = new PackRun(pack);
            foreach (string path in paths.Where(p => !p.EndsWith("velociraptor_iis.log", StringComparison.Ordinal))) run.Read(path);
            Assert.True(run.Records > 0);
            Assert.Equal([], run.Names.Select(n => $"{pack.Id}: {n}"));
        }
    }

    static IReadOnlyList<ThreatPack> Packs() => PackLoader.LoadEmbedded(new List<Diagnostic>());

    static bool HasShared()
    {
        if (Shared is null) TestContext.Current.SendDiagnosticMessage("TOCSIN_SHARED is not set: the real cases were not run.");
        return Shared is not null;
    }

    static string? FindShared()
    {
        if (Environment.GetEnvironmentVariable("TOCSIN_SHARED") is { Length: > 0 } named) return named;
        for (DirectoryInfo? folder = new(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            string beside = Path.Combine(folder.FullName, "..", "shared");
            if (File.Exists(Path.Combine(folder.FullName, "Tocsin.slnx"))) return Directory.Exists(beside) ? Path.GetFullPath(beside) : null;
        }

        return null;
    }
}
