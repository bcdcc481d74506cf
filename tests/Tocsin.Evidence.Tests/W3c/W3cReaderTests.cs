using System.Text;
using CsCheck;
using Tocsin.Evidence.Artifacts;
using Tocsin.Evidence.Records;
using Tocsin.Evidence.Tests.Support;

namespace Tocsin.Evidence.Tests.W3c;

public class W3cReaderTests
{
    const string Fields = "#Fields: date time s-ip cs-method cs-uri-stem cs-uri-query s-port cs-username c-ip cs(User-Agent) cs(Referer) sc-status sc-substatus sc-win32-status time-taken";
    static readonly string[] Asked = ["cs-uri-stem", "cs-uri-query", "url", "url-decoded", "sc-status", "c-ip", "cs(User-Agent)", "date", "X-Forwarded-For"];

    static string Row(string time, string stem = "/owa/", string query = "-", string status = "200") =>
        $"2021-03-03 {time} 10.0.0.1 GET {stem} {query} 443 - 203.0.113.7 Mozilla/5.0 - {status} 0 0 5";

    [Fact]
    public void A_row_has_its_values_its_time_and_its_place()
    {
        var (kind, report, rows) = Scan.Read(Scan.Lines("#Software: Microsoft Internet Information Services 10.0", Fields, Row("07:10:58", "/a", "b=%2541")), Asked);
        Assert.Equal("iis", kind.Id);
        Scan.Row row = Assert.Single(rows);
        Assert.Equal((3, 57 + Fields.Length + 2), (row.Line, row.Offset));
        Assert.Equal(new DateTime(2021, 3, 3, 7, 10, 58), row.Time);
        Assert.Equal(["/a", "b=%2541", "/a?b=%2541", "/a?b=A", "200"], Asked[..5].Select(f => row[f]));
        Assert.Equal((1, 3), (report.Records, report.Lines));
        Assert.Empty(report.Located);
    }

    [Fact]
    public void Columns_may_change_in_mid_file_and_be_anybodys()
    {
        var (_, report, rows) = Scan.Read(Scan.Lines(
            Fields,
            Row("07:00:00"),
            "#Fields: time date cs-method cs-uri-stem c-ip sc-status X-Forwarded-For",
            "08:00:00 2021-03-03 POST /x 10.1.1.1 404 198.51.100.4"), Asked);
        Assert.Equal(["200", "404"], rows.Select(r => r["sc-status"]));
        Assert.Equal("198.51.100.4", rows[1]["X-Forwarded-For"]);
        Assert.Equal(new DateTime(2021, 3, 3, 8, 0, 0), rows[1].Time);
        Assert.Equal(2, report.Records);
        Assert.Equal(2, report.Hours.Count);
    }

    [Fact]
    public void Blanks_that_Exchange_writes_into_the_query_do_not_shift_the_columns()
    {
        var (_, report, rows) = Scan.Read(Scan.Lines(Fields, Row("07:00:00", "/EWS/Exchange.asmx", "SoapAction=X; ADRequests=2; ADLatency=0")), Asked);
        Scan.Row row = Assert.Single(rows);
        Assert.Equal("SoapAction=X; ADRequests=2; ADLatency=0", row["cs-uri-query"]);
        Assert.Equal(("200", "203.0.113.7"), (row["sc-status"], row["c-ip"]));
        Assert.Empty(report.Located);
    }

    [Fact]
    public void A_blank_in_another_value_is_repaired_and_counted()
    {
        var (_, report, rows) = Scan.Read(Scan.Lines(Fields, Row("07:00:00").Replace("Mozilla/5.0", "Bad Agent", StringComparison.Ordinal)), Asked);
        Assert.Equal(("Bad Agent", "200"), (Assert.Single(rows)["cs(User-Agent)"], rows[0]["sc-status"]));
        Assert.Equal(1, report.Count(DamageKind.Repaired));
    }

    [Fact]
    public void Rows_without_a_header_are_read_as_an_extract()
    {
        var (_, report, rows) = Scan.Read(Scan.Lines(Row("07:00:00")), Asked);
        Assert.Equal("200", Assert.Single(rows)["sc-status"]);
        Assert.True(report.IsExtract);
    }

