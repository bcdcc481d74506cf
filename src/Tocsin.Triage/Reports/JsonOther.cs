using System.Text.Json;
using static Tocsin.Triage.Reports.JsonReport;

namespace Tocsin.Triage.Reports;

/// <summary>What rules beside the packs found, as JSON.</summary>
static class JsonOther
{
    public static void WriteFinding(Utf8JsonWriter json, OtherFinding finding)
    {
        Text(json, "id", finding.Id);
        Text(json, "title", finding.Title);
        Text(json, "level", finding.LevelWord);
        Text(json, "kind", finding.Kind);
        Text(json, "group", finding.Group);
        Text(json, "author", finding.Author);
        Text(json, "license", finding.License);
        Text(json, "link", finding.Link);
        Text(json, "file", finding.File);
        Texts(json, "techniques", finding.Techniques);
        json.WriteNumber("count", finding.Count);
        Time(json, "first", finding.FirstUtc);
        Time(json, "last", finding.LastUtc);
        List(json, "evidence", finding.Evidence, WriteEvidence);
    }

    public static void WriteSummary(Utf8JsonWriter json, OtherRulesSummary? rules)
    {
        if (rules is null)
        {
            json.WriteNull("otherRules");
            return;
        }

        json.WriteStartObject("otherRules");
        json.WriteNumber("files", rules.Files);
        json.WriteNumber("rules", rules.Rules);
        json.WriteNumber("correlations", rules.Correlations);
        json.WriteNumber("withoutReader", rules.WithoutReader);
        List(json, "refused", rules.Refused, static (json, problem) =>
        {
            Text(json, "code", problem.Code);
            Text(json, "file", problem.File);
            json.WriteNumber("line", problem.Line);
            json.WriteNumber("column", problem.Column);
            Text(json, "message", problem.Message);
            Text(json, "hint", problem.Hint);
        });
        json.WriteEndObject();
    }
}
