namespace Tocsin.Evidence.Sources;

/// <summary>Hands problems on, up to a limit, and counts the rest. One thread.</summary>
internal sealed class ProblemLog(ICollection<SourceProblem> target, int limit)
{
    int _count;

    public void Add(string path, SourceProblemKind kind, string reason)
    {
        if (++_count <= limit) target.Add(new SourceProblem(path, reason, kind));
    }

    /// <summary>Tells how many problems were not listed.</summary>
    public void Close(string path)
    {
        if (_count > limit)
        {
            target.Add(new SourceProblem(path, $"{_count - limit} more entries were skipped, damaged or unreadable; only the first {limit} are listed", SourceProblemKind.Damaged));
        }
    }
}
