namespace Tocsin.Packs.Patches;

/// <summary>Decides which flaws a build is open to. Safe to share between threads.</summary>
/// <remarks>
/// In this order: is it a flaw of Exchange at all; is the product among those that have it; does the build have the fix, by the
/// fourth number within its cumulative update, or because the whole update is newer than the fix; does the fix need something
/// else. Builds need not be in the table: they are decided by their numbers. docs/decisions/0009 has the reasons.
/// </remarks>
public sealed class PatchCheck(PatchTables tables)
{
    const string NotProven = "There is no fix for this update; that is not proof that it has the flaw, since nobody published when it came in.";

    /// <summary>What the decisions rest on.</summary>
    public PatchTables Tables { get; } = tables;

    /// <summary>A decision for each flaw of the table, in its order.</summary>
    public IReadOnlyList<PatchDecision> DecideAll(PatchQuestion question)
    {
        var subject = new CheckedBuild(Tables, question.Build);
        CheckedBuild? older = question.StillRunning is { } running ? new CheckedBuild(Tables, running) : null;
        return [.. Tables.Cves.Select(c => Decide(c, question, subject, older))];
    }

    /// <summary>The decision for one flaw.</summary>
    public PatchDecision Decide(KnownCve cve, PatchQuestion question) =>
        Decide(cve, question, new CheckedBuild(Tables, question.Build), question.StillRunning is { } running ? new CheckedBuild(Tables, running) : null);

    PatchDecision Decide(KnownCve cve, PatchQuestion question, CheckedBuild subject, CheckedBuild? older)
    {
        PatchDecision decision = Conditioned(ByBuild(cve, subject, question.Done), question.Done);
        if (older is not null && !decision.NeedsUpdate && ByBuild(cve, older, question.Done) is { NeedsUpdate: true } behind)
        {
            decision = decision with
            {
                Status = PatchStatus.PartialInstall,
                Reason = $"{subject.Name} has the fix, but parts of {older.Name} are still at work on the same server, and those do not: {behind.Reason}",
            };
        }

        return decision.Status == PatchStatus.Vulnerable && MitigationOf(cve, question) is { } mitigation
            ? decision with { Status = PatchStatus.Mitigated, Reason = $"{mitigation} That was not tried, and it does not replace the fix. {decision.Reason}" }
            : decision;
    }

    static string? MitigationOf(KnownCve cve, PatchQuestion question) =>
        question.Mitigations.TryGetValue(cve.Id, out string? by) ? $"You say that this holds it off: {by}."
        : cve.MitigatedBy.Count > 0 && cve.MitigatedBy.All(question.InForce.Contains) ? $"The configuration of IIS has the mitigation in force ({string.Join(", ", cve.MitigatedBy)})."
        : null;

    /// <summary>What the build alone says.</summary>
    PatchDecision ByBuild(KnownCve cve, CheckedBuild subject, IReadOnlySet<string> done)
    {
        switch (cve.Category)
        {
            case "client-neighbour" or "server-neighbour":
                return Say(cve, PatchStatus.NotApplicable, $"This is no flaw of Exchange Server but of {string.Join(", ", cve.Products)}.");
            case "engine-component" or "os-component":
                return ByStepAlone(cve, done);
        }

        if (subject.Product is not { } product)
        {
            return Say(cve, PatchStatus.Unknown, subject.Build is { Major: 15, Minor: > 2 }
                ? $"{subject.Build} is no build of Exchange 2007 to SE; 15.20 is Exchange Online, which its operator updates." : $"{subject.Build} is no build of Exchange 2007 to SE.");
        }

        if (cve.NotAffected.Contains(product.Product)) return Say(cve, PatchStatus.NotApplicable, $"{product.Product} does not have the part in which this flaw is.");
        FixRow[] fixes = [.. Tables.FixesOf(cve.Id).Where(f => HasNumbersOf(f.FirstFixed[0], subject.Build))];
        if (fixes.Length > 0) return ByFixes(cve, fixes, subject, done);
        if (cve.Products.Count == 0) return ByYear(cve, subject);
        if (!IsNamed(cve, product)) return NotNamed(cve, product);
        if (cve.Condition is { } condition && Tables.StepOf(condition)?.BroughtBy is { } other) return ByMeans(cve, Tables.CveOf(other)!, subject);
        return ByFamilies(cve, subject);
    }

