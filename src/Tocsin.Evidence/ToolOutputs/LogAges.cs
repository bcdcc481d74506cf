using System.Globalization;
using System.Text;
using Tocsin.Evidence.Artifacts;

namespace Tocsin.Evidence.ToolOutputs;

/// <summary>How many days back each log reached when the tool ran. The numbers are in the server's own format: <c>30.0</c>, <c>30,3</c>, <c>1.052,3</c>, or missing.</summary>
internal static class LogAges
{
    /// <summary>Notes the ages that the console prints in one line: names, each with its number or none.</summary>
    /// <param name="text">What stands behind "Log age days:", wrapped lines joined.</param>
    /// <param name="report">Takes the note.</param>
    public static void NoteLine(ReadOnlySpan<byte> text, ReadReport report)
    {
        List<(string, double?)> ages = [];
        for (int at = 0; at < text.Length && ages.Count < 32;)
        {
            while (at < text.Length && !char.IsAsciiLetter((char)text[at])) at++;
            int start = at;
            while (at < text.Length && char.IsAsciiLetter((char)text[at])) at++;
            if (at == start) break;
            int end = at;
            while (at < text.Length && !char.IsAsciiLetter((char)text[at])) at++;
            ages.Add((Encoding.ASCII.GetString(text[start..end]), Days(text[end..at])));
        }

        Note(ages, report);
    }

    /// <summary>Notes the ages of one row of the tool's table.</summary>
    public static void NoteRow(ProxyLogonTable table, SeparatedCells row, ReadReport report)
    {
        List<(string, double?)> ages = [];
        for (int i = 0; i < table.Count; i++) ages.Add((Encoding.UTF8.GetString(table[i]), Days(row[i])));
        Note(ages, report);
    }

    static void Note(List<(string Name, double? Days)> ages, ReadReport report)
    {
        double? oab = null, ecp = null, leastProxy = null, mostProxy = null;
        List<string> missing = [];
        foreach (var (name, days) in ages)
        {
            if (days is null) missing.Add(name);
            else if (name.Equals("Oabgen", StringComparison.OrdinalIgnoreCase)) oab = days;
            else if (name.Equals("Ecp", StringComparison.OrdinalIgnoreCase)) ecp = days;
            else (leastProxy, mostProxy) = (Math.Min(days.Value, leastProxy ?? days.Value), Math.Max(days.Value, mostProxy ?? days.Value));
        }

        // A sentence about the whole of the HttpProxy logs holds only for the log that reaches back least.
        if (leastProxy is not null) Add("HttpProxy logs", leastProxy == mostProxy ? Text(leastProxy.Value) : $"{Text(leastProxy.Value)} to {Text(mostProxy!.Value)}");
        if (ecp is not null) Add("the ECP Server log", Text(ecp.Value));
        if (oab is not null) Add("the OABGenerator log", Text(oab.Value));
        if (missing.Count > 0 && missing.Count < ages.Count) report.Notes.Add($"the tool gave no age for the logs of: {string.Join(", ", missing)}");

        void Add(string log, string days) => report.Notes.Add($"{log} reached back {days} days when the tool ran");
        static string Text(double days) => days.ToString("0.0", CultureInfo.InvariantCulture);
    }

    // The tool always writes one decimal: whatever stands before the last digit is the decimal sign, all other signs group thousands.
    static double? Days(ReadOnlySpan<byte> text)
    {
        text = text.Trim(" \t\r\n"u8);
        if (text.IsEmpty || text.Length > 16) return null;
        double days = 0;
        int digits = 0;
        foreach (byte b in text)
        {
            if (b is < (byte)'0' or > (byte)'9') continue;
            days = days * 10 + b - '0';
            digits++;
        }

        if (digits == 0) return null;
        return text.Length > 2 && text[^2] is (byte)'.' or (byte)',' ? days / 10 : days;
    }
}
