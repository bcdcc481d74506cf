using System.Globalization;
using System.Text;

namespace Tocsin.Evidence.Sources;

/// <summary>Makes names out of evidence fit to be shown and compared.</summary>
internal static class InertName
{
    const int MaxChars = 4096;

    /// <summary>An archive entry's name as a path with <c>/</c>. Old .NET and some collectors write <c>\</c>.</summary>
    /// <param name="name">As stored.</param>
    /// <param name="odd">What was wrong with it; null if nothing.</param>
    public static string OfEntry(string name, out string? odd)
    {
        odd = null;
        if (name.Length > MaxChars)
        {
            name = name[..MaxChars];
            odd = "its name is longer than any path";
        }

        var path = new StringBuilder(name.Length);
        string slashed = name.Replace('\\', '/');
        if (slashed.StartsWith('/')) odd ??= "its name begins at the root of a disk";
        foreach (Range part in slashed.AsSpan().Split('/'))
        {
            var segment = slashed.AsSpan(part);
            if (segment.IsEmpty || segment is ".") continue;
            if (path.Length > 0) path.Append('/');
            if (segment is "..")
            {
                odd ??= "its name climbs out of the archive";
                path.Append("{..}");
            }
            else if (AppendInert(path, segment))
            {
                odd ??= "its name holds control or direction characters";
            }
        }

        return path.Length == 0 ? "{nameless}" : path.ToString();
    }

    /// <summary>One name on disk, or one part of an original path.</summary>
    public static string OfSegment(ReadOnlySpan<char> segment)
    {
        var text = new StringBuilder(segment.Length);
        if (segment is "..") return "{..}";
        AppendInert(text, segment);
        return text.ToString();
    }

    // Escaped and not dropped, so that two names that look alike stay two.
    static bool AppendInert(StringBuilder text, ReadOnlySpan<char> segment)
    {
        bool escaped = false;
        for (int at = 0; at < segment.Length; at++)
        {
            if (Rune.DecodeFromUtf16(segment[at..], out Rune rune, out int used) == System.Buffers.OperationStatus.Done && !IsHostile(rune))
            {
                text.Append(segment.Slice(at, used));
                at += used - 1;
                continue;
            }

            escaped = true;
            text.Append(CultureInfo.InvariantCulture, $"{{U+{(int)segment[at]:X4}}}");
        }

        return escaped;
    }

    static bool IsHostile(Rune rune) => Rune.GetUnicodeCategory(rune) is
        UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator;
}
