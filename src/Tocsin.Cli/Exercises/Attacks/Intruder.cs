using System.Globalization;

namespace Tocsin.Cli.Exercises.Attacks;

/// <summary>One group of attackers, as the logs of March 2021 show such groups: tool, vehicle, shell. The dice choose.</summary>
/// <param name="Client">Its address, of a range reserved for documentation.</param>
/// <param name="Agent">How its tool calls itself.</param>
/// <param name="Vehicle">The static page whose request carries the forged cookie.</param>
/// <param name="Target">How the forged cookie spells the server.</param>
/// <param name="Canary">The control panel's token of the stolen session.</param>
/// <param name="Schema">Which virtual directory is abused: OAB, ECP or OWA.</param>
/// <param name="Shell">The shell's path on the web.</param>
/// <param name="Parameter">What the shell's field is called; the attackers' only handle on their own shell.</param>
/// <param name="ShellAgent">How the shell's client calls itself.</param>
/// <param name="Pace">Seconds between two steps.</param>
internal sealed record Intruder(string Client, string Agent, string Vehicle, string Target, string Canary, string Schema, string Shell, string Parameter, string ShellAgent, double Pace)
{
    static readonly string[] Agents = ["ExchangeServicesClient/0.0.0.0", "python-requests/2.25.1", "python-requests/2.19.1", "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/88.0.4324.150 Safari/537.36"];
    static readonly string[] Vehicles = ["/ecp/y.js", "/ecp/y.js", "/ecp/main.css", "/ecp/default.flt", "/ecp/auth/w.js", "/owa/auth/Current/themes/resources/logon.css", "/owa/auth/Current/themes/resources/owafont_ja.css"];
    static readonly string[] Shells = ["/aspnet_client/supp0rt.aspx", "/aspnet_client/discover.aspx", "/aspnet_client/system_web/error.aspx", "/aspnet_client/HttpProxy.aspx", "/aspnet_client/OutlookEN.aspx", "/owa/auth/RedirSuiteServerProxy.aspx", "/owa/auth/errorEE.aspx", "/owa/auth/OutlookZH.aspx", "/owa/auth/8Lw7tAhF9i1pJnRo.aspx", "/aspnet_client/shellex.aspx"];
    static readonly string[] Parameters = ["orange", "klk123456", "zAQRpas3hC", "NO9BxmCXw0JE", "gwqA1"];
    static readonly string[] ShellAgents = ["antSword/v2.1", "antSword/v2.1", "python-requests/2.25.1", "Mozilla/5.0 (compatible; Baiduspider/2.0; +http://www.baidu.com/search/spider.html)", "Mozilla/5.0 (Windows NT 10.0; WOW64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/74.0.3729.169 Safari/537.36"];

    public static Intruder Roll(Estate estate, ref Dice dice, Intruder? unlike = null)
    {
        string fqdn = dice.Below(3) switch { 0 => estate.Fqdn, 1 => estate.Fqdn.ToUpperInvariant(), _ => $"{estate.Server}.{estate.Domain}" };
        Intruder rolled = new(
            Address(ref dice), dice.Pick<string>(Agents), dice.Pick<string>(Vehicles), (dice.Chance(70) ? "a]@" : "Admin@") + fqdn, dice.Letters(75) + ".",
            dice.Below(4) switch { 0 => "ECP", 1 => "OWA", _ => "OAB" }, dice.Pick<string>(Shells), dice.Pick<string>(Parameters), dice.Pick<string>(ShellAgents), dice.Between(10, 40) / 10.0);
        bool alike = unlike is not null && (rolled.Client == unlike.Client || rolled.Shell == unlike.Shell || rolled.Parameter == unlike.Parameter || rolled.Vehicle == unlike.Vehicle);
        return alike ? Roll(estate, ref dice, unlike) : rolled;
    }

    /// <summary>An address that belongs to nobody.</summary>
    public static string Address(ref Dice dice) => string.Create(CultureInfo.InvariantCulture, $"{(dice.Chance(50) ? "203.0.113" : "198.51.100")}.{dice.Between(2, 250)}");
}
