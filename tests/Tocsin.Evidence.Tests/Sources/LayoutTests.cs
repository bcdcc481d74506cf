using System.IO.Compression;
using System.Text;

namespace Tocsin.Evidence.Tests.Sources;

/// <summary>Where collectors put files, and where those lay on the server.</summary>
public sealed class LayoutTests
{
    const string Iis = "inetpub/logs/LogFiles/W3SVC1/u_ex210303.log";
    const string IisWindows = @"C:\inetpub\logs\LogFiles\W3SVC1\u_ex210303.log";

    /// <summary>Path in the folder that is scanned; original path; collection; host.</summary>
    public static TheoryData<string, string?, string, string?> Layouts => new()
    {
        { $"EX01/C/{Iis}", IisWindows, "s/EX01", "EX01" },
        { $"EX01/c/{Iis}", IisWindows, "s/EX01", "EX01" },
        { $"EX01/C_/{Iis}", IisWindows, "s/EX01", "EX01" },
        { $"EX01/C$/{Iis}", IisWindows, "s/EX01", "EX01" },
        { $"EX01/C:/{Iis}", IisWindows, "s/EX01", "EX01" },
        { $"EX01/tout/C/{Iis}", IisWindows, "s/EX01/tout", "EX01" },
        { $"mail.contoso.example/C/{Iis}", IisWindows, "s/mail.contoso.example", "mail.contoso.example" },
        { "EX01/C/Program Files/Microsoft/Exchange Server/V15/Logging/HttpProxy/Ecp/HttpProxy_2021030304-1.LOG",
            @"C:\Program Files\Microsoft\Exchange Server\V15\Logging\HttpProxy\Ecp\HttpProxy_2021030304-1.LOG", "s/EX01", "EX01" },
        { "EX01/D/Exchange/Logging/Ecp/Server/ECPServer20210303-1.LOG", @"D:\Exchange\Logging\Ecp\Server\ECPServer20210303-1.LOG", "s/EX01", "EX01" },
        { "EX01/E/LogFiles/W3SVC2/u_ex210303.log", @"E:\LogFiles\W3SVC2\u_ex210303.log", "s/EX01", "EX01" },
        { $"Collection-EX01-2021-03-05T10_11_12Z/uploads/auto/C%3A/{Iis}", IisWindows, "s/Collection-EX01-2021-03-05T10_11_12Z", "EX01" },
        { $"Collection-EX-MBX-01-2021-03-05T10_11_12Z/uploads/auto/C%3A/{Iis}", IisWindows, "s/Collection-EX-MBX-01-2021-03-05T10_11_12Z", "EX-MBX-01" },
        { $"EX01-C.1a2b3c4d5e6f7081-F.C0PQRS/uploads/auto/C%3A/{Iis}", IisWindows, "s/EX01-C.1a2b3c4d5e6f7081-F.C0PQRS", "EX01" },
        { $"v/uploads/ntfs/%5C%5C.%5CC%3A/{Iis}", IisWindows, "s/v", null },
        { "v9/uploads/ntfs/%5C%5C.%5CD%3A/Logs%26more/100%25/a%3Ab.log", @"D:\Logs&more\100%\a:b.log", "s/v9", "v9" },
        { "v9/uploads/ntfs/%5C%5C%3F%5CGLOBALROOT%5CDevice%5CHarddiskVolumeShadowCopy2/inetpub/x.log",
            @"\\?\GLOBALROOT\Device\HarddiskVolumeShadowCopy2\inetpub\x.log", "s/v9", "v9" },
        { $"2021-03-05T101112_EX01/C/{Iis}", IisWindows, "s/2021-03-05T101112_EX01", "EX01" },
        { "EX01/C/Users/admin/Desktop/C/inetpub/copied.log", @"C:\Users\admin\Desktop\C\inetpub\copied.log", "s/EX01", "EX01" },
        { "C/readme.txt", null, "", null },
        { "logs/W3SVC1/u_ex210303.log", null, "", null },
        { "A/B/C/notes.log", null, "", null },
    };

    [Theory]
    [MemberData(nameof(Layouts))]
    public void A_path_in_a_folder_leads_back_to_the_server(string path, string? original, string collection, string? host)
    {
        using var scene = new Scene().Write($"s/{path}", Some.Log);
        var walk = scene.Walk("s");
        var file = walk[$"s/{path}"];
        Assert.Equal((original, collection, host), (file.OriginalPath, file.Collection, file.HostHint));
        walk.AssertNoProblems();
    }

    [Theory]
    [MemberData(nameof(Layouts))]
    public void A_path_in_an_archive_leads_back_to_the_server(string path, string? original, string collection, string? host)
    {
        byte[][] archives = [Some.Zip((path, Some.Log)), Some.Tar((path, Some.Log)), Some.Gzip(Some.Tar((path, Some.Log))), Some.StreamedZip((path, Some.Log))];
        foreach (byte[] archive in archives)
        {
            using var scene = new Scene().Write("s.zip", archive);
            var walk = scene.Walk("s.zip");
            var file = walk[$"s.zip!/{path}"];
            string expected = collection.Length < 2 ? collection : "s.zip!/" + collection[2..];
            Assert.Equal((original, expected), (file.OriginalPath, file.Collection));
            Assert.Equal(host, file.HostHint);
            Assert.Equal(Some.Log, walk.Text(file.Path));
            walk.AssertNoProblems();
        }
    }

