using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Tocsin.Detection.Indicators;

/// <summary>What sort of thing an indicator is.</summary>
public enum IndicatorType
{
    /// <summary>SHA-256 of a file.</summary>
    Sha256,
    /// <summary>SHA-1 of a file.</summary>
    Sha1,
    /// <summary>MD5 of a file.</summary>
    Md5,
    /// <summary>An IPv4 address.</summary>
    Ipv4,
    /// <summary>An IPv6 address.</summary>
    Ipv6,
    /// <summary>A range of addresses, as <c>192.0.2.0/24</c>.</summary>
    Network,
    /// <summary>A domain.</summary>
    Domain,
    /// <summary>A whole address of the web.</summary>
    Url,
    /// <summary>The path of a request: <c>/aspnet_client/shell.aspx</c>.</summary>
    UrlPath,
    /// <summary>The name of a file.</summary>
    FileName,
    /// <summary>The path of a file.</summary>
    FilePath,
}

/// <summary>Something that others saw of an attacker, with the time in which it means that attacker.</summary>
/// <param name="Type">Its sort.</param>
/// <param name="Value">In the one form that <see cref="TryMake"/> gives, so that equal things are equal texts.</param>
/// <param name="ValidFromUtc">From when it means the attacker; null for always.</param>
/// <param name="ValidUntilUtc">Until when; null for always. Addresses are given to other people soon.</param>
/// <param name="Source">Who says so, and where.</param>
/// <param name="Confidence">How sure they are, from 0 to 100; null where they do not say.</param>
public sealed record Indicator(IndicatorType Type, string Value, DateTime? ValidFromUtc, DateTime? ValidUntilUtc, string Source, int? Confidence)
{
    /// <summary>How long after it was last seen an address still means the same attacker: rented servers change hands within weeks.</summary>
    public static TimeSpan AddressLife { get; } = TimeSpan.FromDays(30);

    /// <summary>Longer values are no indicators, and would make sets of them large.</summary>
    public const int MaxCharacters = 2048;

    /// <summary>Whether the sort is given to other people after a while, so that it must have a period.</summary>
    public static bool ChangesHands(IndicatorType type) => type is IndicatorType.Ipv4 or IndicatorType.Ipv6 or IndicatorType.Network;

    /// <summary>The type as lists name it: <c>sha256</c>, <c>ipv4</c>, <c>file-path</c>.</summary>
    public static string WordOf(IndicatorType type) => type switch
    {
        IndicatorType.UrlPath => "url-path",
        IndicatorType.FileName => "file-name",
        IndicatorType.FilePath => "file-path",
        _ => type.ToString().ToLowerInvariant(),
    };

    /// <summary>Whether it means the attacker at a time.</summary>
    public bool IsValidAt(DateTime utc) => (ValidFromUtc is not { } from || from <= utc) && (ValidUntilUtc is not { } until || utc < until);

    /// <summary>The value in its one form; null where it is none of its type.</summary>
    public static string? Normalise(IndicatorType type, string value)
    {
        value = value.Trim();
        if (value.Length is 0 or > MaxCharacters) return null;
        return type switch
        {
            IndicatorType.Sha256 => Hex(value, 64),
            IndicatorType.Sha1 => Hex(value, 40),
            IndicatorType.Md5 => Hex(value, 32),
            IndicatorType.Ipv4 => AddressOf(value) is { AddressFamily: AddressFamily.InterNetwork } v4 ? v4.ToString() : null,
            IndicatorType.Ipv6 => AddressOf(value) is { AddressFamily: AddressFamily.InterNetworkV6, ScopeId: 0 } v6 ? v6.ToString() : null,
            IndicatorType.Network => NetworkOf(value)?.ToString(),
            IndicatorType.Domain => Domain(value),
            IndicatorType.Url => Uri.TryCreate(value, UriKind.Absolute, out Uri? url) && url.Scheme is "http" or "https" or "ftp" ? value : null,
            IndicatorType.UrlPath => value.StartsWith('/') ? value : null,
            IndicatorType.FileName => value.AsSpan().IndexOfAny('/', '\\') < 0 ? value : null,
            IndicatorType.FilePath => value.AsSpan().IndexOfAny('/', '\\') >= 0 ? OneByOne(value.Replace('/', '\\')) : null,
            _ => null,
        };
    }

    // Several backslashes side by side are one to Windows, but at the front, where two begin the name of a computer.
    static string OneByOne(string path)
    {
        int front = path.StartsWith(@"\\", StringComparison.Ordinal) ? 1 : 0;
        string rest = path[front..];
        while (rest.Contains(@"\\", StringComparison.Ordinal)) rest = rest.Replace(@"\\", @"\", StringComparison.Ordinal);
        return path[..front] + rest;
    }

    /// <summary>Makes one; null where the value is none of its type.</summary>
    public static Indicator? TryMake(IndicatorType type, string value, DateTime? fromUtc, DateTime? untilUtc, string source, int? confidence) =>
        Normalise(type, value) is { } normal ? new(type, normal, fromUtc, untilUtc, source, confidence) : null;

    /// <summary>An address as logs write it: a port after it, brackets or a zone are taken off, IPv4 in IPv6 becomes IPv4. Null for what is none.</summary>
    public static IPAddress? AddressOf(string text)
    {
        if (text.StartsWith('['))
        {
            int end = text.IndexOf(']', StringComparison.Ordinal);
            text = end < 0 ? text : text[1..end];
        }
        else if (text.IndexOf(':', StringComparison.Ordinal) is > 0 and var colon && text.LastIndexOf(':') == colon)
        {
            text = text[..colon];
        }

        // "1" and "0x7f.1" are addresses to the parser and to nobody else.
        if (!text.Contains(':', StringComparison.Ordinal) && (text.Count(c => c == '.') != 3 || !text.All(c => char.IsAsciiDigit(c) || c == '.') || text.Split('.').Any(p => p.Length > 1 && p[0] == '0'))) return null;
        if (!IPAddress.TryParse(text, out IPAddress? address)) return null;
        return address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
    }

    /// <summary>A range of addresses; null for what is none.</summary>
    public static IPNetwork? NetworkOf(string text)
    {
        int slash = text.IndexOf('/', StringComparison.Ordinal);
        if (slash < 0 || AddressOf(text[..slash]) is not { } address || !int.TryParse(text.AsSpan(slash + 1), NumberStyles.None, CultureInfo.InvariantCulture, out int bits)) return null;
        byte[] bytes = address.GetAddressBytes();
        if (bits > bytes.Length * 8) return null;
        for (int i = 0; i < bytes.Length; i++)
        {
            int kept = Math.Clamp(bits - (i * 8), 0, 8);
            bytes[i] &= (byte)(0xFF << (8 - kept));
        }

        return new IPNetwork(new IPAddress(bytes), bits);
    }

    static string? Hex(string value, int length) => value.Length == length && value.All(char.IsAsciiHexDigit) ? value.ToLowerInvariant() : null;

    static string? Domain(string value)
    {
        value = value.TrimEnd('.');
        return value.Length <= 253 && value.Contains('.', StringComparison.Ordinal) && Uri.CheckHostName(value) == UriHostNameType.Dns ? value.ToLowerInvariant() : null;
    }
}
