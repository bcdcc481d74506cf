using System.Collections;

namespace Tocsin.Evidence.Sources;

/// <summary>A stretch of a zip archive's entries that one thread reads.</summary>
/// <param name="First">Ordinal of the first entry.</param>
/// <param name="Count">How many entries.</param>
/// <param name="Offset">Where the first entry's directory header stands.</param>
/// <param name="PackedBytes">Their packed bytes together.</param>
internal sealed record ZipPart(int First, int Count, long Offset, long PackedBytes);

/// <summary>What one pass over a zip archive's directory gives: which entries not to open, the layout, and where to cut it.</summary>
/// <remarks>Immutable after <see cref="TryMake"/>, so parts can be read side by side. Keeps nothing for an ordinary entry.</remarks>
internal sealed class ZipPlan
{
    // Opening an entry takes as long as unpacking so much.
    const int EntryCostBytes = 1024;

    readonly ZipDirectory _directory;
    readonly BitArray? _refused;
    readonly Dictionary<int, int> _copies;
    readonly Dictionary<string, ZipMember> _companions;

    ZipPlan(RandomBytes bytes, ZipDirectory directory, Layout layout, BitArray? refused, Dictionary<int, int> copies, Dictionary<string, ZipMember> companions, bool sequential, List<ZipPart> parts)
    {
        Bytes = bytes;
        _directory = directory;
        Layout = layout;
        _refused = refused;
        _copies = copies;
        _companions = companions;
        Sequential = sequential;
        Parts = parts;
    }

    public RandomBytes Bytes { get; private init; }

    public Layout Layout { get; }

    public bool Sequential { get; }

    public IReadOnlyList<ZipPart> Parts { get; }

    public ZipPart Whole => new(0, Parts.Sum(part => part.Count), _directory.Start, Parts.Sum(part => part.PackedBytes));

    /// <summary>Whether an entry shares bytes with one before it.</summary>
    public bool IsRefused(int ordinal) => _refused?[ordinal] ?? false;

    /// <summary>How many entries up to this one have its name.</summary>
    public int CopyOf(int ordinal) => _copies.GetValueOrDefault(ordinal, 1);

    /// <summary>The same plan over the archive opened anew.</summary>
    public ZipPlan Over(RandomBytes reopened) =>
        new(reopened, _directory.Over(reopened), Layout, _refused, _copies, _companions, Sequential, [.. Parts]);

    /// <summary>Opens an entry that stands in the same folder under another's name with an ending behind it; null where there is none.</summary>
    /// <exception cref="InvalidDataException">The entry is damaged: also from reading what is given.</exception>
    public Stream? OpenCompanion(string name, string ending) =>
        _companions.TryGetValue(name + ending, out ZipMember member) && ZipContent.WhyNot(member) is null && ZipContent.Locate(Bytes, member) is { } packed ? ZipContent.Open(packed, member) : null;

    public IEnumerable<(ZipMember Member, int NameBytes, long Next)> Read(ZipPart part) => _directory.Read(part.Offset).Take(part.Count);

    /// <summary>Plans; null if the archive has no directory that can be read to its end.</summary>
    public static ZipPlan? TryMake(SourceFile file, RandomBytes bytes, SourceLimits limits, ProblemLog problems, CancellationToken cancellation)
    {
        if (ZipDirectory.Find(bytes) is not { } directory) return null;
        var layout = new Layout(file.Path + "!/", file);
        var names = new NameCounts();
        var copies = new Dictionary<int, int>();
        var telling = new List<ZipMember>();
        var companions = new Dictionary<string, (ZipMember Member, int Ordinal)>(StringComparer.OrdinalIgnoreCase);
        var starts = new List<long>();
        var ends = new List<long>();
        var parts = new List<ZipPart>();
        long partTarget = Math.Clamp(bytes.Length / 64, limits.SplitBytes / 2, 64L << 20);
        long partOffset = directory.Start, partBytes = 0, partCost = 0;
        int count = 0, partFirst = 0;
        bool refusesRest = false;
        foreach (var (member, nameBytes, next) in directory.Read(directory.Start))
        {
            cancellation.ThrowIfCancellationRequested();
            if (count == limits.MaxEntries)
            {
                refusesRest = true;
                break;
            }

            string name = InertName.OfEntry(member.Name, out _);
            int copy = member.IsFolder ? 1 : names.Count(name);
            if (copy > 1) copies[count] = copy;
            if (!member.IsFolder) layout.Observe(name);
            if (Layout.Tells(name) && telling.Count < 1000) telling.Add(member);
            if (Companions.IsOne(name) && companions.Count < Companions.MaxRemembered) companions.TryAdd(name, (member, count));
            starts.Add(member.HeaderOffset);
            ends.Add(member.EndOffset(nameBytes));
            count++;
            long packed = Math.Min(member.PackedLength, bytes.Length);
            partBytes += packed;
            partCost += packed + EntryCostBytes;
            if (partCost < partTarget) continue;
            parts.Add(new ZipPart(partFirst, count - partFirst, partOffset, partBytes));
            (partFirst, partOffset, partBytes, partCost) = (count, next, 0, 0);
        }

        if (count > partFirst) parts.Add(new ZipPart(partFirst, count - partFirst, partOffset, partBytes));
        if (refusesRest) problems.Add(file.Path, SourceProblemKind.Refused, $"more than {limits.MaxEntries} entries: the rest was not read");
        else if (count < directory.Count) return null;

        BitArray? refused = FindOverlaps(starts, ends, out int overlaps);
        if (overlaps > 0)
        {
            problems.Add(file.Path, SourceProblemKind.Refused, $"refused as a bomb: {overlaps} of {count} entries share their bytes with other entries. They were not unpacked");
        }

        foreach (ZipMember member in telling)
        {
            if (ZipContent.WhyNot(member) is null && ZipContent.Locate(bytes, member) is { } packed) Learn(layout, packed, member);
        }

        var kept = companions.Where(c => refused is null || !refused[c.Value.Ordinal]).ToDictionary(c => c.Key, c => c.Value.Member, StringComparer.OrdinalIgnoreCase);
        return new ZipPlan(bytes, directory, layout, refused, copies, kept, file.Sequential, parts);
    }

    // Damage in these files is reported when they are delivered.
    static void Learn(Layout layout, RandomBytes packed, in ZipMember member)
    {
        try
        {
            using Stream content = ZipContent.Open(packed, member);
            layout.Learn(InertName.OfEntry(member.Name, out _), content);
        }
        catch (Exception damage) when (damage is InvalidDataException or IOException)
        {
        }
    }

    static BitArray? FindOverlaps(List<long> starts, List<long> ends, out int overlaps)
    {
        overlaps = 0;
        long[] sorted = [.. starts];
        int[] ordinals = [.. Enumerable.Range(0, sorted.Length)];
        Array.Sort(sorted, ordinals);
        BitArray? refused = null;
        long end = 0;
        for (int at = 0; at < sorted.Length; at++)
        {
            if (sorted[at] < end)
            {
                (refused ??= new BitArray(sorted.Length))[ordinals[at]] = true;
                overlaps++;
            }

            end = Math.Max(end, ends[ordinals[at]]);
        }

        return refused;
    }
}