    [Fact]
    public void The_table_above_has_twenty_one_layouts() => Assert.Equal(21, Layouts.Count);

    [Theory]
    [InlineData("EX01.zip", "EX01")]
    [InlineData("2021-03-05T101112_EX01.zip", "EX01")]
    [InlineData("Collection-EX01-2021-03-05T10_11_12Z.zip", "EX01")]
    [InlineData("data.zip", null)]
    [InlineData("ünïcode name.zip", null)]
    public void An_archive_with_a_drive_at_its_root_is_a_machine_and_hints_at_its_name(string name, string? host)
    {
        using var scene = new Scene().Write(name, Some.Zip(($"C/{Iis}", Some.Log), ("D/MyLogs/a.log", Some.Log), ("collector.txt", "x")));
        var walk = scene.Walk(name);
        Assert.Equal([IisWindows, @"D:\MyLogs\a.log", null], walk.Files.Select(file => file.File.OriginalPath));
        Assert.All(walk.Files, file => Assert.Equal((name, host), (file.File.Collection, file.File.HostHint)));
    }

    [Fact]
    public void Several_servers_in_one_source_are_kept_apart()
    {
        using var scene = new Scene()
            .Write($"s/EX01/C/{Iis}", Some.Log)
            .Write($"s/EX01/D/whatever/x.log", Some.Log)
            .Write("s/EX01/collector.txt", "x")
            .Write($"s/EX02/C/{Iis}", Some.Log)
            .Write("s/EX03.zip", Some.Zip(($"C/{Iis}", Some.Log)))
            .Write("s/notes.txt", "x")
            .Write("s/both.tar.gz", Some.Gzip(Some.Tar(($"EX04/C/{Iis}", Some.Log), ($"EX05/uploads/auto/C%3A/{Iis}", Some.Log))));
        var walk = scene.Walk("s");
        Assert.Equal(
            ["s/EX01", "s/EX01", "s/EX01", "s/EX02", "s/EX03.zip", "s/both.tar.gz!/EX04", "s/both.tar.gz!/EX05", ""],
            walk.Files.Select(file => file.File.Collection));
        Assert.Equal(@"D:\whatever\x.log", walk["s/EX01/D/whatever/x.log"].OriginalPath);
    }

    [Fact]
    public void A_mounted_disk_is_taken_for_drive_C_only_with_Windows_and_another_root_folder()
    {
        using var scene = new Scene()
            .Write($"s/disk/{Iis}", Some.Log).Write("s/disk/Windows/System32/winevt/Logs/System.evtx", "x")
            .Write($"s/other/{Iis}", Some.Log);
        var walk = scene.Walk("s");
        Assert.Equal((IisWindows, "s/disk"), (walk[$"s/disk/{Iis}"].OriginalPath, walk[$"s/disk/{Iis}"].Collection));
        Assert.Equal(@"C:\Windows\System32\winevt\Logs\System.evtx", walk["s/disk/Windows/System32/winevt/Logs/System.evtx"].OriginalPath);
        Assert.Equal((null, ""), (walk[$"s/other/{Iis}"].OriginalPath, walk[$"s/other/{Iis}"].Collection));
    }

