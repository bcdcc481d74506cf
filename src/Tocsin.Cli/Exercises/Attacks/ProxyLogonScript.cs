namespace Tocsin.Cli.Exercises.Attacks;

/// <summary>What ProxyLogon leaves in logs, in the order and with the answers of a real incident of 3 March 2021.</summary>
internal static class ProxyLogonScript
{
    /// <summary>The forged session: four requests, each seen by the front end, HttpProxy and the back end.</summary>
    public static DateTime Session(Ledger ledger, Intruder who, DateTime at)
    {
        Forged(ledger, who, at, "ssrf-autodiscover", "/autodiscover/autodiscover.xml", "", 200);
        at = Later(ledger, who, at);
        Forged(ledger, who, at, "ssrf-mapi", "/mapi/emsmdb/", "", 200);
        at = Later(ledger, who, at);
        Forged(ledger, who, at, "session", "/ecp/proxyLogon.ecp", "", 241);
        at = Later(ledger, who, at);
        string query = Query(who, who.Schema + "VirtualDirectory");
        Forged(ledger, who, at, "get-object", "/ecp/DDI/DDIService.svc/GetObject", query, 200);
        ledger.Ecp(at, "get-object", $"Get-{Name(who)}VirtualDirectory.ADPropertiesOnly=$true", "/ecp/DDI/DDIService.svc/GetObject?" + query);
        return Later(ledger, who, at);
    }

    /// <summary>The text of a shell into an address of a virtual directory, and the reset that writes it to a file.</summary>
    /// <param name="ledger">Where to.</param>
    /// <param name="who">Whose.</param>
    /// <param name="at">When.</param>
    /// <param name="gap">Whether HttpProxy lacks the row of the write, as it did in the real incident.</param>
    public static DateTime Write(Ledger ledger, Intruder who, DateTime at, bool gap)
    {
        Estate estate = ledger.Estate;
        string name = Name(who), id = estate.VirtualDirectory;
        string query = Query(who, who.Schema + "VirtualDirectory"), url = "/ecp/DDI/DDIService.svc/SetObject?" + query;
        // The marker of a real shell around a body that does nothing: log text, and no shell even if somebody saved it.
        string text = $"http://f/<script language=\"JScript\" runat=\"server\">function Page_Load(){{/*exercise {who.Parameter}*/}}</script>";
        Forged(ledger, who, at, "set-object", "/ecp/DDI/DDIService.svc/SetObject", query, 200, skipProxy: gap);
        ledger.Ecp(at, "set-script-url", $"Set-{name}VirtualDirectory.ExternalUrl=''{text}''.Identity=''{id}''", url);
        at = Later(ledger, who, at);
        string reset = Query(who, $"Reset{who.Schema}VirtualDirectory");
        Forged(ledger, who, at, "reset", "/ecp/DDI/DDIService.svc/SetObject", reset, 200);
        string resetUrl = "/ecp/DDI/DDIService.svc/SetObject?" + reset;
        ledger.Ecp(at, "reset-remove", $"Remove-{name}VirtualDirectory.Force=$true.Identity=''{id}''", resetUrl);
        ledger.Ecp(at.AddSeconds(2), "reset-new", $"New-{name}VirtualDirectory.WebSiteName=''Default Web Site''.Server=''{estate.Server}''.Role=''ClientAccess''", resetUrl);
        at = Later(ledger, who, at.AddSeconds(2));
        Forged(ledger, who, at, "clean-up", "/ecp/DDI/DDIService.svc/SetObject", query, 200);
        ledger.Ecp(at, "clean-up", $"Set-{name}VirtualDirectory.ExternalUrl=$null.Identity=''{id}''", url);
        return Later(ledger, who, at);
    }

    /// <summary>A look whether a page is there.</summary>
    public static void Look(Ledger ledger, DateTime at, string page, string client, string agent, int status, string step) =>
        Page(ledger, at, "GET", page, client, agent, status, step);

    /// <summary>Commands through the shell: what they were, no log says.</summary>
    public static void Use(Ledger ledger, Intruder who, DateTime at)
    {
        int posts = ledger.Dice.Between(3, 9);
        for (int i = 0; i < posts; i++)
        {
            Page(ledger, at, "POST", who.Shell, who.Client, who.ShellAgent, 200, "shell-post");
            at = at.AddSeconds(ledger.Dice.Between(2, 400)).AddMilliseconds(ledger.Dice.Below(1000));
        }
    }

