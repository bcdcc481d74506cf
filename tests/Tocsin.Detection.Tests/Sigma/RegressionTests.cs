using System.Formats.Tar;
using System.IO.Compression;
using System.Text;
using System.Text.Json;
using Tocsin.Detection.Sigma;

namespace Tocsin.Detection.Tests.Sigma;

/// <summary>SigmaHQ keeps a recorded event for some of its rules; each must hit its rule.</summary>
public sealed class RegressionTests
{
    [Fact]
    public void Every_event_that_SigmaHQ_recorded_for_a_rule_hits_it()
    {
        if (Corpus.Find() is not { } corpus) return;

        RuleSet set = RuleSet.Compile(corpus.Rules, [], []);
        SourceRules windows = set.For(Some.Windows);
        var missed = new List<string>();
        var wrong = new List<string>();
        int files = 0, events = 0, hits = 0;
        Dictionary<string, int> expected = Corpus.RegressionCounts();
        foreach ((string path, string text) in Corpus.RegressionEvents())
        {
            files++;
            string id = Path.GetFileNameWithoutExtension(path);
            SigmaRule? rule = set.Rules.FirstOrDefault(r => r.Id == id);
            SourceRules alone = RuleSet.Compile(rule is null ? [] : [rule], [], []).For(Some.Windows);
            int own = 0;
            foreach (JsonElement json in Values(text))
            {
                events++;
                (string, string)[] fields = [.. Fields(json.GetProperty("Event"))];
                string line = JsonSerializer.Serialize(json);
                List<int> found = Some.Match(windows, line, fields);
                hits += found.Count;
                bool hit = found.Exists(i => set.Rules[i].Id == id);
                Assert.Equal(hit ? [0] : [], Some.Match(alone, line, fields));
                Assert.True(!hit || alone.FindCandidate(Encoding.UTF8.GetBytes(line), 0) >= 0, $"{path} is withheld");
                if (hit) own++;
                else missed.Add($"{path}: {string.Join(" | ", fields)}");
            }

            int wanted = expected[path[..path.LastIndexOf('/')]];
            // Two recordings hold more events that fit their rule, word by word, than SigmaHQ counts: it says how many at least.
            if (own < Math.Max(1, wanted)) wrong.Add($"{path}: {own} of {wanted}; rule {(rule is null ? "missing" : "there")}");
        }

        Console.WriteLine($"SigmaHQ: {files} recordings of {events} events, {events - missed.Count} hit their rule, {hits} hits in all.");
        Assert.True(wrong.Count == 0, $"{wrong.Count} wrong:\n{string.Join('\n', wrong)}\n\n{string.Join('\n', missed)}");
        Assert.Equal(116, files);
    }

    /// <summary>A file holds one event behind the other.</summary>
    static List<JsonElement> Values(string text)
    {
        var values = new List<JsonElement>();
        var reader = new Utf8JsonReader(Encoding.UTF8.GetBytes(text), new JsonReaderOptions { AllowMultipleValues = true });
        while (reader.Read()) values.Add(JsonElement.ParseValue(ref reader));
        return values;
    }

    /// <summary>An event's fields under the names that Sigma has for them.</summary>
    static IEnumerable<(string, string)> Fields(JsonElement e)
    {
        JsonElement system = e.GetProperty("System");
        yield return ("Channel", system.GetProperty("Channel").ToString());
        yield return ("Computer", system.GetProperty("Computer").ToString());
        yield return ("Provider_Name", system.GetProperty("Provider").GetProperty("#attributes").GetProperty("Name").ToString());
        JsonElement id = system.GetProperty("EventID");
        yield return ("EventID", id.ValueKind == JsonValueKind.Object ? id.GetProperty("#text").ToString() : id.ToString());
        foreach (string part in (string[])["EventData", "UserData"])
        {
            if (!e.TryGetProperty(part, out JsonElement values) || values.ValueKind != JsonValueKind.Object) continue;
            foreach ((string, string) field in Leaves(values)) yield return field;
        }
    }

    static IEnumerable<(string, string)> Leaves(JsonElement map)
    {
        foreach (JsonProperty property in map.EnumerateObject())
        {
            if (property.Name == "#attributes") continue;
            if (property.Value.ValueKind == JsonValueKind.Object)
            {
                foreach ((string, string) field in Leaves(property.Value)) yield return property.Value.TryGetProperty("#text", out _) ? (property.Name, field.Item2) : field;
            }
            else if (property.Value.ValueKind == JsonValueKind.Array)
            {
                foreach (JsonElement item in property.Value.EnumerateArray()) yield return (property.Name, item.ToString());
            }
            else
            {
                yield return (property.Name, property.Value.ValueKind == JsonValueKind.Null ? "" : property.Value.ToString());
            }
        }
    }
}
