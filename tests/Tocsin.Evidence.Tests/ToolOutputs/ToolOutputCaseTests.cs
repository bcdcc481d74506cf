using System.Text;
using Tocsin.Evidence.Artifacts;
using Tocsin.Evidence.Tests.Support;
using Tocsin.Evidence.ToolOutputs;

namespace Tocsin.Evidence.Tests.ToolOutputs;

public sealed class ToolOutputCaseTests
{
    internal static readonly string[] Fields =
    [
        "DateTime", "AnchorMailbox", "HttpStatus", "ClientIpAddress", "UrlHost", "UrlStem", "RoutingHint", "UserAgent", "RequestId", "url", "url-decoded",
        "Line", "Type", "Path", "Statement", "Command", "Outcome", "CMD", "EX", "URL", "TimeStamp", "ServerName", "EventId",
        "Channel", "Provider_Name", "Level", "Computer", "Message",
        "date", "time", "s-ip", "cs-method", "cs-uri-stem", "cs-uri-query", "s-port", "cs-username", "c-ip", "cs(User-Agent)", "cs(Referer)", "sc-status", "sc-substatus", "sc-win32-status", "time-taken",
    ];

    internal static ArtifactReader? Recognise(byte[] content)
    {
        ReadOnlySpan<byte> head = content.AsSpan(0, Math.Min(content.Length, 65536));
        return (ArtifactReader?)ProxyLogonOutputReader.TryRecognise(head, "x") ?? PastedTextReader.TryRecognise(head, "x");
    }

    [Fact]
    public void Every_case_reads_as_its_listing_says() =>
        Assert.Equal(15, CaseFolder.Check((name, content) =>
        {
            // A case with a zero byte beside the text: the head that a caller shows is text.
            ArtifactReader? reader = Recognise([.. content.Where(b => b != 0)]);
            Assert.True(reader is not null, $"{name} is not recognised");
            string expected = name.StartsWith("mangled", StringComparison.Ordinal) || name.StartsWith("pasted", StringComparison.Ordinal) ? "pasted-text" : "test-proxylogon";
            Assert.Equal(expected, reader.Kind.Id);
            return new CollectingSink(Fields).Read(reader, content).Listing();
        }));

    [Theory]
    [InlineData("#Software: Microsoft Exchange Server\r\n#Fields: DateTime,AnchorMailbox\r\n")]
    [InlineData("DateTime,RequestId,MajorVersion,MinorVersion,AnchorMailbox\r\n")]
    [InlineData("The tool said: ProxyLogon Status was fine\n")]
    [InlineData("{\"DateTime\":1}")]
    [InlineData("")]
    public void Logs_and_other_text_are_not_taken_for_the_tools_output(string text) =>
        Assert.Null(ProxyLogonOutputReader.TryRecognise(Encoding.UTF8.GetBytes(text), "EX01-Cve-2021-26855.csv"));

    [Fact]
    public void Programs_and_images_are_not_taken_for_text()
    {
        Assert.Null(PastedTextReader.TryRecognise("MZ\0\0"u8, "a.txt"));
        Assert.Null(PastedTextReader.TryRecognise([0x1F, 0x8B, 8, 1, 2, 3, 4, 5, 6, 7, 14, 15, 16, 17], "a.txt"));
        byte[] noise = [.. Enumerable.Range(0, 4096).Select(i => (byte)(128 + i * 7 % 128))];
        Assert.Null(PastedTextReader.TryRecognise(noise, "a.txt"));
        Assert.Null(PastedTextReader.TryRecognise(" \r\n"u8, "a.txt"));
        Assert.NotNull(PastedTextReader.TryRecognise(Encoding.UTF8.GetBytes(new string('字', 2000)).AsSpan()[..^1], "a.txt"));
    }
}
