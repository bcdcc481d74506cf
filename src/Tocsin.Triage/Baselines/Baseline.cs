using System.Globalization;

namespace Tocsin.Triage.Baselines;

/// <summary>A list of files known to be good, as it is made and written. See <c>docs/formats/baseline.md</c>. For one thread.</summary>
/// <remarks>
/// <code>
/// # tocsin baseline 1
/// # name: Exchange 2019 CU12
/// # files: 2
/// 0c4b…  23552 ClientAccess/owa/bin/a.dll
/// f1d2…  1204 FrontEnd/HttpProxy/owa/auth/logon.aspx
/// </code>
/// A line is the hash, the size in bytes or <c>-</c>, and the path or <c>-</c>; sorted by hash, each hash once.
/// </remarks>
public sealed class Baseline(string name)
{
    /// <summary>The first line of every baseline.</summary>
    public const string Header = "# tocsin baseline 1";

    /// <summary>Entries of one baseline; a server has some 200,000 files. Bounds memory at about a gigabyte with paths, a fifth of that without.</summary>
    public const int MaxFiles = 4_000_000;

    readonly SortedDictionary<FileHash, (long Size, string? Path)> _files = [];

    /// <summary>What its files are known as: product and version.</summary>
    public string Name { get; } = name;

    /// <summary>How many different files there are.</summary>
    public int Count => _files.Count;

    /// <summary>Adds a file; false where it is full.</summary>
    internal bool Add(FileHash hash, long size, string? path)
    {
        if (_files.TryGetValue(hash, out var before))
        {
            // The same file in several places goes by the first of them, so that the order of a listing does not matter.
            if (path is not null && (before.Path is null || string.CompareOrdinal(path, before.Path) < 0)) _files[hash] = (size, path);
            return true;
        }

        if (_files.Count >= MaxFiles) return false;
        _files.Add(hash, (size, path));
        return true;
    }

    /// <summary>Adds a file by its SHA-256 in hex.</summary>
    public bool Add(string sha256, long size, string path) => FileHash.TryParse(sha256, out FileHash hash) && Add(hash, size, path);

    /// <summary>Writes it, in lines that end in LF.</summary>
    public void Write(TextWriter to)
    {
        to.Write($"{Header}\n# name: {OneLine(Name)}\n");
        to.Write(string.Create(CultureInfo.InvariantCulture, $"# files: {Count}\n"));
        foreach ((FileHash hash, (long size, string? path)) in _files)
        {
            to.Write(string.Create(CultureInfo.InvariantCulture, $"{hash} {(size < 0 ? "-" : size)} {(path is null ? "-" : OneLine(path))}\n"));
        }
    }

    static string OneLine(string text) => string.Concat(text.Select(c => char.IsControl(c) ? '?' : c));
}
