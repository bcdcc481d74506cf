using Tocsin.Triage.Baselines;
using Tocsin.Triage.Reports;

namespace Tocsin.Cli;

/// <summary>Loads the baselines that a command was given, and says what is wrong with them.</summary>
internal static class KnownBaselines
{
    /// <summary>The known files; null, with the reason printed, where one cannot be read.</summary>
    public static KnownFiles? Load(IReadOnlyList<string> paths, TextWriter errors)
    {
        if (paths.Count == 0) return KnownFiles.None;
        var files = new List<(string, Stream)>();
        try
        {
            foreach (string path in paths) files.Add((path, File.OpenRead(path)));
            var refused = new List<RefusedLine>();
            BaselineFiles known = BaselineFiles.Load(files, refused);
            foreach (RefusedLine line in refused.Take(20)) errors.WriteLine(Inert.Terminal($"{line.File}({line.Line}): {line.Reason}."));
            errors.WriteLine($"Baselines: {known.Count} known files, {refused.Count} lines refused.");
            return known;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or InvalidDataException)
        {
            errors.WriteLine($"tocsin: {Inert.Terminal(e.Message)} Baselines are made by 'tocsin baseline make' and 'tocsin baseline import'.");
            return null;
        }
        finally
        {
            foreach ((_, Stream content) in files) content.Dispose();
        }
    }
}
