using System.Text;
using Tocsin.Evidence.Artifacts;
using Tocsin.Evidence.Ntfs;
using Tocsin.Evidence.Tests.Support;

namespace Tocsin.Evidence.Tests.Ntfs;

public class MftReaderTests
{
    internal static readonly string[] Fields =
    [
        "Path", "Name", "Extension", "Directory", "Size", "InUse", "IsDirectory", "SI_Created", "SI_Modified", "SI_Changed", "SI_Accessed", "FN_Created", "FN_Modified", "FN_Changed",
        "FN_Accessed", "Fact", "Stream", "Zone", "Content", "EntryNumber", "Sequence",
    ];

    const string Page = @"\inetpub\wwwroot\aspnet_client\x.aspx";

    internal static CollectingSink Read(byte[] table, string path = "$MFT") => new CollectingSink(Fields).Read(Recognise(table, path), table);

    internal static MftReader Recognise(byte[] table, string path = "$MFT") =>
        Assert.IsType<MftReader>(ArtifactFormats.Recognise(table.AsSpan(0, Math.Min(table.Length, ArtifactFormats.HeadBytes)), path, table.Length));

    static CollectedRecord OnlyPage(byte[] table) => Assert.Single(Read(table).Records, r => r["Extension"] == ".aspx");

    static string[] Facts(CollectedRecord record) => record.Fields.TryGetValue("Fact", out List<string>? facts) ? [.. facts] : [];

    [Fact]
    public void A_page_is_a_record_with_its_path_its_times_and_its_entry()
    {
        MadeTable made = MadeTable.New();
        MadeEntry page = made.File(Page).Content("nothing");
        CollectedRecord record = OnlyPage(made.ToBytes());

        Assert.Equal(Page, record["Path"]);
        Assert.Equal(@"\inetpub\wwwroot\aspnet_client", record["Directory"]);
        Assert.Equal("x.aspx", record["Name"]);
        Assert.Equal("7", record["Size"]);
        Assert.Equal("true", record["InUse"]);
        Assert.Equal("false", record["IsDirectory"]);
        Assert.Equal(MadeTable.Then, record["SI_Created"]);
        Assert.Equal(MadeTable.Then, record["FN_Accessed"]);
        Assert.Equal("nothing", record["Content"]);
        Assert.Equal(DateTime.Parse(MadeTable.Then).ToUniversalTime(), record.TimeUtc);
        Assert.Equal(new Records.Position(page.Number, page.Number * 1024L), record.Position);
        Assert.Empty(Facts(record));
        Assert.StartsWith(Page + " Size=7 InUse=true", record.Line);
    }

    [Fact]
    public void Every_value_of_every_field_stands_in_the_line_so_that_a_filter_can_see_it()
    {
        MadeTable made = MadeTable.New();
        made.File(Page, "2016-01-01T00:00:00Z", MadeTable.Then).Stream("Zone.Identifier", "[ZoneTransfer]\r\nZoneId=3\r\nHostUrl=http://198.51.100.7/x").Content("<% a\r\n b %>").Deleted();
        CollectingSink read = Read(made.ToBytes());
        int values = 0;
        foreach (CollectedRecord record in read.Records)
        {
            Assert.DoesNotContain('\n', record.Line);
            foreach (string value in record.Fields.Values.SelectMany(v => v))
            {
                Assert.Contains(value, record.Line, StringComparison.Ordinal);
                values++;
            }
        }

        Assert.True(values > 20);
        CollectedRecord page = Assert.Single(read.Records, r => r["Extension"] == ".aspx");
        Assert.Equal("[ZoneTransfer] ZoneId=3 HostUrl=http://198.51.100.7/x", page["Zone"]);
        Assert.Equal("Zone.Identifier", page["Stream"]);
        Assert.Equal("<% a  b %>", page["Content"]);
        Assert.Equal(["deleted", "timestomped:si-before-fn", "timestomped:whole-seconds", "created-before-name", "whole-seconds", "resident-script", "has-stream"], Facts(page));
    }

    [Fact]
    public void Births_are_no_hours_of_a_log_and_span_no_time()
    {
        MadeTable made = MadeTable.New();
        made.File(Page);
        ReadReport report = Read(made.ToBytes()).Report;
        Assert.Empty(report.Hours);
        Assert.Null(report.FirstUtc);
        Assert.Null(report.LastUtc);
        Assert.Equal(6, report.Records);
        Assert.Contains(report.Notes, n => n.StartsWith("6 files and folders, 0 of them deleted", StringComparison.Ordinal));
    }

