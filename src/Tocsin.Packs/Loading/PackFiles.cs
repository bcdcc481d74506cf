using System.Reflection;

namespace Tocsin.Packs.Loading;

/// <summary>The files below a folder of packs, wherever that folder is. Paths are relative to it, with forward slashes.</summary>
public abstract class PackFiles
{
    /// <summary>What the folder is called in messages.</summary>
    public abstract string Name { get; }

    /// <summary>All files, in ordinal order.</summary>
    public abstract IReadOnlyList<string> Paths { get; }

    /// <summary>A file's bytes. The path is one of <see cref="Paths"/>.</summary>
    public abstract ReadOnlyMemory<byte> Read(string path);

    /// <summary>The files right in or anywhere below a folder.</summary>
    public IEnumerable<string> Under(string folder) => Paths.Where(p => p.StartsWith(folder + "/", StringComparison.Ordinal));

    /// <summary>The packs that came with the program.</summary>
    public static PackFiles Embedded { get; } = new EmbeddedPackFiles();

    /// <summary>The packs in a folder on disk. Throws what the file system throws.</summary>
    public static PackFiles InDirectory(string directory) => new DirectoryPackFiles(directory);
}

sealed class EmbeddedPackFiles : PackFiles
{
    const string Prefix = "packs/";
    static readonly Assembly Here = typeof(EmbeddedPackFiles).Assembly;

    public override string Name => "built-in packs";

    public override IReadOnlyList<string> Paths { get; } =
    [
        .. Here.GetManifestResourceNames().Where(n => n.StartsWith(Prefix, StringComparison.Ordinal)).Select(n => n[Prefix.Length..]).Order(StringComparer.Ordinal),
    ];

    public override ReadOnlyMemory<byte> Read(string path)
    {
        using Stream stream = Here.GetManifestResourceStream(Prefix + path)!;
        byte[] bytes = new byte[stream.Length];
        stream.ReadExactly(bytes);
        return bytes;
    }
}

sealed class DirectoryPackFiles : PackFiles
{
    /// <summary>The packs together have some 300 files; a home directory given by mistake has a million.</summary>
    const int MaxFiles = 20_000;

    readonly string _root;

    public DirectoryPackFiles(string root)
    {
        _root = Path.GetFullPath(root);
        var options = new EnumerationOptions { RecurseSubdirectories = true, MaxRecursionDepth = 8, AttributesToSkip = FileAttributes.ReparsePoint };
        Paths =
        [
            .. Directory.EnumerateFiles(_root, "*", options).Take(MaxFiles)
                .Select(p => Path.GetRelativePath(_root, p).Replace(Path.DirectorySeparatorChar, '/')).Order(StringComparer.Ordinal),
        ];
    }

    public override string Name => _root;

    public override IReadOnlyList<string> Paths { get; }

    public override ReadOnlyMemory<byte> Read(string path) => File.ReadAllBytes(Path.Combine(_root, path));
}
