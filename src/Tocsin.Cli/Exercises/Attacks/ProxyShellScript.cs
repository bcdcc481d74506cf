using System.Text;

namespace Tocsin.Cli.Exercises.Attacks;

/// <summary>What ProxyShell leaves in logs: back-end paths behind autodiscover.json, a forged token, a mailbox export into the web's folder.</summary>
internal static class ProxyShellScript
{
    public static void Run(Ledger ledger)
    {
        Estate estate = ledger.Estate;
        Person admin = estate.Admin;
        DateTime at = ledger.Schedule.AttackUtc;
        string client = Intruder.Address(ref ledger.Dice);
        string agent = ledger.Dice.Pick<string>(["Mozilla/5.0 (Windows NT 10.0; WOW64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/92.0.4515.131 Safari/537.36", "python-requests/2.26.0"]);
        string address = ledger.Dice.Pick<string>(["@evil.example", "@foo.example", "a=x@mail-check.example"]);
        string tail = $"&Email=autodiscover/autodiscover.json%3F{address}";
        string folder = ledger.Dice.Pick<string>([@"\\127.0.0.1\C$\inetpub\wwwroot\aspnet_client\", @"\\localhost\C$\Program Files\Microsoft\Exchange Server\V15\FrontEnd\HttpProxy\owa\auth\"]);
        string name = ledger.Dice.Pick<string>(["zaivc", "d62ffcd688", "253283293", "luifdecggoqmansn", "HWTJQDMFVMPOON"]);
        string shell = (folder.Contains("inetpub", StringComparison.Ordinal) ? "/aspnet_client/" : "/owa/auth/") + name + ".aspx";

        Confused(ledger, ref at, "probe", "GET", "/mapi/nspi/", address, tail, client, agent, "");
        Confused(ledger, ref at, "autodiscover", "POST", "/autodiscover/autodiscover.xml", address, tail, client, agent, "");
        Confused(ledger, ref at, "mapi", "POST", "/mapi/emsmdb/", address, tail, client, agent, "");
        Confused(ledger, ref at, "ews", "POST", "/EWS/exchange.asmx", address, tail, client, agent, "");
        string token = "X-Rps-CAT=" + Token(admin);
        DateTime first = at;
        for (int i = 0; i < 4; i++)
        {
            DateTime row = at;
            Confused(ledger, ref at, "powershell-token", "POST", "/Powershell/", address, "&" + token + tail, client, i == 0 ? agent : "Python PSRP Client", "");
            ledger.RemoteShell(row.AddMilliseconds(40), "remote-powershell", admin.Mail, client, i == 0 ? agent : "Python PSRP Client", $"?{token}{tail}");
        }

        string user = admin.Sam;
        ledger.Cmdlet(first.AddSeconds(3), "role-assignment", user, admin.Sid, "Remote-PowerShell-Unknown", "New-ManagementRoleAssignment", $"-Role \"Mailbox Import Export\" -User \"{admin.Mail}\"");
        ledger.Cmdlet(first.AddSeconds(9), "mailbox-export", user, admin.Sid, "Remote-PowerShell-Unknown", "New-MailboxExportRequest", $"-Mailbox \"{admin.Mail}\" -FilePath \"{folder}{name}.aspx\" -IncludeFolders (\"#Drafts#\") -ContentFilter \"Subject -eq '{name}'\"");
        ledger.Cmdlet(first.AddSeconds(14), "mailbox-export-look", user, admin.Sid, "Remote-PowerShell-Unknown", "Get-MailboxExportRequest", "");
        ledger.Cmdlet(first.AddSeconds(21), "mailbox-export-removed", user, admin.Sid, "Remote-PowerShell-Unknown", "Remove-MailboxExportRequest", $"-Identity \"{admin.Mail}\\MailboxExport\" -Confirm \"False\"");
        Intruder who = Intruder.Roll(estate, ref ledger.Dice) with { Client = client, Shell = shell };
        ProxyLogonScript.Look(ledger, first.AddSeconds(30), shell, client, agent, 200, "shell-get");
        ProxyLogonScript.Use(ledger, who, first.AddSeconds(41));
    }

    static void Confused(Ledger ledger, ref DateTime at, string step, string method, string path, string address, string tail, string client, string agent, string user)
    {
        string request = ledger.Dice.Guid();
        string query = $"{address}{path}?{tail}";
        ledger.Front(at, step, new(method, "/autodiscover/autodiscover.json", query, client, agent, 200, request) { User = user.Length == 0 ? "-" : user });
        ledger.Back(at, step, new(method, path, tail, "", agent, 200, request));
        ledger.Proxy(at.AddMilliseconds(3), step, "Autodiscover", new(request, "Autodiscover", method, "/autodiscover/autodiscover.json", client, agent, 200)
        {
            BackEndStatus = "200", Authentication = "Anonymous", User = user, Query = "?" + query, Anchor = $"Smtp~autodiscover/autodiscover.json?{address}", Hint = "ExplicitLogon-SMTP", Target = ledger.Estate.Fqdn,
        });
        at = at.AddSeconds(ledger.Dice.Between(1, 4)).AddMilliseconds(ledger.Dice.Below(1000));
    }

    /// <summary>The beginning of the token that names the account: enough to read who was impersonated, without the groups that would make it one.</summary>
    static string Token(Person admin)
    {
        List<byte> bytes = [(byte)'V', 1, 0, (byte)'T', 7, .. "Windows"u8, (byte)'C', 0, (byte)'A', 5, .. "Basic"u8, (byte)'L', (byte)admin.Mail.Length, .. Encoding.ASCII.GetBytes(admin.Mail), (byte)'U', (byte)admin.Sid.Length, .. Encoding.ASCII.GetBytes(admin.Sid)];
        return Convert.ToBase64String([.. bytes]);
    }
}
