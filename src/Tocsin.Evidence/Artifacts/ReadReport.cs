using Tocsin.Evidence.Records;

namespace Tocsin.Evidence.Artifacts;

/// <summary>Why a line, record or stretch of bytes was not read as it should be.</summary>
public enum DamageKind
{
    /// <summary>More or fewer columns than the header names, and no way to repair it.</summary>
    WrongColumnCount,
    /// <summary>The row has extra separators inside a value; it was repaired and read.</summary>
    Repaired,
    /// <summary>Fewer columns than the header names; what is there was read.</summary>
    ShortRow,
    /// <summary>The line is longer than the limit and was passed over.</summary>
    TooLong,
    /// <summary>Bytes that cannot occur in text.</summary>
    Binary,
    /// <summary>No time stamp could be read.</summary>
    NoTime,
    /// <summary>A row stands before any header that names its columns.</summary>
    BeforeHeader,
    /// <summary>Not the syntax of its format (JSON, quoting).</summary>
    Malformed,
    /// <summary>The artifact ends in the middle of a record.</summary>
    CutOff,
    /// <summary>Reading failed: an input error, an unreadable archive entry, a refused bomb.</summary>
    Unreadable,
    /// <summary>A checksum does not fit what it stands for: the bytes were changed, or were copied while they were written. What is there was read.</summary>
    Checksum,
}

/// <summary>One place in which an artifact is damaged.</summary>
/// <param name="Kind">What is wrong.</param>
/// <param name="Line">Line number from 1, or 0 where there are no lines.</param>
/// <param name="Offset">Byte offset from 0.</param>
public readonly record struct Damage(DamageKind Kind, long Line, long Offset);

/// <summary>What reading one artifact gave: how much, over which time, and what was wrong with it. Filled by one reader on one thread.</summary>
/// <remarks>Memory is bounded: damage is counted in full and located for the first <see cref="MaxLocated"/> places of each kind;
/// hours are kept as one counter an hour, for at most <see cref="MaxHours"/> different hours.</remarks>
public sealed class ReadReport
{
    /// <summary>How many places of each kind of damage are located; all are counted.</summary>
    public const int MaxLocated = 20;

    /// <summary>How many different hours are counted: eleven years. A log with random dates would otherwise fill memory.</summary>
    public const int MaxHours = 100_000;

    readonly Dictionary<int, long> _hours = [];
    readonly Dictionary<string, (DateTime First, DateTime Last)> _versions = new(StringComparer.Ordinal);
    readonly SortedDictionary<string, long> _hosts = new(StringComparer.OrdinalIgnoreCase);
    readonly List<Damage> _located = [];
    readonly List<(Position At, DateTime Stamp, DateTime StatedUtc)> _clockPairs = [];
    readonly long[] _counts = new long[Enum.GetValues<DamageKind>().Length];

    /// <summary>Rows or events that were read.</summary>
    public long Records { get; set; }

    /// <summary>Lines of any sort, comments and damaged ones included.</summary>
    public long Lines { get; set; }

    /// <summary>Bytes read.</summary>
    public long Bytes { get; set; }

    /// <summary>Earliest time seen in a record, UTC.</summary>
    public DateTime? FirstUtc { get; private set; }

    /// <summary>Latest time seen in a record, UTC.</summary>
    public DateTime? LastUtc { get; private set; }

    /// <summary>Records in each hour; the key is whole hours since 0001-01-01.</summary>
    public IReadOnlyDictionary<int, long> Hours => _hours;

    /// <summary>Product versions that the log names (<c>15.1.2176.2</c>), each with the first and last time it was seen.</summary>
    public IReadOnlyDictionary<string, (DateTime First, DateTime Last)> Versions => _versions;

    /// <summary>Names by which the log calls the server that wrote it, with how often.</summary>
    public IReadOnlyDictionary<string, long> Hosts => _hosts;

    /// <summary>The located damage, in the order of the artifact.</summary>
    public IReadOnlyList<Damage> Located => _located;

    /// <summary>True for pasted rows, other tools' outputs and logs without a header: they prove what they show and exclude nothing.</summary>
    public bool IsExtract { get; set; }

    /// <summary>True where the file is UTF-16 and readers were given its UTF-8 form.</summary>
    public bool IsTranscoded { get; set; }

    /// <summary>
    /// What must be added to the artifact's own time stamps to get UTC, where the artifact contradicts itself (Sysmon states
    /// UTC inside a record that is stamped with local time marked Z); null where no contradiction was seen.
    /// Times of records are not shifted by it: each reader's note says which are corrected and which are as written. Hours and the
    /// span from the first to the last time are.
    /// </summary>
    public TimeSpan? ClockOffset { get; set; }

    /// <summary>Minutes to be added to the server's local time to get UTC, without daylight saving, where the artifact tells (a SYSTEM hive);
    /// negative east of Greenwich.</summary>
    public int? TimeZoneBias { get; set; }

