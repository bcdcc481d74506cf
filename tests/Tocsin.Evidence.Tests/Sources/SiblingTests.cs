using System.IO.Compression;
using System.Text;
using Tocsin.Evidence.Sources;

namespace Tocsin.Evidence.Tests.Sources;

/// <summary>Files that lie beside another and belong to it, in a folder and in archives.</summary>
public sealed class SiblingTests : IDisposable
{
    readonly string _folder = Directory.CreateTempSubdirectory("tocsin-siblings").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    static string? Text(SourceFile file, string ending)
    {
        using Stream? sibling = file.OpenSibling?.Invoke(ending);
        return sibling is null ? null : new StreamReader(sibling, Encoding.UTF8).ReadToEnd();
    }

    List<(string Name, string? Log1, string? Log2, bool Reachable)> Walk(string path, SourceLimits? limits = null)
    {
        var found = new List<(string, string?, string?, bool)>();
        foreach (SourceUnit unit in new SourceWalker(limits).Discover([path], []))
        {
            unit.Visit((file, _) => found.Add((file.Path, Text(file, ".LOG1"), Text(file, ".LOG2"), file.OpenSibling is not null)), [], TestContext.Current.CancellationToken);
        }

        return found;
    }

    void Write(string name, string text) => File.WriteAllText(Path.Combine(_folder, name), text);

    string Zip(params (string Name, string Text)[] entries)
    {
        string path = Path.Combine(_folder, "a.zip");
        using ZipArchive zip = ZipFile.Open(path, ZipArchiveMode.Create);
        foreach ((string name, string text) in entries)
        {
            using var writer = new StreamWriter(zip.CreateEntry(name).Open());
            writer.Write(text);
        }

        return path;
    }

    [Fact]
    public void In_a_folder_the_file_of_that_name_is_opened_whatever_the_case_of_its_letters()
    {
        Write("NTUSER.DAT", "hive");
        Write("ntuser.dat.LOG1", "first");
        Write("OTHER.LOG2", "not ours");
        var hive = Walk(_folder).Single(f => f.Name.EndsWith("NTUSER.DAT", StringComparison.Ordinal));
        Assert.Equal("first", hive.Log1);
        Assert.Null(hive.Log2);
    }

    [Fact]
    public void A_link_beside_a_file_is_not_followed()
    {
        Write("SYSTEM", "hive");
        Write("elsewhere", "secret");
        File.CreateSymbolicLink(Path.Combine(_folder, "SYSTEM.LOG1"), Path.Combine(_folder, "elsewhere"));
        Assert.Null(Walk(_folder).Single(f => f.Name.EndsWith("SYSTEM", StringComparison.Ordinal)).Log1);
    }

    [Theory]
    [InlineData("/../elsewhere")]
    [InlineData("/x")]
    [InlineData("*")]
    [InlineData("")]
    public void An_ending_leads_to_no_other_folder(string ending)
    {
        Write("SYSTEM", "hive");
        Write("elsewhere", "secret");
        foreach (SourceUnit unit in new SourceWalker().Discover([_folder], []))
        {
            unit.Visit((file, _) => Assert.Null(file.OpenSibling!(ending)), [], TestContext.Current.CancellationToken);
        }
    }

    [Fact]
    public void In_a_zip_archive_the_entry_of_the_same_folder_is_opened()
    {
        string path = Zip(("C/Windows/System32/config/SYSTEM", "hive"), ("C/Windows/System32/config/SYSTEM.LOG1", "first"), ("C/elsewhere/SYSTEM.LOG2", "not ours"));
        foreach (SourceLimits limits in (SourceLimits[])[SourceLimits.Default, SourceLimits.Default with { SplitBytes = 1 }])
        {
            var hive = Walk(path, limits).Single(f => f.Name.EndsWith("/SYSTEM", StringComparison.Ordinal));
            Assert.Equal("first", hive.Log1);
            Assert.Null(hive.Log2);
        }
    }

    [Fact]
    public void Of_entries_with_one_name_only_the_first_has_companions()
    {
        string path = Zip(("SYSTEM", "hive"), ("SYSTEM", "again"), ("SYSTEM.LOG1", "first"));
        Assert.Equal(["first", null], Walk(path).Where(f => !f.Name.EndsWith("LOG1", StringComparison.Ordinal)).Select(f => f.Log1));
    }

    [Fact]
    public void In_a_gzip_file_nothing_can_be_reached()
    {
        string path = Path.Combine(_folder, "SYSTEM.gz");
        using (var gzip = new GZipStream(File.Create(path), CompressionMode.Compress)) gzip.Write("hive"u8);
        Assert.False(Assert.Single(Walk(path)).Reachable);
    }
}
