using System.Globalization;
using System.Text;
using Tocsin.Cli.Exercises;

namespace Tocsin.Cli.Tests.Exercises;

/// <summary>Ten scenarios, three seeds: the shape of every line, the hours, the truth's places.</summary>
public sealed class ExerciseShapeTests(WrittenExercises written) : IClassFixture<WrittenExercises>
{
    public static TheoryData<string, ulong> Cases
    {
        get
        {
            TheoryData<string, ulong> cases = [];
            foreach (ExerciseScenario scenario in Exercise.Scenarios)
            {
                for (ulong seed = 1; seed <= 3; seed++) cases.Add(scenario.Name, seed);
            }

            return cases;
        }
    }

    [Fact]
    public void There_are_ten_scenarios() => Assert.Equal(10, Exercise.Scenarios.Count);

    [Theory, MemberData(nameof(Cases))]
    public void Every_line_has_as_many_cells_as_its_log_has_columns(string scenario, ulong seed)
    {
        (ExerciseTruth truth, string directory) = written[scenario, seed];
        int rows = 0, spaced = 0;
        foreach (WrittenFile file in truth.Files)
        {
            byte[] bytes = File.ReadAllBytes(Path.Combine(directory, file.Path));
            Assert.Equal(file.Bytes, bytes.Length);
            bool iis = file.Path.Contains("/W3SVC", StringComparison.Ordinal);
            Assert.Equal(!iis, bytes.AsSpan().StartsWith("\uFEFF"u8));
            string text = Encoding.UTF8.GetString(bytes.AsSpan(iis ? 0 : 3));
            Assert.EndsWith("\r\n", text, StringComparison.Ordinal);
            Assert.DoesNotContain('\uFFFD', text);
            string[] lines = text.Split("\r\n")[..^1];
            Assert.Equal(file.Lines, lines.Length);
            string fields = lines.First(l => l.StartsWith("#Fields: ", StringComparison.Ordinal))["#Fields: ".Length..];
            int columns = fields.Split(iis ? ' ' : ',').Length;
            Assert.Equal(ColumnsOf(file.Path), columns);
            foreach (string line in lines)
            {
                if (line.StartsWith('#') || line == fields) continue;
                rows++;
                int cells = iis ? line.Count(c => c == ' ') + 1 : Cells(line);
                // What the old EWS appended to the query holds three spaces, as in real logs.
                if (iis && line.Contains("SoapAction=", StringComparison.Ordinal)) (cells, spaced) = (cells - 3, spaced + 1);
                Assert.True(cells == columns, $"{file.Path} has {cells} cells instead of {columns}: {line}");
            }
        }

        Assert.InRange(rows, 10_000, 100_000);
        Assert.InRange(spaced, 1, rows / 50);
    }

    [Theory, MemberData(nameof(Cases))]
    public void Every_hour_of_every_log_has_a_row_in_order_of_time(string scenario, ulong seed)
    {
        (ExerciseTruth truth, string directory) = written[scenario, seed];
        DateOnly last = DateOnly.FromDateTime(truth.CollectedUtc).AddDays(-1);
        int logs = 0;
        foreach (IGrouping<string, WrittenFile> log in truth.Files.GroupBy(f => Path.GetDirectoryName(f.Path)!))
        {
            HashSet<DateTime> hours = [];
            foreach (WrittenFile file in log)
            {
                string before = "";
                foreach (string line in File.ReadLines(Path.Combine(directory, file.Path)))
                {
                    if (line[0] != '2') continue;
                    string time = line[..19];
                    Assert.True(string.CompareOrdinal(before, time) <= 0, $"{file.Path} goes back in time: {line}");
                    before = time;
                    hours.Add(DateTime.Parse(time[..13] + ":00", CultureInfo.InvariantCulture));
                }
            }

            DateOnly first = DateOnly.FromDateTime(hours.Min());
            for (DateOnly day = first; day <= last; day = day.AddDays(1))
            {
                bool removed = truth.RemovedDays.Contains(day) && (log.Key.Contains("W3SVC", StringComparison.Ordinal) || log.Key.Contains("HttpProxy", StringComparison.Ordinal) || log.Key.Contains("ECP", StringComparison.Ordinal));
                for (int hour = 0; hour < 24; hour++) Assert.True(hours.Contains(day.ToDateTime(new(hour, 0))) != removed, $"{log.Key} {day:yyyy-MM-dd} {hour}");
            }

            if (log.Key.Contains("W3SVC", StringComparison.Ordinal)) Assert.Equal(WindowStart(truth.Scenario).AddDays(-6), first);
            else Assert.InRange(last.DayNumber - first.DayNumber, 2, 29);
            logs++;
        }

        Assert.InRange(logs, 5, 19);
    }

    [Theory, MemberData(nameof(Cases))]
    public void The_truth_names_the_bytes_of_each_planted_row(string scenario, ulong seed)
    {
        (ExerciseTruth truth, string directory) = written[scenario, seed];
        foreach (PlantedLine row in truth.Planted.Concat(truth.Lookalikes))
        {
            byte[] file = File.ReadAllBytes(Path.Combine(directory, row.File));
            byte[] expected = Encoding.UTF8.GetBytes(row.Text + "\r\n");
            Assert.Equal(expected, file.AsSpan((int)row.Offset, expected.Length).ToArray());
            Assert.Equal(row.Line, file.AsSpan(0, (int)row.Offset).Count((byte)'\n') + 1);
        }

        bool hostile = scenario is not ("quiet" or "logs-deleted");
        Assert.Equal(hostile, truth.Planted.Count > 0);
        Assert.NotEmpty(truth.Lookalikes);
        Assert.True(File.Exists(Path.Combine(directory, "truth.json")));
    }

    static int ColumnsOf(string path) =>
        path.Contains("/W3SVC", StringComparison.Ordinal) ? 15
        : path.Contains("/HttpProxy/", StringComparison.Ordinal) ? 74
        : path.Contains("/Http/", StringComparison.Ordinal) ? 38
        : path.Contains("/Cmdlet/", StringComparison.Ordinal) ? 67
        : path.Contains("/Ews/", StringComparison.Ordinal) ? 92
        : path.Contains("/MessageTracking/", StringComparison.Ordinal) ? 30
        : 4;

    static DateOnly WindowStart(string scenario) => scenario switch
    {
        "proxyshell" => new(2021, 8, 1),
        "proxynotshell" => new(2022, 8, 1),
        _ => new(2021, 1, 3),
    };

    static int Cells(string line)
    {
        int cells = 1;
        bool quoted = false;
        foreach (char c in line)
        {
            if (c == '"') quoted = !quoted;
            else if (c == ',' && !quoted) cells++;
        }

        Assert.False(quoted, line);
        return cells;
    }
}
