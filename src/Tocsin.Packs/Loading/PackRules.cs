using System.Text;
using Tocsin.Detection;
using Tocsin.Detection.Sigma;
using Tocsin.Detection.Yara;
using Tocsin.Packs.Chain;
using Tocsin.Packs.Manifests;

namespace Tocsin.Packs.Loading;

/// <summary>Reads the rules of one pack, its own and those it takes in, with their samples.</summary>
sealed class PackRules(PackFiles files, PackManifest manifest, PackReport report)
{
    static readonly string[] KnownKeys = ["step", "proves", "outcome", "why", "noise", "window", "alone", "unless", "unless-seen-in"];

    /// <summary>The largest sample; a sample shows one thing.</summary>
    const int MaxSampleBytes = 1024 * 1024;

    readonly List<PackRule> _rules = [];
    readonly List<PackSample> _samples = [];
    readonly List<PackYara> _yara = [];

    public IReadOnlyList<PackYara> Yara => _yara;

    public IReadOnlyList<PackRule> Rules => _rules;

    public IReadOnlyList<PackSample> Samples => _samples;

    /// <summary>Reads <c>rules/*.yml</c> and <c>tests/</c> of a folder.</summary>
    /// <param name="folder">Below the folder of packs.</param>
    /// <param name="takenIn">Whether other packs have the same rules, so that their ids must be told apart.</param>
    public void Read(string folder, bool takenIn)
    {
        var own = new HashSet<string>(StringComparer.Ordinal);
        foreach (string path in files.Under($"{folder}/rules").Where(p => p.EndsWith(".yml", StringComparison.Ordinal)))
        {
            string name = Path.GetFileNameWithoutExtension(path);
            own.Add(name);
            foreach (SigmaRule rule in Parse(path)) Add(takenIn ? rule with { Id = $"{manifest.Id}/{rule.Id}" } : rule, name);
        }

        ReadYara(folder, own);
        ReadSamples(folder, own);
    }

    void ReadYara(string folder, HashSet<string> rules)
    {
        foreach (string path in files.Under($"{folder}/yara").Where(p => p.EndsWith(".yar", StringComparison.Ordinal)))
        {
            string text = Encoding.UTF8.GetString(files.Read(path).Span).TrimStart('\uFEFF');
            IReadOnlyList<YaraRuleName> found = YaraOutline.Of(text);
            if (found.Count == 0) report.Error(PackCodes.Unused, path, 1, 1, "The file has no YARA rule.", "Write one, or take the file out.");
            foreach (YaraRuleName rule in found.Where(r => !r.IsPrivate))
            {
                if (!rules.Add(rule.Name)) report.Error(PackCodes.DuplicateId, path, rule.Line, 1, $"There is a rule '{rule.Name}' already.", "Samples go by the name of the rule: rename one of the two.");
            }

            _yara.Add(new(path, text, [.. found.Where(r => !r.IsPrivate).Select(r => r.Name)]));
        }
    }

    IReadOnlyList<SigmaRule> Parse(string path)
    {
        var found = new List<Diagnostic>();
        IReadOnlyList<SigmaRule> rules = SigmaParser.Parse(Encoding.UTF8.GetString(files.Read(path).Span), path, found);

        // A warning would be tolerable in a stranger's rule; in a pack it is a defect.
        foreach (Diagnostic d in found) report.Error(d.Code, d.File, d.Line, d.Column, d.Message, d.Hint);
        if (rules.Count > 1) Error(PackCodes.WrongShape, rules[1], "The file holds several rules.", "Samples go by the name of the file: one rule a file.");
        return rules;
    }

    void Add(SigmaRule rule, string name)
    {
        foreach (string key in rule.Tocsin.Keys.Where(k => !KnownKeys.Contains(k)).Order(StringComparer.Ordinal))
        {
            Error(PackCodes.UnknownKey, rule, $"There is no key 'tocsin.{key}'.", $"Known: {string.Join(", ", KnownKeys)}.");
        }

        string step = Required(rule, "step");
        Stage? proves = Required(rule, "proves") switch
        {
            "none" => Stage.None,
            "targeted" => Stage.Targeted,
            "exploited" => Stage.Exploited,
            "implanted" => Stage.Implanted,
            "operated" => Stage.Operated,
            "impact" => Stage.Impact,
            _ => null,
        };
        Outcome? outcome = Required(rule, "outcome") switch
        {
            "attempted" => Outcome.Attempted,
            "succeeded" => Outcome.Succeeded,
            "failed" => Outcome.Failed,
            "unknown" => Outcome.Unknown,
            _ => null,
        };
        string window = rule.Tocsin.GetValueOrDefault("window", "false"), alone = rule.Tocsin.GetValueOrDefault("alone", "true");
        ChainStep? chainStep = manifest.Chain.Steps.FirstOrDefault(s => s.Id == step);

        if (proves is null && rule.Tocsin.ContainsKey("proves")) Error(PackCodes.BadValue, rule, $"A rule cannot prove '{rule.Tocsin["proves"]}'.", "Known: none, targeted, exploited, implanted, operated, impact.");
        if (outcome is null && rule.Tocsin.ContainsKey("outcome")) Error(PackCodes.BadValue, rule, $"There is no outcome '{rule.Tocsin["outcome"]}'.", "Known: attempted, succeeded, failed, unknown.");
        if (alone is not ("true" or "false")) Error(PackCodes.BadValue, rule, $"'tocsin.alone' is '{alone}'.", "Write true or false.");
        if (alone == "false" && window != "true") Error(PackCodes.BadValue, rule, "'tocsin.alone' is false without 'window: true'.", "What does not show how they came belongs to a wave by its time: add window: true.");
        if (window is not ("true" or "false")) Error(PackCodes.BadValue, rule, $"'tocsin.window' is '{window}'.", "Write true or false.");
        if (chainStep is null && step.Length > 0) Error(PackCodes.UnknownStep, rule, $"The pack {manifest.Id} has no step '{step}'.", $"Known: {string.Join(", ", manifest.Chain.Steps.Select(s => s.Id))}.");
        if (_rules.Find(r => r.Rule.Id == rule.Id) is { } twin) Error(PackCodes.DuplicateId, rule, $"The id {rule.Id} belongs to {twin.Rule.File} already.", "Give the rule a new id.");
        if (_rules.Find(r => r.Name == name) is { } namesake) Error(PackCodes.DuplicateId, rule, $"The pack has a rule file '{name}' already: {namesake.Rule.File}.", "Rename one of the two.");

        string[] techniques = [.. rule.Tags.Where(IsTechnique).Select(t => t["attack.".Length..].ToUpperInvariant())];
        string why = Required(rule, "why");
        string? noise = rule.Tocsin.GetValueOrDefault("noise");
        _rules.Add(new(rule, name, chainStep ?? new(step, step, []), proves ?? Stage.None, outcome ?? Outcome.Unknown, why, noise, window == "true", techniques, Innocent(rule)) { CountsAlone = alone == "true" });
    }

