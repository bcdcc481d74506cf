using System.Text;
using Tocsin.Evidence.Artifacts;
using Tocsin.Evidence.Sources;
using Tocsin.Evidence.Tests.Support;

namespace Tocsin.Evidence.Tests.Configuration;

/// <summary>Exported objects, made for each test.</summary>
public sealed class ClixmlReaderTests
{
    const string Head = "<Objs Version=\"1.1.0.1\" xmlns=\"http://schemas.microsoft.com/powershell/2004/04\">";

    static readonly string[] Fields = ["Cmdlet", "Type", "Name", "Server", "ExternalUrl", "InternalUrl", "ForwardTo", "RedirectTo", "DeleteMessage", "MoveToFolder", "Enabled", "AdminDisplayVersion", "AssemblyPath", "Description", "Fact"];

    static CollectingSink Read(string objects) => Read(Encoding.UTF8.GetBytes(Head + objects + "</Objs>"));

    static CollectingSink Read(byte[] bytes)
    {
        ArtifactReader reader = ArtifactFormats.Recognise(bytes.AsSpan(0, Math.Min(bytes.Length, ArtifactFormats.HeadBytes)), "a.xml", bytes.Length) ?? throw new InvalidOperationException("Not recognised.");
        Assert.Equal("exchange-objects", reader.Kind.Id);
        return new CollectingSink(Fields).Read(reader, bytes);
    }

    static string Rule(string properties) => $"<Obj RefId=\"0\"><TN RefId=\"0\"><T>Microsoft.Exchange.Management.Common.InboxRule</T><T>System.Object</T></TN><ToString>r</ToString><Props>{properties}</Props></Obj>";

    static string List(string name, params string[] items) => $"<Obj N=\"{name}\" RefId=\"9\"><TN RefId=\"9\"><T>System.Collections.ArrayList</T></TN><LST>{string.Concat(items.Select(i => $"<S>{i}</S>"))}</LST></Obj>";

    [Fact]
    public void Properties_are_fields_of_their_names_and_lists_have_several_values()
    {
        CollectingSink read = Read(Rule("<S N=\"Name\">out_x000D__x000A_ward</S><B N=\"Enabled\">true</B><Nil N=\"MoveToFolder\" />" + List("ForwardTo", "\"Bob\" [EX:/o=Example/cn=bob]", "\"Eve\" [SMTP:eve@example.net]")));
        CollectedRecord record = Assert.Single(read.Records);
        Assert.Equal(("Get-InboxRule", "Microsoft.Exchange.Management.Common.InboxRule", "out\r\nward", "true", "forwards-outside"), (record["Cmdlet"], record["Type"], record["Name"], record["Enabled"], record["Fact"]));
        Assert.Equal(["\"Bob\" [EX:/o=Example/cn=bob]", "\"Eve\" [SMTP:eve@example.net]"], record.Fields["ForwardTo"]);
        Assert.False(record.Fields.ContainsKey("MoveToFolder"));
        Assert.True(read.Report.IsExtract);
        Assert.Empty(read.Report.Located);
    }

    [Theory]
    [InlineData("[EX:/o=Example/cn=bob]", "true", "")]
    [InlineData("[SMTP:eve@example.net]", "false", "forwards-outside")]
    [InlineData("[SMTP:eve@example.net]", "true", "forwards-outside-hidden")]
    public void A_rule_is_judged_by_whom_it_forwards_to_and_what_it_hides(string recipient, string deletes, string fact) =>
        Assert.Equal(fact, Assert.Single(Read(Rule($"<B N=\"DeleteMessage\">{deletes}</B>" + List("ForwardTo", recipient))).Records)["Fact"]);

    [Theory]
    [InlineData("ExternalUrl", "http://f/&lt;script language=\"JScript\" runat=\"server\"&gt;x&lt;/script&gt;", "script-in-url")]
    [InlineData("InternalUrl", "http://f/%3Cscript%20runat%3Dserver%3E", "script-in-url")]
    [InlineData("InternalUrl", "https://mail.example.org/owa", "")]
    [InlineData("Description", "&lt;script runat=\"server\"&gt;", "")]
    public void Script_in_an_address_is_a_fact(string property, string value, string fact)
    {
        CollectedRecord record = Assert.Single(Read($"<Obj RefId=\"0\"><TN RefId=\"0\"><T>Microsoft.Exchange.Data.Directory.SystemConfiguration.ADOabVirtualDirectory</T></TN><Props><S N=\"Name\">OAB</S><URI N=\"{property}\">{value}</URI></Props></Obj>").Records);
        Assert.Equal(("Get-OabVirtualDirectory", fact), (record["Cmdlet"], record["Fact"]));
    }

