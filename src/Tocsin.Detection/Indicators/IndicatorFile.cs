using System.Globalization;
using System.Text.RegularExpressions;

namespace Tocsin.Detection.Indicators;

/// <summary>A line or an object of a list that gives no indicator, and why.</summary>
/// <param name="File">The list.</param>
/// <param name="Line">Its line from 1; for JSON the number of the object from 1.</param>
/// <param name="Value">What stands there, cut.</param>
/// <param name="Reason">Why it is refused.</param>
public sealed record RefusedIndicator(string File, int Line, string Value, string Reason);

/// <summary>What a list of indicators gave.</summary>
/// <param name="Indicators">In the order of the list.</param>
/// <param name="Refused">What it has beside them, each at its place.</param>
public sealed record IndicatorReading(IReadOnlyList<Indicator> Indicators, IReadOnlyList<RefusedIndicator> Refused);

/// <summary>
/// Reads a list of indicators: a STIX 2.1 bundle, a MISP event, a CSV table with a column of types and one of values, or a value on each
/// line. Which, its content says.
/// </summary>
/// <remarks>
/// An address must have a period. Where a list only says when it was made, in a column, in its file's name or in words, the address means the
/// attacker from <see cref="BeforeList"/> before to <see cref="Indicator.AddressLife"/> after that day.
/// </remarks>
public sealed partial class IndicatorFile
{
    /// <summary>How long before a list was made what it names was seen: those who publish look back over a whole campaign.</summary>
    public static TimeSpan BeforeList { get; } = TimeSpan.FromDays(90);

    /// <summary>Bounds memory: two hundred thousand addresses and hashes took 1.3 GB, by measurement.</summary>
    public const int MaxIndicators = 20_000;

    const int MaxShown = 120;

    readonly List<Indicator> _indicators = [];
    readonly List<RefusedIndicator> _refused = [];
    readonly string _file;

    IndicatorFile(string file, DateTime? day)
    {
        _file = file;
        DayUtc = day ?? (DayInName().Match(Path.GetFileName(file)) is { Success: true } named && DateTime.TryParseExact(named.Value, ["yyyyMMdd", "yyyy-MM-dd"], CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out DateTime found) ? found : null);
    }

    /// <summary>When the whole list was made, as far as its name or its reader says.</summary>
    internal DateTime? DayUtc { get; private set; }

    /// <summary>Reads a list.</summary>
    /// <param name="text">Its text.</param>
    /// <param name="file">Its name.</param>
    /// <param name="day">When it was made, where the reader knows; null to take it from the list.</param>
    public static IndicatorReading Read(string text, string file, DateTime? day = null)
    {
        var list = new IndicatorFile(file, day);
        text = text.TrimStart('\ufeff');
        if (text.AsSpan().TrimStart().StartsWith("{") || text.AsSpan().TrimStart().StartsWith("[")) IndicatorJson.Read(text, list);
        else if (!IndicatorTable.TryRead(text, list)) IndicatorLines.Read(text, list);
        return new(list._indicators, list._refused);
    }

    /// <summary>Takes the day of the whole list from the address of the article that a row names, if nothing better is known.</summary>
    internal void LearnDay(string text)
    {
        if (DayUtc is null && DayInAddress().Match(text) is { Success: true } found && DateTime.TryParseExact(found.Value, "/yyyy/MM/dd/", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out DateTime day)) DayUtc = day;
    }

    internal void Refuse(int line, string value, string reason) => _refused.Add(new(_file, line, value.Length > MaxShown ? value[..MaxShown] + "..." : value, reason));

