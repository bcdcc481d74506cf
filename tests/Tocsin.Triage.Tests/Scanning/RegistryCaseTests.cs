using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;
using Tocsin.Triage.Reports;
using Tocsin.Triage.Tests.Support;

namespace Tocsin.Triage.Tests.Scanning;

/// <summary>Registry hives in a scan. All made: the samples of the registry rules and the seeds of the fuzzer.</summary>
public class RegistryCaseTests
{
    const string Config = "C/Windows/System32/config/";

    static byte[] Sample(string path) => File.ReadAllBytes(Path.Combine(Repository.Root, $"packs/shared/registry/tests/{path}"));

    // A hive without the service, dirty, and the log that adds it.
    static (byte[] Hive, byte[] Log) Dirty()
    {
        byte[] seed = File.ReadAllBytes(Path.Combine(Repository.Root, "fuzz/corpus/hive/log-new"));
        int length = (int)BinaryPrimitives.ReadUInt32LittleEndian(seed);
        return (seed[4..(4 + length)], seed[(4 + length)..]);
    }

    static ArtifactReport Hive(ScanReport report) => report.Servers.SelectMany(s => s.Artifacts).Single(a => a.Kind == "registry");

    [Fact]
    public void A_service_that_only_the_transaction_log_has_is_found()
    {
        (byte[] hive, byte[] log) = Dirty();
        ScanReport report = Support.Evidence.Scan((Config + "SYSTEM", hive), (Config + "SYSTEM.LOG1", log));
        Assert.Equal(["implanted"], Signs(report));
        Assert.Equal(1, report.ExitCode);
        Assert.Equal("EXAMPLE-EX01", Assert.Single(report.Servers).Name);
        Assert.Contains(Hive(report).Notes, n => n.Contains("transaction logs were applied", StringComparison.Ordinal));
        EvidenceLine line = report.Servers[0].Loose[0].Evidence[0];
        Assert.StartsWith(@"HKLM\SYSTEM\CurrentControlSet\Services\ExampleSvc  ImagePath = %COMSPEC% /Q /c", line.Text, StringComparison.Ordinal);
    }

    [Fact]
    public void Without_its_log_the_hive_proves_nothing_and_the_report_says_what_may_be_missing()
    {
        ScanReport report = Support.Evidence.Scan((Config + "SYSTEM", Dirty().Hive));
        Assert.Equal(("cannot-tell", "none"), Support.Evidence.Of(report, "proxylogon"));
        Assert.Empty(Signs(report));
        Assert.Contains(Hive(report).Notes, n => n.Contains("changes of the last minutes may be missing", StringComparison.Ordinal));
    }

    [Fact]
    public void In_a_zip_archive_the_log_is_found_and_in_a_tar_it_is_said_to_be_out_of_reach()
    {
        (byte[] hive, byte[] log) = Dirty();
        using var zipped = new MemoryStream();
        using (var zip = new ZipArchive(zipped, ZipArchiveMode.Create, leaveOpen: true))
        {
            foreach ((string name, byte[] content) in ((string, byte[])[])[(Config + "SYSTEM", hive), (Config + "SYSTEM.LOG1", log)])
            {
                using Stream entry = zip.CreateEntry(name).Open();
                entry.Write(content);
            }
        }

        Assert.Equal(["implanted"], Signs(Support.Evidence.Scan(("a.zip", zipped.ToArray()))));

        using var tarred = new MemoryStream();
        using (var tar = new System.Formats.Tar.TarWriter(tarred, leaveOpen: true))
        {
            foreach ((string name, byte[] content) in ((string, byte[])[])[(Config + "SYSTEM", hive), (Config + "SYSTEM.LOG1", log)])
            {
                tar.WriteEntry(new System.Formats.Tar.UstarTarEntry(System.Formats.Tar.TarEntryType.RegularFile, name) { DataStream = new MemoryStream(content) });
            }
        }

        ScanReport sequential = Support.Evidence.Scan(("a.tar", tarred.ToArray()));
        Assert.Empty(Signs(sequential));
        Assert.Contains(Hive(sequential).Notes, n => n.Contains("cannot be reached here", StringComparison.Ordinal));
    }

    [Fact]
    public void A_back_door_at_the_logon_screen_is_a_sign_that_tells_no_wave_and_settings_of_administrators_are_none()
    {
        ScanReport door = Support.Evidence.Scan((Config + "SOFTWARE", Sample("fires/logon-screen-debugger/SOFTWARE")));
        Assert.Equal(["implanted"], Signs(door));
        Assert.Equal(("cannot-tell", "none"), Support.Evidence.Of(door, "proxylogon"));
        Assert.Empty(Signs(Support.Evidence.Scan((Config + "SYSTEM", Sample("fires/remote-desktop-allowed/SYSTEM")))));
    }

    [Fact]
    public void Beside_a_proven_break_in_such_a_service_is_an_implant_of_that_wave()
    {
        const string command = """{"Event":{"System":{"Provider":{"#attributes":{"Name":"Microsoft-Windows-Security-Auditing"}},"EventID":4688,"TimeCreated":{"#attributes":{"SystemTime":"2021-03-01T10:00:00Z"}},"Channel":"Security","Computer":"EXAMPLE-EX01"},"EventData":{"NewProcessName":"C:\\Windows\\System32\\whoami.exe","ParentProcessName":"C:\\Windows\\System32\\inetsrv\\w3wp.exe"}}}""";
        (byte[] hive, byte[] log) = Dirty();
        ScanReport report = Support.Evidence.Scan((Config + "SYSTEM", hive), (Config + "SYSTEM.LOG1", log), ("C/Security.json", Support.Evidence.Lines(command)));
        Assert.Contains(Assert.Single(report.Servers).Waves.Single(w => w.Pack == "proxylogon").Findings, f => f.RuleTitle == "Service that is a command line");
        Assert.Empty(report.Servers.SelectMany(s => s.Loose));
    }

    [Fact]
    public void A_hive_covers_no_time_so_that_it_alone_excludes_nothing()
    {
        ScanReport report = Support.Evidence.Scan((Config + "SYSTEM", Sample("quiet/service-runs-command/SYSTEM")));
        Assert.All(report.Servers[0].Waves, w => Assert.Equal("cannot-tell", Verdicts.Words.Of(w.Verdict)));
        Assert.Empty(report.Servers[0].Coverage.Single(c => c.Kind == "registry").Days);
    }

    // The stages of what no wave took for its own.
    static string[] Signs(ScanReport report) => [.. report.Servers.SelectMany(s => s.Loose).Where(f => f.Proves >= Packs.Chain.Stage.Exploited).Select(f => Verdicts.Words.Of(f.Proves))];
}