    [Fact]
    public void A_folder_that_stands_behind_what_lies_in_it_still_gives_the_path()
    {
        MadeTable made = MadeTable.New();
        made.Entry(40).Standard(MadeTable.Then).Named("x.aspx", 90, 3);
        made.Entry(41).Standard(MadeTable.Then).Named("tool.exe", 91, 1);
        MadeEntry folder = made.Entry(90).Named("auth", 91, 1);
        folder.IsFolder = true;
        folder.Sequence = 3;
        made.Entry(91).Named("inetpub", 5, 5).IsFolder = true;
        Assert.Equal([@"\inetpub\auth\x.aspx", @"\inetpub\tool.exe"], Read(made.ToBytes()).Records.Where(r => r["Extension"] is ".aspx" or ".exe").Select(r => r["Path"]));
    }

    [Fact]
    public void A_deleted_page_is_found_and_so_is_what_lay_in_a_deleted_folder()
    {
        MadeTable made = MadeTable.New();
        made.File(Page).Deleted();
        made.Entry(made.Folder(@"\inetpub\wwwroot\aspnet_client")).Deleted();
        CollectedRecord record = OnlyPage(made.ToBytes());
        Assert.Equal(Page, record["Path"]);
        Assert.Equal(["deleted"], Facts(record));
        Assert.Equal("false", record["InUse"]);
    }

    [Fact]
    public void A_path_through_a_folder_that_is_another_now_is_said_to_be_uncertain()
    {
        MadeTable made = MadeTable.New();
        made.File(Page);
        made.Entry(made.Folder(@"\inetpub\wwwroot")).Sequence = 9;
        CollectedRecord record = OnlyPage(made.ToBytes());
        Assert.Equal(@"?\aspnet_client\x.aspx", record["Path"]);
        Assert.Equal(["path-uncertain"], Facts(record));
    }

    [Fact]
    public void Orphans_and_folders_that_lie_in_each_other_end_in_an_uncertain_path()
    {
        MadeTable made = MadeTable.New();
        made.Entry(40).Standard(MadeTable.Then).Named("orphan.aspx", 4000, 1);
        made.Entry(41).Standard(MadeTable.Then).Named("round.aspx", 50, 1);
        made.Entry(50).Named("a", 51, 1).IsFolder = true;
        made.Entry(51).Named("b", 50, 1).IsFolder = true;
        made.Entry(42).Standard(MadeTable.Then).Named("self.aspx", 52, 1);
        made.Entry(52).Named("self", 52, 1).IsFolder = true;
        CollectedRecord[] pages = [.. Read(made.ToBytes()).Records.Where(r => r["Extension"] == ".aspx")];
        Assert.Equal(3, pages.Length);
        Assert.Equal(@"?\orphan.aspx", pages[0]["Path"]);
        Assert.All(pages, p => Assert.Equal(["path-uncertain"], Facts(p)));
        Assert.EndsWith(@"\a\round.aspx", pages[1]["Path"]);
    }

    [Fact]
    public void Names_and_content_in_further_entries_are_joined_to_their_file_wherever_these_stand()
    {
        MadeTable made = MadeTable.New();
        uint folder = made.Folder(@"\inetpub\wwwroot");
        made.Entry(20).Continues(60, 1).Named("late.aspx", folder, 1);
        made.Entry(60).Standard(MadeTable.Then).List();
        made.Entry(70).Continues(60, 1).Elsewhere(123_456).Elsewhere(99, firstCluster: 5);
        made.Entry(71).Continues(60, 1).Stream("Zone.Identifier", "ZoneId=3");
        made.Entry(72).Continues(60, 8).Named("stale.aspx", folder, 1);
        made.Entry(80).Standard(MadeTable.Then).Named("x.ashx", 81, 1);
        made.Entry(81).Standard(MadeTable.Then).List().IsFolder = true;
        made.Entry(82).Continues(81, 1).Named("split", folder, 1);
        CollectingSink read = Read(made.ToBytes());
        CollectedRecord record = Assert.Single(read.Records, r => r["Extension"] == ".aspx");
        Assert.Equal(@"\inetpub\wwwroot\late.aspx", record["Path"]);
        Assert.Equal("123456", record["Size"]);
        Assert.Equal("ZoneId=3", record["Zone"]);
        Assert.Equal(60, record.Position.Line);
        Assert.Equal(@"\inetpub\wwwroot\split\x.ashx", Assert.Single(read.Records, r => r["Extension"] == ".ashx")["Path"]);
    }

    [Fact]
    public void The_long_name_counts_and_each_hard_link_is_a_path()
    {
        MadeTable made = MadeTable.New();
        uint one = made.Folder(@"\inetpub\wwwroot"), two = made.Folder(@"\Users\Public");
        made.Entry(60).Standard(MadeTable.Then).Named("REALLY~1.ASP", one, 1, space: 2).Named("reallylong.aspx", one, 1).Named("other.txt", two, 1);
        CollectedRecord record = OnlyPage(made.ToBytes());
        Assert.Equal([@"\inetpub\wwwroot\reallylong.aspx", @"\Users\Public\other.txt"], record.Fields["Path"]);
    }

