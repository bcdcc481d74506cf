namespace Tocsin.Detection.Sigma;

/// <summary>The codes of diagnostics about Sigma rules. Those from TS101 on are warnings; the others refuse the rule.</summary>
public static class SigmaCodes
{
    /// <summary>The file is not YAML.</summary>
    public const string NotYaml = "TS001";

    /// <summary>Nested deeper, or grown larger, than any honest rule.</summary>
    public const string TooLarge = "TS002";

    /// <summary>The document is not a map of keys.</summary>
    public const string NotAMap = "TS003";

    /// <summary>A required key is missing.</summary>
    public const string MissingKey = "TS004";

    /// <summary>A value has the wrong shape: a list where text belongs, text where a map belongs.</summary>
    public const string WrongShape = "TS005";

    /// <summary>The same key stands twice in one map; one of the two would be lost.</summary>
    public const string DuplicateKey = "TS006";

    /// <summary>A level, a status or another word of a fixed list that is not in the list.</summary>
    public const string UnknownWord = "TS007";

    /// <summary>A document that is no rule: a filter or an action; a correlation where only rules over single records belong.</summary>
    public const string NotADetection = "TS008";

    /// <summary>A log source that names nothing.</summary>
    public const string EmptyLogSource = "TS009";

    /// <summary>A selection without anything to look for.</summary>
    public const string EmptySelection = "TS010";

    /// <summary>A modifier that Sigma does not have.</summary>
    public const string UnknownModifier = "TS011";

    /// <summary>Modifiers that contradict each other or stand in an order without meaning.</summary>
    public const string ModifierCombination = "TS012";

    /// <summary>A value that its modifiers cannot use.</summary>
    public const string UnsuitableValue = "TS013";

    /// <summary>A placeholder, which only the organisation that runs the rule could fill in.</summary>
    public const string Placeholder = "TS014";

    /// <summary>A regular expression that does not compile.</summary>
    public const string BadRegex = "TS015";

    /// <summary>A condition that does not follow Sigma's grammar.</summary>
    public const string BadCondition = "TS016";

    /// <summary>A condition that names a selection which the rule does not have.</summary>
    public const string UndefinedSelection = "TS017";

    /// <summary>Aggregation inside a rule (<c>| count()</c>, <c>timeframe</c>), which Sigma v2 moved to correlations.</summary>
    public const string Aggregation = "TS018";

    /// <summary>Two rules with one id.</summary>
    public const string DuplicateId = "TS019";

    /// <summary>A correlation that does not follow Sigma's specification.</summary>
    public const string BadCorrelation = "TS020";

    /// <summary>A correlation that refers to a rule which is not there.</summary>
    public const string UndefinedRule = "TS021";

    /// <summary>A selection that no condition uses.</summary>
    public const string UnusedSelection = "TS101";

    /// <summary>A log source that no reader produces: the rule is kept and cannot fire.</summary>
    public const string NoReader = "TS102";
}
