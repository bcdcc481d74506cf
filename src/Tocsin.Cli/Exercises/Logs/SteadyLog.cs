namespace Tocsin.Cli.Exercises.Logs;

/// <summary>A log that is no record of front-end requests: so many rows an hour, a part of them by the rhythm of work.</summary>
internal abstract class SteadyLog(Estate estate, string id, bool hourly, double rowsPerDay) : LogFamily(estate, id, Share.Other, hourly)
{
    double _rowBytes;

    /// <summary>Writes one row.</summary>
    /// <param name="w">Where to.</param>
    /// <param name="ms">Its time, in milliseconds of the day.</param>
    /// <param name="busy">Whether people are at work, so that it may be about one of them.</param>
    /// <param name="dice">What else is to be chosen.</param>
    /// <param name="build">The build that runs.</param>
    protected abstract void Row(LogWriter w, int ms, bool busy, ref Dice dice, Build build);

    public override void Write(LogWriter w, in Hour hour)
    {
        Dice dice = Dice.For(Estate.Seed, Id, (long)hour.Day.DayNumber * 24 + hour.Number);
        double quiet = rowsPerDay / 48 * Scale;
        double busy = rowsPerDay / 2 * Rhythm.Of(hour.Day, hour.Number) * Scale;
        int rows = Math.Max(1, (int)(quiet + busy + dice.Below(1000) / 1000.0));
        int share = (int)(busy / (quiet + busy + 1e-9) * 100);
        double step = 3_600_000.0 / rows;
        for (int i = 0; i < rows; i++)
        {
            int ms = hour.Number * 3_600_000 + (int)((i + dice.Below(1000) / 1000.0) * step);
            hour.Plant(ms);
            Row(w, ms, dice.Chance(share), ref dice, hour.Build);
            w.EndRow();
        }
    }

    public override (double Steady, double Others) BytesAt(LogWriter scratch, DateOnly day, int hour, Build build) =>
        ((rowsPerDay / 48 + rowsPerDay / 2 * Rhythm.Of(day, hour)) * LeastRow(scratch, build), 0);

    public override double LeastRow(LogWriter scratch, Build build)
    {
        if (_rowBytes > 0) return _rowBytes;
        scratch.Rewind();
        Dice dice = Dice.For(Estate.Seed, Id);
        for (int i = 0; i < 100; i++)
        {
            Row(scratch, i * 1000, i % 2 == 0, ref dice, build);
            scratch.EndRow();
        }

        return _rowBytes = scratch.Length / 100.0;
    }
}
