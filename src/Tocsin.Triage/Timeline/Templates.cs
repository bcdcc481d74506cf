using Tocsin.Evidence.Records;

namespace Tocsin.Triage.Timeline;

/// <summary>How records of one sort are told in the timeline.</summary>
/// <param name="TimeIs">What the time is the time of: Timesketch's <c>timestamp_desc</c>.</param>
/// <param name="Text">The description; null where the record's own text must do.</param>
/// <param name="Client">Fields of which the first with a value is the client.</param>
/// <param name="User">Fields of which the first with a value is the user.</param>
internal sealed record Telling(string TimeIs, Template? Text, string[] Client, string[] User)
{
    /// <summary>Fields that hold further times of the same record, each a row of its own.</summary>
    public (string Field, string TimeIs)[] MoreTimes { get; init; } = [];

    /// <summary>Every field that it needs.</summary>
    public IEnumerable<string> Fields => [.. Client, .. User, .. Text?.Fields ?? [], .. MoreTimes.Select(t => t.Field)];
}

/// <summary>The one table of descriptions. A log source that is not in it is told by its records' own text.</summary>
internal static class Templates
{
    const string Logged = "Request logged";
    static readonly string[] _proxyClient = ["ClientIpAddress"];
    static readonly string[] _proxyUser = ["AuthenticatedUser"];

    static readonly Telling _unknown = new("Record time", null, ["c-ip", "ClientIpAddress", "client-ip"], ["AuthenticatedUser", "cs-username"]);

    static readonly (LogSource Source, Telling Telling)[] _table =
    [
        (new("webserver", "iis", null), new(
            Logged,
            new("{cs-method} {cs-uri-stem}[?{cs-uri-query}] answered {sc-status}[, user {cs-username}][, {cs(User-Agent)}]"),
            ["X-Forwarded-For", "c-ip"],
            ["cs-username"])),
        (new(null, "exchange", "httpproxy"), new(
            Logged,
            new("{Method} {UrlStem}[?{UrlQuery}] answered {HttpStatus}[, back end {BackEndStatus}][, anchor {AnchorMailbox}][, to {TargetServer}][, user {AuthenticatedUser}][, {UserAgent}][, error {ErrorCode}]"),
            _proxyClient,
            _proxyUser)),
        (new(null, "exchange", "rps-http"), new(
            Logged,
            new("PowerShell over HTTP {UrlStem}[?{UrlQuery}] answered {HttpStatus}[, {Action}][, command {CommandName}][, user {AuthenticatedUser}][, {ClientInfo}]"),
            _proxyClient,
            _proxyUser)),
        (new("command", "exchange", "rps-cmdlet"), new(
            "Command logged",
            new("Command {Command}[, {Outcome}][, user {AuthenticatedUser}][, {ClientApplication}]"),
            _proxyClient,
            _proxyUser)),
        (new("command", "exchange", "ecp-server"), new(
            "Command logged",
            new("Control panel {EventId}[: {Command|EventData}][, {Outcome}]"),
            [],
            [])),
        (new("command", "exchange", "audit"), new("Command logged", new("Admin audit[: {Command}]"), [], [])),
        (new(null, "exchange", "ews"), new(
            Logged,
            new("EWS [{SoapAction} ]answered {HttpStatus}[, user {AuthenticatedUser}][, {UserAgent}][, {ErrorCode}]"),
            _proxyClient,
            _proxyUser)),
        (new(null, "exchange", "mapihttp"), new(
            Logged,
            new("MapiHttp [{OperationType|Operation|Method} ]answered {HttpStatus|ResponseCode|ErrorCode}[, user {AuthenticatedUser|AuthenticatedUserEmail}][, {ClientSoftware|UserAgent}]"),
            ["ClientIpAddress", "ClientIp"],
            ["AuthenticatedUser", "AuthenticatedUserEmail"])),
        (new(null, "exchange", "message-tracking"), new(
            "Message event",
            new("Mail {event-id}[ by {source}][ from {sender-address}][ to {recipient-address}][: {message-subject}]"),
            ["original-client-ip", "client-ip"],
            ["sender-address"])),
        (new("file", "ntfs", "mft"), new("File born", new("File {Path}[, {Size} bytes][, {Fact}]"), [], [])
        {
            MoreTimes = [("SI_Created", "File created ($STANDARD_INFORMATION)"), ("FN_Created", "File created ($FILE_NAME)"), ("SI_Modified", "Content modified"), ("SI_Changed", "File entry changed")],
        }),
        (new("file", "ntfs", "usn"), new("File journal entry", new("File {Name}[, was {OldName}][: {Reason}][, {Fact}]"), [], [])),
        (new("registry", "hive", null), new("Registry key last written", new("Registry {Hive}[\\{Key}][, value {Name}][ = {Value}][, {Deleted}]"), [], [])),
    ];

    /// <summary>How records of a log source are told, Windows events apart: see <see cref="EventTemplates"/>.</summary>
    public static Telling For(LogSource source)
    {
        foreach ((LogSource known, Telling telling) in _table)
        {
            if (known == source) return telling;
        }

        return _unknown with { TimeIs = source.Category switch { "file" => "File time", "registry" => "Last write time", "config" => "File time", _ => _unknown.TimeIs } };
    }
}
