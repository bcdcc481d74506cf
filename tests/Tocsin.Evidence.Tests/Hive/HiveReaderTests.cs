using System.Buffers.Binary;
using System.Text;
using Tocsin.Evidence.Artifacts;
using Tocsin.Evidence.Hive;
using Tocsin.Evidence.Records;
using Tocsin.Evidence.Tests.Support;

namespace Tocsin.Evidence.Tests.Hive;

/// <summary>Made hives: every kind of cell, and what becomes of it.</summary>
public sealed class HiveReaderTests
{
    static readonly string[] Fields = ["Hive", "Key", "Name", "Type", "Value", "Strings", "Class", "Deleted", "LastWrite"];

    internal static CollectingSink Read(byte[] hive, Func<string, Stream?>? siblings = null, ILineFilter? filter = null)
    {
        var sink = new CollectingSink(Fields, filter);
        ArtifactReader reader = ArtifactFormats.Recognise(hive.AsSpan(0, Math.Min(hive.Length, ArtifactFormats.HeadBytes)), "x", hive.Length)!;
        return sink.Read(reader, new MemoryStream(hive), siblings);
    }

    static MadeHive System(uint current = 1) => new MadeHive()
        .Number("Select", "Current", current)
        .Text(@"ControlSet001\Control\ComputerName\ComputerName", "ComputerName", "EXAMPLE-EX01")
        .Key(@"ControlSet002\Control");

    [Fact]
    public void Each_value_is_a_record_with_its_key_type_and_time()
    {
        byte[] hive = System().Text(@"ControlSet001\Services\Spooler", "ImagePath", @"C:\Windows\System32\spoolsv.exe", type: 2).Build();
        CollectingSink read = Read(hive);
        CollectedRecord record = read.Records.Single(r => r["Name"] == "ImagePath");
        Assert.Equal(@"HKLM\SYSTEM\CurrentControlSet\Services\Spooler", record["Key"]);
        Assert.Equal("REG_EXPAND_SZ", record["Type"]);
        Assert.Equal(@"C:\Windows\System32\spoolsv.exe", record["Value"]);
        Assert.Equal("SYSTEM", record["Hive"]);
        Assert.Equal("false", record["Deleted"]);
        Assert.Equal("2021-03-03T01:02:03.0000000Z", record["LastWrite"]);
        Assert.Equal(new DateTime(2021, 3, 3, 1, 2, 3, DateTimeKind.Utc), record.TimeUtc);
        Assert.Equal(@"HKLM\SYSTEM\CurrentControlSet\Services\Spooler  ImagePath = C:\Windows\System32\spoolsv.exe (REG_EXPAND_SZ, key last written 2021-03-03T01:02:03.0000000Z, hive SYSTEM)", record.Line);
        Assert.Equal(new LogSource("registry", "hive", null), record.Source);
        Assert.True(hive.AsSpan((int)record.Position.Offset + 4).StartsWith("vk"u8));
    }

    [Fact]
    public void The_control_set_in_use_is_shown_as_the_current_one_and_the_others_by_their_names()
    {
        CollectingSink read = Read(System(current: 2).Build());
        Assert.Contains(read.Records, r => r["Key"] == @"HKLM\SYSTEM\CurrentControlSet\Control");
        Assert.Contains(read.Records, r => r["Key"] == @"HKLM\SYSTEM\ControlSet001\Control\ComputerName\ComputerName");
    }

    [Theory]
    [InlineData("lf")]
    [InlineData("lh")]
    [InlineData("li")]
    [InlineData("ri")]
    public void Every_kind_of_list_gives_all_its_keys(string lists)
    {
        var made = new MadeHive { Lists = lists };
        for (int i = 0; i < 11; i++) made.Key($@"Microsoft\Key{i:00}");
        CollectingSink read = Read(made.Key("Classes").Build());
        Assert.Equal(11, read.Records.Count(r => r["Key"].StartsWith(@"HKLM\SOFTWARE\Microsoft\Key", StringComparison.Ordinal)));
        Assert.Empty(read.Report.Located);
    }

