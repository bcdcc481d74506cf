namespace Tocsin.Packs.Patches;

/// <summary>One update to install, and what it closes.</summary>
/// <param name="Title">Such as "Install Exchange 2019 CU15".</param>
/// <param name="Build">What the server is afterwards; null for a move to another product.</param>
/// <param name="Kb">The vendor's article; null where there is none.</param>
/// <param name="IsCumulative">Whether it is a whole new installation of the product, which wipes what was put into IIS by hand.</param>
/// <param name="Note">What to know before; null for nothing.</param>
/// <param name="Closes">The flaws for which no update is missing any more afterwards, known-exploited ones first.</param>
public sealed record FixStage(string Title, BuildNumber? Build, string? Kb, bool IsCumulative, string? Note, IReadOnlyList<KnownCve> Closes)
{
    /// <summary>Flaws that were closed and are open again until the next stage is done: a cumulative update may be older than the fix.</summary>
    public IReadOnlyList<KnownCve> Reopens { get; init; } = [];
}

/// <summary>From a build to the newest state of its product: what to install in which order, and what to do before, between and after.</summary>
/// <param name="From">Where it begins.</param>
/// <param name="Before">What to do before the first update.</param>
/// <param name="Stages">Updates, in order.</param>
/// <param name="Steps">What is needed beside the updates, those for known-exploited flaws first.</param>
/// <param name="Afterwards">What to look at when all is installed.</param>
public sealed record WayToFix(BuildNumber From, IReadOnlyList<string> Before, IReadOnlyList<FixStage> Stages, IReadOnlyList<PatchStep> Steps, IReadOnlyList<string> Afterwards)
{
    /// <summary>Plans the way.</summary>
    public static WayToFix Plan(PatchCheck check, PatchQuestion question)
    {
        PatchTables tables = check.Tables;
        var stages = new List<FixStage>();
        PatchQuestion here = question;
        IReadOnlyList<PatchDecision> now = check.DecideAll(question);
        if (tables.ProductOf(question.Build) is { } product)
        {
            // A whole cumulative update goes over any older one: none in between is needed.
            if (NewestUpdate(tables, product) is { } update && update.Number.Family > question.Build.Family && !IsServiced(tables, product, question.Build))
            {
                Stage($"Install {update.Name}", update, isCumulative: product.Numbers != "14.", product.Numbers == "14." ? null : "It goes over any older cumulative update; none in between is needed. Let its setup extend schema and domains.");
            }

            if (LastPublic(tables, product, here.Build) is { } open && open.Number > here.Build) Stage($"Install {open.Update} for {open.Product} {open.CumulativeUpdate}", open, isCumulative: false, "Start the package from a prompt with administrator rights: without them OWA and ECP may be dead afterwards.");
            if (Newest(tables, here.Build) is { } newest && newest.Number > here.Build)
            {
                string? paid = product.Paid.Contains(newest.Update) ? "Only for those who paid for the extension of support; not for public download. Without it, go on to the next product." : null;
                Stage($"Install {newest.Update ?? newest.CumulativeUpdate} for {newest.Product} {newest.CumulativeUpdate}", newest, isCumulative: newest.Update is null, paid);
            }

            if (product.End is not null) Move(product);
        }

        PatchStep[] steps = [.. now.Where(d => d.Steps.Count > 0).OrderByDescending(d => d.Flaw.Kev is not null).SelectMany(d => d.Steps).DistinctBy(s => s.Id)];
        return new(question.Build, BeforeAll(stages), stages, steps, AfterAll(stages));

        void Stage(string title, KnownBuild target, bool isCumulative, string? note)
        {
            // A cumulative update wipes the mitigations; those that somebody vouches for are not ours to judge.
            PatchQuestion there = here with { Build = target.Number, StillRunning = null, InForce = isCumulative ? new HashSet<string>() : here.InForce };
            IReadOnlyList<PatchDecision> then = check.DecideAll(there);
            stages.Add(new(title, target.Number, target.Kb, isCumulative, note, Closed(now, then)) { Reopens = Closed(then, now) });
            (here, now) = (there, then);
        }

        void Move(SupportRow from)
        {
            SupportRow? successor = tables.Products.LastOrDefault(p => p.End is null);
            if (successor is null || NewestUpdate(tables, successor) is not { } first || NewestOf(tables, successor) is not { } newest) return;
            PatchQuestion there = here with { Build = newest.Number, StillRunning = null };
            string mark = from.Unverified ? " (a date that is not from a primary source)" : "";
            stages.Add(new($"Move to {successor.Product} with {newest.Update}", newest.Number, newest.Kb is { } kb && first.Kb is { } base_ && kb != base_ ? $"{base_}, then {kb}" : newest.Kb, IsCumulative: true, $"Support of {from.Product} ended on {from.End:yyyy-MM-dd}{mark}.{(from.Note is { } note ? $" {note}" : "")}", Closed(now, check.DecideAll(there))));
        }
    }

    static List<KnownCve> Closed(IReadOnlyList<PatchDecision> now, IReadOnlyList<PatchDecision> then) =>
        [.. now.Zip(then).Where(p => p.First.NeedsUpdate && !p.Second.NeedsUpdate).Select(p => p.First.Flaw).OrderBy(f => f.Kev?.Due ?? DateOnly.MaxValue)];

    static bool IsServiced(PatchTables tables, SupportRow product, BuildNumber build) =>
        tables.CumulativeUpdateOf(build) is { } update && update.Product == product.Product && product.Serviced.Contains(update.CumulativeUpdate);

    static KnownBuild? NewestUpdate(PatchTables tables, SupportRow product) =>
        product.Serviced.Count == 0 ? null : tables.Builds.Where(b => b.Product == product.Product && b.CumulativeUpdate == product.Serviced[^1]).MinBy(b => b.Number);

    static KnownBuild? NewestOf(PatchTables tables, SupportRow product) => tables.Builds.Where(b => b.Product == product.Product).MaxBy(b => b.Number);

    static KnownBuild? Newest(PatchTables tables, BuildNumber build) => tables.Builds.Where(b => b.Number.IsSameFamily(build)).MaxBy(b => b.Number);

    static KnownBuild? LastPublic(PatchTables tables, SupportRow product, BuildNumber build) =>
        tables.Builds.FirstOrDefault(b => b.Number.IsSameFamily(build) && b.Product == product.Product && b.Update == product.LastPublic);

    static List<string> BeforeAll(List<FixStage> stages)
    {
        if (stages.Count == 0) return [];
        List<string> before =
        [
            "Keep what shows whether the server was already hit: copy its logs and configuration first (tocsin scan reads the copy). Patching removes nothing that was left behind.",
            "Take a backup, see that it can be restored, and write down which setting overrides, virtual directories and rewrite rules there are.",
            "Read in the article of each update which version of .NET and Windows it demands, and install that first.",
        ];
        if (stages.Any(s => s.IsCumulative)) before.Add("A cumulative update puts the configuration of IIS there anew: rewrite rules and outbound rules that hold attackers off are gone afterwards, and nothing says so. Note them now.");
        return before;
    }

    static List<string> AfterAll(List<FixStage> stages)
    {
        if (stages.Count == 0) return [];
        List<string> after =
        [
            "Look at the version of exsetup.exe: AdminDisplayVersion and the list of installed updates do not tell a security update.",
            "Restart the server; log on to OWA and ECP and send a mail through it.",
            "Ask again: tocsin check --build with the new number.",
        ];
        if (stages.Any(s => s.IsCumulative)) after.Insert(2, "Look whether mitigations that must stay (for CVE-2026-42897) are still there and still work, and put them back.");
        return after;
    }
}
