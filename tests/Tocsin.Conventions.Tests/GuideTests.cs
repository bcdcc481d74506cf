using System.Text;
using System.Text.RegularExpressions;
using Tocsin.Conventions.Tests.Support;
using Tocsin.Evidence.Artifacts;
using Tocsin.Evidence.Records;

namespace Tocsin.Conventions.Tests;

/// <summary>The log in docs/guides/add-a-log-format.md is read, so that the page cannot say what is not so.</summary>
public partial class GuideTests
{
    [Fact]
    public void The_log_in_the_guide_is_read_as_the_guide_says_before_anything_is_added()
    {
        string page = File.ReadAllText(Repository.PathOf("docs/guides/add-a-log-format.md"));
        byte[] log = Encoding.UTF8.GetBytes(TextBlock().Match(page).Groups[1].Value);
        ArtifactReader reader = ArtifactFormats.Recognise(log, "FolderAccess2026030200-1.LOG", log.Length)!;
        Assert.Contains($"`{reader.Kind.Id}`", page, StringComparison.Ordinal);
        Assert.Contains($"`{reader.Kind.LogSource}`", page, StringComparison.Ordinal);

        var sink = new Urls();
        var report = new ReadReport();
        reader.Read(new MemoryStream(log), new ReadContext(_ => new RecordTarget(new FieldSet(["FolderPath", "url", "url-decoded"]), sink, sink), report));
        Assert.Equal((2, 0), (report.Records, report.Located.Count));
        Assert.Equal(["EX01"], report.Hosts.Keys);
        Assert.Equal([@"\Projects, old\2024 | /owa/ | ", @"\Board | /owa/?id=%2e%2e%2fboard | /owa/?id=../board"], sink.Lines);
    }

    sealed class Urls : ILineFilter, IRecordSink
    {
        public List<string> Lines { get; } = [];

        public int FindCandidate(ReadOnlySpan<byte> block, int from) => from < block.Length ? from : -1;

        public void Accept(in Record record) =>
            Lines.Add($"{Encoding.UTF8.GetString(record["FolderPath"])} | {Encoding.UTF8.GetString(record["url"])} | {Encoding.UTF8.GetString(record["url-decoded"])}");
    }

    [GeneratedRegex("```text\r?\n(.*?)```", RegexOptions.Singleline)]
    private static partial Regex TextBlock();
}
