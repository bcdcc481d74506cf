using System.Globalization;
using System.Text;

namespace Tocsin.Cli.Exercises.Logs;

/// <summary>The cmdlets that remote PowerShell ran: CSV of 67 columns, a file an hour.</summary>
internal sealed class RpsCmdletLog(Estate estate) : SteadyLog(estate, "Rps/Cmdlet", hourly: true, rowsPerDay: 600)
{
    public const string Columns = "DateTime,StartTime,RequestId,ClientRequestId,MajorVersion,MinorVersion,BuildVersion,RevisionVersion,ServerHostName,ProcessId,ProcessName,ThreadId,CultureInfo,Organization,AuthenticatedUser,ExecutingUserSid,EffectiveOrganization,UserServicePlan,IsAdmin,ClientApplication,Cmdlet,Parameters,CmdletUniqueId,UserBudgetOnStart,ContributeToFailFast,RunspaceSettingsCreationHint,ADViewEntireForest,ADRecipientViewRoot,ADConfigurationDomainControllers,ADPreferredGlobalCatalogs,ADPreferredDomainControllers,ADUserConfigurationDomainController,ADUserPreferredGlobalCatalog,ADuserPreferredDomainControllers,ThrottlingInfo,DelayInfo,ThrottlingDelay,IsOutputObjectRedacted,CmdletProxyStage,CmdletProxyRemoteServer,CmdletProxyRemoteServerVersion,CmdletProxyMethod,ProxiedObjectCount,CmdletProxyLatency,OutputObjectCount,ParameterBinding,BeginProcessing,ProcessRecord,EndProcessing,StopProcessing,BizLogic,PowerShellLatency,UserInteractionLatency,ProvisioningLayerLatency,ActivityContextLifeTime,TotalTime,ErrorType,ExecutionResult,CacheHitCount,CacheMissCount,GenericLatency,GenericInfo,GenericErrors,ObjectGuid,ExternalDirectoryOrganizationId,ExternalDirectoryObjectId,NonPiiParameters";

    static readonly byte[] ColumnBytes = Encoding.UTF8.GetBytes(Columns);
    readonly byte[] _process = Encoding.UTF8.GetBytes($",{estate.Server},15756,w3wp#MSExchangePowerShellAppPool,85,,,{estate.HealthMailbox},{estate.SidPrefix}-1142,,,False,ActiveMonitor,");
    readonly byte[] _forest = Encoding.UTF8.GetBytes($",,,GCRandomly,False,{estate.Domain},{estate.Controller}.{estate.Domain},{estate.Controller}.{estate.Domain},{estate.Controller}.{estate.Domain},,,,,,,,,,,,0,,,0,6,8,0,,9,,,6,22681600,");

    public override string Folder => Install + "Logging/CmdletInfra/Powershell-Proxy/Cmdlet";

    public override string FileName(DateOnly day, int hour, int part) => string.Create(CultureInfo.InvariantCulture, $"Rps_Cmdlet_{day:yyyyMMdd}{hour:00}-{part}.LOG");

    public override void Head(LogWriter w, int ms, Build build) => ExchangeHead(w, ms, build.Padded, "Rps Cmdlet Logs", ColumnBytes, bare: false);

    protected override void Row(LogWriter w, int ms, bool busy, ref Dice dice, Build build)
    {
        int taken = dice.Between(4, 300);
        w.AddStamp(ms);
        w.Add((byte)',');
        w.AddStamp(ms - taken);
        w.Add((byte)',');
        w.AddGuid(dice.Next(), dice.Next());
        w.Add(",,15,1,"u8);
        w.Add(build.Number);
        w.Add((byte)',');
        w.Add(build.Revision);
        w.Add(_process);
        bool get = dice.Chance(70);
        w.Add(get ? "Get-Mailbox,\"-ResultSize \"\"1\"\"\","u8 : "Get-ExchangeServer,,"u8);
        w.AddGuid(dice.Next(), dice.Next());
        w.Add(_forest);
        w.Add(taken);
        w.Add(",,Success,,,LatencyMissed=latencyBreakDowns.Count is Zero;WinRMDataReceiver.LoadItemsFromNamedPipe=0;ExchangeRunspaceConfiguration=37;TaskModuleLatency=4;BizLogic.C=15;Cmd="u8);
        w.Add(taken);
        w.Add(";,ADServerSettingsInEnd=ADViewEntireForest:False ;,,,,,"u8);
        if (get) w.Add("\"-ResultSize \"\"1\"\"\""u8);
    }
}
