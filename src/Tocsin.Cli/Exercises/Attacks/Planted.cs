namespace Tocsin.Cli.Exercises.Attacks;

/// <summary>A row that a scenario puts into a log by hand.</summary>
/// <param name="Log">The id of the log.</param>
/// <param name="Utc">When.</param>
/// <param name="Text">The row without its end of line.</param>
/// <param name="Step">What it is, in a word or two with hyphens.</param>
/// <param name="Hostile">Whether it belongs to a scenario's strangers; otherwise it is rightful and only looks like them.</param>
/// <param name="Client">The address it came from; null where the log has none, or the front end's.</param>
internal sealed record Planted(string Log, DateTime Utc, string Text, string Step, bool Hostile, string? Client);
