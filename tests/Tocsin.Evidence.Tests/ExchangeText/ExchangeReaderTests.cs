using CsCheck;
using Tocsin.Evidence.Artifacts;
using Tocsin.Evidence.Records;
using Tocsin.Evidence.Tests.Support;

namespace Tocsin.Evidence.Tests.ExchangeText;

public class ExchangeReaderTests
{
    static readonly string[] Asked = ["AnchorMailbox", "HttpStatus", "UrlStem", "url", "Protocol", "CMD", "EX", "URL", "Command", "Outcome", "ClientInfo", "UserAgent"];
    static readonly string[] Block = ["#Software: Microsoft Exchange Server", "#Version: 15.01.2176.002", "#Log-type: ECP Server Log", "#Date: 2021-03-03T00:00:01.000Z", "#Fields: TimeStamp,ServerName,EventId,EventData"];

    [Fact]
    public void Values_of_EventData_end_where_the_next_key_begins_not_at_a_semicolon_within()
    {
        var (kind, report, rows) = Scan.Read(Scan.Lines([.. Block,
            "2021-03-03T07:11:02.100Z,EX01,ECP.Request,\"S:TIME=13;S:CMD=Set-OabVirtualDirectory.ExternalUrl='http://f/<script>function P(){a;b;}</script>';S:REQID=;S:URL=/ecp/DDI/DDIService.svc/SetObject?msExchEcpCanary=abc;S:EX=;S:BLD=15.1.2176.2\"",
            "2021-03-03T08:11:04.100Z,EX01,ECP.Request,S:CMD=Get-X;S:EX=Some.Exception: \"\"no\"\";S:BLD=15.1.2176.9"]), Asked);
        Assert.Equal("ecp-server", kind.Id);
        Assert.Equal("Set-OabVirtualDirectory.ExternalUrl='http://f/<script>function P(){a;b;}</script>'", rows[0]["Command"]);
        Assert.Equal(["succeeded", "failed"], rows.Select(r => r["Outcome"]));
        Assert.Equal("/ecp/DDI/DDIService.svc/SetObject?msExchEcpCanary=abc", rows[0]["URL"]);
        Assert.Equal(["EX01"], report.Hosts.Keys);
        Assert.Equal(["15.1.2176.2", "15.1.2176.9"], report.Versions.Keys.Order());
    }

    [Fact]
    public void A_cmdlet_and_its_quoted_parameters_are_one_command()
    {
        var (kind, _, rows) = Scan.Read(Scan.Lines(
            "#Software: Microsoft Exchange Server", "#Log-type: Rps Cmdlet Logs", "#Fields: DateTime,Cmdlet,Parameters,ExecutionResult",
            "2021-03-03T07:11:02.100Z,New-MailboxExportRequest,\"-Mailbox \"\"a\"\" -FilePath \"\"\\\\h\\c$\\x.aspx\"\"\",Success"), Asked);
        Assert.Equal("rps-cmdlet", kind.Id);
        Assert.Equal("New-MailboxExportRequest -Mailbox \"a\" -FilePath \"\\\\h\\c$\\x.aspx\"", Assert.Single(rows)["Command"]);
        Assert.Equal("succeeded", rows[0]["Outcome"]);
    }

    [Fact]
    public void Header_rows_repeated_blocks_short_rows_and_rows_cut_off_are_told_apart()
    {
        byte[] log = [.. "\uFEFF"u8, .. Scan.Lines([
            "DateTime,UrlStem,AnchorMailbox,HttpStatus", "#Software: Microsoft Exchange Server", "#Log-type: HttpProxy Logs", "#Fields: DateTime,UrlStem,AnchorMailbox,HttpStatus",
            "2021-03-03T07:00:00.000Z,/ecp/y.js,ServerInfo~a]@b:444/x,241",
            "#Software: Microsoft Exchange Server", "#Fields: DateTime,AnchorMailbox,HttpStatus,UrlStem",
            "2021-03-03T07:00:01.000Z,ServerInfo~c,200,/owa/",
            "2021-03-03T07:00:02.000Z,ServerInfo~d",
            ",,200,/y"]), .. "2021-03-03T07:00:03.000Z,Ser"u8];
        var (_, report, rows) = Scan.Read(log, Asked, @"C\Logging\HttpProxy\Ecp\HttpProxy_2021030307-1.LOG");
        Assert.Equal(["241", "200", null, "200", null], rows.Select(r => r["HttpStatus"]));
        Assert.Equal("ServerInfo~c", rows[1]["AnchorMailbox"]);
        Assert.Equal((1, 1), (report.Count(DamageKind.ShortRow), report.Count(DamageKind.CutOff)));
        Assert.Equal(5, report.Records);
    }

