using System.Formats.Tar;
using System.IO.Compression;
using System.Text;
using Tocsin.Evidence.Sources;

namespace Tocsin.Evidence.Tests.Sources;

/// <summary>A folder of its own for one test, and what a walk over it gives.</summary>
sealed class Scene : IDisposable
{
    public string Root { get; } = Directory.CreateTempSubdirectory("tocsin-sources-").FullName;

    public string At(string path) => Path.Combine(Root, path);

    public Scene Write(string path, string text) => Write(path, Encoding.UTF8.GetBytes(text));

    public Scene Write(string path, byte[] bytes)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(At(path))!);
        File.WriteAllBytes(At(path), bytes);
        return this;
    }

    public Walk Walk(params string[] paths) => Walk(SourceLimits.Default, paths);

    public Walk Walk(SourceLimits limits, params string[] paths)
    {
        var walk = new Walk();
        foreach (SourceUnit unit in new SourceWalker(limits).Discover(paths.Select(At), walk.Problems))
        {
            walk.Units.Add(unit);
            unit.Visit(walk.Take, walk.Problems);
        }

        return walk;
    }

    public void Dispose() => Directory.Delete(Root, recursive: true);
}

sealed class Walk
{
    public List<SourceUnit> Units { get; } = [];

    public List<SourceProblem> Problems { get; } = [];

    public List<(SourceFile File, byte[] Bytes)> Files { get; } = [];

    public IEnumerable<string> Paths => Files.Select(file => file.File.Path);

    public SourceFile this[string path] => Files.Single(file => file.File.Path == path).File;

    public string Text(string path) => Encoding.UTF8.GetString(Files.Single(file => file.File.Path == path).Bytes);

    public void Take(SourceFile file, Stream content)
    {
        using var copy = new MemoryStream();
        content.CopyTo(copy);
        Files.Add((file, copy.ToArray()));
    }

    /// <summary>The one problem at a path.</summary>
    public SourceProblem ProblemAt(string path) => Assert.Single(Problems, problem => problem.Path == path);

    public void AssertNoProblems() => Assert.Empty(Problems);
}

/// <summary>Small archives.</summary>
static class Some
{
    public const string Log = "#Fields: date time\r\n2021-03-03 04:00:00\r\n";

    public static byte[] Zip(params (string Name, string Text)[] entries) =>
        Zip(CompressionLevel.Optimal, [.. entries.Select(entry => (entry.Name, Encoding.UTF8.GetBytes(entry.Text)))]);

    public static byte[] Zip(CompressionLevel level, params (string Name, byte[] Bytes)[] entries)
    {
        var bytes = new MemoryStream();
        using (var zip = new ZipArchive(bytes, ZipArchiveMode.Create, leaveOpen: true))
        {
            foreach (var (name, content) in entries)
            {
                using Stream entry = zip.CreateEntry(name, level).Open();
                entry.Write(content);
            }
        }

        return bytes.ToArray();
    }

    /// <summary>A zip written to a pipe: lengths stand behind the content.</summary>
    public static byte[] StreamedZip(params (string Name, string Text)[] entries)
    {
        var bytes = new MemoryStream();
        using (var zip = new ZipArchive(new Pipe(bytes), ZipArchiveMode.Create))
        {
            foreach (var (name, text) in entries)
            {
                using Stream entry = zip.CreateEntry(name).Open();
                entry.Write(Encoding.UTF8.GetBytes(text));
            }
        }

        return bytes.ToArray();
    }

    public static byte[] Tar(params (string Name, string Text)[] entries) => Tar(TarEntryFormat.Pax, entries);

    public static byte[] Tar(TarEntryFormat format, params (string Name, string Text)[] entries)
    {
        var bytes = new MemoryStream();
        using (var tar = new TarWriter(bytes, format, leaveOpen: true))
        {
            foreach (var (name, text) in entries) tar.WriteEntry(Entry(format, name, text));
        }

        return bytes.ToArray();
    }

    static TarEntry Entry(TarEntryFormat format, string name, string text)
    {
        TarEntry entry = format switch
        {
            TarEntryFormat.V7 => new V7TarEntry(TarEntryType.V7RegularFile, name),
            TarEntryFormat.Ustar => new UstarTarEntry(TarEntryType.RegularFile, name),
            TarEntryFormat.Gnu => new GnuTarEntry(TarEntryType.RegularFile, name),
            _ => new PaxTarEntry(TarEntryType.RegularFile, name),
        };
        entry.DataStream = new MemoryStream(Encoding.UTF8.GetBytes(text));
        return entry;
    }

    public static byte[] Gzip(byte[] content)
    {
        var bytes = new MemoryStream();
        using (var gzip = new GZipStream(bytes, CompressionLevel.Optimal, leaveOpen: true)) gzip.Write(content);
        return bytes.ToArray();
    }

    /// <summary>Text that does not shrink to nothing.</summary>
    public static string Lines(int count, int seed = 1)
    {
        var random = new Random(seed);
        var text = new StringBuilder();
        for (int at = 0; at < count; at++) text.Append($"2021-03-03 04:{random.Next(60):00}:{random.Next(60):00} 10.{random.Next(256)}.{random.Next(256)}.9 GET /owa/{random.Next()}\r\n");
        return text.ToString();
    }

    sealed class Pipe(Stream inner) : Stream
    {
        public override bool CanRead => false;
        public override bool CanSeek => false;
        public override bool CanWrite => true;
        public override long Length => throw new NotSupportedException();
        public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }
        public override void Flush() => inner.Flush();
        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();
        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();
        public override void SetLength(long value) => throw new NotSupportedException();
        public override void Write(byte[] buffer, int offset, int count) => inner.Write(buffer, offset, count);
    }
}
