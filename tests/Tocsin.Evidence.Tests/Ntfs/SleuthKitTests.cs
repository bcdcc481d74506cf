using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using Tocsin.Evidence.Artifacts;
using Tocsin.Evidence.Ntfs;

namespace Tocsin.Evidence.Tests.Ntfs;

/// <summary>
/// A volume made by ntfs-3g (<c>mkntfs</c>, <c>ntfscp</c>; nothing is mounted), its table taken out with <c>icat</c>, and every path and time compared with what the
/// Sleuth Kit says. Where the tools are not installed the test says so and checks nothing; CI sets TOCSIN_ORACLES, and then that is a failure.
/// </summary>
public sealed partial class SleuthKitTests(ITestOutputHelper output)
{
    const int Files = 60;

    [Fact]
    public void Every_path_and_time_is_what_the_sleuth_kit_says()
    {
        if (!new[] { "mkntfs", "ntfscp", "icat", "fls", "istat" }.All(IsInstalled))
        {
            Assert.True(Environment.GetEnvironmentVariable("TOCSIN_ORACLES") is null, "ntfs-3g and sleuthkit are to be installed here.");
            TestContext.Current.AddWarning("ntfs-3g or sleuthkit is not installed: nothing was compared.");
            return;
        }

        DirectoryInfo folder = Directory.CreateTempSubdirectory("tocsin-ntfs-");
        try
        {
            Compare(folder.FullName);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    void Compare(string folder)
    {
        string image = Path.Combine(folder, "v.img"), small = Path.Combine(folder, "small"), large = Path.Combine(folder, "large");
        using (FileStream empty = File.Create(image)) empty.SetLength(16 << 20);
        File.WriteAllText(small, "[ZoneTransfer]\nZoneId=3\n");
        File.WriteAllBytes(large, new byte[50_000]);
        Run("mkntfs", "-F", "-Q", "-q", "-T", "-L", "made", image);
        for (int i = 0; i < Files; i++) Run("ntfscp", "-q", image, i % 3 == 0 ? large : small, $"page {i} with a long náme 文.aspx");
        Run("ntfscp", "-q", "-N", "Zone.Identifier", image, small, "page 1 with a long náme 文.aspx");

        byte[] table = RunForBytes("icat", image, "0");
        using var text = new MemoryStream();
        var report = new ReadReport();
        Assert.True(NtfsDump.Write(() => new MemoryStream(table), "$MFT", text, report));
        Assert.Empty(report.Located);
        JsonElement[] entries = [.. Encoding.UTF8.GetString(text.ToArray()).Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(l => JsonDocument.Parse(l).RootElement)];

        SortedSet<string> theirs = [], ours = [];
        foreach (string line in Encoding.UTF8.GetString(RunForBytes("fls", "-r", "-p", image)).Split('\n'))
        {
            if (FlsLine().Match(line) is { Success: true } m) theirs.Add($"{m.Groups[1].Value} {m.Groups[2].Value.Split(':')[0]}");
        }

        foreach (JsonElement entry in entries.Where(e => e.GetProperty("InUse").GetBoolean() && e.TryGetProperty("Names", out _)))
        {
            foreach (JsonElement name in entry.GetProperty("Names").EnumerateArray().Where(n => !n.TryGetProperty("IsShortForm", out _)))
            {
                if (name.GetProperty("Path").GetString() is { } path && path != @"\.") ours.Add($"{entry.GetProperty("EntryNumber")} {path[1..].Replace('\\', '/')}");
            }
        }

        Assert.Equal(theirs, ours);
        int times = 0;
        foreach (JsonElement entry in entries.Where(e => e.GetProperty("EntryNumber").GetInt64() >= 64).Take(10))
        {
            string[] said = [.. IstatTime().Matches(Encoding.UTF8.GetString(RunForBytes("istat", "-z", "UTC", image, entry.GetProperty("EntryNumber").ToString()))).Select(m => m.Groups[1].Value)];
            JsonElement name = entry.GetProperty("Names")[0];
            string[] read = [.. new[] { entry, name }.Zip(["SI", "FN"]).SelectMany(s => new[] { "Created", "Modified", "Changed", "Accessed" }.Select(t => s.First.GetProperty($"{s.Second}_{t}").GetDateTime().ToString("yyyy-MM-dd HH:mm:ss.fffffff", CultureInfo.InvariantCulture)))];
            Assert.Equal(said, read);
            times += read.Length;
        }

        output.WriteLine($"{theirs.Count} paths and {times} times compared, all equal");
        Assert.True(theirs.Count > Files);
        Assert.Equal(80, times);
    }

    static bool IsInstalled(string tool) => (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator).Append("/usr/sbin").Any(d => File.Exists(Path.Combine(d, tool)));

    static void Run(string tool, params string[] arguments) => RunForBytes(tool, arguments);

    static byte[] RunForBytes(string tool, params string[] arguments)
    {
        var start = new ProcessStartInfo(tool) { RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["LC_ALL"] = "C.UTF-8";
        foreach (string argument in arguments) start.ArgumentList.Add(argument);
        using Process program = Process.Start(start)!;
        Task<string> errors = program.StandardError.ReadToEndAsync();
        using var bytes = new MemoryStream();
        program.StandardOutput.BaseStream.CopyTo(bytes);
        program.WaitForExit();
        Assert.True(program.ExitCode == 0, $"{tool} {string.Join(' ', arguments)} ended with {program.ExitCode}: {errors.Result}");
        return bytes.ToArray();
    }

    [GeneratedRegex(@"^[rd]/[rd] (\d+)[-\d]*:\s(.+)$")]
    private static partial Regex FlsLine();

    [GeneratedRegex(@"^(?:Created|File Modified|MFT Modified|Accessed):\s+(\S+ \S+?)00 \(UTC\)", RegexOptions.Multiline)]
    private static partial Regex IstatTime();
}
