using System.Text.Json;
using System.Text.Json.Nodes;
using NJsonSchema;
using Tocsin.Packs.Chain;
using Tocsin.Triage.Reports;
using Tocsin.Triage.Tests.Support;
using Tocsin.Triage.Verdicts;

namespace Tocsin.Triage.Tests.Reports;

public sealed class ReportSchemaTests
{
    static readonly string _path = Path.Combine(Repository.Root, "docs", "formats", "report.schema.json");

    public static TheoryData<string> Reports => [.. Some.Reports.Keys];

    [Theory, MemberData(nameof(Reports))]
    public async Task Reports_are_as_the_schema_says(string name) =>
        Assert.Empty(await Errors(JsonNode.Parse(Rendered.Bytes(Some.Reports[name](), "json"))!));

    [Theory]
    [InlineData("/servers/0/waves/0/verdict", "\"clean\"")]
    [InlineData("/servers/0/waves/0/verdict", "\"Compromised\"")]
    [InlineData("/servers/0/waves/0/stage", "\"suspicious\"")]
    [InlineData("/servers/0/waves/0/confidence", "\"certain\"")]
    [InlineData("/servers/0/waves/0/steps/0/outcome", "\"blocked\"")]
    [InlineData("/servers/0/waves/0/steps/0/events/0/proves", "\"\"")]
    [InlineData("/servers/0/waves/0/window/from", "\"2021-03-03 04:00\"")]
    [InlineData("/servers/0/artifacts/0/state", "\"notread\"")]
    [InlineData("/servers/0/verdict", "\"targeted\"")]
    [InlineData("/schema", "\"tocsin.report/2\"")]
    [InlineData("/exitCode", "64")]
    [InlineData("/totals/records", "-1")]
    public async Task A_wrong_word_fails(string place, string value)
    {
        JsonNode report = JsonNode.Parse(Rendered.Bytes(Some.ReportOfACompromisedServer(), "json"))!;
        string[] parts = place.Split('/')[1..];
        JsonNode parent = parts[..^1].Aggregate(report, (node, part) => int.TryParse(part, out int index) ? node[index]! : node[part]!);
        parent[parts[^1]] = JsonNode.Parse(value);

        Assert.NotEmpty(await Errors(report));
    }

    [Theory]
    [InlineData("/servers/0/waves/0/verdict")]
    [InlineData("/servers/0/waves/0/missing")]
    [InlineData("/totals")]
    public async Task Nothing_may_be_left_out(string place)
    {
        JsonNode report = JsonNode.Parse(Rendered.Bytes(Some.ReportOfACompromisedServer(), "json"))!;
        string[] parts = place.Split('/')[1..];
        JsonNode parent = parts[..^1].Aggregate(report, (node, part) => int.TryParse(part, out int index) ? node[index]! : node[part]!);

        Assert.True(parent.AsObject().Remove(parts[^1]));
        Assert.NotEmpty(await Errors(report));
    }

    [Fact]
    public void The_schema_has_exactly_the_words_of_the_program()
    {
        using JsonDocument schema = JsonDocument.Parse(File.ReadAllBytes(_path));
        JsonElement definitions = schema.RootElement.GetProperty("definitions");
        string[] Words(string name) => [.. definitions.GetProperty(name).GetProperty("enum").EnumerateArray().Select(w => w.GetString()!).Order(StringComparer.Ordinal)];

        Assert.Equal(Enum.GetValues<Verdict>().Select(Tocsin.Triage.Verdicts.Words.Of).Order(StringComparer.Ordinal), Words("verdict"));
        Assert.Equal(Enum.GetValues<Stage>().Select(Tocsin.Triage.Verdicts.Words.Of).Order(StringComparer.Ordinal), Words("stage"));
        Assert.Equal(Enum.GetValues<Outcome>().Select(Tocsin.Triage.Verdicts.Words.Of).Order(StringComparer.Ordinal), Words("outcome"));
        Assert.Equal(Enum.GetValues<Confidence>().Select(Tocsin.Triage.Verdicts.Words.Of).Order(StringComparer.Ordinal), Words("confidence"));
        string[] findings = [.. definitions.GetProperty("clock").GetProperty("properties").GetProperty("finding").GetProperty("enum").EnumerateArray().Select(w => w.GetString()!).Order(StringComparer.Ordinal)];
        Assert.Equal(Enum.GetValues<ClockFinding>().Select(Wording.Of).Order(StringComparer.Ordinal), findings);
        Assert.Equal(JsonReport.Schema, schema.RootElement.GetProperty("properties").GetProperty("schema").GetProperty("enum")[0].GetString());
    }

    static async Task<IEnumerable<string>> Errors(JsonNode report)
    {
        JsonSchema schema = await JsonSchema.FromJsonAsync(await File.ReadAllTextAsync(_path));
        return schema.Validate(report.ToJsonString()).Select(e => e.ToString());
    }
}