    /// <summary>The build's number against those of the fixes.</summary>
    PatchDecision ByFixes(KnownCve cve, FixRow[] fixes, CheckedBuild subject, IReadOnlySet<string> done)
    {
        BuildNumber build = subject.Build;
        foreach (FixRow row in fixes)
        {
            foreach (BuildNumber first in row.FirstFixed)
            {
                if (!first.IsSameFamily(build)) continue;
                if (build < first)
                {
                    return Say(cve, PatchStatus.Vulnerable, $"The fix, {row.Update}, begins with {first} in {subject.UpdateName}; this is {build}.{Odd(row)}", first);
                }

                return Special(cve, subject, done, first) ?? Say(cve, PatchStatus.Fixed, $"{row.Update} begins with {first} in {subject.UpdateName}; this is {build}.", first);
            }
        }

        FixRow last = fixes.MaxBy(f => f.FirstFixed[^1])!;
        if (build.Family > last.FirstFixed[^1].Family) return Say(cve, PatchStatus.Fixed, $"{subject.UpdateName} is newer than the last update that needed this fix ({last.FirstFixed[^1]}) and has it from the start.");
        return Say(cve, PatchStatus.Vulnerable, $"{subject.UpdateName} never got {last.Update}. {NotProven} Install a newer cumulative update.{Odd(last)}");

        // A build that goes by the very name of the update that it is said to lack: sources disagree, and the note says how.
        string Odd(FixRow row) => subject.Known is { Note: { } note } known && known.Update == row.Update ? $" {note}" : "";
    }

    /// <summary>In March 2021 old cumulative updates got packages that hold the fixes of that month only, under numbers above those of earlier fixes.</summary>
    PatchDecision? Special(KnownCve cve, CheckedBuild subject, IReadOnlySet<string> done, BuildNumber first)
    {
        if (!subject.HasSpecialPackage) return null;
        SpecialRow? row = Tables.Specials.FirstOrDefault(s => s.Product == subject.Update!.Product && s.CumulativeUpdate == subject.Update.CumulativeUpdate && s.Cves.Contains(cve.Id));
        if (row is null) return null;
        if (done.Contains(row.Kb)) return Say(cve, PatchStatus.Fixed, $"You say that {row.Kb} is installed, which the special package of March 2021 for {subject.UpdateName} does not hold.", first);
        var step = new PatchStep(row.Kb, "server", $"Install {row.Kb} for {subject.UpdateName}, or better a current cumulative update.", "The list of installed updates.", null, Unverified: false, null);
        return Say(cve, PatchStatus.Vulnerable, $"{subject.Build} is the special package of March 2021 for {subject.UpdateName}. It holds the fixes of that month only; {row.Kb} is missing unless it was installed before, which the number does not tell.", first) with { Steps = [step] };
    }

    /// <summary>A flaw that no update fixes, on products where an update brought the means against it.</summary>
    PatchDecision ByMeans(KnownCve cve, KnownCve bringer, CheckedBuild subject)
    {
        FixRow[] rows = [.. Tables.FixesOf(bringer.Id).Where(f => HasNumbersOf(f.FirstFixed[0], subject.Build))];
        bool has = rows.Any(r => r.FirstFixed.Any(f => f.IsSameFamily(subject.Build) && subject.Build >= f)) || rows.All(r => subject.Build.Family > r.FirstFixed[^1].Family);
        return has
            ? Say(cve, PatchStatus.Fixed, $"{subject.UpdateName} has the means against it, which {bringer.Update} brought.")
            : Say(cve, PatchStatus.Vulnerable, $"No update fixes it; {bringer.Update} brings the means against it, and this build does not have that.", rows.SelectMany(r => r.FirstFixed).FirstOrDefault(f => f.IsSameFamily(subject.Build)) is { Major: > 0 } first ? first : null);
    }

    /// <summary>A flaw of before March 2018: the table has the families that were mended, and no number of a build.</summary>
    PatchDecision ByFamilies(KnownCve cve, CheckedBuild subject)
    {
        BuildNumber[] families = [.. cve.Families.Where(f => HasNumbersOf(f, subject.Build)).Select(f => f.Family)];
        if (families.Length == 0) return ByYear(cve, subject);
        if (subject.Build.Family > families.Max()) return Say(cve, PatchStatus.Fixed, $"{subject.UpdateName} is newer than all that were named as having it.");
        if (!families.Contains(subject.Build.Family)) return Say(cve, PatchStatus.Vulnerable, $"{subject.UpdateName} is older than those that got the fix. {NotProven} Install a newer cumulative update.");
        if (subject.Known?.Released is { } released && Tables.PublishedOf(cve) is { } published && released < published)
        {
            return Say(cve, PatchStatus.Vulnerable, $"{subject.UpdateName} was named as having it, and this build is of {released:yyyy-MM-dd}, before the fix of {published:yyyy-MM-dd}.");
        }

        return Say(cve, PatchStatus.Unknown, $"{subject.UpdateName} was named as having it, and the table does not have the number of the build that fixed it. A current cumulative update has it.");
    }

