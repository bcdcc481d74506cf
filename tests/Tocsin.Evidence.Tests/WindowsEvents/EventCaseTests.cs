using Tocsin.Evidence.Artifacts;
using Tocsin.Evidence.Tests.Support;
using Tocsin.Evidence.WindowsEvents;

namespace Tocsin.Evidence.Tests.WindowsEvents;

public sealed class EventCaseTests
{
    static readonly string[] _fields =
    [
        "Channel", "Provider_Name", "EventID", "Computer", "Level", "Task", "Message", "Command", "Outcome", "Data", "Image", "CommandLine", "NewProcessName", "TargetFilename",
        "ProcessId", "Execution_ProcessID", "Security_UserID", "TargetUserName", "IpAddress", "ScriptBlockText", "param2", "Param1", "Status", "User", "Name", "Hostname", "UtcTime", "SubjectUser",
    ];

    [Fact]
    public void Every_case_reads_as_its_listing_says() =>
        Assert.Equal(12, CaseFolder.Check((name, content) =>
        {
            ArtifactReader? reader = (ArtifactReader?)EventJsonReader.TryRecognise(content.AsSpan(0, Math.Min(content.Length, 65536)), name) ?? EventKeyValueReader.TryRecognise(content, name);
            Assert.True(reader is not null, $"{name} is not recognised");
            return new CollectingSink(_fields).Read(reader, content).Listing();
        }));
}
