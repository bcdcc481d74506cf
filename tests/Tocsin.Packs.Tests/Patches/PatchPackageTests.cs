using System.IO.Compression;
using System.Security.Cryptography;
using System.Text;
using CsCheck;
using Tocsin.Detection;
using Tocsin.Packs.Patches;

namespace Tocsin.Packs.Tests.Patches;

public sealed class PatchPackageTests
{
    static Dictionary<string, string> Files() =>
        ((string[])[PatchTables.ManifestFile, .. PatchTables.Files]).ToDictionary(f => f, f => File.ReadAllText(Repository.Of("data/exchange/" + f)));

    static MemoryStream Zip(IEnumerable<KeyValuePair<string, string>> files)
    {
        var zip = new MemoryStream();
        using (var archive = new ZipArchive(zip, ZipArchiveMode.Create, leaveOpen: true))
        {
            foreach ((string name, string text) in files)
            {
                using Stream entry = archive.CreateEntry(name).Open();
                entry.Write(Encoding.UTF8.GetBytes(text));
            }
        }

        zip.Position = 0;
        return zip;
    }

    static string WithHashes(string manifest, Dictionary<string, string> files)
    {
        Dictionary<string, string> before = Files();
        foreach (string file in PatchTables.Files)
        {
            if (files.TryGetValue(file, out string? text)) manifest = manifest.Replace(Hash(before[file]), Hash(text), StringComparison.Ordinal);
        }

        return manifest;
    }