    /// <summary>A flaw of which only the year is known: a cumulative update of a later year has the fix, as the vendor's own health checker counts.</summary>
    PatchDecision ByYear(KnownCve cve, CheckedBuild subject)
    {
        int year = Tables.PublishedOf(cve)?.Year ?? YearOf(cve.Id);
        if (subject.Update is { IsPreview: false, Released: { } released } && released.Year > year) return Say(cve, PatchStatus.Fixed, $"{subject.UpdateName} came out in {released.Year}, after the year of this flaw; cumulative updates hold all earlier fixes.");
        return Say(cve, PatchStatus.Unknown, "The table has neither the products nor the builds for this flaw. A current cumulative update has the fix.");
    }

    PatchDecision NotNamed(KnownCve cve, SupportRow product)
    {
        if (product.AssessedUntil is { } until && Tables.PublishedOf(cve) is { } published && published > until)
        {
            string mark = product.Unverified ? " (a date that is not from a primary source)" : "";
            return Say(cve, PatchStatus.Unsupported, $"{product.Product} was last looked after on {until:yyyy-MM-dd}{mark}; this flaw is of {published:yyyy-MM-dd}. Nobody said whether {product.Product} has it, and there is no fix.") with { IsUnverified = product.Unverified };
        }

        return Say(cve, PatchStatus.NotApplicable, $"Its publisher names {string.Join(", ", cve.Products)}, not {product.Product}.");
    }

    /// <summary>What no update of Exchange fixes and no number of a build tells.</summary>
    PatchDecision ByStepAlone(KnownCve cve, IReadOnlySet<string> done)
    {
        PatchStep? step = cve.Condition is { } id ? Tables.StepOf(id) : null;
        string what = cve.Category == "os-component" ? "This flaw is in Windows" : "This flaw is in the anti-malware engine inside Exchange, which has its own updates";
        return step is not null && done.Contains(step.Id)
            ? Say(cve, PatchStatus.Fixed, $"{what}. You say that '{step.Id}' is done.")
            : Say(cve, PatchStatus.Unknown, $"{what}; the build of Exchange does not tell whether it is mended.") with { Steps = step is null ? [] : [step], Scope = step?.Scope ?? "server" };
    }

    PatchDecision Conditioned(PatchDecision decision, IReadOnlySet<string> done)
    {
        if (decision.Status != PatchStatus.Fixed || decision.Flaw.Condition is not { } id || Tables.StepOf(id) is not { } step || decision.Flaw.Category is "engine-component" or "os-component") return decision;
        if (done.Contains(id)) return decision with { Reason = $"{decision.Reason} You say that '{id}' is done.", Scope = step.Scope };
        string detail = decision.Flaw.Detail is { } d ? $" Here: {d}." : "";
        return decision with
        {
            Status = PatchStatus.FixedButNeedsStep,
            Reason = $"{decision.Reason} That is not enough: {step.Step}{detail}",
            Steps = [step],
            Scope = step.Scope,
            IsUnverified = decision.IsUnverified || step.Unverified,
        };
    }

    PatchDecision Say(KnownCve cve, PatchStatus status, string reason, BuildNumber? fixedIn = null)
    {
        bool unverified = cve.Unverified == "fix" && (status is PatchStatus.Fixed or PatchStatus.Vulnerable);
        string note = cve.Note is { } said ? $" {said}" : "";
        return new(cve, status, reason + note, "server", fixedIn, Tables.Date) { IsUnverified = unverified };
    }

    /// <summary>Whether the publisher names the product, or one whose numbers it goes on with: what concerns Exchange 2019 concerns SE.</summary>
    bool IsNamed(KnownCve cve, SupportRow product)
    {
        foreach (SupportRow named in Tables.Products)
        {
            if (named.Numbers == product.Numbers && cve.Products.Contains(named.Product)) return true;
            if (named == product) return false;
        }

        return false;
    }

    static bool HasNumbersOf(BuildNumber one, BuildNumber other) => one.Major == other.Major && (one.Minor == other.Minor || one.Major < 15);

    static int YearOf(string id) => id.Split('-') is [_, var year, _] && int.TryParse(year, System.Globalization.NumberStyles.None, System.Globalization.CultureInfo.InvariantCulture, out int number) ? number : int.MaxValue;
}
