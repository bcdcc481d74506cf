namespace Tocsin.Evidence.Ntfs;

/// <summary>What an entry shows, beside its name and times. The words are those of the field <c>Fact</c>.</summary>
[Flags]
internal enum EntryFacts
{
    None = 0,
    /// <summary>The file is gone; its entry has not been used again.</summary>
    Deleted = 1,
    /// <summary>The file's own creation and change times were set to long before its name appeared here, which no copying does.</summary>
    SetBeforeName = 2,
    /// <summary>Whole seconds where only the clock of Windows writes, which no copying does.</summary>
    SetToWholeSeconds = 4,
    /// <summary>The creation time is older than the name's. Copies that keep times, archives and installers do this: a remark.</summary>
    CreatedBeforeName = 8,
    /// <summary>The creation time is a whole second. Archives and installers do this: a remark.</summary>
    WholeSeconds = 16,
    /// <summary>A folder of the path is missing or has been used again.</summary>
    PathUncertain = 32,
    /// <summary>Content in the entry itself is script that a server carries out.</summary>
    ResidentScript = 64,
    /// <summary>There are named streams.</summary>
    HasStream = 128,
    /// <summary>The entry's sectors are of different writes.</summary>
    Torn = 256,
}

/// <summary>Tells from the two sets of times of one file whether somebody set them back.</summary>
/// <remarks>The reasons are in <c>docs/decisions/0008-when-times-were-set-back.md</c>. Not proven is not said.</remarks>
internal static class TimeJudgement
{
    /// <summary>Less than this may be a clock that was set right: time zones of an installation medium reach 14 hours.</summary>
    public static readonly TimeSpan Tolerance = TimeSpan.FromHours(24);

    /// <summary>What the times show.</summary>
    /// <param name="file">Of <c>$STANDARD_INFORMATION</c>, which programs may set; its <see cref="FileTimes.Changed"/> only by a call that no copying uses.</param>
    /// <param name="name">Of <c>$FILE_NAME</c>, which the system sets when the name appears; null where there is none.</param>
    public static EntryFacts Judge(FileTimes file, FileTimes? name)
    {
        if (name is not { } own || own.Created <= 0 || file.Created <= 0) return EntryFacts.None;
        EntryFacts facts = EntryFacts.None;
        if (IsLongBefore(file.Created, own.Created))
        {
            facts |= EntryFacts.CreatedBeforeName;
            if (file.Changed > 0 && IsLongBefore(file.Changed, own.Created) && IsLongBefore(file.Changed, own.Changed)) facts |= EntryFacts.SetBeforeName;
        }

        if (NtfsTime.IsWholeSecond(file.Created) && !NtfsTime.IsWholeSecond(own.Created))
        {
            facts |= EntryFacts.WholeSeconds;
            if (file.Changed > 0 && NtfsTime.IsWholeSecond(file.Changed)) facts |= EntryFacts.SetToWholeSeconds;
        }

        return facts;
    }

    /// <summary>When the file appeared here: when its name did, since that is the time that nobody sets; else as the file says.</summary>
    public static DateTime Birth(FileTimes file, FileTimes? name) =>
        name is { Created: > 0 } own && NtfsTime.ToUtc(own.Created) is var born && born != default ? born : NtfsTime.ToUtc(file.Created);

    static bool IsLongBefore(long time, long other) => time < other && other - time > Tolerance.Ticks;
}
