using System.Diagnostics;
using System.Formats.Tar;
using System.IO.Compression;
using System.Text;
using Tocsin.Evidence.Sources;

namespace Tocsin.Evidence.Tests.Sources;

/// <summary>Sources made to escape, to exhaust or to deceive.</summary>
public sealed class HostileSourceTests
{
    static readonly SourceLimits Small = new() { RatioFloorBytes = 100_000, ArchiveRatioFloorBytes = 400_000, MaxNestedBytes = 1 << 20, MaxEntries = 1000 };

    [Theory]
    [InlineData("../../etc/cron.d/x", "{..}/{..}/etc/cron.d/x", "climbs")]
    [InlineData("a/../../x", "a/{..}/{..}/x", "climbs")]
    [InlineData(@"..\..\x", "{..}/{..}/x", "climbs")]
    [InlineData("/etc/passwd", "etc/passwd", "root of a disk")]
    [InlineData(@"C:\Windows\x", "C:/Windows/x", null)]
    [InlineData("a\u001b[31mred", "a{U+001B}[31mred", "control")]
    [InlineData("a\u202Egol.exe", "a{U+202E}gol.exe", "control")]
    [InlineData("a\nb\rc\td", "a{U+000A}b{U+000D}c{U+0009}d", "control")]
    [InlineData("a\u200Bb\uFEFFc", "a{U+200B}b{U+FEFF}c", "control")]
    [InlineData("./a//b/./c", "a/b/c", null)]
    [InlineData("//", null, null)]
    public void Names_of_entries_are_made_inert(string name, string? shown, string? oddity)
    {
        byte[] tar = Some.Tar(TarEntryFormat.Pax, ("first.log", "x"), (name, "content"));
        byte[] zip = HostileZip.Of(new HostileZip.Entry(name, [.. "content"u8], 7) { Method = 0 });
        foreach (byte[] archive in (byte[][])[zip, tar, Some.Gzip(tar)])
        {
            using var scene = new Scene().Write("in/a", archive);
            var walk = scene.Walk("in/a");
            if (shown is null)
            {
                Assert.DoesNotContain(walk.Paths, path => path != "a!/first.log");
                continue;
            }

            Assert.Equal("content", walk.Text($"a!/{shown}"));
            if (oddity is null) walk.AssertNoProblems();
            else Assert.Contains(oddity, walk.ProblemAt($"a!/{shown}").Reason, StringComparison.Ordinal);
            Assert.Equal([scene.At("in/a")], Directory.GetFiles(scene.Root, "*", SearchOption.AllDirectories));
        }
    }

    [Fact]
    public void An_encoded_name_does_not_climb_out_of_its_original_path()
    {
        using var scene = new Scene().Write("a.zip", Some.Zip(("uploads/auto/C%3A/%2E%2E/a%5C..%5Cb/%0Ax", "x")));
        Assert.Equal(@"C:\{..}\a%5C..%5Cb\{U+000A}x", Assert.Single(scene.Walk("a.zip").Files).File.OriginalPath);
    }

    [Fact]
    public void Names_on_disk_are_made_inert()
    {
        using var scene = new Scene().Write("src/a\u001b[2J\u202E.log", "x");
        Assert.Equal(["src/a{U+001B}[2J{U+202E}.log"], scene.Walk("src").Paths);
    }

    [Fact]
    public void Links_are_not_followed_wherever_they_lead()
    {
        using var scene = new Scene().Write("src/real.log", "x").Write("outside/secret.log", "secret");
        File.CreateSymbolicLink(scene.At("src/out.log"), scene.At("outside/secret.log"));
        File.CreateSymbolicLink(scene.At("src/in.log"), scene.At("src/real.log"));
        File.CreateSymbolicLink(scene.At("src/broken.log"), scene.At("nowhere"));
        Directory.CreateSymbolicLink(scene.At("src/folder"), scene.At("outside"));
        Directory.CreateSymbolicLink(scene.At("src/loop"), scene.At("src"));
        var walk = scene.Walk("src");
        Assert.Equal(["src/real.log"], walk.Paths);
        Assert.Equal(["src/broken.log", "src/folder", "src/in.log", "src/loop", "src/out.log"], walk.Problems.Select(problem => problem.Path));
        Assert.All(walk.Problems, problem => Assert.Equal(SourceProblemKind.Skipped, problem.Kind));
    }

    [Fact]
    public void A_link_that_the_user_names_is_meant()
    {
        using var scene = new Scene().Write("real/a.log", "x");
        Directory.CreateSymbolicLink(scene.At("mounted"), scene.At("real"));
        Assert.Equal(["mounted/a.log"], scene.Walk("mounted").Paths);
    }

