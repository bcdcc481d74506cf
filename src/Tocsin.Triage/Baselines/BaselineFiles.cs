namespace Tocsin.Triage.Baselines;

/// <summary>Baselines loaded for a scan: sorted arrays, searched by halving. Immutable; safe to share between threads.</summary>
/// <remarks>41 bytes for each file; a baseline of 200,000 files takes 8 MB.</remarks>
public sealed class BaselineFiles : KnownFiles
{
    readonly FileHash[] _hashes;
    readonly byte[] _of;
    readonly string[] _names;

    BaselineFiles(FileHash[] hashes, byte[] of, string[] names)
    {
        _hashes = hashes;
        _of = of;
        _names = names;
        HasOldHashes = hashes.Length > 0 && hashes[^1].Bytes < FileHash.Sha256;
    }

    /// <summary>How many files are known.</summary>
    public int Count => _hashes.Length;

    /// <inheritdoc />
    public override bool HasOldHashes { get; }

    /// <summary>Loads baselines.</summary>
    /// <param name="files">Each with its name for messages, and its content.</param>
    /// <param name="refused">Takes what was not read.</param>
    /// <exception cref="InvalidDataException">A file is no baseline, or there are over 250 of them.</exception>
    public static BaselineFiles Load(IReadOnlyList<(string Name, Stream Content)> files, ICollection<RefusedLine> refused)
    {
        if (files.Count > 250) throw new InvalidDataException("There are over 250 baselines. Join them with 'tocsin baseline import'.");
        var hashes = new List<FileHash>();
        var of = new List<byte>();
        var names = new List<string>();
        foreach ((string file, Stream content) in files)
        {
            using var reader = new StreamReader(content, leaveOpen: true);
            if (reader.ReadLine() != Baseline.Header) throw new InvalidDataException($"{file} is no baseline: its first line is not '{Baseline.Header}'. Make one of it with 'tocsin baseline import {file} -o FILE'.");
            string name = file;
            for (long number = 2; reader.ReadLine() is { } line; number++)
            {
                if (line.StartsWith("# name: ", StringComparison.Ordinal)) name = line["# name: ".Length..];
                if (line.Length == 0 || line[0] == '#') continue;
                int space = line.IndexOf(' ', StringComparison.Ordinal);
                if (!FileHash.TryParse(space < 0 ? line : line.AsSpan(0, space), out FileHash hash)) refused.Add(new(file, number, "the line does not begin with a hash"));
                else if (hashes.Count >= Baseline.MaxFiles) throw new InvalidDataException($"The baselines have over {Baseline.MaxFiles} files together. Name only those of the products on the server.");
                else
                {
                    hashes.Add(hash);
                    of.Add((byte)names.Count);
                }
            }

            names.Add(name);
        }

        FileHash[] sorted = [.. hashes];
        byte[] owners = [.. of];
        Array.Sort(sorted, owners);
        return new(sorted, owners, [.. names]);
    }

    /// <inheritdoc />
    public override string? Find(string? sha256) => sha256 is not null && FileHash.TryParse(sha256, out FileHash hash) ? Find(hash) : null;

    /// <inheritdoc />
    public override string? FindOld(ReadOnlySpan<byte> hash) => hash.Length is FileHash.Md5 or FileHash.Sha1 ? Find(FileHash.Of(hash)) : null;

    string? Find(FileHash hash) => Array.BinarySearch(_hashes, hash) is >= 0 and var at ? _names[_of[at]] : null;
}
