using System.Collections.Frozen;
using System.Text;

namespace Tocsin.Evidence.Ntfs;

/// <summary>Which files of a volume are worth a record, by name and place: a volume has a million files, an intrusion leaves a dozen.</summary>
internal static class FileInterest
{
    /// <summary>Why a file is worth a record.</summary>
    public enum Reason
    {
        None,

        /// <summary>A name that Windows has ten thousand of; only where such files do not belong.</summary>
        InOddPlaces,

        /// <summary>A name that tells wherever it lies.</summary>
        Anywhere,
    }

    const int MaxExtension = 8;

    static readonly FrozenDictionary<ulong, Reason> Extensions = Table();

    // What lies below these was put there by a person, a program of a person, or an intruder. Lower case.
    static readonly byte[][] OddFrom =
    [
        .. "\\inetpub\\|\\perflogs\\|\\users\\public\\|\\programdata\\|\\windows\\temp\\|\\temp\\|\\tmp\\|\\$recycle.bin\\|\\recycler\\|\\windows\\debug\\|\\windows\\help\\|\\windows\\tasks\\|\\windows\\fonts\\"
            .Split('|').Select(Encoding.UTF8.GetBytes),
    ];

    static readonly byte[][] OddWithin =
    [
        .. "\\frontend\\httpproxy\\|\\clientaccess\\|\\wwwroot\\|\\aspnet_client\\|\\temporary asp.net files\\|\\appdata\\local\\temp\\|\\appdata\\roaming\\|\\downloads\\|\\desktop\\|\\music\\|\\pictures\\|\\videos\\|\\spool\\drivers\\"
            .Split('|').Select(Encoding.UTF8.GetBytes),
    ];

    static readonly byte[][] Web =
    [
        .. "\\inetpub\\|\\wwwroot\\|\\frontend\\httpproxy\\|\\clientaccess\\|\\aspnet_client\\|\\temporary asp.net files\\".Split('|').Select(Encoding.UTF8.GetBytes),
    ];

    static readonly FrozenSet<ulong> Pages = new[] { ".aspx", ".ashx", ".asmx", ".ascx", ".asax", ".asp", ".asa", ".cer", ".cshtml", ".vbhtml", ".master", ".svc", ".soap", ".php", ".jsp" }.Select(Key).ToFrozenSet();

    /// <summary>What a file's name says.</summary>
    public static Reason Of(ReadOnlySpan<byte> name)
    {
        Reason reason = Extensions.GetValueOrDefault(Key(ExtensionOf(name)));
        if (reason == Reason.Anywhere) return reason;
        if (Is(name, "web.config"u8) || Is(name, "applicationHost.config"u8) || name.Length > 8 && Is(name[..8], "App_Web_"u8)) return Reason.Anywhere;

        // A page that was set aside: "logon.aspx.bak".
        return HasWithin(name, ".aspx."u8) || HasWithin(name, ".ashx."u8) ? Reason.Anywhere : reason;
    }

    /// <summary>Whether the file, if a web server serves it, is carried out and not only sent.</summary>
    public static bool IsPage(ReadOnlySpan<byte> name) => Pages.Contains(Key(ExtensionOf(name)));

    /// <summary>Whether programs and archives do not belong into a folder.</summary>
    /// <param name="folder">The folder's path without a backslash at its end. What is not certain is odd.</param>
    public static bool IsOddPlace(ReadOnlySpan<byte> folder)
    {
        if (folder.IsEmpty || folder[0] == '?') return true;
        foreach (byte[] from in OddFrom)
        {
            if (folder.Length >= from.Length - 1 && Is(folder[..(from.Length - 1)], from.AsSpan(0, from.Length - 1)) && (folder.Length == from.Length - 1 || folder[from.Length - 1] == '\\')) return true;
        }

        return IsWithin(folder, OddWithin);
    }

    /// <summary>Whether a web server serves a folder, as far as its path tells.</summary>
    public static bool IsWebFolder(ReadOnlySpan<byte> folder) => IsWithin(folder, Web);

    /// <summary>From the last point on, point included; empty where there is none.</summary>
    public static ReadOnlySpan<byte> ExtensionOf(ReadOnlySpan<byte> name) => name.LastIndexOf((byte)'.') is >= 0 and var at ? name[at..] : default;

    /// <summary>Whether a text stands in another, without regard to ASCII case.</summary>
    public static bool HasWithin(ReadOnlySpan<byte> text, ReadOnlySpan<byte> sought)
    {
        byte low = (byte)(sought[0] | 0x20), high = char.IsAsciiLetter((char)sought[0]) ? (byte)(sought[0] & ~0x20) : sought[0];
        if (!char.IsAsciiLetter((char)sought[0])) low = sought[0];
        while (text.Length >= sought.Length && text[..(text.Length - sought.Length + 1)].IndexOfAny(low, high) is >= 0 and var at)
        {
            if (Is(text.Slice(at, sought.Length), sought)) return true;
            text = text[(at + 1)..];
        }

        return false;
    }

    static bool Is(ReadOnlySpan<byte> a, ReadOnlySpan<byte> b) => Ascii.EqualsIgnoreCase(a, b);

    static bool IsWithin(ReadOnlySpan<byte> folder, byte[][] names)
    {
        foreach (byte[] name in names)
        {
            // "\wwwroot\" is in "…\wwwroot\x", and at the end of "…\wwwroot".
            if (HasWithin(folder, name) || folder.Length >= name.Length - 1 && Is(folder[^(name.Length - 1)..], name.AsSpan(0, name.Length - 1))) return true;
        }

        return false;
    }

    static FrozenDictionary<ulong, Reason> Table()
    {
        var table = new Dictionary<ulong, Reason>();
        foreach (string extension in ".exe .dll .com .scr .cpl .ps1 .psm1 .bat .cmd .vbs .vbe .js .jse .wsf .hta .msi .lnk .reg .zip .7z .rar .cab .tar .gz .tgz .sys .tlb".Split(' '))
        {
            table[Key(extension)] = Reason.InOddPlaces;
        }

        // Pages; what ASP.NET leaves of them; dumps of memory, of directories and of mailboxes.
        foreach (string extension in ".aspx .ashx .asmx .ascx .asax .asp .asa .cer .cdx .soap .rem .svc .cshtml .vbhtml .master .php .jsp .jspx .shtml .compiled .dmp .mdmp .dit .kirbi .pst".Split(' '))
        {
            table[Key(extension)] = Reason.Anywhere;
        }
        return table.ToFrozenDictionary();
    }

    static ulong Key(string extension) => Key(Encoding.ASCII.GetBytes(extension));

    static ulong Key(ReadOnlySpan<byte> extension)
    {
        if (extension.Length - 1 is < 1 or > MaxExtension) return 0;
        ulong key = 0;
        foreach (byte b in extension[1..]) key = key << 8 | (b is >= (byte)'A' and <= (byte)'Z' ? (byte)(b | 0x20) : b);
        return key;
    }
}
