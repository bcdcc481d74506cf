using System.Globalization;

namespace Tocsin.Cli.Exercises;

/// <summary>The made-up organisation: one mail server, its names and addresses, its people. Immutable; the seed decides all of it.</summary>
/// <remarks>
/// Every name ends in <c>.example</c> and every outside address is one reserved for documentation: 192.0.2.0/24 for people
/// and harmless crawlers, 198.51.100.0/24 and 203.0.113.0/24 for attackers and scanners alone.
/// </remarks>
internal sealed class Estate
{
    static readonly string[] Firms = ["lindenau", "harbour-trust", "stadtwerke-elm", "molenaar", "polder-college", "kirchberg", "northfield", "sauvage", "vallonia", "greenbank", "tannhof", "costa-verde"];
    static readonly string[] ServerNames = ["EX01", "EXCH01", "MAIL01", "SRV-EX16", "MBX1", "EX2016", "VEXCH02", "SVEX03"];
    static readonly string[] Inner = ["corp", "ad", "intra", "int", "local"];
    static readonly string[] First = ["anna", "ben", "carla", "dmitri", "eva", "farid", "greta", "hugo", "ines", "jonas", "karin", "luca", "maria", "nils", "olga", "pavel", "rosa", "sven", "tara", "uwe", "vera", "wim", "xenia", "yusuf", "zoe"];
    static readonly string[] Last = ["adler", "bauer", "cohen", "dietz", "ernst", "fuchs", "gruber", "haas", "imhof", "jansen", "keller", "lang", "meyer", "novak", "otto", "peters", "quast", "richter", "schmid", "thoma", "ulrich", "vogel", "weber", "zimmer"];

    public Estate(ulong seed, DateOnly collected)
    {
        Dice dice = Dice.For(seed, "estate");
        string firm = dice.Pick<string>(Firms);
        Seed = seed;
        CookieExpiry = collected.AddDays(29).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture) + "T18:59:59";
        MailDomain = firm + ".example";
        Domain = dice.Pick<string>(Inner) + "." + MailDomain;
        NetBios = firm.Split('-')[0].ToUpperInvariant();
        Server = dice.Pick<string>(ServerNames);
        Fqdn = Server.ToLowerInvariant() + "." + Domain;
        OtherFqdn = "ex02b." + Domain;
        Host = (dice.Chance(50) ? "mail." : "webmail.") + MailDomain;
        Controller = "DC0" + dice.Between(1, 4).ToString(CultureInfo.InvariantCulture);
        int net = dice.Between(1, 60);
        Address = string.Create(CultureInfo.InvariantCulture, $"10.{net}.0.{dice.Between(10, 30)}");
        LinkLocal = $"fe80::{dice.Hex(4)}:{dice.Hex(4)}:{dice.Hex(4)}:{dice.Hex(4)}%{dice.Between(2, 14)}";
        SidPrefix = string.Create(CultureInfo.InvariantCulture, $"S-1-5-21-{dice.Between(100000000, 2000000000)}-{dice.Between(100000000, 2000000000)}-{dice.Between(100000000, 2000000000)}");
        OabGuid = dice.Guid();
        VirtualDirectory = dice.Guid();
        Databases = [dice.Guid(), dice.Guid(), dice.Guid()];
        HealthMailbox = "HealthMailbox" + dice.Hex(32);
        French = dice.Chance(50);

        int count = dice.Between(60, 240);
        HashSet<string> names = [];
        List<Person> people = [];
        while (people.Count < count)
        {
            string name = dice.Pick<string>(First) + "." + dice.Pick<string>(Last);
            if (!names.Add(name)) name += people.Count.ToString(CultureInfo.InvariantCulture);
            people.Add(new(this, name, people.Count, net, dice));
            dice = new(dice.Next());
        }

        People = [.. people];
        Admin = new(this, "adm-" + dice.Pick<string>(Last), count, net, dice);
    }

    public ulong Seed { get; }

    /// <summary>When the cookies of the back end run out.</summary>
    public string CookieExpiry { get; }

    /// <summary>The part after the at sign.</summary>
    public string MailDomain { get; }

    /// <summary>The Active Directory domain.</summary>
    public string Domain { get; }

    public string NetBios { get; }

    public string Server { get; }

    public string Fqdn { get; }

    /// <summary>A second server of the organisation, whose logs are not here: requests are sometimes proxied to it.</summary>
    public string OtherFqdn { get; }

    /// <summary>The name under which the world reaches the server.</summary>
    public string Host { get; }

    public string Controller { get; }

    public string Address { get; }

    public string LinkLocal { get; }

    public string SidPrefix { get; }

    public string OabGuid { get; }

    /// <summary>The object of the OAB virtual directory.</summary>
    public string VirtualDirectory { get; }

    public string[] Databases { get; }

    /// <summary>The account of the product's own monitoring.</summary>
    public string HealthMailbox { get; }

    /// <summary>Whether the server speaks French in its error texts; otherwise it speaks German.</summary>
    public bool French { get; }

    public Person[] People { get; }

    /// <summary>Who administers the server, and does so rightfully.</summary>
    public Person Admin { get; }

    /// <summary>The computer's own account, which the front end uses towards the back end.</summary>
    public string MachineAccount => $"{NetBios}\\{Server}$";
}
