using System.Globalization;
using System.Text;

namespace Tocsin.Cli.Exercises.Logs;

/// <summary>The front end's own log of one protocol: CSV of 74 columns, a file an hour, UTF-8 with a mark, CRLF, the columns as a bare row first.</summary>
internal sealed class HttpProxyLog(Estate estate, Protocol protocol)
    : TrafficLog(estate, "HttpProxy/" + protocol, Share.HttpProxy, true, [.. Flow.All.Where(f => f.Protocol == protocol)])
{
    public const string Columns = "DateTime,RequestId,MajorVersion,MinorVersion,BuildVersion,RevisionVersion,ClientRequestId,Protocol,UrlHost,UrlStem,ProtocolAction,AuthenticationType,IsAuthenticated,AuthenticatedUser,Organization,AnchorMailbox,UserAgent,ClientIpAddress,ServerHostName,HttpStatus,BackEndStatus,ErrorCode,Method,ProxyAction,TargetServer,TargetServerVersion,RoutingType,RoutingHint,BackEndCookie,ServerLocatorHost,ServerLocatorLatency,RequestBytes,ResponseBytes,TargetOutstandingRequests,AuthModulePerfContext,HttpPipelineLatency,CalculateTargetBackEndLatency,GlsLatencyBreakup,TotalGlsLatency,AccountForestLatencyBreakup,TotalAccountForestLatency,ResourceForestLatencyBreakup,TotalResourceForestLatency,ADLatency,SharedCacheLatencyBreakup,TotalSharedCacheLatency,ActivityContextLifeTime,ModuleToHandlerSwitchingLatency,ClientReqStreamLatency,BackendReqInitLatency,BackendReqStreamLatency,BackendProcessingLatency,BackendRespInitLatency,BackendRespStreamLatency,ClientRespStreamLatency,KerberosAuthHeaderLatency,HandlerCompletionLatency,RequestHandlerLatency,HandlerToModuleSwitchingLatency,ProxyTime,CoreLatency,RoutingLatency,HttpProxyOverhead,TotalRequestTime,RouteRefresherLatency,UrlQuery,BackEndGenericInfo,GenericInfo,GenericErrors,EdgeTraceId,DatabaseGuid,UserADObjectGuid,PartitionEndpointLookupLatency,RoutingStatus";

    static readonly byte[] ColumnBytes = Encoding.UTF8.GetBytes(Columns);

    readonly byte[] _protocol = Encoding.UTF8.GetBytes(protocol.ToString());
    readonly byte[] _stem = FrontEndLog.Refused[(int)protocol].AsSpan(FrontEndLog.Refused[(int)protocol].IndexOf((byte)' ') + 1).ToArray();
    readonly byte[] _method = FrontEndLog.Refused[(int)protocol].AsSpan(0, FrontEndLog.Refused[(int)protocol].IndexOf((byte)' ')).ToArray();
    readonly byte[] _agent = Encoding.UTF8.GetBytes(protocol switch { Protocol.Ews => ",Ews_AM_Probe/Local (ExchangeServicesClient/15.01.2176.002),", Protocol.Mapi => ",MapiHttpClient,", _ => ",AMProbe/Local/ClientAccess," });
    readonly byte[] _host = Encoding.UTF8.GetBytes(protocol == Protocol.Autodiscover ? "autodiscover." + estate.MailDomain : estate.Host);
    readonly byte[] _server = Encoding.UTF8.GetBytes(estate.Server);
    readonly byte[] _fqdn = Encoding.UTF8.GetBytes(estate.Fqdn);
    readonly byte[] _other = Encoding.UTF8.GetBytes(estate.OtherFqdn);
    readonly byte[] _health = Encoding.UTF8.GetBytes($"{estate.NetBios}\\{estate.HealthMailbox}");
    readonly byte[] _healthAnchor = Encoding.UTF8.GetBytes($"Sid~{estate.SidPrefix}-1142");
    readonly byte[] _database = Encoding.UTF8.GetBytes(estate.Databases[0]);
    readonly byte[] _oab = Encoding.UTF8.GetBytes($"/OAB/{estate.OabGuid}/oab.xml");
    readonly byte[] _controller = Encoding.UTF8.GetBytes($"I32:ATE.C[{estate.Controller}.{estate.Domain}]=2;F:ATE.AL[{estate.Controller}.{estate.Domain}]=0.5;I32:ADS.C[{estate.Controller}]=2;F:ADS.AL[{estate.Controller}]=1.700816");
    readonly byte[] _refused = Encoding.UTF8.GetBytes(Refusal(estate.French, 403));
    readonly byte[] _unavailable = Encoding.UTF8.GetBytes(Refusal(estate.French, 503));
    readonly Dictionary<Build, Versions> _versions = new() { [Build.Cu19] = new(Build.Cu19), [Build.Cu19March2021] = new(Build.Cu19March2021), [Build.Cu19May2021] = new(Build.Cu19May2021), [Build.Cu23August2022] = new(Build.Cu23August2022), [Build.Cu23November2022] = new(Build.Cu23November2022) };

    public override string Folder => Install + "Logging/HttpProxy/" + protocol;

    public override string FileName(DateOnly day, int hour, int part) => string.Create(CultureInfo.InvariantCulture, $"HttpProxy_{day:yyyyMMdd}{hour:00}-{part}.LOG");

    public override void Head(LogWriter w, int ms, Build build) => ExchangeHead(w, ms, build.Padded, "HttpProxy Logs", ColumnBytes, bare: true);

    protected override void Row(LogWriter w, in Request r, Build build)
    {
        Versions versions = _versions[build];
        if (!r.Noise) Work(w, r, versions);
        else if (r.Percent < 45) FirstLeg(w, r, versions);
        else Probe(w, r, versions);
        w.EndRow();
    }

    /// <summary>The cells up to and with Protocol, and the host.</summary>
    void Begin(LogWriter w, in Request r, Versions versions, ReadOnlySpan<byte> host)
    {
        w.AddStamp(r.Ms);
        w.Add((byte)',');
        w.AddGuid(r.High, r.Low);
        w.Add(versions.Cells);
        w.Add(_protocol);
        w.Add((byte)',');
        w.Add(host);
        w.Add((byte)',');
    }

    void FirstLeg(LogWriter w, in Request r, Versions versions)
    {
        Begin(w, r, versions, _host);
        w.Add(_stem);
        w.Add(r.Pick(2) == 0 ? ",,NTLM,false,,,,"u8 : ",,Negotiate,false,,,,"u8);
        w.Add(protocol == Protocol.Eas ? r.Person.DeviceAgent : r.Person.OutlookProxy);
        w.Add((byte)',');
        w.Add(protocol == Protocol.Mapi ? r.Person.LanBytes : r.Person.WanBytes);
        w.Add((byte)',');
        w.Add(_server);
        w.Add(",401,,,"u8);
        w.Add(_method);
        w.Add(",,,,,,,,,0,,,,,,,,,,,,,,,0,,,,,,,,,,,,,,0,,0,0,,,,BeginRequest="u8);
        w.AddStamp(r.Ms - r.Taken);
        w.Add(";CorrelationID=<empty>;SharedCacheGuard=0;EndRequest="u8);
        w.AddStamp(r.Ms);
        w.Add(";,,,,,,"u8);
    }

    void Probe(LogWriter w, in Request r, Versions versions)
    {
        bool health = r.Percent < 70;
        // Without a cookie, OWA and the control panel send even the probe to the logon page.
        bool sentAway = !health && protocol is (Protocol.Ecp or Protocol.Owa);
        Begin(w, r, versions, "localhost"u8);
        w.Add(health ? FrontEndLog.HealthPaths[(int)protocol] : FrontEndLog.ProbePaths[(int)protocol]);
        if (sentAway) w.Add(",,FBA,false,,,"u8);
        else
        {
            w.Add(",,Negotiate,true,"u8);
            w.Add(_health);
            w.Add(",,"u8);
            w.Add(_healthAnchor);
        }

        w.Add(health ? ",AMProbe/Local/ClientAccess,"u8 : _agent);
        w.Add(health && r.PickOther(2) != 0 ? "127.0.0.1,"u8 : "::1,"u8);
        w.Add(_server);
        if (sentAway) w.Add(",302,,,GET,,,,,,,,,0,,,,0,1,,0,,0,,0,0,,0,1,0,,,,,,,,,0,1,0,,1,,1,1,,,,BeginRequest="u8);
        else
        {
            w.Add(",200,,,GET,Proxy,"u8);
            w.Add(_fqdn);
            w.Add((byte)',');
            w.Add(versions.Target);
            w.Add(",IntraForest,WindowsIdentity,,,,0,,,,0,1,,0,,0,,0,0,,0,1,0,,,,,,,,,0,1,0,,1,,1,1,,,,BeginRequest="u8);
        }

        w.AddStamp(r.Ms - r.Taken);
        w.Add(sentAway ? ";CorrelationID=<empty>;NoCookies=302 - GET/E14AuthPost;"u8 : ";CorrelationID=<empty>;ProxyState-Run=None;"u8);
        if (!sentAway)
        {
            w.Add(versions.Auth);
            w.Add("ProxyState-Complete=PrepareServerRequest;"u8);
        }

        w.Add("SharedCacheGuard=0;EndRequest="u8);
        w.AddStamp(r.Ms);
        if (sentAway)
        {
            w.Add(";,,,,,,"u8);
            return;
        }

        w.Add(";,,,|RoutingDB:"u8);
        w.Add(_database);
        w.Add(",,,CafeV1"u8);
    }

    void Work(LogWriter w, in Request r, Versions versions)
    {
        Person p = r.Person;
        ReadOnlySpan<byte> stem = _stem, action = default, authentication = ",Negotiate,true,"u8, user = p.SamBytes, anchor = p.Anchor;
        ReadOnlySpan<byte> agent = p.OutlookProxy, address = p.WanBytes, method = ",,POST,Proxy,"u8, hint = ",IntraForest,WindowsIdentity,"u8, target = _fqdn;
        switch (protocol)
        {
            case Protocol.Mapi:
                if (r.Pick(8) == 0) stem = "/mapi/nspi/"u8;
                address = p.LanBytes;
                hint = ",IntraForest,MailboxGuidWithDomain,"u8;
                break;
            case Protocol.Eas:
                authentication = ",Basic,true,"u8;
                agent = p.DeviceAgent;
                break;
            case Protocol.Ews:
                agent = p.CallerProxy;
                break;
            case Protocol.Owa:
                stem = "/owa/service.svc"u8;
                action = FrontEndLog.Actions[r.Pick(FrontEndLog.Actions.Length)];
                authentication = ",FBA,true,"u8;
                user = p.LogonBytes;
                agent = p.BrowserProxy;
                // Where the mailbox lies on another server, the back end's cookie names that server: a name without a path.
                if (r.Percent < 3)
                {
                    anchor = default;
                    hint = ",IntraForest,X-BEResource-Cookie,"u8;
                    target = _other;
                }

                break;
            case Protocol.Autodiscover:
                if (r.Percent < 15)
                {
                    stem = "/autodiscover/autodiscover.json"u8;
                    authentication = ",Anonymous,false,"u8;
                    user = default;
                    anchor = default;
                    method = ",,GET,Proxy,"u8;
                }
                else authentication = ",NTLM,true,"u8;
                break;
            case Protocol.RpcHttp:
                authentication = ",NTLM,true,"u8;
                address = p.LanBytes;
                agent = "MSRPC"u8;
                method = r.Pick(2) == 0 ? ",,RPC_IN_DATA,Proxy,"u8 : ",,RPC_OUT_DATA,Proxy,"u8;
                break;
            case Protocol.Ecp:
                stem = r.Pick(3) == 0 ? "/ecp/RulesEditor/InboxRules.svc/GetList"u8 : "/ecp/Organize/AutomaticReplies.svc/GetObject"u8;
                authentication = ",FBA,true,"u8;
                user = p.LogonBytes;
                agent = p.BrowserProxy;
                if (r.Percent < 3)
                {
                    anchor = default;
                    hint = ",IntraForest,X-BEResource-Cookie,"u8;
                    target = _other;
                }

                break;
            case Protocol.Oab:
                stem = _oab;
                address = p.LanBytes;
                agent = "Microsoft BITS/7.8"u8;
                method = ",,GET,Proxy,"u8;
                break;
            case Protocol.PowerShell:
                authentication = ",Kerberos,true,"u8;
                user = _health;
                address = "::1"u8;
                agent = "Microsoft WinRM Client"u8;
                anchor = _healthAnchor;
                hint = ",IntraForest,ServerVersion,"u8;
                break;
            default:
                authentication = ",Anonymous,false,"u8;
                user = default;
                anchor = default;
                method = ",,GET,Proxy,"u8;
                agent = "Microsoft.Exchange/15.20 (Calendar-Sharing)"u8;
                break;
        }

        // A request that fails at the back end leaves an error text in the server's language, quoted if it has a comma.
        bool failed = r.Failed;
        Begin(w, r, versions, _host);
        w.Add(stem);
        w.Add((byte)',');
        w.Add(action);
        w.Add(authentication);
        w.Add(user);
        w.Add(",,"u8);
        AddAnchor(w, r, anchor, hint);
        w.Add((byte)',');
        w.Add(agent);
        w.Add((byte)',');
        w.Add(address);
        w.Add((byte)',');
        w.Add(_server);
        w.Add(failed ? protocol == Protocol.Eas ? ",403,403"u8 : ",503,503"u8 : ",200,200"u8);
        w.Add(method);
        w.Add(target);
        w.Add((byte)',');
        w.Add(versions.Target);
        w.Add(hint);
        w.Add(p.Cookie);
        w.Add(",,,"u8);
        w.Add(300 + r.PickOther(6000));
        w.Add((byte)',');
        w.Add(300 + r.Pick(60000));
        w.Add(",,,0,1,,0,2;,2,,0,2,,0,"u8);
        w.Add(r.Taken);
        w.Add(",0,1,0,0,"u8);
        w.Add(r.Taken - 2);
        w.Add(",0,0,0,0,0,"u8);
        w.Add(r.Taken);
        w.Add(",0,"u8);
        w.Add(r.Taken - 2);
        w.Add(",1,1,1,"u8);
        w.Add(r.Taken);
        w.Add(",,"u8);
        AddQuery(w, r);
        w.Add(",,BeginRequest="u8);
        w.AddStamp(r.Ms - r.Taken);
        w.Add(";CorrelationID=<empty>;ProxyState-Run=None;"u8);
        w.Add(versions.Auth);
        w.Add("BeginGetRequestStream="u8);
        w.AddStamp(r.Ms - r.Taken + 1);
        w.Add(";OnRequestStreamReady="u8);
        w.AddStamp(r.Ms - r.Taken + 1);
        w.Add(";BeginGetResponse="u8);
        w.AddStamp(r.Ms - r.Taken + 2);
        w.Add(";OnResponseReady="u8);
        w.AddStamp(r.Ms - 1);
        w.Add(";EndGetResponse="u8);
        w.AddStamp(r.Ms - 1);
        w.Add(";ProxyState-Complete=ProxyResponseData;SharedCacheGuard=0;EndRequest="u8);
        w.AddStamp(r.Ms);
        w.Add((byte)';');
        if (r.PickOther(4) == 0) w.Add(_controller);
        w.Add((byte)',');
        if (failed) w.Add(protocol == Protocol.Eas ? _refused : _unavailable);
        w.Add(",,|RoutingDB:"u8);
        w.Add(p.Database);
        w.Add(",,,CafeV1"u8);
    }

    void AddAnchor(LogWriter w, in Request r, ReadOnlySpan<byte> anchor, ReadOnlySpan<byte> hint)
    {
        if (protocol is Protocol.Mapi or Protocol.RpcHttp)
        {
            w.Add("MailboxGuid~"u8);
            w.Add(r.Person.Mailbox);
        }
        else if (hint.IndexOf("Cookie"u8) >= 0)
        {
            w.Add("ServerInfo~"u8);
            w.Add(_other);
        }
        else if (anchor.IsEmpty)
        {
            w.Add("Smtp~"u8);
            w.Add(r.Person.MailBytes);
        }
        else w.Add(anchor);
    }

    void AddQuery(LogWriter w, in Request r)
    {
        switch (protocol)
        {
            case Protocol.Mapi:
                w.Add("?MailboxId="u8);
                w.Add(r.Person.Mailbox);
                break;
            case Protocol.Eas:
                w.Add("?Cmd="u8);
                w.Add(FrontEndLog.Commands[r.Pick(FrontEndLog.Commands.Length)]);
                w.Add(r.Person.DeviceSuffix);
                break;
            case Protocol.Owa:
                w.Add("?action="u8);
                w.Add(FrontEndLog.Actions[r.Pick(FrontEndLog.Actions.Length)]);
                w.Add("&EP=1&ID=-"u8);
                w.Add(r.PickOther(400));
                w.Add("&AC=1"u8);
                break;
            case Protocol.Autodiscover when r.Percent < 15:
                w.Add("?Email="u8);
                w.Add(r.Person.MailBytes);
                w.Add("&Protocol=ActiveSync&RedirectCount=1"u8);
                break;
            case Protocol.RpcHttp:
                w.Add((byte)'?');
                w.Add(r.Person.Mailbox);
                w.Add(":6001"u8);
                break;
            case Protocol.Ecp:
                w.Add("?msExchEcpCanary="u8);
                w.AddHex(r.High);
                w.AddHex(r.Low);
                w.Add((byte)'.');
                break;
            case Protocol.PowerShell:
                w.Add("?clientApplication=ActiveMonitor;PSVersion=5.1.14393.3866"u8);
                break;
            default:
                break;
        }
    }

    static string Refusal(bool french, int status)
    {
        string text = (french, status) switch
        {
            (true, 403) => "Le serveur distant a retourné une erreur : (403) Interdit.    à System.Net.HttpWebRequest.EndGetResponse(IAsyncResult asyncResult)    à",
            (true, _) => "Le serveur distant a retourné une erreur : (503) Serveur non disponible.    à System.Net.HttpWebRequest.EndGetResponse(IAsyncResult asyncResult)    à",
            (_, 403) => "Der Remoteserver hat einen Fehler zurückgegeben: (403) Unzulässig.    bei System.Net.HttpWebRequest.EndGetResponse(IAsyncResult asyncResult)    bei",
            _ => "Der Remoteserver hat einen Fehler zurückgegeben: (503) Server nicht verfügbar, wiederholen.    bei System.Net.HttpWebRequest.EndGetResponse(IAsyncResult asyncResult)    bei",
        };
        string cell = $"WebExceptionStatus=ProtocolError;ResponseStatusCode={status};WebException=System.Net.WebException: {text} Microsoft.Exchange.HttpProxy.ProxyRequestHandler.<>c__DisplayClass197_0.<OnResponseReady>b__0();";
        return status == 503 ? $"\"{cell}, retry=1;\"" : cell;
    }

    /// <summary>The cells that a build fills.</summary>
    sealed class Versions(Build build)
    {
        public byte[] Cells { get; } = Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $",15,1,{build.Number},{build.Revision},,"));

        public byte[] Target { get; } = Encoding.UTF8.GetBytes(build.Target);

        public byte[] Auth { get; } = Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"FEAuth=BEVersion-{build.Packed};"));
    }
}
