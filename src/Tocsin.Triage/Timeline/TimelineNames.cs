using Tocsin.Evidence.Records;
using Tocsin.Triage.Scanning;

namespace Tocsin.Triage.Timeline;

/// <summary>What a row is.</summary>
/// <param name="Source">Its log source.</param>
/// <param name="TimeIs">What its time is the time of.</param>
internal sealed record RowKind(LogSource Source, string TimeIs)
{
    public string Text { get; } = $"{Source} {TimeIs}";
}

/// <summary>Numbers artifacts and kinds of rows in the order in which threads come to them. Safe to share.</summary>
internal sealed class TimelineNames
{
    readonly Lock _lock = new();
    readonly Dictionary<RowKind, int> _numberOfKind = [];
    ArtifactScan[] _artifacts = new ArtifactScan[64];
    RowKind[] _kinds = new RowKind[16];

    public TimelineNames() => Order = new RowOrder(number => _artifacts[number].File.Path, number => _kinds[number].Text);

    /// <summary>The order of rows that have these numbers.</summary>
    public RowOrder Order { get; }

    /// <summary>How many artifacts there are.</summary>
    public int Count { get; private set; }

    public ArtifactScan Artifact(int number) => _artifacts[number];

    public RowKind Kind(int number) => _kinds[number];

    public int Add(ArtifactScan artifact)
    {
        lock (_lock)
        {
            if (Count == _artifacts.Length) Array.Resize(ref _artifacts, Count * 2);
            _artifacts[Count] = artifact;
            return Count++;
        }
    }

    public int NumberOf(LogSource source, string timeIs)
    {
        var kind = new RowKind(source, timeIs);
        lock (_lock)
        {
            if (_numberOfKind.TryGetValue(kind, out int number)) return number;
            number = _numberOfKind.Count;
            if (number == _kinds.Length) Array.Resize(ref _kinds, number * 2);
            _kinds[number] = kind;
            _numberOfKind.Add(kind, number);
            return number;
        }
    }
}
