using System.Text;

namespace Tocsin.Cli.Exercises.Logs;

/// <summary>W3SVC1, the web site that clients talk to, on port 443.</summary>
internal sealed class FrontEndLog(Estate estate) : IisLog(estate, "W3SVC1", Flow.All)
{
    static readonly string[] Files = ["scripts/boot.worldwide.0.mouse.js", "scripts/boot.worldwide.1.mouse.js", "scripts/boot.worldwide.2.mouse.js", "scripts/preboot.js", "resources/styles/0/boot.worldwide.mouse.css", "resources/images/0/sprite1.mouse.png", "resources/styles/fonts/segoeui-regular.ttf", "resources/styles/fonts/office365icons.woff", "resources/locale/de/boot.js"];

    // Guesses at other products, as every address on the Internet gets them. Nothing of Exchange's among them.
    static readonly byte[][] Guesses = Bytes("GET /robots.txt", "GET /.env", "GET /wp-login.php", "GET /favicon.ico", "POST /boaform/admin/formLogin", "GET /phpmyadmin/index.php", "GET /.git/config", "GET /solr/admin/info/system", "HEAD /owa/", "GET /", "GET /.well-known/security.txt", "GET /manager/html");
    static readonly byte[][] GuessStatus = Bytes(" 404 0 2 ", " 404 0 2 ", " 404 0 2 ", " 404 0 2 ", " 404 0 2 ", " 404 0 2 ", " 404 0 2 ", " 404 0 2 ", " 302 0 0 ", " 302 0 0 ", " 404 0 2 ", " 404 0 2 ");
    static readonly byte[][] Crawlers = Bytes("Mozilla/5.0+zgrab/0.x", "-", "curl/7.58.0", "Go-http-client/1.1", "Mozilla/5.0+(compatible;+CensysInspect/1.1;++https://about.censys.io/)", "Expanse+indexes+customers+network+perimeters");
    internal static readonly byte[][] ProbePaths = Bytes("/autodiscover/", "/Microsoft-Server-ActiveSync/default.eas", "/ecp/", "/EWS/exchange.asmx", "/mapi/emsmdb/", "/oab/", "/owa/", "/owa/calendar/", "/powershell/", "/rpc/rpcproxy.dll");
    internal static readonly byte[][] HealthPaths = Bytes("/autodiscover/healthcheck.htm", "/Microsoft-Server-ActiveSync/healthcheck.htm", "/ecp/healthcheck.htm", "/EWS/healthcheck.htm", "/mapi/healthcheck.htm", "/oab/healthcheck.htm", "/owa/healthcheck.htm", "/owa/healthcheck.htm", "/powershell/healthcheck.htm", "/rpc/healthcheck.htm");
    internal static readonly byte[][] Refused = Bytes("POST /Autodiscover/Autodiscover.xml", "POST /Microsoft-Server-ActiveSync/default.eas", "GET /ecp/", "POST /EWS/Exchange.asmx", "POST /mapi/emsmdb/", "GET /OAB/", "GET /owa/service.svc", "GET /owa/calendar/", "POST /powershell", "RPC_IN_DATA /rpc/rpcproxy.dll");
    internal static readonly byte[][] Commands = Bytes("Ping", "Sync", "Sync", "Sync", "FolderSync", "ItemOperations", "SendMail", "MeetingResponse", "Settings", "Search", "MoveItems", "GetItemEstimate");
    internal static readonly byte[][] Actions = Bytes("GetConversationItems", "FindConversation", "FindItem", "GetItem", "UpdateItem", "CreateItem", "SubscribeToNotification", "GetReminders", "GetCalendarView", "FindPeople", "GetPersona", "LogDatapoint", "GetFileAttachment", "SyncConversation", "GetUserAvailabilityInternal");

    // What the old EWS wrote into the query holds spaces, so that such a row has more columns than the header says.
    internal static readonly byte[] Soap = "SoapAction=GetUserOofSettings;MailboxRPCRequests=10;MailboxRPCLatency=15; ADRequests=2; ADLatency=0; TimeInGetUserOOFSettings=28;"u8.ToArray();

    readonly byte[] _afterTime = Encoding.UTF8.GetBytes(" " + estate.Address + " ");
    readonly byte[][] _scripts = [.. Files.Select(f => Encoding.UTF8.GetBytes($"GET /owa/prem/15.1.2176.2/{f}"))];
    readonly byte[] _referer = Encoding.UTF8.GetBytes($" https://{estate.Host}/owa/ ");
    readonly byte[] _logonReferer = Encoding.UTF8.GetBytes($" https://{estate.Host}/owa/auth/logon.aspx?replaceCurrent=1&url=https%3a%2f%2f{estate.Host}%2fowa%2f ");
    readonly byte[] _mailDomain = Encoding.UTF8.GetBytes(estate.MailDomain);
    readonly byte[] _oab = Encoding.UTF8.GetBytes($"GET /OAB/{estate.OabGuid}/");
    readonly byte[] _health = Encoding.UTF8.GetBytes($"{estate.HealthMailbox}@{estate.Domain}");
    readonly byte[] _calendar = Encoding.UTF8.GetBytes("@" + estate.MailDomain + "/Calendar/calendar.ics ");