    /// <summary>Strangers with a list of names: some find the shell, for the other names they are sent to the logon page or told there is nothing.</summary>
    public static void Strangers(Ledger ledger, DateTime at, string? shell)
    {
        string client = Intruder.Address(ref ledger.Dice);
        const string agent = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/88.0.4324.182 Safari/537.36";
        string[] names = ["/owa/auth/OutlookJP.aspx", "/aspnet_client/aspnet_www.aspx", "/owa/auth/errorFF.aspx", "/aspnet_client/iispage.aspx"];
        foreach (string name in names)
        {
            Page(ledger, at, "GET", name, client, agent, name.StartsWith("/owa", StringComparison.Ordinal) ? 302 : 404, "shell-name-absent");
            at = at.AddSeconds(1);
        }

        if (shell is not null) Page(ledger, at, "GET", shell, client, agent, 200, "shell-get");
    }

    /// <summary>Requests with a forged cookie that stop at Autodiscover: attempts without a valid address of a mailbox.</summary>
    public static void Attempt(Ledger ledger, Intruder who, DateTime at, string path, int status) =>
        Forged(ledger, who, at, "attempt", path, "", status, refused: status >= 400);

    /// <summary>The defenders' own test for the flaw, which the nmap script of the time sends: two requests whose cookies name localhost.</summary>
    public static void Nmap(Ledger ledger, DateTime at, string client)
    {
        foreach ((string target, string hint) in new[] { ("localhost/ecp/default.flt?", "X-AnonResource-Backend-Cookie"), ("localhost/owa/auth/logon.aspx?", "X-BEResource-Cookie") })
        {
            string request = ledger.Dice.Guid();
            const string agent = "Mozilla/5.0 (compatible; Nmap Scripting Engine; https://nmap.org/book/nse.html)";
            ledger.Front(at, "nmap", new("GET", "/owa/auth/x.js", "", client, agent, 500, request));
            ledger.Proxy(at.AddMilliseconds(3), "nmap", "Owa", new(request, "Owa", "GET", "/owa/auth/x.js", client, agent, 500)
            {
                BackEndStatus = "500", Anchor = "ServerInfo~" + target, Hint = hint, Target = "localhost", TargetVersion = "0.00.0003.000",
            });
            at = at.AddSeconds(1);
        }
    }

    /// <summary>A probe without a cookie: the page does not exist.</summary>
    public static void Probe(Ledger ledger, DateTime at, string client, string agent)
    {
        string request = ledger.Dice.Guid();
        ledger.Front(at, "probe", new("POST", "/ecp/y.js", "", client, agent, 404, request));
        ledger.Proxy(at.AddMilliseconds(2), "probe", "Ecp", new(request, "Ecp", "POST", "/ecp/y.js", client, agent, 404));
    }

    static void Forged(Ledger ledger, Intruder who, DateTime at, string step, string path, string query, int status, bool skipProxy = false, bool refused = false)
    {
        string request = ledger.Dice.Guid();
        string protocol = who.Vehicle.StartsWith("/ecp", StringComparison.Ordinal) ? "Ecp" : "Owa";
        ledger.Front(at, step, new("POST", who.Vehicle, "", who.Client, who.Agent, status, request));
        if (!refused) ledger.Back(at, step, new("POST", path, query, "", who.Agent, status, request));
        if (skipProxy) return;
        ledger.Proxy(at.AddMilliseconds(4), step, protocol, new(request, protocol, "POST", who.Vehicle, who.Client, who.Agent, status)
        {
            BackEndStatus = refused ? "" : Ledger.Text(status),
            Anchor = $"ServerInfo~{who.Target}:444{path}?{query}#",
            Hint = "X-BEResource-Cookie",
            Target = refused ? "" : who.Target[(who.Target.IndexOf('@', StringComparison.Ordinal) + 1)..],
            TargetVersion = refused ? "" : "15.01.1466.000",
            Errors = refused ? "Microsoft.Exchange.HttpProxy.HttpProxyException: The back-end server name is not valid, the request was refused." : "",
        });
    }

    static void Page(Ledger ledger, DateTime at, string method, string page, string client, string agent, int status, string step)
    {
        bool owa = page.StartsWith("/owa", StringComparison.Ordinal);
        string request = ledger.Dice.Guid();
        ledger.Front(at, step, new(method, page, "", client, agent, status, request) { Plain = !owa });
        if (owa) ledger.Proxy(at.AddMilliseconds(1), step, "Owa", new(request, "Owa", method, page, client, agent, status));
    }

    static DateTime Later(Ledger ledger, Intruder who, DateTime at) => at.AddSeconds(who.Pace * ledger.Dice.Between(80, 120) / 100);

    static string Query(Intruder who, string schema) => $"msExchEcpCanary={who.Canary}&schema={schema}";

    static string Name(Intruder who) => who.Schema switch { "ECP" => "Ecp", "OWA" => "Owa", _ => "Oab" };
}
