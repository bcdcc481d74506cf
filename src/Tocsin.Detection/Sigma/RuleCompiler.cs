using Tocsin.Evidence.Records;

namespace Tocsin.Detection.Sigma;

/// <summary>Binds rules to the fields of one log source, and finds the texts without which they cannot match.</summary>
sealed class RuleCompiler(LogSource artifact, FieldSet fields)
{
    /// <summary>Fields that a rule needs in an artifact.</summary>
    public static IEnumerable<string> FieldsOf(SigmaRule rule, LogSource artifact)
    {
        foreach (FieldTest test in rule.Detection.Selections.SelectMany(s => TestsOf(s.Body)))
        {
            foreach (string name in FieldsOf(test, artifact)) yield return name;
        }
    }

    static IEnumerable<string> FieldsOf(FieldTest test, LogSource artifact)
    {
        if (test.Field is null) return KeywordFields(artifact);

        FieldMapping mapping = Taxonomy.FieldOf(artifact, test.Field);
        IEnumerable<string> names = mapping.Own.Concat(test.Values.SelectMany(v => Taxonomy.PlacesOf(artifact, test.Field, mapping, v.Text)).Select(p => p.Field));
        foreach (FieldReferenceTest other in test.Tests.SelectMany(t => t).OfType<FieldReferenceTest>())
        {
            names = names.Concat(Taxonomy.FieldOf(artifact, other.OtherField).Places.Select(p => p.Field));
        }

        return names;
    }

    /// <summary>Where keywords are looked for beside the line. The text of an event may stand in its binary form nowhere as such.</summary>
    static string[] KeywordFields(LogSource artifact) =>
        Taxonomy.IsWindows(artifact) ? ["Message", "Data"] : Taxonomy.HasDecodedAddress(artifact) ? [Taxonomy.Decoded] : [];

    /// <summary>The tests of a selection.</summary>
    public static IEnumerable<FieldTest> TestsOf(SelectionItem item) => item switch
    {
        FieldTest test => [test],
        AllOf all => all.Items.SelectMany(TestsOf),
        AnyOf any => any.Items.SelectMany(TestsOf),
        _ => [],
    };

    public RecordMatcher Matcher(ConditionNode node) => node switch
    {
        ConditionSelection one => Matcher(one.Selection.Body),
        ConditionNot not => new NotMatcher(Matcher(not.Operand)),
        ConditionAnd and => new AllMatcher([.. and.Operands.Select(Matcher)]),
        ConditionOr or => new CountMatcher([.. or.Operands.Select(Matcher)], 1),
        ConditionCount count => new CountMatcher([.. count.Selections.Select(s => Matcher(s.Body))], count.Needed),
        _ => throw new InvalidOperationException($"A condition of an unknown kind: {node.GetType()}."),
    };

    /// <summary>The texts of which one stands in every line that satisfies the condition; or null.</summary>
    public LiteralChoice? Literals(ConditionNode node, LiteralReach reach) => node switch
    {
        ConditionSelection one => Literals(one.Selection.Body, reach),
        ConditionAnd and => LiteralChoice.Join(and.Operands.Select(o => Literals(o, reach)), and.Operands.Length),
        ConditionOr or => LiteralChoice.Join(or.Operands.Select(o => Literals(o, reach)), 1),
        ConditionCount count => LiteralChoice.Join(count.Selections.Select(s => Literals(s.Body, reach)), count.Needed),
        _ => null,
    };

    RecordMatcher Matcher(SelectionItem item) => item switch
    {
        AllOf all => new AllMatcher([.. all.Items.Select(Matcher)]),
        AnyOf any => new CountMatcher([.. any.Items.Select(Matcher)], 1),
        FieldTest test => Matcher(test),
        _ => throw new InvalidOperationException($"A selection of an unknown kind: {item.GetType()}."),
    };

    LiteralChoice? Literals(SelectionItem item, LiteralReach reach) => item switch
    {
        AllOf all => LiteralChoice.Join(all.Items.Select(i => Literals(i, reach)), all.Items.Length),
        AnyOf any => LiteralChoice.Join(any.Items.Select(i => Literals(i, reach)), 1),
        FieldTest test => Literals(test, reach),
        _ => null,
    };

    /// <summary>The indexes of all fields that a test looks at.</summary>
    public IEnumerable<int> IndexesOf(FieldTest test) => FieldsOf(test, artifact).Select(fields.IndexOf);

    public RecordMatcher Matcher(Term term) => term switch
    {
        TermConstant { Value: true } => new AllMatcher([]),
        TermTest one => Matcher(one.Test),
        TermNot not => new NotMatcher(Matcher(not.Part)),
        // What costs least is asked first: it decides most events.
        TermCount { IsAll: true } all => new AllMatcher([.. all.Parts.OrderBy(WorkOf).Select(Matcher)]),
        TermCount count => new CountMatcher([.. count.Parts.OrderBy(WorkOf).Select(Matcher)], count.Needed),
        _ => throw new InvalidOperationException($"A term of an unknown kind: {term.GetType()}."),
    };

