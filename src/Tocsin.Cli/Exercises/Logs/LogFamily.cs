namespace Tocsin.Cli.Exercises.Logs;

/// <summary>Which part of the size a log is paid from.</summary>
internal enum Share { Iis, HttpProxy, Other }

/// <summary>One kind of log of the server: where its files lie, how they begin, and what an ordinary hour of it looks like.</summary>
/// <remarks>Immutable while files are written; several threads write different days.</remarks>
internal abstract class LogFamily(Estate estate, string id, Share share, bool hourly)
{
    protected const string Install = "C/Program Files/Microsoft/Exchange Server/V15/";

    protected Estate Estate { get; } = estate;

    /// <summary>A short name, by which planted rows say where they go.</summary>
    public string Id { get; } = id;

    public Share Share { get; } = share;

    /// <summary>A file for each hour; otherwise for each day.</summary>
    public bool Hourly { get; } = hourly;

    /// <summary>Exchange begins a new file, with the next number, after 10 MB. IIS does not.</summary>
    public bool Rolls => Share != Share.Iis;

    public DateOnly First { get; set; }

    /// <summary>How much of it there is, as a multiple of the real size (for what is not real traffic: of the family's own measure).</summary>
    public double Scale { get; set; }

    /// <summary>Folder below the exercise's, with slashes.</summary>
    public abstract string Folder { get; }

    public abstract string FileName(DateOnly day, int hour, int part);

    /// <summary>What stands before the first row.</summary>
    public abstract void Head(LogWriter w, int ms, Build build);

    /// <summary>Writes an ordinary hour, with at least one row, letting planted rows in where they belong.</summary>
    public abstract void Write(LogWriter w, in Hour hour);

    /// <summary>Bytes of one hour at scale 1, measured with real rows: of the kind of which every hour has a row, and of all others.</summary>
    public abstract (double Steady, double Others) BytesAt(LogWriter scratch, DateOnly day, int hour, Build build);

    /// <summary>Bytes of the row that every hour has.</summary>
    public abstract double LeastRow(LogWriter scratch, Build build);

    /// <summary>The five lines with which an Exchange text log begins.</summary>
    /// <param name="w">Where to.</param>
    /// <param name="ms">The time of the first row.</param>
    /// <param name="version">The build padded with zeros, or the fixed number of some logs.</param>
    /// <param name="type">The kind of log.</param>
    /// <param name="columns">Its columns.</param>
    /// <param name="bare">Whether the columns stand before the block once more, as a row of their own: what a plain CSV reader needs.</param>
    protected static void ExchangeHead(LogWriter w, int ms, string version, string type, ReadOnlySpan<byte> columns, bool bare)
    {
        w.Add("\uFEFF"u8);
        if (bare)
        {
            w.Add(columns);
            w.EndRow();
        }

        w.Add("#Software: Microsoft Exchange Server"u8);
        w.EndRow();
        w.Add("#Version: "u8);
        w.Add(version);
        w.EndRow();
        w.Add("#Log-type: "u8);
        w.Add(type);
        w.EndRow();
        w.Add("#Date: "u8);
        w.AddStamp(ms);
        w.EndRow();
        w.Add("#Fields: "u8);
        w.Add(columns);
        w.EndRow();
    }
}

/// <summary>One hour of one day, and the rows that are to be slipped into it.</summary>
/// <param name="Day">The day.</param>
/// <param name="Number">0 to 23.</param>
/// <param name="Build">The build that runs in it.</param>
/// <param name="Plant">Writes the planted rows up to a time (milliseconds of the day).</param>
internal readonly record struct Hour(DateOnly Day, int Number, Build Build, Action<int> Plant);
