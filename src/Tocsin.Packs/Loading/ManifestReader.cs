using System.Globalization;
using Tocsin.Packs.Chain;
using Tocsin.Packs.Manifests;

namespace Tocsin.Packs.Loading;

/// <summary>Reads <c>pack.yaml</c>. The order of the methods is the order of the file; see <c>docs/formats/pack.md</c>.</summary>
static class ManifestReader
{
    /// <summary>The manifest and the name of its table of builds; what is wrong goes to the map's report.</summary>
    public static PackManifest Read(ManifestMap root, string folder, out string buildTable, out bool newerFamiliesFixed)
    {
        string id = root.Text("id");
        if (id.Length > 0 && id != folder) root.Error(PackCodes.WrongId, "id", $"The pack calls itself '{id}' and lies in '{folder}'.", "Name the folder after the pack.");

        ManifestMap? fixedBuilds = root.Map("fixed-builds");
        buildTable = fixedBuilds?.Text("table") ?? "";
        newerFamiliesFixed = fixedBuilds?.Flag("newer-families-fixed") ?? false;
        string decisiveCve = fixedBuilds?.Text("decisive-cve") ?? "";
        fixedBuilds?.Close();

        ManifestMap? coverage = root.Map("coverage");
        var manifest = new PackManifest
        {
            Id = id,
            Title = root.Text("title"),
            Version = root.Text("version"),
            Summary = root.Text("summary"),
            Cves = root.Texts("cves"),
            Techniques = root.Texts("techniques"),
            Window = ReadWindow(root.Map("window"), out DayRange? mass),
            MassWindow = mass,
            Claims = root.OptionalMap("claims") is { } claims ? ReadClaims(claims) : null,
            AppliesTo = [.. root.Maps("applies-to").Select(m => ReadProduct(m, reason: false))],
            NotApplicable = [.. root.Maps("not-applicable").Select(m => ReadProduct(m, reason: true))],
            DecisiveCve = decisiveCve,
            Includes = root.OptionalTexts("includes"),
            DecisiveCoverage = coverage?.TextLists("decisive") ?? [],
            Evidence = [.. coverage?.Maps("evidence").Select(ReadEvidence) ?? []],
            Chain = ReadChain(root.Map("chain")),
            Texts = ReadTexts(root.Map("texts")),
            KnownNoise = root.Texts("known-noise"),
        };
        coverage?.Close();
        root.Close();
        return manifest;
    }

    static DayRange ReadWindow(ManifestMap? map, out DayRange? mass)
    {
        mass = null;
        if (map is null) return default;
        DayRange window = ReadDays(map);
        if (map.OptionalMap("mass") is { } inner)
        {
            mass = ReadDays(inner);
            inner.Close();
        }

        map.Close();
        return window;
    }

    static DayRange ReadDays(ManifestMap map)
    {
        var range = new DayRange(map.Day("from"), map.Day("to"));
        if (range.To < range.From && range.To != default) map.Error(PackCodes.BadDay, "to", "The period ends before it begins.", "Exchange 'from' and 'to'.");
        return range;
    }

    static ClaimedTime ReadClaims(ManifestMap map)
    {
        var claims = new ClaimedTime(map.Day("from"), map.OptionalDay("to"), map.Flag("undated"));
        if (claims.To < claims.From) map.Error(PackCodes.BadDay, "to", "The period ends before it begins.", "Exchange 'from' and 'to'.");
        map.Close();
        return claims;
    }

    static ProductLine ReadProduct(ManifestMap map, bool reason)
    {
        var product = new ProductLine(map.Text("product"), map.Text("builds"), reason ? map.Text("reason") : null);
        map.Close();
        return product;
    }

    static EvidenceKind ReadEvidence(ManifestMap map)
    {
        var evidence = new EvidenceKind(map.Text("kind"), map.Text("where"), map.Text("shows"));
        map.Close();
        return evidence;
    }

    static AttackChain ReadChain(ManifestMap? map)
    {
        if (map is null) return new([], []);
        var steps = new List<ChainStep>();
        foreach (ManifestMap item in map.Maps("steps"))
        {
            var step = new ChainStep(item.Text("id"), item.Text("title"), item.Texts("techniques"));
            item.Close();
            if (steps.Exists(s => s.Id == step.Id)) item.Error(PackCodes.DuplicateId, "id", $"There are two steps '{step.Id}'.", "Give one of them another id.");
            steps.Add(step);
        }

        ChainJoin[] joins = [.. map.Maps("joins").Select(ReadJoin)];
        map.Close();
        return new(steps, joins);
    }

    static ChainJoin ReadJoin(ManifestMap map)
    {
        string word = map.Text("by");
        JoinKey? key = word switch
        {
            "request-id" => JoinKey.RequestId,
            "canary" => JoinKey.Canary,
            "client" => JoinKey.Client,
            "time" => JoinKey.Time,
            _ => null,
        };
        if (key is null && word.Length > 0) map.Error(PackCodes.BadValue, "by", $"Nothing joins by '{word}'.", "Known: request-id, canary, client, time.");

        TimeSpan? within = null;
        if (map.OptionalText("within") is { } text)
        {
            if (text is [.., 'm'] && int.TryParse(text[..^1], NumberStyles.None, CultureInfo.InvariantCulture, out int minutes)) within = TimeSpan.FromMinutes(minutes);
            else map.Error(PackCodes.BadValue, "within", $"'{text}' is no length of time.", "Write whole minutes: 10m.");
        }
        else if (key is JoinKey.Client or JoinKey.Time)
        {
            map.Error(PackCodes.MissingKey, "by", $"A join by {word} needs 'within'.", "Without a limit everything would be one run: within: 10m.");
        }

        map.Close();
        return new(key ?? JoinKey.Time, within);
    }

    static Dictionary<string, PackText> ReadTexts(ManifestMap? map)
    {
        var texts = new Dictionary<string, PackText>(StringComparer.Ordinal);
        if (map is null) return texts;
        foreach (string conclusion in PackText.Conclusions)
        {
            if (map.Map(conclusion) is not { } text) continue;
            texts[conclusion] = new(text.Text("meaning"), text.Text("next-step"));
            text.Close();
        }

        map.Close();
        return texts;
    }
}
