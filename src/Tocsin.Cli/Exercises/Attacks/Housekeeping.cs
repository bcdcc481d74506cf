namespace Tocsin.Cli.Exercises.Attacks;

/// <summary>What rightful administrators do that looks like an attack at first sight.</summary>
internal static class Housekeeping
{
    public static void Run(Ledger ledger)
    {
        Estate estate = ledger.Estate;
        Person admin = estate.Admin;
        ledger.Rightful = true;
        string canary = ledger.Dice.Letters(75) + ".";
        DateTime day = Workday(ledger, 9);

        // The address of the address book set in the control panel, by a person, from the office.
        string query = $"msExchEcpCanary={canary}&schema=OABVirtualDirectory";
        foreach ((string verb, string command) in new[]
        {
            ("GetObject", "Get-OabVirtualDirectory.ADPropertiesOnly=$true"),
            ("SetObject", $"Set-OabVirtualDirectory.ExternalUrl=''https://{estate.Host}/OAB''.InternalUrl=''https://{estate.Fqdn}/OAB''.Identity=''{estate.VirtualDirectory}''"),
        })
        {
            string request = ledger.Dice.Guid(), path = "/ecp/DDI/DDIService.svc/" + verb;
            ledger.Front(day, "admin-oab-url", new("POST", path, query, admin.Lan, admin.Browser, 200, request) { User = admin.Sam });
            ledger.Back(day, "admin-oab-url", new("POST", path, query, "", admin.Browser, 200, request));
            ledger.Proxy(day.AddMilliseconds(4), "admin-oab-url", "Ecp", new(request, "Ecp", "POST", path, admin.Lan, admin.Browser, 200)
            {
                BackEndStatus = "200", User = admin.Sam, Anchor = "Sid~" + admin.Sid, Hint = "WindowsIdentity", Query = "?" + query, Target = estate.Fqdn,
            });
            ledger.Ecp(day, "admin-oab-url", command, $"{path}?{query}");
            day = day.AddSeconds(ledger.Dice.Between(20, 90));
        }

        day = Workday(ledger, 8);
        Person joins = ledger.Dice.Pick<Person>(estate.People), leaves = ledger.Dice.Pick<Person>(estate.People);
        ledger.RemoteShell(day, "admin-powershell", admin.Mail, admin.Lan, "Microsoft WinRM Client", "?serializationLevel=Full;ExchClientVer=" + ledger.Schedule.BuildAt(day));
        ledger.Cmdlet(day.AddSeconds(8), "admin-new-mailbox", admin.Sam, admin.Sid, "EMS", "New-Mailbox", $"-Name \"{joins.Name}\" -UserPrincipalName \"{joins.Mail}\" -ResetPasswordOnNextLogon \"True\"");
        ledger.Cmdlet(day.AddSeconds(31), "admin-set-mailbox", admin.Sam, admin.Sid, "EMS", "Set-Mailbox", $"-Identity \"{joins.Mail}\" -ProhibitSendQuota \"2 GB (2,147,483,648 bytes)\"");

        // The mailbox of somebody who leaves, exported to the file server.
        day = Workday(ledger, 13);
        ledger.Cmdlet(day, "admin-mailbox-export", admin.Sam, admin.Sid, "EMS", "New-MailboxExportRequest", $"-Mailbox \"{leaves.Mail}\" -FilePath \"\\\\fileserver\\pst\\{leaves.Name}.pst\"");
        ledger.Rightful = false;
    }

    /// <summary>A time in working hours of one of the last days, away from the attack.</summary>
    static DateTime Workday(Ledger ledger, int hour)
    {
        Schedule schedule = ledger.Schedule;
        DateOnly day = schedule.Last;
        while (day.DayOfWeek is DayOfWeek.Saturday or DayOfWeek.Sunday || Math.Abs(day.DayNumber - schedule.AttackDay.DayNumber) < 2) day = day.AddDays(-1);
        return day.ToDateTime(new(hour, ledger.Dice.Below(60), ledger.Dice.Below(60)), DateTimeKind.Utc).AddMilliseconds(ledger.Dice.Below(1000));
    }
}
