using System.Text.Json;
using Tocsin.Packs.Patches;
using Tocsin.Triage.Reports;

namespace Tocsin.Triage.Patches;

/// <summary>What is open as a VEX document of CSAF 2.0 (profile 5, <c>csaf_vex</c>): for each flaw, which servers have it and what to do.</summary>
/// <remarks>The same report and time give the same bytes. ADV… is no CVE and stands under <c>ids</c>.</remarks>
public static class CheckVex
{
    /// <summary>Writes <paramref name="report"/> to <paramref name="stream"/>, which stays open.</summary>
    /// <param name="report">What to write.</param>
    /// <param name="stream">Where to.</param>
    /// <param name="publisher">Who says so.</param>
    /// <param name="nowUtc">When.</param>
    public static void Write(CheckReport report, Stream stream, string publisher, DateTime nowUtc)
    {
        using (var json = new Utf8JsonWriter(stream, new JsonWriterOptions { Indented = true, NewLine = "\n" }))
        {
            json.WriteStartObject();
            WriteDocument(json, report, publisher, nowUtc);
            CheckedServer[] servers = [.. report.Servers.Where(s => s.Build is not null)];
            WriteProducts(json, servers);
            json.WriteStartArray("vulnerabilities");
            var rows = servers.SelectMany((s, i) => s.Decisions.Select(d => (Product: ProductId(i), Decision: d)));
            foreach (var flaw in rows.GroupBy(r => r.Decision.Flaw.Id, StringComparer.Ordinal).OrderBy(g => g.Key, StringComparer.Ordinal)) WriteFlaw(json, [.. flaw]);
            json.WriteEndArray();
            json.WriteEndObject();
        }

        stream.WriteByte((byte)'\n');
    }

    static string ProductId(int server) => $"server-{server + 1}";

    static void WriteDocument(Utf8JsonWriter json, CheckReport report, string publisher, DateTime nowUtc)
    {
        json.WriteStartObject("document");
        json.WriteString("category", "csaf_vex");
        json.WriteString("csaf_version", "2.0");
        json.WriteString("lang", "en");
        json.WriteStartArray("notes");
        Note(json, "general", $"Decided from build numbers by the table {report.TableVersion} of {CheckWords.Day(report.TableDate)}. 'fixed' does not mean that a server was not hit.");
        foreach (string warning in report.Warnings) Note(json, "general", warning);
        json.WriteEndArray();
        json.WriteStartObject("publisher");
        json.WriteString("category", "user");
        JsonReport.Text(json, "name", publisher);
        json.WriteString("namespace", "urn:tocsin:check");
        json.WriteEndObject();
        JsonReport.Text(json, "title", $"Flaws of {Wording.Count(report.Servers.Count, "Exchange server", "Exchange servers")}");
        json.WriteStartObject("tracking");
        JsonReport.Time(json, "current_release_date", nowUtc);
        json.WriteStartObject("generator");
        JsonReport.Time(json, "date", nowUtc);
        json.WriteStartObject("engine");
        json.WriteString("name", "tocsin");
        JsonReport.Text(json, "version", report.Version);
        json.WriteEndObject();
        json.WriteEndObject();
        JsonReport.Text(json, "id", $"tocsin-check-{nowUtc:yyyyMMdd'T'HHmmss'Z'}");
        JsonReport.Time(json, "initial_release_date", nowUtc);
        json.WriteStartArray("revision_history");
        json.WriteStartObject();
        JsonReport.Time(json, "date", nowUtc);
        json.WriteString("number", "1");
        json.WriteString("summary", "First and only version; a later check is a document of its own.");
        json.WriteEndObject();
        json.WriteEndArray();
        json.WriteString("status", "final");
        json.WriteString("version", "1");
        json.WriteEndObject();
        json.WriteEndObject();
    }

