using Tocsin.Packs.Chain;
using Tocsin.Triage.Verdicts;

namespace Tocsin.Cli.Exercises;

/// <summary>What an exercise holds and what a fair examination of it must say. Written as <c>truth.json</c> beside the logs.</summary>
/// <param name="Scenario">The scenario.</param>
/// <param name="Seed">The seed.</param>
/// <param name="Server">The server's short name.</param>
/// <param name="Fqdn">Its full name.</param>
/// <param name="MailDomain">The organisation's mail domain.</param>
/// <param name="CollectedUtc">When the logs were copied.</param>
/// <param name="Happened">How far the attack really went; the verdicts go by what the logs still show.</param>
/// <param name="AttackUtc">When it began; null where there was none.</param>
/// <param name="Builds">The product's builds in order, each from when on.</param>
/// <param name="RemovedDays">Days of which somebody deleted the IIS, HttpProxy and ECP logs.</param>
/// <param name="Waves">What is to be said of each wave.</param>
/// <param name="Planted">The attackers' and scanners' rows.</param>
/// <param name="Lookalikes">Rightful rows that look like an attack at first sight.</param>
/// <param name="Files">Every log file.</param>
/// <param name="Bytes">Their bytes together.</param>
public sealed record ExerciseTruth(
    string Scenario,
    ulong Seed,
    string Server,
    string Fqdn,
    string MailDomain,
    DateTime CollectedUtc,
    Stage Happened,
    DateTime? AttackUtc,
    IReadOnlyList<BuildTruth> Builds,
    IReadOnlyList<DateOnly> RemovedDays,
    IReadOnlyList<WaveTruth> Waves,
    IReadOnlyList<PlantedLine> Planted,
    IReadOnlyList<PlantedLine> Lookalikes,
    IReadOnlyList<WrittenFile> Files,
    long Bytes);

/// <summary>A build of the product, and from when on the logs show it.</summary>
/// <param name="Build">Such as <c>15.1.2176.9</c>.</param>
/// <param name="FromUtc">The first hour of it; the beginning of the logs for the first build.</param>
public sealed record BuildTruth(string Build, DateTime FromUtc);

/// <summary>What is to be said of one wave.</summary>
/// <param name="Wave">The id of the wave's pack.</param>
/// <param name="Verdict">The verdict.</param>
/// <param name="Stage">The stage.</param>
/// <param name="FirstUtc">The first planted row that is still there.</param>
/// <param name="LastUtc">The last one.</param>
/// <param name="Clients">The addresses in those rows.</param>
/// <param name="PatchedUtc">From when on the logs show the build that fixes it; null where they show no change to it.</param>
public sealed record WaveTruth(string Wave, Verdict Verdict, Stage Stage, DateTime? FirstUtc, DateTime? LastUtc, IReadOnlyList<string> Clients, DateTime? PatchedUtc);

/// <summary>A row and where it stands.</summary>
/// <param name="File">Path below the exercise's folder, with slashes.</param>
/// <param name="Line">Line from 1.</param>
/// <param name="Offset">Byte offset from 0.</param>
/// <param name="Utc">Its time.</param>
/// <param name="Step">What it is, in words with hyphens.</param>
/// <param name="Text">The row without its end of line.</param>
public sealed record PlantedLine(string File, long Line, long Offset, DateTime Utc, string Step, string Text);

/// <summary>A log file of the exercise.</summary>
/// <param name="Path">Path below the exercise's folder, with slashes.</param>
/// <param name="Bytes">Its size.</param>
/// <param name="Lines">Its lines, heads among them.</param>
public sealed record WrittenFile(string Path, long Bytes, long Lines);
