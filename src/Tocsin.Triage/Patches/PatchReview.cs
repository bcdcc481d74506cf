using System.Reflection;
using Tocsin.Packs.Patches;
using Tocsin.Triage.Reports;

namespace Tocsin.Triage.Patches;

/// <summary>From builds, typed or seen in evidence, to what is open.</summary>
public static class PatchReview
{
    /// <summary>Decides for a build that somebody typed.</summary>
    public static CheckReport OfBuild(BuildNumber build, BuildForm form, CheckOptions options)
    {
        var remarks = new List<string>();
        if (form == BuildForm.DisplayVersion) remarks.Add("This is the form of AdminDisplayVersion, which tells the cumulative update only: a security update leaves it as it is. Take the version of exsetup.exe before believing that something is open.");
        return Report([Decided(null, new PatchQuestion(build), [], remarks, options)], [], options);
    }

    /// <summary>Decides for each server in evidence, by the builds that its logs show.</summary>
    public static CheckReport OfEvidence(ScanReport scan, CheckOptions options) =>
        Report([.. scan.Servers.Select(s => OfServer(s, options))], scan.Problems, options);

    static CheckReport Report(IReadOnlyList<CheckedServer> servers, IReadOnlyList<Problem> problems, CheckOptions options)
    {
        PatchTables tables = options.Tables;
        var warnings = new List<string>();
        if (tables.IsOldOn(options.Today)) warnings.Add($"The table of flaws is of {tables.Date:yyyy-MM-dd}, {options.Today.DayNumber - tables.Date.DayNumber} days ago. What came out since is not in it: take a newer one.");
        return new(
            typeof(PatchReview).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0] ?? "0",
            tables.Version,
            tables.Date,
            options.Only?.Id,
            servers,
            warnings,
            problems);
    }

    static CheckedServer OfServer(ServerReport server, CheckOptions options)
    {
        BuildHistory history = BuildHistory.Of(server.Builds, options.Tables);
        if (history.Installed is not { } installed)
        {
            return new(Wording.Name(server), null, null, null, server.Builds, [], null, ["Nothing in its evidence names a build. Logs of Exchange do (HttpProxy, ECP, OAB), IIS logs do not. Or give the version of exsetup.exe: tocsin check --build."]);
        }

        var remarks = new List<string> { "The build is the highest that its logs show, a lower bound: a part that an update left alone keeps its old number. So 'fixed' is sure, and 'vulnerable' may be out of date; the version of exsetup.exe settles it." };
        remarks.AddRange(history.Remarks());
        CheckedServer decided = Decided(Wording.Name(server), new PatchQuestion(installed) { StillRunning = history.StillRunning, InForce = server.Mitigations.ToHashSet(StringComparer.Ordinal) }, server.Builds, remarks, options);
        return decided with { Remarks = [.. decided.Remarks, .. Exposure.Of(history, options)] };
    }

    static CheckedServer Decided(string? name, PatchQuestion question, IReadOnlyList<BuildSighting> history, List<string> remarks, CheckOptions options)
    {
        BuildNumber build = question.Build;
        question = question with { Done = options.Done, Mitigations = options.Mitigations };
        PatchTables tables = options.Tables;
        var check = new PatchCheck(tables);
        KnownBuild? known = tables.BuildOf(build);
        if (known is null) remarks.Add(NotInTable(build, tables));
        else if (known.Note is { } note) remarks.Add(note);
        if (known is { IsDayInferred: true }) remarks.Add("The day of its release is inferred from the month of the update.");
        IReadOnlyList<PatchDecision> decisions = options.Only is { } only ? [check.Decide(only, question)] : check.DecideAll(question);
        return new(name, build, known?.Name, known?.Released, history, [.. decisions.OrderBy(Rank).ThenBy(d => d.Flaw.Kev?.Due ?? DateOnly.MaxValue).ThenByDescending(d => d.Flaw.Cvss ?? 0)], WayToFix.Plan(check, question), remarks);
    }

    static string NotInTable(BuildNumber build, PatchTables tables)
    {
        if (tables.ProductOf(build) is not { } product) return $"{build} is no build of Exchange 2007 to SE.";
        KnownBuild? newest = tables.Builds.Where(b => b.Product == product.Product).MaxBy(b => b.Number);
        return newest is not null && newest.Number < build
            ? $"{build} is newer than all builds of {product.Product} in the table of {tables.Date:yyyy-MM-dd}; it was decided by its numbers. Take a newer table."
            : $"{build} is not in the table of {tables.Date:yyyy-MM-dd}, perhaps a fix made for one customer or a typing error; it was decided by its numbers.";
    }

    static int Rank(PatchDecision decision) => decision switch
    {
        { IsOpen: true, Flaw.Kev: not null } => 0,
        { IsOpen: true, NeedsUpdate: true } => 1,
        { IsOpen: true } => 2,
        { Status: PatchStatus.Unknown } => 3,
        { Status: PatchStatus.Fixed } => 4,
        _ => 5,
    };
}