    [Fact]
    public void Programs_and_archives_are_records_only_where_they_do_not_belong()
    {
        MadeTable made = MadeTable.New();
        foreach (string path in (string[])[@"\Windows\System32\a.exe", @"\Program Files\x\b.dll", @"\Users\Public\c.exe", @"\d.exe", @"\PerfLogs\e.ps1", @"\inetpub\wwwroot\f.7z", @"\Windows\Fonts\g.bat", @"\Windows\NTDS\ntds.dit", @"\Windows\a.txt"])
        {
            made.File(path);
        }

        // A filter that passes no name: what is left is worth a record by itself.
        var sink = new CollectingSink(Fields, new LineFilter());
        byte[] table = made.ToBytes();
        Assert.Equal([@"\Users\Public\c.exe", @"\d.exe", @"\PerfLogs\e.ps1", @"\inetpub\wwwroot\f.7z", @"\Windows\Fonts\g.bat", @"\Windows\NTDS\ntds.dit"], sink.Read(Recognise(table), table).Records.Select(r => r["Path"]));
    }

    [Fact]
    public void A_word_of_a_rule_in_a_name_makes_any_file_a_record()
    {
        MadeTable made = MadeTable.New();
        made.File(@"\Windows\System32\msado32.tlb");
        made.File(@"\Windows\System32\quiet.txt");
        var sink = new CollectingSink(Fields, new WordFilter("msado32"));
        byte[] table = made.ToBytes();
        Assert.Equal("msado32.tlb", Assert.Single(sink.Read(Recognise(table), table).Records)["Name"]);
    }

    [Fact]
    public void Script_in_an_entry_makes_a_file_of_any_name_a_record_also_as_UTF_16()
    {
        MadeTable made = MadeTable.New();
        made.File(@"\Windows\a.gif").Content("GIF89a\0\0<%@ Page %>");
        made.File(@"\Windows\b.jpg").Content([0xFF, 0xFE, .. Encoding.Unicode.GetBytes("<script RunAt=server>\u00e9")]);
        made.File(@"\Windows\c.xml").Content("<a>no script</a>");
        var sink = new CollectingSink(Fields, new LineFilter());
        byte[] table = made.ToBytes();
        sink.Read(Recognise(table), table);
        Assert.Equal(["GIF89a <%@ Page %>", "<script RunAt=server>\u00e9"], sink.Records.Select(r => r["Content"]));
        Assert.All(sink.Records, r => Assert.Equal(["resident-script"], Facts(r)));
    }

    [Fact]
    public void Entries_of_4096_bytes_and_a_piece_of_a_table_keep_their_numbers()
    {
        MadeTable large = MadeTable.New(4096);
        large.File(Page).Content(new string('a', 3000));
        CollectedRecord record = OnlyPage(large.ToBytes());
        Assert.Equal(record.Position.Line * 4096, record.Position.Offset);
        Assert.InRange(record["Content"].Length, 1020, 1024);

        MadeTable made = MadeTable.New();
        MadeEntry page = made.File(Page);
        CollectedRecord piece = OnlyPage(made.ToBytes(from: page.Number - 1));
        Assert.Equal((page.Number, 1024L), ((uint)piece.Position.Line, piece.Position.Offset));
        Assert.Equal(@"?\aspnet_client\x.aspx", piece["Path"]);
    }

    [Fact]
    public void A_torn_entry_is_counted_and_read_and_one_that_a_tool_has_mended_is_whole()
    {
        MadeTable made = MadeTable.New();
        MadeEntry page = made.File(Page);
        byte[] table = made.ToBytes();
        table[(int)page.Number * 1024 + 1022] ^= 0x55;
        CollectingSink torn = Read(table);
        CollectedRecord record = Assert.Single(torn.Records, r => r["Extension"] == ".aspx");
        Assert.Equal(Page, record["Path"]);
        Assert.Equal(["torn"], Facts(record));
        Assert.Equal(new Damage(DamageKind.Malformed, page.Number, page.Number * 1024L), Assert.Single(torn.Report.Located));

        table = made.ToBytes();
        for (int entry = 0; entry < table.Length; entry += 1024)
        {
            if (table[entry] != 'F') continue;
            for (int sector = 1; sector <= 2; sector++) table.AsSpan(entry + 48 + 2 * sector, 2).CopyTo(table.AsSpan(entry + sector * 512 - 2));
        }

        Assert.Empty(Read(table).Report.Located);
    }

