using System.Text;
using Tocsin.Detection.Sigma;
using Tocsin.Detection.Sigma.Correlations;
using Tocsin.Evidence.Records;

namespace Tocsin.Detection.Tests.Sigma.Correlations;

public sealed class CorrelationTests
{
    [Theory]
    [InlineData("type: event_counts\n  rules: r0\n  timespan: 1m\n  condition: {gte: 1}", SigmaCodes.BadCorrelation)]
    [InlineData("type: event_count\n  rules: r0\n  timespan: 1m", SigmaCodes.MissingKey)]
    [InlineData("type: event_count\n  timespan: 1m\n  condition: {gte: 1}", SigmaCodes.MissingKey)]
    [InlineData("type: event_count\n  rules: r0\n  timespan: 90\n  condition: {gte: 1}", SigmaCodes.BadCorrelation)]
    [InlineData("type: event_count\n  rules: r0\n  timespan: 0s\n  condition: {gte: 1}", SigmaCodes.BadCorrelation)]
    [InlineData("type: event_count\n  rules: r0\n  timespan: 1m\n  condition: {about: 1}", SigmaCodes.BadCorrelation)]
    [InlineData("type: event_count\n  rules: r0\n  timespan: 1m\n  condition: {field: User, gte: 1}", SigmaCodes.BadCorrelation)]
    [InlineData("type: event_count\n  rules: r0\n  timespan: 1m\n  condition: r0", SigmaCodes.WrongShape)]
    [InlineData("type: value_count\n  rules: r0\n  timespan: 1m\n  condition: {gte: 1}", SigmaCodes.MissingKey)]
    [InlineData("type: value_percentile\n  rules: r0\n  timespan: 1m\n  condition: {field: Size, gte: 1}", SigmaCodes.BadCorrelation)]
    [InlineData("type: temporal\n  rules: [r0, r0]\n  timespan: 1m", SigmaCodes.BadCorrelation)]
    [InlineData("type: temporal\n  rules: [r0, r1]\n  timespan: 1m\n  condition: r0", SigmaCodes.BadCorrelation)]
    [InlineData("type: temporal_ordered\n  rules: [r0, r1]\n  timespan: 1m\n  condition: r0 or r1", SigmaCodes.BadCorrelation)]
    [InlineData("type: temporal_ordered\n  rules: [r0, r1, r2]\n  timespan: 1m\n  condition: {gte: 2}", SigmaCodes.BadCorrelation)]
    [InlineData("type: temporal\n  rules: [r0, nowhere]\n  timespan: 1m", SigmaCodes.UndefinedRule)]
    [InlineData("type: temporal\n  rules: [r0, c1]\n  timespan: 1m", SigmaCodes.BadCorrelation)]
    [InlineData("type: temporal\n  rules: [r0, r1]\n  timespan: 1m\n  group-by: [a]\n  aliases: {a: {r2: User}}", SigmaCodes.UndefinedRule)]
    [InlineData("type: temporal\n  rules: [r0, r1]\n  timespan: 1m\n  aliases: {}", SigmaCodes.WrongShape)]
    [InlineData("type: temporal\n  rules: [r0, r1]\n  timespan: 1m\n  within: 1m", SigmaCodes.BadCorrelation)]
    public void What_a_correlation_cannot_be_is_refused_at_its_place(string correlation, string code)
    {
        var diagnostics = new List<Diagnostic>();
        RuleSet set = Made.Compile($"title: t\nid: c1\ncorrelation:\n  {correlation}\n{Made.Rules}", diagnostics);

        Assert.Empty(set.Correlations.Correlations);
        Assert.Contains(diagnostics, d => d.Code == code && d.Line > 0 && d.Hint.Length > 0);
    }

