using System.Diagnostics;
using System.Security.Cryptography;
using System.Text.Json;
using System.Text.RegularExpressions;
using Tocsin.Cli.Exercises;
using Tocsin.Packs;
using Tocsin.Packs.Chain;
using Tocsin.Triage.Verdicts;

namespace Tocsin.Cli.Tests.Exercises;

public sealed class ExerciseTests(WrittenExercises written, ITestOutputHelper output) : IClassFixture<WrittenExercises>
{
    [Theory]
    [InlineData("used")]
    [InlineData("proxyshell")]
    public void Equal_options_give_equal_bytes_with_one_thread_and_with_two(string scenario)
    {
        string one = written.NewDirectory(scenario + "-one"), two = written.NewDirectory(scenario + "-two"), other = written.NewDirectory(scenario + "-other");
        Exercise.Write(new(scenario, 7, 12_000_000, one));
        Exercise.Write(new(scenario, 7, 12_000_000, two) { Degree = 2 });
        Exercise.Write(new(scenario, 8, 12_000_000, other));
        Assert.Equal(HashOf(one), HashOf(two));
        Assert.NotEqual(HashOf(one), HashOf(other));
    }

    [Theory]
    [InlineData("quiet", 1, "proxylogon", Verdict.NothingFound, Stage.None)]
    [InlineData("scanned", 1, "proxylogon", Verdict.Targeted, Stage.Targeted)]
    [InlineData("session", 1, "proxylogon", Verdict.Compromised, Stage.Exploited)]
    [InlineData("planted", 1, "proxylogon", Verdict.Compromised, Stage.Implanted)]
    [InlineData("used", 1, "proxylogon", Verdict.Compromised, Stage.Operated)]
    [InlineData("logs-deleted", 1, "proxylogon", Verdict.CannotTell, Stage.None)]
    [InlineData("two-gangs", 1, "proxylogon", Verdict.Compromised, Stage.Operated)]
    [InlineData("patched-then-scanned", 1, "proxylogon", Verdict.Targeted, Stage.Targeted)]
    [InlineData("proxyshell", 1, "proxyshell", Verdict.Compromised, Stage.Operated)]
    [InlineData("proxynotshell", 1, "proxynotshell", Verdict.Compromised, Stage.Operated)]
    [InlineData("proxynotshell", 2, "proxynotshell", Verdict.Compromised, Stage.Exploited)]
    public void The_truth_says_the_verdict_and_the_stage(string scenario, ulong seed, string wave, Verdict verdict, Stage stage)
    {
        (ExerciseTruth truth, string directory) = written[scenario, seed];
        WaveTruth own = Assert.Single(truth.Waves, w => w.Wave == wave);
        Assert.Equal((verdict, stage), (own.Verdict, own.Stage));
        Assert.Equal(truth.Planted.Count > 0, own.Clients.Count > 0);
        Assert.All(own.Clients, c => Assert.Matches(@"^(203\.0\.113|198\.51\.100)\.\d+$", c));
        Assert.Equal(scenario == "two-gangs" ? 2 : own.Clients.Count, own.Clients.Count);
        Assert.All(truth.Waves.Where(w => w.Wave != wave), w => Assert.Equal((w.Wave == "toolshell" ? Verdict.NotApplicable : Verdict.CannotTell, Stage.None), (w.Verdict, w.Stage)));
        Assert.Equal(PackLoader.LoadEmbedded([]).Select(p => p.Id), truth.Waves.Select(w => w.Wave));
        if (scenario == "patched-then-scanned") Assert.True(own.PatchedUtc < own.FirstUtc);

        using JsonDocument json = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(directory, "truth.json")));
        JsonElement said = json.RootElement.GetProperty("waves").EnumerateArray().Single(w => w.GetProperty("wave").GetString() == wave);
        Assert.Equal(Words.Of(verdict), said.GetProperty("verdict").GetString());
        Assert.Equal(Words.Of(stage), said.GetProperty("stage").GetString());
        Assert.Equal(truth.Planted.Count, json.RootElement.GetProperty("planted").GetArrayLength());
    }

    [Theory]
    [InlineData(1UL)]
    [InlineData(2UL)]
    [InlineData(3UL)]
    public void A_quiet_server_has_nothing_that_looks_hostile(ulong seed)
    {
        string[] tokens = ["/ecp/y.js", "/owa/auth/x.js", "main.css", "default.flt", "]@", "proxyLogon.ecp", "<script", "JScript", "Page_Load", "schema=Reset", "aspnet_client", ".ashx", "antSword", "python", "autodiscover.json @", "X-Rps-CAT", "%3F", "PSRP", "203.0.113.", "198.51.100.", "ServerInfo~localhost", "Mailbox Import Export", "powershell?"];
        (ExerciseTruth truth, string directory) = written["quiet", seed];
        int legitimate = 0;
        foreach (WrittenFile file in truth.Files)
        {
            string text = File.ReadAllText(Path.Combine(directory, file.Path));
            foreach (string token in tokens) Assert.False(text.Contains(token, StringComparison.OrdinalIgnoreCase), $"{token} in {file.Path}");
            Assert.DoesNotMatch(@"ServerInfo~[^,\r\n]*/", text);
            legitimate += Regex.Count(text, "ServerInfo~[a-z0-9.-]+,");
        }

        output.WriteLine($"legitimate ServerInfo anchors: {legitimate}");
    }

    [Fact]
    public void The_deleted_days_are_gone_and_nothing_of_the_attack_is_left()
    {
        (ExerciseTruth truth, string directory) = written["logs-deleted", 2];
        Assert.Equal(3, truth.RemovedDays.Count);
        Assert.Equal(Stage.Implanted, truth.Happened);
        Assert.Contains(DateOnly.FromDateTime(truth.AttackUtc!.Value), truth.RemovedDays);
        foreach (WrittenFile file in truth.Files) Assert.DoesNotMatch(@"203\.0\.113\.|198\.51\.100\.|<script|ServerInfo~[^,\r\n]*/", File.ReadAllText(Path.Combine(directory, file.Path)));
    }

    [Fact]
    public void A_build_changes_with_the_update()
    {
        (ExerciseTruth truth, string directory) = written["quiet", 1];
        Assert.Equal(["15.1.2176.2", "15.1.2176.9"], truth.Builds.Select(b => b.Build));
        string[] versions = [.. truth.Files.Where(f => f.Path.Contains("/ECP/Server/", StringComparison.Ordinal)).SelectMany(f => Regex.Matches(File.ReadAllText(Path.Combine(directory, f.Path)), @"S:BLD=([\d.]+)").Select(m => m.Groups[1].Value)).Distinct()];
        Assert.Contains("15.1.2176.9", versions);
    }

    [Fact]
    public void Both_logs_of_the_front_end_have_the_same_requests_and_the_sizes_asked_for()
    {
        string directory = written.NewDirectory("sizes");
        long iis = 40_000_000, proxy = 30_000_000;
        Stopwatch watch = Stopwatch.StartNew();
        ExerciseTruth truth = Exercise.Write(new("used", 4, 75_000_000, directory) { IisBytes = iis, HttpProxyBytes = proxy, Days = 14 });
        output.WriteLine($"{truth.Bytes / 1e6 / watch.Elapsed.TotalSeconds:F0} MB/s on one thread, {truth.Files.Count} files");
        Assert.InRange(truth.Files.Where(f => f.Path.Contains("/W3SVC", StringComparison.Ordinal)).Sum(f => f.Bytes), iis * 0.97, iis * 1.03);
        Assert.InRange(truth.Files.Where(f => f.Path.Contains("/HttpProxy/", StringComparison.Ordinal)).Sum(f => f.Bytes), proxy * 0.97, proxy * 1.03);

        string day = truth.AttackUtc!.Value.ToString("yyyyMMdd", null);
        HashSet<string> seen = [.. File.ReadLines(Path.Combine(directory, $"C/inetpub/logs/LogFiles/W3SVC1/u_ex{day[2..]}.log")).Select(l => Regex.Match(l, "cafeReqId=([0-9a-f-]{36})").Groups[1].Value)];
        int rows = 0, joined = 0;
        foreach (WrittenFile file in truth.Files.Where(f => f.Path.Contains("/HttpProxy/Mapi/HttpProxy_" + day, StringComparison.Ordinal)))
        {
            foreach (string line in File.ReadLines(Path.Combine(directory, file.Path)).Where(l => l[0] == '2'))
            {
                rows++;
                if (seen.Contains(line.Split(',')[1])) joined++;
            }
        }

        output.WriteLine($"{joined} of {rows} HttpProxy rows found in IIS");
        Assert.InRange(rows, 100, 100_000);
        Assert.Equal(rows, joined);
    }

    [Fact]
    public void Columns_are_those_of_a_real_server()
    {
        string? shared = Environment.GetEnvironmentVariable("TOCSIN_SHARED");
        string folder = Path.Combine(shared ?? Path.Combine(AppContext.BaseDirectory, "../../../../../shared"), "evidence/20-benign-exchange2016");
        if (!Directory.Exists(folder))
        {
            output.WriteLine("Without the shared evidence (TOCSIN_SHARED) nothing is asserted here.");
            return;
        }

        string directory = written.NewDirectory("columns");
        ExerciseTruth truth = Exercise.Write(new("quiet", 5, 120_000_000, directory));
        foreach ((string real, string made) in new[] { ("Eas_HttpProxy_2023011116-1.LOG", "/HttpProxy/Eas/"), ("Ews_2023010616-1.LOG", "/Ews/Ews_"), ("Rps_Cmdlet_2023011116-1.LOG", "/Cmdlet/"), ("ECPServer20230111-1.LOG", "/ECP/Server/"), ("MSGTRKMS2022091915-1.LOG", "/MessageTracking/") })
        {
            WrittenFile file = truth.Files.First(f => f.Path.Contains(made, StringComparison.Ordinal));
            Assert.Equal(FieldsOf(Path.Combine(folder, real)), FieldsOf(Path.Combine(directory, file.Path)));
        }
    }

    [Fact]
    public void What_makes_no_sense_is_refused()
    {
        string directory = written.NewDirectory("refused");
        Assert.Throws<ArgumentException>(() => Exercise.Write(new("no-such", 1, 1_000_000, directory)));
        Assert.Throws<ArgumentOutOfRangeException>(() => Exercise.Write(new("quiet", 1, 0, directory)));
        Assert.Throws<ArgumentOutOfRangeException>(() => Exercise.Write(new("quiet", 1, 1, directory) { Days = 0 }));
        Directory.CreateDirectory(directory);
        File.WriteAllText(Path.Combine(directory, "mine.txt"), "");
        Assert.Throws<IOException>(() => Exercise.Write(new("quiet", 1, 1_000_000, directory)));
    }

    static string FieldsOf(string path) => File.ReadLines(path).First(l => l.StartsWith("#Fields", StringComparison.Ordinal));

    static string HashOf(string directory)
    {
        using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (string path in Directory.EnumerateFiles(directory, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal))
        {
            hash.AppendData(System.Text.Encoding.UTF8.GetBytes(Path.GetRelativePath(directory, path)));
            hash.AppendData(File.ReadAllBytes(path));
        }

        return Convert.ToHexString(hash.GetHashAndReset());
    }
}
