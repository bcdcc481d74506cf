namespace Tocsin.Detection.Sigma;

/// <summary>What is left of a condition when the answers to some of its tests are known.</summary>
abstract record Term
{
    /// <summary>All tests that are left.</summary>
    public abstract IEnumerable<FieldTest> Tests { get; }

    /// <summary>Puts the answers into a condition.</summary>
    /// <param name="node">The condition.</param>
    /// <param name="answer">What a test gives; null where that is not known.</param>
    public static Term Of(ConditionNode node, Func<FieldTest, bool?> answer) => node switch
    {
        ConditionSelection one => Of(one.Selection.Body, answer),
        ConditionNot not => Not(Of(not.Operand, answer)),
        ConditionAnd and => Count(and.Operands.Select(o => Of(o, answer)), and.Operands.Length),
        ConditionOr or => Count(or.Operands.Select(o => Of(o, answer)), 1),
        ConditionCount count => Count(count.Selections.Select(s => Of(s.Body, answer)), count.Needed),
        _ => throw new InvalidOperationException($"A condition of an unknown kind: {node.GetType()}."),
    };

    static Term Of(SelectionItem item, Func<FieldTest, bool?> answer) => item switch
    {
        AllOf all => Count(all.Items.Select(i => Of(i, answer)), all.Items.Length),
        AnyOf any => Count(any.Items.Select(i => Of(i, answer)), 1),
        FieldTest test => answer(test) is { } known ? new TermConstant(known) : new TermTest(test),
        _ => throw new InvalidOperationException($"A selection of an unknown kind: {item.GetType()}."),
    };

    static Term Not(Term term) => term is TermConstant constant ? new TermConstant(!constant.Value) : new TermNot(term);

    static Term Count(IEnumerable<Term> parts, int needed)
    {
        // All of them, or a count? What is true for certain leaves both.
        var left = new List<Term>();
        int asked = 0;
        foreach (Term part in parts)
        {
            asked++;
            if (part is TermConstant constant) needed -= constant.Value ? 1 : 0;
            else left.Add(part);
        }

        if (needed <= 0) return new TermConstant(true);
        if (left.Count < needed) return new TermConstant(false);
        if (left.Count == 1) return left[0];
        if (needed < left.Count) return new TermCount([.. left], needed);

        // An AND within an AND is one, so that the rarest text of them all is found.
        Term[] flat = [.. left.SelectMany(t => t is TermCount { IsAll: true } all ? all.Parts : [t])];
        return new TermCount(flat, flat.Length);
    }
}

/// <summary>Known altogether.</summary>
sealed record TermConstant(bool Value) : Term
{
    public override IEnumerable<FieldTest> Tests => [];
}

/// <summary>A test whose answer depends on the event.</summary>
sealed record TermTest(FieldTest Test) : Term
{
    public override IEnumerable<FieldTest> Tests => [Test];
}

sealed record TermNot(Term Part) : Term
{
    public override IEnumerable<FieldTest> Tests => Part.Tests;
}

/// <summary>At least so many of the parts.</summary>
sealed record TermCount(Term[] Parts, int Needed) : Term
{
    public bool IsAll => Needed == Parts.Length;

    public override IEnumerable<FieldTest> Tests => Parts.SelectMany(p => p.Tests);
}