    static void WriteProducts(Utf8JsonWriter json, CheckedServer[] servers)
    {
        json.WriteStartObject("product_tree");
        json.WriteStartArray("full_product_names");
        for (int i = 0; i < servers.Length; i++)
        {
            string build = $"Microsoft {servers[i].BuildName ?? "Exchange Server"} {servers[i].Build}";
            json.WriteStartObject();
            JsonReport.Text(json, "name", servers[i].Name is { } name ? $"{build} on {Inert.Terminal(name)}" : build);
            json.WriteString("product_id", ProductId(i));
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    static void WriteFlaw(Utf8JsonWriter json, (string Product, PatchDecision Decision)[] rows)
    {
        KnownCve flaw = rows[0].Decision.Flaw;
        json.WriteStartObject();
        if (flaw.Id.StartsWith("CVE-", StringComparison.Ordinal))
        {
            json.WriteString("cve", flaw.Id);
        }
        else
        {
            json.WriteStartArray("ids");
            json.WriteStartObject();
            json.WriteString("system_name", "Microsoft Security Advisory");
            json.WriteString("text", flaw.Id);
            json.WriteEndObject();
            json.WriteEndArray();
        }

        var without = rows.Where(r => StatusOf(r.Decision) == NotAffected).ToArray();
        if (without.Length > 0)
        {
            json.WriteStartArray("flags");
            json.WriteStartObject();
            json.WriteString("label", flaw.Category is "client-neighbour" or "server-neighbour" ? "component_not_present" : "vulnerable_code_not_present");
            Products(json, without);
            json.WriteEndObject();
            json.WriteEndArray();
        }

        json.WriteStartArray("notes");
        foreach (var said in rows.GroupBy(r => r.Decision.Reason, StringComparer.Ordinal)) Note(json, "details", $"{string.Join(", ", said.Select(r => r.Product))}: {CheckWords.Of(said.First().Decision.Status)}{(said.First().Decision.IsUnverified ? " (unverified)" : "")}. {said.Key}");
        json.WriteEndArray();
        json.WriteStartObject("product_status");
        foreach (var status in rows.GroupBy(r => StatusOf(r.Decision)).OrderBy(g => g.Key, StringComparer.Ordinal))
        {
            json.WriteStartArray(status.Key);
            foreach ((string product, _) in status) json.WriteStringValue(product);
            json.WriteEndArray();
        }

        json.WriteEndObject();
        WriteRemediations(json, [.. rows.Where(r => StatusOf(r.Decision) == Affected)]);
        if (flaw.Kev is not null || without.Length > 0)
        {
            json.WriteStartArray("threats");
            if (flaw.Kev is { } kev) Threat(json, "exploit_status", $"Known to be exploited: in CISA's list since {CheckWords.Day(kev.Added)}{(kev.Due is { } due ? $", to be mended by {CheckWords.Day(due)}" : "")}.", []);
            foreach (var said in without.GroupBy(r => r.Decision.Reason, StringComparer.Ordinal)) Threat(json, "impact", said.Key, [.. said]);
            json.WriteEndArray();
        }

        json.WriteEndObject();
    }

    const string Affected = "known_affected";
    const string NotAffected = "known_not_affected";

    static string StatusOf(PatchDecision decision) => decision.Status switch
    {
        PatchStatus.Fixed => "fixed",
        PatchStatus.NotApplicable => NotAffected,
        // Nobody said whether a product out of support has the flaw: to call it affected would be a guess.
        PatchStatus.Unknown or PatchStatus.Unsupported => "under_investigation",
        _ => Affected,
    };

    static void WriteRemediations(Utf8JsonWriter json, (string Product, PatchDecision Decision)[] affected)
    {
        if (affected.Length == 0) return;
        json.WriteStartArray("remediations");
        foreach (var action in affected.SelectMany(r => Actions(r.Decision).Select(a => (a.Category, a.Details, r.Product))).GroupBy(a => (a.Category, a.Details)))
        {
            json.WriteStartObject();
            json.WriteString("category", action.Key.Category);
            JsonReport.Text(json, "details", action.Key.Details);
            json.WriteStartArray("product_ids");
            foreach (var one in action) json.WriteStringValue(one.Product);
            json.WriteEndArray();
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    static IEnumerable<(string Category, string Details)> Actions(PatchDecision decision)
    {
        if (decision.Status == PatchStatus.Mitigated) yield return ("mitigation", decision.Reason);
        foreach (PatchStep step in decision.Steps) yield return (decision.Status == PatchStatus.FixedButNeedsStep ? "mitigation" : "vendor_fix", $"{step.Step}{(decision.Flaw.Detail is { } detail ? $" Here: {detail}." : "")}");
        if (decision.Status == PatchStatus.FixedButNeedsStep || decision.Steps.Count > 0) yield break;
        yield return ("vendor_fix", decision.Status == PatchStatus.PartialInstall ? "Finish the installation of the cumulative update, or take it back and do it again."
            : decision.FixedIn is { } first ? $"Install {decision.Flaw.Update ?? "the update"} or later: {first} is the first build of this cumulative update with the fix."
            : "Install a current cumulative update and the newest security update on it: this one never got the fix.");
    }

    static void Threat(Utf8JsonWriter json, string category, string details, (string, PatchDecision)[] rows)
    {
        json.WriteStartObject();
        json.WriteString("category", category);
        JsonReport.Text(json, "details", details);
        if (rows.Length > 0) Products(json, rows);
        json.WriteEndObject();
    }

    static void Products(Utf8JsonWriter json, (string Product, PatchDecision)[] rows)
    {
        json.WriteStartArray("product_ids");
        foreach ((string product, _) in rows) json.WriteStringValue(product);
        json.WriteEndArray();
    }

    static void Note(Utf8JsonWriter json, string category, string text)
    {
        json.WriteStartObject();
        json.WriteString("category", category);
        JsonReport.Text(json, "text", text);
        json.WriteEndObject();
    }
}
