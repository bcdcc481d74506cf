using System.Text;

namespace Tocsin.Evidence.Hive;

/// <summary>Which hive it is, by what stands below its root, and where Windows shows it.</summary>
/// <param name="Hive">SYSTEM, SOFTWARE, SAM, SECURITY, NTUSER.DAT, UsrClass.dat, DEFAULT, COMPONENTS, DRIVERS, Amcache, BCD, ELAM, or "unknown".</param>
/// <param name="Mount">The path at which Windows shows the root: <c>HKLM\SYSTEM</c>.</param>
/// <param name="CurrentSet">The control set in use (<c>ControlSet001</c>), which is shown as <c>CurrentControlSet</c>; null in other hives.</param>
internal sealed record HiveRoot(string Hive, string Mount, string? CurrentSet)
{
    /// <summary>How many keys below the root are looked at: real roots have some dozens.</summary>
    const int MaxKeys = 4096;

    public static HiveRoot Of(HiveImage hive)
    {
        var names = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        var lookup = new HiveLookup(hive);
        foreach (uint key in lookup.Subkeys(lookup.Root, MaxKeys)) names.Add(lookup.NameOf(key));
        string file = HiveHeader.FileName(hive.File);
        if (names.Contains("Select") && names.Any(n => n.StartsWith("ControlSet", StringComparison.OrdinalIgnoreCase)))
        {
            uint current = lookup.Number(lookup.Find(lookup.Root, "Select"), "Current") ?? 1;
            string set = $"ControlSet{current:000}";
            return new("SYSTEM", @"HKLM\SYSTEM", names.Contains(set) ? set : names.Where(n => n.StartsWith("ControlSet0", StringComparison.OrdinalIgnoreCase)).Order(StringComparer.OrdinalIgnoreCase).FirstOrDefault());
        }

        if (names.Contains("Domains") && names.Contains("RXACT") || names.Count <= 2 && names.Contains("SAM")) return new("SAM", @"HKLM\SAM", null);
        if (names.Contains("Policy") && (names.Contains("RXACT") || names.Contains("Cache") || names.Contains("SAM"))) return new("SECURITY", @"HKLM\SECURITY", null);
        if (names.Contains("CanonicalData") || names.Contains("DerivedData")) return new("COMPONENTS", @"HKLM\COMPONENTS", null);
        if (names.Contains("DriverDatabase")) return new("DRIVERS", @"HKLM\DRIVERS", null);
        if (names.Contains("Objects") && names.Contains("Description")) return new("BCD", @"HKLM\BCD00000000", null);
        if (names.Contains("Root") && IsAmcache(lookup)) return new("Amcache", "Amcache", null);
        if (names.Contains("Microsoft") && (names.Contains("Classes") || names.Contains("Policies") || names.Contains("Wow6432Node") || names.Contains("Clients"))) return new("SOFTWARE", @"HKLM\SOFTWARE", null);
        if (names.Contains("Software") && (names.Contains("Control Panel") || names.Contains("Environment") || names.Contains("Console") || names.Contains("Keyboard Layout") || names.Contains("Volatile Environment")))
        {
            return file.EndsWith("DEFAULT", StringComparison.OrdinalIgnoreCase) ? new("DEFAULT", @"HKU\.DEFAULT", null) : new("NTUSER.DAT", $@"HKU\{UserOf(file)}", null);
        }

        if (names.Contains("Local Settings")) return new("UsrClass.dat", $@"HKU\{UserOf(file)}_Classes", null);
        return names.Contains("Microsoft") ? new("SOFTWARE", @"HKLM\SOFTWARE", null) : new("unknown", "(hive)", null);
    }

    static bool IsAmcache(HiveLookup lookup)
    {
        uint root = lookup.Find(lookup.Root, "Root");
        return lookup.Subkeys(root, MaxKeys).Select(lookup.NameOf).Any(n => n is "File" or "Programs" || n.StartsWith("Inventory", StringComparison.Ordinal));
    }

    // \??\C:\Users\tony\ntuser.dat, of which the header keeps the last 31 characters.
    static string UserOf(string file)
    {
        string[] parts = file.Split('\\');
        int users = Array.FindLastIndex(parts, p => p.EndsWith("Users", StringComparison.OrdinalIgnoreCase) || p.EndsWith("Settings", StringComparison.OrdinalIgnoreCase));
        string name = users >= 0 && users + 1 < parts.Length - 1 ? parts[users + 1] : parts.Length >= 2 && parts[^1].StartsWith("ntuser", StringComparison.OrdinalIgnoreCase) ? parts[^2] : "";
        var kept = new StringBuilder();
        foreach (char c in name) kept.Append(char.IsControl(c) || char.IsSurrogate(c) ? '_' : c);
        return kept.Length == 0 ? "(user)" : kept.ToString();
    }
}
