using System.Buffers.Binary;

namespace Tocsin.Triage.Timeline;

/// <summary>Sorted runs in temporary files. When there are too many of one size they are merged into a larger one, so that the last merge stays small.</summary>
/// <remarks>Safe to share between threads. Disposing closes every file; whoever made them sees to it that a closed one is gone.</remarks>
/// <param name="newFile">Gives a new, empty temporary file that can be written, read and sought in.</param>
/// <param name="order">The order of rows.</param>
/// <param name="fanIn">Runs that are merged at once; bounds open files and buffers.</param>
/// <param name="cancellation">Looked at while merging.</param>
internal sealed class RunStore(Func<Stream> newFile, RowOrder order, int fanIn = RunStore.DefaultFanIn, CancellationToken cancellation = default) : IDisposable
{
    /// <summary>Three levels of 64 runs of 4 MB are a terabyte with under 200 open files and 13 MB of buffers.</summary>
    public const int DefaultFanIn = 64;

    readonly Lock _lock = new();
    readonly List<List<Stream>> _levels = [];
    readonly HashSet<Stream> _open = [];

    /// <summary>How many rows were added.</summary>
    public long Rows { get; private set; }

    /// <summary>Bytes that were added.</summary>
    public long Bytes { get; private set; }

    /// <summary>The runs that there are now.</summary>
    public IReadOnlyList<Stream> Runs
    {
        get
        {
            lock (_lock) return [.. _levels.SelectMany(l => l)];
        }
    }

    /// <summary>A new run to write. It is closed with the store whether it was added or not.</summary>
    public RunWriter Begin()
    {
        Stream file = newFile();
        lock (_lock) _open.Add(file);
        return new RunWriter(file);
    }

    /// <summary>Adds a run that was written.</summary>
    public void Add(RunWriter run)
    {
        run.Flush();
        lock (_lock)
        {
            Rows += run.Rows;
            Bytes += run.File.Length;
            Add(run.File, 0);
        }
    }

    void Add(Stream run, int level)
    {
        if (_levels.Count == level) _levels.Add([]);
        List<Stream> runs = _levels[level];
        runs.Add(run);
        if (runs.Count < fanIn) return;

        RunWriter larger = Begin();
        using (var merge = new RunMerge(runs, order, RowFilter.All))
        {
            while (merge.MoveNext())
            {
                larger.Write(merge.Current.Bytes);
                if ((larger.Rows & 0xFFFF) == 0) cancellation.ThrowIfCancellationRequested();
            }
        }

        larger.Flush();
        foreach (Stream old in runs) Close(old);
        runs.Clear();
        Add(larger.File, level + 1);
    }

    void Close(Stream file)
    {
        _open.Remove(file);
        file.Dispose();
    }

    /// <inheritdoc />
    public void Dispose()
    {
        lock (_lock)
        {
            foreach (Stream file in _open) file.Dispose();
            _open.Clear();
            _levels.Clear();
        }
    }
}

/// <summary>Writes a run: each row behind its length (i32).</summary>
internal sealed class RunWriter(Stream file)
{
    readonly byte[] _buffer = new byte[64 * 1024];
    int _used;

    public Stream File { get; } = file;

    public long Rows { get; private set; }

    public void Write(ReadOnlySpan<byte> row)
    {
        if (_used + 4 + row.Length > _buffer.Length) Flush();
        BinaryPrimitives.WriteInt32LittleEndian(_buffer.AsSpan(_used), row.Length);
        row.CopyTo(_buffer.AsSpan(_used + 4));
        _used += 4 + row.Length;
        Rows++;
    }

    public void Flush()
    {
        File.Write(_buffer.AsSpan(0, _used));
        _used = 0;
    }
}