    [Fact]
    public void The_protocol_of_an_HttpProxy_log_is_read_from_its_rows()
    {
        var (kind, _, _) = Scan.Read(Scan.Lines("#Software: Microsoft Exchange Server", "#Log-type: HttpProxy Logs", "#Fields: DateTime,Protocol,UrlStem,AnchorMailbox", "2021-03-03T07:00:00.000Z,Owa,/x,"), Asked);
        Assert.Equal("httpproxy/owa", kind.Id);
    }

    [Fact]
    public void Rows_read_fast_count_as_rows_read_slowly()
    {
        Gen<string> row = Gen.Select(Gen.Int[0, 3], Gen.Int[0, 7], (h, odd) => odd switch
        {
            0 => $"2021-03-03T0{h}:00:00.000Z,EX01,ECP.Request,\"S:X=a,b\"",
            1 => $"2021-03-03T0{h}:00:00.000Z,EX01",
            2 => "#Date: 2021-03-03T00:00:00.000Z",
            3 => ",,,",
            _ => $"2021-03-03T0{h}:00:00.000Z,EX01,ECP.Request,S:X=a",
        });
        row.Array[0, 50].Sample(lines =>
        {
            byte[] log = Scan.Lines([.. Block, .. lines]);
            ReadReport fast = Read(log, new Scan.NoLine()), slow = Read(log, Scan.EveryLine.Filter);
            Assert.Equal((slow.Lines, slow.Records), (fast.Lines, fast.Records));
            Assert.Equal(slow.Hours.OrderBy(h => h.Key), fast.Hours.OrderBy(h => h.Key));
            Assert.Equal(slow.Located, fast.Located);
        }, iter: 2_000);

        static ReadReport Read(byte[] log, ILineFilter filter)
        {
            var report = new ReadReport();
            var target = new RecordTarget(new FieldSet(Asked), filter, new Nobody());
            Scan.Recognise(log)!.Read(new MemoryStream(log), new ReadContext(_ => target, report));
            return report;
        }
    }

    [Fact]
    public void Real_logs_are_recognised_and_read_without_loss()
    {
        if (!Shared.IsThere(out string shared)) return;
        (string File, string Kind, int Rows)[] expected =
        [
            ("09-scanner-full-row/HttpProxy_Owa.line.LOG", "httpproxy/owa", 1),
            ("12-proxyshell-lab/Rps_Http_2023110922-1.LOG", "rps-http", 4),
            ("15-synthetic/aptsimulator_hafnium-dummy.log", "iis", 1),
            ("15-synthetic/markernan_iis_logs.log", "iis", 296),
            ("20-benign-exchange2016/Autodiscover_HttpProxy_2023010919-1.LOG", "httpproxy/autodiscover", 1),
            ("20-benign-exchange2016/ECPServer20230111-1.LOG", "ecp-server", 1),
            ("20-benign-exchange2016/Eas_HttpProxy_2023011116-1.LOG", "httpproxy/eas", 1),
            ("20-benign-exchange2016/Rps_Cmdlet_2023011116-1.LOG", "rps-cmdlet", 1),
            ("20-benign-exchange2016/audit20230111-1.LOG", "audit", 1),
            ("21-benign-iis/plaso_iis7_owa.log", "iis", 3),
            ("21-benign-iis/velociraptor_exchange_messagetracking.log", "message-tracking", 2),
            ("23-benign-lines/eas-2021-06-11.log", "iis", 2),
        ];
        foreach ((string file, string kind, int count) in expected)
        {
            var (found, _, rows) = Scan.Read(File.ReadAllBytes(Path.Combine(shared, "evidence", file)), Asked, file);
            Assert.Equal((file, kind, count), (file, found.Id, rows.Count));
        }
    }

    sealed class Nobody : IRecordSink
    {
        public void Accept(in Record record) { }
    }
}
