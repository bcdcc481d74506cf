using System.Globalization;
using System.Text;
using Tocsin.Evidence.Artifacts;

namespace Tocsin.Evidence.Hive;

/// <summary>What a hive says of its server: the name, the time zone, the Exchange that is installed.</summary>
internal static class HiveFacts
{
    public static void Tell(HiveImage hive, HiveRoot root, ReadReport report)
    {
        var lookup = new HiveLookup(hive);
        if (root.CurrentSet is { } set) TellSystem(lookup, lookup.Find(lookup.Root, $@"{set}\Control"), report);
        if (root.Hive == "SOFTWARE") TellExchange(lookup, report);
    }

    static void TellSystem(HiveLookup lookup, uint control, ReadReport report)
    {
        if (lookup.Text(lookup.Find(control, @"ComputerName\ComputerName"), "ComputerName") is { Length: > 0 } name) report.AddHost(name);
        uint zone = lookup.Find(control, "TimeZoneInformation");
        if (lookup.Number(zone, "Bias") is not { } bias) return;

        // Minutes to be added to local time to get UTC; east of Greenwich it is negative.
        int minutes = (int)bias;
        if (Math.Abs(minutes) > 24 * 60) return;
        report.TimeZoneBias = minutes;
        string at = string.Create(CultureInfo.InvariantCulture, $"UTC{(minutes > 0 ? '-' : '+')}{Math.Abs(minutes) / 60:00}:{Math.Abs(minutes) % 60:00}");
        string? zoneName = lookup.Text(zone, "TimeZoneKeyName");
        report.Notes.Add($"Clock: the server's time zone is {(string.IsNullOrEmpty(zoneName) ? "" : $"{zoneName}, ")}{at} without daylight saving.");
    }

    static void TellExchange(HiveLookup lookup, ReadReport report)
    {
        foreach (string version in (string[])["v15", "v14"])
        {
            uint setup = lookup.Find(lookup.Root, $@"Microsoft\ExchangeServer\{version}\Setup");
            if (setup == HiveImage.NoCell) continue;
            DateTime written = lookup.LastWriteOf(setup);
            uint?[] parts = [lookup.Number(setup, "MsiProductMajor"), lookup.Number(setup, "MsiProductMinor"), lookup.Number(setup, "MsiBuildMajor"), lookup.Number(setup, "MsiBuildMinor")];
            string? build = parts.All(p => p is not null) ? string.Create(CultureInfo.InvariantCulture, $"{parts[0]}.{parts[1]}.{parts[2]}.{parts[3]}") : null;
            string? owa = lookup.Text(setup, "OwaVersion");
            foreach (string? seen in (string?[])[build, owa])
            {
                if (seen is not null && written != default) report.AddVersion(Encoding.UTF8.GetBytes(seen), written);
            }

            string where = lookup.Text(setup, "MsiInstallPath") is { Length: > 0 } path ? $", in {path}" : "";
            if (build is not null) report.Notes.Add($"Exchange {build} was set up{(owa is null ? "" : $" (Outlook on the web {owa})")}{where}. Security updates change the second number and not the first.");
        }
    }
}
