using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Tocsin.Triage.Tests.Timeline;

/// <summary>
/// What Timesketch takes, checked strictly. Sources: its user guide "Create timeline from JSONL or CSV file" (mandatory fields, ISO 8601) and
/// <c>read_and_validate_jsonl</c> and <c>_parse_tag_field</c> in <c>timesketch/lib/utils.py</c> (one JSON object a line; microseconds in
/// <c>timestamp</c>; a list of texts in <c>tag</c>; names that are the index's own are taken out). Its index, OpenSearch, refuses a field
/// that changes its type and a term over 32,766 bytes.
/// </summary>
static class Timesketch
{
    static readonly string[] _mandatory = ["message", "datetime", "timestamp_desc"];
    static readonly string[] _ofTheIndex = ["_id", "_type", "_index", "_source", "__ts_timeline_id"];

    /// <summary>Checks every line; gives how many there are.</summary>
    public static int Check(string text)
    {
        Assert.EndsWith("\n", text, StringComparison.Ordinal);
        Assert.All(text, c => Assert.True(c is >= ' ' and <= '~' or '\n'));
        var types = new Dictionary<string, JsonValueKind>(StringComparer.Ordinal);
        string[] lines = text.Split('\n')[..^1];
        foreach (string line in lines)
        {
            using JsonDocument parsed = JsonDocument.Parse(line);
            JsonElement row = parsed.RootElement;
            Assert.Equal(JsonValueKind.Object, row.ValueKind);
            Assert.All(_mandatory, name => Assert.False(string.IsNullOrEmpty(row.GetProperty(name).GetString())));
            Assert.All(_ofTheIndex, name => Assert.False(row.TryGetProperty(name, out _)));
            Assert.Equal(row.EnumerateObject().Count(), row.EnumerateObject().Select(p => p.Name).Distinct(StringComparer.Ordinal).Count());
            DateTimeOffset time = DateTimeOffset.ParseExact(row.GetProperty("datetime").GetString()!, "yyyy-MM-dd'T'HH:mm:ss.ffffffzzz", CultureInfo.InvariantCulture);
            Assert.Equal(TimeSpan.Zero, time.Offset);
            Assert.Equal(time.ToUnixTimeMilliseconds() * 1000 + time.Microsecond, row.GetProperty("timestamp").GetInt64());
            if (row.TryGetProperty("tag", out JsonElement tags))
            {
                Assert.NotEmpty(tags.EnumerateArray());
                Assert.All(tags.EnumerateArray(), tag => Assert.Matches("^[a-z0-9.-]+$", tag.GetString()));
            }

            foreach (JsonProperty field in row.EnumerateObject())
            {
                if (!types.TryAdd(field.Name, field.Value.ValueKind)) Assert.Equal((field.Name, types[field.Name]), (field.Name, field.Value.ValueKind));
                if (field.Value.ValueKind == JsonValueKind.String) Assert.InRange(Encoding.UTF8.GetByteCount(field.Value.GetString()!), 0, 32_766);
            }
        }

        return lines.Length;
    }
}