    static int WorkOf(Term term) => term.Tests.Sum(t => t.Tests.Sum(v => v.Sum(test => test is RegexTest ? 50 : test is TextTest ? 2 : 1)) * (t.Field is null ? 100 : 1));

    /// <summary>The needles of which one is found in every record that satisfies the term; null where there are none.</summary>
    public NeedleChoice? Needles(Term term) => term switch
    {
        TermTest one => Needles(one.Test),
        TermCount count => NeedleChoice.Join(count.Parts.Select(Needles), count.Needed),
        _ => null,
    };

    NeedleChoice? Needles(FieldTest test)
    {
        if (test.Negated) return null;
        int[] places = [NeedleChoice.Line];
        if (test.Field is { } field)
        {
            BoundPlace[] bound = Bind(PlacesOf(field, ""));
            if (Array.Exists(bound, p => p.View != FieldView.Raw)) return null;
            places = [.. bound.Select(p => p.Field)];
        }

        IEnumerable<NeedleChoice?> perValue = test.Tests.Select(tests => NeedleChoice.Join(tests.Select(t => Best(t, places)), 1));
        return NeedleChoice.Join(perValue, test.All ? test.Tests.Length : 1);
    }

    static NeedleChoice? Best(ValueTest test, int[] places) =>
        test.BestNeedle(anywhere: places[0] == NeedleChoice.Line) is { } best ? new([.. places.Select(p => (p, best))], best.Cost) : null;

    public RecordMatcher Matcher(FieldTest test)
    {
        RecordMatcher[] perValue = test.All || !IsPlain(test)
            ? [.. test.Tests.Select((tests, i) => Matcher(test, test.Values[i].Text, tests))]
            : [.. Enumerable.Range(0, test.Tests.Length).GroupBy(i => PlaceKey(test, i)).Select(g => Matcher(test, test.Values[g.First()].Text, g.SelectMany(i => test.Tests[i])))];
        RecordMatcher whole = perValue.Length == 1 ? perValue[0] : test.All ? new AllMatcher(perValue) : new CountMatcher(perValue, 1);
        return test.Negated ? new NotMatcher(whole) : whole;
    }

    static bool IsPlain(FieldTest test) => test.Tests.All(t => t.All(v => v is not (NullTest or ExistsTest or FieldReferenceTest)));

    /// <summary>Values that are looked for in the same places share one matcher.</summary>
    int PlaceKey(FieldTest test, int value) => test.Field is null ? 0 : PlacesOf(test.Field, test.Values[value].Text).Length;

    FieldPlace[] PlacesOf(string field, string value) => Taxonomy.PlacesOf(artifact, field, Taxonomy.FieldOf(artifact, field), value);

    RecordMatcher Matcher(FieldTest test, string value, IEnumerable<ValueTest> tests)
    {
        ValueTest[] all = [.. tests];
        if (test.Field is null) return new KeywordMatcher(all, Taxonomy.IsWindows(artifact) ? [.. Enumerable.Range(0, fields.Count)] : Bind(KeywordFields(artifact)));

        return all[0] switch
        {
            NullTest => new NullMatcher(Bind(Taxonomy.FieldOf(artifact, test.Field).Own)),
            ExistsTest exists => new ExistsMatcher(Bind(Taxonomy.FieldOf(artifact, test.Field).Own), exists.Wanted),
            FieldReferenceTest reference => new FieldReferenceMatcher(Bind(PlacesOf(test.Field, "")), Bind(PlacesOf(reference.OtherField, "")), reference),
            _ => new FieldMatcher(Bind(PlacesOf(test.Field, value)), all),
        };
    }

    int[] Bind(IEnumerable<string> names) => [.. names.Select(fields.IndexOf)];

    BoundPlace[] Bind(FieldPlace[] places) => [.. places.Select(p => new BoundPlace(fields.IndexOf(p.Field), p.View))];

    LiteralChoice? Literals(FieldTest test, LiteralReach reach)
    {
        if (test.Negated) return null;
        if (test.Field is not null && PlacesOf(test.Field, "").Any(p => !Taxonomy.StandsInTheLine(p.Field))) return null;

        IEnumerable<LiteralChoice?> perValue = test.Tests.Select(tests => LiteralChoice.Join(tests.Select(t => LiteralChoice.Best(t.Literals, reach)), 1));
        return LiteralChoice.Join(perValue, test.All ? test.Tests.Length : 1);
    }
}
