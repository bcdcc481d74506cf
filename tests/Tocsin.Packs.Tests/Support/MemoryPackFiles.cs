using System.Text;
using Tocsin.Detection;
using Tocsin.Packs.Loading;

namespace Tocsin.Packs.Tests.Support;

/// <summary>A folder of packs in memory, which begins with one small sound pack and is then spoilt by a test.</summary>
sealed class MemoryPackFiles : PackFiles
{
    readonly SortedDictionary<string, byte[]> _files = new(StringComparer.Ordinal);

    public MemoryPackFiles()
    {
        this["small/pack.yaml"] = """
            id: small
            title: Small
            version: 1.0.0
            summary: A pack for tests.
            cves: [CVE-2021-26855]
            techniques: [T1190]
            window: {from: 2021-01-03, to: 2021-03-31}
            claims: {from: 2021-01-01, to: 2021-07-31, undated: true}
            applies-to:
              - {product: Exchange 2016, builds: '15.1.'}
            not-applicable:
              - {product: Exchange 2010, builds: '14.', reason: It has no front-end proxy.}
            fixed-builds: {decisive-cve: CVE-2021-26855, table: builds.csv, newer-families-fixed: true}
            coverage:
              decisive:
                - [iis]
              evidence:
                - {kind: iis, where: inetpub, shows: requests}
            chain:
              steps:
                - {id: enter, title: Came in, techniques: [T1190]}
              joins:
                - by: request-id
                - {by: client, within: 10m}
            texts:
              compromised@exploited: {meaning: a, next-step: b}
              compromised@implanted: {meaning: a, next-step: b}
              compromised@operated: {meaning: a, next-step: b}
              compromised@impact: {meaning: a, next-step: b}
              targeted: {meaning: a, next-step: b}
              nothing-found: {meaning: a, next-step: b}
              cannot-tell: {meaning: a, next-step: b}
              not-applicable: {meaning: a, next-step: b}
            known-noise: [Scans.]

            """;
        this["small/builds.csv"] = "family,first-fixed,product\n15.1.2106,,Exchange 2016 CU18\n15.1.2176,15.1.2176.9,Exchange 2016 CU19\n";
        this["small/rules/found.yml"] = """
            title: Found
            id: 0d6a7d3e-5d0c-4b8e-9d1b-1f0f3a1f0001
            tags: [attack.initial-access, attack.t1190, attack.t1505.003]
            logsource: {product: iis, category: webserver}
            detection:
              selection:
                cs-uri-stem: /evil.aspx
              condition: selection
            level: high
            tocsin: {step: enter, proves: exploited, outcome: succeeded, why: They came in.}

            """;
        this["small/tests/fires/found/u_ex.log"] = Log("/evil.aspx");
        this["small/tests/quiet/found/u_ex.log"] = Log("/good.aspx");
    }

    public string this[string path]
    {
        get => Encoding.UTF8.GetString(_files[path]);
        set => _files[path] = Encoding.UTF8.GetBytes(value);
    }

    public override string Name => "memory";

    public override IReadOnlyList<string> Paths => [.. _files.Keys];

    public override ReadOnlyMemory<byte> Read(string path) => _files[path];

    public void Remove(string path) => _files.Remove(path);

    /// <summary>Changes a file's text; the old text must be there, or the test would test nothing.</summary>
    public void Change(string path, string old, string with)
    {
        string text = this[path];
        Assert.Contains(old, text, StringComparison.Ordinal);
        this[path] = text.Replace(old, with, StringComparison.Ordinal);
    }

    public ThreatPack? Load(out List<Diagnostic> diagnostics)
    {
        diagnostics = [];
        return PackLoader.Load(this, "small", diagnostics);
    }

    static string Log(string stem) =>
        $"#Software: Microsoft Internet Information Services 10.0\n#Version: 1.0\n#Date: 2021-03-03 00:00:00\n#Fields: date time cs-method cs-uri-stem c-ip sc-status\n2021-03-03 05:00:00 GET {stem} 203.0.113.7 200\n";
}
