using System.Diagnostics;
using System.IO.Compression;
using System.Text.Json;
using Tocsin.Cli.Exercises;
using Tocsin.Cli.Tests.Exercises;

namespace Tocsin.Cli.Tests.Checks;

/// <summary>The program itself: what it answers with and what it prints.</summary>
public sealed class CheckCommandTests(WrittenExercises exercises) : IClassFixture<WrittenExercises>, IDisposable
{
    const string AllSteps = "extended-protection,schema,prepare-domain,payload-signing,download-domains,windows-cachtokn,setting-overrides,hybrid-app,outside-in,loopback-check,engine-updates";

    readonly DirectoryInfo _home = Directory.CreateTempSubdirectory("tocsin-check-");

    public void Dispose() => _home.Delete(recursive: true);

    (int Code, string Out, string Errors) Run(params string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet") { RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["XDG_DATA_HOME"] = _home.FullName;
        start.ArgumentList.Add(typeof(Exercise).Assembly.Location);
        foreach (string argument in arguments) start.ArgumentList.Add(argument);
        using Process program = Process.Start(start)!;
        Task<string> errors = program.StandardError.ReadToEndAsync();
        string text = program.StandardOutput.ReadToEnd();
        program.WaitForExit();
        return (program.ExitCode, text, errors.Result);
    }

