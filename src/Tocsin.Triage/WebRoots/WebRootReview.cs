using Tocsin.Detection.Sigma;
using Tocsin.Evidence.Artifacts;
using Tocsin.Evidence.Sources;
using Tocsin.Evidence.WebPages;
using Tocsin.Packs;
using Tocsin.Triage.Findings;
using Tocsin.Triage.Scanning;

namespace Tocsin.Triage.WebRoots;

/// <summary>Adds to each page what its surroundings say, then puts it to the rules. On one thread, when all files are read.</summary>
/// <param name="rules">All rules of the scan.</param>
/// <param name="packs">The waves: their windows, and which time belongs to which.</param>
/// <param name="isKnownGood">Tells by SHA-256 whether a file is the product's own; such pages are not judged, but are neighbours.</param>
/// <param name="bornUtc">When a file was made, where the file table says it; null where nothing does.</param>
internal sealed class WebRootReview(ScanRules rules, IReadOnlyList<ThreatPack> packs, Func<string, bool>? isKnownGood = null, Func<SourceFile, DateTime?>? bornUtc = null)
{
    /// <summary>An update rewrites a folder's pages within minutes. What was changed so much later than all others came by another way.</summary>
    static readonly TimeSpan LongAfter = TimeSpan.FromDays(7);

    /// <summary>Of fewer pages nobody can say what is usual.</summary>
    const int EnoughNeighbours = 3;

    readonly MatchScratch _scratch = new();

    /// <summary>Reviews the pages among the artifacts of all servers.</summary>
    public void Review(IReadOnlyList<ArtifactScan> artifacts, WebPageExaminer pages)
    {
        foreach (var collection in artifacts.GroupBy(a => a.File.Collection, StringComparer.Ordinal))
        {
            (ArtifactScan Scan, WebPage Page)[] found = [.. collection.Select(a => (a, Page: pages.Of(a.File))).Where(p => p.Page is not null).Select(p => (p.a, p.Page!))];
            if (found.Length == 0) continue;
            var folders = new WebFolders(collection.Select(a => a.File.OriginalPath ?? a.File.Path));
            Ages(found);
            foreach ((ArtifactScan scan, WebPage page) in found)
            {
                if (page.Kind != WebPageKind.Page && page.Virtual.Count > 0 && folders.IsGone(page.Virtual[0])) page.Add(PageFacts.CompiledPageGone);
                if (scan.Sha256 is { } hash && isKnownGood?.Invoke(hash) == true) continue;
                Judge(scan, page);
            }
        }
    }

    void Ages((ArtifactScan Scan, WebPage Page)[] found)
    {
        WebPage[] dated = [.. found.Select(f => f.Page).Where(p => p.Kind == WebPageKind.Page && p.ModifiedUtc != default)];
        WebPage[] own = [.. dated.Where(p => p.Has(PageFacts.NameOfProduct) && p.Has(PageFacts.InheritsProduct))];
        DateTime update = own.Length >= EnoughNeighbours ? own.Max(p => p.ModifiedUtc) : default;
        foreach (var folder in dated.GroupBy(p => FolderOf(p.Path), StringComparer.OrdinalIgnoreCase))
        {
            WebPage[] byAge = [.. folder.OrderByDescending(p => p.ModifiedUtc)];
            // Two shells of one day must not vouch for each other: the newest is held against the half of the folder that is older.
            if (byAge.Length <= EnoughNeighbours) continue;
            DateTime usual = byAge[byAge.Length / 2].ModifiedUtc;
            foreach (WebPage page in byAge.Take(byAge.Length / 2).Where(p => p.ModifiedUtc - usual > LongAfter)) page.Add(PageFacts.NewerThanNeighbours);
        }

        foreach (WebPage page in dated)
        {
            if (update != default && !page.Has(PageFacts.NameOfProduct) && page.ModifiedUtc > update && page.Place is not (PagePlaces.Elsewhere or PagePlaces.WebRoot)) page.Add(PageFacts.NewerThanUpdate);
            if (packs.Any(p => page.ModifiedUtc >= p.Manifest.Window.FromUtc && page.ModifiedUtc < p.Manifest.Window.EndUtc)) page.Add(PageFacts.WithinWave);
        }
    }

    void Judge(ArtifactScan scan, WebPage page)
    {
        DateTime time = page.ModifiedUtc;
        if (bornUtc?.Invoke(scan.File) is { } born)
        {
            if (time != default && born - time > TimeSpan.FromMinutes(1)) page.Add(PageFacts.BornAfterModified);
            time = born;
        }

        // Whoever plants a page sets its time back as he likes. A time in which there was no wave says nothing, and must not hide the page.
        if (!packs.Any(p => p.Manifest.Claims is { } claims && claims.Holds(time))) time = default;
        SourceRules of = rules.For(WebPageReader.Source);
        WebPageRecord.Hand(page, new RecordTarget(of.Fields, of, new MatchCollector(WebPageReader.Source, rules, _scratch, scan)), time);
    }

    static string FolderOf(string path) => path[..Math.Max(0, path.LastIndexOfAny(['/', '\\']))];
}
