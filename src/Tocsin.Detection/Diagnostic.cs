namespace Tocsin.Detection;

/// <summary>Something wrong with what a person wrote, at its place, with the way to mend it.</summary>
/// <param name="Code">A stable code: <c>TS…</c> for Sigma rules (see <c>SigmaCodes</c>).</param>
/// <param name="File">The file as the caller named it.</param>
/// <param name="Line">Line from 1.</param>
/// <param name="Column">Column from 1, in characters.</param>
/// <param name="Message">What is wrong.</param>
/// <param name="Hint">What to do about it.</param>
public sealed record Diagnostic(string Code, string File, int Line, int Column, string Message, string Hint)
{
    /// <summary>True where the thing still works and somebody should look at it; false where it was refused.</summary>
    public bool IsWarning { get; init; }

    /// <summary>One line for a terminal: <c>file(line,column): error CODE: message Hint</c>.</summary>
    public override string ToString() => $"{File}({Line},{Column}): {(IsWarning ? "warning" : "error")} {Code}: {Message} {Hint}";
}
