using System.Collections.Concurrent;
using System.Security.Cryptography;
using Tocsin.Detection.Yara;
using Tocsin.Evidence.Artifacts;
using Tocsin.Evidence.Sources;
using Tocsin.Triage.Baselines;
using Tocsin.Triage.Reports;
using Tocsin.Triage.Scanning;

namespace Tocsin.Triage.Yara;

/// <summary>Compares files with YARA rules: those of web folders, and in a second look those that findings name.</summary>
internal sealed class YaraExaminer(YaraSet set, KnownFiles known) : IContentExaminer, IDisposable
{
    static readonly ArtifactKind Compared = new("yara", "File compared with YARA rules", YaraRecords.LogSource);

    readonly ConcurrentBag<YaraHit> _hits = [];
    int _scanned;
    int _known;
    int _givenUp;

    /// <summary>Files to look at whatever they are; null for those that <see cref="WebPlaces"/> chooses.</summary>
    public IReadOnlySet<string>? Named { get; set; }

    /// <summary>Whether there is anything to compare files with.</summary>
    public bool Any => set.Any;

    /// <inheritdoc />
    public ArtifactReader? For(SourceFile file, ReadOnlySpan<byte> head)
    {
        if (!set.Any) return null;
        return (Named?.Contains(file.Path) ?? WebPlaces.Holds(file.OriginalPath ?? file.Path, head)) ? new Reader(this, file) : null;
    }

    /// <summary>What users' rules found in the artifacts that count.</summary>
    public IReadOnlyList<YaraHit> HitsIn(IEnumerable<ArtifactScan> artifacts)
    {
        var paths = artifacts.Select(a => a.File.Path).ToHashSet(StringComparer.Ordinal);
        return
        [
            .. _hits.Where(h => paths.Contains(h.Artifact)).Distinct()
                .OrderBy(h => h.Artifact, StringComparer.Ordinal).ThenBy(h => h.File, StringComparer.Ordinal).ThenBy(h => h.Rule, StringComparer.Ordinal),
        ];
    }

    public YaraSummary Summary() => new(set.Rules, _scanned, _known, _givenUp);

    void Compare(SourceFile file, ReadOnlyMemory<byte> content, ReadContext context)
    {
        if (known.HasOldHashes && KnownByOldHash(content.Span) || known.Find(context.Sha256) is not null)
        {
            Interlocked.Increment(ref _known);
            context.Report.Notes.Add("Not compared with YARA rules: a baseline knows the file.");
            return;
        }

        var variables = YaraVariables.Of(file.OriginalPath ?? file.Path, FileType(file.Path, content.Span));
        var matches = new List<YaraMatch>();
        YaraOutcome? outcome = set.Scan(content, variables, matches);
        if (outcome is null or not YaraOutcome.Done)
        {
            Interlocked.Increment(ref _givenUp);
            context.Report.Add(DamageKind.Unreadable, 0, 0);
            context.Report.Notes.Add(outcome switch
            {
                null => "Not compared with YARA rules: the engine could not be started.",
                YaraOutcome.TooMuchWork => "Comparing the file with YARA rules was given up: it costs more work than any honest file. Look at it by hand.",
                _ => "Comparing the file with YARA rules failed. Look at it by hand.",
            });
            return;
        }

        Interlocked.Increment(ref _scanned);
        var records = new YaraRecords(context.TargetOf(YaraRecords.LogSource));
        for (int i = 0; i < matches.Count; i++)
        {
            YaraMatch match = matches[i];
            context.Report.Records++;
            records.Write(match, variables, context.Sha256, content.Span, i + 1);
            if (set.UserFile(match) is not { } from) continue;
            _hits.Add(new YaraHit(
                match.Rule,
                from,
                match.MetaOf("author"),
                match.MetaOf("reference"),
                match.MetaOf("description"),
                "medium",
                file.Path,
                match.Strings.Count > 0 ? match.Strings[0].Offset : 0,
                YaraRecords.Describe(match, variables, context.Sha256, content.Span)));
        }
    }

    // The words of signature-base's scanners: upper-case, by content where it tells.
    static string FileType(string path, ReadOnlySpan<byte> content) =>
        content.StartsWith("MZ"u8) ? "EXE" : content.StartsWith("!BDN"u8) ? "PST" : content.StartsWith("PK\x03\x04"u8) ? "ZIP"
        : Path.GetExtension(path) is { Length: > 1 } extension ? extension[1..].ToUpperInvariant() : "";

    bool KnownByOldHash(ReadOnlySpan<byte> content) => known.FindOld(Hash(content, sha1: true)) is not null || known.FindOld(Hash(content, sha1: false)) is not null;

    // Known only by these in old lists; making a second file of a known one's MD5 is beyond anybody still.
#pragma warning disable CA5350, CA5351
    static byte[] Hash(ReadOnlySpan<byte> content, bool sha1) => sha1 ? SHA1.HashData(content) : MD5.HashData(content);
#pragma warning restore CA5350, CA5351

    public void Dispose() => _hits.Clear();

    sealed class Reader(YaraExaminer of, SourceFile file) : ArtifactReader
    {
        public override ArtifactKind Kind => Compared;

        public override void Read(Stream content, ReadContext context)
        {
            if (content is MemoryStream held && held.TryGetBuffer(out ArraySegment<byte> bytes)) of.Compare(file, bytes, context);
            else throw new InvalidOperationException("An examiner is given the file's bytes from memory.");
        }
    }
}
