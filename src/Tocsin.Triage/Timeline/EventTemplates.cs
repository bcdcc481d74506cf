using System.Text;
using Tocsin.Evidence.Records;

namespace Tocsin.Triage.Timeline;

/// <summary>How Windows events are told: by id and channel. What is not in the table is told by its message or its own text.</summary>
internal static class EventTemplates
{
    const string Sysmon = "Microsoft-Windows-Sysmon/Operational", Security = "Security", System = "System", Management = "MSExchange Management";
    const string PowerShell = "Microsoft-Windows-PowerShell/Operational", Tasks = "Microsoft-Windows-TaskScheduler/Operational", Defender = "Microsoft-Windows-Windows Defender/Operational";

    /// <summary>Before every description.</summary>
    public static Template Head { get; } = new("{Channel|Provider_Name}[ {EventID}]");

    /// <summary>Of events that are not in the table.</summary>
    public static Template Other { get; } = new("[{Provider_Name}, ][{Message}]");

    public static string[] Client { get; } = ["IpAddress", "SourceAddress", "SourceIp", "ClientAddress", "ClientIP"];

    public static string[] User { get; } = ["User", "TargetUserName", "SubjectUserName", "AccountName", "UserName"];

    static readonly (int Id, string Channel, Template Template)[] _table =
    [
        (1, Sysmon, new("process started: {CommandLine|Image}[ ({Image})][, by {ParentImage}][, user {User}][, hashes {Hashes}]")),
        (2, Sysmon, new("file's birth time changed: {TargetFilename}[ to {CreationUtcTime}][, by {Image}]")),
        (3, Sysmon, new("network connection: {SourceIp} to {DestinationIp}[:{DestinationPort}][, by {Image}]")),
        (5, Sysmon, new("process ended: {Image}")),
        (7, Sysmon, new("image loaded: {ImageLoaded}[, into {Image}]")),
        (8, Sysmon, new("remote thread: {SourceImage} in {TargetImage}")),
        (10, Sysmon, new("process opened: {TargetImage}[, by {SourceImage}][, access {GrantedAccess}]")),
        (11, Sysmon, new("file created: {TargetFilename}[, by {Image}][, user {User}]")),
        (12, Sysmon, new("registry key: {TargetObject}[, {EventType}][, by {Image}]")),
        (13, Sysmon, new("registry value set: {TargetObject}[ = {Details}][, by {Image}]")),
        (14, Sysmon, new("registry renamed: {TargetObject}[, by {Image}]")),
        (15, Sysmon, new("file stream created: {TargetFilename}[, by {Image}]")),
        (17, Sysmon, new("pipe created: {PipeName}[, by {Image}]")),
        (18, Sysmon, new("pipe connected: {PipeName}[, by {Image}]")),
        (22, Sysmon, new("name looked up: {QueryName}[, answer {QueryResults}][, by {Image}]")),
        (23, Sysmon, new("file deleted: {TargetFilename}[, by {Image}]")),
        (26, Sysmon, new("file deleted: {TargetFilename}[, by {Image}]")),
        (1102, Security, new("the security log was cleared[ by {SubjectUserName}]")),
        (4616, Security, new("the clock was changed[ from {PreviousTime}][ to {NewTime}][, by {ProcessName}][, user {SubjectUserName}]")),
        (4624, Security, new("logon[, type {LogonType}][, user {TargetUserName}][ from {IpAddress}][ ({WorkstationName})][, process {ProcessName}]")),
        (4625, Security, new("logon failed[, type {LogonType}][, user {TargetUserName}][ from {IpAddress}][, status {SubStatus}]")),
        (4634, Security, new("logoff[, user {TargetUserName}]")),
        (4648, Security, new("logon with explicit credentials[, user {SubjectUserName}][ as {TargetUserName}][ on {TargetServerName}][, process {ProcessName}]")),
        (4656, Security, new("handle asked for: {ObjectName}[, by {ProcessName}][, user {SubjectUserName}]")),
        (4663, Security, new("object accessed: {ObjectName}[, by {ProcessName}][, user {SubjectUserName}]")),
        (4672, Security, new("special rights given[ to {SubjectUserName}]")),
        (4688, Security, new("process started: {CommandLine|NewProcessName}[ ({NewProcessName})][, by {ParentProcessName}][, user {SubjectUserName}]")),
        (4689, Security, new("process ended: {ProcessName}")),
        (4697, Security, new("service installed: {ServiceName}[, {ServiceFileName}][, user {SubjectUserName}]")),
        (4698, Security, new("task created: {TaskName}[, user {SubjectUserName}]")),
        (4699, Security, new("task deleted: {TaskName}[, user {SubjectUserName}]")),
        (4702, Security, new("task changed: {TaskName}[, user {SubjectUserName}]")),
        (4720, Security, new("account created: {TargetUserName}[, by {SubjectUserName}]")),
        (4722, Security, new("account enabled: {TargetUserName}[, by {SubjectUserName}]")),
        (4724, Security, new("password reset: {TargetUserName}[, by {SubjectUserName}]")),
        (4726, Security, new("account deleted: {TargetUserName}[, by {SubjectUserName}]")),
        (4728, Security, new("added to the global group {TargetUserName}[: {MemberName|MemberSid}][, by {SubjectUserName}]")),
        (4732, Security, new("added to the local group {TargetUserName}[: {MemberName|MemberSid}][, by {SubjectUserName}]")),
        (4738, Security, new("account changed: {TargetUserName}[, by {SubjectUserName}]")),
        (4756, Security, new("added to the universal group {TargetUserName}[: {MemberName|MemberSid}][, by {SubjectUserName}]")),
        (4768, Security, new("Kerberos ticket asked for[, user {TargetUserName}][ from {IpAddress}][, status {Status}]")),
        (4769, Security, new("Kerberos service ticket[, user {TargetUserName}][, service {ServiceName}][ from {IpAddress}]")),
        (4776, Security, new("credentials checked[, user {TargetUserName}][ from {Workstation}][, status {Status}]")),
        (5136, Security, new("directory object changed: {ObjectDN}[, {AttributeLDAPDisplayName}][, by {SubjectUserName}]")),
        (5140, Security, new("share opened: {ShareName}[ from {IpAddress}][, user {SubjectUserName}]")),
        (5145, Security, new("share checked: {ShareName}[ {RelativeTargetName}][ from {IpAddress}][, user {SubjectUserName}]")),
        (1, System, new("the clock was changed[ from {OldTime}][ to {NewTime}][, reason {Reason}]")),
        (104, System, new("an event log was cleared[: {Channel}][ by {SubjectUserName}]")),
        (7036, System, new("service state: {param1}[ is {param2}]")),
        (7040, System, new("service start changed: {param1}[ from {param2}][ to {param3}]")),
        (7045, System, new("service installed: {ServiceName}[, {ImagePath}][, account {AccountName}]")),
        (4103, PowerShell, new("PowerShell pipeline: {Payload}")),
        (4104, PowerShell, new("PowerShell script: {ScriptBlockText}[, file {Path}]")),
        (106, Tasks, new("task registered: {TaskName}[, user {UserContext}]")),
        (140, Tasks, new("task changed: {TaskName}[, user {UserName}]")),
        (141, Tasks, new("task deleted: {TaskName}[, user {UserName}]")),
        (200, Tasks, new("task runs: {TaskName}[, {ActionName}]")),
        (1116, Defender, new("malware detected: {Threat Name}[, {Path}]")),
        (1117, Defender, new("malware acted on: {Threat Name}[, {Path}]")),
        (1, Management, new("command succeeded[: {Command}]")),
        (6, Management, new("command failed[: {Command}]")),
    ];

