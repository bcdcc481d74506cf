using System.Text;
using Tocsin.Detection.Indicators;
using Tocsin.Evidence.Records;
using Tocsin.Triage.Findings;
using Tocsin.Triage.Reports;
using Tocsin.Triage.Scanning;

namespace Tocsin.Triage.Indicators;

/// <summary>Finds the indicators that a user gave in records and files. Shared between threads.</summary>
internal sealed class IndicatorMatching(GivenIndicators given)
{
    /// <summary>What is kept of one indicator in one artifact.</summary>
    public const int MaxKept = 5;

    const int MaxEvidence = 25;

    static readonly string[] _addresses = ["c-ip", "ClientIpAddress", "IpAddress", "SourceIp", "DestinationIp"], _paths = ["cs-uri-stem", "UrlStem"], _files = ["TargetFilename", "Path", "Name"];

    readonly ILookup<string, Indicator> _byPath = given.Set.All.Where(i => i.Type == IndicatorType.FilePath).ToLookup(i => WithoutDrive(i.Value), StringComparer.OrdinalIgnoreCase);

    /// <summary>The indicators that a record shows, each once.</summary>
    public IReadOnlyList<Indicator> In(in Record record)
    {
        DateTime? time = record.TimeUtc == default ? null : record.TimeUtc;
        var found = new List<Indicator>();
        foreach (string field in _addresses) found.AddRange(given.Set.FindAddress(Text(record, field), time));
        foreach (string hop in Text(record, "X-Forwarded-For").Split([' ', ',', '+'], StringSplitOptions.RemoveEmptyEntries)) found.AddRange(given.Set.FindAddress(hop, time));
        foreach (string field in _paths)
        {
            string path = Text(record, field);
            found.AddRange(given.Set.Find(IndicatorType.UrlPath, path, time));
            found.AddRange(given.Set.Find(IndicatorType.FileName, NameOf(path), time));
        }

        foreach (string field in _files) found.AddRange(OfFile(Text(record, field), time));
        if (Text(record, "Directory") is { Length: > 0 } folder) found.AddRange(OfFile($"{folder.TrimEnd('\\')}\\{Text(record, "Name")}", time));
        return [.. found.Distinct()];
    }

    IEnumerable<Indicator> OfFile(string path, DateTime? time)
    {
        if (path.Length == 0) return [];
        string plain = path.Replace('/', '\\');
        return given.Set.Find(IndicatorType.FileName, NameOf(plain), time).Concat(_byPath[WithoutDrive(plain)].Where(i => time is not { } at || i.IsValidAt(at)));
    }

    /// <summary>Everything that was found in records and in the files themselves: by type, then by value.</summary>
    public IReadOnlyList<IndicatorMatch> Of(IReadOnlyList<ArtifactScan> artifacts)
    {
        var places = new Dictionary<Indicator, List<(long Count, DateTime? First, DateTime? Last, EvidenceLine[] Kept)>>();
        foreach (ArtifactScan artifact in artifacts)
        {
            foreach ((Indicator indicator, RuleHits hits) in artifact.Indicators)
                Place(indicator, hits.Count, hits.FirstUtc, hits.LastUtc, [.. hits.Kept.Select(m => new EvidenceLine(artifact.File.Path, m.Line, m.Offset, m.TimeUtc, m.Text, m.Cut))]);
            string path = artifact.File.OriginalPath ?? artifact.File.Path;
            foreach (Indicator indicator in (artifact.Sha256 is { } hash ? given.Set.Find(IndicatorType.Sha256, hash, null) : []).Concat(OfFile(path, null)).Distinct())
                Place(indicator, 1, null, null, [new EvidenceLine(artifact.File.Path, 1, 0, null, $"{path}, {artifact.Bytes} bytes, SHA-256 {artifact.Sha256 ?? "not known"}", false)]);
        }

        return [.. places.OrderBy(p => p.Key.Type).ThenBy(p => p.Key.Value, StringComparer.Ordinal).ThenBy(p => p.Key.Source, StringComparer.Ordinal).Select(p => new IndicatorMatch(
            Indicator.WordOf(p.Key.Type), p.Key.Value, p.Key.ValidFromUtc, p.Key.ValidUntilUtc, p.Key.Confidence, p.Key.Source,
            p.Value.Sum(x => x.Count), p.Value.Min(x => x.First), p.Value.Max(x => x.Last),
            [.. p.Value.SelectMany(x => x.Kept).OrderBy(e => e.TimeUtc ?? DateTime.MaxValue).ThenBy(e => e.Artifact, StringComparer.Ordinal).ThenBy(e => e.Offset).Take(MaxEvidence)]))];

        void Place(Indicator indicator, long count, DateTime? first, DateTime? last, EvidenceLine[] kept)
        {
            if (!places.TryGetValue(indicator, out var of)) places.Add(indicator, of = []);
            of.Add((count, first, last, kept));
        }
    }

    /// <summary>What became of the lists.</summary>
    public IndicatorsSummary Summary() => new(
        given.Lists,
        given.Set.All.Count(i => GivenIndicators.NotComparable(i.Type) is null),
        [.. given.Set.All.Where(i => GivenIndicators.NotComparable(i.Type) is not null).CountBy(i => i.Type).OrderBy(c => c.Key).Select(c => new NotCompared(Indicator.WordOf(c.Key), c.Value, GivenIndicators.NotComparable(c.Key)!))],
        [.. given.Refused.Select(r => new RefusedEntry(r.File, r.Line, r.Value, r.Reason))]);

    static string NameOf(string path) => path[(path.AsSpan().LastIndexOfAny('/', '\\') + 1)..];

    static string WithoutDrive(string path) => path.Length > 2 && path[1] == ':' && char.IsAsciiLetter(path[0]) ? path[2..] : path;

    static string Text(in Record record, string field)
    {
        if (record.Fields.IndexOf(field) is not (>= 0 and var index)) return "";
        ReadOnlySpan<byte> value = record[index];
        return value.IsEmpty || value is [(byte)'-'] ? "" : Encoding.UTF8.GetString(value.Length > Indicator.MaxCharacters ? value[..Indicator.MaxCharacters] : value);
    }
}