    [Fact]
    public void Links_and_devices_in_archives_are_skipped()
    {
        var bytes = new MemoryStream();
        using (var tar = new TarWriter(bytes, leaveOpen: true))
        {
            tar.WriteEntry(new PaxTarEntry(TarEntryType.SymbolicLink, "a") { LinkName = "/etc/passwd" });
            tar.WriteEntry(new PaxTarEntry(TarEntryType.HardLink, "b") { LinkName = "../x" });
            tar.WriteEntry(new PaxTarEntry(TarEntryType.Fifo, "c"));
            tar.WriteEntry(new PaxTarEntry(TarEntryType.CharacterDevice, "d") { DeviceMajor = 1, DeviceMinor = 5 });
            tar.WriteEntry(new PaxTarEntry(TarEntryType.RegularFile, "e") { DataStream = new MemoryStream([1]) });
        }

        byte[] zip = HostileZip.Of(new HostileZip.Entry("link", [.. "/etc/passwd"u8], 11) { Method = 0, MadeBy = 3, Attributes = 0xA1FF0000 });
        using var scene = new Scene().Write("t", bytes.ToArray()).Write("z", zip);
        var walk = scene.Walk("t", "z");
        Assert.Equal(["t!/e"], walk.Paths);
        Assert.Equal(["t!/a", "t!/b", "t!/c", "t!/d", "z!/link"], walk.Problems.Select(problem => problem.Path));
        Assert.All(walk.Problems, problem => Assert.Equal(SourceProblemKind.Skipped, problem.Kind));
    }

