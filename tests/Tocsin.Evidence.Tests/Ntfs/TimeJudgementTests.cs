using System.Globalization;
using Tocsin.Evidence.Ntfs;

namespace Tocsin.Evidence.Tests.Ntfs;

public class TimeJudgementTests
{
    const string Arrived = "2021-03-03T04:05:06.1234567Z", Old = "2016-07-08T09:10:11.7654321Z", OldWhole = "2016-07-08T09:10:12Z";

    static long Time(string text) => MadeEntry.FileTime(text);

    static EntryFacts Judge(string created, string modified, string changed, string nameCreated) =>
        TimeJudgement.Judge(new FileTimes(Time(created), Time(modified), Time(changed), Time(Arrived)), new FileTimes(Time(nameCreated), Time(nameCreated), Time(nameCreated), Time(nameCreated)));

    [Theory]
    [InlineData("written here", Arrived, Arrived, Arrived, "None")]
    [InlineData("copied with the Explorer: the old modification time stays", Arrived, Old, Arrived, "None")]
    [InlineData("copied with robocopy or moved from another volume: both times stay", Old, Old, Arrived, "CreatedBeforeName")]
    [InlineData("unpacked from a zip: whole seconds in both", OldWhole, OldWhole, Arrived, "CreatedBeforeName, WholeSeconds")]
    [InlineData("installed, and updated later", OldWhole, OldWhole, "2021-06-01T00:00:00.5Z", "CreatedBeforeName, WholeSeconds")]
    [InlineData("times set by a script with the ordinary call: no different from robocopy", Old, Old, "2021-03-03T04:07:00.5Z", "CreatedBeforeName")]
    [InlineData("all four set back", Old, Old, Old, "SetBeforeName, CreatedBeforeName")]
    [InlineData("all four set back to whole seconds", OldWhole, OldWhole, OldWhole, "SetBeforeName, SetToWholeSeconds, CreatedBeforeName, WholeSeconds")]
    [InlineData("set forward to whole seconds, change time too", "2023-01-01T00:00:00Z", "2023-01-01T00:00:00Z", "2023-01-01T00:00:00Z", "SetToWholeSeconds, WholeSeconds")]
    [InlineData("a clock that was set right by fourteen hours", "2021-03-02T14:05:06.5Z", Old, "2021-03-02T14:05:06.5Z", "None")]
    [InlineData("a clock a year ahead while the file was made: its own times agree with the name's", Arrived, Arrived, "2020-03-03T00:00:00.5Z", "None")]
    public void Only_what_copying_cannot_explain_is_called_set_back(string what, string created, string modified, string changed, string expected)
    {
        Assert.NotEmpty(what);
        Assert.Equal(Enum.Parse<EntryFacts>(expected), Judge(created, modified, changed, Arrived));
    }

    [Fact]
    public void Without_a_name_or_without_times_nothing_is_said_of_them()
    {
        var times = new FileTimes(1, 1, 1, 1);
        Assert.Equal(EntryFacts.None, TimeJudgement.Judge(times, null));
        Assert.Equal(EntryFacts.None, TimeJudgement.Judge(default, times));
        Assert.Equal(EntryFacts.None, TimeJudgement.Judge(times, default(FileTimes)));
        Assert.Equal(default, TimeJudgement.Birth(default, null));
        Assert.Equal(default, TimeJudgement.Birth(new FileTimes(long.MaxValue, 0, 0, 0), new FileTimes(long.MinValue, 0, 0, 0)));
    }

    [Fact]
    public void A_file_was_born_when_its_name_appeared()
    {
        var name = new FileTimes(Time(Arrived), 0, 0, 0);
        DateTime born = DateTime.Parse(Arrived, CultureInfo.InvariantCulture).ToUniversalTime();
        Assert.Equal(born, TimeJudgement.Birth(new FileTimes(Time(Old), 0, 0, 0), name));
        Assert.Equal(born, TimeJudgement.Birth(name, null));
    }
}
