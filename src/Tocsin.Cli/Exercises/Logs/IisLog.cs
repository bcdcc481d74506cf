using System.Globalization;

namespace Tocsin.Cli.Exercises.Logs;

/// <summary>A W3C log of IIS 10 with the default columns, a file a day. Times are UTC, to the second.</summary>
internal abstract class IisLog(Estate estate, string site, Flow[] flows) : TrafficLog(estate, site, Share.Iis, false, flows)
{
    public const string Columns = "date time s-ip cs-method cs-uri-stem cs-uri-query s-port cs-username c-ip cs(User-Agent) cs(Referer) sc-status sc-substatus sc-win32-status time-taken";

    public override string Folder => "C/inetpub/logs/LogFiles/" + Id;

    public override string FileName(DateOnly day, int hour, int part) => day.ToString("'u_ex'yyMMdd'.log'", CultureInfo.InvariantCulture);

    public override void Head(LogWriter w, int ms, Build build)
    {
        w.Add("#Software: Microsoft Internet Information Services 10.0"u8);
        w.EndRow();
        w.Add("#Version: 1.0"u8);
        w.EndRow();
        w.Add("#Date: "u8);
        w.AddIisTime(ms);
        w.EndRow();
        w.Add("#Fields: "u8);
        w.Add(Columns);
        w.EndRow();
    }

    /// <summary>What Exchange's modules append to the query.</summary>
    protected static void AddIds(LogWriter w, in Request r)
    {
        w.Add("&CorrelationID=<empty>;&cafeReqId="u8);
        w.AddGuid(r.High, r.Low);
        w.Add((byte)';');
    }
}
