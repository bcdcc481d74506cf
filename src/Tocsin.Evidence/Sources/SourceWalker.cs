using Microsoft.Win32.SafeHandles;

namespace Tocsin.Evidence.Sources;

/// <summary>Lists what the user points at, folders, archives and files, as units that can be read independently.</summary>
/// <remarks>Nothing is written, and no link is followed except one that the user names. The order is that of the shown paths, compared
/// by code unit, in whatever order the disk lists them.</remarks>
public sealed class SourceWalker(SourceLimits? limits = null)
{
    readonly SourceLimits _limits = limits ?? SourceLimits.Default;

    /// <summary>Lists the units of one or more paths.</summary>
    /// <param name="paths">Folders, archives and files.</param>
    /// <param name="problems">Takes what cannot be listed or is left out.</param>
    /// <param name="cancellation">Looked at for each folder and archive.</param>
    public IReadOnlyList<SourceUnit> Discover(IEnumerable<string> paths, ICollection<SourceProblem> problems, CancellationToken cancellation = default)
    {
        var log = new ProblemLog(problems, _limits.MaxProblems);
        var files = new List<DiskFile>();
        var listing = new FolderListing(files, _limits, log, cancellation);
        foreach (var (fullPath, shown) in SourceNames.Name(paths, log)) listing.Add(fullPath, shown);
        files.Sort((left, right) => string.CompareOrdinal(left.Shown, right.Shown));

        var layout = new Layout("", within: null);
        foreach (DiskFile file in files) layout.Observe(file.Shown);
        foreach (DiskFile file in files)
        {
            if (!Layout.Tells(file.Shown) || file.Length == 0) continue;
            using SafeFileHandle? handle = file.TryOpen(log);
            if (handle is not null) layout.Learn(file.Shown, RandomBytes.Of(handle).Open());
        }

        var units = new List<SourceUnit>(files.Count);
        foreach (DiskFile file in files)
        {
            cancellation.ThrowIfCancellationRequested();
            if (file.Length < _limits.SplitBytes || !TrySplit(file, layout, units, log, cancellation)) units.Add(new FileUnit(file, layout, _limits));
        }

        log.Close("");
        return units;
    }

    bool TrySplit(DiskFile file, Layout layout, List<SourceUnit> units, ProblemLog log, CancellationToken cancellation)
    {
        var quiet = new ProblemLog([], 0);
        using SafeFileHandle? handle = file.TryOpen(quiet);
        if (handle is null) return false;
        var bytes = RandomBytes.Of(handle);
        Span<byte> head = stackalloc byte[ContentShapes.HeadBytes];
        head = head[..bytes.Fill(0, head)];
        if (ContentShapes.Of(head, out _) != ContentShape.Zip) return false;
        SourceFile described = layout.Describe(file.Shown, file.Length, file.ModifiedUtc, sequential: false);
        if (ZipPlan.TryMake(described, bytes, _limits, log, cancellation) is not { } plan) return false;
        foreach (ZipPart part in plan.Parts) units.Add(new ZipUnit(file, plan, part, _limits));
        return true;
    }
}