    [Fact]
    public void A_path_that_leads_into_a_drive_folder_is_called_from_the_machine_on()
    {
        using var scene = new Scene().Write($"a/EX01/C/{Iis}", Some.Log).Write("a/EX01/C/Windows/x.log", "x").Write($"b/EX01/C/{Iis}", Some.Log);
        var walk = scene.Walk("a/EX01/C/inetpub/logs", "a/EX01/C/Windows", "b/EX01/C");
        Assert.Equal([$"EX01#2/C/{Iis}", "EX01/C/Windows/x.log", $"EX01/C/{Iis}"], walk.Paths.Order(StringComparer.Ordinal));
        Assert.Equal((IisWindows, "EX01"), (walk[$"EX01/C/{Iis}"].OriginalPath, walk[$"EX01/C/{Iis}"].Collection));
        Assert.Equal((IisWindows, "EX01#2"), (walk[$"EX01#2/C/{Iis}"].OriginalPath, walk[$"EX01#2/C/{Iis}"].Collection));
        Assert.Equal("EX01", walk["EX01/C/Windows/x.log"].Collection);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Velociraptor_tells_host_and_original_paths(bool zipped)
    {
        (string, string)[] files =
        [
            ($"uploads/auto/C%3A/{Iis}", Some.Log),
            ("uploads/ntfs/%5C%5C.%5CC%3A/Windows/System32/winevt/Logs/System.evtx", "x"),
            ("uploads/auto/stored/0001", "web shell"),
            ("uploads/file/etc/hosts", "x"),
            ("uploads.json",
                """{"Timestamp":"2021","vfs_path":"C:\\inetpub\\logs\\LogFiles\\W3SVC1\\u_ex210303.log","_Components":["uploads","auto","C:","inetpub","logs","LogFiles","W3SVC1","u_ex210303.log"],"file_size":5}""" + "\n" +
                "no json at all\n" +
                """{"vfs_path":"\\\\.\\C:\\inetpub\\wwwroot\\aspnet_client\\shell.aspx","_Components":["clients","C.1","collections","F.2","uploads","auto","stored","0001"]}""" + "\n" +
                """{"vfs_path":"C:\\inetpub\\..\\x""" + "\n" + "[1,2,{}]\n{\"vfs_path\":7,\"_Components\":\"x\"}"),
            ("client_info.json", """{"client_id":"C.1","os_info":{"system":"windows","hostname":"EX07","fqdn":"EX07.contoso.example"}}"""),
        ];
        using var scene = new Scene();
        if (zipped) scene.Write("coll", Some.Zip(files));
        else foreach (var (name, text) in files) scene.Write($"coll/{name}", text);

        var walk = scene.Walk("coll");
        string prefix = zipped ? "coll!/" : "coll/";
        Assert.Equal(IisWindows, walk[$"{prefix}uploads/auto/C%3A/{Iis}"].OriginalPath);
        Assert.Equal(@"C:\Windows\System32\winevt\Logs\System.evtx", walk[$"{prefix}uploads/ntfs/%5C%5C.%5CC%3A/Windows/System32/winevt/Logs/System.evtx"].OriginalPath);
        Assert.Equal(@"C:\inetpub\wwwroot\aspnet_client\shell.aspx", walk[$"{prefix}uploads/auto/stored/0001"].OriginalPath);
        Assert.Null(walk[$"{prefix}uploads/file/etc/hosts"].OriginalPath);
        Assert.All(walk.Files, file => Assert.Equal(("coll", "EX07"), (file.File.Collection, file.File.HostHint)));
    }

    [Theory]
    [InlineData("C:", "EX08")]
    [InlineData("E:", "case1")]
    public void KAPE_tells_the_host_unless_it_ran_on_the_examiners_machine(string source, string host)
    {
        string log = $"[2021-03-05 10:11:12.1 | INF] Command line:   --tsource {source} --tdest X:\\out --target !SANS_Triage\n[2021-03-05 10:11:12.1 | INF] System info: Machine name: EX08, 64-bit: true, User: admin OS: \"Windows10\" (10.0.17763)\n";
        using var scene = new Scene().Write("case1/2021-03-05T101112_ConsoleLog.txt", log).Write($"case1/C/{Iis}", Some.Log);
        Assert.Equal(host, scene.Walk("case1")[$"case1/C/{Iis}"].HostHint);
    }

    [Fact]
    public void Backslashes_in_names_are_folders()
    {
        using var scene = new Scene().Write("CyLR.zip", Some.Zip((@"C\inetpub\logs\LogFiles\W3SVC1\u_ex210303.log", Some.Log)));
        Assert.Equal(IisWindows, scene.Walk("CyLR.zip")[$"CyLR.zip!/C/{Iis}"].OriginalPath);
    }

    [Fact]
    public void An_archive_that_lay_on_a_server_belongs_to_it_unless_it_is_a_collection_itself()
    {
        byte[] logs = Some.Zip(("W3SVC1/a.log", Some.Log));
        byte[] collection = Some.Zip(($"uploads/auto/C%3A/{Iis}", Some.Log));
        using var scene = new Scene().Write("s/EX01.zip", Some.Zip(CompressionLevel.Fastest, ("C/inetpub/logs.zip", logs), ("C/Users/a/Collection-EX02-2021-03-05T10_11_12Z.zip", collection)));
        var walk = scene.Walk("s");
        Assert.Equal(("s/EX01.zip", "EX01"), (walk.Files[0].File.Collection, walk.Files[0].File.HostHint));
        Assert.Equal(("s/EX01.zip!/C/Users/a/Collection-EX02-2021-03-05T10_11_12Z.zip", "EX02"), (walk.Files[1].File.Collection, walk.Files[1].File.HostHint));
        Assert.Equal(IisWindows, walk.Files[1].File.OriginalPath);
    }

    [Fact]
    public void Names_that_are_no_UTF8_are_those_of_the_first_PC()
    {
        byte[] zip = Some.Zip(("Gebaeude.log", "x"));
        for (int at = 0; at + 12 <= zip.Length; at++)
        {
            if (zip.AsSpan(at).StartsWith("Gebaeude"u8)) zip[at + 3] = 0x84;
        }

        using var scene = new Scene().Write("a.zip", zip);
        Assert.Equal(["a.zip!/Gebäeude.log"], scene.Walk("a.zip").Paths);
    }
}
