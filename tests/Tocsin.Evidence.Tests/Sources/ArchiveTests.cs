using System.Formats.Tar;
using System.IO.Compression;
using System.Text;
using Tocsin.Evidence.Sources;

namespace Tocsin.Evidence.Tests.Sources;

/// <summary>What is opened, and what is delivered from it.</summary>
public sealed class ArchiveTests
{
    [Fact]
    public void Archives_are_recognised_by_content_and_not_by_name()
    {
        using var scene = new Scene()
            .Write("s/iis.log", Some.Zip(("a.log", "in zip")))
            .Write("s/text.zip", "just text")
            .Write("s/tarred.dat", Some.Tar(("b.log", "in tar")))
            .Write("s/u.log.gz", Some.Gzip("in gzip"u8.ToArray()))
            .Write("s/all.tgz", Some.Gzip(Some.Tar(("c.log", "in tar in gzip"))))
            .Write("s/empty.zip", Some.Zip())
            .Write("s/empty.log", "");
        var walk = scene.Walk("s");
        Assert.Equal(
            ["s/all.tgz!/c.log", "s/empty.log", "s/iis.log!/a.log", "s/tarred.dat!/b.log", "s/text.zip", "s/u.log.gz!/u.log"], walk.Paths);
        Assert.Equal(["in tar in gzip", "", "in zip", "in tar", "just text", "in gzip"], walk.Files.Select(file => Encoding.UTF8.GetString(file.Bytes)));
        Assert.Equal([true, false, false, true, false, false], walk.Files.Select(file => file.File.Sequential));
        walk.AssertNoProblems();
    }

    [Theory]
    [InlineData(TarEntryFormat.V7, 60)]
    [InlineData(TarEntryFormat.Ustar, 140)]
    [InlineData(TarEntryFormat.Gnu, 3000)]
    [InlineData(TarEntryFormat.Pax, 3000)]
    public void Long_names_are_read_in_every_format_of_tar(TarEntryFormat format, int length)
    {
        string name = $"C/inetpub/{string.Concat(Enumerable.Repeat("logs-and-more/", length / 14))}ü.log";
        byte[] tar = Some.Tar(format, (name, "first"), ("second.log", "second"));
        using var scene = new Scene().Write("a.tar", tar).Write("b.tar.gz", Some.Gzip(tar));
        var walk = scene.Walk("a.tar", "b.tar.gz");
        if (format == TarEntryFormat.V7)
        {
            // Without a signature it is no archive to us; it must not be lost either.
            Assert.Equal(["a.tar", "b.tar.gz!/b.tar"], walk.Paths);
            return;
        }

        Assert.Equal([$"a.tar!/{name}", "a.tar!/second.log", $"b.tar.gz!/{name}", "b.tar.gz!/second.log"], walk.Paths);
        walk.AssertNoProblems();
    }

    [Fact]
    public void Archives_in_archives_are_opened_in_every_combination()
    {
        byte[] zip = Some.Zip(("x.log", Some.Log)), tar = Some.Tar(("x.log", Some.Log));
        (string Name, byte[] Bytes)[] inner = [("i.zip", zip), ("i.tar", tar), ("i.tgz", Some.Gzip(tar)), ("i.gz", Some.Gzip(Encoding.UTF8.GetBytes(Some.Log))), ("i2.gz", Some.Gzip(zip))];
        int cases = 0;
        foreach (var (name, bytes) in inner)
        {
            byte[] tarred = TarOf(name, bytes);
            foreach (byte[] outer in (byte[][])[Some.Zip(CompressionLevel.Optimal, (name, bytes)), Some.Zip(CompressionLevel.NoCompression, (name, bytes)), tarred, Some.Gzip(tarred)])
            {
                using var scene = new Scene().Write("outer", outer);
                var walk = scene.Walk("outer");
                var (file, content) = Assert.Single(walk.Files);
                Assert.StartsWith($"outer!/{name}!/", file.Path, StringComparison.Ordinal);
                Assert.Equal(Some.Log, Encoding.UTF8.GetString(content));
                walk.AssertNoProblems();
                cases++;
            }
        }

        Assert.Equal(20, cases);
    }

    [Theory]
    [InlineData("[Content_Types].xml")]
    [InlineData("META-INF/MANIFEST.MF")]
    [InlineData("mimetype")]
    public void Documents_and_programs_that_are_zips_are_delivered_whole(string first)
    {
        byte[] document = Some.Zip((first, "x"), ("word/document.xml", "y"));
        using var scene = new Scene().Write("a.docx", document).Write("b.zip", Some.Zip(CompressionLevel.Optimal, ("in.docx", document)));
        var walk = scene.Walk("a.docx", "b.zip");
        Assert.Equal(["a.docx", "b.zip!/in.docx"], walk.Paths);
        Assert.All(walk.Files, file => Assert.Equal(document, file.Bytes));
    }

    [Theory]
    [InlineData("vhdxfile\0\0\0\0", "VHDX")]
    [InlineData("7z\u00BC\u00AF\u0027\u001C", "7z")]
    [InlineData("Rar!\u001A\u0007\u0001\0", "RAR")]
    [InlineData("BZh91AY&SY", "bzip2")]
    [InlineData("EVF\u0009\u000D\u000A\u00FF\0", "E01")]
    public void Containers_that_are_not_opened_here_are_named_with_what_to_do(string head, string word)
    {
        using var scene = new Scene().Write("EX01", Encoding.Latin1.GetBytes(head));
        var walk = scene.Walk("EX01");
        var problem = walk.ProblemAt("EX01");
        Assert.Contains(word, problem.Reason, StringComparison.Ordinal);
        Assert.Contains("scan the result", problem.Reason, StringComparison.Ordinal);
        Assert.Equal(["EX01"], walk.Paths);
    }