    /// <summary>Takes one entry, or refuses it.</summary>
    internal void Take(int line, IndicatorType type, string value, DateTime? from, DateTime? until, int? confidence, DateTime? day = null)
    {
        value = Plain(value);
        if (type is IndicatorType.Ipv4 or IndicatorType.Ipv6 && value.Contains('/', StringComparison.Ordinal)) type = IndicatorType.Network;
        if (type == IndicatorType.Ipv4 && value.Count(c => c == ':') > 1) type = IndicatorType.Ipv6;
        if (Indicator.Normalise(type, value) is not { } normal)
        {
            Refuse(line, value, $"This is no {Indicator.WordOf(type)}.");
            return;
        }

        if (type is IndicatorType.FileName or IndicatorType.FilePath or IndicatorType.UrlPath)
        {
            if (ProductNames.IsOfProduct(normal))
            {
                Refuse(line, value, "Every server has a file of this name; by itself it says nothing.");
                return;
            }

            if (Placeholder().IsMatch(normal))
            {
                Refuse(line, value, "This describes names and is none.");
                return;
            }
        }

        if (Indicator.ChangesHands(type) && until is null)
        {
            if (from is { } start) until = After(start, Indicator.AddressLife);
            else if ((day ?? DayUtc) is { } made) (from, until) = (made < DateTime.MinValue + BeforeList ? null : made - BeforeList, After(made, Indicator.AddressLife));
            else
            {
                Refuse(line, value, "An address belongs to somebody else after a while, and the list does not say when it was made. Say so with --indicators-date.");
                return;
            }
        }

        if (_indicators.Count >= MaxIndicators) Refuse(line, value, $"There are more than {MaxIndicators} indicators. Split the list.");
        else _indicators.Add(new Indicator(type, normal, from, until, $"{_file}({line})", confidence));
    }

    internal static DateTime After(DateTime time, TimeSpan life) => time > DateTime.MaxValue - life ? DateTime.MaxValue : time + life;

    /// <summary>The value without what keeps people from clicking on it.</summary>
    static string Plain(string value)
    {
        value = value.Trim().Replace("[.]", ".", StringComparison.Ordinal).Replace("(.)", ".", StringComparison.Ordinal).Replace("[:]", ":", StringComparison.Ordinal);
        return value.StartsWith("hxxp", StringComparison.OrdinalIgnoreCase) ? string.Concat("http", value.AsSpan(4)) : value;
    }

    /// <summary>A type as lists write it; null for what this program knows nothing of.</summary>
    internal static IndicatorType? TypeOf(string word) => word.Trim().ToLowerInvariant() switch
    {
        "sha256" or "sha-256" => IndicatorType.Sha256,
        "sha1" or "sha-1" => IndicatorType.Sha1,
        "md5" => IndicatorType.Md5,
        "ip" or "ipaddress" or "ip-address" or "ipv4" or "ipv4-addr" or "ip-src" or "ip-dst" => IndicatorType.Ipv4,
        "ipv6" or "ipv6-addr" => IndicatorType.Ipv6,
        "network" or "cidr" => IndicatorType.Network,
        "domain" or "hostname" or "domain-name" or "fqdn" => IndicatorType.Domain,
        "url" or "link" => IndicatorType.Url,
        "uri" or "url-path" => IndicatorType.UrlPath,
        "filename" or "file-name" or "file_name" => IndicatorType.FileName,
        "filepath" or "file-path" or "file_path" or "file_path_name" => IndicatorType.FilePath,
        _ => null,
    };

    /// <summary>A time as lists write it; null for none.</summary>
    internal static DateTime? TimeOf(string? text) =>
        DateTime.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out DateTime time) ? time : null;

    /// <summary>The middle of a month that is named in words, as in "in March 2021"; null for none.</summary>
    internal static DateTime? MonthIn(string text) => MonthInWords().Match(text) is { Success: true } m
        && DateTime.TryParseExact($"15 {m.Value}", "d MMMM yyyy", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out DateTime day) ? day : null;

    [GeneratedRegex(@"(?<!\d)20\d\d(?:[01]\d[0-3]\d|-[01]\d-[0-3]\d)(?!\d)")]
    private static partial Regex DayInName();

    [GeneratedRegex("/20[0-9]{2}/[01][0-9]/[0-3][0-9]/")]
    private static partial Regex DayInAddress();

    [GeneratedRegex(@"\b(?:January|February|March|April|May|June|July|August|September|October|November|December) 20\d\d\b")]
    private static partial Regex MonthInWords();

    [GeneratedRegex(@"[(<*?|]")]
    private static partial Regex Placeholder();
}
