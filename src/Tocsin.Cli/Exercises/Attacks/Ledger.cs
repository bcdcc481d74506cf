using System.Globalization;
using System.Text;
using Tocsin.Cli.Exercises.Logs;

namespace Tocsin.Cli.Exercises.Attacks;

/// <summary>Collects the rows of a scenario, each in the shape of its log.</summary>
internal sealed class Ledger(Estate estate, Schedule schedule, Dice dice)
{
    readonly List<Planted> _rows = [];
    Dice _dice = dice;

    public Estate Estate => estate;

    public Schedule Schedule => schedule;

    /// <summary>Whether the rows that are added now are rightful ones.</summary>
    public bool Rightful { get; set; }

    public IReadOnlyList<Planted> Rows => _rows;

    public ref Dice Dice => ref _dice;

    /// <summary>A request at the front end.</summary>
    public void Front(DateTime utc, string step, Visit visit) => Add("W3SVC1", utc, step, Iis(utc, visit, 443), visit.Client);

    /// <summary>A request at the back end: it comes from the front end, as the computer.</summary>
    public void Back(DateTime utc, string step, Visit visit) =>
        Add("W3SVC2", utc, step, Iis(utc, visit with { User = estate.MachineAccount, Client = estate.LinkLocal }, 444));

    /// <summary>A row of the control panel's log.</summary>
    /// <param name="utc">When.</param>
    /// <param name="step">What it is.</param>
    /// <param name="command">The cmdlet with its parameters as <c>.Name=value</c>.</param>
    /// <param name="url">Which page was asked.</param>
    public void Ecp(DateTime utc, string step, string command, string url)
    {
        string details = $"S:TIME={_dice.Between(20, 900)};S:SID={_dice.Guid()};S:CMD={command};S:REQID=;S:URL={url};S:REFERRER=;S:EX=;S:ACTID={_dice.Guid()};S:RS=0;S:BLD={schedule.BuildAt(utc)};S:TNAME=<null>;S:TID=;S:USID={_dice.Guid()};S:EDOID=;S:ACID=";
        Add("ECP/Server", utc, step, string.Join(',', Stamp(utc), estate.Server, "ECP.Request", Cell(details)));
    }

    /// <summary>A row of the front end's HttpProxy log.</summary>
    public void Proxy(DateTime utc, string step, string protocol, ProxyRow row) => Add("HttpProxy/" + protocol, utc, step, row.Format(utc, estate, schedule.BuildAt(utc), ref _dice), row.Client);

    /// <summary>A request of remote PowerShell.</summary>
    public void RemoteShell(DateTime utc, string step, string user, string client, string agent, string query, int status = 200)
    {
        Build build = schedule.BuildAt(utc);
        int taken = _dice.Between(90, 900);
        Add("Rps/Http", utc, step, Row(RpsHttpLog.Columns, new()
        {
            ["DateTime"] = Stamp(utc), ["StartTime"] = Stamp(utc.AddMilliseconds(-taken)), ["RequestId"] = _dice.Guid(), ["MajorVersion"] = "15", ["MinorVersion"] = "1",
            ["BuildVersion"] = Text(build.Number), ["RevisionVersion"] = Text(build.Revision), ["UrlHost"] = estate.Fqdn, ["UrlStem"] = "/Powershell", ["AuthenticationType"] = "Kerberos",
            ["IsAuthenticated"] = "true", ["AuthenticatedUser"] = user, ["ClientIpAddress"] = client, ["ServerHostName"] = estate.Server, ["FrontEndServer"] = estate.Fqdn.ToUpperInvariant(),
            ["HttpStatus"] = Text(status), ["SubStatus"] = "0", ["RequestBytes"] = Text(_dice.Between(1200, 4000)), ["ClientInfo"] = agent.Replace(',', ' '), ["ActivityContextLifeTime"] = Text(taken), ["TotalTime"] = Text(taken),
            ["UrlQuery"] = query, ["GenericLatency"] = "RequestMonitor.Register=1;WinRMDataSender.Send=0;RpsHttpDatabaseValidationModule=0;ThrottlingHttpModule=0;",
            ["GenericInfo"] = "WinRMDataSender.AuthenticationType=Sent;WinRMDataSender.NamedPipe=Sent;OnEndRequest.End.ContentType=application/soap+xml charset UTF-8;S:ServiceCommonMetadata.HttpMethod=POST",
        }), client);
    }

