using Tocsin.Evidence.Artifacts;
using Tocsin.Evidence.Ntfs;
using Tocsin.Evidence.Tests.Support;

namespace Tocsin.Evidence.Tests.Ntfs;

public class UsnReaderTests
{
    internal static readonly string[] Fields = ["Name", "Extension", "Reason", "Source", "Attributes", "FileReference", "ParentReference", "Usn", "OldName", "Fact"];

    internal static CollectingSink Read(byte[] journal, string path = "$J") =>
        new CollectingSink(Fields).Read(Assert.IsType<UsnReader>(ArtifactFormats.Recognise(journal.AsSpan(0, Math.Min(journal.Length, ArtifactFormats.HeadBytes)), path, journal.Length)), journal);

    [Fact]
    public void A_record_says_what_happened_to_which_file_when()
    {
        byte[] journal = new MadeJournal().Zeros(4096).Add("x.aspx", MadeJournal.Create | MadeJournal.Close).ToBytes();
        CollectedRecord record = Assert.Single(Read(journal).Records);
        Assert.Equal("x.aspx", record["Name"]);
        Assert.Equal(".aspx", record["Extension"]);
        Assert.Equal(["FILE_CREATE", "CLOSE"], record.Fields["Reason"]);
        Assert.Equal("100-1", record["FileReference"]);
        Assert.Equal("80-2", record["ParentReference"]);
        Assert.Equal("ARCHIVE", record["Attributes"]);
        Assert.Equal("4096", record["Usn"]);
        Assert.Equal(new Records.Position(1, 4096), record.Position);
        Assert.Equal(DateTime.Parse(MadeTable.Then).ToUniversalTime(), record.TimeUtc);
        Assert.Equal("x.aspx Reason=FILE_CREATE,CLOSE FileReference=100-1 ParentReference=80-2 Attributes=ARCHIVE Usn=4096", record.Line);
    }

    [Fact]
    public void Records_of_all_versions_are_read_across_pages_and_blocks()
    {
        var made = new MadeJournal();
        for (int i = 0; i < 9000; i++) made.Add($"file{i}.txt", MadeJournal.Extend, version: 2 + i % 3);
        CollectingSink read = Read(made.ToBytes(), "export.bin");
        Assert.Equal(9000, read.Report.Records);
        Assert.Equal(9000, read.Records.Count);
        Assert.Empty(read.Report.Located);
        Assert.Equal(6000, read.Records.Count(r => r["Name"].Length > 0));
        Assert.Equal(9000, read.Records[^1].Position.Line);
        Assert.Equal(6000, read.Report.Hours.Values.Sum());
    }

    [Fact]
    public void The_span_of_the_journal_is_told()
    {
        byte[] journal = new MadeJournal().Add("a", 1, "2021-03-01T00:00:00Z").Add("b", 1, "2021-03-05T06:07:08Z").ToBytes();
        ReadReport report = Read(journal).Report;
        Assert.Equal("the journal tells of files made, renamed and deleted from 2021-03-01 00:00 to 2021-03-05 06:07 UTC; of what came before or after it knows nothing", Assert.Single(report.Notes));
        Assert.Equal(2, report.Hours.Count);
    }

    [Fact]
    public void Gigabytes_of_zeros_before_the_records_need_the_name()
    {
        byte[] journal = new MadeJournal().Zeros(1 << 20).Add("a.aspx", MadeJournal.Create).ToBytes();
        foreach (string name in (string[])["$J", "x/$UsnJrnl%3A$J", "C/$Extend/%24J", "UsnJrnl.raw"]) Assert.Single(Read(journal, name).Records);
        Assert.Null(ArtifactFormats.Recognise(journal.AsSpan(0, ArtifactFormats.HeadBytes), "disk.bin"));
    }

    [Fact]
    public void Damage_is_counted_once_for_each_stretch_and_reading_goes_on_behind_it()
    {
        byte[] journal = new MadeJournal().Add("a", 1).Add("b", 1).Raw([.. Enumerable.Repeat((byte)0xCC, 800)]).Add("c", 1).Raw(0x40, 0, 0, 0, 2, 0, 0, 0).ToBytes();
        CollectingSink read = Read(journal);
        Assert.Equal(["a", "b", "c"], read.Records.Select(r => r["Name"]));
        Assert.Equal([DamageKind.Malformed, DamageKind.CutOff], read.Report.Located.Select(d => d.Kind));
        Assert.Equal(128, read.Report.Located[0].Offset);
    }

    [Fact]
    public void A_page_that_came_and_went_in_the_same_journal_is_said_to_have()
    {
        byte[] journal = new MadeJournal()
            .Add("x.aspx", MadeJournal.Create).Add("x.aspx", MadeJournal.Create | MadeJournal.Close).Add("x.aspx", MadeJournal.Delete | MadeJournal.Close)
            .Add("y.aspx", MadeJournal.Delete, file: 7).Add("z.txt", MadeJournal.Create, file: 8).Add("z.txt", MadeJournal.Delete, file: 8).ToBytes();
        CollectedRecord gone = Assert.Single(Read(journal).Records, r => r.Fields.ContainsKey("Fact"));
        Assert.Equal(("x.aspx", "created-and-deleted", 3L), (gone["Name"], gone["Fact"], gone.Position.Line));
    }

    [Fact]
    public void A_renamed_file_tells_its_old_name()
    {
        byte[] journal = new MadeJournal().Add("a.txt", MadeJournal.OldName).Add("a.aspx", MadeJournal.NewName).Add("b.aspx", MadeJournal.NewName, file: 9).ToBytes();
        Assert.Equal(["", "a.txt", ""], Read(journal).Records.Select(r => r["OldName"]));
    }

    [Fact]
    public void What_only_begins_like_a_record_is_no_journal()
    {
        byte[] one = new MadeJournal().Add("a", 1).ToBytes();
        Assert.NotNull(UsnReader.TryRecognise(one, "x.bin"));
        Assert.Null(UsnReader.TryRecognise([.. one, .. "plain text behind it, and more of it, for as long as a header of such a record would be"u8], "x.bin"));
        Assert.Null(UsnReader.TryRecognise("date time cs-uri-stem"u8, "$J"));
        Assert.Null(UsnReader.TryRecognise([], "$J"));
    }
}