    [Fact]
    public void Data_of_every_type_is_written_as_text()
    {
        byte[] hive = new MadeHive().Key("Classes")
            .Number("Microsoft", "Four", 4_000_000_000)
            .Value("Microsoft", "Eight", 11, BitConverter.GetBytes(9_000_000_000L))
            .Value("Microsoft", "Turned", 5, [0, 0, 1, 2])
            .Value("Microsoft", "Bytes", 3, [1, 2, 0xAB, 4, 5])
            .Value("Microsoft", "Nothing", 0, [])
            .Value("Microsoft", "Odd", 0x42, [1, 2, 3, 4, 5])
            .Value("Microsoft", "ShortNumber", 4, [7])
            .Texts("Microsoft", "Many", "one", "two words", "three")
            .Text("Microsoft", "", "the default value")
            .Text("Microsoft", "Ünïcode €", "täxt € 中文")
            .Text("Microsoft", "Cut", "before\0after")
            .Text("Microsoft", "Lines", "a\r\nb\u001b[31m")
            .Build();
        Dictionary<string, CollectedRecord> values = Read(hive).Records.Where(r => r["Key"] == @"HKLM\SOFTWARE\Microsoft").ToDictionary(r => r["Name"]);
        Assert.Equal(12, values.Count);
        Assert.Equal("4000000000", values["Four"]["Value"]);
        Assert.Equal("9000000000", values["Eight"]["Value"]);
        Assert.Equal("258", values["Turned"]["Value"]);
        Assert.Equal("0102AB0405", values["Bytes"]["Value"]);
        Assert.Equal("", values["Nothing"]["Value"]);
        Assert.Equal("0x00000042", values["Odd"]["Type"]);
        Assert.Equal("07", values["ShortNumber"]["Value"]);
        Assert.Equal(["one", "two words", "three"], values["Many"].Fields["Value"]);
        Assert.Equal("the default value", values[""]["Value"]);
        Assert.Equal("täxt € 中文", values["Ünïcode €"]["Value"]);
        Assert.Equal("before", values["Cut"]["Value"]);
        Assert.Equal("a  b [31m", values["Lines"]["Value"]);
    }

    [Fact]
    public void A_name_with_a_zero_in_it_which_hides_it_from_the_registry_editor_is_seen()
    {
        CollectingSink read = Read(new MadeHive().Key("Classes").Text(@"Microsoft\Windows\CurrentVersion\Run", "\0Hidden", "x.exe").Build());
        Assert.Equal("␀Hidden", read.Records.Single(r => r["Value"] == "x.exe")["Name"]);
    }

    [Fact]
    public void Big_data_is_joined_from_its_pieces()
    {
        string text = string.Concat(Enumerable.Range(0, 9000).Select(i => (char)('a' + i % 26))) + "the end";
        CollectingSink read = Read(new MadeHive().Key("Classes").Text("Microsoft", "Big", text).Build());
        Assert.Equal(text, read.Records.Single(r => r["Name"] == "Big")["Value"]);
        Assert.Empty(read.Report.Located);
    }

    [Fact]
    public void Texts_within_binary_data_are_found_in_one_and_two_bytes_a_character()
    {
        byte[] blob = [1, 0, 2, 0, .. "<%@ Page %>"u8, 0, 0xFF, .. Encoding.Unicode.GetBytes("wide text"), 3, .. Encoding.BigEndianUnicode.GetBytes("turned around"), 0xFF];
        CollectingSink read = Read(new MadeHive().Key("Classes").Value("Microsoft", "Blob", 3, blob).Build());
        Assert.Equal(["<%@ Page %>", "wide text", "turned around"], read.Records.Single(r => r["Name"] == "Blob").Fields["Strings"]);
    }

    [Fact]
    public void Deleted_keys_and_values_are_found_in_free_room_and_marked()
    {
        byte[] hive = System().Text(@"ControlSet001\Services\Evil", "ImagePath", "cmd.exe /c whoami").Delete(@"ControlSet001\Services\Evil")
            .Text(@"ControlSet001\Services\Kept", "Start", "auto").Text(@"ControlSet001\Services\Kept", "Gone", "it was here").DeleteValue(@"ControlSet001\Services\Kept", "Gone").Build();
        CollectingSink read = Read(hive);
        CollectedRecord evil = read.Records.Single(r => r["Value"] == "cmd.exe /c whoami");
        Assert.Equal(@"HKLM\SYSTEM\CurrentControlSet\Services\Evil", evil["Key"]);
        Assert.Equal("true", evil["Deleted"]);
        Assert.StartsWith("deleted: HKLM", evil.Line, StringComparison.Ordinal);
        CollectedRecord gone = read.Records.Single(r => r["Value"] == "it was here");
        Assert.Equal("true", gone["Deleted"]);
        Assert.Equal("(deleted value)", gone["Key"]);
        Assert.Equal("false", read.Records.Single(r => r["Name"] == "Start")["Deleted"]);
        Assert.Empty(read.Report.Located);
    }

    [Fact]
    public void A_class_name_stands_with_its_key()
    {
        CollectingSink read = Read(System().Key(@"ControlSet001\Control\Lsa\JD", className: "1a2b3c4d").Build());
        Assert.Equal("1a2b3c4d", read.Records.Single(r => r["Key"].EndsWith(@"\JD", StringComparison.Ordinal))["Class"]);
    }

