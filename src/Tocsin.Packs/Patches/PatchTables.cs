using System.Globalization;
using System.Text.Json;
using Tocsin.Detection;

namespace Tocsin.Packs.Patches;

/// <summary>What is known of builds, flaws and fixes on one day: a data package, read. Immutable; safe to share between threads.</summary>
/// <remarks>The files and their columns are in <c>docs/formats/exchange-data.md</c>.</remarks>
public sealed class PatchTables
{
    /// <summary>The code of whatever is wrong with a package.</summary>
    public const string BadPackage = "TD001";

    /// <summary>Name and version of the format.</summary>
    public const string Format = "tocsin.exchange/1";

    /// <summary>The file that names the others with their hashes.</summary>
    public const string ManifestFile = "manifest.json";

    /// <summary>The files that a package has beside its manifest.</summary>
    public static IReadOnlyList<string> Files { get; } = ["builds.csv", "conditions.csv", "cves.csv", "fixes.csv", "special-march-2021.csv", "support.csv"];

    static readonly Lazy<PatchTables> Own = new(ReadEmbedded);

    readonly Dictionary<BuildNumber, KnownBuild> _builds = [];
    readonly Dictionary<string, KnownCve> _cves = new(StringComparer.OrdinalIgnoreCase);
    readonly Dictionary<string, List<FixRow>> _fixes = new(StringComparer.Ordinal);
    readonly Dictionary<string, PatchStep> _steps = new(StringComparer.OrdinalIgnoreCase);
    readonly Dictionary<string, DateOnly> _updates = new(StringComparer.Ordinal);

    PatchTables(string version, DateOnly date) => (Version, Date) = (version, date);

    /// <summary>The package that came with the program.</summary>
    public static PatchTables Embedded => Own.Value;

    /// <summary>The package's version.</summary>
    public string Version { get; }

    /// <summary>The day whose knowledge the package has.</summary>
    public DateOnly Date { get; }

    /// <summary>All builds, in the order of the table.</summary>
    public IReadOnlyCollection<KnownBuild> Builds => _builds.Values;

    /// <summary>All flaws, in the order of the table.</summary>
    public IReadOnlyCollection<KnownCve> Cves => _cves.Values;

    /// <summary>What may be needed beside updates.</summary>
    public IReadOnlyCollection<PatchStep> Steps => _steps.Values;

    /// <summary>What the special packages of March 2021 lack.</summary>
    public IReadOnlyList<SpecialRow> Specials { get; private set; } = [];

    /// <summary>The products.</summary>
    public IReadOnlyList<SupportRow> Products { get; private set; } = [];

    /// <summary>Whether the table is so old that it must be said.</summary>
    public bool IsOldOn(DateOnly day) => day.DayNumber - Date.DayNumber > 60;

    /// <summary>The build of that number; null where the table does not have it.</summary>
    public KnownBuild? BuildOf(BuildNumber number) => _builds.GetValueOrDefault(number);

    /// <summary>The flaw of that id; null where the table does not have it.</summary>
    public KnownCve? CveOf(string id) => _cves.GetValueOrDefault(id);

    /// <summary>The step of that id; null where the table does not have it.</summary>
    public PatchStep? StepOf(string id) => _steps.GetValueOrDefault(id);

    /// <summary>The fixes of a flaw, a row for each product that got one.</summary>
    public IReadOnlyList<FixRow> FixesOf(string cve) => _fixes.TryGetValue(cve, out List<FixRow>? rows) ? rows : [];

    /// <summary>When a flaw was published, or else when its update came out.</summary>
    public DateOnly? PublishedOf(KnownCve cve) => cve.Published ?? (cve.Update is { } update && _updates.TryGetValue(update, out DateOnly day) ? day : null);

    /// <summary>The cumulative update that a build belongs to, as the build in which it came out; null where the table has none.</summary>
    /// <remarks>That is the oldest which has a day: 15.2.858.2 of Exchange 2019 CU9 was replaced before it came out.</remarks>
    public KnownBuild? CumulativeUpdateOf(BuildNumber build) =>
        Builds.Where(b => b.Number.IsSameFamily(build) && !b.IsPreview).OrderBy(b => b.Released is null).ThenBy(b => b.Number).FirstOrDefault() ?? BuildOf(build);

