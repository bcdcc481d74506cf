using System.Globalization;
using System.Text;

namespace Tocsin.Cli.Exercises.Logs;

/// <summary>The cost of each request to the control panel, with <c>S:URL</c> of the back end itself. The file's name has the process id.</summary>
internal sealed class EcpActivityLog(Estate estate) : SteadyLog(estate, "ECP/Activity", hourly: false, rowsPerDay: 1500)
{
    static readonly byte[] ColumnBytes = "TimeStamp,ServerName,EventId,EventData"u8.ToArray();
    readonly byte[] _health = Encoding.UTF8.GetBytes($",{estate.Server},Request,S:PSA=<PII>{estate.HealthMailbox}@{estate.Domain}</PII>;S:URL=https://localhost:444/ecp/RulesEditor/InboxRules.svc/GetList?msExchEcpCanary=");
    readonly byte[] _logoff = Encoding.UTF8.GetBytes($",{estate.Server},Request,S:URL=https://localhost:444/ecp/logoff.aspx;S:Bld=15.1.");
    readonly byte[] _costs = Encoding.UTF8.GetBytes($";Dbl:MAPI.T[{estate.Server}.{estate.Databases[0]}]=3;Dbl:BudgUse.T[]=12.0008001327515;I32:ADS.C[{estate.Controller}]=1;F:ADS.AL[{estate.Controller}]=1.692039;I32:ROP.C[{estate.Server}.{estate.Databases[0]}]=13654639;I32:RPC.C[{estate.Server}.{estate.Databases[0]}]=4;Dbl:VCGS.T[{estate.Server}]=0;S:WLM.Bal=2.147484E+09;Dbl:WLM.TS=");

    public override string Folder => Install + "Logging/ECP/Activity";

    public override string FileName(DateOnly day, int hour, int part) => string.Create(CultureInfo.InvariantCulture, $"ECPActivity_11500_{day:yyyyMMdd}-{part}.LOG");

    public override void Head(LogWriter w, int ms, Build build) => ExchangeHead(w, ms, "15.0.0.0", "ECP Activity Context Log", ColumnBytes, bare: false);

    protected override void Row(LogWriter w, int ms, bool busy, ref Dice dice, Build build)
    {
        w.AddStamp(ms);
        bool logoff = dice.Chance(40);
        w.Add(logoff ? _logoff : _health);
        if (!logoff)
        {
            w.AddHex(dice.Next());
            w.AddHex(dice.Next());
            w.Add(".;S:Bld=15.1."u8);
        }

        w.Add(build.Number);
        w.Add((byte)'.');
        w.Add(build.Revision);
        w.Add(";S:ActID="u8);
        w.AddGuid(dice.Next(), dice.Next());
        w.Add(logoff ? ";Dbl:WLM.TS="u8 : _costs);
        w.Add(dice.Below(40));
    }
}
