using System.Runtime.CompilerServices;

namespace Tocsin.Evidence.Tests.Ntfs;

/// <summary>The made tables and journals that the rules' samples and the fuzzer's seeds are. The files are written with UPDATE_GOLDEN=1 and compared otherwise.</summary>
public class MadeSamples
{
    const string Auth = @"\Program Files\Microsoft\Exchange Server\V15\FrontEnd\HttpProxy\owa\auth", EcpAuth = @"\Program Files\Microsoft\Exchange Server\V15\FrontEnd\HttpProxy\ecp\auth";
    const string Client = @"\inetpub\wwwroot\aspnet_client", Compiled = @"\Windows\Microsoft.NET\Framework64\v4.0.30319\Temporary ASP.NET Files";
    const string Built = "2018-02-01T10:11:12.5Z", Old = "2016-07-08T09:10:11.7654321Z", Wave = "2021-03-03T04:05:06.1234567Z";

    // The words of a shell without what would make it one.
    const string Inert = "<script language=\"JScript\" runat=\"server\">function Page_Load(){/*made: eval( Request[\"made\"] )*/}</script>";

    static MadeTable Product()
    {
        MadeTable made = MadeTable.New();
        foreach (string page in (string[])["logon.aspx", "errorFE.aspx", "RedirSuiteServiceProxy.aspx"]) made.File($@"{Auth}\{page}", Built).Elsewhere(20_000);
        made.File($@"{EcpAuth}\TimeoutLogout.aspx", Built).Elsewhere(9000);
        return made;
    }

    static byte[] OnProduct(Action<MadeTable> add)
    {
        MadeTable made = Product();
        add(made);
        return made.ToBytes();
    }

    internal static MadeTable EverySort()
    {
        MadeTable made = Product();
        made.File($@"{Client}\x.aspx").Content(Inert).Stream("Zone.Identifier", "[ZoneTransfer]\r\nZoneId=3");
        made.File($@"{Client}\gone.aspx").Deleted();
        made.File($@"{Auth}\old.aspx", Old, Wave).Elsewhere(99);
        made.File(@"\Users\Public\tool.exe").Elsewhere(40_000);
        MadeEntry split = made.File(@"\Windows\Temp\lsass.dmp").List();
        made.Entry(70).Continues(split.Number, 1).Elsewhere(50_000_000);
        made.Entry(71).Standard(Wave).Named("orphan.ashx", 4000, 3);
        made.Entry(72).Standard(Wave).Named("LONGNA~1.ASP", 5, 5, space: 2).Named("longname.aspx", 5, 5).Named("second.txt", 5, 5);
        return made;
    }

    internal static MadeJournal Journal() => new MadeJournal().Zeros(4096)
        .Add("supp0rt.aspx", MadeJournal.Create).Add("supp0rt.aspx", MadeJournal.Create | MadeJournal.Extend | MadeJournal.Close)
        .Add("notes.txt", MadeJournal.OldName, file: 9).Add("notes.aspx", MadeJournal.NewName | MadeJournal.Close, file: 9).Zeros(40).Raw(1, 2, 3, 4, 5, 6, 7, 8)
        .Add("supp0rt.aspx", MadeJournal.Delete | MadeJournal.Close).Add("wide", 1, version: 3).Add("", 0x80, version: 4);

    static readonly (string Path, Func<byte[]> Make)[] Files =
    [
        ("fuzz/corpus/mft/every-sort", () => EverySort().ToBytes()),
        ("fuzz/corpus/mft/one-page", () => OnProduct(_ => { })[(30 * 1024)..]),
        ("fuzz/corpus/mft/large-entries", LargeEntries),
        ("fuzz/corpus/usn/every-sort", () => Journal().ToBytes()),
        ("fuzz/corpus/usn/two", () => new MadeJournal().Add("a.aspx", MadeJournal.Create).Add("a.aspx", MadeJournal.Delete).ToBytes()),
    ];

    static byte[] LargeEntries()
    {
        MadeTable made = new(4096);
        made.Entry(5).Named(".", 5, 5).IsFolder = true;
        made.Entry(6).Standard(Wave).Named("x.aspx", 5, 5).Content(Inert);
        return made.ToBytes(from: 5);
    }

    // Small, since samples travel inside the program: the root and what a rule looks at.
    static (string Path, Func<byte[]> Make) Table(string sort, string rule, Action<MadeTable> add) => ($"packs/shared/file-table/tests/{sort}/{rule}/mft.bin", () =>
    {
        MadeTable made = new MadeTable().StartAt(6);
        made.Entry(5).Named(".", 5, 5).Sequence = 5;
        made.Entry(5).IsFolder = true;
        add(made);
        return made.ToBytes(from: 5);
    });

