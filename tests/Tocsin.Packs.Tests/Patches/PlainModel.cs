using System.IO.Compression;

namespace Tocsin.Packs.Tests.Patches;

/// <summary>
/// What must come out, written as plainly as possible over the rows of the files and over <c>fixes-long.csv.gz</c>, which has a row for each
/// of 7,514 combinations of flaw, product and cumulative update. It shares no code with the engine.
/// </summary>
sealed class PlainModel
{
    public sealed record Row(string Cve, string Product, string Cu, string Update, string First, string How);

    readonly Dictionary<string, string>[] _builds = Rows("builds.csv");
    readonly Dictionary<string, string>[] _cves = Rows("cves.csv");
    readonly Dictionary<string, string>[] _specials = Rows("special-march-2021.csv");
    readonly Dictionary<string, string>[] _support = Rows("support.csv");
    readonly ILookup<string, Row> _byCve;

    public PlainModel()
    {
        using var unzipped = new StreamReader(new GZipStream(File.OpenRead(Repository.Of("tests/Tocsin.Packs.Tests/Patches/fixes-long.csv.gz")), CompressionMode.Decompress));
        Long = [.. unzipped.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries).Skip(1).Select(l => l.Split(',')).Select(c => new Row(c[0], c[1], c[2], c[3], c[4], c[5]))];
        _byCve = Long.ToLookup(r => r.Cve);
    }

    public IReadOnlyList<Row> Long { get; }

    public IEnumerable<string> Builds => _builds.Select(b => b["build"]);

    public IEnumerable<string> Cves => _cves.Select(c => c["cve"]);

    /// <summary>The status as reports write it.</summary>
    public string StatusOf(string build, string cve)
    {
        Dictionary<string, string> b = _builds.Single(r => r["build"] == build), c = _cves.Single(r => r["cve"] == cve);
        string category = c["category"];
        if (category is "client-neighbour" or "server-neighbour") return "NotApplicable";
        if (category is "engine-component" or "os-component") return "Unknown";
        string product = b["product"];
        // 15.0.847.64 is called SP1 (=CU4), previews have no row: the cumulative update of a number is what the fixes go by.
        string cu = b["cumulative-update"] switch { "SP1 (=CU4)" => "CU4", "Preview" => "", var name => name };
        if (build.StartsWith("15.1.225.", StringComparison.Ordinal)) cu = "RTM";
        // The vendor's page calls it SP2; its number is one of SP3, and no row has a fix below 14.3.442.
        string status = Level(build, product, build == "14.3.328.5" ? "SP3" : cu, c, b);
        return status == "Fixed" && c["condition"].Length > 0 ? "FixedButNeedsStep" : status;
    }

    string Level(string build, string product, string cu, Dictionary<string, string> c, Dictionary<string, string> b)
    {
        if (c["not-affected"].Split('/').Contains(product)) return "NotApplicable";
        Row[] rows = [.. _byCve[c["cve"]]];
        Row? row = rows.FirstOrDefault(r => r.Product == product && r.Cu == cu);
        if (row is not null)
        {
            if (row.How == "none") return "Vulnerable";
            if (row.How == "contained") return "Fixed";
            if (Compare(build, row.First) < 0) return "Vulnerable";
            bool special = _builds.Any(o => o["update"] == "Mar21SU" && o["product"] == product && o["cumulative-update"] == cu && Compare(o["build"], build) <= 0)
                && _specials.Any(s => s["product"] == product && s["cumulative-update"] == cu && s["cves"].Split(' ').Contains(c["cve"]));
            return special ? "Vulnerable" : "Fixed";
        }

        // A preview, or a service pack of 2010 before SP3: older than all that got the fix.
        if (rows.Any(r => r.Product == product)) return "Vulnerable";
        // SE goes on with the numbers of 2019 and is newer than all of it.
        if (product == "Exchange SE" && rows.Any(r => r.Product == "Exchange 2019")) return "Fixed";
        string[] products = c["products"].Split('/', StringSplitOptions.RemoveEmptyEntries);
        if (products.Length == 0) return ByYear(product, cu, c);
        if (!products.Contains(product) && !(product == "Exchange SE" && products.Contains("Exchange 2019")))
        {
            string until = _support.Single(s => s["product"] == product)["assessed-until"], published = Published(c);
            return until.Length > 0 && published.Length > 0 && string.CompareOrdinal(published, until) > 0 ? "Unsupported" : "NotApplicable";
        }

        // Extended Protection came with August 2022; CVE-2024-21410 has no update of its own.
        if (c["cve"] == "CVE-2024-21410") return Level(build, product, cu, _cves.Single(o => o["cve"] == "CVE-2022-21979"), b);
        string[] parts = build.Split('.');
        string line = parts[0] == "14" ? "14." : $"{parts[0]}.{parts[1]}.";
        string[] families = [.. c["families"].Split(' ').Where(f => f.StartsWith(line, StringComparison.Ordinal)).Select(f => f.StartsWith("14.", StringComparison.Ordinal) ? $"14.{f.Split('.')[1]}.0" : f)];
        if (families.Length == 0) return ByYear(product, cu, c);
        string family = parts[0] == "14" ? $"14.{parts[1]}.0" : $"{parts[0]}.{parts[1]}.{parts[2]}";
        if (families.All(f => Compare(family, f) > 0)) return "Fixed";
        if (!families.Contains(family)) return "Vulnerable";
        return b["released"].Length == 10 && string.CompareOrdinal(b["released"], Published(c)) < 0 ? "Vulnerable" : "Unknown";
    }

    string ByYear(string product, string cu, Dictionary<string, string> c)
    {
        if (cu.Length == 0) return "Unknown";
        string first = _builds.Where(b => b["product"] == product && b["cumulative-update"] == cu).OrderBy(b => b["released"].Length < 10).ThenBy(b => b["build"], Comparer<string>.Create(Compare)).First()["released"];
        string year = Published(c) is { Length: > 0 } day ? day[..4] : c["cve"].Split('-')[1];
        return first.Length == 10 && string.CompareOrdinal(first[..4], year) > 0 ? "Fixed" : "Unknown";
    }

    string Published(Dictionary<string, string> c) =>
        c["published"].Length > 0 ? c["published"] : _builds.Where(b => b["update"] == c["update"] && c["update"].Length > 0 && b["released"].Length == 10).Select(b => b["released"]).Order(StringComparer.Ordinal).FirstOrDefault() ?? "";

    static int Compare(string one, string other)
    {
        int[] a = [.. one.Split('.').Select(int.Parse)], b = [.. other.Split('.').Select(int.Parse)];
        for (int i = 0; i < a.Length; i++)
        {
            if (a[i] != b[i]) return a[i] - b[i];
        }

        return 0;
    }

    public static Dictionary<string, string>[] Rows(string file)
    {
        string[][] lines = [.. File.ReadAllLines(Repository.Of("data/exchange/" + file)).Select(Cells)];
        return [.. lines.Skip(1).Select(l => lines[0].Zip(l).ToDictionary(p => p.First, p => p.Second))];
    }

    static string[] Cells(string line)
    {
        var cells = new List<string> { "" };
        bool quoted = false;
        foreach (char c in line)
        {
            if (c == '"') quoted = !quoted;
            else if (c == ',' && !quoted) cells.Add("");
            else cells[^1] += c;
        }

        return [.. cells];
    }
}

static class Repository
{
    public static string Of(string path)
    {
        string? folder = AppContext.BaseDirectory;
        while (folder is not null && !File.Exists(Path.Combine(folder, "Tocsin.slnx"))) folder = Path.GetDirectoryName(folder);
        return Path.Combine(folder!, path);
    }
}
