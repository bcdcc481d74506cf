using Tocsin.Packs.Chain;

namespace Tocsin.Cli.Exercises.Attacks;

/// <summary>Writes the rows of a scenario, and says what they amount to.</summary>
internal static class Script
{
    /// <param name="scenario">Which.</param>
    /// <param name="ledger">Where the rows go.</param>
    /// <returns>The stage that really was reached.</returns>
    public static Stage Run(string scenario, Ledger ledger)
    {
        Housekeeping.Run(ledger);
        DateTime at = ledger.Schedule.AttackUtc;
        Intruder who = Intruder.Roll(ledger.Estate, ref ledger.Dice);
        bool gap = ledger.Dice.Chance(40);
        switch (scenario)
        {
            case Scenarios.Quiet:
                return Stage.None;
            case Scenarios.Scanned:
                Scans(ledger, who, at, patched: false);
                return Stage.Targeted;
            case Scenarios.PatchedThenScanned:
                Scans(ledger, who, at, patched: true);
                return Stage.Targeted;
            case Scenarios.Session:
                // As in a real case: first attempts that stop at Autodiscover, hours later the session.
                ProxyLogonScript.Attempt(ledger, who, at.AddMinutes(-47), "/autodiscover/autodiscover.xml", 200);
                ProxyLogonScript.Session(ledger, who, at);
                return Stage.Exploited;
            case Scenarios.Planted or Scenarios.LogsDeleted:
                at = ProxyLogonScript.Write(ledger, who, ProxyLogonScript.Session(ledger, who, at), gap);
                ProxyLogonScript.Strangers(ledger, at.AddMinutes(ledger.Dice.Between(20, 90)), who.Shell);
                return Stage.Implanted;
            case Scenarios.Used:
                at = ProxyLogonScript.Write(ledger, who, ProxyLogonScript.Session(ledger, who, at), gap);
                ProxyLogonScript.Look(ledger, at, who.Shell, who.Client, who.ShellAgent, 200, "shell-get");
                ProxyLogonScript.Use(ledger, who, at.AddSeconds(ledger.Dice.Between(5, 600)));
                return Stage.Operated;
            case Scenarios.TwoGangs:
                Intruder other = Intruder.Roll(ledger.Estate, ref ledger.Dice, who);
                foreach (Intruder gang in new[] { who, other })
                {
                    DateTime written = ProxyLogonScript.Write(ledger, gang, ProxyLogonScript.Session(ledger, gang, at), gap: false);
                    ProxyLogonScript.Use(ledger, gang, written.AddMinutes(2));
                    at = at.AddHours(ledger.Dice.Between(14, 30)).AddMinutes(ledger.Dice.Below(60));
                }

                return Stage.Operated;
            case Scenarios.ProxyShell:
                ProxyShellScript.Run(ledger);
                return Stage.Operated;
            default:
                ProxyNotShellScript.Run(ledger);
                return Scenarios.LeavesShell(ledger.Estate.Seed) ? Stage.Operated : Stage.Exploited;
        }
    }

    static void Scans(Ledger ledger, Intruder who, DateTime at, bool patched)
    {
        ref Dice dice = ref ledger.Dice;
        if (patched)
        {
            ProxyLogonScript.Attempt(ledger, who, at, "/autodiscover/autodiscover.xml", 500);
            ProxyLogonScript.Attempt(ledger, who, at.AddSeconds(2), "/mapi/emsmdb/", 500);
            ProxyLogonScript.Attempt(ledger, who, at.AddSeconds(5), "/ecp/proxyLogon.ecp", 400);
            ProxyLogonScript.Probe(ledger, at.AddHours(2), Intruder.Address(ref dice), "python-requests/2.25.1");
            return;
        }

        ProxyLogonScript.Nmap(ledger, at, Intruder.Address(ref dice));
        ProxyLogonScript.Attempt(ledger, who, at.AddHours(1), "/autodiscover/autodiscover.xml", dice.Chance(50) ? 200 : 500);
        ProxyLogonScript.Attempt(ledger, who with { Client = Intruder.Address(ref dice) }, at.AddHours(2), "/autodiscover/autodiscover.xml", 500);
        ProxyLogonScript.Strangers(ledger, at.AddMinutes(150), null);
        ProxyLogonScript.Probe(ledger, at.AddMinutes(170), Intruder.Address(ref dice), "python-requests/2.19.1");
    }
}
