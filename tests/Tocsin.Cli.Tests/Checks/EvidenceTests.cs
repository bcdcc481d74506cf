using Tocsin.Packs.Patches;
using Tocsin.Triage.Patches;
using Tocsin.Triage.Reports;

namespace Tocsin.Cli.Tests.Checks;

/// <summary>What the builds in a server's logs say of its flaws.</summary>
public sealed class EvidenceTests
{
    static readonly CheckOptions Waves = Made.Options with { ExploitedFrom = new Dictionary<string, DateOnly> { ["CVE-2021-26855"] = new(2021, 1, 3) } };

    static CheckedServer Checked(params string[] sightings) => Assert.Single(PatchReview.OfEvidence(Made.Scan(Made.Server("EX01", sightings)), Waves).Servers);

    static PatchStatus StatusOf(CheckedServer server, string cve) => server.Decisions.Single(d => d.Flaw.Id == cve).Status;

    [Fact]
    public void The_highest_build_counts_and_the_history_is_shown()
    {
        CheckedServer server = Checked("15.1.2176.2 2021-02-01..2021-03-08", "15.1.2176.9 2021-03-08..2021-03-20");
        Assert.Equal(new BuildNumber(15, 1, 2176, 9), server.Build);
        Assert.Equal(PatchStatus.Fixed, StatusOf(server, "CVE-2021-26855"));
        Assert.Equal(2, server.History.Count);
        string text = Made.Text(PatchReview.OfEvidence(Made.Scan(Made.Server("EX01", "15.1.2176.2 2021-02-01..2021-03-08", "15.1.2176.9 2021-03-08..2021-03-20")), Waves));
        Assert.Contains("2021-02-01 to 2021-03-08  Exchange 2016 CU19 (15.1.2176.2)", text, StringComparison.Ordinal);
        Assert.Contains("lower bound", text, StringComparison.Ordinal);
    }

    [Fact]
    public void A_fix_that_came_after_the_attacks_began_removes_nothing_and_that_is_said()
    {
        CheckedServer late = Checked("15.1.2176.2 2021-02-01..2021-03-08", "15.1.2176.9 2021-03-08..2021-03-20");
        Assert.Contains(late.Remarks, r => r.StartsWith("CVE-2021-26855", StringComparison.Ordinal) && r.Contains("2021-03-08", StringComparison.Ordinal) && r.Contains("removes nothing", StringComparison.Ordinal));
        CheckedServer never = Checked("15.1.2176.2 2021-02-01..2021-03-20");
        Assert.Contains(never.Remarks, r => r.Contains("CVE-2021-26855", StringComparison.Ordinal) && r.Contains("never show the fix", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("15.1.2176.2 2020-12-20..2021-01-02", "15.1.2176.9 2021-01-02..2021-03-20")]
    [InlineData("15.1.2176.9 2021-03-08..2021-03-20", "15.1.2176.12 2021-04-14..2021-05-01")]
    public void A_fix_that_came_first_or_was_there_from_the_beginning_is_no_exposure(string one, string other) =>
        Assert.DoesNotContain(Checked(one, other).Remarks, r => r.Contains("CVE-2021-26855", StringComparison.Ordinal));

    [Fact]
    public void Old_numbers_that_an_update_leaves_alone_are_no_partial_installation()
    {
        CheckedServer server = Checked("15.1.2176.2 2021-02-01..2021-05-01", "15.1.2176.9 2021-03-08..2021-05-01");
        Assert.DoesNotContain(server.Decisions, d => d.Status == PatchStatus.PartialInstall);
        Assert.Equal(PatchStatus.Fixed, StatusOf(server, "CVE-2021-26855"));
    }

    [Fact]
    public void An_older_cumulative_update_that_goes_on_is_a_partial_installation()
    {
        CheckedServer server = Checked("15.1.2176.2 2021-02-01..2021-05-01", "15.1.2242.10 2021-04-10..2021-05-01");
        Assert.Equal(PatchStatus.PartialInstall, StatusOf(server, "CVE-2021-26855"));
        Assert.Contains(server.Remarks, r => r.Contains("replaces everything", StringComparison.Ordinal));
        CheckedServer changed = Checked("15.1.2176.2 2021-02-01..2021-04-10", "15.1.2242.10 2021-04-10..2021-05-01");
        Assert.Equal(PatchStatus.Fixed, StatusOf(changed, "CVE-2021-26855"));
    }

    [Fact]
    public void An_update_that_is_no_longer_seen_is_asked_about() =>
        Assert.Contains(Checked("15.1.2176.9 2021-03-08..2021-03-10", "15.1.2176.2 2021-02-01..2021-04-01").Remarks, r => r.Contains("taken out again", StringComparison.Ordinal));

    [Fact]
    public void Without_a_build_it_cannot_be_told()
    {
        CheckReport report = PatchReview.OfEvidence(Made.Scan(Made.Server("EX01")), Made.Options);
        Assert.Equal(2, report.ExitCode);
        Assert.Contains("CANNOT TELL", Made.Text(report), StringComparison.Ordinal);
        Assert.Equal(2, PatchReview.OfEvidence(Made.Scan(), Made.Options).ExitCode);
    }

    [Fact]
    public void A_build_of_something_else_is_passed_over() =>
        Assert.Equal(new BuildNumber(15, 1, 2176, 2), Checked("15.20.7000.1 2021-02-01..2021-03-01", "99.1.1.1 2021-02-01..2021-03-01", "15.1.2176.2 2021-02-01..2021-03-01").Build);

    [Fact]
    public void A_name_from_evidence_does_no_harm()
    {
        const string Name = "EX\u001b[31m01\u202e<script>\ud800";
        CheckReport report = PatchReview.OfEvidence(Made.Scan(Made.Server(Name, "15.1.2176.2 2021-02-01..2021-03-01")), Made.Options);
        string text = Made.Text(report, all: true);
        Assert.DoesNotContain('\u001b', text);
        Assert.DoesNotContain('\u202e', text);
        foreach (Action<Stream> write in (Action<Stream>[])[s => CheckJson.Write(report, s), s => CheckVex.Write(report, s, "me", new(2026, 11, 25, 0, 0, 0, DateTimeKind.Utc))])
        {
            using var stream = new MemoryStream();
            write(stream);
            Assert.All(stream.ToArray(), b => Assert.True(b is (byte)'\n' or >= 0x20 and < 0x7f));
        }
    }

    [Fact]
    public void By_default_never_more_than_a_screenful_of_flaws_is_listed_and_with_all_each_one()
    {
        CheckReport report = PatchReview.OfBuild(new(15, 1, 225, 42), BuildForm.FileVersion, Made.Options);
        Assert.Equal(200, Assert.Single(report.Servers).Decisions.Count);
        Assert.InRange(Made.Text(report).Split('\n').Length, 20, 110);
        string all = Made.Text(report, all: true);
        Assert.All(PatchTables.Embedded.Cves, c => Assert.Contains($"  {c.Id} ", all, StringComparison.Ordinal));
    }

    [Fact]
    public void An_old_table_warns()
    {
        CheckReport Asked(DateOnly today) => PatchReview.OfBuild(new(15, 2, 2562, 46), BuildForm.FileVersion, Made.Options with { Today = today });
        Assert.Contains("98 days ago", Assert.Single(Asked(new(2027, 3, 1)).Warnings), StringComparison.Ordinal);
        Assert.Empty(Asked(new(2026, 11, 25)).Warnings);
    }
}
