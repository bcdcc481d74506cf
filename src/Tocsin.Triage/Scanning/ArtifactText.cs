using Tocsin.Evidence.Artifacts;
using Tocsin.Triage.Reports;

namespace Tocsin.Triage.Scanning;

/// <summary>An artifact as reports tell of it.</summary>
internal static class ArtifactText
{
    public static ArtifactReport Of(ArtifactScan scan) => new(
        scan.File.Path,
        scan.File.OriginalPath,
        scan.Kind?.Id,
        scan.Kind?.Title ?? scan.NotReadBecause ?? "not recognised as evidence",
        scan.State,
        scan.Bytes,
        scan.Sha256,
        scan.Report.Records,
        scan.Report.FirstUtc,
        scan.Report.LastUtc,
        [.. Enum.GetValues<DamageKind>().Where(k => scan.Report.Count(k) > 0).Select(k => new DamageReport(
            Words(k),
            scan.Report.Count(k),
            [.. scan.Report.Located.Where(d => d.Kind == k).Select(d => (d.Line, d.Offset))]))],
        [.. scan.Report.Notes]);

    static string Words(DamageKind kind) => kind switch
    {
        DamageKind.WrongColumnCount => "wrong number of columns",
        DamageKind.Repaired => "repaired: a separator inside a value",
        DamageKind.ShortRow => "too few columns; what is there was read",
        DamageKind.TooLong => "line over the limit, passed over",
        DamageKind.Binary => "binary bytes in text",
        DamageKind.NoTime => "no readable time",
        DamageKind.BeforeHeader => "row before any header",
        DamageKind.Malformed => "broken syntax",
        DamageKind.CutOff => "cut off in mid-record",
        DamageKind.Checksum => "checksum does not fit",
        DamageKind.Unreadable => "could not be read on",
        _ => kind.ToString(),
    };
}
