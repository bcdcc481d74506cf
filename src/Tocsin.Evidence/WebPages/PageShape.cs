namespace Tocsin.Evidence.WebPages;

/// <summary>What a page looks like from outside: how the file begins, how it is stored, what it stands within.</summary>
internal static class PageShape
{
    static readonly (byte[] Magic, string Fact)[] Heads =
    [
        ("!BDN"u8.ToArray(), PageFacts.PstHeader),
        ("PK\u0003\u0004"u8.ToArray(), PageFacts.ForeignHeader),
        ("Rar!"u8.ToArray(), PageFacts.ForeignHeader),
        ("%PDF-"u8.ToArray(), PageFacts.ForeignHeader),
        ("GIF8"u8.ToArray(), PageFacts.ForeignHeader),
        ("MZ"u8.ToArray(), PageFacts.ForeignHeader),
        ("BM"u8.ToArray(), PageFacts.ForeignHeader),
        ([0x89, (byte)'P', (byte)'N', (byte)'G'], PageFacts.ForeignHeader),
        ([0xFF, 0xD8, 0xFF], PageFacts.ForeignHeader),
        ([0x1F, 0x8B], PageFacts.ForeignHeader),
        ([0xD0, 0xCF, 0x11, 0xE0], PageFacts.ForeignHeader),
        ([0x30, 0x82], PageFacts.CertificateRequest),
        ("-----BEGIN NEW CERTIFICATE REQUEST-----"u8.ToArray(), PageFacts.CertificateRequest),
        ("-----BEGIN CERTIFICATE REQUEST-----"u8.ToArray(), PageFacts.CertificateRequest),
    ];

    // Lines of Get-OabVirtualDirectory as the export writes them. One alone may stand in any text about Exchange.
    static readonly string[] DirectoryLines = ["ExternalUrl", "InternalUrl", "InternalAuthenticationMethods", "ExternalAuthenticationMethods", "DistinguishedName", "ObjectCategory", "AdminDisplayVersion", "WhenCreated", "MetabasePath", "OfflineAddressBooks"];

    // UTF-7, and code pages in which "<%" is not "<%".
    static readonly string[] OddCodePages = ["65000", "037", "37", "500", "1026", "1047", "1200", "1201", "12000", "utf-7"];

    public static string? Head(ReadOnlySpan<byte> head)
    {
        foreach ((byte[] magic, string fact) in Heads)
        {
            if (head.StartsWith(magic)) return fact;
        }

        return null;
    }

    /// <summary>Where a listing of a virtual directory stands, or -1.</summary>
    public static int DirectoryDump(string text)
    {
        int first = int.MaxValue, kinds = 0;
        foreach (string line in DirectoryLines)
        {
            int at = text.IndexOf(line, StringComparison.Ordinal);
            if (at < 0) continue;
            int behind = at + line.Length;
            while (behind < text.Length && text[behind] == ' ') behind++;
            if (behind >= text.Length || text[behind] is not (':' or '=')) continue;
            kinds++;
            first = Math.Min(first, at);
        }

        return kinds >= 3 ? first : -1;
    }

    public static bool IsOddCodePage(string value) => Array.IndexOf(OddCodePages, value.Trim().ToLowerInvariant()) >= 0;
}
