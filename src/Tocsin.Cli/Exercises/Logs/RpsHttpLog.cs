using System.Globalization;
using System.Text;

namespace Tocsin.Cli.Exercises.Logs;

/// <summary>Remote PowerShell's requests: CSV of 38 columns, a file an hour, the columns as a bare row first.</summary>
internal sealed class RpsHttpLog(Estate estate) : SteadyLog(estate, "Rps/Http", hourly: true, rowsPerDay: 1200)
{
    public const string Columns = "DateTime,StartTime,RequestId,MajorVersion,MinorVersion,BuildVersion,RevisionVersion,ClientRequestId,UrlHost,UrlStem,AuthenticationType,IsAuthenticated,AuthenticatedUser,Organization,ManagedOrganization,ClientIpAddress,ServerHostName,FrontEndServer,HttpStatus,SubStatus,ErrorCode,Action,CommandId,CommandName,SessionId,ShellId,FailFast,ContributeToFailFast,RequestBytes,ClientInfo,CPU,Memory,ActivityContextLifeTime,TotalTime,UrlQuery,GenericLatency,GenericInfo,GenericErrors";

    static readonly byte[] ColumnBytes = Encoding.UTF8.GetBytes(Columns);
    readonly byte[] _url = Encoding.UTF8.GetBytes($",,{estate.Fqdn},/Powershell,Kerberos,true,{estate.HealthMailbox}@{estate.Domain},,,::1,{estate.Server},{estate.Fqdn.ToUpperInvariant()},200,0,,,,,,,,,");

    public override string Folder => Install + "Logging/CmdletInfra/Powershell-Proxy/Http";

    public override string FileName(DateOnly day, int hour, int part) => string.Create(CultureInfo.InvariantCulture, $"Rps_Http_{day:yyyyMMdd}{hour:00}-{part}.LOG");

    public override void Head(LogWriter w, int ms, Build build) => ExchangeHead(w, ms, build.Padded, "Rps Http Logs", ColumnBytes, bare: true);

    protected override void Row(LogWriter w, int ms, bool busy, ref Dice dice, Build build)
    {
        int taken = dice.Between(20, 900);
        w.AddStamp(ms);
        w.Add((byte)',');
        w.AddStamp(ms - taken);
        w.Add((byte)',');
        w.AddGuid(dice.Next(), dice.Next());
        w.Add(",15,1,"u8);
        w.Add(build.Number);
        w.Add((byte)',');
        w.Add(build.Revision);
        w.Add(_url);
        w.Add(dice.Between(0, 9000));
        w.Add(dice.Chance(30) ? ",Exchange BackEnd Probes,0% * 4,169M/175M,"u8 : ",Microsoft WinRM Client,,,"u8);
        w.Add(taken);
        w.Add((byte)',');
        w.Add(taken);
        w.Add(",?clientApplication=ActiveMonitor;PSVersion=5.1.14393.3866,RequestMonitor.Register=1;WinRMDataSender.Send=0;RpsHttpDatabaseValidationModule=0;ThrottlingHttpModule=0;,WinRMDataSender.AuthenticationType=Sent;WinRMDataSender.NamedPipe=Sent;OnEndRequest.End.ContentType=application/soap+xml charset UTF-8;S:ServiceCommonMetadata.HttpMethod=POST,"u8);
    }
}