    [Fact]
    public void Pipes_and_devices_are_not_opened()
    {
        if (OperatingSystem.IsWindows()) return;
        using var scene = new Scene().Write("src/a.log", "x");
        using (var make = Process.Start("mkfifo", scene.At("src/pipe.log"))) make.WaitForExit();
        var walk = scene.Walk("src", "/dev/zero");
        Assert.Equal(["src/a.log"], walk.Paths);
        Assert.Equal(["src/pipe.log", "zero"], walk.Problems.Select(problem => problem.Path).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void One_entry_that_grows_without_end_is_refused_by_what_it_declares()
    {
        using var scene = new Scene().Write("a.zip", Some.Zip(CompressionLevel.Optimal, ("bomb", new byte[5_000_000]), ("real.log", Encoding.UTF8.GetBytes(Some.Log))));
        var walk = scene.Walk(Small, "a.zip");
        Assert.Equal(["a.zip!/real.log"], walk.Paths);
        AssertRefused(walk.ProblemAt("a.zip!/bomb"));
    }

    [Fact]
    public void One_that_lies_about_its_length_is_stopped_there()
    {
        byte[] packed = Deflate(new byte[5_000_000]);
        using var scene = new Scene().Write("a.zip", HostileZip.Of(new HostileZip.Entry("bomb", packed, 1000)));
        var walk = scene.Walk(Small, "a.zip");
        Assert.Equal(1000, Assert.Single(walk.Files).Bytes.Length);
        Assert.Contains("declares", walk.ProblemAt("a.zip!/bomb").Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void A_gzip_bomb_is_stopped_while_it_grows()
    {
        byte[] bomb = Some.Gzip(new byte[5_000_000]);
        using var scene = new Scene().Write("a.gz", bomb).Write("b.tgz", Some.Gzip(Some.Tar(("x", new string('\0', 5_000_000)))));
        var walk = scene.Walk(Small, "a.gz", "b.tgz");
        Assert.All(walk.Files, file => Assert.InRange(file.Bytes.Length, 1, 2_000_000));
        AssertRefused(walk.ProblemAt("a.gz"));
        Assert.Contains(walk.Problems, problem => problem.Path == "b.tgz" && problem.Kind == SourceProblemKind.Refused);
    }

    [Fact]
    public void A_bomb_cut_into_many_small_entries_is_stopped()
    {
        var entries = Enumerable.Range(0, 200).Select(at => ($"{at}", new byte[90_000])).ToArray();
        using var scene = new Scene().Write("a.zip", Some.Zip(CompressionLevel.Optimal, entries));
        var walk = scene.Walk(Small, "a.zip");
        Assert.InRange(walk.Files.Sum(file => file.Bytes.Length), 1, 8_000_000);
        AssertRefused(Assert.Single(walk.Problems));
    }

    [Fact]
    public void What_all_entries_together_may_take_is_limited()
    {
        using var scene = new Scene().Write("a.zip", Some.Zip(("1", Some.Lines(500)), ("2", Some.Lines(500)), ("3", Some.Lines(500))));
        var walk = scene.Walk(new SourceLimits { MaxExpandedBytes = 50_000 }, "a.zip");
        AssertRefused(Assert.Single(walk.Problems));
        Assert.InRange(walk.Files.Count, 1, 2);
    }

    [Fact]
    public void Entries_that_share_bytes_are_refused()
    {
        byte[] packed = Deflate(new byte[50_000]);
        var entries = Enumerable.Range(0, 250).Select(at => new HostileZip.Entry($"{at}", packed, 50_000) { SharesBytesOf = at == 0 ? -1 : 0, Crc = HostileZip.Crc(new byte[50_000]) });
        using var scene = new Scene().Write("a.zip", HostileZip.Of([.. entries]));
        var walk = scene.Walk("a.zip");
        Assert.Single(walk.Files);
        var problem = walk.ProblemAt("a.zip");
        AssertRefused(problem);
        Assert.Contains("249 of 250", problem.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void Local_headers_quoted_inside_another_entry_are_refused()
    {
        // Fifield's construction: the first entry's content holds the second entry, header and all.
        byte[] inner = [0x50, 0x4B, 3, 4, 20, 0, 0, 8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 4, 0, 0, 0, 4, 0, 0, 0, 1, 0, 0, 0, (byte)'b', 1, 2, 3, 4];
        byte[] zip = HostileZip.Of(new HostileZip.Entry("a", inner, inner.Length) { Method = 0 }, new HostileZip.Entry("b", [1, 2, 3, 4], 4) { Method = 0, SharesBytesOf = 0 });
        int directory = zip.AsSpan().IndexOf("PK\x01\x02"u8);
        int second = directory + 2 + zip.AsSpan(directory + 2).IndexOf("PK\x01\x02"u8);
        zip[second + 42] = 31;
        using var scene = new Scene().Write("x", zip);
        var walk = scene.Walk("x");
        AssertRefused(walk.ProblemAt("x"));
        Assert.DoesNotContain("x!/b", walk.Paths);
    }

    [Fact]
    public void Archives_in_archives_end_at_a_depth()
    {
        byte[] nested = Encoding.UTF8.GetBytes(Some.Log);
        for (int depth = 0; depth < 6; depth++) nested = Some.Zip(CompressionLevel.Fastest, ($"{depth}", nested));
        using var scene = new Scene().Write("a", nested);
        var walk = scene.Walk("a");
        Assert.Empty(walk.Files);
        AssertRefused(walk.ProblemAt("a!/5!/4!/3"));
        Assert.Equal(Some.Log, Encoding.UTF8.GetString(Assert.Single(scene.Walk(new SourceLimits { MaxDepth = 6 }, "a").Files).Bytes));
    }

    [Fact]
    public void Forty_two_archives_of_archives_stay_within_limits()
    {
        // As 42.zip: each level multiplies.
        byte[] level = Some.Zip(CompressionLevel.Optimal, [.. Enumerable.Range(0, 16).Select(at => ($"{at}", new byte[90_000]))]);
        for (int depth = 0; depth < 2; depth++)
        {
            byte[] inner = level;
            level = Some.Zip(CompressionLevel.Optimal, [.. Enumerable.Range(0, 16).Select(at => ($"{at}.zip", inner))]);
        }

        using var scene = new Scene().Write("42.zip", level);
        var walk = scene.Walk(Small, "42.zip");
        Assert.InRange(walk.Files.Sum(file => (long)file.Bytes.Length), 0, 16L * 16 * 16 * 90_000 / 4);
        Assert.Contains(walk.Problems, problem => problem.Kind == SourceProblemKind.Refused);
    }

    [Fact]
    public void A_nested_zip_that_is_too_large_for_memory_is_named()
    {
        byte[] random = new byte[2 << 20];
        new Random(1).NextBytes(random);
        byte[] inner = Some.Zip(CompressionLevel.NoCompression, ("x", random));
        using var scene = new Scene()
            .Write("deflated", Some.Zip(CompressionLevel.Fastest, ("inner.zip", inner)))
            .Write("stored", Some.Zip(CompressionLevel.NoCompression, ("inner.zip", inner)))
            .Write("twice.gz", Some.Gzip(inner));
        var walk = scene.Walk(Small, "deflated", "stored", "twice.gz");
        Assert.Contains("up to 1 MB", walk.ProblemAt("deflated!/inner.zip").Reason, StringComparison.Ordinal);
        Assert.Contains("up to 1 MB", walk.ProblemAt("twice.gz!/twice").Reason, StringComparison.Ordinal);
        Assert.Equal(["stored!/inner.zip!/x"], walk.Paths);
    }

    [Fact]
    public void Millions_of_entries_are_refused_beyond_a_limit()
    {
        (string, string)[] entries = [.. Enumerable.Range(0, 1200).Select(at => ($"{at}", "x"))];
        byte[] zip = Some.Zip(entries), tar = Some.Tar(TarEntryFormat.Ustar, entries);
        using var scene = new Scene().Write("a.zip", zip).Write("b.tar", tar).Write("c.tgz", Some.Gzip(tar)).Write("d.zip", zip[..^30]);
        foreach (string name in (string[])["a.zip", "b.tar", "c.tgz", "d.zip"])
        {
            var walk = scene.Walk(Small, name);
            Assert.Equal(1000, walk.Files.Count);
            Assert.Contains(walk.Problems, problem => problem.Path == name && problem.Kind == SourceProblemKind.Refused && problem.Reason.Contains("1000 entries", StringComparison.Ordinal));
        }
    }

    [Theory]
    [InlineData("9223372036854775807")]
    [InlineData("4611686018427387904")]
    [InlineData("99999999999")]
    [InlineData("99999999999999999999999")]
    [InlineData("-5")]
    public void Lengths_beyond_any_disk_do_not_lead_in_circles(string size)
    {
        var bytes = new MemoryStream();
        string record = $"size={size}\n";
        int length = record.Length + 3;
        record = $"{length} {record}";
        byte[] pax = Some.Tar(TarEntryFormat.Ustar, ("pax", record));
        pax[156] = (byte)'x';
        int sum = 8 * ' ';
        for (int at = 0; at < 512; at++) sum += at is < 148 or >= 156 ? pax[at] : 0;
        Encoding.ASCII.GetBytes(Convert.ToString(sum, 8).PadLeft(6, '0') + "\0 ").CopyTo(pax, 148);
        bytes.Write(pax.AsSpan(0, 1024));
        bytes.Write(Some.Tar(TarEntryFormat.Ustar, ("a.log", Some.Log), ("b.log", Some.Log)));
        using var scene = new Scene().Write("a.tar", bytes.ToArray()).Write("b.tgz", Some.Gzip(bytes.ToArray()));
        foreach (string name in (string[])["a.tar", "b.tgz"])
        {
            var walk = scene.Walk(name);
            Assert.StartsWith(Some.Log, walk.Text($"{name}!/a.log"), StringComparison.Ordinal);
            Assert.Equal(size is "-5" or "99999999999999999999999", walk.Problems.Count == 0);
        }
    }

    [Fact]
    public void Offsets_beyond_any_disk_do_not_throw()
    {
        byte[] zip = Some.Zip(("a.log", Some.Log), ("b.log", Some.Log));
        int cases = 0;
        int header = zip.AsSpan().IndexOf("PK\x01\x02"u8);
        foreach (long value in (long[])[long.MaxValue, long.MinValue, -1, 1L << 62])
        {
            // The first entry gets a 64-bit field with all three values.
            byte[] extra = [1, 0, 24, 0, .. BitConverter.GetBytes(value), .. BitConverter.GetBytes(value), .. BitConverter.GetBytes(value)];
            byte[] made = [.. zip[..(header + 46 + 5)], .. extra, .. zip[(header + 46 + 5)..]];
            made.AsSpan(header + 20, 8).Fill(0xFF);
            made.AsSpan(header + 42, 4).Fill(0xFF);
            made[header + 30] = 28;
            int end = made.AsSpan().LastIndexOf("PK\x05\x06"u8);
            BitConverter.TryWriteBytes(made.AsSpan(end + 12), BitConverter.ToUInt32(made, end + 12) + 28);
            using var scene = new Scene().Write("a.zip", made);
            var walk = scene.Walk("a.zip");
            Assert.Equal(Some.Log, walk.Text("a.zip!/b.log"));
            Assert.NotEmpty(walk.Problems);
            cases++;
        }

        Assert.Equal(4, cases);
    }

    [Fact]
    public void Problems_beyond_a_limit_are_counted()
    {
        var bytes = new MemoryStream();
        using (var tar = new TarWriter(bytes, leaveOpen: true))
        {
            for (int at = 0; at < 500; at++) tar.WriteEntry(new PaxTarEntry(TarEntryType.SymbolicLink, $"{at}") { LinkName = "x" });
        }

        using var scene = new Scene().Write("a.tar", bytes.ToArray());
        var walk = scene.Walk("a.tar");
        Assert.Equal(201, walk.Problems.Count);
        Assert.Contains("300 more", walk.Problems[^1].Reason, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(8, 0x801, "encrypted")]
    [InlineData(99, 0x801, "encrypted")]
    [InlineData(14, 0x800, "method 14")]
    [InlineData(93, 0x800, "method 93")]
    public void Entries_that_cannot_be_unpacked_are_named_with_what_to_do(int method, int flags, string word)
    {
        byte[] zip = HostileZip.Of(new HostileZip.Entry("data.zip", [1, 2, 3], 3) { Method = (ushort)method, Flags = (ushort)flags });
        using var scene = new Scene().Write("a.zip", zip);
        var walk = scene.Walk("a.zip");
        Assert.Empty(walk.Files);
        Assert.Contains(word, walk.ProblemAt("a.zip!/data.zip").Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void A_wrong_checksum_is_told_and_the_content_delivered_all_the_same()
    {
        byte[] content = Encoding.UTF8.GetBytes(Some.Lines(3000));
        using var scene = new Scene().Write("a.zip", HostileZip.Of(new HostileZip.Entry("a", Deflate(content), content.Length) { Crc = 12345 }));
        var walk = scene.Walk("a.zip");
        Assert.Equal(content, Assert.Single(walk.Files).Bytes);
        Assert.Contains("checksum", walk.ProblemAt("a.zip!/a").Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void A_real_log_passes_the_default_limits_however_well_it_shrinks()
    {
        var log = new StringBuilder("#Fields: date time s-ip cs-method cs-uri-stem cs-uri-query s-port cs-username c-ip cs(User-Agent) sc-status sc-substatus sc-win32-status time-taken\r\n");
        for (int at = 0; log.Length < 80_000_000; at++) log.Append($"2021-03-03 {at / 3600 % 24:00}:{at / 60 % 60:00}:{at % 60:00} 127.0.0.1 GET /ecp/exhealth.check - 443 - 127.0.0.1 AMProbe/Local/ClientAccess 200 0 0 1\r\n");
        byte[] bytes = Encoding.ASCII.GetBytes(log.ToString());
        byte[] zip = Some.Zip(CompressionLevel.SmallestSize, ("probes.log", bytes));
        using var scene = new Scene().Write("a.zip", zip).Write("b.log.gz", Some.Gzip(bytes));
        var walk = scene.Walk("a.zip", "b.log.gz");
        Assert.Equal([bytes.Length, bytes.Length], walk.Files.Select(file => file.Bytes.Length));
        walk.AssertNoProblems();
        TestContext.Current.SendDiagnosticMessage($"health probes shrink {bytes.Length / zip.Length}:1");
    }

    [Fact]
    public void An_exception_of_the_visitor_is_its_own()
    {
        using var scene = new Scene().Write("a.zip", Some.Zip(("a", "x")));
        var unit = Assert.Single(new SourceWalker().Discover([scene.At("a.zip")], []));
        Assert.Throws<InvalidDataException>(() => unit.Visit((_, _) => throw new InvalidDataException(), []));
    }

    [Fact]
    public void A_visitor_need_not_read_what_it_is_given()
    {
        byte[] tar = Some.Tar(("a", Some.Lines(100)), ("b", Some.Lines(100)), ("c", "last"));
        using var scene = new Scene().Write("x.tar", tar).Write("y.tgz", Some.Gzip(tar)).Write("z.zip", Some.Zip(("a", Some.Lines(100)), ("c", "last")));
        var paths = new List<string>();
        foreach (var unit in new SourceWalker().Discover([scene.Root], [])) unit.Visit((file, _) => paths.Add(file.Path[(file.Path.IndexOf('/', StringComparison.Ordinal) + 1)..]), []);
        Assert.Equal(["x.tar!/a", "x.tar!/b", "x.tar!/c", "y.tgz!/a", "y.tgz!/b", "y.tgz!/c", "z.zip!/a", "z.zip!/c"], paths);
    }

    static byte[] Deflate(byte[] content)
    {
        var bytes = new MemoryStream();
        using (var deflate = new DeflateStream(bytes, CompressionLevel.Optimal, leaveOpen: true)) deflate.Write(content);
        return bytes.ToArray();
    }

    static void AssertRefused(SourceProblem problem)
    {
        Assert.Equal(SourceProblemKind.Refused, problem.Kind);
        Assert.True(problem.Reason.Length > 20);
    }
}
