using Tocsin.Evidence.Records;
using Tocsin.Evidence.Tests.Support;
using Tocsin.Evidence.WindowsEvents;

namespace Tocsin.Evidence.Tests.WindowsEvents;

public sealed class RealEventTests
{
    static readonly string[] _fields =
        ["Channel", "Provider_Name", "EventID", "Computer", "Message", "Command", "Outcome", "Image", "CommandLine", "ParentCommandLine", "NewProcessName", "TargetFilename", "ScriptBlockText", "ObjectName"];

    [Fact]
    public void Every_event_of_a_ProxyLogon_run_is_read_with_its_fields()
    {
        if (SharedEvidence.Read("02-lab-windows-events/key-events.jsonl") is not { } file) return;
        var reader = EventJsonReader.TryRecognise(file.AsSpan(0, 65536), "x");
        Assert.NotNull(reader);
        var sink = new CollectingSink(_fields).Read(reader, file);

        Assert.Equal(72, sink.Records.Count);
        Assert.Equal(72, sink.Report.Records);
        Assert.Empty(sink.Report.Located);
        Assert.Equal(["MXS01.azsentinel.local"], sink.Report.Hosts.Keys);
        Assert.Equal(26, sink.Records.Count(r => r["Channel"] == "Microsoft-Windows-Sysmon/Operational"));
        Assert.Equal(12, sink.Records.Count(r => r["Channel"] == "Security" && r["EventID"] == "4688"));
        Assert.Single(sink.Records, r => r["Provider_Name"] == "MSExchange Control Panel" && r["EventID"] == "4" && r["Message"].Contains("]:444", StringComparison.Ordinal));
        Assert.Single(sink.Records, r => r["TargetFilename"].EndsWith(@"\owa\auth\ohyeah.aspx", StringComparison.Ordinal) && r["Image"] == "System");
        CollectedRecord[] cmdlets = [.. sink.Records.Where(r => r["Command"].Length > 0)];
        Assert.Equal(3, cmdlets.Length);
        Assert.All(cmdlets, r => Assert.Equal("succeeded", r["Outcome"]));
        Assert.StartsWith("Cmdlet suceeded. Cmdlet Set-OabVirtualDirectory, parameters -ExternalUrl \"http://ffff/#<script language=\"JScript\"", cmdlets[0]["Command"], StringComparison.Ordinal);
    }

    [Fact]
    public void Local_time_marked_Z_is_noticed_and_Sysmons_own_UTC_is_used()
    {
        if (SharedEvidence.Read("02-lab-windows-events/key-events.jsonl") is not { } file) return;
        var sink = new CollectingSink(_fields).Read(EventJsonReader.TryRecognise(file, "x")!, file);

        Assert.Equal(TimeSpan.FromHours(5), sink.Report.ClockOffset);
        Assert.Contains(sink.Report.Notes, n => n.Contains("5:00 hours later", StringComparison.Ordinal));
        Assert.Equal(new DateTime(2021, 3, 14, 6, 39, 39, 829, DateTimeKind.Utc), sink.Records[0].TimeUtc);
        Assert.Equal(1, sink.Records.First(r => r["Channel"] == "Security").TimeUtc.Hour);
    }

    [Theory]
    [InlineData("<script language=\"JScript\"", 1)]
    [InlineData(@"\owa\auth\ohyeah.aspx", 1)]
    [InlineData("cannot occur in it", 0)]
    public void A_plain_word_finds_events_in_which_it_stands_escaped(string word, int leastFound)
    {
        if (SharedEvidence.Read("02-lab-windows-events/key-events.jsonl") is not { } file) return;
        var all = new CollectingSink(_fields).Read(EventJsonReader.TryRecognise(file, "x")!, file);
        var some = new CollectingSink(_fields, new WordFilter(word)).Read(EventJsonReader.TryRecognise(file, "x")!, file);

        bool Holds(CollectedRecord r) => r.Fields.Values.Any(v => v.Any(t => t.Contains(word, StringComparison.Ordinal)));
        Assert.True(all.Records.Count(Holds) >= leastFound);
        Assert.Equal(all.Records.Where(Holds).Select(r => r.Position), some.Records.Where(Holds).Select(r => r.Position));
        Assert.Equal(all.Report.Records, some.Report.Records);
    }

    [Fact]
    public void Key_value_events_are_read_and_their_channel_inferred()
    {
        if (SharedEvidence.Read("15-synthetic/markernan_windows_events.log") is not { } file) return;
        Assert.Null(EventJsonReader.TryRecognise(file, "x"));
        var reader = EventKeyValueReader.TryRecognise(file, "x");
        Assert.NotNull(reader);
        var sink = new CollectingSink(_fields).Read(reader, file);

        Assert.Equal(32, sink.Records.Count);
        Assert.Empty(sink.Report.Located);
        Assert.True(sink.Report.IsExtract);
        Assert.Single(sink.Records, r => r["Channel"] == "Microsoft-Windows-PowerShell/Operational" && r["ScriptBlockText"].StartsWith("New-MailboxExportRequest -Mailbox 'jgarcia'", StringComparison.Ordinal));
        Assert.Single(sink.Records, r => r["Channel"] == "Microsoft-Windows-Sysmon/Operational" && r["EventID"] == "10");
        Assert.Single(sink.Records, r => r["CommandLine"] == "cmd.exe /c ipconfig /all");
        Assert.Single(sink.Records, r => r["ObjectName"] == @"C:\Program Files\Microsoft\Exchange Server\V15\FrontEnd\HttpProxy\owa\auth\help.aspx" && r["EventID"] == "4663");
    }
}
