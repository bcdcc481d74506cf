using System.Globalization;
using Tocsin.Detection;

namespace Tocsin.Packs.Patches;

/// <summary>Turns the files of a data package into rows, and says at which line one is wrong.</summary>
static class PatchTableReader
{
    static readonly string[] Scopes = ["server", "domain", "forest"];
    static readonly string[] Categories = ["exchange", "advisory", "engine-component", "os-component", "client-neighbour", "server-neighbour"];

    public static void Fill(PatchTables tables, Func<string, Stream?> open, List<Diagnostic> diagnostics)
    {
        ReadBuilds(tables, Open("builds.csv", ["build", "product", "cumulative-update", "update", "released", "kb", "day", "note"]));
        CsvTable? conditions = Open("conditions.csv", ["id", "scope", "step", "verify", "brought-by", "unverified", "note"]);
        ReadSteps(tables, conditions);
        ReadCves(tables, Open("cves.csv", ["cve", "category", "impact", "wave", "update", "published", "products", "not-affected", "condition", "detail", "mitigated-by", "families", "cvss", "cvss-note", "kev-added", "kev-due", "kev-ransomware", "unverified", "note"]));
        foreach ((string[] row, int line) in conditions?.Sound ?? [])
        {
            if (conditions!.Cell(row, "brought-by") is { Length: > 0 } bringer && tables.CveOf(bringer) is null) conditions.Report(line, $"cves.csv does not have {bringer}.", "Add it there, or leave 'brought-by' empty.");
        }

        ReadFixes(tables, Open("fixes.csv", ["cve", "product", "update", "first-fixed"]));
        tables.Set(
            ReadSpecials(Open("special-march-2021.csv", ["product", "cumulative-update", "kb", "cves"])),
            ReadProducts(Open("support.csv", ["product", "numbers", "end", "assessed-until", "serviced", "last-public", "paid", "unverified", "note"])));

        CsvTable? Open(string file, string[] columns)
        {
            using Stream? stream = open(file);
            if (stream is not null) return CsvTable.Read(file, stream, columns, diagnostics);
            diagnostics.Add(new(PatchTables.BadPackage, file, 1, 1, "The file is missing.", $"A package has {string.Join(", ", PatchTables.Files)}."));
            return null;
        }
    }

