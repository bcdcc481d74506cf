using Tocsin.Evidence.Records;
using Tocsin.Triage.Scanning;

namespace Tocsin.Triage.Clocks;

/// <summary>Requests of a whole scan by the hash of their id, each once for every artifact that has it. Safe to share between threads.</summary>
/// <remarks>
/// Memory is bounded by keeping only ids below a limit that is halved whenever there are too many: all artifacts then keep the same
/// ids, so that those which stand in two logs are found, and what is kept does not depend on threads.
/// </remarks>
internal sealed class ClockSamples(int max = ClockSamples.DefaultMax)
{
    /// <summary>Some megabytes; thousands of pairs are left of the largest source.</summary>
    public const int DefaultMax = 1 << 16;

    readonly record struct Key(ulong Id, ArtifactScan Artifact);

    readonly Lock _lock = new();
    readonly Dictionary<Key, (DateTime TimeUtc, Position At)> _samples = [];
    ulong _limit = ulong.MaxValue;

    /// <summary>Takes the first record with an id in an artifact.</summary>
    public void Add(ulong id, ArtifactScan artifact, DateTime timeUtc, Position at)
    {
        if (id > Volatile.Read(ref _limit)) return;
        lock (_lock)
        {
            if (id > _limit) return;
            // Parts of an artifact are read in any order.
            if (!_samples.TryGetValue(new(id, artifact), out var known) || at.Offset < known.At.Offset) _samples[new(id, artifact)] = (timeUtc, at);
            while (_samples.Count > max)
            {
                _limit /= 2;
                foreach (Key key in _samples.Keys.Where(k => k.Id > _limit).ToArray()) _samples.Remove(key);
            }
        }
    }

    /// <summary>The samples of some artifacts, by id.</summary>
    public IEnumerable<IGrouping<ulong, (ArtifactScan Artifact, DateTime TimeUtc, Position At)>> Of(HashSet<ArtifactScan> artifacts) =>
        _samples.Where(s => artifacts.Contains(s.Key.Artifact)).GroupBy(s => s.Key.Id, s => (s.Key.Artifact, s.Value.TimeUtc, s.Value.At)).Where(g => g.Skip(1).Any());
}
