using System.Globalization;
using System.Text;

namespace Tocsin.Cli.Exercises;

/// <summary>Somebody with a mailbox, in the phrases in which logs name them. All phrases are UTF-8, made once.</summary>
internal sealed class Person
{
    static readonly string[] Browsers =
    [
        "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/88.0.4324.190 Safari/537.36",
        "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/88.0.4324.182 Safari/537.36 Edg/88.0.705.81",
        "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:86.0) Gecko/20100101 Firefox/86.0",
        "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/14.0.3 Safari/605.1.15",
        "Mozilla/5.0 (Windows NT 6.1; WOW64; Trident/7.0; rv:11.0) like Gecko",
    ];

    static readonly string[] Outlooks =
    [
        "Microsoft Office/16.0 (Windows NT 10.0; Microsoft Outlook 16.0.12527; Pro)",
        "Microsoft Office/16.0 (Windows NT 10.0; Microsoft Outlook 16.0.4266; Pro)",
        "Microsoft Office/16.0 (Windows NT 6.2; Microsoft Outlook 16.0.4417; Pro)",
        "Microsoft Office/15.0 (Windows NT 6.1; Microsoft Outlook 15.0.5319; Pro)",
        "MacOutlook/16.46.0.210222 (Intelx64 Mac OS X Version 11.2.1 (Build 20D74))",
    ];

    static readonly string[] Callers =
    [
        "AppleExchangeWebServices/818.120.2 accountsd/113",
        "Mac OS X/10.15.7 (19H524) CalendarAgent/930.5.1",
        "Microsoft Office/16.0 (Windows NT 10.0; Microsoft Outlook 16.0.12527; Pro)",
        "SkypeForBusiness/16.0.12527 (Microsoft Office)",
    ];

    static readonly (string Agent, string Type)[] Devices =
    [
        ("Apple-iPhone12C1/1804.52", "iPhone"),
        ("Apple-iPhone10C4/1803.66", "iPhone"),
        ("Apple-iPad7C2/1805.212", "iPad"),
        ("Outlook-iOS-Android/1.0", "Outlook"),
        ("Android-SAMSUNG-SM-G973F/101.10", "SamsungDevice"),
        ("Android/10-EAS-2.0", "Android"),
    ];

    public Person(Estate estate, string name, int number, int net, Dice dice)
    {
        Name = name;
        Sam = $"{estate.NetBios}\\{name}";
        Mail = $"{name}@{estate.MailDomain}";
        Sid = string.Create(CultureInfo.InvariantCulture, $"{estate.SidPrefix}-{1104 + number * 3}");
        Lan = string.Create(CultureInfo.InvariantCulture, $"10.{net}.{dice.Between(1, 12)}.{dice.Between(11, 250)}");
        Wan = dice.Chance(15) ? $"2001:db8:{dice.Hex(4)}:{dice.Hex(4)}::{dice.Hex(3)}" : string.Create(CultureInfo.InvariantCulture, $"192.0.2.{dice.Between(1, 199)}");
        Browser = dice.Pick<string>(Browsers);
        (string agent, string type) = dice.Pick<(string, string)>(Devices);
        string device = type is "iPhone" or "iPad" ? "ApplDN" + dice.Hex(10).ToUpperInvariant() : dice.Hex(32).ToUpperInvariant();
        string mailbox = $"{dice.Guid()}@{estate.MailDomain}";
        string outlook = dice.Pick<string>(Outlooks);
        string caller = dice.Pick<string>(Callers);
        string database = dice.Pick<string>(estate.Databases);

        SamBytes = Bytes(Sam);
        MailBytes = Bytes(Mail);
        // A quarter of the people log on to OWA with their address instead of DOMAIN\name.
        LogonBytes = dice.Chance(25) ? MailBytes : SamBytes;
        Anchor = Bytes("Sid~" + Sid);
        LanBytes = Bytes(Lan);
        WanBytes = Bytes(Wan);
        BrowserIis = Bytes(Plus(Browser));
        BrowserProxy = Bytes(NoCommas(Browser));
        OutlookIis = Bytes(Plus(outlook));
        OutlookProxy = Bytes(NoCommas(outlook));
        CallerIis = Bytes(Plus(caller));
        CallerProxy = Bytes(NoCommas(caller));
        DeviceAgent = Bytes(agent);
        // Some devices send DOMAIN\name and so a percent-encoded backslash, others the name alone.
        string user = dice.Chance(70) ? $"{estate.NetBios}%5C{name}" : name;
        DeviceQuery = Bytes($"User={user}&DeviceId={device}&DeviceType={type}&Cmd=");
        DeviceSuffix = Bytes($"&User={user}&DeviceId={device}&DeviceType={type}");
        Mailbox = Bytes(mailbox);
        Database = Bytes(database);
        Cookie = Bytes($"Database~{database}~~{estate.CookieExpiry}~{estate.Domain}~1");
    }

    public string Name { get; }

    public string Sam { get; }

    public string Mail { get; }

    public string Sid { get; }

    public string Lan { get; }

    public string Wan { get; }

    public string Browser { get; }

    public byte[] SamBytes { get; }

    public byte[] MailBytes { get; }

    public byte[] LogonBytes { get; }

    public byte[] Anchor { get; }

    public byte[] LanBytes { get; }

    public byte[] WanBytes { get; }

    public byte[] BrowserIis { get; }

    public byte[] BrowserProxy { get; }

    public byte[] OutlookIis { get; }

    public byte[] OutlookProxy { get; }

    public byte[] CallerIis { get; }

    public byte[] CallerProxy { get; }

    public byte[] DeviceAgent { get; }

    public byte[] DeviceQuery { get; }

    public byte[] DeviceSuffix { get; }

    public byte[] Mailbox { get; }

    public byte[] Database { get; }

    public byte[] Cookie { get; }

    /// <summary>IIS writes a plus sign for a space.</summary>
    public static string Plus(string agent) => agent.Replace(' ', '+');

    /// <summary>HttpProxy writes a space for a comma, so its agents never equal those of IIS.</summary>
    public static string NoCommas(string agent) => agent.Replace(',', ' ');

    static byte[] Bytes(string text) => Encoding.UTF8.GetBytes(text);
}
