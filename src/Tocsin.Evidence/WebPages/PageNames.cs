using System.Reflection;

namespace Tocsin.Evidence.WebPages;

/// <summary>What a file's name says: whether a web server executes it, whether Exchange has such a page, whether it pretends.</summary>
internal static class PageNames
{
    // What IIS executes with ASP.NET and classic ASP as they come. `.cer` and `.cdx` were classic ASP until IIS 6 and are mapped back by intruders.
    static readonly string[] Executed =
    [
        ".aspx", ".ashx", ".asmx", ".ascx", ".asax", ".master", ".asp", ".cer", ".cdx", ".asa", ".cshtml", ".vbhtml", ".svc", ".soap", ".axd", ".rem", ".xamlx", ".aspq",
    ];

    static readonly (string Folder, string Name)[] Product = Load();

    /// <summary>The extension by which the file is executed, in lower case; empty where it is not.</summary>
    /// <param name="name">The file's name.</param>
    /// <param name="isDouble">Whether another extension stands behind it (<c>x.aspx;.jpg</c>, <c>x.aspx.jpg</c>, <c>x.aspx::$DATA</c>).</param>
    public static string ExecutedAs(string name, out bool isDouble)
    {
        isDouble = false;
        string bare = name.TrimEnd(' ', '.');
        int dot = bare.LastIndexOf('.');
        if (dot >= 0 && Array.IndexOf(Executed, bare[dot..].ToLowerInvariant()) is >= 0 and var at)
        {
            isDouble = bare.Length != name.Length;
            return Executed[at];
        }

        foreach (string extension in (ReadOnlySpan<string>)[".aspx", ".ashx", ".asmx", ".asp", ".asa", ".cer"])
        {
            int found = name.IndexOf(extension, StringComparison.OrdinalIgnoreCase);
            if (found <= 0 || found + extension.Length == name.Length || name[found + extension.Length] is not (';' or ':' or '%' or ' ' or '.')) continue;
            // Copies that people make are not executed and hide nothing: x.aspx.bak, x.aspx.zone.identifier, x.aspx.compiled.
            string behind = name[(found + extension.Length)..];
            if (behind[0] == '.' && behind.ToLowerInvariant() is not (".jpg" or ".jpeg" or ".png" or ".gif" or ".ico" or ".txt" or ".css" or ".js")) continue;
            isDouble = true;
            return extension;
        }

        return "";
    }

    /// <summary>Says of a name what Exchange's own names say; null where it is neither the product's nor surely not.</summary>
    public static string? Compare(string path, string name, out bool looksLike)
    {
        looksLike = false;
        string[] folders = PagePlaces.FoldersOf(path);
        foreach ((string folder, string own) in Product)
        {
            if (Array.IndexOf(folders, folder) >= 0 && own.Equals(name, StringComparison.OrdinalIgnoreCase)) return PageFacts.NameOfProduct;
        }

        string stem = Stem(name);
        foreach ((string _, string own) in Product)
        {
            string other = Stem(own);
            // error, logon and their like are what anybody calls a page: a likeness of long names is none by chance.
            if (stem == other && folders.Length == 0) continue;
            if (other.Length >= 7 && Distance(Plain(stem), Plain(other)) <= 2 || other.Length >= 15 && Distance(stem, other) <= 4) looksLike = true;
        }

        // TimeoutLogoff.aspx is named by published lists of the product's pages, and by no list of its files: unknown.
        if (name.Equals("TimeoutLogoff.aspx", StringComparison.OrdinalIgnoreCase)) return null;
        return folders.Length > 0 || PagePlaces.Of(path) is PagePlaces.AspnetClient or PagePlaces.Oab or PagePlaces.Static or PagePlaces.OwaAuth or PagePlaces.EcpAuth
            ? PageFacts.NameNotOfProduct : null;
    }

    /// <summary>Letters and digits without the ways of words: <c>8Lw7tAhF9i1pJnRo</c>, <c>pxh4HG1v</c>.</summary>
    public static bool LooksRandom(string name)
    {
        string stem = Path.GetFileNameWithoutExtension(name);
        if (stem.Length is < 6 or > 40 || !stem.All(char.IsAsciiLetterOrDigit)) return false;
        int changes = 0, vowels = 0, letters = 0, run = 0, longest = 0;
        for (int at = 0; at < stem.Length; at++)
        {
            char c = stem[at];
            bool vowel = "aeiouyAEIOUY".Contains(c);
            if (char.IsAsciiLetter(c))
            {
                letters++;
                if (vowel) vowels++;
            }

            run = char.IsAsciiLetter(c) && !vowel ? run + 1 : 0;
            longest = Math.Max(longest, run);
            if (at > 0 && Class(c) != Class(stem[at - 1]) && !(at > 0 && char.IsAsciiLetterUpper(stem[at - 1]) && char.IsAsciiLetterLower(c))) changes++;
        }

        return changes * 3 >= stem.Length || letters >= 6 && (longest >= 6 || vowels * 8 < letters);

        static int Class(char c) => char.IsAsciiDigit(c) ? 0 : char.IsAsciiLetterUpper(c) ? 1 : 2;
    }

    static string Stem(string name)
    {
        int dot = name.IndexOf('.', StringComparison.Ordinal);
        return (dot < 0 ? name : name[..dot]).ToLowerInvariant();
    }

    static string Plain(string stem) => stem.Replace('0', 'o').Replace('1', 'l').Replace('3', 'e').Replace('5', 's').Replace("rn", "m", StringComparison.Ordinal);

    // Names are short: the product of two is what one comparison costs.
    static int Distance(string a, string b)
    {
        if (Math.Abs(a.Length - b.Length) > 4 || a.Length > 64) return int.MaxValue;
        Span<int> row = stackalloc int[b.Length + 1];
        for (int j = 0; j <= b.Length; j++) row[j] = j;
        for (int i = 1; i <= a.Length; i++)
        {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= b.Length; j++)
            {
                int above = row[j];
                row[j] = Math.Min(Math.Min(row[j - 1], above) + 1, diagonal + (a[i - 1] == b[j - 1] ? 0 : 1));
                diagonal = above;
            }
        }

        return row[b.Length];
    }

    static (string, string)[] Load()
    {
        using Stream stream = Assembly.GetExecutingAssembly().GetManifestResourceStream("product-pages.csv")!;
        using var reader = new StreamReader(stream);
        return [.. reader.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries).Skip(1).Select(l => l.Trim().Split(',')).Select(c => (c[0], c[1]))];
    }
}
