using System.Globalization;
using System.Net;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace Tocsin.Triage.Tests.Sharing;

/// <summary>What the specification of STIX 2.1 demands of the objects that exports use. Gives every breach.</summary>
static partial class StixRules
{
    static readonly string[] _ofObservables = ["ipv4-addr", "ipv6-addr", "url", "network-traffic", "file", "directory", "process", "windows-registry-key"];

    static readonly Dictionary<string, string[]> _required = new()
    {
        ["identity"] = ["name"],
        ["indicator"] = ["pattern", "pattern_type", "valid_from"],
        ["observed-data"] = ["first_observed", "last_observed", "number_observed", "object_refs"],
        ["attack-pattern"] = ["name"],
        ["vulnerability"] = ["name"],
        ["course-of-action"] = ["name"],
        ["report"] = ["name", "published", "object_refs"],
        ["relationship"] = ["relationship_type", "source_ref", "target_ref"],
        ["sighting"] = ["sighting_of_ref"],
        ["marking-definition"] = ["definition_type", "definition"],
        ["ipv4-addr"] = ["value"],
        ["ipv6-addr"] = ["value"],
        ["url"] = ["value"],
        ["network-traffic"] = ["protocols", "src_ref"],
        ["file"] = [],
        ["directory"] = ["path"],
        ["process"] = [],
        ["windows-registry-key"] = ["key"],
    };

    // Section 3 of the specification lists for each type which relationships it has; related-to is for all.
    static readonly HashSet<string> _relationships =
    [
        "attack-pattern targets identity", "attack-pattern targets vulnerability", "indicator indicates attack-pattern", "indicator based-on observed-data", "course-of-action related-to identity",
    ];

