using Microsoft.Win32.SafeHandles;

namespace Tocsin.Evidence.Sources;

/// <summary>A file on the examiner's disk, or one that is looked at in place.</summary>
/// <param name="FullPath">Where it is, in the operating system's words.</param>
/// <param name="Shown">Where it is, in words fit to be shown.</param>
/// <param name="Length">Its length when the source was listed.</param>
/// <param name="ModifiedUtc">When it was last changed.</param>
internal sealed record DiskFile(string FullPath, string Shown, long Length, DateTime ModifiedUtc)
{
    /// <summary>Opens for reading, in no one's way: the server may go on writing, renaming and deleting.</summary>
    public SafeFileHandle? TryOpen(ProblemLog problems)
    {
        try
        {
            return File.OpenHandle(FullPath, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, FileOptions.SequentialScan);
        }
        catch (UnauthorizedAccessException)
        {
            problems.Add(Shown, SourceProblemKind.Unreadable, "no permission to read it: run as administrator or root, or copy it with a collector");
        }
        catch (Exception failure) when (failure is FileNotFoundException or DirectoryNotFoundException)
        {
            problems.Add(Shown, SourceProblemKind.Unreadable, "gone since the source was listed");
        }
        catch (IOException failure)
        {
            problems.Add(Shown, SourceProblemKind.Unreadable, $"cannot be opened, perhaps because a program holds it ({failure.Message}): copy it with a collector");
        }

        return null;
    }
}

/// <summary>One file, or an archive that is read as one.</summary>
internal sealed class FileUnit(DiskFile file, Layout layout, SourceLimits limits) : SourceUnit(file.Shown, file.Length, limits)
{
    private protected override void Visit(ContentVisit visit, ProblemLog problems)
    {
        SourceFile described = layout.Describe(file.Shown, file.Length, file.ModifiedUtc, sequential: false);

        // Not opened: it may be a pipe or a device by now, on which opening waits for ever.
        if (file.Length == 0)
        {
            visit.Offer(described, RandomBytes.Of([], 0), depth: 0);
            return;
        }

        using SafeFileHandle? handle = file.TryOpen(problems);
        if (handle is null) return;
        var bytes = RandomBytes.Of(handle);
        visit.Offer(described with { Length = bytes.Length, OpenSibling = ending => Companions.OpenBeside(file.FullPath, ending) }, bytes, depth: 0);
    }
}

/// <summary>A stretch of the entries of a large zip archive.</summary>
internal sealed class ZipUnit(DiskFile file, ZipPlan plan, ZipPart part, SourceLimits limits) : SourceUnit(file.Shown, part.PackedBytes, limits)
{
    private protected override void Visit(ContentVisit visit, ProblemLog problems)
    {
        using SafeFileHandle? handle = file.TryOpen(problems);
        if (handle is not null) visit.ReadZip(plan.Over(RandomBytes.Of(handle)), part);
    }
}