    InnocentRequest? Innocent(SigmaRule rule)
    {
        string[] rules = Words(rule, "unless"), seenIn = Words(rule, "unless-seen-in");
        if (rules.Length == 0 != (seenIn.Length == 0)) Error(PackCodes.MissingKey, rule, "'tocsin.unless' and 'tocsin.unless-seen-in' go together.", "Name the rules that clear a match, and the kinds of logs in which they would be seen.");
        return rules.Length == 0 ? null : new(rules, seenIn);
    }

    static string[] Words(SigmaRule rule, string key) => rule.Tocsin.GetValueOrDefault(key, "").Split([' ', ','], StringSplitOptions.RemoveEmptyEntries);

    /// <summary>Checks what can only be checked when all rules are known.</summary>
    public void Close()
    {
        foreach (PackRule rule in _rules.Where(r => r.Innocent is not null))
        {
            foreach (string name in rule.Innocent!.Rules.Where(n => _rules.TrueForAll(r => r.Name != n)))
            {
                Error(PackCodes.BadValue, rule.Rule, $"'tocsin.unless' names the rule '{name}', which the pack does not have.", "Give the name of a rule's file without its ending.");
            }
        }
    }

    void ReadSamples(string folder, HashSet<string> rules)
    {
        var counts = rules.ToDictionary(r => r, _ => (Fires: 0, Quiet: 0), StringComparer.Ordinal);
        foreach ((string kind, bool mustFire) in (ReadOnlySpan<(string, bool)>)[("fires", true), ("quiet", false)])
        {
            string root = $"{folder}/tests/{kind}";
            foreach (string path in files.Under(root))
            {
                string rule = path[(root.Length + 1)..].Split('/')[0];
                if (!counts.TryGetValue(rule, out var count))
                {
                    report.Error(PackCodes.OrphanSample, path, 1, 1, $"There is no rule '{rule}' for this sample.", "Put it into a folder with the name of a rule's file.");
                    continue;
                }

                ReadOnlyMemory<byte> content = files.Read(path);
                if (content.Length > MaxSampleBytes) report.Error(PackCodes.TooLarge, path, 1, 1, "The sample has more than 1 MB.", "Cut it down to the lines that matter.");
                _samples.Add(new(rule, mustFire, path, content));
                counts[rule] = mustFire ? count with { Fires = count.Fires + 1 } : count with { Quiet = count.Quiet + 1 };
            }
        }

        foreach ((string rule, (int fires, int quiet)) in counts.OrderBy(c => c.Key, StringComparer.Ordinal))
        {
            string path = _yara.Find(y => y.Rules.Contains(rule))?.Path ?? $"{folder}/rules/{rule}.yml";
            if (fires == 0) report.Error(PackCodes.NoSample, path, 1, 1, "The rule has no sample that fires.", $"Put one into {folder}/tests/fires/{rule}/.");
            if (quiet == 0) report.Error(PackCodes.NoSample, path, 1, 1, "The rule has no sample that must stay quiet.", $"Put the nearest innocent thing into {folder}/tests/quiet/{rule}/.");
        }
    }

    // attack.t1190, attack.t1505.003; tactics and groups have other shapes.
    static bool IsTechnique(string tag) => tag.StartsWith("attack.t", StringComparison.OrdinalIgnoreCase) && tag.Length >= 12 && char.IsAsciiDigit(tag[8]);

    string Required(SigmaRule rule, string key)
    {
        if (rule.Tocsin.GetValueOrDefault(key)?.Trim() is { Length: > 0 } text) return text;
        Error(PackCodes.MissingKey, rule, $"The key 'tocsin.{key}' is missing.", "A rule in a pack says what a match means; see docs/formats/pack.md.");
        return "";
    }

    void Error(string code, SigmaRule rule, string message, string hint) => report.Error(code, rule.File, rule.Line, 1, message, hint);
}