    /// <summary>Every field that any event needs.</summary>
    public static IEnumerable<string> Fields { get; } =
        [.. Client, .. User, .. Head.Fields, .. Other.Fields, "UtcTime", .. _table.SelectMany(t => t.Template.Fields)];

    /// <summary>The table for records of a field set.</summary>
    public static Bound Bind(FieldSet fields) => new(fields);

    /// <summary>The table with the indexes of the fields. Safe to share.</summary>
    public sealed class Bound(FieldSet fields)
    {
        readonly int _id = fields.IndexOf("EventID"), _channel = fields.IndexOf("Channel");
        readonly Template.Bound _head = Head.Bind(fields), _other = Other.Bind(fields);
        readonly ILookup<int, (byte[] Channel, Template.Bound Template)> _byId =
            _table.ToLookup(t => t.Id, t => (Encoding.UTF8.GetBytes(t.Channel), t.Template.Bind(fields)));

        /// <summary>Writes the description; gives its length, and whether it says more than the head.</summary>
        public int Write(in Record record, Span<byte> to, out bool saysMore)
        {
            int length = _head.Write(in record, to);
            int behind = length + Utf8Text.Copy(": "u8, to[length..]);
            int more = (Of(in record) ?? _other).Write(in record, to[behind..]);
            saysMore = more > 0;
            return saysMore ? behind + more : length;
        }

        Template.Bound? Of(in Record record)
        {
            if (!int.TryParse(record[_id], out int id)) return null;
            foreach ((byte[] channel, Template.Bound template) in _byId[id])
            {
                if (record[_channel].SequenceEqual(channel)) return template;
            }

            return null;
        }
    }
}
