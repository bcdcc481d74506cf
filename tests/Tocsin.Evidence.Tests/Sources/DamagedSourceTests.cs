using System.IO.Compression;
using System.Text;
using CsCheck;
using Tocsin.Evidence.Sources;

namespace Tocsin.Evidence.Tests.Sources;

/// <summary>Archives cut off at every byte, or with bytes changed: never an exception, and what stood before is delivered.</summary>
public sealed class DamagedSourceTests
{
    static readonly (string Name, string Text)[] Members = [("C/inetpub/a.log", Some.Lines(12, 1)), ("C/inetpub/b.log", Some.Lines(3, 2)), ("C/inetpub/empty", ""), ("C/inetpub/c.log", Some.Lines(8, 3))];

    [Fact]
    public void A_tar_cut_at_any_byte_gives_all_before_the_cut()
    {
        byte[] tar = Some.Tar(System.Formats.Tar.TarEntryFormat.Ustar, Members);
        int cases = AssertCuts(tar, cut => Available(tar.AsSpan(0, cut)), isTar: true);
        Assert.Equal(tar.Length - 262, cases);
    }

    [Fact]
    public void A_tar_gz_cut_at_any_byte_gives_all_that_can_be_unpacked()
    {
        byte[] gzip = Some.Gzip(Some.Tar(System.Formats.Tar.TarEntryFormat.Ustar, Members));
        int cases = AssertCuts(gzip, cut => Available(Unpack(gzip[..cut])));
        Assert.Equal(gzip.Length - 262, cases);
    }

    [Fact]
    public void A_zip_cut_at_any_byte_gives_all_whole_entries_before_the_cut()
    {
        byte[] zip = Some.Zip(Members);
        int[] ends = [.. Ends(zip)];
        AssertCuts(zip, cut => [.. Members.Take(ends.Count(end => end <= cut)).Select(member => (member.Name, member.Text))]);
    }

    [Fact]
    public void A_streamed_zip_cut_at_any_byte_gives_all_whole_entries_before_the_cut()
    {
        byte[] zip = Some.StreamedZip(Members);
        int[] ends = [.. Ends(zip)];
        AssertCuts(zip, cut => [.. Members.Take(ends.Count(end => end <= cut)).Select(member => (member.Name, member.Text))]);
    }

    [Fact]
    public void A_single_gzip_cut_at_any_byte_is_told_and_gives_all_that_can_be_unpacked()
    {
        byte[] gzip = Some.Gzip(Encoding.UTF8.GetBytes(Members[0].Text));
        using var scene = new Scene();
        for (int cut = 3; cut < gzip.Length; cut++)
        {
            scene.Write("a.gz", gzip[..cut]);
            var walk = scene.Walk("a.gz");
            Assert.Equal(Unpack(gzip[..cut]), Assert.Single(walk.Files).Bytes);
            Assert.Equal(SourceProblemKind.Damaged, walk.ProblemAt("a.gz").Kind);
        }
    }

    [Fact]
    public void Gzip_members_in_a_row_are_one_file_and_what_else_follows_is_told()
    {
        byte[] two = [.. Some.Gzip("one "u8.ToArray()), .. Some.Gzip("two"u8.ToArray())];
        using var scene = new Scene().Write("a.gz", two).Write("b.gz", [.. two, .. new byte[100]]);
        var walk = scene.Walk("a.gz", "b.gz");
        Assert.Equal(["one two", "one two"], walk.Files.Select(file => Encoding.UTF8.GetString(file.Bytes)));
        Assert.Equal("b.gz", Assert.Single(walk.Problems).Path);
    }

    [Fact]
    public void Changed_bytes_never_throw()
    {
        byte[] tar = Some.Tar(Members);
        byte[][] archives = [Some.Zip(Members), Some.StreamedZip(Members), tar, Some.Gzip(tar), Some.Zip(CompressionLevel.Fastest, ("in.zip", Some.Zip(Members)), ("in.tgz", Some.Gzip(tar)))];
        int cases = 0;
        var change = Gen.Select(Gen.Int[0, archives.Length - 1], Gen.Select(Gen.Int[0, 100_000], Gen.Byte).Array[1, 8]);
        change.Sample(sample =>
        {
            byte[] bytes = [.. archives[sample.Item1]];
            foreach (var (at, value) in sample.Item2) bytes[at % bytes.Length] = value;
            using var scene = new Scene().Write("a", bytes);
            scene.Walk("a");
            Interlocked.Increment(ref cases);
        }, iter: 3000);
        Assert.Equal(3000, cases);
    }

