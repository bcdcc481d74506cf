using Tocsin.Evidence.Sources;
using Tocsin.Triage.Clocks;
using Tocsin.Triage.Scanning;

namespace Tocsin.Triage.Yara;

/// <summary>After all was read once: files that findings name and that nobody took for evidence are compared with YARA rules. Only their units are visited again.</summary>
internal static class SecondLook
{
    /// <summary>Looks; files that it takes are replaced in <paramref name="artifacts"/>.</summary>
    public static void Run(ArtifactScan[] artifacts, ScanRules rules, YaraExaminer yara, List<SourceProblem> problems, CancellationToken cancellation)
    {
        if (!yara.Any) return;
        HashSet<string> named = NamedFiles.In(artifacts);
        if (named.Count == 0) return;

        yara.Named = named;
        var scanner = new ArtifactScanner(rules, [yara], _ => { }, new ClockSamples(), null, cancellation);
        var again = new Dictionary<string, ArtifactScan>(StringComparer.Ordinal);
        var units = artifacts.Where(a => named.Contains(a.File.Path)).Select(a => a.Unit!).Distinct().OrderBy(u => u.Path, StringComparer.Ordinal);
        foreach (SourceUnit unit in units)
        {
            // What is wrong with the unit was told the first time.
            var told = new List<SourceProblem>();
            try
            {
                unit.Visit(
                    (file, content) =>
                    {
                        if (named.Contains(file.Path)) again.TryAdd(file.Path, scanner.Scan(file, content));
                    },
                    told,
                    cancellation);
            }
            catch (IOException e)
            {
                problems.Add(new SourceProblem(unit.Path, $"Reading a file that a finding names failed: {e.Message}"));
            }
        }

        for (int i = 0; i < artifacts.Length; i++)
        {
            if (artifacts[i].Kind is not null || !again.TryGetValue(artifacts[i].File.Path, out ArtifactScan? second)) continue;
            second.Unit = artifacts[i].Unit;
            second.Report.Notes.Add("Looked at since a finding names it.");
            artifacts[i] = second;
        }
    }
}