    static (string Path, Func<byte[]> Make) Journal(string sort, string rule, MadeJournal made) => ($"packs/shared/file-table/tests/{sort}/{rule}/usn.bin", made.ToBytes);

    const string ShortAuth = @"\Exchange\FrontEnd\HttpProxy\owa\auth", ShortEcp = @"\Exchange\FrontEnd\HttpProxy\ecp\auth";

    static readonly (string Path, Func<byte[]> Make)[] Samples =
    [
        Table("fires", "mft-page-in-aspnet-client", t => t.File($@"{Client}\system_web\x.aspx").Elsewhere(2000)),
        Table("quiet", "mft-page-in-aspnet-client", t => { t.File($@"{Client}\system_web\4_0_30319\WebForms.js").Elsewhere(9000); t.File($@"{ShortAuth}\logon.aspx", Built).Elsewhere(9000); }),
        Table("fires", "mft-page-not-of-product", t => { t.File($@"{ShortAuth}\help.aspx").Elsewhere(2000); t.File($@"{ShortAuth}\Current\themes\logon.aspx").Elsewhere(2000); t.File($@"{ShortEcp}\logon.aspx").Elsewhere(2000); }),
        Table("quiet", "mft-page-not-of-product", t =>
        {
            foreach (string page in (string[])["logon", "errorFE", "RedirSuiteServiceProxy", "OutlookCN"]) t.File($@"{ShortAuth}\{page}.aspx", "2021-03-10T01:00:00.5Z").Elsewhere(20_000);
            t.File($@"{ShortEcp}\TimeoutLogout.aspx", "2021-03-10T01:00:00.6Z").Elsewhere(9000);
            t.File(@"\Exchange\ClientAccess\ecp\default.aspx", Built).Elsewhere(9000);
        }),
        Table("fires", "mft-page-deleted", t => t.File($@"{Client}\x.aspx").Deleted()),
        Table("quiet", "mft-page-deleted", t => { t.File($@"{ShortAuth}\logon.aspx", Built).Deleted(); t.File($@"{Client}\x.js").Deleted(); t.File($@"{Client}\x.aspx"); }),
        Table("fires", "mft-page-timestomped", t => { t.File($@"{ShortAuth}\logon.aspx", Old, Wave).Elsewhere(3000); t.File($@"{Client}\y.aspx", "2016-07-08T00:00:00Z", Wave).Elsewhere(3000); }),
        Table("quiet", "mft-page-timestomped", t =>
        {
            // Copied with its times, unpacked from an archive, installed and later updated: the change time is that of the copying.
            t.Entry(29).Standard(Old, Old, Wave).Named("copied.aspx", t.Folder($@"{ShortAuth}"), 1, Wave);
            t.Entry(30).Standard("2016-07-08T00:00:02Z", "2016-07-08T00:00:02Z", "2021-03-03T04:05:07.1Z").Named("unpacked.aspx", t.Folder($@"{ShortAuth}"), 1, Wave);
        }),
        Table("fires", "mft-page-older-than-name", t => t.Entry(20).Standard(Old, Old, Wave).Named("x.aspx", t.Folder(@"\inetpub\wwwroot"), 1, Wave)),
        Table("quiet", "mft-page-older-than-name", t => { t.File(@"\inetpub\wwwroot\x.aspx").Elsewhere(99); t.Entry(20).Standard(Built, Built, Wave).Named("logon.aspx", t.Folder(ShortAuth), 1, Wave); }),
        Table("fires", "mft-resident-shell", t => t.File(@"\Windows\Temp\a.aspx").Content(Inert)),
        Table("quiet", "mft-resident-shell", t =>
        {
            t.File($@"{ShortAuth}\logoff.aspx", Built).Content("<%@ Page language=\"c#\" %><script runat=\"server\">void Page_Load(){Response.Redirect(Request.QueryString[\"url\"]);}</script>");
            t.File(@"\Users\x\notes.txt").Content(Inert);
        }),
        Table("fires", "mft-compiled-page", t => { t.File($@"{Compiled}\root\a1b2\c3d4\x.aspx.cdcab7d2.compiled").Content("<preserve/>"); t.File($@"{Compiled}\owa\a1b2\c3d4\supp0rt.aspx.8c1d9b7a.compiled").Content("<preserve/>"); }),
        Table("quiet", "mft-compiled-page", t => { t.File($@"{Compiled}\owa\a1b2\c3d4\logon.aspx.cdcab7d2.compiled").Content("<preserve/>"); t.File($@"{Compiled}\root\a1b2\c3d4\global.asax.compiled").Content("<preserve/>"); }),
        Table("fires", "mft-compiled-library", t => t.File($@"{Compiled}\owa\a1b2\c3d4\App_Web_x3kd0a1b.dll").Elsewhere(9000)),
        Table("quiet", "mft-compiled-library", t => t.File(@"\Exchange\ClientAccess\owa\bin\App_Web_views.dll", Built).Elsewhere(9000)),
        Table("fires", "mft-loot-in-web-folder", t => { t.File($@"{Client}\x.7z").Elsewhere(90_000_000); t.File($@"{ShortAuth}\lsass.dmp").Deleted(); }),
        Table("quiet", "mft-loot-in-web-folder", t => { t.File(@"\Backup\aspnet_client.zip").Elsewhere(9000); t.File($@"{Client}\system_web\x.gif").Elsewhere(90); t.File(@"\inetpub\wwwroot\site\catalogue.zip").Elsewhere(90_000); }),
        Table("fires", "mft-credential-dump", t => { t.File(@"\root\lsass.dmp").Elsewhere(50_000_000); t.File(@"\Users\Public\ntds.dit").Elsewhere(50_000_000); }),
        Table("quiet", "mft-credential-dump", t => { t.File(@"\Windows\NTDS\ntds.dit").Elsewhere(50_000_000); t.File(@"\CrashDumps\w3wp.exe.4711.dmp").Elsewhere(50_000_000); t.File(@"\Windows\System32\lsass.exe").Elsewhere(50_000); }),
        Table("fires", "mft-known-tool", t => t.File(@"\Users\Public\opera\opera_browser.exe").Elsewhere(900_000)),
        Table("quiet", "mft-known-tool", t => { t.File(@"\Users\Public\Documents\all.exe").Elsewhere(900_000); t.File(@"\PerfLogs\report.html").Elsewhere(900); }),
        Journal("fires", "usn-known-shell", new MadeJournal().Add("supp0rt.aspx", MadeJournal.Create).Add("supp0rt.aspx", MadeJournal.Create | MadeJournal.Close)),
        Journal("quiet", "usn-known-shell", new MadeJournal().Add("logon.aspx", MadeJournal.Create).Add("support.aspx", MadeJournal.Create | MadeJournal.Close).Add("supp0rt.aspx", MadeJournal.Extend)),
        Journal("fires", "usn-page-come-and-gone", new MadeJournal().Add("x.aspx", MadeJournal.Create | MadeJournal.Close).Add("x.aspx", MadeJournal.Delete | MadeJournal.Close)),
        Journal("quiet", "usn-page-come-and-gone", new MadeJournal().Add("logon.aspx", MadeJournal.Create).Add("logon.aspx", MadeJournal.Delete).Add("old.aspx", MadeJournal.Delete, file: 5).Add("a.tmp", MadeJournal.Create, file: 6).Add("a.tmp", MadeJournal.Delete, file: 6)),
        Journal("fires", "usn-renamed-to-page", new MadeJournal().Add("x.txt", MadeJournal.OldName).Add("x.aspx", MadeJournal.NewName | MadeJournal.Close)),
        Journal("quiet", "usn-renamed-to-page", new MadeJournal().Add("PT65A1.tmp", MadeJournal.OldName).Add("x.aspx", MadeJournal.NewName).Add("logon.bak", MadeJournal.OldName, file: 5).Add("logon.aspx", MadeJournal.NewName, file: 5)),
    ];

    [Fact]
    public void The_samples_and_seeds_in_the_tree_are_what_the_builder_makes()
    {
        string root = Root();
        (string Path, Func<byte[]> Make)[] all = [.. Files, .. Samples];
        foreach ((string path, Func<byte[]> make) in all)
        {
            string file = Path.Combine(root, path);
            if (Environment.GetEnvironmentVariable("UPDATE_GOLDEN") == "1")
            {
                Directory.CreateDirectory(Path.GetDirectoryName(file)!);
                File.WriteAllBytes(file, make());
            }

            Assert.True(File.Exists(file), $"{path} is missing");
            Assert.True(File.ReadAllBytes(file).AsSpan().SequenceEqual(make()), $"{path} is not what the builder makes");
        }

        Assert.Equal(5 + 28, all.Length);
    }

    static string Root([CallerFilePath] string thisFile = "") => Path.GetFullPath(Path.Combine(Path.GetDirectoryName(thisFile)!, "../../.."));
}
