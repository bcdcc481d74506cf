using System.Text;
using Tocsin.Evidence.Sources;

namespace Tocsin.Fuzz;

/// <summary>Archives and encodings, read as a scan reads them.</summary>
static class SourceTargets
{
    // Small enough that every limit is within the reach of a small input.
    static readonly SourceLimits Limits = new()
    {
        MaxEntries = 2000, RatioFloorBytes = 1 << 20, ArchiveRatioFloorBytes = 4 << 20, MaxExpandedBytes = 16 << 20, MaxNestedBytes = 1 << 20, MaxProblems = 20,
    };

    public static void Zip(byte[] input)
    {
        Walk(input, Limits);
        Walk(input, Limits with { SplitBytes = 1 });
    }

    public static void TarGz(byte[] input) => Walk(input, Limits);

    public static void Utf16(byte[] input)
    {
        using var stream = new TextTranscoding(new MemoryStream(input));
        using var text = new MemoryStream();
        Promise.BoundsMemory(input.Length, () => stream.CopyTo(text));
        if (!stream.IsTranscoded) Promise.That(text.ToArray().AsSpan().SequenceEqual(input), "what is not UTF-16 is given as it is");
        if (stream.IsTranscoded) Promise.That(Encoding.UTF8.GetBytes(Decoded(input)).AsSpan().SequenceEqual(text.ToArray()), "all of the text is given");

        using var again = new TextTranscoding(new PiecewiseStream(input));
        using var pieces = new MemoryStream();
        again.CopyTo(pieces, 7);
        Promise.That(pieces.ToArray().AsSpan().SequenceEqual(text.ToArray()), "the size of what a stream gives at once is no matter");
    }

    static string Decoded(byte[] input)
    {
        Encoding encoding = TextTranscoding.Recognise(input.AsSpan(0, Math.Min(input.Length, 512)), out int mark)!;
        return encoding.GetString(input, mark, input.Length - mark);
    }

    static void Walk(byte[] input, SourceLimits limits)
    {
        string path = Path.Combine(Path.GetTempPath(), $"tocsin-fuzz-{Environment.ProcessId}-{Environment.CurrentManagedThreadId}");
        File.WriteAllBytes(path, input);
        try
        {
            Promise.BoundsMemory(input.Length, () =>
            {
                List<string> first = List(path, limits);
                Promise.That(first.SequenceEqual(List(path, limits)), "reading twice gives the same");
            });
        }
        finally
        {
            File.Delete(path);
        }
    }

    static List<string> List(string path, SourceLimits limits)
    {
        var seen = new List<string>();
        var problems = new List<SourceProblem>();
        long total = 0;
        byte[] buffer = new byte[8192];
        foreach (SourceUnit unit in new SourceWalker(limits).Discover([path], problems))
        {
            unit.Visit(
                (file, content) =>
                {
                    long length = 0;
                    while (content.Read(buffer) is > 0 and var read) length += read;
                    total += length;
                    Promise.That(!file.Path.AsSpan().ContainsAny('\0', '\n', '\u001b') && !file.Path.Split('/').Contains(".."), "a shown name is inert");
                    seen.Add($"{file.Path} {length} {file.OriginalPath} {file.HostHint} {file.ModifiedUtc:O}");
                },
                problems);
        }

        // One read may pass the limit before it is seen.
        Promise.That(total <= 2 * limits.MaxExpandedBytes, $"an archive expands to what was allowed: {total}");
        Promise.That(seen.Count <= 20 * limits.MaxEntries, $"an archive gives the entries that were allowed: {seen.Count}");
        seen.AddRange(problems.Select(p => p.ToString()));
        return seen;
    }
}