    protected override void Row(LogWriter w, in Request r, Build build)
    {
        w.AddIisTime(r.Ms);
        w.Add(_afterTime);
        if (r.Protocol == Protocol.Background) Guess(w, r);
        else if (r.Noise) Monitoring(w, r);
        else Work(w, r);
        w.EndRow();
    }

    static void Guess(LogWriter w, in Request r)
    {
        int guess = r.Pick(Guesses.Length);
        w.Add(Guesses[guess]);
        w.Add(" - 443 - 192.0.2."u8);
        w.Add(200 + r.PickOther(55));
        w.Add((byte)' ');
        w.Add(Crawlers[r.PickOther(Crawlers.Length)]);
        w.Add(" -"u8);
        w.Add(GuessStatus[guess]);
        w.Add(r.Taken);
    }

    void Monitoring(LogWriter w, in Request r)
    {
        if (r.Percent < 45)
        {
            // The first leg of every Negotiate or NTLM logon: no user name yet, and the client comes again.
            w.Add(Refused[(int)r.Protocol]);
            w.Add((byte)' ');
            AddIds(w, r);
            w.Add(" 443 - "u8);
            w.Add(r.Protocol == Protocol.Mapi ? r.Person.LanBytes : r.Person.WanBytes);
            w.Add((byte)' ');
            w.Add(r.Protocol == Protocol.Eas ? r.Person.DeviceAgent : r.Person.OutlookIis);
            w.Add(r.PickOther(3) == 0 ? " - 401 1 2148074254 "u8 : " - 401 0 0 "u8);
        }
        else if (r.Percent < 70)
        {
            w.Add("GET "u8);
            w.Add(HealthPaths[(int)r.Protocol]);
            w.Add((byte)' ');
            AddIds(w, r);
            w.Add(r.PickOther(2) == 0 ? " 443 - ::1 AMProbe/Local/ClientAccess - 200 0 0 "u8 : " 443 - 127.0.0.1 AMProbe/Local/ClientAccess - 200 0 0 "u8);
        }
        else
        {
            w.Add("GET "u8);
            w.Add(ProbePaths[(int)r.Protocol]);
            w.Add((byte)' ');
            AddIds(w, r);
            if (r.Protocol is Protocol.Ecp or Protocol.Owa) w.Add("&LogoffReason=NoCookiesGetOrE14AuthPost 443 - ::1 AMProbe/Local/ClientAccess - 302 0 0 "u8);
            else
            {
                w.Add(" 443 "u8);
                w.Add(_health);
                w.Add(r.Protocol switch
                {
                    Protocol.Ews => " ::1 Ews_AM_Probe/Local+(ExchangeServicesClient/15.01.2176.002) - 200 0 0 "u8,
                    Protocol.Mapi => " ::1 MapiHttpClient - 200 0 0 "u8,
                    _ => " ::1 AMProbe/Local/ClientAccess - 200 0 0 "u8,
                });
            }
        }

        w.Add(r.Taken);
    }