    [Fact]
    public void A_row_glued_to_binary_is_recovered_and_the_damage_located()
    {
        byte[] log = [.. Scan.Lines(Fields, Row("07:00:00")), .. "\0\u0001\u0002"u8, .. Scan.Lines(Row("07:00:01", "/b"), Row("07:00:02"))];
        var (_, report, rows) = Scan.Read(log, Asked);
        Assert.Equal(3, rows.Count);
        Assert.Equal("/b", rows[1]["cs-uri-stem"]);
        Damage damage = Assert.Single(report.Located);
        Assert.Equal((DamageKind.Binary, 3L), (damage.Kind, damage.Line));
    }

    [Fact]
    public void Counts_and_hours_are_the_same_whether_lines_are_looked_at_or_not()
    {
        Gen<string> row = Gen.Select(Gen.Int[0, 5], Gen.Int[0, 59], Gen.Int[0, 9], (h, m, odd) => odd switch
        {
            0 => "#Date: x",
            1 => "",
            2 => Row($"0{h}:{m:00}:00")[..40],
            3 => "garbage",
            4 => Row($"0{h}:{m:00}:00", query: "a b"),
            _ => Row($"0{h}:{m:00}:00"),
        });
        row.Array[0, 60].Sample(lines =>
        {
            byte[] log = Scan.Lines([Fields, .. lines]);
            ReadReport fast = ReadWith(log, new Scan.NoLine());
            ReadReport slow = ReadWith(log, Scan.EveryLine.Filter);
            Assert.Equal(slow.Lines, fast.Lines);
            Assert.Equal(slow.Records, fast.Records);
            Assert.Equal(slow.Hours.OrderBy(h => h.Key), fast.Hours.OrderBy(h => h.Key));
            Assert.Equal(slow.Located, fast.Located);
        }, iter: 2_000);
    }

    [Fact]
    public void Nothing_is_allocated_for_an_ordinary_line()
    {
        byte[] few = Scan.Lines([Fields, .. Enumerable.Repeat(Row("07:00:00"), 20_000)]);
        byte[] many = Scan.Lines([Fields, .. Enumerable.Repeat(Row("07:00:00"), 400_000)]);
        // The array pool builds its own lists anew after a collection: some hundred bytes a run, whatever the log's length.
        long ofFew = Enumerable.Range(0, 5).Min(_ => Allocated(few)), ofMany = Enumerable.Range(0, 5).Min(_ => Allocated(many));
        Assert.InRange(ofMany - ofFew, -1_024, 1_024);

        static long Allocated(byte[] log)
        {
            ReadWith(log, new Scan.NoLine());
            long before = GC.GetAllocatedBytesForCurrentThread();
            ReadWith(log, new Scan.NoLine());
            return GC.GetAllocatedBytesForCurrentThread() - before;
        }
    }

    [Fact]
    public void Damage_anywhere_neither_throws_nor_hides_the_lines_beside_it()
    {
        string[] lines = [Fields, .. Enumerable.Range(0, 30).Select(i => Row($"07:00:{i:00}", $"/row{i}"))];
        byte[] whole = Scan.Lines(lines);
        Gen.Select(Gen.Int[Fields.Length + 2, whole.Length - 1], Gen.Byte.Array[1, 40], Gen.Bool).Sample((at, noise, insert) =>
        {
            byte[] hurt = insert ? [.. whole[..at], .. noise, .. whole[at..]] : [.. whole[..at], .. noise.Take(whole.Length - at), .. whole[Math.Min(whole.Length, at + noise.Length)..]];
            var (_, report, rows) = Scan.Read(hurt, Asked);
            // Lines that end before the damage, and lines that begin behind the first line end after it, are whole.
            int resume = Array.IndexOf(hurt, (byte)'\n', Math.Min(hurt.Length - 1, at + noise.Length));
            if (noise.Contains((byte)'#')) return;
            for (int i = 1; i < lines.Length; i++)
            {
                int start = IndexOf(hurt, lines[i] + "\r\n");
                bool clear = start >= 0 && (start + lines[i].Length + 2 <= at || resume >= 0 && start > resume);
                if (clear) Assert.Contains(rows, r => r.Offset == start && r["cs-uri-stem"] == $"/row{i - 1}");
            }
        }, iter: 3_000);
    }

    static int IndexOf(byte[] bytes, string text) => bytes.AsSpan().IndexOf(Encoding.UTF8.GetBytes(text));

    static ReadReport ReadWith(byte[] log, ILineFilter filter)
    {
        var report = new ReadReport();
        var target = new RecordTarget(new FieldSet(Asked), filter, new Nobody());
        Scan.Recognise(log)!.Read(new MemoryStream(log), new ReadContext(_ => target, report));
        return report;
    }

    sealed class Nobody : IRecordSink
    {
        public void Accept(in Record record) { }
    }
}
