using System.Text;
using Tocsin.Detection.Sigma;
using Tocsin.Evidence.Artifacts;
using Tocsin.Evidence.Evtx;
using Tocsin.Evidence.Records;

namespace Tocsin.Detection.Tests.Sigma;

/// <summary>An event is not written as text where no sought word stands in its bytes; that may never cost a match.</summary>
public sealed class WordFilterTests
{
    const int WordsPerFile = 60;

    [Fact]
    public void A_word_of_an_event_is_found_whether_or_not_every_event_is_written_out()
    {
        int files = 0, words = 0, filtered = 0, unwritten = 0;
        foreach (byte[] log in Logs())
        {
            files++;
            List<string> texts = Texts(log);
            var random = new Random(files);
            for (int i = 0; i < WordsPerFile && texts.Count > 0; i++)
            {
                string word = Word(random, texts[random.Next(texts.Count)]);
                if (word.Length < 4) continue;
                words++;
                SourceRules rules = RuleSet.Compile(SigmaParser.Parse(Some.Yaml("{product: windows}", $"a: ['{word.Replace("'", "''")}']\ncondition: a"), "w.yml", []), [], []).For(Some.Windows);
                var sink = new Sink(rules);
                EventInterest interest = rules.InterestIn("Application"u8, "x"u8, 1);
                if (interest.Words is not null) filtered++;
                Read(log, rules.Fields, rules, sink);
                unwritten += sink.Unwritten;
                int expected = texts.Count(t => t.Contains(word, StringComparison.OrdinalIgnoreCase));
                Assert.True(sink.Matches == expected, $"'{word}' stands in {expected} events and was found in {sink.Matches}");
            }
        }

        Assert.True(files >= 6, $"{files} logs");
        Assert.True(words >= 200, $"{words} words");
        Assert.True(filtered >= 50 && unwritten >= 50, $"the filter was at work for {filtered} words and spared {unwritten} events");
    }

    [Theory]
    [InlineData("mimilib", true)]
    [InlineData("\\mimilib.dll", true)]
    [InlineData("sekurlsa::logonpasswords", true)]
    [InlineData("kiwi legit printer", true)]
    [InlineData("4624", false)] // a number
    [InlineData("s-1-5-21", false)] // an identifier
    [InlineData("{0cce9210-69ae", false)]
    [InlineData("0xdead", false)]
    [InlineData("tru", false)]
    [InlineData("users\\bob", false)] // two backslashes in the text
    [InlineData("\\news", false)]
    [InlineData("data_1", false)]
    [InlineData("data\":", false)]
    [InlineData("a,b word", false)]
    [InlineData("müller", false)]
    public void Only_words_that_stand_in_the_bytes_as_they_do_in_the_text_are_filtered_by(string word, bool expected) =>
        Assert.Equal(expected, WordFilter.Of([word]) is not null);

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(31)]
    [InlineData(33)]
    [InlineData(700)]
    public void A_word_is_found_at_every_place_in_every_width(int before)
    {
        WordFilter filter = WordFilter.Of(["kiwi legit", "mimidrv"])!;
        byte[] lead = Encoding.Latin1.GetBytes(new string('.', before)), wide = Encoding.Unicode.GetBytes("a MimiDrv b");
        Assert.True(filter.MayHold([.. lead, .. wide]));
        Assert.True(filter.MayHold([.. lead, .. "a MIMIDRV b"u8]));
        Assert.True(filter.MayHold([.. lead, .. wide.AsSpan(4, 14)]));
        Assert.False(filter.MayHold([.. lead, .. wide.AsSpan(4, 12)]));
        Assert.False(filter.MayHold(lead));
    }

    // Words that people look for: whole letters and what joins them, none of it from an escape.
    static string Word(Random random, string text)
    {
        string[] words = [.. text.Split(['"', ',', ':', '{', '}', '[', ']', '\\', '#'], StringSplitOptions.RemoveEmptyEntries).Where(w => w.Length >= 4 && w.All(char.IsAscii))];
        if (words.Length == 0) return "";
        string word = words[random.Next(words.Length)];
        int from = random.Next(1, word.Length), length = random.Next(3, 12);
        return word[from..Math.Min(word.Length, from + length)].Trim().ToLowerInvariant() is var part && part.AsSpan().ContainsAny("*?%") ? "" : part;
    }

    static List<string> Texts(byte[] log)
    {
        var texts = new Written();
        Read(log, new FieldSet([]), new Everything(), texts);
        return texts.All;
    }

    static void Read<T>(byte[] log, FieldSet fields, T filter, IRecordSink sink) where T : ILineFilter, IEventFilter =>
        EvtxReader.TryRecognise(log, "x")?.Read(new MemoryStream(log), new ReadContext(_ => new RecordTarget(fields, filter, sink) { Events = filter }, new ReadReport()));

    static IEnumerable<byte[]> Logs()
    {
        DirectoryInfo folder = new(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "Tocsin.slnx"))) folder = folder.Parent!;
        string corpus = Path.Combine(folder.FullName, "fuzz", "corpus", "evtx");
        IEnumerable<byte[]> logs = Directory.GetFiles(corpus).Order(StringComparer.Ordinal).Select(File.ReadAllBytes);
        return logs.Concat(Corpus.RegressionLogs().Take(40));
    }

    sealed class Everything : IEventFilter, ILineFilter
    {
        public int FindCandidate(ReadOnlySpan<byte> block, int from) => from;

        public EventInterest InterestIn(ReadOnlySpan<byte> channel, ReadOnlySpan<byte> provider, int eventId) => new([], wantsText: true);
    }

    sealed class Written : IRecordSink
    {
        public List<string> All { get; } = [];

        public void Accept(in Record record) => All.Add(Encoding.UTF8.GetString(record.Line));
    }

    sealed class Sink(SourceRules rules) : IRecordSink
    {
        readonly MatchScratch _scratch = new();
        readonly List<int> _hits = [];

        public int Matches { get; private set; }

        public int Unwritten { get; private set; }

        public void Accept(in Record record)
        {
            if (record.IsUnwritten) Unwritten++;
            _hits.Clear();
            rules.Match(in record, _scratch, _hits);
            Matches += _hits.Count;
        }
    }
}
