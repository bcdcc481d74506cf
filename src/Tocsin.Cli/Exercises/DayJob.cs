using Tocsin.Cli.Exercises.Attacks;
using Tocsin.Cli.Exercises.Logs;

namespace Tocsin.Cli.Exercises;

/// <summary>Writes one day of one log: one file, or one for each hour, more where they grow too large.</summary>
internal sealed class DayJob(LogFamily family, DateOnly day, Schedule schedule, string root, Planted[] planted, LogWriter w)
{
    /// <summary>Where Exchange begins a new file. Reached on busy servers only.</summary>
    const long MostBytes = 10 << 20;

    readonly List<PlantedLine> _lines = [];
    readonly List<PlantedLine> _lookalikes = [];
    readonly List<WrittenFile> _files = [];
    string _path = "";
    int _hour;
    int _part;
    int _next;

    public IReadOnlyList<PlantedLine> Lines => _lines;

    public IReadOnlyList<PlantedLine> Lookalikes => _lookalikes;

    public IReadOnlyList<WrittenFile> Files => _files;

    public void Run(CancellationToken cancel)
    {
        w.Day = day;
        for (_hour = 0; _hour < 24; _hour++)
        {
            cancel.ThrowIfCancellationRequested();
            Build build = BuildNow();
            int start = _hour * 3_600_000;
            if (family.Hourly || _hour == 0) Open(1, start);
            // The worker process starts anew with the update, and then IIS writes its head again in the midst of the file.
            else if (family.Share == Share.Iis && build != BuildAt(_hour - 1)) family.Head(w, start, build);
            family.Write(w, new(day, _hour, build, Plant));
            Plant(start + 3_599_999);
            if (family.Hourly || _hour == 23) Close();
        }
    }

    Build BuildNow() => BuildAt(_hour);

    Build BuildAt(int hour) => schedule.BuildAt(day.ToDateTime(new(hour, 0), DateTimeKind.Utc));

    /// <summary>Writes the planted rows up to a time; called before every ordinary row.</summary>
    void Plant(int ms)
    {
        if (family.Rolls && w.Length >= MostBytes)
        {
            Close();
            Open(_part + 1, Math.Min(ms, _hour * 3_600_000 + 3_599_999));
        }

        for (; _next < planted.Length && planted[_next].Utc.TimeOfDay.TotalMilliseconds <= ms; _next++)
        {
            Planted row = planted[_next];
            (row.Hostile ? _lines : _lookalikes).Add(new(_path, w.Lines + 1, w.Length, row.Utc, row.Step, row.Text));
            w.Add(row.Text);
            w.EndRow();
        }
    }

    void Open(int part, int ms)
    {
        _part = part;
        _path = $"{family.Folder}/{family.FileName(day, _hour, part)}";
        w.Open(Path.Combine(root, _path));
        family.Head(w, ms, BuildNow());
    }

    void Close()
    {
        _files.Add(new(_path, w.Length, w.Lines));
        w.Close();
    }
}
