using System.Globalization;
using System.Text.Json;

namespace Tocsin.Detection.Indicators;

/// <summary>A bundle of STIX 2.1, or an event of MISP, alone or in the answer of its search.</summary>
static class IndicatorJson
{
    /// <summary>Bounds the stack; both formats are flat.</summary>
    const int MaxDepth = 64;

    const string ConfidenceTag = "tocsin:confidence=\"";

    public static void Read(string text, IndicatorFile list)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(text, new JsonDocumentOptions { MaxDepth = MaxDepth });
            JsonElement root = document.RootElement;
            if (Text(root, "type") == "bundle") ReadBundle(root, list);
            else if (Member(root, "Event") is { ValueKind: JsonValueKind.Object } single) ReadEvents([single], list);
            else if (Events(root) is { } several) ReadEvents(several, list);
            else list.Refuse(1, "", "This is JSON, and neither a bundle of STIX 2.1 nor an event of MISP.");
        }
        catch (JsonException e)
        {
            list.Refuse((int)Math.Min((e.LineNumber ?? 0) + 1, int.MaxValue), "", "This is broken JSON.");
        }
    }

    static JsonElement[]? Events(JsonElement root)
    {
        if (root.ValueKind == JsonValueKind.Object && Member(root, "response") is { } response) root = response;
        if (root.ValueKind != JsonValueKind.Array) return null;
        JsonElement[] events = [.. root.EnumerateArray().Select(e => Member(e, "Event")).OfType<JsonElement>().Where(e => e.ValueKind == JsonValueKind.Object)];
        return events.Length > 0 ? events : null;
    }

    static void ReadBundle(JsonElement bundle, IndicatorFile list)
    {
        int number = 0;
        foreach (JsonElement o in Items(bundle, "objects"))
        {
            number++;
            if (Text(o, "type") != "indicator") continue;
            string pattern = Text(o, "pattern") ?? "";
            if (Member(o, "revoked") is { ValueKind: JsonValueKind.True }) list.Refuse(number, pattern, "Its author has taken it back.");
            else if ((Text(o, "pattern_type") ?? "stix") != "stix") list.Refuse(number, pattern, $"A pattern of the type '{Text(o, "pattern_type")}' is not read here.");
            else if (StixPattern.Read(pattern) is not { } parts) list.Refuse(number, pattern, "Only simple comparisons are read: of hashes, addresses, domains, URLs, names and paths.");
            else
            {
                int? confidence = Member(o, "confidence") is { ValueKind: JsonValueKind.Number } c && c.TryGetInt32(out int sure) && sure is >= 0 and <= 100 ? sure : null;
                foreach ((IndicatorType type, string value) in parts) list.Take(number, type, value, IndicatorFile.TimeOf(Text(o, "valid_from")), IndicatorFile.TimeOf(Text(o, "valid_until")), confidence);
            }
        }
    }

    static void ReadEvents(IEnumerable<JsonElement> events, IndicatorFile list)
    {
        int number = 0;
        foreach (JsonElement e in events)
        {
            DateTime? day = IndicatorFile.TimeOf(Text(e, "date"));
            foreach (JsonElement attribute in Items(e, "Attribute").Concat(Items(e, "Object").SelectMany(o => Items(o, "Attribute"))))
            {
                number++;
                if (Member(attribute, "to_ids") is { ValueKind: JsonValueKind.True } && Text(attribute, "value") is { } value) ReadAttribute(list, number, attribute, value, day);
            }
        }
    }

    static void ReadAttribute(IndicatorFile list, int number, JsonElement attribute, string value, DateTime? day)
    {
        // "filename|sha256" and "ip-dst|port" are two values in one; a port says nothing of an attacker.
        string[] types = (Text(attribute, "type") ?? "").Split('|'), values = types.Length == 1 ? [value] : value.Split('|');
        DateTime? first = IndicatorFile.TimeOf(Text(attribute, "first_seen")), last = IndicatorFile.TimeOf(Text(attribute, "last_seen"));
        int? confidence = Items(attribute, "Tag").Select(t => Text(t, "name")).OfType<string>().Where(t => t.StartsWith(ConfidenceTag, StringComparison.Ordinal))
            .Select(t => int.TryParse(t.AsSpan(ConfidenceTag.Length).TrimEnd('"'), NumberStyles.None, CultureInfo.InvariantCulture, out int sure) && sure <= 100 ? sure : (int?)null).FirstOrDefault();
        for (int i = 0; i < Math.Min(types.Length, values.Length); i++)
        {
            if (types[i] == "port") continue;
            if (IndicatorFile.TypeOf(types[i]) is not { } type)
            {
                list.Refuse(number, values[i], $"'{types[i]}' is no type of indicator that this program knows.");
                continue;
            }

            if (type == IndicatorType.FileName && values[i].AsSpan().IndexOfAny('/', '\\') >= 0) type = IndicatorType.FilePath;
            DateTime? until = Indicator.ChangesHands(type) && (last ?? first) is { } end ? IndicatorFile.After(end, Indicator.AddressLife) : null;
            list.Take(number, type, values[i], first, until, confidence, day);
        }
    }

    static JsonElement? Member(JsonElement o, string name) => o.ValueKind == JsonValueKind.Object && o.TryGetProperty(name, out JsonElement value) ? value : null;

    static string? Text(JsonElement o, string name) => Member(o, name) is { ValueKind: JsonValueKind.String } text ? text.GetString() : null;

    static JsonElement.ArrayEnumerator Items(JsonElement o, string name) => Member(o, name) is { ValueKind: JsonValueKind.Array } list ? list.EnumerateArray() : default;
}