    public static bool TryDay(string text, out DateOnly day) => DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out day);

    static void ReadBuilds(PatchTables tables, CsvTable? table)
    {
        foreach ((string[] row, int line) in table?.Sound ?? [])
        {
            string released = table!.Cell(row, "released");
            // Of some builds only the month is known: that is no day.
            DateOnly? day = TryDay(released, out DateOnly exact) ? exact : null;
            if (!BuildNumber.TryParse(table.Cell(row, "build"), out BuildNumber number, out BuildForm form) || form != BuildForm.FileVersion) table.Report(line, $"'{table.Cell(row, "build")}' is no build.", "Write four numbers, such as 15.1.2176.9.");
            else if (day is null && released.Length is not (0 or 7)) table.Report(line, $"'{released}' is no day.", "Write 2021-03-02, or 2021-03 where only the month is known.");
            else if (!tables.Add(new KnownBuild(number, table.Cell(row, "product"), table.Cell(row, "cumulative-update"), OrNull(table.Cell(row, "update")), day, OrNull(table.Cell(row, "kb")), OrNull(table.Cell(row, "note"))) { IsDayInferred = table.Cell(row, "day") == "inferred" })) table.Report(line, $"{number} stands here twice.", "Keep one row.");
        }
    }

    static void ReadSteps(PatchTables tables, CsvTable? table)
    {
        foreach ((string[] row, int line) in table?.Sound ?? [])
        {
            string scope = table!.Cell(row, "scope");
            if (!Scopes.Contains(scope)) table.Report(line, $"'{scope}' is no scope.", "Write server, domain or forest.");
            else if (!tables.Add(new PatchStep(table.Cell(row, "id"), scope, table.Cell(row, "step"), table.Cell(row, "verify"), OrNull(table.Cell(row, "brought-by")), table.Cell(row, "unverified") == "yes", OrNull(table.Cell(row, "note"))))) table.Report(line, $"{table.Cell(row, "id")} stands here twice.", "Keep one row.");
        }
    }

    static DateOnly? DayOf(CsvTable table, string[] row, int line, string column)
    {
        string text = table.Cell(row, column);
        if (text.Length == 0) return null;
        if (TryDay(text, out DateOnly day)) return day;
        table.Report(line, $"'{text}' in {column} is no day.", "Write 2021-03-02, or nothing.");
        return null;
    }

    static void ReadCves(PatchTables tables, CsvTable? table)
    {
        foreach ((string[] row, int line) in table?.Sound ?? [])
        {
            string Cell(string column) => table!.Cell(row, column);
            DateOnly? Day(string column) => DayOf(table!, row, line, column);

            var families = new List<BuildNumber>();
            foreach (string family in Words(Cell("families")))
            {
                if (BuildNumber.TryParse(family + ".0", out BuildNumber number)) families.Add(number);
                else table!.Report(line, $"'{family}' is no family.", "Write three numbers, such as 15.1.2176.");
            }

            decimal? cvss = decimal.TryParse(Cell("cvss"), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out decimal score) ? score : null;
            if (cvss is null && Cell("cvss").Length > 0) table!.Report(line, $"'{Cell("cvss")}' is no score.", "Write 9.1, or nothing.");
            if (!Categories.Contains(Cell("category"))) table!.Report(line, $"'{Cell("category")}' is no category.", $"Write one of {string.Join(", ", Categories)}.");
            if (Cell("condition").Length > 0 && tables.StepOf(Cell("condition")) is null) table!.Report(line, $"conditions.csv does not have '{Cell("condition")}'.", "Add it there, or mend the name.");
            var cve = new KnownCve
            {
                Id = Cell("cve"),
                Category = Cell("category"),
                Impact = OrNull(Cell("impact")),
                Wave = OrNull(Cell("wave")),
                Update = OrNull(Cell("update")),
                Published = Day("published"),
                Products = Cell("products").Split('/', StringSplitOptions.RemoveEmptyEntries),
                NotAffected = Cell("not-affected").Split('/', StringSplitOptions.RemoveEmptyEntries),
                Condition = OrNull(Cell("condition")),
                Detail = OrNull(Cell("detail")),
                MitigatedBy = Words(Cell("mitigated-by")),
                Families = families,
                Cvss = cvss,
                CvssNote = OrNull(Cell("cvss-note")),
                Kev = Day("kev-added") is { } added ? new(added, Day("kev-due"), Cell("kev-ransomware")) : null,
                Unverified = OrNull(Cell("unverified")),
                Note = OrNull(Cell("note")),
            };
            if (!tables.Add(cve)) table!.Report(line, $"{cve.Id} stands here twice.", "Keep one row.");
        }
    }

    static void ReadFixes(PatchTables tables, CsvTable? table)
    {
        foreach ((string[] row, int line) in table?.Sound ?? [])
        {
            var first = new List<BuildNumber>();
            foreach (string build in Words(table!.Cell(row, "first-fixed")))
            {
                if (!BuildNumber.TryParse(build, out BuildNumber number)) table.Report(line, $"'{build}' is no build.", "Write four numbers, such as 15.1.2176.9.");
                else if (first.Count > 0 && number.Family <= first[^1].Family) table.Report(line, $"{number} stands behind {first[^1]}.", "One build for each cumulative update, oldest first.");
                else first.Add(number);
            }

            if (tables.CveOf(table.Cell(row, "cve")) is null) table.Report(line, $"cves.csv does not have {table.Cell(row, "cve")}.", "Add it there.");
            else if (first.Count == 0) table.Report(line, "No build has the fix.", "Leave the row out, or name the builds.");
            else tables.Add(new FixRow(table.Cell(row, "cve"), table.Cell(row, "product"), table.Cell(row, "update"), first));
        }
    }

    static List<SpecialRow> ReadSpecials(CsvTable? table) =>
        [.. (table?.Sound ?? []).Select(r => new SpecialRow(table!.Cell(r.Cells, "product"), table.Cell(r.Cells, "cumulative-update"), table.Cell(r.Cells, "kb"), Words(table.Cell(r.Cells, "cves"))))];

    static List<SupportRow> ReadProducts(CsvTable? table)
    {
        var products = new List<SupportRow>();
        foreach ((string[] row, int line) in table?.Sound ?? [])
        {
            string Cell(string column) => table!.Cell(row, column);
            DateOnly? Day(string column) => DayOf(table!, row, line, column);

            if (Cell("numbers").Length == 0) table!.Report(line, "'numbers' is empty.", "Write what the product's builds begin with, such as 15.1.");
            else products.Add(new(Cell("product"), Cell("numbers"), Day("end"), Day("assessed-until"), Words(Cell("serviced")), OrNull(Cell("last-public")), Words(Cell("paid")), Cell("unverified") == "yes", OrNull(Cell("note"))));
        }

        return products;
    }

    static string[] Words(string text) => text.Split(' ', StringSplitOptions.RemoveEmptyEntries);

    static string? OrNull(string cell) => cell.Length == 0 ? null : cell;
}