    [Fact]
    public void The_server_its_clock_and_its_Exchange_are_named()
    {
        CollectingSink system = Read(System().Number(@"ControlSet001\Control\TimeZoneInformation", "Bias", unchecked((uint)-60)).Text(@"ControlSet001\Control\TimeZoneInformation", "TimeZoneKeyName", "W. Europe Standard Time").Build());
        Assert.Equal(["EXAMPLE-EX01"], system.Report.Hosts.Keys);
        Assert.Equal(-60, system.Report.TimeZoneBias);
        Assert.Contains("Clock: the server's time zone is W. Europe Standard Time, UTC+01:00 without daylight saving.", system.Report.Notes);

        const string Setup = @"Microsoft\ExchangeServer\v15\Setup";
        CollectingSink software = Read(new MadeHive().Key("Classes").Number(Setup, "MsiProductMajor", 15).Number(Setup, "MsiProductMinor", 1).Number(Setup, "MsiBuildMajor", 2375)
            .Number(Setup, "MsiBuildMinor", 7).Text(Setup, "OwaVersion", "15.1.2375.24").Text(Setup, "MsiInstallPath", @"C:\Program Files\Microsoft\Exchange Server\V15\").Build());
        Assert.Equal(["15.1.2375.24", "15.1.2375.7"], software.Report.Versions.Keys.Order(StringComparer.Ordinal));
        Assert.All(software.Report.Versions.Values, seen => Assert.Equal(new DateTime(2021, 3, 3, 1, 2, 3, DateTimeKind.Utc), seen.First));
    }

    [Fact]
    public void Times_of_keys_cover_no_hour_of_any_log()
    {
        ReadReport report = Read(System().Build()).Report;
        Assert.Empty(report.Hours);
        Assert.Null(report.FirstUtc);
        Assert.Contains(report.Notes, n => n.StartsWith("Keys were last written from 2021-03-03 01:02:03", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("SAM", @"HKLM\SAM\SAM", "SAM")]
    [InlineData("Policy;RXACT", @"HKLM\SECURITY\Policy", "SECURITY")]
    [InlineData("DerivedData", @"HKLM\COMPONENTS\DerivedData", "COMPONENTS")]
    [InlineData(@"Root\InventoryApplicationFile", @"Amcache\Root\InventoryApplicationFile", "Amcache")]
    [InlineData("Software;Environment", @"HKU\tony\Environment", "NTUSER.DAT")]
    [InlineData("Something", @"(hive)\Something", "unknown")]
    public void Which_hive_it_is_is_told_by_what_is_in_it(string keys, string path, string name)
    {
        var made = new MadeHive { FileName = @"\??\C:\Users\tony\ntuser.dat" };
        foreach (string key in keys.Split(';')) made.Key(key);
        CollectedRecord record = Assert.Single(Read(made.Build()).Records, r => r["Key"] == path);
        Assert.Equal(name, record["Hive"]);
    }

    [Fact]
    public void What_the_filter_does_not_want_is_counted_and_not_handed_on()
    {
        byte[] hive = System().Text(@"ControlSet001\Services\A", "ImagePath", "wanted").Text(@"ControlSet001\Services\B", "ImagePath", "other").Build();
        CollectingSink all = Read(hive), some = Read(hive, filter: new WordFilter("wanted")), none = Read(hive, filter: new NothingFilter());
        Assert.Equal("wanted", Assert.Single(some.Records)["Value"]);
        Assert.Empty(none.Records);
        Assert.Equal(all.Report.Records, some.Report.Records);
        Assert.Equal(all.Report.Records, none.Report.Records);
        Assert.Equal(all.Records.Count, all.Report.Records);
    }

    [Fact]
    public void A_transaction_log_is_known_and_gives_no_records_of_its_own()
    {
        byte[] hive = System().Build();
        byte[] log = MadeLog.New(7, hive, hive);
        ArtifactReader reader = ArtifactFormats.Recognise(log, "SYSTEM.LOG1", log.Length)!;
        Assert.Equal("registry-log", reader.Kind.Id);
        Assert.Empty(new CollectingSink(Fields).Read(reader, log).Records);
    }

    [Fact]
    public void The_dump_gives_a_line_of_JSON_for_each_value()
    {
        byte[] hive = System().Texts(@"ControlSet001\Control\Lsa", "Security Packages", "kerberos", "msv1_0").Build();
        using var output = new MemoryStream();
        ReadReport report = HiveDump.Write(new MemoryStream(hive), null, output, TestContext.Current.CancellationToken);
        string[] lines = Encoding.UTF8.GetString(output.ToArray()).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(report.Records, lines.Length);
        using var json = global::System.Text.Json.JsonDocument.Parse(lines.Single(l => l.Contains("Security Packages", StringComparison.Ordinal)));
        Assert.Equal(@"HKLM\SYSTEM\CurrentControlSet\Control\Lsa", json.RootElement.GetProperty("Key").GetString());
        Assert.Equal(["kerberos", "msv1_0"], json.RootElement.GetProperty("Value").EnumerateArray().Select(v => v.GetString()));
        Assert.False(json.RootElement.GetProperty("Deleted").GetBoolean());
        long offset = json.RootElement.GetProperty("Offset").GetInt64();
        Assert.True(hive.AsSpan((int)offset + 4).StartsWith("vk"u8));
    }
}
