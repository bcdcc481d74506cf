namespace Tocsin.Triage.Scanning;

/// <summary>Threads of a scan that have no file of their own to read any more, and so can read parts of another's. Safe to share between threads.</summary>
internal sealed class SpareThreads(int free) : IDisposable
{
    readonly SemaphoreSlim _free = new(free);

    /// <summary>Gives a thread that has nothing left to do.</summary>
    public void Add() => _free.Release();

    /// <summary>Runs work on a spare thread; where there is none, at once and here.</summary>
    /// <returns>Ends when the work has; an exception of work that ran here passes through.</returns>
    public Task Run(Action work)
    {
        if (!_free.Wait(0))
        {
            work();
            return Task.CompletedTask;
        }

        return Task.Run(() =>
        {
            try
            {
                work();
            }
            finally
            {
                _free.Release();
            }
        });
    }

    public void Dispose() => _free.Dispose();
}