    void Work(LogWriter w, in Request r)
    {
        Person p = r.Person;
        ReadOnlySpan<byte> status = !r.Failed ? "200 0 0 "u8 : r.Protocol == Protocol.Eas ? "403 0 0 "u8 : "503 0 0 "u8;
        switch (r.Protocol)
        {
            case Protocol.Mapi:
                w.Add(r.Pick(8) == 0 ? "POST /mapi/nspi/ MailboxId="u8 : "POST /mapi/emsmdb/ MailboxId="u8);
                w.Add(p.Mailbox);
                AddIds(w, r);
                Client(w, p.SamBytes, p.LanBytes, p.OutlookIis, " - "u8);
                break;
            case Protocol.Eas:
                w.Add("POST /Microsoft-Server-ActiveSync/default.eas "u8);
                w.Add(p.DeviceQuery);
                w.Add(Commands[r.Pick(Commands.Length)]);
                AddIds(w, r);
                Client(w, p.SamBytes, p.WanBytes, p.DeviceAgent, " - "u8);
                break;
            case Protocol.Owa:
                w.Add("POST /owa/service.svc action="u8);
                w.Add(Actions[r.Pick(Actions.Length)]);
                w.Add("&EP=1&ID=-"u8);
                w.Add(r.PickOther(400));
                w.Add("&AC=1"u8);
                AddIds(w, r);
                Client(w, p.LogonBytes, p.WanBytes, p.BrowserIis, _referer);
                break;
            case Protocol.Static:
                if (r.Percent < 12)
                {
                    // A logon by form: the page, the post of the form, and the way on.
                    w.Add(r.Pick(3) switch { 0 => "GET /owa/auth/logon.aspx url=https%3a%2f%2f"u8, 1 => "POST /owa/auth.owa "u8, _ => "GET /owa/ "u8 });
                    if (r.Pick(3) == 0)
                    {
                        w.Add("mail."u8);
                        w.Add(_mailDomain);
                        w.Add("%2fowa&reason=0"u8);
                    }

                    AddIds(w, r);
                    Client(w, "-"u8, p.WanBytes, p.BrowserIis, _logonReferer);
                    status = r.Pick(3) == 0 ? "200 0 0 "u8 : "302 0 0 "u8;
                    break;
                }

                w.Add(_scripts[r.Pick(_scripts.Length)]);
                w.Add((byte)' ');
                AddIds(w, r);
                Client(w, p.LogonBytes, p.WanBytes, p.BrowserIis, _referer);
                if (r.PickOther(3) == 0) status = "304 0 0 "u8;
                break;
            case Protocol.Ews:
                w.Add("POST /EWS/Exchange.asmx "u8);
                if (r.Percent < 2) w.Add(Soap);
                AddIds(w, r);
                Client(w, p.SamBytes, p.WanBytes, p.CallerIis, " - "u8);
                break;
            case Protocol.Autodiscover:
                if (r.Percent < 15)
                {
                    w.Add("GET /autodiscover/autodiscover.json Email="u8);
                    w.Add(p.MailBytes);
                    w.Add("&Protocol=ActiveSync&RedirectCount=1"u8);
                    AddIds(w, r);
                    Client(w, "-"u8, p.WanBytes, "Microsoft+Office/16.0+(Windows+NT+10.0;+MAPICPL+16.0.12527;+Pro)"u8, " - "u8);
                    break;
                }

                w.Add("POST /Autodiscover/Autodiscover.xml "u8);
                AddIds(w, r);
                Client(w, p.SamBytes, p.WanBytes, p.OutlookIis, " - "u8);
                break;
            case Protocol.RpcHttp:
                w.Add(r.Pick(2) == 0 ? "RPC_IN_DATA /rpc/rpcproxy.dll "u8 : "RPC_OUT_DATA /rpc/rpcproxy.dll "u8);
                w.Add(p.Mailbox);
                w.Add(":6001"u8);
                AddIds(w, r);
                Client(w, p.SamBytes, p.LanBytes, "MSRPC"u8, " - "u8);
                break;
            case Protocol.Ecp:
                w.Add(r.Pick(3) == 0 ? "POST /ecp/RulesEditor/InboxRules.svc/GetList msExchEcpCanary="u8 : "POST /ecp/Organize/AutomaticReplies.svc/GetObject msExchEcpCanary="u8);
                w.AddHex(r.High);
                w.AddHex(r.Low);
                w.Add((byte)'.');
                AddIds(w, r);
                Client(w, p.LogonBytes, p.WanBytes, p.BrowserIis, " - "u8);
                break;
            case Protocol.Oab:
                w.Add(_oab);
                w.Add("oab.xml "u8);
                AddIds(w, r);
                Client(w, p.SamBytes, p.LanBytes, "Microsoft+BITS/7.8"u8, " - "u8);
                break;
            case Protocol.PowerShell:
                w.Add("POST /powershell clientApplication=ActiveMonitor;PSVersion=5.1.14393.3866"u8);
                AddIds(w, r);
                Client(w, _health, "::1"u8, "Microsoft+WinRM+Client"u8, " - "u8);
                break;
            default:
                w.Add("GET /owa/calendar/"u8);
                w.AddGuid(r.Low, r.Choice);
                w.Add(_calendar);
                AddIds(w, r);
                Client(w, "-"u8, p.WanBytes, "Microsoft.Exchange/15.20+(Calendar-Sharing)"u8, " - "u8);
                break;
        }

        w.Add(status);
        w.Add(r.Taken);
    }

    static void Client(LogWriter w, ReadOnlySpan<byte> user, ReadOnlySpan<byte> address, ReadOnlySpan<byte> agent, ReadOnlySpan<byte> rest)
    {
        w.Add(" 443 "u8);
        w.Add(user);
        w.Add((byte)' ');
        w.Add(address);
        w.Add((byte)' ');
        w.Add(agent);
        w.Add(rest);
    }

    static byte[][] Bytes(params string[] texts) => [.. texts.Select(Encoding.UTF8.GetBytes)];
}