    [Fact]
    public void Many_failures_followed_by_a_success_are_a_chain_of_correlations()
    {
        const string Yaml =
            """
            title: Guessed
            id: c9
            correlation:
              type: temporal_ordered
              rules: [many_failures, success]
              group-by: [TargetUserName]
              timespan: 10m
            ---
            title: Many failures
            name: many_failures
            correlation:
              type: event_count
              rules: [failure]
              group-by: [TargetUserName]
              timespan: 10m
              condition: {gte: 3}
            ---
            title: Failure
            name: failure
            id: f
            logsource: {product: windows, service: security}
            detection: {selection: {EventID: 4625}, condition: selection}
            ---
            title: Success
            name: success
            id: s
            logsource: {product: windows, service: security}
            detection: {selection: {EventID: 4624}, condition: selection}
            """;
        var diagnostics = new List<Diagnostic>();
        RuleSet set = Made.Compile(Yaml, diagnostics);
        Assert.Empty(diagnostics);

        (int Minute, int Id, string User)[] records = [(0, 4625, "bob"), (1, 4625, "BOB"), (2, 4625, "bob"), (3, 4624, "alice"), (4, 4624, "bob"), (40, 4624, "bob")];
        CorrelationEvent[] events = [.. records.SelectMany((r, i) => Events(set, r.Minute, r.Id, r.User, i))];
        CorrelationMatch match = Assert.Single(Correlator.Run(set.Correlations, events));

        Assert.Equal(6, events.Length);
        Assert.Equal("c9", set.Correlations.Correlations[match.Correlation].Id);
        Assert.Equal("bob", match.Group[0]);
        Assert.Equal([2, 4], match.Tags);
        Assert.Equal([0, 1], set.Correlations.Silent.Order());
    }

    // From a record to what the correlation is given, as a scan does it.
    static List<CorrelationEvent> Events(RuleSet set, int minute, int id, string user, int tag)
    {
        SourceRules rules = set.For(Some.Windows);
        var values = new RecordBuffer(rules.Fields);
        foreach ((string name, string value) in (ReadOnlySpan<(string, string)>)[("Channel", "Security"), ("EventID", $"{id}"), ("TargetUserName", user)]) values.Add(rules.Fields.IndexOf(name), Encoding.UTF8.GetBytes(value));
        var record = new Evidence.Records.Record(default, values, default, default);
        var hits = new List<int>();
        rules.Match(record, new MatchScratch(), hits);
        var events = new List<CorrelationEvent>();
        foreach (int rule in hits) events.Add(new(new DateTime(2021, 3, 3, 0, 0, 0, DateTimeKind.Utc).AddMinutes(minute), rule, rules.Captured(rule, record)!, tag));
        return events;
    }

    [Fact]
    public void An_alias_means_another_field_in_each_rule()
    {
        CorrelationSet set = Made.Set("type: temporal\n  rules: [r0, r1]\n  group-by: [ip]\n  timespan: 1m\n  aliases:\n    ip:\n      r0: SourceIp\n      r1: DestinationIp");

        Assert.Equal(["SourceIp"], set.Captures[0]);
        Assert.Equal(["DestinationIp"], set.Captures[1]);
    }

    [Theory]
    [InlineData("value_sum", "gte: 60", true)]
    [InlineData("value_sum", "gte: 61", false)]
    [InlineData("value_avg", "eq: 20", true)]
    [InlineData("value_median", "eq: 10", true)]
    [InlineData("value_percentile", "percentile: 90\n    eq: 40", true)]
    [InlineData("value_percentile", "percentile: 10\n    eq: 40", false)]
    public void Numbers_are_added_up_averaged_and_ranked(string type, string condition, bool matches)
    {
        CorrelationSet set = Made.Set($"type: {type}\n  rules: [r0]\n  timespan: 1m\n  condition:\n    field: Size\n    {condition}");
        CorrelationEvent[] events = [.. new[] { "10", "40", "10", "many" }.Select((v, i) => new CorrelationEvent(DateTime.UnixEpoch.AddSeconds(i), 0, [v], i))];

        Assert.Equal(matches ? 1 : 0, Correlator.Run(set, events).Count);
    }
}