    [Fact]
    public void A_damaged_header_in_a_tar_costs_only_its_entry()
    {
        byte[] tar = Some.Tar(System.Formats.Tar.TarEntryFormat.Ustar, Members);
        int second = tar.AsSpan().IndexOf("C/inetpub/b.log"u8);
        tar[second] ^= 0x20;
        using var scene = new Scene().Write("a.tar", tar).Write("b.tgz", Some.Gzip(tar));
        foreach (string name in (string[])["a.tar", "b.tgz"])
        {
            var walk = scene.Walk(name);
            Assert.Equal([$"{name}!/C/inetpub/a.log", $"{name}!/C/inetpub/empty", $"{name}!/C/inetpub/c.log"], walk.Paths);
            Assert.Contains("reading went on", walk.ProblemAt(name).Reason, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void A_zip_whose_directory_is_damaged_is_read_by_its_entries()
    {
        byte[] zip = Some.Zip(Members);
        zip[zip.AsSpan().LastIndexOf("PK\x01\x02"u8)] = (byte)'X';
        using var scene = new Scene().Write("a.zip", zip);
        var walk = scene.Walk("a.zip");
        Assert.Equal(Members.Select(member => member.Text), walk.Files.Select(file => Encoding.UTF8.GetString(file.Bytes)));
        Assert.Equal(SourceProblemKind.Damaged, walk.ProblemAt("a.zip").Kind);
    }

    // Below 262 bytes a tar has no signature yet.
    static int AssertCuts(byte[] archive, Func<int, (string Name, string Text)[]> expected, bool isTar = false)
    {
        int cases = 0;
        using var scene = new Scene();
        for (int cut = 262; cut < archive.Length; cut++)
        {
            scene.Write("a", archive[..cut]);
            var walk = scene.Walk("a");
            var found = walk.Files.Select(file => (file.File.Path, Text: Encoding.UTF8.GetString(file.Bytes))).ToArray();
            foreach (var (name, text) in expected(cut)) Assert.Contains(found, file => file.Path == $"a!/{name}" && file.Text.StartsWith(text, StringComparison.Ordinal));
            foreach (var (path, text) in found.Where(file => file.Path != "a!/a" && file.Path != "a"))
            {
                Assert.StartsWith(text, Assert.Single(Members, member => path == $"a!/{member.Name}").Text, StringComparison.Ordinal);
            }

            // Only the zeros behind a tar's last entry can be missed without harm.
            bool whole = Members.All(member => found.Contains(($"a!/{member.Name}", member.Text)));
            Assert.True(walk.Problems.Count > 0 || whole && isTar, $"nothing told about a cut at {cut}");
            cases++;
        }

        return cases;
    }

    /// <summary>A plain model of tar: what of each member stands in a prefix.</summary>
    static (string, string)[] Available(ReadOnlySpan<byte> tar)
    {
        var found = new List<(string, string)>();
        int at = 0;
        foreach (var (name, text) in Members)
        {
            at += 512;
            if (at > tar.Length) break;
            found.Add((name, text[..Math.Min(text.Length, tar.Length - at)]));
            at += (text.Length + 511) / 512 * 512;
        }

        return [.. found];
    }

    static byte[] Unpack(byte[] gzip)
    {
        var bytes = new MemoryStream();
        using var unpacking = new GZipStream(new MemoryStream(gzip), CompressionMode.Decompress);
        byte[] one = new byte[1];
        try
        {
            while (unpacking.Read(one) > 0) bytes.Write(one);
        }
        catch (InvalidDataException)
        {
        }

        return bytes.ToArray();
    }

    static IEnumerable<int> Ends(byte[] zip)
    {
        for (int at = 4; at + 4 <= zip.Length; at++)
        {
            if (zip.AsSpan(at).StartsWith("PK\x03\x04"u8) || zip.AsSpan(at).StartsWith("PK\x01\x02"u8)) yield return at;
            if (zip.AsSpan(at).StartsWith("PK\x01\x02"u8)) yield break;
        }
    }
}