    [Fact]
    public void Entries_given_up_foreign_bytes_and_a_cut_end_are_counted_where_they_stand()
    {
        MadeTable made = MadeTable.New();
        MadeEntry page = made.File(Page);
        byte[] table = [.. made.ToBytes(), .. new byte[1024], .. "BAAD"u8, .. new byte[1020], .. "what"u8, .. new byte[1020], .. "FILE"u8, .. new byte[300]];
        CollectingSink read = Read(table);
        Assert.Contains(read.Records, r => r["Path"] == Page);
        uint next = page.Number + 1;
        Assert.Equal(
            [new(DamageKind.Malformed, next + 1, (next + 1) * 1024L), new(DamageKind.Malformed, next + 2, (next + 2) * 1024L), new(DamageKind.CutOff, next + 3, (next + 3) * 1024L)],
            read.Report.Located);
    }

    [Fact]
    public void A_table_whose_beginning_is_destroyed_is_recognised_by_its_name_and_its_numbers()
    {
        MadeTable made = MadeTable.New();
        made.File(Page);
        byte[] table = made.ToBytes();
        table.AsSpan(0, 5 * 1024).Fill(0x41);
        Assert.Null(MftReader.TryRecognise(table, "x.bin"));
        Assert.Equal(Page, OnlyPage(table)["Path"]);
    }

    [Fact]
    public void A_name_cannot_pretend_to_be_a_path_or_a_line()
    {
        MadeTable made = MadeTable.New();
        made.Entry(40).Standard(MadeTable.Then).Named("a\\inetpub/\n\u0001.aspx", 5, 5);
        Assert.Equal(@"\a?inetpub???.aspx", OnlyPage(made.ToBytes())["Path"]);
    }

    [Fact]
    public void Impossible_lengths_end_an_entry_and_not_the_table()
    {
        MadeTable made = MadeTable.New();
        made.Entry(40).Standard(MadeTable.Then).Named("long.aspx", 5, 5).Raw(0x80, [0x80, 0, 0, 0, 0xF8, 0xFF, 0xFF, 0x7F, 0, 0, 0, 0, 0, 0, 0, 0]);
        made.Entry(41).Standard(MadeTable.Then).Named("none.aspx", 5, 5).Raw(0x80, [0x80, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
        byte[] outside = new byte[32];
        outside[0] = 0x80;
        outside[4] = 32;
        outside[16] = 0xFF;
        outside[19] = 0xFF;
        outside[20] = 0xFF;
        made.Entry(42).Standard(MadeTable.Then).Named("outside.aspx", 5, 5).Raw(0x80, outside);
        byte[] nameless = new byte[66];
        nameless[64] = 255;
        made.Entry(43).Standard(MadeTable.Then).Resident(0x30, "", nameless);
        made.Entry(44).Standard(MadeTable.Then).Named("good.aspx", 5, 5);
        CollectingSink read = Read(made.ToBytes());
        Assert.Equal(["long.aspx", "none.aspx", "outside.aspx", "good.aspx"], read.Records.Where(r => r["Extension"] == ".aspx").Select(r => r["Name"]));
        Assert.Equal([40, 41], read.Report.Located.Select(d => d.Line));
    }

    [Fact]
    public void Pages_in_web_folders_are_told_with_their_birth_for_whoever_has_the_page()
    {
        MadeTable made = MadeTable.New();
        made.File(@"\inetpub\wwwroot\a.aspx", "2019-05-06T07:08:09.1Z");
        made.File(@"\inetpub\wwwroot\b.aspx", "2016-01-02T03:04:05Z", MadeTable.Then);
        made.File(@"\inetpub\wwwroot\gone.aspx").Deleted();
        made.File(@"\Users\x\c.aspx");
        made.File(@"\inetpub\wwwroot\sub\d.aspx");
        byte[] table = made.ToBytes();
        MftReader reader = Recognise(table);
        new CollectingSink(Fields).Read(reader, table);
        Assert.Equal([@"\inetpub\wwwroot\a.aspx", @"\inetpub\wwwroot\b.aspx", @"\inetpub\wwwroot\gone.aspx", @"\inetpub\wwwroot\sub\d.aspx"], reader.WebFiles.Select(f => f.Path));
        WebFileBirth b = reader.WebFiles.Single(f => f.IsAt("C:/inetpub/WWWROOT/b.aspx"));
        Assert.True(b.IsSetBack);
        Assert.Equal(2021, b.BornUtc.Year);
        Assert.Equal(2016, b.CreatedUtc.Year);
        Assert.True(reader.WebFiles[2].IsDeleted);
        Assert.Equal([@"\inetpub\wwwroot\a.aspx"], b.Neighbours(reader.WebFiles).Select(f => f.Path));
    }

    /// <summary>Passes lines, which have blanks in them, and no names, which here have none.</summary>
    sealed class LineFilter : Records.ILineFilter
    {
        public int FindCandidate(ReadOnlySpan<byte> block, int from) => block[from..].IndexOf(" InUse="u8) is >= 0 and var at ? from + at : -1;
    }
}