    [Fact]
    public void A_list_of_objects_gives_one_record_each_and_types_are_found_by_reference()
    {
        CollectingSink read = Read("<Obj RefId=\"0\"><TN RefId=\"0\"><T>System.Object[]</T></TN><LST><Obj RefId=\"1\"><TN RefId=\"1\"><T>X.ADEcpVirtualDirectory</T></TN><Props><S N=\"Name\">one</S></Props></Obj><Obj RefId=\"2\"><TNRef RefId=\"1\" /><Props><S N=\"Name\">two</S></Props></Obj></LST></Obj>");
        Assert.Equal([("Get-EcpVirtualDirectory", "one"), ("Get-EcpVirtualDirectory", "two")], read.Records.Select(r => (r["Cmdlet"], r["Name"])));
    }

    [Theory]
    [InlineData(1, "15.1.2176.2", "MAIL01")]
    [InlineData(2, "", "")]
    public void An_export_of_one_server_is_that_servers_and_one_of_several_is_nobodys(int servers, string build, string host)
    {
        string objects = string.Concat(Enumerable.Range(1, servers).Select(i => $"<Obj RefId=\"{i}\"><TN RefId=\"{i}\"><T>Microsoft.Exchange.Data.Directory.Management.ExchangeServer</T></TN><Props><S N=\"Name\">MAIL0{i}</S><Obj N=\"AdminDisplayVersion\" RefId=\"9{i}\"><ToString>Version 15.1 (Build 32176.2)</ToString></Obj><DT N=\"WhenChangedUTC\">2021-03-03T08:00:00Z</DT></Props></Obj>"));
        CollectingSink read = Read(objects);
        Assert.Equal(build, string.Join(',', read.Report.Versions.Keys));
        Assert.Equal(host, string.Join(',', read.Report.Hosts.Keys));
        Assert.Equal(servers, read.Report.Notes.Count);
        Assert.Equal(new DateTime(2021, 3, 3, 8, 0, 0, DateTimeKind.Utc), read.Records[0].TimeUtc);
        Assert.Null(read.Report.FirstUtc);
    }

    [Fact]
    public void An_object_without_end_and_a_file_cut_short_stand_as_far_as_they_go()
    {
        CollectingSink read = Read(Encoding.UTF8.GetBytes(Head + "<Obj RefId=\"0\"><Props><S N=\"Name\">one</S><S N=\"Descr"));
        Assert.Equal("one", Assert.Single(read.Records)["Name"]);
        Assert.True(read.Report.Count(DamageKind.CutOff) > 0);
    }

    [Fact]
    public void Healthy_exports_name_their_server_and_show_no_fact()
    {
        int files = 0;
        foreach ((string file, string cmdlet, string host) in ((string, string, string)[])
        [
            ("E16_GetExchangeServer.clixml", "Get-ExchangeServer", "SOLO-E16A"), ("E19_GetExchangeServer.clixml", "Get-ExchangeServer", "SOLO-E19A"),
            ("E16_GetOwaVirtualDirectory.clixml", "Get-OwaVirtualDirectory", "SOLO-E16A"), ("E19_GetOwaVirtualDirectory.clixml", "Get-OwaVirtualDirectory", "SOLO-E19A"),
        ])
        {
            if (SharedEvidence.Read($"22-benign-config/{file}") is not { } bytes) continue;
            CollectingSink read = Read(bytes);
            CollectedRecord record = Assert.Single(read.Records);
            Assert.Equal((cmdlet, "", host), (record["Cmdlet"], record["Fact"], Assert.Single(read.Report.Hosts).Key));
            Assert.Empty(read.Report.Located);
            if (cmdlet == "Get-ExchangeServer") Assert.StartsWith("15.", Assert.Single(read.Report.Versions).Key, StringComparison.Ordinal);
            else Assert.Equal($"https://{host}.solo.{(host.Contains("16", StringComparison.Ordinal) ? "local" : "com")}/owa", record["InternalUrl"], ignoreCase: true);
            files++;
        }

        TestContext.Current.TestOutputHelper?.WriteLine($"{files} exports read");
        Assert.True(files is 0 or 4, $"{files} files");
    }

    [Fact]
    public void Utf16_as_powershell_writes_it_is_read_like_any_other()
    {
        byte[] utf16 = [.. Encoding.Unicode.GetPreamble(), .. Encoding.Unicode.GetBytes(Head + Rule("<S N=\"Name\">ü</S>") + "</Objs>")];
        using var text = new TextTranscoding(new MemoryStream(utf16));
        using var utf8 = new MemoryStream();
        text.CopyTo(utf8);
        Assert.Equal("ü", Assert.Single(Read(utf8.ToArray()).Records)["Name"]);
    }
}
