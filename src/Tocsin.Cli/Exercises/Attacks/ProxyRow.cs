using Tocsin.Cli.Exercises.Logs;

namespace Tocsin.Cli.Exercises.Attacks;

/// <summary>A row of HttpProxy by its telling cells.</summary>
/// <param name="Request">The identifier that IIS has too.</param>
/// <param name="Protocol">Autodiscover, Ecp …</param>
/// <param name="Method">GET, POST …</param>
/// <param name="Stem">The path.</param>
/// <param name="Client">From where.</param>
/// <param name="Agent">The client's name for itself.</param>
/// <param name="Status">The front end's answer.</param>
internal sealed record ProxyRow(string Request, string Protocol, string Method, string Stem, string Client, string Agent, int Status)
{
    /// <summary>The back end's answer; empty where the request never got there.</summary>
    public string BackEndStatus { get; init; } = "";

    public string Anchor { get; init; } = "";

    public string Hint { get; init; } = "";

    public string User { get; init; } = "";

    public string Authentication { get; init; } = "FBA";

    public string Query { get; init; } = "";

    /// <summary>The server it was handed to; empty where it was not.</summary>
    public string Target { get; init; } = "";

    public string TargetVersion { get; init; } = "";

    public string Errors { get; init; } = "";

    public string Format(DateTime utc, Estate estate, Build build, ref Dice dice)
    {
        int taken = dice.Between(20, 400);
        string begin = Ledger.Stamp(utc.AddMilliseconds(-taken)), end = Ledger.Stamp(utc);
        bool proxied = Target.Length > 0;
        Dictionary<string, string> cells = new()
        {
            ["DateTime"] = end, ["RequestId"] = Request, ["MajorVersion"] = "15", ["MinorVersion"] = "1", ["BuildVersion"] = Ledger.Text(build.Number), ["RevisionVersion"] = Ledger.Text(build.Revision),
            ["Protocol"] = Protocol, ["UrlHost"] = estate.Host, ["UrlStem"] = Stem, ["AuthenticationType"] = Authentication, ["IsAuthenticated"] = User.Length > 0 ? "true" : "false", ["AuthenticatedUser"] = User,
            ["AnchorMailbox"] = Anchor, ["UserAgent"] = Agent.Replace(',', ' '), ["ClientIpAddress"] = Client, ["ServerHostName"] = estate.Server, ["HttpStatus"] = Ledger.Text(Status), ["BackEndStatus"] = BackEndStatus,
            ["Method"] = Method, ["RoutingHint"] = Hint, ["ServerLocatorLatency"] = "0", ["RequestBytes"] = Ledger.Text(dice.Between(0, 900)), ["ResponseBytes"] = Ledger.Text(dice.Between(90, 4000)),
            ["HttpPipelineLatency"] = "1", ["CalculateTargetBackEndLatency"] = "1", ["TotalGlsLatency"] = "0", ["TotalAccountForestLatency"] = "0", ["TotalResourceForestLatency"] = "0", ["ADLatency"] = "0", ["TotalSharedCacheLatency"] = "0",
            ["ActivityContextLifeTime"] = Ledger.Text(taken), ["BackendProcessingLatency"] = Ledger.Text(taken - 3), ["HandlerCompletionLatency"] = "0", ["RequestHandlerLatency"] = Ledger.Text(taken - 2), ["ProxyTime"] = Ledger.Text(taken - 2),
            ["CoreLatency"] = "2", ["RoutingLatency"] = "2", ["HttpProxyOverhead"] = "2", ["TotalRequestTime"] = Ledger.Text(taken), ["UrlQuery"] = Query, ["GenericErrors"] = Errors,
            ["GenericInfo"] = proxied
                ? $"BeginRequest={begin};CorrelationID=<empty>;ProxyState-Run=None;FEAuth=BEVersion-{build.Packed};NewConnection={estate.LinkLocal}&0;BeginGetResponse={begin};OnResponseReady={end};EndGetResponse={end};ProxyState-Complete=ProxyResponseData;SharedCacheGuard=0;EndRequest={end};"
                : $"BeginRequest={begin};CorrelationID=<empty>;{(Status == 302 ? "NoCookies=302 - GET/E14AuthPost;" : "")}SharedCacheGuard=0;EndRequest={end};",
        };
        if (proxied)
        {
            cells["ProxyAction"] = "Proxy";
            cells["TargetServer"] = Target;
            cells["TargetServerVersion"] = TargetVersion.Length > 0 ? TargetVersion : build.Target;
            cells["RoutingType"] = TargetVersion.Length > 0 ? "CrossRegion" : "IntraForest";
            cells["RoutingStatus"] = "CafeV1";
        }

        return Ledger.Row(HttpProxyLog.Columns, cells);
    }
}
