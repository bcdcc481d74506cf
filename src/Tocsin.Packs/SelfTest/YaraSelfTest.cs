using Tocsin.Detection.Sigma;
using Tocsin.Detection.Yara;

namespace Tocsin.Packs.SelfTest;

/// <summary>Samples in hex: of YARA rules, and of the Sigma rules that say what their matches mean.</summary>
static class YaraSelfTest
{
    public static string? WhatIsWrong(ThreatPack pack, RuleSet rules, YaraScanner? scanner, PackSample sample)
    {
        if (HexSample.Read(sample.Content.Span) is not { } hex) return "The sample is no hex, or does not begin with '# path: …'.";
        if (scanner is null) return "The pack has no YARA rules that compile.";
        var matches = new List<YaraMatch>();
        YaraVariables file = YaraVariables.Of(hex.Path);
        YaraOutcome outcome = scanner.Scan(hex.Content, file, matches);
        if (outcome != YaraOutcome.Done) return $"Comparing it with the pack's YARA rules ended as {outcome}.";

        string matched = matches.Count == 0 ? "no YARA rule matches" : $"YARA: {string.Join(", ", matches.Select(m => m.Rule))}";
        bool fired = pack.Rules.FirstOrDefault(r => r.Name == sample.Rule) is { } rule ? Fires(rules, rule.Rule, matches, file, hex) : matches.Exists(m => m.Rule == sample.Rule);
        return fired == sample.MustFire ? null : sample.MustFire ? $"The rule does not match; {matched}." : $"The rule matches; {matched}.";
    }

    static bool Fires(RuleSet rules, SigmaRule rule, List<YaraMatch> matches, YaraVariables file, HexSample hex)
    {
        var sink = new PackSelfTest.Sink(rules, rules.For(YaraRecords.LogSource));
        var records = new YaraRecords(sink.Target);
        for (int i = 0; i < matches.Count; i++) records.Write(matches[i], file, null, hex.Content.Span, i + 1);
        return sink.Count(rule) > 0;
    }
}
