using System.Text;

namespace Tocsin.Cli.Exercises.Logs;

/// <summary>W3SVC2, the web site behind the front end, on port 444. The front end comes as the computer's own account.</summary>
internal sealed class BackEndLog(Estate estate) : IisLog(estate, "W3SVC2", [.. Flow.All.Where(f => f.BackEndShare > 0)])
{
    readonly byte[] _afterTime = Encoding.UTF8.GetBytes(" " + estate.Address + " ");
    readonly byte[] _machine = Encoding.UTF8.GetBytes($" 444 {estate.MachineAccount} {estate.LinkLocal} ");
    readonly byte[] _oab = Encoding.UTF8.GetBytes($"GET /OAB/{estate.OabGuid}/oab.xml ");

    protected override double ShareOf(Flow flow) => flow.BackEndShare;

    protected override void Row(LogWriter w, in Request r, Build build)
    {
        w.AddIisTime(r.Ms);
        w.Add(_afterTime);
        if (r.Noise) Monitoring(w, r);
        else Work(w, r);
        w.EndRow();
    }

    void Monitoring(LogWriter w, in Request r)
    {
        switch (r.Protocol)
        {
            case Protocol.Ecp:
                w.Add(r.Pick(2) == 0 ? "GET /ecp/exhealth.check "u8 : "GET /ecp/logoff.aspx "u8);
                break;
            case Protocol.PowerShell:
                w.Add("POST /powershell clientApplication=ActiveMonitor;PSVersion=5.1.14393.3866"u8);
                break;
            default:
                w.Add(FrontEndLog.Refused[(int)r.Protocol]);
                w.Add((byte)' ');
                break;
        }

        AddIds(w, r);
        w.Add(_machine);
        w.Add(r.Protocol == Protocol.PowerShell ? "Exchange+BackEnd+Probes"u8 : "AMProbe/Local/ClientAccess"u8);
        w.Add(" - 200 0 0 "u8);
        w.Add(r.Taken);
    }

    void Work(LogWriter w, in Request r)
    {
        Person p = r.Person;
        byte[] agent = p.OutlookIis;
        switch (r.Protocol)
        {
            case Protocol.Mapi:
                w.Add(r.Pick(8) == 0 ? "POST /mapi/nspi/ MailboxId="u8 : "POST /mapi/emsmdb/ MailboxId="u8);
                w.Add(p.Mailbox);
                break;
            case Protocol.Eas:
                w.Add("POST /Microsoft-Server-ActiveSync/Proxy/default.eas "u8);
                w.Add(p.DeviceQuery);
                w.Add(FrontEndLog.Commands[r.Pick(FrontEndLog.Commands.Length)]);
                w.Add("&Log=PrxFrom:"u8);
                w.Add(Estate.LinkLocal);
                w.Add("_V141_LdapC"u8);
                w.Add(r.PickOther(9));
                w.Add("_Mbx:"u8);
                w.Add(p.Database);
                w.Add("_"u8);
                agent = p.DeviceAgent;
                break;
            case Protocol.Owa:
                w.Add("POST /owa/service.svc action="u8);
                w.Add(FrontEndLog.Actions[r.Pick(FrontEndLog.Actions.Length)]);
                w.Add("&EP=1&ID=-"u8);
                w.Add(r.PickOther(400));
                w.Add("&AC=1"u8);
                agent = p.BrowserIis;
                break;
            case Protocol.Ews:
                w.Add("POST /EWS/Exchange.asmx "u8);
                if (r.Percent < 4) w.Add(FrontEndLog.Soap);
                agent = p.CallerIis;
                break;
            case Protocol.Autodiscover:
                w.Add("POST /Autodiscover/Autodiscover.xml "u8);
                break;
            case Protocol.RpcHttp:
                w.Add(r.Pick(2) == 0 ? "RPC_IN_DATA /rpc/rpcproxy.dll "u8 : "RPC_OUT_DATA /rpc/rpcproxy.dll "u8);
                w.Add(p.Mailbox);
                w.Add(":6001"u8);
                break;
            case Protocol.Ecp:
                w.Add(r.Pick(3) == 0 ? "POST /ecp/RulesEditor/InboxRules.svc/GetList msExchEcpCanary="u8 : "POST /ecp/Organize/AutomaticReplies.svc/GetObject msExchEcpCanary="u8);
                w.AddHex(r.High);
                w.AddHex(r.Low);
                w.Add((byte)'.');
                agent = p.BrowserIis;
                break;
            case Protocol.Oab:
                w.Add(_oab);
                break;
            case Protocol.PowerShell:
                w.Add("POST /powershell clientApplication=ActiveMonitor;PSVersion=5.1.14393.3866"u8);
                break;
            default:
                w.Add("GET /owa/calendar/calendar.ics "u8);
                break;
        }

        AddIds(w, r);
        w.Add(_machine);
        w.Add(agent);
        w.Add(!r.Failed ? " - 200 0 0 "u8 : r.Protocol == Protocol.Eas ? " - 403 0 0 "u8 : " - 503 0 0 "u8);
        w.Add(r.Taken);
    }
}