    /// <summary>Products that the artifact shows to be installed, where it does not name a version: "Exchange 2010".</summary>
    public SortedSet<string> Products { get; } = new(StringComparer.Ordinal);

    /// <summary>States that the artifact shows and that copies of it from other times are compared by, in a closed vocabulary (<c>ConfigurationFact</c>).</summary>
    public SortedSet<string> States { get; } = new(StringComparer.Ordinal);

    /// <summary>Remarks for the person: "a column is missing", "times are local time marked UTC".</summary>
    public SortedSet<string> Notes { get; } = new(StringComparer.Ordinal);

    /// <summary>Records that state another time than the one they are stamped with: the first <see cref="MaxClockPairs"/>, as grounds for <see cref="ClockOffset"/>.</summary>
    public IReadOnlyList<(Position At, DateTime Stamp, DateTime StatedUtc)> ClockPairs => _clockPairs;

    /// <summary>How many are kept: enough to look them up by hand.</summary>
    public const int MaxClockPairs = 3;

    /// <summary>Notes a record that states another time than its stamp.</summary>
    public void AddClockPair(Position at, DateTime stamp, DateTime statedUtc)
    {
        if (_clockPairs.Count < MaxClockPairs) _clockPairs.Add((at, stamp, statedUtc));
    }

    /// <summary>How often a kind of damage occurred.</summary>
    public long Count(DamageKind kind) => _counts[(int)kind];

    /// <summary>Counts damage and locates the first places of its kind.</summary>
    public void Add(DamageKind kind, long line, long offset)
    {
        if (_counts[(int)kind]++ < MaxLocated) _located.Add(new Damage(kind, line, offset));
    }

    /// <summary>Counts records in an hour.</summary>
    /// <param name="hour">Whole hours since 0001-01-01.</param>
    /// <param name="records">How many.</param>
    public void AddHour(int hour, long records)
    {
        if (_hours.TryGetValue(hour, out long before)) _hours[hour] = before + records;
        else if (_hours.Count < MaxHours) _hours[hour] = records;
    }

    /// <summary>Widens the time span.</summary>
    public void AddTime(DateTime utc)
    {
        if (FirstUtc is null || utc < FirstUtc) FirstUtc = utc;
        if (LastUtc is null || utc > LastUtc) LastUtc = utc;
    }

    /// <summary>Notes a version of the product, written as the log writes it (<c>15.01.2375.007</c>).</summary>
    public void AddVersion(ReadOnlySpan<byte> text, DateTime seenUtc)
    {
        if (ProductVersion.Normalise(text) is not { } version || _versions.Count > 256 && !_versions.ContainsKey(version)) return;
        _versions[version] = _versions.TryGetValue(version, out var span)
            ? (seenUtc < span.First ? seenUtc : span.First, seenUtc > span.Last ? seenUtc : span.Last)
            : (seenUtc, seenUtc);
    }

    /// <summary>Notes a name of the server that wrote the log.</summary>
    /// <param name="name">The name.</param>
    /// <param name="records">How many records name it.</param>
    public void AddHost(string name, long records = 1)
    {
        if (name.Length is 0 or > 255 || _hosts.Count > 256 && !_hosts.ContainsKey(name)) return;
        _hosts[name] = _hosts.GetValueOrDefault(name) + records;
    }

    /// <summary>Adds what was read of the part of the artifact that follows. Offsets are those of the whole already, line numbers are the part's own.</summary>
    public void Join(ReadReport next)
    {
        foreach (Damage damage in next._located)
        {
            if (_located.Count(d => d.Kind == damage.Kind) < MaxLocated) _located.Add(damage with { Line = Lines + damage.Line });
        }

        for (int kind = 0; kind < _counts.Length; kind++) _counts[kind] += next._counts[kind];
        foreach ((int hour, long records) in next._hours) AddHour(hour, records);
        foreach ((string host, long records) in next._hosts) AddHost(host, records);
        foreach ((Position at, DateTime stamp, DateTime stated) in next._clockPairs) AddClockPair(at, stamp, stated);
        if (next.FirstUtc is { } first) AddTime(first);
        if (next.LastUtc is { } last) AddTime(last);
        foreach ((string version, var span) in next._versions)
        {
            if (_versions.Count > 256 && !_versions.ContainsKey(version)) continue;
            _versions[version] = _versions.TryGetValue(version, out var known) ? (Min(known.First, span.First), Max(known.Last, span.Last)) : span;
        }

        Records += next.Records;
        Lines += next.Lines;
        Bytes += next.Bytes;
        IsExtract |= next.IsExtract;
        IsTranscoded |= next.IsTranscoded;
        ClockOffset ??= next.ClockOffset;
        TimeZoneBias ??= next.TimeZoneBias;
        Products.UnionWith(next.Products);
        States.UnionWith(next.States);
        Notes.UnionWith(next.Notes);
    }

    static DateTime Min(DateTime a, DateTime b) => a < b ? a : b;

    static DateTime Max(DateTime a, DateTime b) => a > b ? a : b;
}