    [Fact]
    public void Entries_of_one_name_are_kept_apart()
    {
        byte[] zip = Some.Zip(("a.log", "1"), ("b.log", "2"), ("a.log", "3"), ("a.log", "4"));
        byte[] tar = Some.Tar(("a.log", "1"), ("b.log", "2"), ("a.log", "3"), ("a.log", "4"));
        using var scene = new Scene().Write("x", zip).Write("y", tar);
        var walk = scene.Walk("x", "y");
        Assert.Equal(["x!/a.log", "x!/b.log", "x!/a.log#2", "x!/a.log#3", "y!/a.log", "y!/b.log", "y!/a.log#2", "y!/a.log#3"], walk.Paths);
    }

    [Fact]
    public void A_large_zip_is_cut_into_units_that_together_give_what_one_would()
    {
        var entries = Enumerable.Range(0, 60).Select(at => ($"C/inetpub/logs/{at:00}.log", Some.Lines(200, at))).Append(("C/inetpub/logs/07.log", "again")).ToArray();
        using var scene = new Scene().Write("EX01.zip", Some.Zip(entries));
        var whole = scene.Walk("EX01.zip");
        var parted = scene.Walk(new SourceLimits { SplitBytes = 20_000 }, "EX01.zip");
        Assert.Single(whole.Units);
        Assert.True(parted.Units.Count >= 8, $"{parted.Units.Count} units");
        Assert.Equal(whole.Files.Select(file => file.File), parted.Files.Select(file => file.File));
        Assert.Equal(whole.Files.Select(file => file.Bytes), parted.Files.Select(file => file.Bytes));
        parted.AssertNoProblems();

        var side = new (SourceFile, byte[])[parted.Units.Count][];
        Parallel.For(0, side.Length, at =>
        {
            var walk = new Walk();
            parted.Units[at].Visit(walk.Take, walk.Problems, TestContext.Current.CancellationToken);
            side[at] = [.. walk.Files];
        });
        Assert.Equal(parted.Files.Select(file => file.File), side.SelectMany(files => files).Select(file => file.Item1));
    }

    [Fact]
    public void The_order_of_the_disk_does_not_matter()
    {
        string[] names = [.. Enumerable.Range(0, 40).Select(at => $"s/{(at * 7) % 5}/{(at * 13) % 40:x}.log"), "s/B.log", "s/a.log", "s/a/b.log", "s/a-b.log"];
        string[]? first = null;
        for (int seed = 0; seed < 8; seed++)
        {
            string[] shuffled = [.. names];
            new Random(seed).Shuffle(shuffled);
            using var scene = new Scene();
            foreach (string name in shuffled) scene.Write(name, name);
            string[] paths = [.. scene.Walk("s").Paths];
            first ??= paths;
            Assert.Equal(first, paths);
        }

        Assert.Equal([.. names.Distinct().Order(StringComparer.Ordinal)], first!);
    }

    [Fact]
    public void A_file_that_is_being_written_is_read_as_far_as_it_was()
    {
        using var scene = new Scene().Write("live.log", Some.Log);
        using var server = new FileStream(scene.At("live.log"), FileMode.Append, FileAccess.Write, FileShare.ReadWrite);
        Assert.Equal(Some.Log, scene.Walk("live.log").Text("live.log"));
    }

    [Fact]
    public void A_missing_path_is_a_problem_and_no_exception()
    {
        using var scene = new Scene();
        Assert.Contains("does not exist", scene.Walk("nothing").ProblemAt("nothing").Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void What_is_named_twice_is_read_once()
    {
        using var scene = new Scene().Write("src/a.log", "x");
        var walk = scene.Walk("src", "src/a.log", "src");
        Assert.Equal(["src/a.log"], walk.Paths);
        Assert.Equal(2, walk.Problems.Count);
    }

    [Fact]
    public void Times_come_from_where_they_are_in_UTC()
    {
        using var scene = new Scene();
        var when = new DateTime(2021, 3, 3, 4, 5, 6, DateTimeKind.Utc);
        scene.Write("s/a.log", "x").Write("s/b.zip", Some.Zip(("c.log", "x")));
        File.SetLastWriteTimeUtc(scene.At("s/a.log"), when);
        var tar = new MemoryStream();
        using (var writer = new TarWriter(tar, leaveOpen: true))
        {
            writer.WriteEntry(new PaxTarEntry(TarEntryType.RegularFile, "d.log") { ModificationTime = when, DataStream = new MemoryStream([1]) });
        }

        scene.Write("s/t.tar", tar.ToArray());
        var walk = scene.Walk("s");
        Assert.Equal([when, null, when], walk.Files.Select(file => file.File.ModifiedUtc));
    }

    [Fact]
    public void Deflate64_as_Windows_Explorer_writes_it_is_read()
    {
        // One stored block of deflate64 is the same as of deflate.
        byte[] stored = [1, 10, 0, 0xF5, 0xFF, .. "0123456789"u8];
        byte[] made = HostileZip.Of(new HostileZip.Entry("a.log", stored, 10) { Method = 9, Crc = HostileZip.Crc("0123456789"u8) });
        using var scene = new Scene().Write("a.zip", made);
        var walk = scene.Walk("a.zip");
        Assert.Equal("0123456789", walk.Text("a.zip!/a.log"));
        walk.AssertNoProblems();
    }

    static byte[] TarOf(string name, byte[] content)
    {
        var bytes = new MemoryStream();
        using (var tar = new TarWriter(bytes, TarEntryFormat.Pax, leaveOpen: true))
        {
            tar.WriteEntry(new PaxTarEntry(TarEntryType.RegularFile, name) { DataStream = new MemoryStream(content) });
        }

        return bytes.ToArray();
    }
}