    [Theory]
    [InlineData("check --build 15.2.792.3", 1, "OPEN: an update is missing for 16 flaws known to be exploited")]
    [InlineData("check --build 15.2.2562.46", 1, "OPEN UNTIL A STEP IS DONE")]
    [InlineData("check --build 15.2.2562.46 --done " + AllSteps, 0, "NOTHING OPEN")]
    [InlineData("check --build 15.1.2176.9 --cve CVE-2021-26855", 0, "Mar21SU begins with 15.1.2176.9")]
    [InlineData("check --build 15.1.2176.2 --cve cve-2021-26855", 1, "fixed from 15.1.2176.9")]
    [InlineData("check --build 15.1.2176.2 --cve CVE-2017-8540", 2, "CANNOT TELL ALL")]
    [InlineData("check --build 15.1.1913.12 --cve CVE-2020-0688 --done kb4536987", 0, "special package of March 2021")]
    public void A_build_gets_its_answer_and_exit_code(string line, int code, string says)
    {
        (int Code, string Out, string Errors) ran = Run(line.Split(' '));
        Assert.Equal((code, ""), (ran.Code, ran.Errors));
        Assert.Contains(says, ran.Out, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("check", "Name either evidence or --build")]
    [InlineData("check /tmp --build 15.2.792.3", "Name either evidence or --build")]
    [InlineData("check --build 15.2.792", "is no build")]
    [InlineData("check --build 15.2.792.3 --cve CVE-1999-0001", "does not have 'CVE-1999-0001'")]
    [InlineData("check --build 15.2.792.3 --done everything", "There is no step 'everything'")]
    [InlineData("check --build 15.2.792.3 --mitigated CVE-2021-26855", "by what")]
    [InlineData("check --build 15.2.792.3 --format pdf", "pdf")]
    [InlineData("check --build 15.2.792.3 --data /no/such/package.zip", "could not be read")]
    [InlineData("check /no/such/evidence", "There is no file or folder")]
    [InlineData("data update /no/such/package.zip", "there is no file")]
    public void Wrong_usage_is_explained(string line, string says)
    {
        (int Code, string Out, string Errors) ran = Run(line.Split(' '));
        Assert.Equal(64, ran.Code);
        Assert.Contains(says, ran.Errors, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public void The_form_of_AdminDisplayVersion_is_taken_and_what_it_cannot_tell_is_said()
    {
        (int code, string text, _) = Run("check", "--build", "Version 15.2 (Build 792.3)", "--mitigated", "CVE-2021-26855=EOMT");
        Assert.Equal(1, code);
        Assert.Contains("tells the cumulative update only", text, StringComparison.Ordinal);
        Assert.Contains("CVE-2021-26855  mitigated", text, StringComparison.Ordinal);
    }

    [Fact]
    public void JSON_has_a_row_for_each_flaw_with_its_status_and_reason()
    {
        (int code, string text, _) = Run("check", "--build", "15.2.792.3", "--format", "json");
        Assert.Equal(1, code);
        using JsonDocument json = JsonDocument.Parse(text);
        JsonElement[] rows = [.. json.RootElement.GetProperty("cves").EnumerateArray()];
        Assert.Equal(200, rows.Select(r => r.GetProperty("cve").GetString()).Distinct().Count());
        Assert.All(rows, r => Assert.Contains(r.GetProperty("status").GetString(), (string[])["vulnerable", "mitigated", "fixed-but-needs-step", "fixed", "unsupported", "partial-install", "not-applicable", "unknown"]));
        Assert.All(rows, r => Assert.NotEmpty(r.GetProperty("reason").GetString()!));
        Assert.Equal("CVE-2021-26855", rows[0].GetProperty("cve").GetString());
        Assert.Equal("2021-04-16", rows[0].GetProperty("kev").GetProperty("due").GetString());
        Assert.Equal("2026-11-23", json.RootElement.GetProperty("table").GetProperty("date").GetString());
        Assert.Equal("Install Exchange 2019 CU15", json.RootElement.GetProperty("servers")[0].GetProperty("way")[0].GetProperty("title").GetString());
    }

    [Fact]
    public void Evidence_tells_the_build_its_history_and_that_patching_came_late()
    {
        (int code, string text, _) = Run("check", exercises["used", 7].Directory);
        Assert.Equal(1, code);
        Assert.Contains("Exchange 2016 CU19 Mar21SU (15.1.2176.9)", text, StringComparison.Ordinal);
        Assert.Contains("What its logs show, day by day", text, StringComparison.Ordinal);
        Assert.Contains("Patching removes nothing", text.Replace("\n  ", " ", StringComparison.Ordinal), StringComparison.Ordinal);
        (int one, string vex, _) = Run("check", exercises["used", 7].Directory, "--format", "vex", "--cve", "CVE-2021-26855");
        Assert.Equal(0, one);
        Assert.Contains("csaf_vex", vex, StringComparison.Ordinal);
    }

    [Fact]
    public void A_mitigation_in_the_configuration_of_IIS_is_shown_and_closes_nothing()
    {
        string folder = Directory.CreateTempSubdirectory("tocsin-check-").FullName;
        File.WriteAllText(
            Path.Combine(folder, "HttpProxy_2021030300-1.LOG"),
            "#Software: Microsoft Exchange Server\r\n#Version: 15.01.2176.002\r\n#Log-type: HttpProxy Logs\r\n#Date: 2021-03-03T00:00:00.000Z\r\n#Fields: DateTime,RequestId,MajorVersion,MinorVersion,BuildVersion,RevisionVersion,ServerHostName\r\n2021-03-03T00:00:01.000Z,00000000-0000-0000-0000-000000000001,15,1,2176,2,EX01\r\n");
        string Rule(string name, string cookie) =>
            $"""<rule name="{name}" patternSyntax="Wildcard"><match url="*" /><conditions><add input="{"{HTTP_COOKIE}"}" pattern="*{cookie}=*" /></conditions><action type="AbortRequest" /></rule>""";
        File.WriteAllText(
            Path.Combine(Directory.CreateDirectory(Path.Combine(folder, "inetpub", "wwwroot")).FullName, "web.config"),
            $"""<?xml version="1.0"?><configuration><system.webServer><rewrite><rules>{Rule("one", "X-AnonResource-Backend")}{Rule("two", "X-BEResource")}</rules></rewrite></system.webServer></configuration>""");
        (int code, string text, _) = Run("check", folder, "--cve", "CVE-2021-26855");
        Directory.Delete(folder, recursive: true);
        Assert.Equal(1, code);
        Assert.Contains("CVE-2021-26855  mitigated", text, StringComparison.Ordinal);
        Assert.Contains("was not tried", text.Replace("\n    ", " ", StringComparison.Ordinal), StringComparison.Ordinal);
    }

    [Fact]
    public void Evidence_without_a_build_cannot_be_told()
    {
        string folder = Directory.CreateTempSubdirectory("tocsin-check-").FullName;
        File.WriteAllText(Path.Combine(folder, "note.txt"), "nothing\n");
        Assert.Equal(2, Run("check", folder).Code);
        (int code, string text, string errors) = Run("check", folder, "--format", "vex");
        Assert.Equal((2, ""), (code, text));
        Assert.Contains("no build was found", errors, StringComparison.Ordinal);
        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public void A_newer_package_is_taken_into_use_and_an_older_or_changed_one_is_not()
    {
        string folder = Directory.CreateTempSubdirectory("tocsin-check-").FullName;
        string source = Path.Combine(Root(), "data", "exchange");
        string Package(string name, string date, bool spoilt)
        {
            string path = Path.Combine(folder, name);
            using var archive = new ZipArchive(File.Create(path), ZipArchiveMode.Create);
            foreach (string file in Directory.GetFiles(source))
            {
                string text = File.ReadAllText(file);
                if (Path.GetFileName(file) == "manifest.json") text = text.Replace("\"date\": \"2026-11-23\"", $"\"date\": \"{date}\"", StringComparison.Ordinal);
                if (spoilt && Path.GetFileName(file) == "cves.csv") text += "\n";
                using var writer = new StreamWriter(archive.CreateEntry(Path.GetFileName(file)).Open());
                writer.Write(text);
            }

            return path;
        }

        string newer = Package("newer.zip", "2026-12-09", spoilt: false), older = Package("older.zip", "2026-01-01", spoilt: false), changed = Package("changed.zip", "2026-12-09", spoilt: true);
        (int code, _, string errors) = Run("data", "update", changed);
        Assert.Equal(64, code);
        Assert.Contains("cves.csv(1,1): error TD001", errors, StringComparison.Ordinal);
        Assert.Contains("2026-11-23", Run("data", "show").Out, StringComparison.Ordinal);
        (code, string text, _) = Run("data", "update", newer);
        Assert.Equal(0, code);
        Assert.Contains("392 builds, 200 flaws", text, StringComparison.Ordinal);
        Assert.Contains("2026-12-09", Run("check", "--build", "15.2.792.3").Out, StringComparison.Ordinal);
        (code, _, errors) = Run("data", "update", older);
        Assert.Equal(64, code);
        Assert.Contains("older than the one in use", errors, StringComparison.Ordinal);
        (code, text, _) = Run("check", "--build", "15.2.792.3", "--data", older);
        Assert.Equal(1, code);
        Assert.Contains("days ago", text.Replace("\n  ", " ", StringComparison.Ordinal), StringComparison.Ordinal);
        Directory.Delete(folder, recursive: true);
    }

    static string Root()
    {
        string? folder = AppContext.BaseDirectory;
        while (folder is not null && !File.Exists(Path.Combine(folder, "Tocsin.slnx"))) folder = Path.GetDirectoryName(folder);
        return folder!;
    }
}