    /// <summary>The product that a build belongs to, by its numbers; null for what is no Exchange of 2007 or newer.</summary>
    public SupportRow? ProductOf(BuildNumber build)
    {
        string numbers = string.Create(CultureInfo.InvariantCulture, $"{build.Major}.{build.Minor}");
        SupportRow? found = null;
        foreach (SupportRow product in Products)
        {
            // Two products share 15.2: the later one begins with its first build.
            if (product.Numbers[^1] == '.' ? !numbers.StartsWith(product.Numbers, StringComparison.Ordinal) : numbers != product.Numbers) continue;
            if (found is null || FirstOf(product) is { } first && first.Family <= build) found = product;
        }

        return found;
    }

    BuildNumber? FirstOf(SupportRow product) => Builds.Where(b => b.Product == product.Product).Select(b => (BuildNumber?)b.Number).Min();

    /// <summary>Reads a package.</summary>
    /// <param name="open">Gives the content of one of its files; null where it does not have it. Hashes are <see cref="PatchPackage"/>'s to compare.</param>
    /// <param name="diagnostics">Is told of all that is wrong, each at its place.</param>
    /// <returns>The tables; null where anything is wrong.</returns>
    public static PatchTables? Read(Func<string, Stream?> open, List<Diagnostic> diagnostics)
    {
        int before = diagnostics.Count;
        if (ReadManifest(open, diagnostics) is not { } head) return null;
        var tables = new PatchTables(head.Version, head.Date);
        PatchTableReader.Fill(tables, open, diagnostics);
        return diagnostics.Count == before ? tables : null;
    }

    internal bool Add(KnownBuild build)
    {
        if (build is { Update: { } update, Released: { } day } && (!_updates.TryGetValue(update, out DateOnly known) || day < known)) _updates[update] = day;
        return _builds.TryAdd(build.Number, build);
    }

    internal bool Add(KnownCve cve) => _cves.TryAdd(cve.Id, cve);

    internal bool Add(PatchStep step) => _steps.TryAdd(step.Id, step);

    internal void Add(FixRow row)
    {
        if (_fixes.TryGetValue(row.Cve, out List<FixRow>? rows)) rows.Add(row);
        else _fixes[row.Cve] = [row];
    }

    internal void Set(IReadOnlyList<SpecialRow> specials, IReadOnlyList<SupportRow> products) => (Specials, Products) = (specials, products);

    static (string Version, DateOnly Date)? ReadManifest(Func<string, Stream?> open, List<Diagnostic> diagnostics)
    {
        void Report(string message, string hint) => diagnostics.Add(new(BadPackage, ManifestFile, 1, 1, message, hint));
        using Stream? stream = open(ManifestFile);
        if (stream is null)
        {
            Report("The file is missing.", "A package of builds, flaws and fixes has it in its top folder.");
            return null;
        }

        try
        {
            using JsonDocument json = JsonDocument.Parse(stream);
            JsonElement root = json.RootElement;
            string? format = Text(root, "format"), version = Text(root, "version");
            if (format != Format) Report($"The format is '{format}', not '{Format}'.", "Take a package that was made for this version of tocsin.");
            else if (version is null) Report("'version' is missing.", "Name the package's version.");
            else if (!PatchTableReader.TryDay(Text(root, "date") ?? "", out DateOnly date)) Report("'date' is no day.", "Write it as 2026-11-23.");
            else return (version, date);
        }
        catch (JsonException e)
        {
            diagnostics.Add(new(BadPackage, ManifestFile, (int)(e.LineNumber ?? 0) + 1, (int)(e.BytePositionInLine ?? 0) + 1, "This is no JSON.", "See docs/formats/exchange-data.md."));
        }

        return null;
    }

    static string? Text(JsonElement root, string name) =>
        root.ValueKind == JsonValueKind.Object && root.TryGetProperty(name, out JsonElement value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    static PatchTables ReadEmbedded()
    {
        var diagnostics = new List<Diagnostic>();
        return Read(PatchPackage.OpenEmbedded, diagnostics) ?? throw new InvalidOperationException(string.Join(Environment.NewLine, diagnostics));
    }
}
