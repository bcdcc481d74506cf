using System.Globalization;
using System.Text;

namespace Tocsin.Cli.Exercises.Logs;

/// <summary>What the back end's control panel was asked: <c>TimeStamp,ServerName,EventId,EventData</c>, a file a day, <c>#Version</c> fixed.</summary>
internal sealed class EcpServerLog(Estate estate) : SteadyLog(estate, "ECP/Server", hourly: false, rowsPerDay: 3000)
{
    static readonly byte[] ColumnBytes = "TimeStamp,ServerName,EventId,EventData"u8.ToArray();
    readonly byte[] _server = Encoding.UTF8.GetBytes("," + estate.Server + ",ECP.Request,S:TIME=");

    public override string Folder => Install + "Logging/ECP/Server";

    public override string FileName(DateOnly day, int hour, int part) => string.Create(CultureInfo.InvariantCulture, $"ECPServer{day:yyyyMMdd}-{part}.LOG");

    public override void Head(LogWriter w, int ms, Build build) => ExchangeHead(w, ms, "15.0.0.0", "ECP Server Log", ColumnBytes, bare: false);

    protected override void Row(LogWriter w, int ms, bool busy, ref Dice dice, Build build)
    {
        w.AddStamp(ms);
        w.Add(_server);
        w.Add(dice.Between(4, 90));
        w.Add(";S:SID="u8);
        w.AddGuid(dice.Next(), dice.Next());
        int kind = busy ? dice.Below(3) : 0;
        w.Add(kind switch
        {
            0 => ";S:CMD=Get-InboxRule;S:REQID=;S:URL=/ecp/RulesEditor/InboxRules.svc/GetList?msExchEcpCanary="u8,
            1 => ";S:CMD=Get-MailboxAutoReplyConfiguration;S:REQID=;S:URL=/ecp/Organize/AutomaticReplies.svc/GetObject?msExchEcpCanary="u8,
            _ => ";S:CMD=Get-MailboxRegionalConfiguration;S:REQID=;S:URL=/ecp/PersonalSettings/RegionalSettings.svc/GetObject?msExchEcpCanary="u8,
        });
        w.AddHex(dice.Next());
        w.AddHex(dice.Next());
        w.Add(".;S:REFERRER=;S:EX=;S:ACTID="u8);
        w.AddGuid(dice.Next(), dice.Next());
        w.Add(";S:RS=0;S:BLD=15.1."u8);
        w.Add(build.Number);
        w.Add((byte)'.');
        w.Add(build.Revision);
        w.Add(";S:TNAME=<null>;S:TID=;S:USID="u8);
        w.AddGuid(dice.Next(), dice.Next());
        w.Add(";S:EDOID=;S:ACID="u8);
    }
}
