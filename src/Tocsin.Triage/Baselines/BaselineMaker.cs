using Tocsin.Evidence.Sources;
using Tocsin.Triage.Scanning;

namespace Tocsin.Triage.Baselines;

/// <summary>Makes a baseline of a folder or an archive: install media, or a server that is known to be healthy.</summary>
public static class BaselineMaker
{
    /// <summary>Hashes all files below a path. Archives are opened, and count as themselves too where they are files of their own.</summary>
    /// <param name="path">A folder, an archive or a file.</param>
    /// <param name="into">Takes the files.</param>
    /// <param name="problems">Takes what could not be read: a baseline with holes makes work, not errors.</param>
    /// <param name="progress">Told of bytes read.</param>
    /// <param name="cancellation">Looked at in every read.</param>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public static void Make(string path, Baseline into, List<SourceProblem> problems, IProgress<ScanProgress>? progress, CancellationToken cancellation = default)
    {
        IReadOnlyList<SourceUnit> units = new SourceWalker(SourceLimits.Default).Discover([path], problems, cancellation);
        string root = path.Replace('\\', '/').TrimEnd('/') + "/";
        long total = units.Sum(u => Math.Max(0, u.Length)), done = 0;
        int files = 0;
        bool full = false;
        foreach (SourceUnit unit in units)
        {
            try
            {
                unit.Visit(
                    (file, content) =>
                    {
                        if (full) return;
                        files++;
                        using var hashed = new HashingStream(content);
                        string sha256 = hashed.Finish(cancellation);
                        string relative = file.Path.StartsWith(root, StringComparison.Ordinal) ? file.Path[root.Length..] : file.Path;
                        full = !into.Add(sha256, hashed.Count, relative);
                    },
                    problems,
                    cancellation);
            }
            catch (IOException e)
            {
                problems.Add(new SourceProblem(unit.Path, $"Reading failed: {e.Message}"));
            }

            if (full)
            {
                problems.Add(new SourceProblem(unit.Path, $"The baseline is full: it takes {Baseline.MaxFiles} files. Make one of each product."));
                return;
            }

            progress?.Report(new ScanProgress(done += Math.Max(0, unit.Length), total, files));
        }
    }
}