    /// <summary>A cmdlet that remote PowerShell ran.</summary>
    public void Cmdlet(DateTime utc, string step, string user, string sid, string application, string cmdlet, string parameters)
    {
        Build build = schedule.BuildAt(utc);
        int taken = _dice.Between(40, 1900);
        string controller = $"{estate.Controller}.{estate.Domain}";
        Add("Rps/Cmdlet", utc, step, Row(RpsCmdletLog.Columns, new()
        {
            ["DateTime"] = Stamp(utc), ["StartTime"] = Stamp(utc.AddMilliseconds(-taken)), ["RequestId"] = _dice.Guid(), ["MajorVersion"] = "15", ["MinorVersion"] = "1",
            ["BuildVersion"] = Text(build.Number), ["RevisionVersion"] = Text(build.Revision), ["ServerHostName"] = estate.Server, ["ProcessId"] = "15756", ["ProcessName"] = "w3wp#MSExchangePowerShellAppPool",
            ["ThreadId"] = Text(_dice.Between(20, 120)), ["AuthenticatedUser"] = user, ["ExecutingUserSid"] = sid, ["IsAdmin"] = "True", ["ClientApplication"] = application, ["Cmdlet"] = cmdlet,
            ["Parameters"] = parameters, ["CmdletUniqueId"] = _dice.Guid(), ["RunspaceSettingsCreationHint"] = "GCRandomly", ["ADViewEntireForest"] = "False", ["ADRecipientViewRoot"] = estate.Domain,
            ["ADConfigurationDomainControllers"] = controller, ["ADPreferredGlobalCatalogs"] = controller, ["ADPreferredDomainControllers"] = controller, ["OutputObjectCount"] = "1",
            ["TotalTime"] = Text(taken), ["ExecutionResult"] = "Success", ["GenericLatency"] = $"Cmd={taken};", ["GenericInfo"] = $"PSSenderInfo={user};", ["NonPiiParameters"] = parameters,
        }));
    }

    public static string Stamp(DateTime utc) => utc.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);

    public static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);

    /// <summary>A cell as CSV wants it.</summary>
    public static string Cell(string text) => text.AsSpan().ContainsAny(',', '"') ? $"\"{text.Replace("\"", "\"\"", StringComparison.Ordinal)}\"" : text;

    /// <summary>A row of CSV: the named cells in the order of the columns.</summary>
    public static string Row(string columns, Dictionary<string, string> cells)
    {
        StringBuilder row = new();
        int used = 0;
        foreach (string column in columns.Split(','))
        {
            if (row.Length > 0) row.Append(',');
            if (!cells.TryGetValue(column, out string? cell)) continue;
            row.Append(Cell(cell));
            used++;
        }

        return used == cells.Count ? row.ToString() : throw new ArgumentException("A cell is for a column that the log does not have.", nameof(cells));
    }

    string Iis(DateTime utc, Visit v, int port)
    {
        string query = v.Plain ? v.Query : $"{v.Query}&CorrelationID=<empty>;&cafeReqId={v.Request};";
        return string.Create(CultureInfo.InvariantCulture, $"{utc:yyyy-MM-dd HH:mm:ss} {estate.Address} {v.Method} {v.Stem} {(query.Length == 0 ? "-" : query)} {port} {v.User} {v.Client} {(v.Agent.Length == 0 ? "-" : Person.Plus(v.Agent))} - {v.Status} 0 0 {_dice.Between(11, 900)}");
    }

    void Add(string log, DateTime utc, string step, string text, string? client = null) => _rows.Add(new(log, utc, text, step, !Rightful, client));
}

/// <summary>One request as IIS sees it.</summary>
/// <param name="Method">GET, POST …</param>
/// <param name="Stem">The path.</param>
/// <param name="Query">The query without what Exchange appends; may be empty.</param>
/// <param name="Client">From where.</param>
/// <param name="Agent">The client's name for itself.</param>
/// <param name="Status">The answer.</param>
/// <param name="Request">The identifier that HttpProxy has too.</param>
internal sealed record Visit(string Method, string Stem, string Query, string Client, string Agent, int Status, string Request)
{
    /// <summary>Who; a hyphen for nobody.</summary>
    public string User { get; init; } = "-";

    /// <summary>Whether the page lies outside of Exchange's applications, whose modules append nothing to its query then.</summary>
    public bool Plain { get; init; }
}
