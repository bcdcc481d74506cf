using System.Globalization;
using System.Text;

namespace Tocsin.Cli.Exercises.Logs;

/// <summary>The back end's log of Exchange Web Services: CSV of 92 columns, a file an hour, the columns as a bare row first.</summary>
internal sealed class EwsLog(Estate estate) : SteadyLog(estate, "Ews", hourly: true, rowsPerDay: 9000)
{
    public const string Columns = "DateTime,RequestId,MajorVersion,MinorVersion,BuildVersion,RevisionVersion,Ring,ClientRequestId,AuthenticationType,IsAuthenticated,AuthenticatedUser,Organization,UserAgent,VersionInfo,ClientIpAddress,ServerHostName,FrontEndServer,SoapAction,HttpStatus,RequestSize,ResponseSize,ErrorCode,ImpersonatedUser,ProxyAsUser,ActAsUser,Cookie,CorrelationGuid,PrimaryOrProxyServer,TaskType,RemoteBackendCount,LocalMailboxCount,RemoteMailboxCount,LocalIdCount,RemoteIdCount,BeginBudgetConnections,EndBudgetConnections,BeginBudgetHangingConnections,EndBudgetHangingConnections,BeginBudgetAD,EndBudgetAD,BeginBudgetCAS,EndBudgetCAS,BeginBudgetRPC,EndBudgetRPC,BeginBudgetFindCount,EndBudgetFindCount,BeginBudgetSubscriptions,EndBudgetSubscriptions,MDBResource,MDBHealth,MDBHistoricalLoad,ThrottlingPolicy,ThrottlingDelay,ThrottlingRequestType,TotalDCRequestCount,TotalDCRequestLatency,TotalMBXRequestCount,TotalMBXRequestLatency,RecipientLookupLatency,ExchangePrincipalLatency,HttpPipelineLatency,CheckAccessCoreLatency,AuthModuleLatency,CallContextInitLatency,PreExecutionLatency,CoreExecutionLatency,TotalRequestTime,DetailedExchangePrincipalLatency,ClientStatistics,GenericInfo,AuthenticationErrors,GenericErrors,Puid,StartTime,ProcessId,TimeInGC,StartTotalMemory,EndTotalMemory,StartGCCounts,EndGCCounts,TokenBasedThrottlingPolicy,BudgetKey,CoinsCharged,CoinsChargedMethod,SidBudgetInfo,AppBudgetInfo,TenantBudgetInfo,ResourceAccessed,ResourceHealthBasedThreshold,ThrottledBy,BackoffHint,WorkClassification";

    static readonly byte[] ColumnBytes = Encoding.UTF8.GetBytes(Columns);
    static readonly byte[][] Actions = [.. new[] { "GetFolder", "GetItem", "SyncFolderItems", "FindItem", "GetUserAvailability", "Subscribe" }.Select(Encoding.UTF8.GetBytes)];
    readonly byte[] _health = Encoding.UTF8.GetBytes($"{estate.HealthMailbox}@{estate.Domain}");
    readonly byte[] _organization = Encoding.UTF8.GetBytes($",{estate.Domain.ToUpperInvariant()},");
    readonly byte[] _server = Encoding.UTF8.GetBytes($",{estate.Server},,");

    public override string Folder => Install + "Logging/Ews";

    public override string FileName(DateOnly day, int hour, int part) => string.Create(CultureInfo.InvariantCulture, $"Ews_{day:yyyyMMdd}{hour:00}-{part}.LOG");

    public override void Head(LogWriter w, int ms, Build build) => ExchangeHead(w, ms, build.Padded, "EWS Logs", ColumnBytes, bare: true);

    protected override void Row(LogWriter w, int ms, bool busy, ref Dice dice, Build build)
    {
        Person p = dice.Pick<Person>(Estate.People);
        byte[] user = busy ? p.MailBytes : _health;
        byte[] action = Actions[busy ? dice.Below(Actions.Length) : 0];
        int taken = dice.Between(5, 200);
        w.AddStamp(ms);
        w.Add((byte)',');
        w.AddGuid(dice.Next(), dice.Next());
        w.Add(",15,1,"u8);
        w.Add(build.Number);
        w.Add((byte)',');
        w.Add(build.Revision);
        w.Add(",Unknown,,Logon,true,"u8);
        w.Add(user);
        w.Add(_organization);
        w.Add(busy ? p.CallerProxy : "Ews_AM_Probe/Local (ExchangeServicesClient/15.01.2176.002)"u8);
        w.Add(",Target=None;Req=Exchange2010_SP1/Exchange2010_SP1;,"u8);
        w.Add(busy ? p.WanBytes : "::1"u8);
        w.Add(_server);
        w.Add(action);
        w.Add(",200,666,,,"u8);
        w.Add(user);
        w.Add(",,,"u8);
        w.AddHex(dice.Next());
        w.AddHex(dice.Next());
        w.Add((byte)',');
        w.AddGuid(dice.Next(), dice.Next());
        w.Add(",PrimaryServer,LocalTask,0,1,0,1,0,,,,,,,,,,,,,,,,,,,,[C],0,0,1,0,10,,1,10,,0,14,1,"u8);
        w.Add(taken);
        w.Add(",,MessageId_0="u8);
        w.AddGuid(dice.Next(), dice.Next());
        w.Add(";ResponseTime_0="u8);
        w.Add(taken + 3);
        w.Add(";SoapAction_0="u8);
        w.Add(action);
        w.Add(";,SKU=Unknown;App_BeginReq_Start=0;App_BeginReq_End=0;RequestHandler=Wcf;BackEndAuthenticator=WindowsAuthenticator;ADIdentityCache=Miss;cpn=RUM_ABR/RUM_ABRC/ABR/APAR/EWS_CE/EWS_CEC/;cpv=0/0/0/0/15/16/;S:WLM.Bal=299999;S:WLM.BT=Ews;Dbl:WLM.TS=17,,,,"u8);
        w.AddStamp(ms - taken);
        w.Add(",9716,,137332048,139253608,4038_450_53,4038_450_53,,,,,,,,,,,,"u8);
    }
}