    public static List<string> Breaches(JsonElement bundle)
    {
        var breaches = new List<string>();
        void Must(bool holds, JsonElement o, string rule)
        {
            if (!holds) breaches.Add($"{o.GetProperty("id").GetString()}: {rule}");
        }

        Must(bundle.GetProperty("type").GetString() == "bundle" && Id().IsMatch(bundle.GetProperty("id").GetString()!), bundle, "is a bundle");
        JsonElement[] objects = [.. bundle.GetProperty("objects").EnumerateArray()];
        Dictionary<string, string> types = [];
        foreach (JsonElement o in objects) Must(types.TryAdd(o.GetProperty("id").GetString()!, o.GetProperty("type").GetString()!), o, "stands once");

        foreach (JsonElement o in objects)
        {
            string type = o.GetProperty("type").GetString()!, id = o.GetProperty("id").GetString()!;
            Must(_required.ContainsKey(type), o, $"no known type: {type}");
            Must(Id().IsMatch(id) && id.StartsWith(type + "--", StringComparison.Ordinal), o, "id of its type");
            Must(o.GetProperty("spec_version").GetString() == "2.1", o, "spec_version");
            foreach (string property in _required.GetValueOrDefault(type, [])) Must(o.TryGetProperty(property, out _), o, $"has {property}");
            bool observable = _ofObservables.Contains(type);
            if (!observable) Must(o.TryGetProperty("created", out _) && (type == "marking-definition" || o.TryGetProperty("modified", out _)), o, "has created and modified");
            if (!observable && type is not ("identity" or "marking-definition")) Must(o.TryGetProperty("created_by_ref", out _), o, "names its maker");

            foreach (JsonProperty property in o.EnumerateObject())
            {
                Must(property.Value.ValueKind is not JsonValueKind.Null, o, $"{property.Name} is null");
                Must(property.Value.ValueKind != JsonValueKind.Array || property.Value.GetArrayLength() > 0, o, $"{property.Name} is empty");
                if (property.Name.EndsWith("_ref", StringComparison.Ordinal)) Must(types.ContainsKey(property.Value.GetString()!), o, $"{property.Name} leads out of the bundle");
                if (property.Name.EndsWith("_refs", StringComparison.Ordinal)) foreach (JsonElement to in property.Value.EnumerateArray()) Must(types.ContainsKey(to.GetString()!), o, $"{property.Name} leads out of the bundle");
                if (property.Name is "created" or "modified" or "published" or "valid_from" or "valid_until" or "first_observed" or "last_observed" or "first_seen" or "last_seen")
                    Must(Timestamp().IsMatch(property.Value.GetString()!), o, $"{property.Name} is a timestamp");
            }

            InOrder("created", "modified", orEqual: true);
            InOrder("first_observed", "last_observed", orEqual: true);
            InOrder("first_seen", "last_seen", orEqual: true);
            InOrder("valid_from", "valid_until", orEqual: false);
            switch (type)
            {
                case "ipv4-addr" or "ipv6-addr": Must(IPAddress.TryParse(o.GetProperty("value").GetString(), out _), o, "is an address"); break;
                case "url": Must(Uri.TryCreate(o.GetProperty("value").GetString(), UriKind.Absolute, out _), o, "is a URL"); break;
                case "file": Must(o.TryGetProperty("hashes", out _) || o.TryGetProperty("name", out _), o, "has a hash or a name"); break;
                case "process": Must(o.TryGetProperty("command_line", out _) || o.TryGetProperty("image_ref", out _), o, "says something"); break;
                case "windows-registry-key": Must(!o.GetProperty("key").GetString()!.StartsWith("HKLM", StringComparison.Ordinal), o, "names its hive in full"); break;
                case "observed-data":
                    Must(o.GetProperty("number_observed").GetInt64() is >= 1 and <= 999_999_999, o, "number_observed");
                    foreach (JsonElement to in o.GetProperty("object_refs").EnumerateArray()) Must(_ofObservables.Contains(types.GetValueOrDefault(to.GetString()!)), o, "refers to observables");
                    break;
                case "indicator": Must(o.GetProperty("confidence").GetInt32() is >= 0 and <= 100 && Pattern().IsMatch(o.GetProperty("pattern").GetString()!), o, $"pattern {o.GetProperty("pattern")}"); break;
                case "sighting": Must(o.GetProperty("where_sighted_refs").EnumerateArray().All(r => types[r.GetString()!] is "identity" or "location"), o, "was seen at somebody's"); break;
                case "relationship":
                    string relation = $"{types[o.GetProperty("source_ref").GetString()!]} {o.GetProperty("relationship_type").GetString()} {types[o.GetProperty("target_ref").GetString()!]}";
                    Must(_relationships.Contains(relation), o, $"no relationship of STIX: {relation}");
                    break;
            }

            void InOrder(string before, string after, bool orEqual)
            {
                if (!o.TryGetProperty(before, out JsonElement a) || !o.TryGetProperty(after, out JsonElement b)) return;
                int order = DateTimeOffset.Parse(a.GetString()!, CultureInfo.InvariantCulture).CompareTo(DateTimeOffset.Parse(b.GetString()!, CultureInfo.InvariantCulture));
                Must(order < 0 || (orEqual && order == 0), o, $"{before} is before {after}");
            }
        }

        return breaches;
    }

    [GeneratedRegex("^[a-z][a-z0-9-]+[a-z0-9]--[0-9a-f]{8}-[0-9a-f]{4}-[45][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$")]
    private static partial Regex Id();

    [GeneratedRegex(@"^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3}Z$")]
    private static partial Regex Timestamp();

    // The grammar of the patterns that exports use: comparisons of paths with texts in which apostrophe and backslash are escaped.
    [GeneratedRegex(@"^\[[a-z0-9-]+:[A-Za-z0-9_.'-]+ = '(?:[^'\\]|\\'|\\\\)*'(?: AND [a-z0-9-]+:[A-Za-z0-9_.'-]+ = '(?:[^'\\]|\\'|\\\\)*')?\]$", RegexOptions.Singleline)]
    private static partial Regex Pattern();
}