    static string Hash(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));

    [Fact]
    public void The_package_in_the_repository_is_whole_and_the_one_in_the_program()
    {
        var diagnostics = new List<Diagnostic>();
        PatchTables? tables = PatchPackage.ReadFolder(Repository.Of("data/exchange"), diagnostics);
        Assert.Empty(diagnostics);
        Assert.NotNull(tables);
        Assert.Equal((PatchTables.Embedded.Version, PatchTables.Embedded.Date, 392, 200), (tables.Version, tables.Date, tables.Builds.Count, tables.Cves.Count));
        Assert.Equal(PatchTables.Files.Append(PatchTables.ManifestFile).Order(), Directory.GetFiles(Repository.Of("data/exchange")).Select(f => Path.GetFileName(f)!).Order());
    }

    [Fact]
    public void A_package_in_a_zip_file_is_read()
    {
        var diagnostics = new List<Diagnostic>();
        using MemoryStream zip = Zip(Files());
        Assert.NotNull(PatchPackage.ReadZip(zip, diagnostics));
        Assert.Empty(diagnostics);
    }

    public static TheoryData<string, string, string, int, string> Spoilt { get; } = new()
    {
        { "builds.csv", "14.0.639.21,", "14.0.639,", 2, "is no build" },
        { "builds.csv", "14.0.682.1,", "14.0.639.21,", 3, "twice" },
        { "builds.csv", ",2009-11-09,", ",9.11.2009,", 2, "is no day" },
        { "cves.csv", "CVE-2013-5072,exchange", "CVE-2013-5072,mystery", 2, "is no category" },
        { "cves.csv", "CVE-2014-6319,", "CVE-2013-5072,", 3, "twice" },
        { "cves.csv", ",4.3,v2,", ",\"4,3\",v2,", 2, "is no score" },
        { "cves.csv", "cve,category", "cve,kind", 1, "'category' is missing" },
        { "fixes.csv", "15.0.1347.5 15.0.1365.3", "15.0.1365.3 15.0.1347.5", 2, "oldest first" },
        { "fixes.csv", "CVE-2018-0924,Exchange 2013", "CVE-1999-0001,Exchange 2013", 2, "does not have CVE-1999-0001" },
        { "fixes.csv", "CVE-2018-0924,Exchange 2013,", "CVE-2018-0924,\"Exchange 2013,", 2, "quote is not closed" },
        { "conditions.csv", "extended-protection,server", "extended-protection,planet", 2, "is no scope" },
        { "conditions.csv", "CVE-2022-21979", "CVE-1999-0001", 2, "does not have CVE-1999-0001" },
        { "support.csv", "Exchange 2007,8.,2017-04-11", "Exchange 2007,8.,someday", 2, "is no day" },
        { "special-march-2021.csv", "Exchange 2013,CU21,KB4340731,", "Exchange 2013,", 2, "cells where the heading has" },
        { "manifest.json", "tocsin.exchange/1", "tocsin.exchange/2", 1, "The format is" },
        { "manifest.json", "\"date\": \"2026-11-23\"", "\"date\": \"soon\"", 1, "is no day" },
    };

    [Theory]
    [MemberData(nameof(Spoilt))]
    public void What_is_wrong_is_told_at_its_line(string file, string from, string to, int line, string says)
    {
        Dictionary<string, string> files = Files();
        Assert.Contains(from, files[file], StringComparison.Ordinal);
        int at = files[file].IndexOf(from, StringComparison.Ordinal);
        files[file] = files[file][..at] + to + files[file][(at + from.Length)..];
        files[PatchTables.ManifestFile] = WithHashes(files[PatchTables.ManifestFile], files);
        var diagnostics = new List<Diagnostic>();
        using MemoryStream zip = Zip(files);
        Assert.Null(PatchPackage.ReadZip(zip, diagnostics));
        Assert.Contains(diagnostics, d => d.File == file && d.Line == line && $"{d.Message} {d.Hint}".Contains(says, StringComparison.Ordinal));
    }

    [Fact]
    public void A_file_that_was_changed_on_the_way_is_refused_by_its_hash()
    {
        Dictionary<string, string> files = Files();
        files["fixes.csv"] = files["fixes.csv"].Replace("15.2.792.10", "15.2.792.3", StringComparison.Ordinal);
        var diagnostics = new List<Diagnostic>();
        using MemoryStream zip = Zip(files);
        Assert.Null(PatchPackage.ReadZip(zip, diagnostics));
        Diagnostic one = Assert.Single(diagnostics);
        Assert.Equal("fixes.csv", one.File);
        Assert.Contains("SHA-256", one.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Files_that_are_missing_strange_or_double_are_refused()
    {
        foreach (string file in PatchTables.Files.Append(PatchTables.ManifestFile))
        {
            var diagnostics = new List<Diagnostic>();
            using MemoryStream zip = Zip(Files().Where(f => f.Key != file));
            Assert.Null(PatchPackage.ReadZip(zip, diagnostics));
            Assert.Contains(diagnostics, d => d.File == file);
        }

        foreach (string name in (string[])["../../builds.csv", "data/builds.csv", "readme.txt", "/etc/passwd"])
        {
            var diagnostics = new List<Diagnostic>();
            using MemoryStream zip = Zip(Files().Append(new(name, "x")));
            Assert.Null(PatchPackage.ReadZip(zip, diagnostics));
            Assert.Equal(name, Assert.Single(diagnostics).File);
        }

        var twice = new List<Diagnostic>();
        using MemoryStream both = Zip(Files().Concat([new("cves.csv", "x")]));
        Assert.Null(PatchPackage.ReadZip(both, twice));
        Assert.Equal("cves.csv", Assert.Single(twice).File);
    }

    [Fact]
    public void A_bomb_and_a_file_that_is_no_zip_are_refused()
    {
        Dictionary<string, string> files = Files();
        files["cves.csv"] = new string('x', 9_000_000);
        var diagnostics = new List<Diagnostic>();
        using (MemoryStream zip = Zip(files)) Assert.Null(PatchPackage.ReadZip(zip, diagnostics));
        Assert.Contains("longer than", Assert.Single(diagnostics).Message, StringComparison.Ordinal);

        diagnostics.Clear();
        using var no = new MemoryStream(Encoding.UTF8.GetBytes("this is no zip file at all"));
        Assert.Null(PatchPackage.ReadZip(no, diagnostics));
        Assert.Single(diagnostics);
    }

    [Fact]
    public void A_package_with_lines_lost_doubled_or_mangled_is_refused_or_decides_without_falling_over()
    {
        BuildNumber[] builds = [new(15, 2, 792, 3), new(15, 2, 2562, 46), new(14, 3, 123, 4), new(15, 1, 1913, 12), new(8, 3, 83, 6)];
        int taken = 0;
        Gen.Select(Gen.Int[0, PatchTables.Files.Count - 1], Gen.Int[0, 10_000], Gen.Int[0, 3], Gen.String[Gen.Char["0159.,\"-CUx "], 0, 8]).Sample(
            (file, at, what, text) =>
            {
                Dictionary<string, string> files = Files();
                string name = PatchTables.Files[file];
                List<string> lines = [.. files[name].Split('\n')];
                int line = at % lines.Count, column = lines[line].Length == 0 ? 0 : at % lines[line].Length;
                if (what == 0) lines.RemoveAt(line);
                else if (what == 1) lines.Insert(line, lines[line]);
                else if (what == 2) lines[line] = lines[line][..column] + text;
                else lines[line] = lines[line].Insert(column, text);
                files[name] = string.Join('\n', lines);
                files[PatchTables.ManifestFile] = WithHashes(files[PatchTables.ManifestFile], files);
                var diagnostics = new List<Diagnostic>();
                PatchTables? tables = PatchTables.Read(f => files.TryGetValue(f, out string? content) ? new MemoryStream(Encoding.UTF8.GetBytes(content)) : null, diagnostics);
                Assert.Equal(tables is null, diagnostics.Count > 0);
                if (tables is null) return;
                Interlocked.Increment(ref taken);
                foreach (BuildNumber build in builds)
                {
                    var check = new PatchCheck(tables);
                    Assert.Equal(tables.Cves.Count, check.DecideAll(new(build)).Count);
                    WayToFix.Plan(check, new(build));
                }
            },
            iter: 300);
        Assert.True(taken > 20, $"Only {taken} packages were taken.");
    }

    [Theory]
    [InlineData(2027, 1, 22, false)]
    [InlineData(2027, 1, 23, true)]
    [InlineData(2026, 1, 1, false)]
    public void A_table_of_more_than_sixty_days_is_old(int year, int month, int day, bool old) => Assert.Equal(old, PatchTables.Embedded.IsOldOn(new(year, month, day)));
}
