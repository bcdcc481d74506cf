using System.Text.Json;
using CsCheck;
using Tocsin.Evidence.Artifacts;
using Tocsin.Evidence.Ntfs;
using Tocsin.Evidence.Records;
using Tocsin.Evidence.Tests.Support;

namespace Tocsin.Evidence.Tests.Ntfs;

/// <summary>Tables and journals with bytes changed, put in and left out anywhere: nothing is thrown, everything handed on stands in the artifact, and pieces change nothing.</summary>
public class NtfsPropertyTests
{
    static readonly byte[] Table = MadeSamples.EverySort().ToBytes();
    static readonly byte[] Journal = MadeSamples.Journal().ToBytes();

    static readonly Gen<(int At, byte Value)[]> Changes = Gen.Select(Gen.Int[0, 1 << 20], Gen.Byte).Array[1, 60];

    [Fact]
    public void A_changed_table_is_read_without_a_throw_and_alike_in_pieces() => Changes.Sample(changes =>
    {
        byte[] bytes = Changed(Table, changes);
        if (MftReader.TryRecognise(bytes, "$MFT") is null) return;
        Check(bytes, b => MftReader.TryRecognise(b, "$MFT")!, bytes.Length / 512 + 1);
    }, iter: 2000);

    [Fact]
    public void A_changed_journal_is_read_without_a_throw_and_alike_in_pieces() => Changes.Sample(changes =>
    {
        byte[] bytes = Changed(Journal, changes);
        if (UsnReader.TryRecognise(bytes, "$J") is null) return;
        Check(bytes, b => UsnReader.TryRecognise(b, "$J")!, bytes.Length / 64 + 1);
    }, iter: 2000);

    [Fact]
    public void A_changed_table_or_journal_is_dumped_as_json() => Changes.Sample(changes =>
    {
        foreach (byte[] made in (byte[][])[Table, Journal])
        {
            byte[] bytes = Changed(made, changes);
            using var output = new MemoryStream();
            if (!NtfsDump.Write(() => new MemoryStream(bytes), made == Table ? "$MFT" : "$J", output, new ReadReport())) continue;
            foreach (string line in System.Text.Encoding.UTF8.GetString(output.ToArray()).Split('\n', StringSplitOptions.RemoveEmptyEntries)) JsonDocument.Parse(line).Dispose();
        }
    }, iter: 300);

    static byte[] Changed(byte[] made, (int At, byte Value)[] changes)
    {
        List<byte> bytes = [.. made];
        foreach ((int at, byte value) in changes)
        {
            int place = at % bytes.Count;
            if (value % 37 == 0) bytes.RemoveRange(place, Math.Min(bytes.Count - place - 1, value % 16));
            else if (value % 37 == 1) bytes.InsertRange(place, new byte[value % 16]);
            else bytes[place] = value;
            if (bytes.Count < 1024) break;
        }

        return [.. bytes];
    }

    static void Check(byte[] bytes, Func<byte[], ArtifactReader> reader, int most)
    {
        CollectingSink whole = new CollectingSink([.. MftReaderTests.Fields, .. UsnReaderTests.Fields]).Read(reader(bytes), bytes);
        CollectingSink pieces = new CollectingSink([.. MftReaderTests.Fields, .. UsnReaderTests.Fields]).Read(reader(bytes), new Pieces(bytes));
        Assert.Equal(whole.Listing(), pieces.Listing());
        Assert.InRange(whole.Records.Count, 0, most);
        Assert.All(whole.Records, r => Assert.InRange(r.Position.Offset, 0, bytes.Length - 1));
        Assert.True(whole.Records.Zip(whole.Records.Skip(1)).All(p => p.First.Position.Offset < p.Second.Position.Offset));
        Assert.All(whole.Report.Located, d => Assert.InRange(d.Offset, 0, bytes.Length));
    }

    [Fact]
    public void Files_that_are_worth_no_record_cost_no_memory()
    {
        Allocated(Ordinary(100));
        long few = Allocated(Ordinary(1000)), many = Allocated(Ordinary(11_000));
        Assert.InRange(many - few, -4096, 4096);
    }

    [Fact]
    public void Records_of_a_journal_cost_no_memory()
    {
        Allocated(Records(100));
        long few = Allocated(Records(1000)), many = Allocated(Records(21_000));
        Assert.InRange(many - few, -4096, 4096);
    }

    static byte[] Ordinary(int files)
    {
        MadeTable made = MadeTable.New();
        for (int i = 0; i < files; i++) made.File($@"\Windows\System32\file{i}.dll").Content("x").Stream("a", "b");
        return made.ToBytes();
    }

    static byte[] Records(int count)
    {
        var made = new MadeJournal();
        for (int i = 0; i < count; i++) made.Add($"file{i}.dll", MadeJournal.Extend);
        return made.ToBytes();
    }

    static long Allocated(byte[] bytes)
    {
        ArtifactReader reader = ArtifactFormats.Recognise(bytes.AsSpan(0, Math.Min(bytes.Length, ArtifactFormats.HeadBytes)), "a", bytes.Length)!;
        var target = new RecordTarget(new FieldSet([.. MftReaderTests.Fields, .. UsnReaderTests.Fields]), new NothingFilter(), new NoSink());
        using var content = new MemoryStream(bytes);
        var context = new ReadContext(_ => target, new ReadReport());
        long before = GC.GetAllocatedBytesForCurrentThread();
        reader.Read(content, context);
        return GC.GetAllocatedBytesForCurrentThread() - before;
    }

    sealed class NoSink : IRecordSink
    {
        public void Accept(in Record record) => Assert.Fail("No record passes.");
    }

    sealed class Pieces(byte[] bytes) : MemoryStream(bytes)
    {
        int _piece;

        public override int Read(Span<byte> buffer) => base.Read(buffer[..Math.Min(buffer.Length, 1 + _piece++ * 7919 % 4001)]);
    }
}
