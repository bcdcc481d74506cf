namespace Tocsin.Evidence.Sources;

/// <summary>A part of a source that is read by itself: a file, an archive, or a stretch of a large zip archive.</summary>
/// <remarks>Units share nothing that changes and may be visited on any thread and in any order, each as often as wanted;
/// one visit stays on the thread that calls it.</remarks>
public abstract class SourceUnit
{
    private protected SourceUnit(string path, long length, SourceLimits limits)
    {
        Path = path;
        Length = length;
        Limits = limits;
    }

    /// <summary>The file on disk, as shown to people.</summary>
    public string Path { get; }

    /// <summary>Bytes on disk, packed as they are: for scheduling and progress.</summary>
    public long Length { get; }

    private protected SourceLimits Limits { get; }

    /// <summary>Goes through the unit's files in a fixed order.</summary>
    /// <param name="visit">Given each file and its bytes from the first on. The stream is good only until the call returns, need not be
    /// read to its end, and does not seek. Damage in an archive ends its streams early and is a problem; an exception of
    /// <paramref name="visit"/> itself passes through.</param>
    /// <param name="problems">Takes what was not read as it should be.</param>
    /// <param name="cancellation">Looked at between files and in every read out of an archive.</param>
    /// <exception cref="IOException">The disk failed under a file that had been opened.</exception>
    public void Visit(Action<SourceFile, Stream> visit, ICollection<SourceProblem> problems, CancellationToken cancellation = default)
    {
        cancellation.ThrowIfCancellationRequested();
        var log = new ProblemLog(problems, Limits.MaxProblems);
        Visit(new ContentVisit(Limits, visit, log, cancellation), log);
        log.Close(Path);
    }

    private protected abstract void Visit(ContentVisit visit, ProblemLog problems);
}
