using Tocsin.Evidence.Artifacts;
using Tocsin.Evidence.Ntfs;
using Tocsin.Evidence.Tests.Support;

namespace Tocsin.Evidence.Tests.Ntfs;

/// <summary>Tables and a journal of real volumes, which other projects keep as their test files.</summary>
public sealed class RealNtfsTests(ITestOutputHelper output)
{
    // Counted apart from the reader with a script of thirty lines. An entry alone has no folder; a piece that continues a file whose own entry is not there is no file; the table of 628 entries was damaged on purpose.
    static readonly string[] Expected =
    [
        "dfirntfs_compressed_sparse.mft: mft, 36 records, 0 deleted, 0 uncertain, 0 damaged",
        "dfirntfs_deleted.mft: mft, 41 records, 6 deleted, 0 uncertain, 0 damaged",
        "dfirntfs_different_la.mft: mft, 100 records, 61 deleted, 13 uncertain, 0 damaged",
        "ez_NIST_DFR-16_MFT.bin: mft, 117 records, 0 deleted, 0 uncertain, 0 damaged",
        "ez_xw_MFT.bin: mft, 625 records, 150 deleted, 19 uncertain, 35 damaged",
        "omerbenamram_entry_102130_fixup_issue: mft, 1 records, 0 deleted, 1 uncertain, 1 damaged",
        "omerbenamram_entry_data_run_at_offset: mft, 0 records, 0 deleted, 0 uncertain, 0 damaged",
        "omerbenamram_entry_multiple_index_root_entries: mft, 1 records, 0 deleted, 1 uncertain, 0 damaged",
        "omerbenamram_entry_single_file: mft, 1 records, 0 deleted, 1 uncertain, 0 damaged",
        "plaso_UsnJrnl.raw: usn, 19 records, 0 deleted, 0 uncertain, 0 damaged",
    ];

    [Fact]
    public void Every_table_and_journal_of_other_projects_is_read_to_the_end()
    {
        if (!Shared.IsThere(out string shared)) return;
        string folder = Path.Combine(shared, "evidence", "32-mft-registry");
        var found = new List<string>();
        foreach (string file in Directory.GetFiles(folder).Order(StringComparer.Ordinal))
        {
            byte[] bytes = File.ReadAllBytes(file);
            ArtifactReader? reader = ArtifactFormats.Recognise(bytes.AsSpan(0, Math.Min(bytes.Length, ArtifactFormats.HeadBytes)), Path.GetFileName(file), bytes.Length);
            if (reader is not (MftReader or UsnReader)) continue;
            CollectingSink read = new CollectingSink([.. MftReaderTests.Fields, .. UsnReaderTests.Fields]).Read(reader, bytes);
            found.Add($"{Path.GetFileName(file)}: {reader.Kind.Id}, {read.Report.Records} records, {read.Records.Count(r => r["InUse"] == "false")} deleted, {read.Records.Count(r => r.Fields.GetValueOrDefault("Fact")?.Contains("path-uncertain") == true)} uncertain, {Enum.GetValues<DamageKind>().Sum(read.Report.Count)} damaged");
        }

        foreach (string line in found) output.WriteLine(line);
        Assert.Equal(Expected, found);
    }
}
