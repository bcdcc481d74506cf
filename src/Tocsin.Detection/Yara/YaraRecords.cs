using System.Globalization;
using System.Text;
using Tocsin.Evidence.Artifacts;
using Tocsin.Evidence.Records;

namespace Tocsin.Detection.Yara;

/// <summary>Matches of YARA rules as records, so that Sigma rules say what they mean. For one thread.</summary>
/// <remarks>
/// A record bears the fields <c>Rule</c>, <c>Namespace</c>, <c>Tag</c> (one value for each), <c>Meta_NAME</c>, <c>Path</c>,
/// <c>Name</c>, <c>Extension</c>, <c>Sha256</c> and <c>String</c> (one value for each place: <c>$a@12</c> and what stands
/// there). Its text is the same for a person. It has no time: a file's own stamps are the attacker's to set, and copying sets
/// them anew.
/// </remarks>
public sealed class YaraRecords(RecordTarget target)
{
    /// <summary>What Sigma rules call matches of YARA rules.</summary>
    public static LogSource LogSource { get; } = new("yara", null, null);

    /// <summary>How much of the file is shown at a place: enough to recognise it by, too little to run.</summary>
    const int MaxExcerpt = 48;

    /// <summary>Values of the meta section longer than this are cut in records; some authors paste a whole article.</summary>
    const int MaxMeta = 1024;

    readonly RecordBuffer _values = new(target.Fields);

    /// <summary>Hands on one match.</summary>
    /// <param name="match">The match.</param>
    /// <param name="file">The file.</param>
    /// <param name="sha256">Its hash in lower-case hex; null where it is not known.</param>
    /// <param name="content">Its bytes, for the excerpts.</param>
    /// <param name="number">The match's number in the file, from 1.</param>
    public void Write(YaraMatch match, in YaraVariables file, string? sha256, ReadOnlySpan<byte> content, int number)
    {
        FieldSet fields = target.Fields;
        _values.Clear();
        Add("Rule", match.Rule);
        Add("Namespace", match.Namespace);
        Add("Path", file.FilePath);
        Add("Name", file.FileName);
        Add("Extension", file.Extension);
        Add("Sha256", sha256 ?? "");
        foreach (string tag in match.Tags) Add("Tag", tag);
        foreach (YaraMeta meta in match.Meta) Add($"Meta_{meta.Key}", Cut(meta.Value));
        foreach (YaraString place in match.Strings) Add("String", Describe(place, content));

        // Rules are looked for in the line before its fields: all values stand in it.
        byte[] text = Encoding.UTF8.GetBytes($"{Describe(match, file, sha256, content)}; {Rest(match, file)}");
        target.Sink.Accept(new Record(text, _values, new Position(number, match.Strings.Count > 0 ? match.Strings[0].Offset : 0), default));

        void Add(string name, string value)
        {
            if (fields.IndexOf(name) is >= 0 and var field) _values.Add(field, Encoding.UTF8.GetBytes(value));
        }
    }

    /// <summary>A match as one line for people: the rule, its author, the file, and what was found where.</summary>
    public static string Describe(YaraMatch match, in YaraVariables file, string? sha256, ReadOnlySpan<byte> content)
    {
        var text = new StringBuilder($"YARA rule {match.Rule}");
        if (match.MetaOf("author") is { Length: > 0 } author) text.Append(CultureInfo.InvariantCulture, $" by {author}");
        text.Append(CultureInfo.InvariantCulture, $" in {file.FilePath}");
        if (sha256 is not null) text.Append(CultureInfo.InvariantCulture, $" (SHA-256 {sha256})");
        char separator = ':';
        foreach (YaraString place in match.Strings)
        {
            text.Append(separator).Append(' ').Append(Describe(place, content));
            separator = ',';
        }

        return text.ToString();
    }

    static string Rest(YaraMatch match, in YaraVariables file)
    {
        var text = new StringBuilder($"Namespace={match.Namespace} Extension={file.Extension}");
        foreach (string tag in match.Tags) text.Append(" Tag=").Append(tag);
        foreach (YaraMeta meta in match.Meta) text.Append(" Meta_").Append(meta.Key).Append('=').Append(Cut(meta.Value));
        return text.ToString();
    }

    static string Cut(string value) => value.Length > MaxMeta ? value[..MaxMeta] : value;

    static string Describe(YaraString place, ReadOnlySpan<byte> content)
    {
        int start = (int)Math.Clamp(place.Offset, 0, content.Length);
        int length = Math.Clamp(place.Length, 0, Math.Min(MaxExcerpt, content.Length - start));
        return string.Create(CultureInfo.InvariantCulture, $"{place.Identifier}@{place.Offset} \"{Inert(content.Slice(start, length))}{(place.Length > length ? "…" : "")}\"");
    }

    static string Inert(ReadOnlySpan<byte> bytes) => string.Create(bytes.Length, bytes, static (text, bytes) =>
    {
        for (int i = 0; i < bytes.Length; i++) text[i] = bytes[i] is >= 0x20 and < 0x7F and not (byte)'"' ? (char)bytes[i] : '.';
    });
}
