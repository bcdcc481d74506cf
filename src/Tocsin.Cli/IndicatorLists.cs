using System.Globalization;
using Tocsin.Detection.Indicators;
using Tocsin.Triage.Indicators;
using Tocsin.Triage.Reports;

namespace Tocsin.Cli;

/// <summary>Reads the lists of indicators that a command was given, and says what is wrong with them.</summary>
internal static class IndicatorLists
{
    /// <summary>Bounds what is read whole. Whoever has more splits the list.</summary>
    const long MaxBytes = 256 * 1024 * 1024;

    const int MaxPrinted = 20;

    /// <summary>The indicators; null, with the reason printed, where a list cannot be read or holds none.</summary>
    /// <param name="paths">The lists.</param>
    /// <param name="day">When lists were made that do not say so; null where the user does not know.</param>
    /// <param name="errors">Where errors go.</param>
    public static GivenIndicators? Load(IReadOnlyList<string> paths, string? day, TextWriter errors)
    {
        DateTime? made = null;
        if (day is not null)
        {
            if (!DateOnly.TryParseExact(day, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out DateOnly date))
            {
                errors.WriteLine($"tocsin: '{Inert.Terminal(day)}' is no day. Write it as 2021-03-12.");
                return null;
            }

            made = date.ToDateTime(TimeOnly.MinValue, DateTimeKind.Utc);
        }

        var lists = new List<IndicatorReading>();
        try
        {
            foreach (string path in paths)
            {
                if (new FileInfo(path).Length > MaxBytes)
                {
                    errors.WriteLine($"tocsin: {Inert.Terminal(path)} has more than {MaxBytes} bytes. Split it.");
                    return null;
                }

                lists.Add(IndicatorFile.Read(File.ReadAllText(path), path, made));
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            errors.WriteLine($"tocsin: the indicators could not be read: {Inert.Terminal(e.Message)}");
            return null;
        }

        GivenIndicators given = GivenIndicators.Of(lists);
        foreach (RefusedIndicator entry in given.Refused.Take(MaxPrinted)) errors.WriteLine(Inert.Terminal($"{entry.File}({entry.Line}): {entry.Reason} {entry.Value}"));
        if (given.Refused.Count > MaxPrinted) errors.WriteLine($"tocsin: {given.Refused.Count - MaxPrinted} more entries were refused; report.json has them all.");
        errors.WriteLine($"Indicators: {given.Set.All.Count} read, {given.Refused.Count} entries refused.");
        if (given.Set.All.Count > 0) return given;
        errors.WriteLine("tocsin: no indicator was found. Lists are STIX 2.1 bundles, MISP events, CSV tables with columns 'type' and 'value', and text with one hash or address on each line.");
        return null;
    }
}
