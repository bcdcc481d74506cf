using System.Globalization;
using System.Text;

namespace Tocsin.Cli.Exercises.Logs;

/// <summary>What mail went where: CSV of 30 columns, a file an hour.</summary>
internal sealed class MessageTrackingLog(Estate estate) : SteadyLog(estate, "MessageTracking", hourly: true, rowsPerDay: 24500)
{
    public const string Columns = "date-time,client-ip,client-hostname,server-ip,server-hostname,source-context,connector-id,source,event-id,internal-message-id,message-id,network-message-id,recipient-address,recipient-status,total-bytes,recipient-count,related-recipient-address,reference,message-subject,sender-address,return-path,message-info,directionality,tenant-id,original-client-ip,original-server-ip,custom-data,transport-traffic-type,log-id,schema-version";

    static readonly byte[] ColumnBytes = Encoding.UTF8.GetBytes(Columns);
    static readonly byte[][] Subjects = [.. new[] { "RE: Angebot", "Rechnung", "\"Termin, verschoben\"", "Protokoll der Sitzung", "AW: Lieferung", "Einladung: Jour fixe", "Wochenbericht" }.Select(Encoding.UTF8.GetBytes)];
    readonly byte[] _client = Encoding.UTF8.GetBytes($",{estate.LinkLocal},{estate.Fqdn.ToUpperInvariant()},{estate.Address},{estate.Server},\"MDB:{estate.Databases[0]}, Mailbox:");
    readonly byte[] _host = Encoding.UTF8.GetBytes($"@{estate.Fqdn}>,");

    public override string Folder => Install + "TransportRoles/Logs/MessageTracking";

    public override string FileName(DateOnly day, int hour, int part) => string.Create(CultureInfo.InvariantCulture, $"MSGTRKMD{day:yyyyMMdd}{hour:00}-{part}.LOG");

    public override void Head(LogWriter w, int ms, Build build) => ExchangeHead(w, ms, build.Padded, "Message Tracking Log", ColumnBytes, bare: false);

    protected override void Row(LogWriter w, int ms, bool busy, ref Dice dice, Build build)
    {
        Person from = dice.Pick<Person>(Estate.People), to = dice.Pick<Person>(Estate.People);
        w.AddStamp(ms);
        w.Add(_client);
        w.AddGuid(dice.Next(), dice.Next());
        w.Add(", Event:"u8);
        w.Add(dice.Between(1000000, 99999999));
        w.Add(", MessageClass:IPM.Note, ClientType:MOMT\",,STOREDRIVER,DELIVER,"u8);
        w.Add(dice.Between(1000, 90000));
        w.Add(",<"u8);
        w.AddHex(dice.Next());
        w.Add(_host);
        w.AddGuid(dice.Next(), dice.Next());
        w.Add((byte)',');
        w.Add(to.MailBytes);
        w.Add(",To,"u8);
        w.Add(dice.Between(3000, 900000));
        w.Add(",1,,,"u8);
        w.Add(Subjects[dice.Below(Subjects.Length)]);
        w.Add((byte)',');
        w.Add(from.MailBytes);
        w.Add((byte)',');
        w.Add(from.MailBytes);
        w.Add(",04I: ,Originating,,,,S:DeliveryPriority=Normal,Email,"u8);
        w.AddGuid(dice.Next(), dice.Next());
        w.Add(",15.01."u8);
        w.Add(build.Number);
        w.Add(build.Revision < 10 ? ".00"u8 : ".0"u8);
        w.Add(build.Revision);
    }
}
