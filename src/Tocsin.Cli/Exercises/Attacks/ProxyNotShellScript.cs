namespace Tocsin.Cli.Exercises.Attacks;

/// <summary>What ProxyNotShell and OWASSRF leave in logs: PowerShell through the front end under a user's own name, and perhaps a shell.</summary>
internal static class ProxyNotShellScript
{
    public static void Run(Ledger ledger)
    {
        Estate estate = ledger.Estate;
        Person victim = ledger.Dice.Pick<Person>(estate.People);
        DateTime at = ledger.Schedule.AttackUtc;
        string client = Intruder.Address(ref ledger.Dice);
        bool owassrf = Scenarios.UsesOwassrf(estate.Seed);
        string agent = owassrf ? "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/105.0.5195.54 Safari/537.36" : ledger.Dice.Pick<string>(["python-requests/2.28.1", "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/104.0.0.0 Safari/537.36"]);
        DateTime first = at;

        // Without a password the server asks for one.
        Ask(ledger, at, "attempt", owassrf, victim, client, agent, 401);
        int requests = ledger.Dice.Between(4, 8);
        for (int i = 0; i < requests; i++)
        {
            at = at.AddSeconds(ledger.Dice.Between(1, 5)).AddMilliseconds(ledger.Dice.Below(900));
            Ask(ledger, at, "powershell-through-front-end", owassrf, victim, client, agent, 200);
            ledger.RemoteShell(at.AddMilliseconds(35), "remote-powershell", victim.Mail, client, agent, "?serializationLevel=Full;ExchClientVer=15.1.2507.12");
        }

        if (!Scenarios.LeavesShell(estate.Seed)) return;
        string shell = ledger.Dice.Pick<string>(["/owa/auth/pxh4HG1v.ashx", "/owa/auth/errorEE.aspx", "/owa/auth/xml.ashx"]);
        Intruder who = Intruder.Roll(estate, ref ledger.Dice) with { Client = client, Shell = shell, ShellAgent = "antSword/v2.1" };
        ProxyLogonScript.Look(ledger, first.AddSeconds(90), shell, client, agent, 200, "shell-get");
        ProxyLogonScript.Use(ledger, who, first.AddSeconds(120));
    }

    static void Ask(Ledger ledger, DateTime at, string step, bool owassrf, Person victim, string client, string agent, int status)
    {
        string request = ledger.Dice.Guid();
        const string address = "x@evil.example";
        string protocol = owassrf ? "Owa" : "Autodiscover";
        string stem = owassrf ? $"/owa/{victim.Mail.Replace("@", "%40", StringComparison.Ordinal)}/powershell" : "/autodiscover/autodiscover.json";
        string query = owassrf ? "" : $"a={address}/powershell/?&Email=autodiscover/autodiscover.json%3Fa={address}";
        bool known = status == 200;
        ledger.Front(at, step, new("POST", stem, query, client, agent, status, request) { User = known ? victim.Sam : "-" });
        if (known) ledger.Back(at, step, new("POST", "/powershell", query.Length == 0 ? "" : $"&Email=autodiscover/autodiscover.json%3Fa={address}", "", agent, 200, request));
        // An anonymous refusal stands in IIS alone.
        if (!known) return;
        ledger.Proxy(at.AddMilliseconds(3), step, protocol, new(request, protocol, "POST", stem, client, agent, status)
        {
            BackEndStatus = "200", Authentication = "Basic", User = victim.Sam, Query = query.Length == 0 ? "" : "?" + query, Anchor = owassrf ? $"Smtp~{victim.Mail}" : $"Smtp~autodiscover/autodiscover.json?a={address}",
            Hint = "ExplicitLogon-SMTP", Target = ledger.Estate.Fqdn,
        });
    }
}
